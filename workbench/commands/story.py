"""One procurement told from its money to its recommendations, for a reader who has a minute: every figure computed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lots.errors import Finding
from lots.funding import Reconciliation, reconcile
from lots.funding_checks import Cliff, fall_away, stack
from lots.placement import Placement, place
from lots.split.report import RuleFigure
from lots.words import listed
from scoring.admission import STAGES
from scoring.evaluation import BidResult, LotEvaluation
from scoring.figures import Rounding
from scoring.recommendation import Evaluation
from workbench.commands import results
from workbench.commands.money import cliff_data, placement_data, printed_data, show_sources
from workbench.output import bullet, heading, pounds, print_table, say, short
from workbench.queries.money import balance_sentence, placed_sentences, reconciled_sentence

ILLUSTRATIVE = "(illustrative)"


@dataclass(frozen=True)
class MoneyStory:
    """What the first year's money comes to: printed totals, what ends with the uplifts, and where it can be placed."""

    reconciled: tuple[Reconciliation, ...]
    cliff: Cliff | None
    placed: Placement


def money_story(evaluation: Evaluation) -> MoneyStory:
    """Work out the money of the first year from the tender's funding and lots."""
    tender = evaluation.file.tender
    uplifts = frozenset(source.id for source in tender.funding.sources if source.uplift)
    cliff = fall_away(tender.funding, tender.lots, uplifts) if uplifts else None
    return MoneyStory(reconcile(tender.funding), cliff, place(tender.funding, tender.lots))


def money_data(money: MoneyStory) -> dict[str, object]:
    """Turn the money story into JSON."""
    return {
        "printed_totals": printed_data(money.reconciled),
        "without_uplifts": money.cliff and cliff_data(money.cliff),
        "placement": placement_data(money.placed),
    }


def tell(evaluation: Evaluation, notes: tuple[Finding, ...]) -> None:
    """Print the whole story, step by step."""
    tell_opening(evaluation)
    tell_money(evaluation, money_story(evaluation))
    tell_lots(evaluation)
    tell_bids(evaluation)
    tell_scores(evaluation)
    tell_limit(evaluation)
    tell_recommendations(evaluation)


def marked(evaluation: Evaluation, *topics: str) -> str:
    """Return ``(illustrative)`` with a space before it when what these topics say is invented."""
    invented = {topic.casefold() for topic in evaluation.file.tender.illustrative}
    return f" {ILLUSTRATIVE}" if invented & set(topics) else ""


def tell_opening(evaluation: Evaluation) -> None:
    """Say whose procurement it is, where its content comes from, and what in it is invented."""
    tender = evaluation.file.tender
    say(f"{tender.title}, {tender.buyer.name} ({tender.reference})")
    if tender.source:
        say(f"Source: {tender.source}")
    if tender.illustrative:
        say(f"Illustrative, which means invented for this demonstration: {listed(tender.illustrative)}.")


# --- 1 and 2: money and lots --------------------------------------------------------------------------------


def tell_money(evaluation: Evaluation, money: MoneyStory) -> None:
    """Print the funding stack with its certainty, what does not add up, what may fall away, and what pays for what."""
    funding, lots = evaluation.file.tender.funding, evaluation.file.tender.lots
    if not funding.sources:
        return
    heading("1. The money: does it add up, how long does it last, and can it be spent as it is tied?")
    show_sources(funding, lots)
    say()
    bullet(balance_sentence(stack(funding, lots)))
    for row in money.reconciled:
        bullet(reconciled_sentence(row))
    for sentence in money.cliff.sentences if money.cliff else ():
        bullet(sentence)
    for sentence in placed_sentences(funding, lots, money.placed):
        bullet(sentence)


def tell_lots(evaluation: Evaluation) -> None:
    """Print every lot with its three numbers, which are never one, and its term."""
    heading("2. The lots: three numbers each, which are never one")
    rows = []
    for lot in evaluation.file.tender.lots:
        term = f"{lot.term.initial_years} + {lot.term.extension_years} years" if lot.term else lot.route
        base, most = lot.base_value or "–", lot.maximum_potential_spend or "–"
        rows.append([lot.title, str(lot.annual_budget), str(base), str(most), term.replace("_", " ")])
    most_is = f"Maximum potential spend{marked(evaluation, 'ceilings', 'maximum potential spend')}"
    head = ("Lot", "Budget a year", "Base value", most_is, "Term")
    print_table(head, rows, "lrrrl")


# --- 3: bids ------------------------------------------------------------------------------------------------


def tell_bids(evaluation: Evaluation) -> None:
    """Print every bid with what its lead keeps, and why each bid that is out is out."""
    heading(f"3. The bids, checked to the penny{marked(evaluation, 'tenderers', 'bids')}")
    rows: list[list[str]] = []
    for lot in evaluation.lots:
        rows.append([lot.lot.title, *[""] * 5])
        rows += [_bid_row(result) for result in lot.results]
    print_table(("Tenderer", "Price over the term", "Lead keeps", "At most", "Split", ""), rows, "lrrr")
    out = [(lot, result) for lot in evaluation.lots for result in lot.results if result.exclusion]
    if out:
        say()
        say("Out, with the first reason (the tenderer's letter has every one):")
    for lot, result in out:
        bullet(f"{result.tenderer.name}, {lot.lot.title}: {_first_reason(result)}")


def _first_reason(result: BidResult) -> str:
    reasons = result.exclusion.reasons if result.exclusion else ()
    return f"{reasons[0].message.rstrip('.')}." if reasons else ""


def _bid_row(result: BidResult) -> list[str]:
    figures = result.split.figures if result.split else ()
    kept = next((it for it in figures if isinstance(it, RuleFigure) and it.rule == "lead_retention_maximum"), None)
    line = kept.lines[kept.binding_year - 1] if kept else None
    cap = "" if kept is None or kept.percent is None else f"{kept.percent} %"
    share = "" if line is None else f"{short(line.percent)} %"
    verdict = "" if result.split is None else "kept" if result.split.compliant else "BROKEN"
    out = "" if result.exclusion is None else f"out: {STAGES[result.exclusion.stage]}"
    return [f"  {result.tenderer.name}", str(result.bid.price), share, cap, verdict, out]


# --- 4 to 6: scores, limit, recommendations -----------------------------------------------------------------


def tell_scores(evaluation: Evaluation) -> None:
    """Print the ranking of each lot, its ties, its enquiries, and where leaving a bid out changed the winner."""
    heading(f"4. From agreed scores to a ranking{marked(evaluation, 'scores', 'weights')}")
    for number, lot in enumerate(evaluation.lots):
        if number:
            say()
        say(f"{lot.lot.title}: {_weights(lot)}; {_formula(lot)}")
        results.show_ranking(lot)
        for sentence in (*results.tie_sentences(lot), *_enquiries(lot), *_turned(lot)):
            bullet(sentence)


def _weights(lot: LotEvaluation) -> str:
    whole = lot.methodology
    tops = [f"{top.title} {top.weight.normalize():f} %" for top in whole.criteria]
    return ", ".join(tops)


def _formula(lot: LotEvaluation) -> str:
    from scoring.catalogue import FORMULAS

    info = FORMULAS[lot.methodology.price.formula]
    return f"price by {info.id}: {info.letters}."


def _turned(lot: LotEvaluation) -> Iterator[str]:
    """Say of each exclusion that changed who comes first how the formula did it, with both results."""
    said, text = results.names(lot), lot.methodology.rounding.text
    for step in lot.recomputations:
        before, after = step.before.ranking.first, step.after.ranking.first
        if step.winner_changed and before and after:
            lows = [min(priced.prices.values()) for priced in (step.before, step.after)]
            moved = f" (lowest price {pounds(lows[1])} in place of {pounds(lows[0])})" if lows[0] != lows[1] else ""
            marks = [f"{text(priced.totals[bid])}" for priced in (step.before, step.after) for bid in (before, after)]
            yield (
                f"{said[step.exclusion.bid]} is out, and that turns the first place. With its price among the others "
                f"{said[before]} leads {said[after]} by {marks[0]} to {marks[1]}; without it{moved} "
                f"{said[after]} leads by {marks[3]} to {marks[2]}. "
                "The published order of work takes a bid out before prices are compared."
            )


def _enquiries(lot: LotEvaluation) -> Iterator[str]:
    """Say which prices were asked about, in one sentence each."""
    said, text = results.names(lot), Rounding(2).text
    for it in lot.enquiries:
        outcome = f"{it.outcome.decision} in writing" if it.outcome else "not answered yet"
        if not it.tests:
            yield f"{said[it.bid]} was asked about its price, though no published test was met. It was {outcome}."
            continue
        test = it.tests[0]
        yield (
            f"{said[it.bid]} asks {pounds(test.price)}, {text(test.percent_below)} % below {pounds(test.comparator)} "
            f"({test.test.replace('_', ' ')}): an enquiry, never a rejection by itself. Its price was {outcome}."
        )


def tell_limit(evaluation: Evaluation) -> None:
    """Print the limit on lots and what would have been awarded without it."""
    sentences = list(results.limit_sentences(evaluation))
    if not sentences or evaluation.allocation is None:
        return
    heading(f"5. One tenderer may not win everything{marked(evaluation, 'limit', 'lot limit', 'caps')}")
    say(sentences[0])
    for sentence in sentences[1:]:
        bullet(sentence)
    names, titles = results.titles_of(evaluation)
    without = [
        f"{titles[award.lot]} to {names[award.tenderer]}"
        for award in evaluation.allocation.without_limit
        if award.tenderer
    ]
    if without:
        bullet(f"Without the limit: {listed(without)}.")


def tell_recommendations(evaluation: Evaluation) -> None:
    """Print who is recommended for each lot, with reserve and margin; nobody is awarded anything by a program."""
    heading(f"6. What the panel's figures recommend{marked(evaluation, 'scores', 'tenderers')}")
    rows = []
    for lot in evaluation.lots:
        found = evaluation.recommendation(lot.lot.id)
        text = lot.methodology.rounding.text
        if found.winner is None:
            rows.append([lot.lot.title, "nobody yet", "", "", "", ""])
            continue
        total = text(found.winner.total) if found.winner.total is not None else ""
        reserve = found.reserve.tenderer.name if found.reserve else "none"
        margin = text(found.margin) if found.margin is not None else ""
        price = str(found.winner.bid.price)
        rows.append([lot.lot.title, found.winner.tenderer.name, price, total, reserve, margin])
    head = ("Lot", "Recommended", "Price over the term", "Total", "Reserve", "Margin")
    print_table(head, rows, "llrrlr")
    for lot in evaluation.lots:
        for point in evaluation.recommendation(lot.lot.id).open_points:
            bullet(f"{lot.lot.title}: {point.message}")
