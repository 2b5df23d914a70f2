"""Pages of the result: all lots, one lot, and where each number of one bid comes from."""

from __future__ import annotations

from typing import Any

from flask import abort, g, render_template, url_for
from flask.typing import ResponseReturnValue

from exports.reports.panel_lots import summaries
from exports.reports.panel_money import limit_table
from scoring.evaluation import BidResult, LotEvaluation
from workbench import printing
from workbench.policies import Permission
from workbench.queries.awards import derivations
from workbench.queries.awards.lot_page import OpenPoint, lot_page, named, names_of
from workbench.queries.awards.matrix_rows import rows
from workbench.web.access import can, requires
from workbench.web.awards import pages
from workbench.web.awards.reading import lot_shown, shown

MOST_SIDE_BY_SIDE = 8
"""Bids whose criteria stand side by side on the page of a lot; all of them are on the page of the matrix."""


@pages.get("/tenders/<tender_id>/result/", endpoint="results")
@requires(Permission.RESULT_VIEW)
def show_results(tender_id: str) -> ResponseReturnValue:
    """Show what is recommended for each lot, and what the limit on lots changed."""
    evaluation, lots = shown()
    found = [each for each in summaries(evaluation) if each.lot.id in lots]
    whole = len(lots) == len(evaluation.lots)
    return render_template(
        "awards/results.html", tender=g.tender, found=found, whole=whole,
        limit=limit_table(evaluation) if whole else None, names=names_of(evaluation), named=named,
    )  # fmt: skip


@pages.get("/tenders/<tender_id>/result/<lot>/", endpoint="result")
@requires(Permission.RESULT_VIEW)
def show_result(tender_id: str, lot: str) -> ResponseReturnValue:
    """Show one lot: the recommendation and its reasons, the ranking, every figure, and what became of each bid."""
    evaluation, judged = lot_shown(lot)
    page = lot_page(evaluation, lot)
    side_by_side = _first(judged)
    return render_template(
        "awards/result.html", tender=g.tender, lot=judged.lot, page=page, rows=rows(judged, side_by_side),
        bids=side_by_side, all_bids=len(judged.results), whole_method=judged.round.method is not None,
        limit=limit_table(evaluation), displaced=evaluation.recommendation(lot).displaced, link=_link,
        asked=judged.enquiries, names=names_of(evaluation), named=named,
    )  # fmt: skip


@pages.get("/tenders/<tender_id>/result/<lot>/bids/<bid_id>/", endpoint="derivation")
@requires(Permission.RESULT_VIEW)
def show_derivation(tender_id: str, lot: str, bid_id: str) -> ResponseReturnValue:
    """Show where each number of a bid comes from, down to the sheets that were submitted."""
    evaluation, judged = lot_shown(lot)
    result = next((each for each in judged.results if each.bid.id == bid_id), None) or abort(404)
    return render_template(
        "awards/derivation.html", tender=g.tender, lot=judged.lot, result=result, typed=printing.typed,
        derived=derivations.derived(evaluation, judged, bid_id), rounding=judged.methodology.rounding,
        names=names_of(evaluation), named=named,
    )  # fmt: skip


def _first(lot: LotEvaluation) -> tuple[BidResult, ...]:
    """Return the bids that stand side by side: the ranked, best first, then the others."""
    ranked = lot.ranked
    others = tuple(each for each in lot.results if each.rank is None and each.rows)
    return (*ranked, *others)[:MOST_SIDE_BY_SIDE]


def _link(point: OpenPoint) -> tuple[str, str]:
    """Say where an open point is mended: the address, and what is done there; nothing where the reader cannot go."""
    places: dict[str, tuple[str, dict[str, Any], Permission, str]] = {
        "bid": ("bids.opened_bid", {"bid_id": point.bid, "_anchor": "decisions"}, Permission.BIDS_ADMIT,
                "Decide about this bid"),
        "price": ("awards.price_enquiry", {"bid_id": point.bid}, Permission.PRICE_DECIDE, "Ask about this price"),
        "opening": ("bids.opening", {}, Permission.OPENING_VIEW, "Go to the opening of the prices"),
        "scores": ("evaluation.moderation", {}, Permission.MODERATION_VIEW, "Go to moderation"),
        "lot": ("awards.result", {"lot": point.lot}, Permission.RESULT_VIEW, "See that lot"),
    }  # fmt: skip
    if point.page not in places:
        return "", ""
    endpoint, values, permission, words = places[point.page]
    return (url_for(endpoint, tender_id=g.tender.id, **values), words) if can(permission, g.tender) else ("", "")
