"""What a tenderer declares with its bid: a short standard set for each regime, in plain words, each with its source.

The words are ours; the sources say where the duty or the consequence stands. A tenderer that cannot agree says so and
why: a declaration that is not made is a question for the buyer, never a closed door.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lots.regime import Regime

PRICES_HOLD_DAYS = 90
"""For how many days from the deadline a price holds; long enough to score, moderate, approve and stand still."""


@dataclass(frozen=True)
class StandardDeclaration:
    """One thing to declare; ``source`` names the law or rule it comes from."""

    id: str
    title: str
    text: str
    source: str


_CONFLICT = (
    "Nobody who works for us, leads us or owns us has an interest, a family tie or a close friendship that could "
    "influence this procurement, or seem to. If somebody has, we say who and what below."
)
_COLLUSION = (
    "We prepared this bid ourselves, with the partners named in it. We did not agree with any rival what to bid, what "
    "to charge or who should win, and told no rival our price. Talking to partners we name is not collusion."
)
_ACCURACY = (
    "What stands in this bid is true and complete as far as we know, and we may be held to it. If anything changes "
    "before the contract is signed, we tell the contracting authority at once."
)
_PRICES = f"Our prices hold for {PRICES_HOLD_DAYS} days from the deadline for bids, whatever happens to our own costs."
_INFORMATION = (
    "We know that the contracting authority is bound by information law: it may have to publish or release what we "
    "send. What we think is a trade secret or confidential, and until when, we say below; the authority decides."
)
_REG_57 = (
    "None of us, our partners or our sub-contractors has been convicted of an offence that excludes a tenderer, has "
    "unpaid taxes found by a court or authority, is bankrupt, or is guilty of grave professional misconduct. If one of "
    "these was ever true, we say below what happened and what has been put right since."
)
_ACT_2023 = (
    "No ground that excludes a supplier, or allows to exclude one, applies to us, to those who control us, to our "
    "partners or to our sub-contractors. If one may apply, we say below what happened and what has been put right."
)
_DEBARMENT = (
    "Neither we nor any partner or sub-contractor named in this bid is on the debarment list. We have looked it up for "
    "each of them, and we know that the authority does so too."
)

_COMMON_LAW = "Tender documents; Misrepresentation Act 1967, s.2"
_PCR = (
    StandardDeclaration("conflict", "No conflict of interest", _CONFLICT, "PCR 2015, reg 24 and reg 57(8)(e)"),
    StandardDeclaration("collusion", "No collusion", _COLLUSION, "Competition Act 1998, s.2; PCR 2015, reg 57(8)(d)"),
    StandardDeclaration(
        "exclusion", "No ground for exclusion", _REG_57, "PCR 2015, reg 57(1)–(4) and (8), reg 71(8)–(9)"
    ),
    StandardDeclaration("accuracy", "True and complete", _ACCURACY, f"PCR 2015, reg 57(8)(h); {_COMMON_LAW}"),
    StandardDeclaration("prices", "Prices hold", _PRICES, "Tender documents"),
    StandardDeclaration(
        "information",
        "Information law",
        _INFORMATION,
        "Freedom of Information Act 2000, ss.41 and 43; PCR 2015, reg 21",
    ),
)
_ACT = (
    StandardDeclaration("conflict", "No conflict of interest", _CONFLICT, "Procurement Act 2023, ss.81–83"),
    StandardDeclaration(
        "collusion", "No collusion", _COLLUSION, "Competition Act 1998, s.2; Procurement Act 2023, Sch 7 paras 7–10"
    ),
    StandardDeclaration(
        "exclusion", "No ground for exclusion", _ACT_2023, "Procurement Act 2023, ss.26–28, 57 and 58, Schs 6 and 7"
    ),
    StandardDeclaration("debarment", "Not on the debarment list", _DEBARMENT, "Procurement Act 2023, ss.28 and 62"),
    StandardDeclaration(
        "accuracy", "True and complete", _ACCURACY, f"Procurement Act 2023, Sch 7 para 13; {_COMMON_LAW}"
    ),
    StandardDeclaration("prices", "Prices hold", _PRICES, "Tender documents"),
    StandardDeclaration(
        "information", "Information law", _INFORMATION,
        "Freedom of Information Act 2000, ss.41 and 43; Procurement Act 2023, s.94",
    ),
)  # fmt: skip
_PLAIN = tuple(
    StandardDeclaration(each.id, each.title, each.text, source)
    for each, source in zip(
        (_PCR[0], _PCR[1], _PCR[3], _PCR[4], _PCR[5]),
        ("Tender documents", "Competition Act 1998, s.2", _COMMON_LAW, "Tender documents",
         "Freedom of Information Act 2000, ss.41 and 43"),
        strict=True,
    )
)  # fmt: skip

BY_REGIME: Mapping[Regime, tuple[StandardDeclaration, ...]] = MappingProxyType(
    {
        Regime.PCR2015_LIGHT_TOUCH: _PCR,
        Regime.PA2023_LIGHT_TOUCH: _ACT,
        Regime.PA2023_FULL: _ACT,
        Regime.BELOW_THRESHOLD: _PLAIN,
        Regime.GRANT: _PLAIN,
    }
)


def declarations_for(regime: Regime) -> tuple[StandardDeclaration, ...]:
    """List what is declared with a bid under a regime, in the order a page shows it."""
    return BY_REGIME[regime]
