"""What a tender's history says of the decision: each act of its paper, recommendation, approval and standstill."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from lots.calendar import say
from lots.words import listed

Details = Mapping[str, Any]
_PAGES: Final[Mapping[str, str]] = {
    "decision": "the decision", "background": "background and process", "advice": "money, law and risk",
    "people": "people and interests", "publication": "what is public and what is not",
    "conditions": "signatures and conditions", "days": "the days", "notice": "the contract award notice",
}  # fmt: skip
_EVENTS: Final[Mapping[str, str]] = {
    "started": "The standstill began", "notice_published": "The contract award notice was published",
    "suspended": "Signing was suspended", "challenge": "The decision was challenged",
    "lifted": "The suspension was lifted", "ended": "The standstill is over", "note": "Noted",
}  # fmt: skip


def _page(details: Details) -> str:
    part = str(details["part"])
    return f"the letter of bid {details['letter']}" if part.startswith("letter:") else _PAGES.get(part, part)


def _recommended(details: Details, _: str) -> str:
    awards = [f"lot {lot} to {who}" if who else f"no award of lot {lot}" for lot, who in details["awards"]]
    return f"Recommended the award (recommendation {details['number']}): {listed(awards)}"


def _event(details: Details, _: str) -> str:
    lot = f" in lot {details['lot']}" if details["lot"] else ""
    return f"{_EVENTS[details['kind']]}{lot}: {say(date.fromisoformat(details['day']))}"


WORDS: Final[Mapping[str, Callable[[Details, str], str]]] = {
    "price_decided": lambda details, _: (
        f"Decided that the price of bid {details['letter']} of {details['tenderer']} for lot {details['lot']} is "
        f"{'explained' if details['decision'] == 'explained' else 'not explained, and rejected the bid'} "
        f"(question {details['number']})"
    ),
    "award_paper_saved": lambda details, _: f"Saved the decision paper: {_page(details)}",
    "award_paper_left_unfinished": lambda details, _: (
        f"Typed something in the decision paper ({_page(details)}) that cannot be read yet; it is kept"
    ),
    "award_recommended": _recommended,
    "award_commented": lambda details, _: (
        f"Commented for {details['kind']} on recommendation {details['recommendation']}"
        + (", not for publication" if details["exempt"] else "")
    ),
    "award_approved": lambda details, _: f"Approved the award (recommendation {details['recommendation']})",
    "award_returned": lambda details, _: f"Returned recommendation {details['recommendation']} to be mended",
    "standstill_recorded": _event,
    "contract_signed": lambda details, _: (
        f"Recorded that the contract for lot {details['lot']} was signed with {details['tenderer']}: "
        f"{say(date.fromisoformat(details['signed_on']))}"
    ),
}
