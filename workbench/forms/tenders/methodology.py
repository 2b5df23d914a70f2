"""How the bids of one or more lots are judged: weights, price, minimums, the panel, rounding and tie-breaks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from wtforms import FieldList, Form, FormField, HiddenField

from scoring.abnormal import Settings
from scoring.catalogue import FORMULAS
from scoring.criteria import Criterion
from scoring.figures import Rounding, plain
from scoring.formulas import ParameterInfo, PriceMethod
from scoring.gallery.suggestions import suggested
from scoring.methodology import BasketItem, CriterionValue, Methodology, TieBreak
from workbench.criteria_tree import Tree, nodes, weighted
from workbench.forms.fields import (
    ChoiceField,
    FieldError,
    MoneyField,
    NumberField,
    PercentField,
    PickField,
    TextField,
    TicksField,
    WholeField,
)
from workbench.forms.tenders.funding import lot_choices, title_of
from workbench.forms.tenders.part import PartForm, data, saved, slug
from workbench.forms.tenders.rows import Rows
from workbench.forms.texts import clean
from workbench.parts import Part
from workbench.queries.money_of_lots import budget_of
from workbench.queries.tenders import Draft

WEIGHTINGS = (
    ("shares", "Shares: the parts of each criterion add up to 100"),
    ("absolute", "Percentages of the whole: parts add up to the criterion above them"),
)
EVALUATED = (
    ("total", "The whole price over the term"),
    ("basket", "A basket: unit prices × published quantities"),
    ("life_cycle", "The life-cycle cost a bid states"),
    ("net_present_value", "The prices of the years, discounted"),
)
SCORE_RULES = (
    ("consensus", "One score that the evaluators agree on in moderation"),
    ("mean", "The mean of the evaluators’ scores"),
)
MODES = (("half_up", "A half goes up"), ("half_even", "A half goes to the even digit"), ("down", "Always down"))
RANK_ON = (("unrounded", "The exact figures"), ("rounded", "The rounded figures, as printed"))
CEILING = (("reject", "The bid is rejected"), ("clarify", "The tenderer is asked about it"))
TIE_RULES = (
    ("highest_quality", "The higher quality score"),
    ("highest_criterion", "The higher score for one criterion"),
    ("highest_social_value", "The higher social value score"),
    ("lowest_price", "The lower price"),
)
STARTS = (
    ("usual", "Quality 60 %, social value 15 %, price 25 %"),
    ("empty", "No criteria yet"),
)
FULLEST = 2000  # criteria in one methodology


class Weights(FieldList):
    """The weight of every criterion of the tree, each in a field named by its place: ``criteria-0-parts-1-weight``."""

    def __init__(self, **options: Any) -> None:
        field = NumberField("Weight", required="Enter the weight", places=9)
        super().__init__(field, "Weights", max_entries=FULLEST, **options)

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Fill a field for each criterion; ``data`` is the tree."""
        self.entries, self.errors = [], []
        self.object_data = data or ()
        for node in nodes(self.object_data):
            name = f"{node.field}-weight"
            entry = _bound(self.unbound_field, name, self.meta)
            entry.process(formdata if formdata and name in formdata else None, node.criterion.weight)
            self.entries.append(entry)

    def typed(self) -> dict[str, Decimal]:
        """Return the weights by the names of their fields."""
        return {str(entry.name): entry.data for entry in self.entries}

    def by_name(self) -> dict[str, Any]:
        """Return the fields by their names."""
        return {str(entry.name): entry for entry in self.entries}


class ParameterField(TextField):
    """One parameter of a price formula, kept exactly as typed once the formula takes it."""

    def __init__(self, label: str = "", *, info: ParameterInfo | None = None, **options: Any) -> None:
        self.info = info
        super().__init__(label, most=60, **options)

    def read(self, text: str) -> str:
        """Return the text; FieldError where the formula does not take it."""
        typed = super().read(text).replace(",", "").removeprefix("£")
        if self.info is None:
            raise FieldError("The formula has no such figure: empty this box")
        if not self.info.accepts(typed):
            raise FieldError(f"“{typed[:40]}” will not do: it takes {self.info.takes}")
        return typed

    def write(self, value: str) -> str:
        """Write a large whole number with its thousands apart, as :meth:`read` takes it."""
        return grouped(value)


def grouped(text: str) -> str:
    """Write the text of a large whole number with its thousands apart; any other text as it is."""
    plain_number = text.isascii() and text.isdigit() and str(int(text)) == text
    return f"{int(text):,}" if plain_number else text


class Parameters(FieldList):
    """The parameters of the chosen formula, each in a field named ``price-parameters-floor``."""

    def __init__(self, **options: Any) -> None:
        super().__init__(ParameterField(), "Figures of the formula", max_entries=40, **options)

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Fill a field for each parameter that the formula takes, and each that is saved; ``data`` is the method."""
        self.entries, self.errors = [], []
        method = data if isinstance(data, PriceMethod) else PriceMethod("")
        self.object_data = data
        info = FORMULAS.get(method.formula)
        known = {each.name: each for each in info.parameters} if info else {}
        for name in dict.fromkeys((*known, *(name for name, _ in method.parameters))):
            self.entries.append(self._field(formdata, name, known.get(name), method))

    def _field(self, formdata: Any, name: str, info: ParameterInfo | None, method: PriceMethod) -> Any:
        at = f"price-parameters-{name}"
        unbound: Any = ParameterField(name.replace("_", " ").capitalize(), info=info)
        entry = _bound(unbound, at, self.meta)
        entry.parameter = name
        entry.process(formdata if formdata and at in formdata else None, method.parameter(name))
        return entry

    def typed(self) -> tuple[tuple[str, str], ...]:
        """Return the parameters that were given, in the order of the formula."""
        return tuple((entry.parameter, entry.data) for entry in self.entries if entry.data)


class TieBreakRow(Form):
    """One step of the tie-break list."""

    rule = PickField("Rule", choices=(("", "No step"), *TIE_RULES), render_kw={"data-matters": "yes"})
    criterion = PickField("Criterion, where the rule needs one")


class BasketRow(Form):
    """One line of the basket."""

    id = HiddenField()
    title = TextField("Unit", most=200, required="Enter what is counted")
    quantity = NumberField("Quantity", least=0, places=6, required="Enter how many the basket holds")


class ValueRow(Form):
    """What full marks for a criterion are worth."""

    criterion = PickField("Criterion")
    amount = MoneyField("Worth of full marks", required="Enter the amount, or empty the row")


class RoundingForm(Form):
    """How marks are rounded where they are printed."""

    places = WholeField("Decimal places", most=6, required="Enter how many decimal places, 0 to 6")
    mode = ChoiceField("Which way a half goes", choices=MODES, required="Say which way a half goes")


class LowForm(Form):
    """When a price is so low that a written question must be asked."""

    below_mean_of_others = NumberField("Below the mean of the other bids by", least=0, most=100, places=6)
    below_next = NumberField("Below the next bid by", least=0, most=100, places=6)
    below_median = NumberField("Below the median of all bids by", least=0, most=100, places=6)


class MethodologyForm(PartForm):
    """One methodology; its criteria have pages of their own, except for their weights."""

    holds = Methodology

    title = TextField("What the methodology is called", required="Enter what the methodology is called", most=200)
    lots = TicksField("The lots it judges", description="Lots that are entered later can be ticked then.")
    start = ChoiceField("Criteria to start from", choices=STARTS, default="usual")
    weighting = ChoiceField("How weights are written", choices=WEIGHTINGS, default="shares",
                            required="Say how weights are written")  # fmt: skip
    criteria = Weights()
    parameters = Parameters()
    evaluated_price = ChoiceField("What price is compared", choices=EVALUATED, default="total",
                                  required="Say which price is compared")  # fmt: skip
    basket = Rows(BasketRow, most=300)
    discount_rate = NumberField("Discount rate", least=0, most=100, places=6)
    values = Rows(ValueRow, most=FULLEST)
    score_rule = ChoiceField("Whose score counts", choices=SCORE_RULES, default="consensus",
                             required="Say whose score counts")  # fmt: skip
    quorum = WholeField("Least evaluators for each answer", least=1, most=100, default=3,
                        required="Enter how many evaluators must score each answer")  # fmt: skip
    minimum_quality = PercentField("Least share of all quality and social value marks", places=6)
    rounding = FormField(RoundingForm)
    rank_on = ChoiceField("What bids are ranked on", choices=RANK_ON, default="unrounded",
                          required="Say what bids are ranked on")  # fmt: skip
    tie_breaks = Rows(TieBreakRow, most=60)
    over_ceiling = ChoiceField("If a price is over the budget or the base value", choices=CEILING, default="reject",
                               required="Say what follows")  # fmt: skip
    abnormally_low = FormField(LowForm)

    def __init__(self, formdata: Any = ..., *, draft: Draft, part: Part, **values: Any) -> None:
        self.before = saved(Methodology, part.content) or fresh_methodology(draft)
        self.newest = part.version
        super().__init__(formdata, draft=draft, part=part, **values)

    def process(self, formdata: Any = None, obj: Any = None, data: Any = None, **values: Any) -> None:
        """Fill the fields; which weights and parameters there are is what the saved methodology says."""
        own = {"criteria": self.before.criteria, "parameters": self.before.price}
        super().process(formdata, obj, {**(data or {}), **own}, **values)

    def _check_fields(self) -> None:
        """Leave a page that somebody overtook to the save, which shows both texts: its criteria may be gone."""
        if not self.newest or self.version == self.newest:
            super()._check_fields()

    @classmethod
    def data_of(cls, content: Any, draft: Draft) -> Mapping[str, Any]:
        """Show the methodology; thresholds are plain decimals."""
        value = saved(Methodology, content) or fresh_methodology(draft)
        shown = {name: data(getattr(value, name)) for name in value.__dataclass_fields__}
        low = {name: _decimal(figure) for name, figure in data(value.abnormally_low).items()}
        start = "empty" if content is not None else "usual"
        return {**shown, "abnormally_low": low, "lots": list(value.lots), "start": start}

    def prepare(self, draft: Draft, part: Part) -> None:
        """Offer the lots, other methodologies to start from, and the criteria there are; a new one has none yet."""
        lots = lot_choices(draft, contracts=True)
        known = {key for key, _ in lots}
        self.lots.offer(
            [*lots, *((name, f"{name} (no contract lot)") for name in self.before.lots if name not in known)]
        )
        if part.content is None:
            for name in [field.short_name for field in self if field.short_name in NOT_YET]:
                del self[name]
        else:
            self._offer_criteria()
        others = [each for each in draft.of("methodology") if each.content is not None and each.key != part.key]
        self.start.offer([*STARTS, *((f"copy:{each.key}", f"Those of “{title_of(each)}”") for each in others)])

    def _offer_criteria(self) -> None:
        scored = [(leaf.criterion.id, leaf.criterion.title) for leaf in self.before.scored]
        all_of = [(node.criterion.id, f"{node.number} {node.criterion.title}") for node in nodes(self.before.criteria)]
        ties = _offered(all_of, (step.criterion for step in self.before.tie_breaks))
        worth = _offered(scored, (each.criterion for each in self.before.values))
        for rows, offered in ((self.tie_breaks, ties), (self["values"], worth)):
            for row in rows.entries:
                row.form.criterion.offer(offered)

    def value(self, draft: Draft, part: Part) -> Methodology:
        """Build the methodology."""
        if part.content is None:
            return self._started(draft)
        choices: dict[str, Any] = {name: self[name].data for name in CHOICES}
        return replace(
            self.before,
            title=self.title.data,
            lots=tuple(self.lots.data or ()),
            criteria=weighted(self.before.criteria, self.criteria.typed()),
            price=PriceMethod(self.before.price.formula, self.parameters.typed()),
            tie_breaks=tuple(_tie_break(row) for row in self.tie_breaks.filled() if row.rule.data),
            minimum_quality=self.minimum_quality.data,
            quorum=self.quorum.data,
            discount_rate=self.discount_rate.data,
            basket=tuple(self._basket()),
            values=tuple(CriterionValue(row.criterion.data, row.amount.data) for row in self["values"].filled()),
            rounding=Rounding(self.rounding.form.places.data, self.rounding.form.mode.data),
            abnormally_low=Settings(*(_fraction(self.abnormally_low.form[name].data) for name in LOW)),
            **choices,
        )

    def _started(self, draft: Draft) -> Methodology:
        """Return what a new methodology begins with; its price formula is fitted to its lots."""
        start, lots = str(self.start.data), tuple(self.lots.data or ())
        named = {"id": slug(self.title.data), "title": self.title.data, "lots": lots}
        other = saved(Methodology, draft.part("methodology", start.removeprefix("copy:")).content)
        if start.startswith("copy:") and other is not None:
            return replace(other, **named)
        fresh = fresh_methodology(draft)
        weight = fresh.priced.weight if fresh.priced else Fraction(0)
        price = suggested("linear_fixed", budget_of(draft, lots), weight)
        return replace(fresh, **named, price=price, criteria=fresh.criteria if start == "usual" else ())

    def _basket(self) -> Iterator[BasketItem]:
        """Build the lines of the basket; a new one gets an id of its own."""
        taken: set[str] = set()
        for row in self.basket.filled():
            wanted = clean(row.id.data or "", most=80, lines=False) or slug(row.title.data)
            key = next(name for name in (wanted, *(f"{wanted}_{n}" for n in range(2, 400))) if name not in taken)
            taken.add(key)
            yield BasketItem(key, row.title.data, row.quantity.data)


LOW = ("below_mean_of_others", "below_next", "below_median")
NOT_YET = frozenset({
    "weighting", "criteria", "parameters", "evaluated_price", "basket", "discount_rate", "values", "score_rule",
    "quorum", "minimum_quality", "rounding", "rank_on", "tie_breaks", "over_ceiling", "abnormally_low",
})  # fmt: skip
"""What is asked once a methodology is there; it begins with the usual answers."""
CHOICES = ("weighting", "evaluated_price", "score_rule", "rank_on", "over_ceiling")


def fresh_methodology(draft: Draft) -> Methodology:
    """Return what a methodology begins with before anything is chosen: the usual three criteria, one scale."""
    scale = next((each.key for each in draft.of("scale")), "")
    return Methodology(
        id="", title="", lots=(), criteria=usual_criteria(scale), price=PriceMethod("linear_fixed"),
        tie_breaks=(TieBreak("highest_quality"), TieBreak("lowest_price")),
    )  # fmt: skip


def usual_criteria(scale: str) -> Tree:
    """Return three criteria to begin with."""
    return (
        Criterion("quality", "Quality", Decimal(60), "quality", scale),
        Criterion("social_value", "Social value", Decimal(15), "social_value", scale),
        Criterion("price", "Price", Decimal(25), "price"),
    )


def _bound(unbound: Any, name: str, meta: Any) -> Any:
    """Make a field that belongs to a list and not to the form itself."""
    return unbound.bind(form=None, name=name, id=name, _meta=meta)


def _offered(known: list[tuple[str, str]], named: Iterable[str]) -> list[tuple[str, str]]:
    """List the criteria to choose from, and any that is named although it is gone: it may stand until it is mended."""
    there = {"", *(key for key, _ in known)}
    gone = [name for name in dict.fromkeys(named) if name not in there]
    return [("", "–"), *known, *((name, f"{name} (no such criterion)") for name in gone)]


def _tie_break(row: Any) -> TieBreak:
    return TieBreak(cast(Any, row.rule.data), row.criterion.data or "")


def _decimal(figure: Fraction | None) -> Decimal | None:
    return None if figure is None else Decimal(plain(figure))


def _fraction(figure: Decimal | None) -> Fraction | None:
    return None if figure is None else Fraction(figure)
