"""The methodology annex: everything a tenderer must know about how bids will be judged, published with the tender.

It is made from the rule set alone, which travels inside it, so that its fingerprint is that of the rules themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from exports.documents import DocumentHead, empty, require
from exports.notices.assessment import Setting, settings
from exports.pdf import Attached
from exports.reports.collaboration_clauses import Clause, clauses, consequence_words
from exports.reports.panel_lots import CriterionRow, criteria_rows, method_facts
from exports.reports.worked_examples import Example, price_example, score_example
from exports.rule_changes import rule_set_bytes, rule_set_digest
from lots.collaboration import rules_findings
from lots.errors import Finding
from lots.funding import contract_year, last_day
from lots.lot import Lot
from lots.regime import RegimeRules, rules_of
from lots.social_value import SocialValueMeasure
from lots.tender import RequiredDocument, Tender
from lots.words import counted
from scoring.catalogue import FORMULAS
from scoring.criteria import walk
from scoring.limits.lot_limit import LotLimit
from scoring.methodology import Methodology
from scoring.rule_set import rule_set
from scoring.scale import Scale
from scoring.tender_file import TenderFile

RULE_SET: Final = "rule-set.json"


@dataclass(frozen=True)
class Question:
    """One scored criterion as tenderers answer it."""

    number: str
    title: str
    text: str
    word_limit: int | None
    scale: str
    minimum: Decimal | None


@dataclass(frozen=True)
class LotMethod:
    """How the bids for one lot are judged; beside each criterion stands its weight as published, within its heading.

    ``ends`` are the last days of the initial years and of the longest term, ``breaks`` (year, its last day, notice).
    """

    lot: Lot
    ends: tuple[date, date] | None
    breaks: tuple[tuple[int, date, int], ...]
    method: Methodology
    criteria: tuple[tuple[CriterionRow, Decimal], ...]
    questions: tuple[Question, ...]
    score_example: str
    formula: str
    letters: str
    meaning: str
    settings: tuple[Setting, ...]
    example: Example
    facts: tuple[tuple[str, str], ...]
    clauses: tuple[Clause, ...]
    consequence: str
    notes: tuple[str, ...]
    documents: tuple[RequiredDocument, ...]
    measures: tuple[SocialValueMeasure, ...]


@dataclass(frozen=True)
class MethodologyAnnex:
    """The annex as printed and as shown on the public page."""

    head: DocumentHead
    tender: Tender
    rules: RegimeRules
    lots: tuple[LotMethod, ...]
    scales: tuple[Scale, ...]
    order: tuple[tuple[str, str], ...]
    limit: LotLimit | None
    shared: tuple[tuple[str, str], ...]
    spend_clause: str
    attachments: tuple[Attached, ...]


def methodology_annex(file: TenderFile, *, dated: date, draft: bool = False, version: int = 1) -> MethodologyAnnex:
    """Make the annex of a tender, dated the day it is published; ``version`` counts the published rule sets.

    IncompleteDocument names every lot that has no methodology, no price formula known here or no term.
    """
    frozen = rule_set(file)
    require("The methodology annex", _missing(frozen))
    lots = tuple(_lot(frozen, lot) for lot in frozen.tender.contract_lots)
    data = rule_set_bytes(frozen)
    about = "The published rules, complete and in the form a machine reads; its SHA-256 is their fingerprint"
    return MethodologyAnnex(
        head=_head(frozen, dated, version, draft=draft),
        tender=frozen.tender,
        rules=rules_of(frozen.tender.regime),
        lots=lots,
        scales=_used(frozen),
        order=tuple(_order(frozen)),
        limit=frozen.lot_limit,
        shared=tuple(fact for fact in (lots[0].facts if lots else ()) if all(fact in it.facts for it in lots)),
        spend_clause=_spend_clause(rules_of(frozen.tender.regime)),
        attachments=(Attached(RULE_SET, data, about),),
    )


def _missing(file: TenderFile) -> Iterator[Finding]:
    yield from empty(file.tender.contract_lots or None, "tender.lots", "A lot that is tendered for")
    for at, lot in enumerate(file.tender.lots):
        method = file.methodology_for(lot.id)
        if not lot.is_contract:
            continue
        yield from empty(lot.term, f"tender.lots[{at}].term", f"The term of {lot.title}")
        yield from empty(method, "methodologies", f"The methodology of {lot.title}")
        if method is not None:
            here = f"methodologies[{file.methodologies.index(method)}]"
            known = method.price.formula if method.price.formula in FORMULAS else None
            yield from empty(known, f"{here}.price.formula", f"A price formula known here for {lot.title}")
            yield from empty(method.criteria or None, f"{here}.criteria", f"The award criteria of {lot.title}")


def _head(file: TenderFile, dated: date, version: int, *, draft: bool) -> DocumentHead:
    tender = file.tender
    return DocumentHead(
        number=f"{tender.reference}/all/M{version:02d}",
        title="Methodology: how bids will be judged",
        tender_reference=tender.reference,
        tender_title=tender.title,
        buyer=tender.buyer,
        dated=dated,
        classification="public",
        draft=draft,
        rules_digest=rule_set_digest(file),
        file_digest="",
        illustrative=tender.illustrative,
        order=version,
        kind="methodology",
    )


def _lot(file: TenderFile, lot: Lot) -> LotMethod:
    method = file.methodology_for(lot.id)
    assert method is not None  # required above
    info, scales = FORMULAS[method.price.formula], {scale.id: scale for scale in file.scales}
    term, rows = lot.term, criteria_rows(method, method.criteria, scales, 0, None)
    scored = next((leaf for leaf in method.scored if leaf.criterion.scale in scales), None)
    return LotMethod(
        lot=lot,
        ends=(contract_year(term, term.initial_years)[1], last_day(term)) if term else None,
        breaks=tuple(
            (each.after_year, contract_year(term, each.after_year)[1], each.notice_months) for each in term.breaks
        )
        if term
        else (),
        method=method,
        criteria=tuple(zip(rows, (each.weight for each, _ in walk(method.criteria)), strict=True)),
        questions=tuple(_questions(method, scales)),
        score_example=score_example(scored, scales[scored.criterion.scale], method) if scored else "",
        formula=info.title,
        letters=info.letters,
        meaning=info.rest.removeprefix(", ").removeprefix(": "),
        settings=tuple(settings(method.price)),
        example=price_example(lot, method),
        facts=tuple(method_facts(method)),
        clauses=clauses(lot),
        consequence=consequence_words(lot.collaboration),
        notes=tuple(it.message for it in rules_findings(lot.collaboration) if it.code == "partners_needed"),
        documents=tuple(each for each in file.tender.documents if each.asked_in(lot.id)),
        measures=tuple(each for each in file.tender.social_value if each.asked_in(lot.id)),
    )


def _questions(method: Methodology, scales: dict[str, Scale]) -> Iterator[Question]:
    """List the scored criteria with their questions, numbered as they stand in the tree."""
    scored = {leaf.criterion.id for leaf in method.scored}
    for criterion, place in walk(method.criteria):
        if criterion.id in scored:
            number = ".".join(str(int(part.split("]")[0]) + 1) for part in place.split("[")[1:])
            scale = scales[criterion.scale].title if criterion.scale in scales else ""
            yield Question(number, criterion.title, criterion.question, criterion.word_limit, scale, criterion.minimum)


def _used(file: TenderFile) -> tuple[Scale, ...]:
    used = {leaf.criterion.scale for method in file.methodologies for leaf in method.scored}
    return tuple(scale for scale in file.scales if scale.id in used)


def _spend_clause(rules: RegimeRules) -> str:
    """Word the maximum potential spend as a term of the tender, under the law that governs changes."""
    review = (
        " This is a review clause, published so that such a change does not need a new procurement"
        f" ({rules.modification.reference})."
        if rules.modification.gateways
        else ""
    )
    return (
        "The maximum potential spend of a lot is the most that its contract may ever come to, every extension and "
        "every later increase included. It is not a guarantee: nothing above the price of the successful bid is "
        "promised, and no tenderer may rely on it. If further money is given for the same services, the contract may "
        "be increased up to that ceiling by a dated decision in writing, which names the amount, the source of the "
        f"money and the reason; the nature of the services stays the same.{review}"
    )


def _order(file: TenderFile) -> Iterator[tuple[str, str]]:
    """Say the order of work in which every bid is judged; it is the order in which it is computed."""
    quorums = {counted(method.quorum, "evaluator") for method in file.methodologies}
    consensus = all(method.score_rule == "consensus" for method in file.methodologies)
    yield "Opening", "A bid that arrives at or after the deadline, or is withdrawn, is not opened."
    yield "Requirements", "A bid that misses a mandatory requirement of the lot is out, and is told which."
    yield (
        "Scores",
        "Every evaluator declares interests, then scores alone. Each criterion is scored by at least "
        f"{' or '.join(sorted(quorums))}.",
    )
    if file.tender.tenderers_as_letters:
        yield "Names", "Those who score read of tenderers by letter, not by name, until the agreed scores are locked."
    yield (
        "Moderation",
        "The panel meets, agrees one score for each criterion and records the reason for every change."
        if consensus
        else "The panel meets and records the reason for every change; the score is found as each lot’s rules say.",
    )
    yield "Minimums", "A bid below a published minimum, of a criterion or over all, is out."
    yield "Ceilings", "Prices are held to the budget of each year and to the base value of the lot."
    yield "Sharing the money", "The split of each bid is held to the collaboration rules of the lot."
    yield "Low prices", "A price that looks low is asked about in writing; that alone is no reason to reject a bid."
    yield (
        "Price",
        "Only now the price formula is applied, over the bids still in. Whenever a bid falls out later, every mark "
        "that depends on other bids is computed again, and both results are kept.",
    )
    yield "Ranking", "Bids are ranked by total; equal totals are settled by the published list, step by step."
    if file.lot_limit:
        yield "Limit on lots", "The limit on lots is applied to the ranked bids of all lots by the rule set out below."
