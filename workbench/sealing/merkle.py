"""Merkle trees as RFC 6962 has them: root, proof that a leaf is in a tree, proof that a tree grew out of a smaller one.

Leaves are given as their hashes. The leaf of an event of the audit trail is one: ``SHA-256(0x00 ‖ salt ‖ canon)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

EMPTY = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Hash an entry into a leaf."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two nodes into the one above them."""
    return sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes."""
    if len(leaves) < 2:
        return leaves[0] if leaves else EMPTY
    half = _half(len(leaves))
    return node_hash(root(leaves[:half]), root(leaves[half:]))


def inclusion(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Return the path that proves the leaf at ``index`` to be in the tree."""
    if len(leaves) < 2:
        return ()
    half = _half(len(leaves))
    if index < half:
        return (*inclusion(leaves[:half], index), root(leaves[half:]))
    return (*inclusion(leaves[half:], index - half), root(leaves[:half]))


def root_from(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Work the root out that a leaf and its path lead to; None where the path has the wrong length."""
    if not 0 <= index < size:
        return None
    if size == 1:
        return leaf if not path else None
    if not path:
        return None
    half = _half(size)
    below = root_from(leaf, index, half, path[:-1]) if index < half else None
    if index >= half:
        below = root_from(leaf, index - half, size - half, path[:-1])
        return None if below is None else node_hash(path[-1], below)
    return None if below is None else node_hash(below, path[-1])


def consistency(leaves: Sequence[bytes], before: int) -> tuple[bytes, ...]:
    """Return the path that proves the tree of the first ``before`` leaves to be where this one began."""
    return _grown(leaves, before, whole=True) if 0 < before < len(leaves) else ()


def _grown(leaves: Sequence[bytes], before: int, *, whole: bool) -> tuple[bytes, ...]:
    if before == len(leaves):
        return () if whole else (root(leaves),)
    half = _half(len(leaves))
    if before <= half:
        return (*_grown(leaves[:half], before, whole=whole), root(leaves[half:]))
    return (*_grown(leaves[half:], before - half, whole=False), root(leaves[:half]))


def grew(before: int, old: bytes, size: int, new: bytes, path: Sequence[bytes]) -> bool:
    """Say whether a path proves that the tree with root ``new`` began as that with root ``old`` (RFC 9162, 2.1.4.2)."""
    if before == size:
        return not path and old == new
    if not 0 < before < size or not path:
        return False
    steps = list(path) if before & (before - 1) else [old, *path]
    at, last = before - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            first, second = node_hash(step, first), node_hash(step, second)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            second = node_hash(second, step)
        at, last = at >> 1, last >> 1
    return last == 0 and (first, second) == (old, new)


def _half(size: int) -> int:
    """Return the largest power of two below ``size``."""
    return 1 << (size - 1).bit_length() - 1
