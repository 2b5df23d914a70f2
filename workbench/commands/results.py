"""What an evaluation says, lot by lot: as tables and sentences for people, and as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from lots.errors import Finding
from lots.words import counted, listed
from scoring.admission import STAGES
from scoring.evaluation import BidResult, LotEvaluation, Recomputation
from scoring.pricing import PriceRound
from scoring.recommendation import Evaluation, Recommendation
from workbench.output import bullet, findings_data, heading, number, pounds, print_findings, print_table, say

# --- for people ---------------------------------------------------------------------------------------------


def show_lot(evaluation: Evaluation, lot: LotEvaluation, *, titled: bool = True) -> None:
    """Print one lot: its ranking, who is out and why, ties, enquiries, what exclusions did, the recommendation."""
    if titled:
        heading(f"{lot.lot.id}: {lot.lot.title}")
    show_ranking(lot)
    sections = (
        ("Out of the competition:", out_sentences(lot)),
        ("Ties:", tie_sentences(lot)),
        ("Low prices asked about in writing:", enquiry_sentences(lot)),
        ("What leaving bids out did to the others:", recomputed_sentences(lot)),
    )
    for title, sentences in sections:
        said = list(sentences)
        if said:
            say()
            say(title)
            for sentence in said:
                bullet(sentence)
    say()
    show_recommendation(evaluation, lot)


def show_ranking(lot: LotEvaluation) -> None:
    """Print the ranking with marks rounded as published; nothing where the lot waits or no bid is left."""
    if not lot.ranked:
        say("There is no ranking.")
        return
    text = lot.methodology.rounding.text
    whole = lot.round.method is not None
    rows = [
        [
            str(result.rank),
            result.tenderer.name,
            text(result.marks_of("quality")),
            text(result.marks_of("social_value")),
            pounds(result.price),
            *([] if whole else [text(result.price_marks or Fraction(0))]),
            text(result.total or Fraction(0)),
        ]
        for result in lot.ranked
    ]
    last = ["Method figure"] if whole else ["Price marks", "Total"]
    print_table(["Rank", "Tenderer", "Quality", "Social value", "Price", *last], rows, "rlrrrrr")


def out_sentences(lot: LotEvaluation) -> Iterator[str]:
    """Say for every excluded bid at which step it fell out, and why, with the figures."""
    for result in lot.results:
        if result.exclusion is not None:
            step = STAGES[result.exclusion.stage]
            yield f"{result.tenderer.name} ({result.bid.id}), at {step}: {result.exclusion.sentence}"


def tie_sentences(lot: LotEvaluation) -> Iterator[str]:
    """Say how each tie was settled by the published list, and which it leaves open."""
    said = names(lot)
    for tie in lot.ranking.ties_broken:
        figures = "; ".join(f"{said[bid]} {short_text(figure)}" for bid, figure in tie.figures)
        order = ", then ".join(said[bid] for bid in tie.order)
        total = lot.methodology.rounding.text(lot.round.totals[tie.bids[0]])
        yield f"Equal at {total}; settled by the published step “{tie.rule}” ({figures}): {order}."
    for group in lot.ranking.unsettled:
        yield f"{listed(said[bid] for bid in group)} are equal, and the published list does not tell them apart."


def enquiry_sentences(lot: LotEvaluation) -> Iterator[str]:
    """Say which prices prompted a written enquiry and what came of it."""
    said = names(lot)
    for enquiry in lot.enquiries:
        tests = " ".join(_enquiry_text(test.sentence, enquiry.bid, said) for test in enquiry.tests)
        if enquiry.outcome is None:
            yield f"{tests} It has not been answered yet."
        else:
            verdict = "explained" if enquiry.outcome.decision == "explained" else "rejected"
            yield f"{tests} The price was {verdict}: {enquiry.outcome.reason}"


def _enquiry_text(sentence: str, bid: str, said: Mapping[str, str]) -> str:
    return sentence.replace(f"{bid}:", f"{said[bid]}:", 1).partition(" Ask the tenderer")[0]


def recomputed_sentences(lot: LotEvaluation) -> Iterator[str]:
    """Say for each exclusion after admission how the marks and places of the others came to change."""
    said = names(lot)
    for step in lot.recomputations:
        moved = list(_moved(step, lot, said))
        gone = said[step.exclusion.bid]
        if step.winner_changed:
            before, after = (_leader(priced, said) for priced in (step.before, step.after))
            yield f"With {gone} still in, {before} would have come first; without it, {after}. {' '.join(moved)}"
        elif moved:
            yield f"Without {gone}: {' '.join(moved)}"


def _leader(priced: PriceRound, said: Mapping[str, str]) -> str:
    first = priced.ranking.first
    return said[first] if first else "nobody alone"


def _moved(step: Recomputation, lot: LotEvaluation, said: Mapping[str, str]) -> Iterator[str]:
    text = lot.methodology.rounding.text
    for bid, after in step.after.totals.items():
        before = step.before.totals[bid]
        if before != after:
            places = f"place {step.before.ranking.rank_of(bid)} to {step.after.ranking.rank_of(bid)}"
            yield f"{said[bid]} from {text(before)} to {text(after)}, {places}."


def show_recommendation(evaluation: Evaluation, lot: LotEvaluation) -> None:
    """Print who is recommended, the reserve, the margin and the reasons; or what is still open."""
    found = evaluation.recommendation(lot.lot.id)
    if found.winner is None:
        say("No recommendation yet:")
        print_findings(found.open_points)
        return
    say(recommended(found, lot))
    ids = {move.reason for move in found.displaced}
    for reason in found.reasons:
        bullet(_named(reason, *titles_of(evaluation)) if reason in ids else reason)


def recommended(found: Recommendation, lot: LotEvaluation) -> str:
    """Say who is recommended, at what price, with which total, reserve and margin."""
    if found.winner is None:
        return "nobody yet"
    text = lot.methodology.rounding.text
    bid = found.winner
    said = f"Recommended: {bid.tenderer.name}, {bid.bid.price} over {counted(len(bid.bid.prices), 'year')}"
    said += f", {'figure' if lot.round.method else 'total'} {text(bid.total or Fraction(0))}."
    if found.reserve is None or found.margin is None:
        return f"{said} There is no reserve."
    return f"{said} Reserve: {found.reserve.tenderer.name}, {text(found.margin)} behind."


def limit_sentences(evaluation: Evaluation) -> Iterator[str]:
    """Say the published limit on lots and what each tenderer displaced by it would have won without it."""
    allocation = evaluation.allocation
    if evaluation.file.lot_limit is None or allocation is None:
        return
    yield allocation.rule
    said, titles = titles_of(evaluation)
    for move in allocation.displaced:
        yield f"{titles[move.lot]}: {_named(move.reason, said, titles)}"
    if not allocation.displaced:
        yield "It changes nothing: nobody would have won more without it."


def titles_of(evaluation: Evaluation) -> tuple[dict[str, str], dict[str, str]]:
    """Map organisations to their names and lots to their titles, by id."""
    said = {organisation.id: organisation.name for organisation in evaluation.file.organisations}
    return said, {lot.id: lot.title for lot in evaluation.file.tender.lots}


def _named(sentence: str, said: Mapping[str, str], titles: Mapping[str, str]) -> str:
    """Write names for the ids that stand in a sentence of the allocation as whole words."""
    words = {**titles, **said}
    return " ".join(_word(word, words) for word in sentence.split(" "))


def _word(word: str, words: Mapping[str, str]) -> str:
    bare = word.rstrip(".,;:")
    return f"{words[bare]}{word[len(bare) :]}" if bare in words else word


def names(lot: LotEvaluation) -> dict[str, str]:
    """Map the bids of a lot to their tenderers' names."""
    return {result.bid.id: result.tenderer.name for result in lot.results}


def short_text(figure: str) -> str:
    """Cut a long decimal for a sentence; ``explain`` has it in full."""
    return figure if len(figure) <= 9 else f"{figure[:9]}…"


# --- for programs -------------------------------------------------------------------------------------------


def evaluation_data(evaluation: Evaluation) -> dict[str, object]:
    """Turn an evaluation into JSON: money to the penny, marks exact, lots in the published order."""
    return {
        "tender": evaluation.file.tender.reference,
        "title": evaluation.file.tender.title,
        "illustrative": list(evaluation.file.tender.illustrative),
        "lots": [_lot_data(evaluation, lot) for lot in evaluation.lots],
        "lot_limit": _limit_data(evaluation),
    }


def _lot_data(evaluation: Evaluation, lot: LotEvaluation) -> dict[str, object]:
    found = evaluation.recommendation(lot.lot.id)
    return {
        "lot": lot.lot.id,
        "title": lot.lot.title,
        "ranking": [place.bid for place in lot.ranking.places],
        "unsettled_ties": [list(group) for group in lot.ranking.unsettled],
        "ties_broken": [
            {"bids": list(tie.bids), "step": tie.rule, "order": list(tie.order), "figures": dict(tie.figures)}
            for tie in lot.ranking.ties_broken
        ],
        "bids": [_bid_data(result) for result in lot.results],
        "recomputations": [_recomputation_data(step) for step in lot.recomputations],
        "enquiries": [
            {
                "bid": it.bid,
                "tests": [test.sentence for test in it.tests],
                "outcome": it.outcome.decision if it.outcome else None,
            }
            for it in lot.enquiries
        ],
        "recommendation": _recommendation_data(found),
        "waiting": findings_data(lot.waiting),
    }


def _bid_data(result: BidResult) -> dict[str, object]:
    out = result.exclusion
    exclusion = out and {"stage": out.stage, "sentence": out.sentence, "findings": findings_data(out.reasons)}
    return {
        "bid": result.bid.id,
        "tenderer": result.tenderer.id,
        "name": result.tenderer.name,
        "price": result.bid.price.plain(),
        "evaluated_price": number(result.price),
        "criteria": {row.leaf.criterion.id: number(row.marks) for row in result.rows},
        "quality": number(result.marks_of("quality")) if result.rows else None,
        "social_value": number(result.marks_of("social_value")) if result.rows else None,
        "price_marks": number(result.price_marks),
        "total": number(result.total),
        "rank": result.rank,
        "exclusion": exclusion,
        "findings": findings_data(result.findings),
    }


def _recomputation_data(step: Recomputation) -> dict[str, object]:
    def round_data(priced: PriceRound) -> dict[str, object]:
        totals = {bid: number(total) for bid, total in sorted(priced.totals.items())}
        return {"first": priced.ranking.first, "totals": totals}

    return {
        "without": step.exclusion.bid,
        "winner_changed": step.winner_changed,
        "before": round_data(step.before),
        "after": round_data(step.after),
    }


def _recommendation_data(found: Recommendation) -> dict[str, object]:
    return {
        "bid": found.winner.bid.id if found.winner else None,
        "tenderer": found.winner.tenderer.id if found.winner else None,
        "name": found.winner.tenderer.name if found.winner else None,
        "reserve": found.reserve.bid.id if found.reserve else None,
        "margin": number(found.margin),
        "reasons": list(found.reasons),
        "open_points": findings_data(found.open_points),
    }


def _limit_data(evaluation: Evaluation) -> dict[str, object] | None:
    allocation = evaluation.allocation
    if evaluation.file.lot_limit is None or allocation is None:
        return None
    return {
        "rule": allocation.rule,
        "awards": {award.lot: award.tenderer for award in allocation.awards},
        "without_limit": {award.lot: award.tenderer for award in allocation.without_limit},
        "displaced": [{"lot": move.lot, "reason": move.reason} for move in allocation.displaced],
    }


def open_findings(evaluation: Evaluation) -> tuple[Finding, ...]:
    """List what keeps any lot from being recommended."""
    return tuple(dict.fromkeys(it for found in evaluation.recommendations for it in found.open_points))
