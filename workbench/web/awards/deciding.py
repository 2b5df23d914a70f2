"""The decision: how far its paper is, the recommendation, what finance and legal say, approval or return, previews."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from exports.award_snapshot import digest_of, result_of
from exports.reports.public_words import texts_of
from lots.errors import ProcurementError
from workbench import clock, printing
from workbench.forms.awards.deciding import ApproveForm, CommentForm, RecommendForm, ReturnForm
from workbench.forms.base import PageForm
from workbench.models.awards import RecommendationRecord
from workbench.policies import Permission
from workbench.queries.awards import decision as reads
from workbench.queries.awards.completeness import TITLES, WORDS, state_of
from workbench.queries.awards.differences import paper_differences, result_differences
from workbench.queries.awards.hands import bar
from workbench.queries.awards.paper import parts_of
from workbench.services.awards import approving, recommending
from workbench.web.access import requires
from workbench.web.awards import pages
from workbench.web.awards.entry import enter, evaluated
from workbench.web.awards.paper import page_url, rail, said
from workbench.web.writing import not_saved


@pages.get("/tenders/<tender_id>/award/", endpoint="award")
@requires(Permission.AWARD_VIEW)
def show(tender_id: str) -> ResponseReturnValue:
    """Show how far the decision is: its paper, its documents, what was recommended and what was said of it."""
    enter()
    return _page()


@pages.post("/tenders/<tender_id>/award/recommend", endpoint="recommend")
@requires(Permission.AWARD_RECOMMEND)
def recommend(tender_id: str) -> ResponseReturnValue:
    """Recommend the result the moderator has read."""
    enter()
    form = RecommendForm()
    return _act(form, "recommending", "Recommended. Finance and legal may comment; an approver decides.", lambda:
                recommending.recommend(g.tender, digest=form.digest.data or "", note=form.note.data or "",
                                       actor=g.actor, at=clock.now()))  # fmt: skip


@pages.post("/tenders/<tender_id>/award/comment", endpoint="comment")
@requires(Permission.AWARD_COMMENT)
def comment(tender_id: str) -> ResponseReturnValue:
    """Comment on the recommendation."""
    enter()
    form = CommentForm()
    return _act(form, "commenting", "Your comment is with the recommendation.", lambda: approving.comment(
        g.tender, form.text.data, kind=form.kind.data or "", exempt=form.exempt.data, actor=g.actor, at=clock.now()
    ))  # fmt: skip


@pages.post("/tenders/<tender_id>/award/approve", endpoint="approve")
@requires(Permission.AWARD_APPROVE)
def approve(tender_id: str) -> ResponseReturnValue:
    """Approve the award."""
    enter()
    form = ApproveForm()
    return _act(form, "approving", "Approved. The documents can be made and the letters released.", lambda:
                approving.approve(g.tender, digest=form.digest.data or "", actor=g.actor, at=clock.now()))  # fmt: skip


@pages.post("/tenders/<tender_id>/award/return", endpoint="send_back")
@requires(Permission.AWARD_APPROVE)
def send_back(tender_id: str) -> ResponseReturnValue:
    """Return the recommendation to be mended."""
    enter()
    form = ReturnForm()
    return _act(form, "returning", "Returned, with your reason.", lambda: approving.send_back(
        g.tender, reason=form.reason.data, actor=g.actor, at=clock.now()
    ))  # fmt: skip


@pages.get("/tenders/<tender_id>/award/preview", endpoint="preview")
@requires(Permission.AWARD_VIEW)
def preview(tender_id: str) -> ResponseReturnValue:
    """Show what will be public, and what will not and why."""
    enter()
    award = evaluated().file.award
    assert award is not None
    row = reads.recommendation_of(tender_id)
    return render_template(
        "awards/preview.html", tender=g.tender, award=award, evaluation=evaluated(), typed=printing.typed,
        texts=dict(texts_of(award)), state=state_of(evaluated(), parts_of(tender_id)), said=said,
        comments=[it for it in reads.comments_on(tender_id, row.number) if it.row.exempt] if row else [],
    )  # fmt: skip


@pages.get("/tenders/<tender_id>/award/recommendations/<int:recommendation>", endpoint="recommendation")
@requires(Permission.AWARD_VIEW)
def show_recommendation(tender_id: str, recommendation: int) -> ResponseReturnValue:
    """Show a recommendation: what was frozen, its fingerprint, what changed since the one before, what became of it."""
    enter()
    rows = reads.recommendations_of(tender_id)
    found = next(((row, who) for row, who in rows if row.number == recommendation), None)
    if found is None:
        return redirect(url_for("awards.award", tender_id=tender_id))
    row, who = found
    return render_template(
        "awards/recommendation.html", tender=g.tender, row=row, who=who, evaluation=reads.recomputed(row),
        approval=reads.approvals_of(tender_id).get(row.number), comments=reads.comments_on(tender_id, row.number),
        changes=_changes(row), typed=printing.typed,
    )  # fmt: skip


# --- pieces -----------------------------------------------------------------------------------------------------


def _act(form: PageForm, name: str, done: str, act: Callable[[], Any]) -> ResponseReturnValue:
    """Do what a form asks for; a refusal stands on the page again, with everything that was typed."""
    if not form.validate():
        return not_saved({}, lambda: _page(**{name: form}))
    try:
        act()
    except (
        recommending.NotRecommendable, recommending.OtherResult, approving.NotApprovable, approving.OtherPaper,
        approving.CommentError,
    ) as refused:  # fmt: skip
        return _refused(form, name, refused)
    flash(done, "success")
    return redirect(url_for("awards.award", tender_id=g.tender.id), 303)


def _refused(form: PageForm, name: str, refused: ProcurementError) -> ResponseReturnValue:
    form.form_errors.append(str(refused))
    form.form_errors.extend(each.message for each in refused.findings)
    return not_saved({}, lambda: _page(**{name: form}))


def _changes(row: RecommendationRecord | None) -> dict[str, Any]:
    """Compare a recommendation with the one before it."""
    before = reads.recommendation_of(row.tender_id, row.number - 1) if row and row.number > 1 else None
    if row is None or before is None:
        return {}
    old, new = reads.frozen_file(before).award, reads.frozen_file(row).award
    assert new is not None
    return {"number": before.number, "paper": paper_differences(old, new), "result": result_differences(before, row)}


def _since(row: RecommendationRecord | None) -> Any:
    """Compare the paper as it stands with the one that was recommended."""
    award = evaluated().file.award
    if row is None or award is None or g.tender.stage != "recommended":
        return ()
    return paper_differences(reads.frozen_file(row).award, award)


def _page(**forms: PageForm) -> str:
    evaluation, row = evaluated(), reads.recommendation_of(g.tender.id)
    assert evaluation.file.award is not None
    state = state_of(evaluation, parts_of(g.tender.id))
    comments = reads.comments_on(g.tender.id, row.number) if row else ()
    return render_template(
        "awards/award.html", tender=g.tender, evaluation=evaluation, award=evaluation.file.award, row=row,
        state=state, readiness=rail(state), titles=TITLES, words=WORDS, page_url=page_url, said=said,
        points=reads.open_points(evaluation) if g.tender.stage == "moderation" else (),
        rows=reads.recommendations_of(g.tender.id), approvals=reads.approvals_of(g.tender.id), comments=comments,
        changes=_changes(row), since=_since(row), bar=bar(g.tender, g.actor), form=next(iter(forms.values()), None),
        recommending=forms.get("recommending") or _filled(RecommendForm, digest_of(result_of(evaluation))),
        approving=forms.get("approving") or _filled(ApproveForm, reads.award_digest(evaluation.file.award)),
        commenting=forms.get("commenting") or CommentForm(None), returning=forms.get("returning") or ReturnForm(None),
        both_roles={"finance", "legal"} <= g.actor.roles_in(g.tender.id), typed=printing.typed,
    )  # fmt: skip


def _filled(form: type[PageForm], digest: str) -> PageForm:
    return form(None, data={"digest": digest})
