"""The funding behind a tender, taken over from the budget breakdown of a release."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, Final, get_args

from exports.ocds.source import Node
from lots.funding import Certainty

_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,60}", re.ASCII)


def fit_id(wanted: str, taken: Sequence[str], otherwise: str) -> str:
    """Keep an id if it is short and plain and not yet taken, else number one after ``otherwise``."""
    if _ID.fullmatch(wanted) and wanted not in taken:
        return wanted
    number = len(taken) + 1
    while f"{otherwise}-{number}" in taken:
        number += 1
    return f"{otherwise}-{number}"


def take_funding(root: Node, lots: Sequence[dict[str, Any]], *, gross: bool) -> dict[str, Any]:
    """Take every line of the breakdown that says who pays, how much, and in which year of the contract."""
    sources: dict[str, dict[str, Any]] = {}
    starts = [lot["term"]["start"] for lot in lots if "term" in lot]
    first = date.fromisoformat(min(starts)) if starts else None
    known = {lot["id"] for lot in lots}
    for node in root.get("planning", "budget", "budgetBreakdown").each():
        _line(node, sources, first, known, gross)
    return {"sources": list(sources.values())} if sources else {}


def _line(node: Node, sources: dict[str, dict[str, Any]], first: date | None, lots: set[str], gross: bool) -> None:
    funder, title = node.get("sourceParty", "name").text(), node.get("description").text()
    amount, year = node.get("amount").amount(gross), _year(node, first)
    if not funder or amount is None or year is None:
        node.lose("a line of funding needs who pays, an amount in pounds and the contract year it is for")
        return
    key = node.get("x_source").text() or node.get("sourceParty", "id").code() or funder
    source = sources.get(key)
    if source is None:
        ids = [each["id"] for each in sources.values()]
        source = {"id": fit_id(key, ids, "source"), "title": title or funder, "funder": funder, "lines": []}
        certainty = node.get("x_certainty").text()
        if certainty in get_args(Certainty):
            source["certainty"] = certainty
        sources[key] = source
    line: dict[str, Any] = {"year": year, "amount": amount[1].plain()}
    tied = [each.text() for each in node.get("relatedLots").each() if each.text() in lots]
    if len(tied) == 1:
        line["lot"] = tied[0]
    elif tied:
        source["ring_fenced_to"] = tied
    source["lines"].append(line)
    node.took("tender.funding", f"{funder}, year {year}: {amount[1]}")


def _year(node: Node, first: date | None) -> int | None:
    """Tell the contract year of a line: as it says itself, else from its period counted from the first contract."""
    said = node.get("x_year").value
    if type(said) is int and 1 <= said <= 50:
        return said
    start = node.get("period", "startDate").when()
    if start is None or first is None:
        return None
    years = start.year - first.year
    exact = (start.month, start.day) == (first.month, first.day)
    return years + 1 if exact and 0 <= years < 50 else None
