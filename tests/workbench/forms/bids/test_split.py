"""The form of a split: strict about its fields, word for word about what was typed, and never lost by its buttons."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from hypothesis import given
from werkzeug.datastructures import MultiDict

from lots.money import Money
from lots.split.editing import EditRefused, year_by_year
from lots.split.sheet import SplitSheet
from lots.split.typed import typed_of
from tests.lots.split.test_sheet import sheets
from tests.lots.split.test_typed import TYPED
from workbench.app import Workbench
from workbench.forms.bids.split import SplitForm, fields_of, typed_from
from workbench.sending import UnknownFields


@pytest.fixture
def sent(lite_app: Workbench) -> Callable[..., SplitForm]:
    """Make the form as a browser sent it."""

    def send(fields: dict[str, object], years: int = 7) -> SplitForm:
        with lite_app.test_request_context(method="POST", data={"_key": str(uuid4()), **fields}):
            return SplitForm(years=years)

    return send


def test_what_is_sent_is_read_as_texts_and_as_a_value(sent: Callable[..., SplitForm]) -> None:
    form = sent(dict(fields_of(TYPED)))
    assert form.typed_sheet == TYPED
    assert form.sheet is not None
    assert form.sheet.to_bid_parts().split.management_fee[0] == Money.pounds(43_800)


@pytest.mark.parametrize(
    "name", ["stage", "prices-1", "organisations-5-name", "payments-0-payer", "organisations-0-figures-0"]
)
def test_a_field_the_form_does_not_have_is_refused(sent: Callable[..., SplitForm], name: str) -> None:
    with pytest.raises(UnknownFields):
        sent({**fields_of(TYPED), name: "1"})


def test_a_field_sent_twice_is_refused(sent: Callable[..., SplitForm]) -> None:
    with pytest.raises(UnknownFields):
        sent({**fields_of(TYPED), "delivery-0": ["1", "2"]})


def test_what_cannot_be_read_is_shown_again_and_named_by_its_box(sent: Callable[..., SplitForm]) -> None:
    form = sent({**fields_of(TYPED), "delivery-0": "lots", "organisations-1-name": "Re\u202estore"})
    assert form.sheet is None
    assert list(form.errors) == ["organisations-1-name", "delivery-0"]
    assert form.figures_at("delivery") == ("lots",)
    assert form.error_links[1]["href"] == "#delivery-0"


def test_a_form_kept_as_typed_is_made_again(lite_app: Workbench) -> None:
    kept = {name: [text] for name, text in fields_of(TYPED).items()}
    with lite_app.test_request_context():
        form = SplitForm.from_typed(kept, years=7, version=3)
        assert (form.typed_sheet, form.version) == (TYPED, 3)


def test_thirty_organisations_over_ten_years_fit(sent: Callable[..., SplitForm]) -> None:
    rows = {
        f"organisations-{at}-{name}": text
        for at in range(30)
        for name, text in (("id", f"o{at}"), ("name", f"Partner {at}"), ("role", "partner" if at else "lead"))
    }
    money = {f"organisations-{at}-figures-{year}": "1,000" for at in range(1, 30) for year in range(10)}
    own = {f"{name}-{year}": "£40,000" for name in ("prices", "delivery") for year in range(10)}
    form = sent({"unit": "amounts", "columns": "10", "rows": "30", **rows, **money, **own}, years=10)
    assert form.sheet is not None
    assert len(form.sheet.to_bid_parts().split.payments) == 29


def test_buttons_change_the_rows_and_keep_what_was_typed(sent: Callable[..., SplitForm]) -> None:
    form = sent(dict(fields_of(TYPED)))
    assert form.act("by_year")
    assert form.typed_sheet == year_by_year(TYPED)
    assert [form.act("add"), form.act("remove 1"), form.act("check")] == [True, True, False]
    assert [each.name for each in form.typed_sheet.organisations[:2]] == ["Harbour", "Advice Line"]
    with pytest.raises(EditRefused):
        form.act("remove 0")


def test_a_certificate_asks_for_every_name(sent: Callable[..., SplitForm]) -> None:
    form = sent(dict(fields_of(TYPED)))
    assert form.validate()
    assert not form.validate(names_too=True)
    assert list(form.errors) == ["organisations-3-name"]


@given(sheets())
def test_the_fields_of_any_sheet_are_read_as_that_sheet(sheet: SplitSheet) -> None:
    typed = typed_of(sheet)
    assert typed_from(MultiDict(fields_of(typed)), typed.years) == (typed, ())
