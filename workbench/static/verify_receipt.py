#!/usr/bin/env python3
"""Checks the receipt of a bid by itself: one file, Python 3.9 or newer, nothing else, no network.

    python3 verify_receipt.py receipt.json --key KEY          the receipt, against the published signing key
    ... --file Policy.pdf --file envelope.age                 files it names, open or sealed, by their digests
    ... --other older-or-newer.json                           another receipt of the same bid: one log, only longer
    ... --log log.jsonl                                       the log of the bid as it was exported later
    ... --closing closing-proof.json                          that the closing of the tender counted this bid

KEY is shown on the public page of security of whoever received the bid. Exit status: 0 everything holds, 1 something
does not, 2 a file that cannot be read or a wrong call. It shares no line with the software that makes receipts.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ACTIONS = {"submitted": "bid_submitted", "withdrawn": "bid_withdrawn", "late": "bid_late"}
SHAPES = {
    "bid-receipt/1": {"format", "facts", "event", "log", "checkpoint", "key"},
    "closing-proof/1": {"format", "bid", "leaf", "index", "size", "path", "checkpoint", "key"},
}
HEX = re.compile(r"(?:[0-9a-f]{2})*", re.ASCII)
Data = dict[str, Any]
Point = tuple[int, int, int, int]


class Wrong(Exception):  # noqa: N818
    """What does not hold, in a sentence."""


# --- Ed25519 (RFC 8032), to verify only ---------------------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def point(data: bytes) -> Point | None:
    y, odd = int.from_bytes(data, "little") & (1 << 255) - 1, data[31] >> 7
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and odd):
        return None
    x = P - x if x & 1 != odd else x
    return x, y, 1, x * y % P


def add(one: Point, two: Point) -> Point:
    a, b = (one[1] - one[0]) * (two[1] - two[0]) % P, (one[1] + one[0]) * (two[1] + two[0]) % P
    c, d = 2 * one[3] * two[3] * D % P, 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number: int, base: Point) -> Point:
    total = (0, 1, 1, 0)
    while number:
        total = add(total, base) if number & 1 else total
        base, number = add(base, base), number >> 1
    return total


def signed(public: bytes, text: bytes, signature: bytes) -> bool:
    if len(signature) != 64:
        return False
    key, commitment, response = point(public), point(signature[:32]), int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or response >= L:
        return False
    asked = int.from_bytes(hashlib.sha512(signature[:32] + public + text).digest(), "little") % L
    left, right = times(response, BASE), add(commitment, times(asked, key))
    return not ((left[0] * right[2] - right[0] * left[2]) % P or (left[1] * right[2] - right[1] * left[2]) % P)


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")) or (0, 0, 0, 0)


def sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def raw(text: Any, length: int | None = None) -> bytes:
    fits = isinstance(text, str) and HEX.fullmatch(text) and length in (None, len(text) // 2)
    expect(fits, "a part that should be a digest is none")
    return bytes.fromhex(text)


def unbase64(text: str) -> bytes:
    data = base64.b64decode(text)
    expect(base64.b64encode(data).decode() == text, "a part in base64 is not written as it was")
    return data


def half(size: int) -> int:
    return 1 << ((size - 1).bit_length() - 1)


def tree(leaves: list[bytes]) -> bytes:
    if len(leaves) < 2:
        return leaves[0] if leaves else sha()
    return sha(b"\x01", tree(leaves[: half(len(leaves))]), tree(leaves[half(len(leaves)) :]))


def climbed(leaf: bytes, index: Any, size: Any, path: list[bytes]) -> bytes:
    """Work out the root that a leaf and its path lead to (RFC 6962)."""
    if not (type(index) is int and type(size) is int and 0 <= index < size) or (size == 1) != (not path):
        raise Wrong("the path does not fit the place in the log")
    if size == 1:
        return leaf
    if index < half(size):
        return sha(b"\x01", climbed(leaf, index, half(size), path[:-1]), path[-1])
    return sha(b"\x01", path[-1], climbed(leaf, index - half(size), size - half(size), path[:-1]))


def checkpoint(note: str, key: str) -> list[str]:
    """Check who signed a checkpoint and return its lines."""
    name, _, rest = key.partition("+")
    named, _, coded = rest.partition("+")
    public = unbase64(coded)
    whole = name and public[:1] == b"\x01" and len(public) == 33
    expect(whole and sha(name.encode(), b"\n", public)[:4].hex() == named, "the signing key is not written as one")
    text, blank, below = note.rpartition("\n\n")
    start = "\u2014 " + name + " "
    if not blank or not below.startswith(start) or not below.endswith("\n") or below.count("\n") != 1:
        raise Wrong("the checkpoint is not signed by the key that is named")
    mark = unbase64(below[len(start) : -1])
    if mark[:4].hex() != named or not signed(public[1:], (text + "\n").encode(), mark[4:]):
        raise Wrong("the signature does not fit: what was signed, or the signature, was changed")
    return text.split("\n")


def expect(condition: object, sentence: str) -> None:
    if not condition:
        raise Wrong(sentence)


def expect_signed(note: str, key: str, origin: str, size: int, root: bytes) -> None:
    lines = checkpoint(note, key)
    told = base64.b64encode(root).decode()
    expect(lines[:3] == [origin, str(size), told], "what was signed is about another log, or other entries of it")


def once(pairs: list[tuple[str, Any]]) -> Data:
    found = dict(pairs)
    expect(len(found) == len(pairs), "a name stands twice in it")
    return found


def parsed(text: str) -> Any:
    return json.loads(text, object_pairs_hook=once, parse_float=int, parse_constant=int)


def canonical(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def load(path: str, form: str) -> Data:
    data = Path(path).read_bytes()
    found = parsed(data.decode("utf-8"))
    names = set(found) - {"annex"} if isinstance(found, dict) and form == "bid-receipt/1" else set(found)
    expect(isinstance(found, dict) and found.get("format") == form, f"{path} is not of the format {form}")
    expect(names == SHAPES[form], f"{path} has parts that do not belong there, or lacks some")
    expect(canonical(found) == data, f"{path} is not written as it was given: something was changed, even if a space")
    return found


def check_receipt(receipt: Data, key: str) -> None:
    facts, event, log = receipt["facts"], receipt["event"], receipt["log"]
    expect(set(event) == {"seq", "canon", "salt", "leaf"}, "the event has other parts than it should")
    expect(set(log) == {"leaves", "index", "path"}, "the place in the log has other parts than it should")
    said = parsed(event["canon"])
    expect(canonical(said).decode() == event["canon"], "the event is not written as events are")
    expect(canonical(said["details"]) == canonical(facts), "the receipt says something else than the event it rests on")
    about = (said["chain"], said["seq"], said["action"], said["at"], said["actor"])
    wanted = ("bid:" + facts["bid"], event["seq"], ACTIONS.get(facts["act"]), facts["committed_at"], None)
    expect(about == wanted, "the event is about another bid, another act or another time")
    leaf = sha(b"\x00", raw(event["salt"]), event["canon"].encode())
    expect(leaf == raw(event["leaf"], 32), "the event was changed after it was recorded")
    leaves = [raw(each, 32) for each in log["leaves"]]
    index = log["index"]
    expect(type(index) is int and index + 1 == event["seq"], "the event has another place in the log than its number")
    expect(leaves[index : index + 1] == [leaf], "the event does not stand at its place in the log")
    root = climbed(leaf, index, len(leaves), [raw(step, 32) for step in log["path"]])
    expect(root == tree(leaves), "the proof does not lead to the root of the log")
    expect(not key or key == receipt["key"], "the receipt was signed with another key than the published one")
    origin = "/".join((facts["authority"], facts["reference"], "bid", facts["bid"]))
    expect_signed(receipt["checkpoint"], receipt["key"], origin, len(leaves), root)
    if "annex" in receipt:
        annex = receipt["annex"]
        expect(set(annex) == {"salt", "said"}, "the annex has other parts than it should")
        digest = sha(raw(annex["salt"]), canonical(annex["said"])).hex()
        expect(digest == facts["annex_sha256"], "what the receipt says of lot and files is not what was recorded")


def check_file(receipt: Data, path: str) -> str:
    digest = sha(Path(path).read_bytes()).hex()
    named = {each["sha256"]: f"the sealed envelope “{each['kind']}”" for each in receipt["facts"]["envelopes"]}
    annex = receipt.get("annex", {}).get("said", {})
    named.update({it: f"the content of the envelope “{kind}”" for kind, it in annex.get("contents", {}).items()})
    for each in annex.get("documents", []):
        named.update({each["sha256"]: f"the file “{each['name']}”", each["sealed_sha256"]: f"“{each['name']}”, sealed"})
    expect(digest in named, f"{path} is no file that this receipt names: its digest is {digest}")
    return f"{path} is {named[digest]}"


def check_other(receipt: Data, other: Data, key: str) -> None:
    check_receipt(other, key)
    expect(other["facts"]["bid"] == receipt["facts"]["bid"], "the other receipt is of another bid")
    expect(other["key"] == receipt["key"], "the two receipts were signed with different keys")
    shorter, longer = sorted((receipt["log"]["leaves"], other["log"]["leaves"]), key=len)
    expect(longer[: len(shorter)] == shorter, "the two receipts show different pasts: the log was rewritten")


def check_log(receipt: Data, path: str) -> None:
    data = Path(path).read_bytes()
    first, *rows = [parsed(line) for line in data.decode("utf-8").split("\n")[:-1]]
    again = b"".join(canonical(it) + b"\n" for it in (first, *rows))
    expect(again == data, "the log is not written as it was exported")
    about = ("audit-chain/1", "bid:" + receipt["facts"]["bid"])
    expect((first["format"], first["chain"]) == about, "the log is of another bid")
    head, leaves = bytes(32), []
    for number, row in enumerate(rows, 1):
        leaf = sha(b"\x00", raw(row["salt"]), row["canon"].encode())
        head = sha(b"\x02", head, number.to_bytes(8, "big"), leaf)
        found = (row["seq"], parsed(row["canon"])["seq"], row["leaf"], row["head"])
        whole = found == (number, number, leaf.hex(), head.hex())
        expect(whole, f"event {number} of the log was changed, added or removed")
        leaves.append(leaf.hex())
    expect((first["length"], first["head"]) == (len(rows), head.hex() if rows else ""), "the log is not whole")
    known = receipt["log"]["leaves"]
    expect(leaves[: len(known)] == known, "the log does not begin as this receipt saw it: it was cut off or rewritten")


def check_closing(receipt: Data, proof: Data, key: str) -> None:
    facts, leaf = receipt["facts"], raw(proof["leaf"], 32)
    same = (proof["bid"], proof["leaf"]) == (facts["bid"], receipt["event"]["leaf"])
    expect(same, "the closing counted another act on this bid than the one of this receipt")
    expect(proof["key"] == (key or receipt["key"]), "the closing was signed with another key")
    start = sha(b"\x00", facts["bid"].encode(), leaf)
    root = climbed(start, proof["index"], proof["size"], [raw(step, 32) for step in proof["path"]])
    origin = "/".join((facts["authority"], facts["reference"], "closing"))
    expect_signed(proof["checkpoint"], proof["key"], origin, proof["size"], root)


def run(call: argparse.Namespace) -> Iterator[str]:
    receipt = load(call.receipt, "bid-receipt/1")
    check_receipt(receipt, call.key)
    facts = receipt["facts"]
    yield f"the receipt: bid {facts['bid']}, version {facts['version']}, {facts['act']}, {facts['reference']}"
    yield f"all of it was here at {facts['last_byte_at']}; the deadline then was {facts['deadline']}"
    yield f"signed with {receipt['key']}" + ("" if call.key else ": compare this with the published key")
    for path in call.file:
        yield check_file(receipt, path)
    for path in call.other:
        check_other(receipt, load(path, "bid-receipt/1"), call.key)
        yield f"{path} belongs to the same log"
    if call.log:
        check_log(receipt, call.log)
        yield f"{call.log} goes on from what this receipt saw"
    if call.closing:
        check_closing(receipt, load(call.closing, "closing-proof/1"), call.key)
        yield f"{call.closing}: the closing of the tender counted this act"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("receipt", "--key", "--log", "--closing"):
        parser.add_argument(name, default="")
    for name in ("--file", "--other"):
        parser.add_argument(name, action="append", default=[])
    try:
        for sentence in run(parser.parse_args(arguments)):
            print("holds: " + sentence)
    except Wrong as wrong:
        print(f"DOES NOT HOLD: {wrong}", file=sys.stderr)
        return 1
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        print(f"cannot be read: {error}", file=sys.stderr)
        return 2
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError):
        print("DOES NOT HOLD: a part of a file is missing, or of another kind than it should be", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
