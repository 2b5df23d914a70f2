"""Merkle trees against the published vectors of RFC 6962's reference tests, and every small tree against itself."""

from __future__ import annotations

import random

import pytest

from workbench.sealing import merkle

ENTRIES = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
LEAVES = [merkle.leaf_hash(bytes.fromhex(entry)) for entry in ENTRIES]
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
MANY = [merkle.leaf_hash(str(number).encode()) for number in range(40)]


@pytest.mark.parametrize("size", range(9))
def test_the_root_is_the_published_one(size: int) -> None:
    assert merkle.root(LEAVES[:size]).hex() == ROOTS[size]


def test_the_path_of_every_leaf_of_every_small_tree_leads_to_its_root() -> None:
    for size in range(1, 41):
        tree = MANY[:size]
        for index in range(size):
            path = merkle.inclusion(tree, index)
            assert merkle.root_from(tree[index], index, size, path) == merkle.root(tree)


def test_no_other_leaf_place_size_or_path_leads_there() -> None:
    for size in range(2, 41):
        tree, root = MANY[:size], merkle.root(MANY[:size])
        for index in range(size):
            path = merkle.inclusion(tree, index)
            assert merkle.root_from(tree[index - 1], index, size, path) != root
            assert merkle.root_from(tree[index], index, size, path[:-1]) != root
            assert merkle.root_from(tree[index], index, size, (*path, path[0])) != root
            assert merkle.root_from(tree[index], size, size, path) is None
            assert merkle.root_from(tree[index], -1, size, path) is None


def test_a_tree_grew_out_of_every_smaller_one_of_the_same_leaves() -> None:
    for size in range(1, 41):
        for before in range(1, size + 1):
            path = merkle.consistency(MANY[:size], before)
            assert merkle.grew(before, merkle.root(MANY[:before]), size, merkle.root(MANY[:size]), path)


def test_a_tree_did_not_grow_out_of_one_with_another_past() -> None:
    draw = random.Random(1)
    for size in range(2, 41):
        for before in range(1, size):
            other = list(MANY[:before])
            other[draw.randrange(before)] = bytes(32)
            path = merkle.consistency(MANY[:size], before)
            assert not merkle.grew(before, merkle.root(other), size, merkle.root(MANY[:size]), path)
            assert not merkle.grew(before, merkle.root(MANY[:before]), size, merkle.root(other), path)
            assert not merkle.grew(before, merkle.root(MANY[:before]), size, merkle.root(MANY[:size]), path[:-1])


def test_nothing_grows_out_of_a_larger_tree_or_out_of_none() -> None:
    assert not merkle.grew(3, merkle.root(MANY[:3]), 2, merkle.root(MANY[:2]), ())
    assert not merkle.grew(0, merkle.EMPTY, 2, merkle.root(MANY[:2]), (bytes(32),))
