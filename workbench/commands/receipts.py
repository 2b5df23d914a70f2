"""``workbench verify`` for the receipt of a bid, alone or inside its PDF."""

from __future__ import annotations

from collections.abc import Mapping

from exports.reports.bid_receipt import FILE_NAME
from workbench.commands.verdicts import Verdict
from workbench.sealing import receipt as receipts


def is_receipt(data: bytes) -> bool:
    """Say whether a file claims to be the receipt of a bid."""
    return receipts.is_one(data)


def receipt_in(held: Mapping[str, bytes], name: str) -> list[Verdict]:
    """Check the receipt among the files inside a document, if there is one."""
    return [of_receipt(held[FILE_NAME], name)] if FILE_NAME in held else []


def of_receipt(data: bytes, name: str) -> Verdict:
    """Check a receipt: event, log, signature. Whose key signed it is told: compare it with the published one."""
    found = receipts.read(data)
    what = f"{name}, bid {found.facts.get('bid')}, version {found.facts.get('version')}, signed with {found.key}"
    return Verdict(what, 0, (), receipts.check(found))
