"""Starting a tender: what it is called, the law it is run under, and what it begins with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from govuk_frontend_wtf.wtforms_widgets import GovFileInput
from wtforms import FileField
from wtforms.validators import StopValidation

from lots.money import Money
from lots.regime import Regime, rules_of
from workbench.forms.base import PageForm
from workbench.forms.fields import ChoiceField, DayField, MoneyField, PickField, TextField, TickField
from workbench.parts import LONGEST

REGIMES = tuple((regime.value, rules_of(regime).title) for regime in Regime)
DAY_HINT = "For example, 27 3 2026."


class UploadField(FileField):
    """A file that is read at once; data is the upload, None where none was chosen."""

    widget: Any = GovFileInput()

    def __init__(self, label: str = "", *, required: str = "", description: str = "", **options: Any) -> None:
        self.required = required
        super().__init__(label, description=description, **options)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the upload; a browser that sends a form without a file sends one without a name."""
        found = valuelist[0] if valuelist else None
        self.data = found if getattr(found, "filename", "") else None

    def pre_validate(self, form: Any) -> None:
        """Ask for the file."""
        if self.required and self.data is None:
            raise StopValidation(self.required)

    def _value(self) -> bool:
        return False


class StartForm(PageForm):
    """A tender from nothing or from our template: everything it is known by is typed."""

    title = TextField(
        "What the tender is called", required="Enter what the tender is called", most=LONGEST["title"],
        description="As tenderers will read it. For example, Victim services from April 2027.",
    )  # fmt: skip
    reference = TextField(
        "Reference", required="Enter a reference", most=LONGEST["reference"],
        description="Short, and used for no other tender of yours. For example, VS-2027.",
    )  # fmt: skip
    regime = ChoiceField("The law it is run under", choices=REGIMES, required="Choose the law the tender is run under")
    commenced_on = DayField(
        "Day the procurement commenced", required="Enter the day the procurement commenced",
        description=f"It decides the law for the whole life of the contract. {DAY_HINT}",
    )  # fmt: skip
    publish_on = DayField(
        "Day you would like to publish",
        description="If you enter it, a timetable and a deadline are suggested, which you can change.",
    )


class BlankForm(StartForm):
    """A tender from nothing."""

    scale = TickField("A scale of 0 to 5 with a test of evidence for each level")
    tree = TickField("Criteria of quality 60, social value 15 and price 25, with that scale")


class CopyForm(StartForm):
    """A tender from another one."""

    copy_of = PickField("Tender to copy", required="Choose the tender to copy")

    def offer(self, tenders: Iterable[Any]) -> None:
        """Offer the tenders that the reader may see."""
        self.copy_of.offer([("", "Choose a tender"), *((it.id, f"{it.reference}: {it.title}") for it in tenders)])


class FileForm(StartForm):
    """A tender from a file: what is left empty is taken from it."""

    upload = UploadField("File", required="Choose the file")
    title = TextField("What the tender is called", most=LONGEST["title"])
    reference = TextField(
        "Reference", most=LONGEST["reference"], description="It must differ from those of your other tenders."
    )
    regime = ChoiceField("The law it is run under", choices=(("", "As the file says"), *REGIMES))
    commenced_on = DayField("Day the procurement commenced", description=DAY_HINT)


class RegimeForm(PageForm):
    """What decides which law a procurement is run under."""

    grant = TickField("It is a grant: the money is given on conditions, and nobody competes for a contract")
    commenced = DayField("When did it commence, or when will it?", required="Enter the day", description=DAY_HINT)
    value = MoneyField(
        "What is it worth altogether, with VAT?", least=Money(0), required="Enter what it is worth",
        description="Every lot, every year, every extension and option, at the most that may be paid.",
    )  # fmt: skip
    light_touch = ChoiceField(
        "Is it a service for people, such as support for victims?", required="Say whether it is such a service",
        choices=(("yes", "Yes: health, social and similar services, which have a lighter law"), ("no", "No")),
    )  # fmt: skip
