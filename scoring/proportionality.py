"""How much work a tender asks of those who bid and of those who score, against what each lot is worth.

An estimate for its authors, never part of the method: every assumption is a published setting with its source, every
figure is exact and shows how it was worked out, and the verdict only warns.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from lots.collaboration import percentage
from lots.errors import Finding, ProcurementError
from lots.lot import Lot
from lots.money import Money
from lots.words import counted
from scoring.criteria import Leaf
from scoring.derivation import Derivation
from scoring.figures import Rounding
from scoring.tender_file import TenderFile

_WHOLE = Rounding(0)
_TWO = Rounding(2)


@dataclass(frozen=True)
class Assumption:
    """One assumption in words, its figure, and where it comes from."""

    name: str
    words: str
    figure: str
    source: str


@dataclass(frozen=True)
class Assumptions:
    """What the estimate takes for granted; :meth:`published` says each with its source.

    Words an hour must be above nought (ProcurementError).
    """

    words_written_an_hour: int = 250
    words_without_limit: int = 1000
    hours_a_document: int = 1
    hours_beside: int = 16
    bids: int = 5
    words_judged_an_hour: int = 1400
    moderation_minutes: int = 10
    pounds_an_hour: int = 30
    most_percent: Decimal = Decimal("1.3")

    def __post_init__(self) -> None:
        if min(self.words_written_an_hour, self.words_judged_an_hour) < 1:
            raise ProcurementError("Somebody who writes or judges no words in an hour never finishes: write 1 or more")

    def published(self) -> tuple[Assumption, ...]:
        """List the assumptions as they are printed beside the estimate."""
        rows = (
            (
                "words_written_an_hour",
                "words of an answer written, checked and agreed in an hour",
                "2,000 to 2,500 original words a day of eight hours (Executive Compass, How to write a tender, 2010)",
            ),
            ("words_without_limit", "words of an answer without a word limit", _SETTING),
            ("hours_a_document", "hours to prepare each document asked for", _SETTING),
            ("hours_beside", "hours to read the tender, agree the split with partners and make the price", _SETTING),
            (
                "bids",
                "bids for each lot",
                "5 to 6 on average in Europe (European Commission, SEC(2011) 853)",
            ),
            (
                "words_judged_an_hour",
                "words read, judged and given reasons in an hour by one evaluator",
                "10 to 15 minutes a page of about 350 words (Supply Management, 11 April 2012), the slower of the two",
            ),
            ("moderation_minutes", "minutes of moderation for each answer, for everybody in the room", _SETTING),
            ("pounds_an_hour", "pounds an hour of work costs, overheads included", _SETTING),
            (
                "most_percent",
                "per cent of the contract’s value that all this work should not exceed",
                "the average in Europe, less than 1.3 % (PwC, London Economics and Ecorys for the Commission, 2011)",
            ),
        )
        return tuple(Assumption(name, words, str(getattr(self, name)), source) for name, words, source in rows)


_SETTING = "a setting of this project: change it if you know better"
ASSUMPTIONS = Assumptions()


@dataclass(frozen=True)
class Burden:
    """The work that one lot asks for: hours of one bid, of the panel and of each evaluator, and its cost.

    ``share`` is the cost of all bids and of the panel in per cent of the contract's value; none where it has none.
    """

    lot: str
    title: str
    questions: int
    words: int
    without_limit: int
    documents: int
    evaluators: int
    bidder_hours: Derivation
    evaluator_hours: Derivation
    panel_hours: Derivation
    cost: Derivation
    value: Money
    share: Fraction | None
    finding: Finding

    @property
    def derivations(self) -> tuple[str, ...]:
        """Write how each figure was worked out, a line each, to two places."""
        shown = (self.bidder_hours, self.evaluator_hours, self.panel_hours, self.cost)
        return tuple(f"{it.label} = {_TWO.text(it.value)} = {it.figures} ({it.formula})" for it in shown)


def proportionality(file: TenderFile, assumptions: Assumptions = ASSUMPTIONS) -> tuple[Burden, ...]:
    """Estimate the work of every contract lot that has a methodology, in the order of the lots."""
    found = []
    for i, lot in enumerate(file.tender.lots):
        methodology = file.methodology_for(lot.id) if lot.is_contract else None
        if methodology is not None:
            found.append(_burden(file, lot, methodology.scored, methodology.quorum, assumptions, f"tender.lots[{i}]"))
    return tuple(found)


def _burden(
    file: TenderFile, lot: Lot, leaves: tuple[Leaf, ...], quorum: int, given: Assumptions, place: str
) -> Burden:
    questions = len(leaves)
    words = sum(leaf.criterion.word_limit or given.words_without_limit for leaf in leaves)
    documents = sum(document.asked_in(lot.id) for document in file.tender.documents)
    evaluators = _evaluators(file, lot.id, quorum)
    bidder = _bidder_hours(words, documents, given)
    each = _evaluator_hours(words, given)
    panel = _panel_hours(questions, evaluators, each, given)
    cost = _cost(bidder, panel, given)
    value = lot.base_value or lot.annual_budget
    share = cost.value * 100 / Fraction(value.pence, 100) if value.pence > 0 else None
    return Burden(
        lot.id,
        lot.title,
        questions,
        words,
        sum(leaf.criterion.word_limit is None for leaf in leaves),
        documents,
        evaluators,
        bidder,
        each,
        panel,
        cost,
        value,
        share,
        _verdict(lot, bidder, panel, value, share, given, place),
    )


def _evaluators(file: TenderFile, lot_id: str, quorum: int) -> int:
    """Count who scores the lot, the quorum where the panel is not yet named."""
    named = sum("evaluator" in member.roles and (not member.lots or lot_id in member.lots) for member in file.panel)
    return max(named, quorum)


def _bidder_hours(words: int, documents: int, given: Assumptions) -> Derivation:
    value = Fraction(words, given.words_written_an_hour) + documents * given.hours_a_document
    return Derivation(
        "Hours of one bid",
        value + given.hours_beside,
        "words ÷ words an hour + documents × hours each + hours beside",
        f"{words} ÷ {given.words_written_an_hour} + {documents} × {given.hours_a_document} + {given.hours_beside}",
    )


def _evaluator_hours(words: int, given: Assumptions) -> Derivation:
    return Derivation(
        "Hours of one evaluator",
        Fraction(given.bids * words, given.words_judged_an_hour),
        "bids × words ÷ words judged an hour",
        f"{given.bids} × {words} ÷ {given.words_judged_an_hour}",
    )


def _panel_hours(questions: int, evaluators: int, each: Derivation, given: Assumptions) -> Derivation:
    """Add the hours of moderation, with a moderator beside the evaluators, to those of scoring alone."""
    room = evaluators + 1
    moderation = Fraction(given.bids * questions * given.moderation_minutes * room, 60)
    return Derivation(
        "Hours of the panel",
        evaluators * each.value + moderation,
        "evaluators × hours of one + bids × questions × minutes ÷ 60 × people in the room",
        f"{evaluators} × {_TWO.text(each.value)} + {given.bids} × {questions} × "
        f"{given.moderation_minutes} ÷ 60 × {room}",
        (each,),
    )


def _cost(bidder: Derivation, panel: Derivation, given: Assumptions) -> Derivation:
    return Derivation(
        "Cost of all bids and the panel, in pounds",
        (given.bids * bidder.value + panel.value) * given.pounds_an_hour,
        "(bids × hours of one bid + hours of the panel) × pounds an hour",
        f"({given.bids} × {_TWO.text(bidder.value)} + {_TWO.text(panel.value)}) × {given.pounds_an_hour}",
        (bidder, panel),
    )


def _verdict(
    lot: Lot,
    bidder: Derivation,
    panel: Derivation,
    value: Money,
    share: Fraction | None,
    given: Assumptions,
    place: str,
) -> Finding:
    """Say whether the work is in proportion: a warning above the published share of the value, else a note."""
    says = (
        f"{lot.title}: each bid takes about {_hours(bidder.value)}, and the panel about {_hours(panel.value)} for "
        f"{counted(given.bids, 'bid')}"
    )
    figures: tuple[tuple[str, str], ...] = (
        ("bidder hours", _TWO.text(bidder.value)),
        ("panel hours", _TWO.text(panel.value)),
    )
    if share is None:
        return Finding("proportion_unknown", f"{says}; the lot has no value to set it against", place, "note", figures)
    figures = (*figures, ("per cent", _TWO.text(share)))
    shown = percentage(_TWO.value(share))
    if share > Fraction(given.most_percent):
        message = (
            f"{says}. All of it costs about {shown} of {value}, over {percentage(given.most_percent)}: ask fewer "
            "questions, or for shorter answers"
        )
        return Finding("out_of_proportion", message, place, "warning", figures)
    return Finding("in_proportion", f"{says}. All of it costs about {shown} of {value}", place, "note", figures)


def _hours(hours: Fraction) -> str:
    return counted(int(_WHOLE.value(hours)), "hour")
