"""The pages of criteria, scales and methodologies, on the demonstration's tender."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sqlalchemy import event

from tests.workbench.conftest import submit
from tests.workbench.factories import a_user, an_assignment
from tests.workbench.signing import signed_in
from tests.workbench.web.tenders.money_case import Case, a_case, demo_parts, fields
from workbench.app import Workbench
from workbench.db import db
from workbench.models.accounts import AuthorityRecord
from workbench.models.audit import EventRecord
from workbench.models.tenders import TenderRecord
from workbench.parts import Part

PARTS = [part for part in demo_parts() if part.kind in ("scale", "methodology")]
CYP, ADULT, ISVA = "cyp-methodology", "adult-methodology", "isva-methodology"


@pytest.fixture
def case(lite_app: Workbench) -> Case:
    """The demonstration's tender as a draft, and its officer's browser."""
    return a_case(lite_app)


def criterion(case: Case, key: str, place: str, action: str = "edit") -> str:
    return f"/tenders/{case.tender_id}/methodology/{key}/criteria/{place}/{action}"


def events(case: Case) -> list[EventRecord]:
    with case.app.app_context():
        return list(db.session.query(EventRecord).order_by(EventRecord.seq))


@pytest.mark.parametrize("part", PARTS, ids=lambda part: f"{part.kind}-{part.key}")
def test_a_page_sent_back_as_it_stands_changes_nothing(case: Case, part: Part) -> None:
    answer = case.save(case.url(part.kind, part.key))
    assert answer.status_code == 303, answer.text
    assert case.content(part.kind, part.key) == part.content


@pytest.mark.parametrize("place", ["0", "0-0", "0-3", "1", "1-1", "2"])
def test_a_criterion_sent_back_as_it_stands_changes_nothing(case: Case, place: str) -> None:
    before = case.content("methodology", CYP)
    answer = case.save(criterion(case, CYP, place))
    assert answer.status_code == 303, answer.text
    assert case.content("methodology", CYP) == before


def test_the_task_page_shows_sums_effective_weights_and_the_work_asked_for(case: Case) -> None:
    page = case.read(case.task("criteria"))
    assert "100, as it should be" in page
    assert "15%" in page  # 25 of 60: the children's voice
    assert "Each bid stands alone" not in page
    assert "where each bid stands alone" in page
    assert "What the estimate takes for granted" in page


def test_weights_that_do_not_close_are_said_where_they_stand(case: Case) -> None:
    answer = case.save(case.url("methodology", CYP), {"criteria-0-parts-1-weight": "20"})
    assert answer.status_code == 303
    page = case.read(case.url("methodology", CYP))
    assert "95: 5 short of 100" in page
    assert f"/methodology/{CYP}/edit#criteria-0-parts" in page
    assert 'id="criteria-0-parts"' in page


def test_every_finding_of_a_methodology_lands_on_an_element_of_its_page(case: Case) -> None:
    case.save(case.url("methodology", CYP), {"criteria-0-weight": "61", "tie_breaks-2-rule": "highest_quality"})
    case.save(criterion(case, CYP, "0-0"), {"question": "", "word_limit": "", "scale": "", "minimum": "9"})
    page = case.client.get(case.url("methodology", CYP)).text
    wanted = set(re.findall(rf"/methodology/{CYP}/edit#([\w-]+)", page))
    assert wanted >= {"criteria", "criteria-0-parts-0-question", "criteria-0-parts-0-scale", "tie_breaks-2"}
    assert wanted <= set(re.findall(r'id="([\w-]+)"', page))


def test_a_weight_that_is_no_number_is_kept_as_typed_and_told_at_its_field(case: Case) -> None:
    answer = case.save(case.url("methodology", CYP), {"criteria-0-parts-1-weight": "a quarter"})
    assert answer.status_code == 422
    assert "#criteria-0-parts-1-weight" in answer.text
    assert 'value="a quarter"' in case.client.get(case.url("methodology", CYP)).text
    assert case.content("methodology", CYP)["criteria"][0]["parts"][1]["weight"] == "25"


def test_a_figure_that_the_formula_does_not_take_is_told_at_its_field(case: Case) -> None:
    answer = case.save(case.url("methodology", CYP), {"price-parameters-floor": "-1"})
    assert answer.status_code == 422
    assert "#price-parameters-floor" in answer.text


def test_a_part_added_under_a_scored_criterion_takes_over_what_that_asked(case: Case) -> None:
    before = case.content("methodology", CYP)["criteria"][0]["parts"][0]
    answer = case.save(criterion(case, CYP, "0-0", "add"), {"title": "Assessment", "weight": "100"})
    assert answer.status_code == 303, answer.text
    parent = case.content("methodology", CYP)["criteria"][0]["parts"][0]
    assert "scale" not in parent
    assert "question" not in parent
    assert parent["parts"] == [
        {"id": "assessment", "title": "Assessment", "weight": "100", "scale": before["scale"],
         "question": before["question"], "word_limit": before["word_limit"]},
    ]  # fmt: skip


def test_a_criterion_is_added_to_several_lots_in_one_act_under_one_id(case: Case) -> None:
    seen = len(events(case))
    changes = {"title": "Volunteers", "weight": "5", "question": "Who volunteers?", "also": [ADULT, ISVA]}
    answer = case.save(criterion(case, CYP, "0", "add"), changes)
    assert answer.status_code == 303, answer.text
    for key in (CYP, ADULT, ISVA):
        assert case.content("methodology", key)["criteria"][0]["parts"][-1]["id"] == "volunteers"
    new = events(case)[seen:]
    assert [event.action for event in new] == ["parts_saved"]
    assert all(key in new[0].subject for key in (CYP, ADULT, ISVA))


def test_a_shared_criterion_changes_everywhere_and_each_lot_keeps_its_weight(case: Case) -> None:
    answer = case.save(criterion(case, CYP, "0-3"), {"question": "How do you keep people safe?", "also": [ADULT]})
    assert answer.status_code == 303, answer.text
    ours, theirs, third = (case.content("methodology", key)["criteria"][0]["parts"] for key in (CYP, ADULT, ISVA))
    assert ours[3]["question"] == theirs[3]["question"] == "How do you keep people safe?"
    assert (ours[3]["weight"], theirs[3]["weight"]) == ("25", "15")
    assert theirs[3]["minimum"] == "3"
    assert third[3]["question"] != ours[3]["question"]


def test_a_lot_that_somebody_changed_meanwhile_is_not_overwritten(case: Case) -> None:
    page = fields(case.client.get(criterion(case, CYP, "0-3")).text)
    case.save(criterion(case, ADULT, "0-3"), {"question": "Their new question", "also": []})
    answer = submit(case.client, criterion(case, CYP, "0-3"), {**page, "also": [ADULT], "question": "Ours"})
    assert answer.status_code == 409
    assert case.content("methodology", ADULT)["criteria"][0]["parts"][3]["question"] == "Their new question"
    assert case.content("methodology", CYP)["criteria"][0]["parts"][3]["question"] != "Ours"


def test_a_page_opened_before_a_criterion_was_removed_shows_both_texts(case: Case) -> None:
    page = fields(case.client.get(case.url("methodology", CYP)).text)
    assert remove(case, CYP, "1") == 303
    answer = submit(case.client, case.url("methodology", CYP), page)
    assert answer.status_code == 409


def remove(case: Case, key: str, place: str) -> int:
    address = criterion(case, key, place, "remove")
    return case.save(address).status_code


def test_a_criterion_moves_among_those_beside_it(case: Case) -> None:
    version = fields(case.client.get(case.url("methodology", CYP)).text)["_version"]
    address = f"/tenders/{case.tender_id}/methodology/{CYP}/criteria/move"
    assert submit(case.client, address, {"move": "up 0-1", "_version": version}).status_code == 303
    ids = [each["id"] for each in case.content("methodology", CYP)["criteria"][0]["parts"]]
    assert ids == ["q_voice", "q_outcomes", "q_transition", "q_safeguarding"]


def test_a_removed_criterion_is_gone_with_its_parts(case: Case) -> None:
    assert remove(case, CYP, "0") == 303
    assert [each["id"] for each in case.content("methodology", CYP)["criteria"]] == ["social_value", "price"]


@pytest.mark.parametrize("place", ["9", "0-9", "x", "top", "0--1", "0-" * 40 + "0"])
def test_a_place_with_no_criterion_is_not_found(case: Case, place: str) -> None:
    assert case.client.get(criterion(case, CYP, place)).status_code == 404


def test_a_page_that_names_what_is_gone_can_still_be_saved(case: Case) -> None:
    remove(case, CYP, "0-3")  # the tie-break list names it
    assert case.save(case.url("methodology", CYP), {"quorum": "4"}).status_code == 303
    assert case.save(case.url("scale", "evidence").replace("/edit", "/remove")).status_code == 303
    assert case.save(criterion(case, CYP, "0-0"), {"word_limit": "900"}).status_code == 303
    content = case.content("methodology", CYP)
    assert (content["quorum"], content["tie_breaks"][1]["criterion"]) == (4, "q_safeguarding")
    assert (content["criteria"][0]["parts"][0]["scale"], content["criteria"][0]["parts"][0]["word_limit"]) == (
        "evidence", 900,
    )  # fmt: skip


def test_a_new_methodology_starts_with_a_formula_fitted_to_its_lot(case: Case) -> None:
    sent = {"title": "Another", "lots": ["cyp"], "start": "usual"}
    assert case.save(case.url("methodology", "new"), sent).status_code == 303
    made = case.content("methodology", "another")
    assert [each["weight"] for each in made["criteria"]] == ["60", "15", "25"]
    # the children's lot: £350,000 a year for five years; floor at 80 % of it
    assert made["price"] == {"formula": "linear_fixed", "parameters": {"floor": "1400000", "ceiling": "1750000"}}


def test_a_methodology_can_be_written_before_its_lots_are(case: Case) -> None:
    assert case.save(case.url("methodology", "new"), {"title": "Another"}).status_code == 303
    assert case.content("methodology", "another")["lots"] == []
    assert "“Another” judges no lot" in case.read(case.url("methodology", "another"))


def test_a_new_methodology_can_start_from_another(case: Case) -> None:
    sent = {"title": "Another", "lots": ["cyp"], "start": f"copy:{ADULT}"}
    assert case.save(case.url("methodology", "new"), sent).status_code == 303
    made, other = case.content("methodology", "another"), case.content("methodology", ADULT)
    assert (made["criteria"], made["price"]) == (other["criteria"], other["price"])


def test_a_new_scale_is_ready_to_save(case: Case) -> None:
    assert case.save(case.url("scale", "new")).status_code == 303
    levels = case.content("scale", "evidence_scale_0_to_5")["levels"]
    assert [level["points"] for level in levels] == ["0", "1", "2", "3", "4", "5"]
    assert len({level["anchor"] for level in levels}) == 6


def test_levels_are_put_in_order_and_an_emptied_one_goes(case: Case) -> None:
    changes = {"levels-0-points": "9", "levels-1-points": "", "levels-1-title": "", "levels-1-anchor": ""}
    assert case.save(case.url("scale", "evidence"), changes).status_code == 303
    assert [level["points"] for level in case.content("scale", "evidence")["levels"]] == ["2", "3", "4", "5", "9"]


def test_the_gallery_draws_every_formula_and_the_choice_is_fitted_to_the_lot(case: Case) -> None:
    address = f"/tenders/{case.tender_id}/methodology/{ADULT}/gallery/"
    page = case.client.get(address).text
    assert page.count("<svg xmlns") == 17
    assert len(set(re.findall(r'id="(curve-[\w-]+-title)"', page))) == 17
    sent = {**fields(page), "formula": "linear_to_multiple"}
    assert submit(case.client, address, sent).status_code == 303
    chosen = {"formula": "linear_to_multiple", "parameters": {"multiple": "1.5", "clamp": "yes"}}
    assert case.content("methodology", ADULT)["price"] == chosen
    sent = {"price-parameters-clamp": "no", "price-parameters-multiple": "2"}
    assert case.save(case.url("methodology", ADULT), sent).status_code == 303
    assert case.content("methodology", ADULT)["price"]["parameters"] == {"multiple": "2", "clamp": "no"}
    assert 'value="2"' in case.client.get(case.url("methodology", ADULT)).text


def test_a_formula_nobody_knows_is_refused(case: Case) -> None:
    address = f"/tenders/{case.tender_id}/methodology/{ADULT}/gallery/"
    assert submit(case.client, address, {"formula": "best_friend", "_version": "1"}).status_code == 400


def found_in(page: str) -> str:
    """Cut a rehearsal's page down to what it found: the rest holds a token that changes."""
    return page.partition("What happened")[2].partition("Back to the methodology")[0]


def test_a_rehearsal_is_the_same_for_the_same_seed_and_comes_as_a_pdf(case: Case) -> None:
    address = f"/tenders/{case.tender_id}/rehearsal/adult/"
    page = case.read(f"{address}?seed=7&rounds=40")
    assert "What happened" in page
    assert found_in(page) == found_in(case.read(f"{address}?seed=7&rounds=40"))
    assert found_in(page) != found_in(case.read(f"{address}?seed=8&rounds=40"))
    answer = case.client.get(f"{address}report.pdf?seed=7&rounds=40")
    assert (answer.mimetype, answer.data[:5]) == ("application/pdf", b"%PDF-")


@pytest.mark.parametrize(
    ("asked", "named"),
    [("seed=x", "seed"), ("rounds=100000", "rounds"), ("bids=1", "bids"), ("lowest=90&highest=80", "lowest")],
)
def test_a_setting_that_cannot_be_is_told_at_its_box(case: Case, asked: str, named: str) -> None:
    answer = case.client.get(f"/tenders/{case.tender_id}/rehearsal/adult/?{asked}")
    assert answer.status_code == 200
    assert f'id="{named}-error"' in answer.text


def test_a_lot_that_cannot_be_rehearsed_says_what_it_lacks(case: Case) -> None:
    for place in ("0", "0", "0"):
        remove(case, CYP, place)
    page = case.read(f"/tenders/{case.tender_id}/rehearsal/cyp/")
    assert "cannot be rehearsed yet" in page


@pytest.mark.parametrize("text", ["\u202e", "9" * 5000, "-1", "1e5", "<script>", "NaN"])
def test_hostile_input_never_breaks_a_criterion(case: Case, text: str) -> None:
    for field in ("title", "question", "weight", "word_limit", "minimum"):
        assert case.save(criterion(case, CYP, "0-0"), {field: text}).status_code in (303, 422)


def test_a_field_the_form_does_not_have_is_refused(case: Case) -> None:
    assert case.save(criterion(case, CYP, "0-0"), {"id": "other"}).status_code == 400
    assert case.save(case.url("methodology", CYP), {"criteria-9-weight": "1"}).status_code == 400


def large(count: int) -> list[dict[str, object]]:
    """Criteria of equal weight, twenty to a branch."""
    parts = [
        {
            "id": f"c{n}", "title": f"Criterion {n}", "weight": "5", "scale": "evidence",
            "question": f"Question {n}?", "word_limit": 100,
        }
        for n in range(count)
    ]  # fmt: skip
    return [
        {"id": f"b{at}", "title": f"Branch {at}", "weight": "4", "kind": "quality", "parts": parts[at * 20 :][:20]}
        for at in range(count // 20)
    ]


def counted_queries(case: Case, address: str) -> int:
    counted: list[str] = []
    with case.app.app_context():
        engine = db.engine

    def note(_: object, __: object, statement: str, *___: object) -> None:
        counted.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        assert case.client.get(address).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(counted)


def test_five_hundred_criteria_stand_on_one_page_and_take_no_more_queries(lite_app: Workbench) -> None:
    parts = list(demo_parts())
    at = next(i for i, part in enumerate(parts) if part.key == CYP)
    parts[at] = replace(parts[at], content={**parts[at].content, "criteria": large(500)})
    case = a_case(lite_app, parts)
    pages = [case.url("methodology", key) for key in (CYP, ADULT)]
    case.client.get("/tenders/")  # the first page of a session writes it
    assert counted_queries(case, pages[0]) == counted_queries(case, pages[1])
    page = case.client.get(pages[0]).text
    assert page.count('name="criteria-') == 525  # 25 branches with twenty parts each
    assert case.save(pages[0]).status_code == 303
    assert counted_queries(case, case.task("criteria")) < 20


def test_everything_a_methodology_can_hold_comes_back_as_it_was(lite_app: Workbench) -> None:
    parts = list(demo_parts())
    at = next(i for i, part in enumerate(parts) if part.key == CYP)
    more = {
        "weighting": "absolute",
        "price": {"formula": "monetised_quality", "parameters": {"value": "250000.50"}},
        "evaluated_price": "basket",
        "basket": [{"id": "unit-1", "title": "Session", "quantity": "1200.5"}],
        "discount_rate": "3.5",
        "values": [{"criterion": "q_voice", "amount": "1000.01"}],
        "score_rule": "mean",
        "quorum": 2,
        "minimum_quality": "55.5",
        "rounding": {"places": 3, "mode": "half_even"},
        "rank_on": "rounded",
        "over_ceiling": "clarify",
        "abnormally_low": {"below_mean_of_others": None, "below_next": "12.5"},
    }
    parts[at] = replace(parts[at], content={**parts[at].content, **more})
    case = a_case(lite_app, parts)
    answer = case.save(case.url("methodology", CYP))
    assert answer.status_code == 303, answer.text
    assert case.content("methodology", CYP) == parts[at].content


def test_a_basket_grows_by_a_line_with_an_id_of_its_own_and_an_emptied_line_goes(case: Case) -> None:
    case.save(case.url("methodology", CYP), {"evaluated_price": "basket"})
    lines = {
        "basket-0-title": "Session",
        "basket-0-quantity": "10",
        "basket-1-title": "Session",
        "basket-1-quantity": "2",
    }
    assert case.save(case.url("methodology", CYP), lines).status_code == 303
    assert [line["id"] for line in case.content("methodology", CYP)["basket"]] == ["session", "session_2"]
    assert case.save(case.url("methodology", CYP), {"basket-0-title": "", "basket-0-quantity": ""}).status_code == 303
    assert case.content("methodology", CYP)["basket"] == [{"id": "session_2", "title": "Session", "quantity": "2"}]


def test_a_script_saves_a_shared_criterion_again_and_again(case: Case) -> None:
    address, headers = criterion(case, CYP, "0-3"), {"X-Autosave": "1"}
    page = {**fields(case.client.get(address).text), "also": [ADULT]}
    for text in ("First", "Second"):
        answer = submit(case.client, address, {**page, "question": text}, headers=headers)
        assert answer.json["saved"] is True, answer.text
        page["_version"] = str(answer.json["version"])
    assert case.content("methodology", ADULT)["criteria"][0]["parts"][3]["question"] == "Second"
    answer = submit(case.client, address, {**page, "weight": "x"}, headers=headers)
    assert list(answer.json["errors"]) == ["weight"]


def test_whoever_may_only_read_sees_no_way_to_change_a_methodology(case: Case) -> None:
    with case.app.app_context():
        tender = db.session.get_one(TenderRecord, case.tender_id)
        reader = a_user(db.session.get_one(AuthorityRecord, tender.authority_id), name="Reader")
        an_assignment(tender, reader, "evaluator")
        db.session.commit()
        mark = reader.fs_uniquifier
    reading = signed_in(case.app, mark)
    for address in (case.url("methodology", CYP), criterion(case, CYP, "0-0"), case.task("criteria")):
        page = reading.get(address)
        assert page.status_code == 200
        assert not re.findall(r"Move up|Remove|Add a |Save and continue", page.text)
