"""``workbench price-marks``: the marks that a price formula gives, or the ranking of a whole method."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

import click

from lots.errors import Finding, ProcurementError
from lots.money import Money
from lots.words import listed
from scoring.catalogue import FORMULAS, price_method_findings, settled_parameters
from scoring.derivation import Derivation
from scoring.figures import NumberError, exact, plain
from scoring.formulas import FormulaInfo, PriceMethod, PriceUndefined
from scoring.methods import Offer, rank_offers
from scoring.price import price_mark_derivations
from scoring.price import price_marks as marks_by
from workbench.commands.common import Command, json_option
from workbench.output import bullet, emit, findings_data, heading, pounds, print_findings, print_table, say, short

Ranking = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Asked:
    """What was typed, read: the method with its parameters, the weight, and the bids by name in the order typed."""

    info: FormulaInfo
    method: PriceMethod
    weight: Fraction
    quality_max: Fraction
    bids: Mapping[str, Offer]

    @property
    def whole(self) -> bool:
        """Say whether the formula ranks price and quality together."""
        return self.info.kind == "method"


@dataclass(frozen=True)
class Answer:
    """Marks or figures by name, the ranking in groups of equals, best first, and what is worth knowing."""

    figures: Mapping[str, Fraction]
    ranking: Ranking
    derivations: Mapping[str, Derivation]
    notes: tuple[str, ...]
    findings: tuple[Finding, ...]


@click.command("price-marks", cls=Command)
@click.argument("formula", required=False)
@click.argument("bids", nargs=-1, metavar="NAME=PRICE[:QUALITY]...")
@click.option("--weight", default="100", show_default=True, help="The price weight that is shared out.")
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="A parameter of the formula; repeatable.")
@click.option("--quality-max", default="100", show_default=True, help="Quality counts out of this (whole methods).")
@click.option("--list", "listing", is_flag=True, help="List every formula with what it needs, and stop.")
@click.option("--explain", is_flag=True, help="Show how each number came to be.")
@json_option
def price_marks(
    formula: str | None,
    bids: tuple[str, ...],
    weight: str,
    params: tuple[str, ...],
    quality_max: str,
    listing: bool,
    explain: bool,
    as_json: bool,
) -> None:
    """Marks, or a ranking, by a price FORMULA.

    Each bid is NAME=PRICE, such as A=100 or "North Trust=£1,234.50"; a whole method also needs the quality:
    NAME=PRICE:QUALITY. Numbers are exact; nothing is rounded but what a table shows.
    """
    if listing:
        list_formulas(as_json)
        return
    if formula is None or formula not in FORMULAS:
        given = "Name a formula" if formula is None else f"There is no formula “{formula[:40]}”"
        raise click.UsageError(f"{given}; there are: {', '.join(FORMULAS)}. price-marks --list explains each.")
    asked = Asked(
        FORMULAS[formula],
        PriceMethod(formula, tuple(_pair(text, "--param") for text in params)),
        _number(weight, "--weight"),
        _number(quality_max, "--quality-max"),
        read_bids(bids, FORMULAS[formula]),
    )
    found = answer(asked)
    if as_json:
        emit(as_data(asked, found, explain=explain))
    else:
        show(asked, found, explain=explain)


def answer(asked: Asked) -> Answer:
    """Work out the marks or the figures of a method, best first."""
    findings = tuple(it for it in price_method_findings(asked.method) if it.severity != "error")
    if asked.whole:
        result = rank_offers(asked.method, asked.bids, asked.quality_max)
        return Answer(result.figures, _sorted(result.ranking), result.derivations, result.notes, findings)
    prices = {name: offer.price for name, offer in asked.bids.items()}
    marks = marks_by(asked.method, asked.weight, prices)
    derivations = price_mark_derivations(asked.method, asked.weight, prices)
    ordered = sorted(marks, key=lambda name: (-marks[name], name))
    groups = groupby(ordered, key=marks.__getitem__)
    return Answer(marks, _sorted(tuple(group) for _, group in groups), derivations, (), findings)


def _sorted(ranking: Iterable[tuple[str, ...]]) -> Ranking:
    return tuple(tuple(sorted(group)) for group in ranking)


# --- what was typed -----------------------------------------------------------------------------------------


def read_bids(texts: Sequence[str], info: FormulaInfo) -> dict[str, Offer]:
    """Read ``NAME=PRICE`` or ``NAME=PRICE:QUALITY``; every bid that cannot be read is refused by its name."""
    if not texts:
        raise click.UsageError("Give at least one bid, such as A=100 B=105.")
    bids: dict[str, Offer] = {}
    wrong: list[Finding] = []
    for name, typed in (_pair(text, "The bid") for text in texts):
        if name in bids:
            wrong.append(Finding("bid_repeated", f"{name}: this bid is given twice; say it once", name))
            continue
        try:
            bids[name] = _offer(typed, info)
        except ProcurementError as error:
            bids[name] = Offer(Fraction(0), Fraction(0))
            wrong.append(Finding("bid_unreadable", f"{name}: {error}", name))
    if wrong:
        more = f" ({len(wrong) - 1} more likewise)" if len(wrong) > 1 else ""
        raise PriceUndefined(wrong[0].place, f"{wrong[0].message}{more}", wrong)
    return bids


def _offer(typed: str, info: FormulaInfo) -> Offer:
    price, colon, quality = typed.partition(":")
    if info.kind == "method" and not colon:
        raise NumberError(f"{info.id} ranks price and quality together: write NAME=PRICE:QUALITY, such as A=65000:60")
    if info.kind == "marks" and colon:
        raise NumberError(f"{info.id} looks at prices only: leave out “:{quality[:20]}”")
    return Offer(_price(price), exact(quality.strip()) if colon else Fraction(0))


def _price(typed: str) -> Fraction:
    """Read a price as typed: a plain decimal of any length, or an amount such as ``£1,234.50``."""
    typed = typed.strip()
    try:
        return exact(typed)
    except NumberError:
        return Fraction(Money.parse(typed, allow_negative=True).pence, 100)


def _pair(text: str, what: str) -> tuple[str, str]:
    """Split ``NAME=VALUE`` at its last equals sign; bad usage where there is none or no name before it."""
    name, equals, value = text.rpartition("=")
    name = name.strip()
    if not equals or not name or not name.isprintable():
        raise click.UsageError(f"{what} “{text[:60]!a}” must be written NAME=VALUE, such as A=100.".replace("'", ""))
    return name, value.strip()


def _number(text: str, option: str) -> Fraction:
    try:
        return exact(text)
    except NumberError as error:
        raise click.UsageError(f"{option}: {error}.") from error


# --- what is printed ----------------------------------------------------------------------------------------


def as_data(asked: Asked, found: Answer, *, explain: bool) -> dict[str, object]:
    """Turn an answer into JSON: ``marks`` of a formula or ``figures`` of a method, as exact texts by name."""
    parameters = settled_parameters(asked.method, asked.info.kind)
    data: dict[str, object] = {"formula": asked.info.id}
    if asked.whole:
        data |= {"quality_max": plain(asked.quality_max), "parameters": parameters}
        data["figures"] = {name: plain(value) for name, value in found.figures.items()}
        data["best"] = asked.info.best
    else:
        data |= {"weight": plain(asked.weight), "parameters": parameters}
        data["marks"] = {name: plain(value) for name, value in found.figures.items()}
    data["ranking"] = [name for group in found.ranking for name in group]
    data["ties"] = [list(group) for group in found.ranking if len(group) > 1]
    data["notes"] = list(found.notes)
    if explain:
        data["derivations"] = {name: list(made.lines()) for name, made in found.derivations.items()}
    return data | {"findings": findings_data(found.findings)}


def show(asked: Asked, found: Answer, *, explain: bool) -> None:
    """Print an answer as a table, best first, then what is worth knowing about the formula."""
    info = asked.info
    say(f"{info.title} ({info.id}): {info.letters}")
    given = ", ".join(f"{name} {value}" for name, value in settled_parameters(asked.method, info.kind).items())
    scope = f"quality out of {plain(asked.quality_max)}" if asked.whole else f"price weight {plain(asked.weight)}"
    say(f"With {scope}{'; ' + given if given else ''}.")
    say()
    places = (at for at, group in _places(found.ranking) for _ in group)
    rows = [_row(asked, found, name, str(at)) for at, name in zip(places, _names(found.ranking), strict=True)]
    head = ["Rank", "Bid", "Price", *(["Quality"] if asked.whole else []), "Figure" if asked.whole else "Marks"]
    print_table([*head, "Exact"], rows, "rlrrrr" if asked.whole else "rlrrr")
    for text in (*(_tie(group) for group in found.ranking if len(group) > 1), *found.notes):
        say(text)
    if explain:
        heading("How each number came to be")
        for name in _names(found.ranking):
            for line in found.derivations[name].lines():
                bullet(line)
    if found.findings:
        say()
        print_findings(found.findings)


def _row(asked: Asked, found: Answer, name: str, rank: str) -> list[str]:
    offer, figure = asked.bids[name], found.figures[name]
    quality = [plain(offer.quality)] if asked.whole else []
    return [rank, name, pounds(offer.price), *quality, short(figure), plain(figure)]


def _names(ranking: Ranking) -> list[str]:
    return [name for group in ranking for name in group]


def _places(ranking: Ranking) -> Iterator[tuple[int, tuple[str, ...]]]:
    at = 1
    for group in ranking:
        yield at, group
        at += len(group)


def _tie(group: tuple[str, ...]) -> str:
    return f"{listed(group)} are equal: the published tie-break list decides between them."


def list_formulas(as_json: bool) -> None:
    """Print every formula: its letters, what must be published with it, its weakness and its source."""
    if as_json:
        emit({"formulas": [_formula_data(info) for info in FORMULAS.values()]})
        return
    for kind, title in (("marks", "Price marks (a weight is shared out)"), ("method", "Whole methods (they rank)")):
        heading(title)
        for info in FORMULAS.values():
            if info.kind == kind:
                _show_formula(info)


def _formula_data(info: FormulaInfo) -> dict[str, object]:
    parameters = [
        {"name": it.name, "meaning": it.meaning, "takes": it.takes, "default": it.default} for it in info.parameters
    ]
    return {
        "id": info.id,
        "title": info.title,
        "kind": info.kind,
        "formula": info.formula_text,
        "best": info.best,
        "depends_on_rivals": info.depends_on_rivals,
        "parameters": parameters,
        "known_weakness": info.known_weakness,
        "source": info.source,
    }


def _show_formula(info: FormulaInfo) -> None:
    say()
    say(f"{info.id}: {info.title}")
    say(f"{'marks' if info.kind == 'marks' else 'figure'} = {info.letters}", indent=4)
    for it in info.parameters:
        default = f"; {it.default} unless said otherwise" if it.default is not None else "; must be said"
        say(f"--param {it.name}=…  {it.meaning} ({it.takes}{default})", indent=4)
    say(f"Weakness: {info.known_weakness}", indent=4)
