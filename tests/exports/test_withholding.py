"""What is withheld stands in no outward document, and each says that it is and why; scores and names always stand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest

from exports.documents import IncompleteDocument, Printable
from exports.notices.letters import letters
from exports.ocds.withholding import disclosure
from exports.reports.decision_record import decision_record
from exports.withholding import told_in, withholds_price, withholds_reasons, withholds_split
from lots.regime import Regime
from scoring.decision import WithheldItem
from scoring.recommendation import Evaluation, evaluate
from tests.exports.notices.letter_cases import fit_file, rescored
from workbench.printing import html_of

SECRET = "Kanarienvogel sets out its rota of named staff, month by month."
GROUND = "Section 94 of the Procurement Act 2023: it would tell rivals who works where."
PRICE = ("£870,000", "870,000", "870000", "87000000")
"""The price of the successful tender for adults (three years at £290,000), as documents and claims could write it."""


def item(field: str = "", lot: str = "", criterion: str = "", topic: str = "Names of staff") -> WithheldItem:
    return WithheldItem(topic, GROUND, "Officer", field=field, lot=lot, criterion=criterion)  # type: ignore[arg-type]


def evaluated(*withheld: WithheldItem, regime: Regime = Regime.PA2023_LIGHT_TOUCH) -> Evaluation:
    """Evaluate a file whose winner for adults has a reason nobody else has."""
    file = rescored(fit_file(regime, withheld=withheld), "adult-harbour", "workforce", reason=SECRET)
    return evaluate(file)


def everything(document: Printable) -> str:
    """Return whatever a reader of the document can get at: its page and what travels inside."""
    return html_of(document) + "".join(each.data.decode("utf-8", "replace") for each in document.attachments)


def to_losers(evaluation: Evaluation, lot: str = "adult") -> Sequence[str]:
    return [everything(letter) for letter in letters(evaluation, lot)]


def test_the_reasons_of_one_score_are_left_out_of_every_letter_with_the_ground() -> None:
    shown = to_losers(evaluated())
    hidden = to_losers(evaluated(item("reasons", criterion="workforce")))
    assert [SECRET in text for text in shown] == [True, True]
    assert [SECRET in text for text in hidden] == [False, False]
    assert [f"The reasons for this score are withheld: {GROUND}" in text for text in hidden] == [True, True]
    kept = "adult-harbour sets out its delivery"
    assert [kept in text for text in hidden] == [True, True]


def test_the_reasons_of_a_whole_tender_or_lot_are_left_out_and_a_tenderer_s_own_stay() -> None:
    for found in (evaluated(item("reasons")), evaluated(item("reasons", "adult"))):
        for bid, text in zip(("adult-quayside", "adult-beacon"), to_losers(found), strict=True):
            assert "adult-harbour sets out" not in text
            assert f"{bid} sets out its delivery" in text
    other = to_losers(evaluated(item("reasons", "children")))
    assert [SECRET in text for text in other] == [True, True]


def test_a_price_is_left_out_of_the_letters_of_its_lot_only() -> None:
    assert [PRICE[0] in text for text in to_losers(evaluated())] == [True, True]
    found = evaluated(item("price", "adult"))
    for text in to_losers(found):
        assert [each for each in PRICE if each in text] == []
        assert f"The price itself is withheld: {GROUND}" in text
    assert all("£236,000" in text or "£224,000" in text for text in to_losers(found, "children"))


def test_a_price_is_left_out_of_the_decision_record_and_of_its_sums() -> None:
    assert PRICE[0] in everything(decision_record(evaluated()))
    record = everything(decision_record(evaluated(item("price", "adult"))))
    assert [each for each in PRICE if each in record] == []
    assert "All awarded lots" not in record
    assert f"The price for Adult support is withheld: {GROUND}" in record
    assert "All awarded lots" in everything(decision_record(evaluated()))
    both = everything(decision_record(evaluated(item("price"))))
    assert f"Prices are withheld: {GROUND}" in both


def test_what_is_withheld_and_why_stands_in_each_document_about_its_lot() -> None:
    found = evaluated(item(lot="children", topic="Home addresses"))
    assert ["Home addresses" in text for text in to_losers(found)] == [False, False]
    assert ["Home addresses" in text for text in to_losers(found, "children")] == [True]
    assert "Home addresses" in everything(decision_record(found))


def test_the_winner_s_name_and_scores_and_one_s_own_scores_stand_whatever_is_withheld() -> None:
    fields = ("price", "reasons", "split", "")
    found = evaluated(*(item(field) for field in fields))
    (quayside, _) = letters(found, "adult")
    assert quayside.winner.name == "Harbour Trust"
    assert quayside.winner.total is not None
    scored = [line for line in quayside.lines if line.own is not None]
    assert [line.winner is not None and line.winner.points >= 0 for line in scored] == [True] * 3
    assert [bool(line.own and line.own.reason) for line in scored] == [True] * 3


def test_nothing_is_withheld_without_a_ground() -> None:
    bare = replace(item("price"), ground=" ")
    for make in (letters, decision_record):
        with pytest.raises(IncompleteDocument) as refused:
            make(evaluated(bare))
        assert "award.withheld[0].ground" in {each.place for each in refused.value.findings}


def test_a_topic_that_speaks_of_a_price_withholds_it_and_others_only_tell() -> None:
    assert withholds_price([item(topic="Unit prices")]) == GROUND
    assert withholds_price([item(topic="Staffing tables")]) == ""
    assert withholds_price([item("reasons", topic="Reasons that tell the price")]) == ""
    assert withholds_price([item("price", "children")], "adult") == ""
    assert withholds_price([item("price", "children")]) == GROUND
    assert withholds_reasons([item("reasons", "adult", "delivery")], "adult", "workforce") == ""
    assert withholds_split([item("split", "adult")]) == GROUND
    assert told_in([item(lot="adult"), item(lot="children"), item()], "adult") == (item(lot="adult"), item())


def test_open_data_leaves_out_what_the_letters_leave_out() -> None:
    award = evaluated(item("split"), item("price", "adult")).file.award
    told = disclosure(award, restricted=False)
    assert (told.price, told.shares) == (False, False)
    assert json.dumps(list(told.told())).count("ground") == 2
    inside = disclosure(award, restricted=True)
    assert (inside.price, inside.shares) == (True, True)
