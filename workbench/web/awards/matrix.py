"""The page of all agreed scores, bids by criteria: for whoever prepares or decides the award, after the lock."""

from __future__ import annotations

from hashlib import sha256

from flask import Response, g, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from scoring.methodology import Methodology
from workbench.policies import NotNow, Permission
from workbench.queries.awards.matrix import BidRow, interests_declared, matrix_of
from workbench.queries.awards.result import NOT_LOCKED, state_of
from workbench.queries.bids import opened
from workbench.web.access import requires
from workbench.web.awards import pages
from workbench.web.awards.reading import hidden
from workbench.web.evaluation.guard import declared_first
from workbench.web.pages import STYLE_SHEET, static_url

_ROW = Markup('<tr class="govuk-table__row"><th scope="row" class="govuk-table__header">{}</th>{}</tr>')
_NAME = Markup('<a class="govuk-link" href="{}">{}</a>')
_BETWEEN = '</td><td class="govuk-table__cell number">'
_CELLS = Markup('<td class="govuk-table__cell number">{}</td>')


@pages.get("/tenders/<tender_id>/matrix/", endpoint="matrix")
@requires(Permission.AWARD_VIEW)
def show(tender_id: str) -> ResponseReturnValue:
    """Show the agreed points of every bid of a lot; an unchanged page is answered with 304 and no row is read."""
    if g.tender.quality_locked_at is None:
        raise NotNow(NOT_LOCKED)
    tag = _tag()
    response = make_response("", 304) if tag in request.if_none_match else make_response(_page())
    response.set_etag(tag)
    response.headers["Cache-Control"] = "private, no-cache"
    return _bare(response)


def _tag() -> str:
    """Name everything the page depends on: the result, the reader and their interests, the lot, the style."""
    declared = interests_declared(g.tender.id, g.actor.user_id)
    parts = (
        *state_of(g.tender),
        g.tender.stage,
        g.actor,
        *declared,
        request.args.get("lot", ""),
        static_url(STYLE_SHEET),
    )
    return sha256(repr(parts).encode()).hexdigest()[:32]


def _bare(response: Response) -> Response:
    if response.status_code == 304:
        response.headers.pop("Content-Type", None)
    return response


def _page() -> str:
    declared_first()
    rules, kept = opened.rules_of(g.tender), hidden()
    gone = {bid.lot for bid in opened.file_with_bids(g.tender).bids if bid.id in kept} if kept else set()
    lots = [lot for lot in (rules.tender.contract_lots if rules else ()) if lot.id not in gone]
    chosen = next((lot for lot in lots if lot.id == request.args.get("lot")), lots[0] if lots else None)
    method = rules.methodology_for(chosen.id) if rules and chosen else None
    found = matrix_of(g.tender.id, chosen.id, _ids(method)) if chosen and method else ()
    return render_template(
        "awards/matrix.html", tender=g.tender, lots=lots, chosen=chosen, count=len(found),
        leaves=method.scored if method else (), rows=_rows(found, chosen.id) if chosen else "",
        by_mean=method is not None and method.score_rule == "mean",
    )  # fmt: skip


def _ids(method: Methodology | None) -> tuple[str, ...]:
    return tuple(leaf.criterion.id for leaf in method.scored) if method else ()


def _rows(found: tuple[BidRow, ...], lot: str) -> Markup:
    """Write the table's body: the points of a row are joined at once, because a template would loop over every cell."""
    address = url_for("awards.derivation", tender_id=g.tender.id, lot=lot, bid_id="BID")
    lines = []
    for row in found:
        name = _NAME.format(address.replace("BID", row.bid), f"{row.letter}: {row.tenderer}")
        cells = Markup(str(escape("\x1f".join(row.points))).replace("\x1f", _BETWEEN))
        lines.append(_ROW.format(name, _CELLS.format(cells)))
    return Markup("").join(lines)
