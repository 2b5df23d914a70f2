"""Lots, their terms, criteria and rules, taken over from a release."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final, get_args

from exports.ocds.imported_money import fit_id
from exports.ocds.lots import CAPS, SWITCHES
from exports.ocds.source import Node
from exports.ocds.times import whole_years
from lots.lot import Route
from scoring.catalogue import FORMULAS
from scoring.criteria import Kind
from scoring.figures import plain, terminates
from scoring.limits.lot_limit import RULES

_MOST_YEARS: Final = 50
_KINDS: Final = {"quality": "quality", "price": "price", "cost": "price"}


def take_lots(source: Node, *, gross: bool) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Take every lot and, for each that has award criteria, the beginning of a methodology.

    A release without lots is taken as one lot, from what it says about the tender as a whole.
    """
    lots: list[dict[str, Any]] = []
    methods: list[dict[str, Any]] = []
    by_source: dict[str, dict[str, Any]] = {}
    nodes = source.get("lots").each() or ([source] if source.get("contractPeriod").there else [])
    for node in nodes:
        lot = _lot(node, lots, gross, whole=node is source)
        by_source[node.get("id").code()] = lot
        lots.append(lot)
        if method := _methodology(node.get("awardCriteria"), lot, methods):
            methods.append(method)
    _codes(source, by_source, lots)
    _requirements(source, by_source)
    lots += _not_tendered(source, lots, gross)
    return lots, methods


def take_limit(source: Node, *, gross: bool) -> dict[str, Any]:
    """Take the limit on lots; its rule only where the release names one that is known here."""
    most = source.get("lotDetails", "maximumLotsAwardedPerSupplier")
    limit: dict[str, Any] = {}
    if type(most.value) is int and most.value > 0:
        limit["maximum_lots"] = most.value
        most.took("lot_limit.maximum_lots")
    spend = source.get("lotDetails", "x_maximumSpendAwardedPerSupplier").amount(gross)
    if spend is not None:
        limit["maximum_spend"] = spend[1].plain()
        spend[0].took("lot_limit.maximum_spend", str(spend[1]))
    if not limit:
        return {}
    rule, order = source.get("lotDetails", "x_rule"), source.get("lotDetails", "x_lotOrder")
    if rule.text() in RULES:
        limit["rule"] = rule.text()
        rule.took("lot_limit.rule")
        source.get("lotDetails", "awardCriteriaDetails").seen()
    if ids := [text for node in order.each() if (text := node.text())]:
        limit["lot_order"] = ids
        order.took("lot_limit.lot_order", ", ".join(ids))
    return limit


# --- one lot ------------------------------------------------------------------------------------------------


def _lot(node: Node, before: Sequence[dict[str, Any]], gross: bool, *, whole: bool) -> dict[str, Any]:
    wanted = "" if whole else node.get("id").code()
    lot: dict[str, Any] = {"id": fit_id(wanted, [each["id"] for each in before], "lot")}
    here = f"lots[{len(before)}]"
    node.get("id").seen()
    title = node.get("title")
    lot["title"] = title.text() or f"Lot {len(before) + 1}"
    if title.text() and not whole:
        title.took(f"tender.{here}.title")
    description = node.get("description")
    if description.text() and not whole:
        lot["description"] = description.text()
        description.took(f"tender.{here}.description")
    _values(node, lot, here, gross)
    _term(node, lot, here)
    _rules(node, lot, here)
    outcomes = node.get("x_outcomes")
    if texts := [text for each in outcomes.each() if (text := each.text())]:
        lot["outcomes"] = texts
        outcomes.took(f"tender.{here}.outcomes")
    return lot


def _values(node: Node, lot: dict[str, Any], here: str, gross: bool) -> None:
    """Take the maximum estimated value as the maximum potential spend; the other numbers where they are named."""
    named = {
        "annual_budget": node.get("x_values", "annualBudget"),
        "base_value": node.get("x_values", "baseValue"),
        "maximum_potential_spend": node.get("value"),
    }
    for name, value in named.items():
        found = value.amount(gross)
        if found is not None:
            lot[name] = found[1].plain()
            found[0].took(f"tender.{here}.{name}", str(found[1]))
    ceiling = node.get("x_values", "maximumPotentialSpend")
    if ceiling.value == node.get("value").value:
        ceiling.seen()


def _term(node: Node, lot: dict[str, Any], here: str) -> None:
    """Take a term of whole years, and the years it may be extended by from its longest extent."""
    period = node.get("contractPeriod")
    start, end, longest = (period.get(name) for name in ("startDate", "endDate", "maxExtentDate"))
    first, last, most = start.when(), end.when(), longest.when()
    if first is None or last is None:
        if period.there:
            period.lose("a term needs the day it starts and the day its initial years end")
        return
    years = whole_years(first.date(), last.date())
    if years is None or years > _MOST_YEARS:
        period.lose(f"its initial years are not whole years (1 to {_MOST_YEARS}), by which contracts are counted here")
        return
    term: dict[str, Any] = {"start": first.date().isoformat(), "initial_years": years}
    start.took(f"tender.{here}.term.start")
    end.took(f"tender.{here}.term.initial_years", str(years))
    period.get("durationInDays").seen()
    if most is not None:
        _extension(node, term, here, whole_years(first.date(), most.date()))
    if breaks := _breaks(node):
        term["breaks"] = breaks
        node.get("x_breaks").took(f"tender.{here}.term.breaks")
        for name in ("options", "hasOptions"):
            node.get(name).seen()
    lot["term"] = term


def _extension(node: Node, term: dict[str, Any], here: str, years: int | None) -> None:
    longest = node.get("contractPeriod", "maxExtentDate")
    if years is None or not term["initial_years"] <= years <= _MOST_YEARS:
        longest.lose("the longest extent is not whole years after the start, so the extension must be typed")
        return
    if extra := years - term["initial_years"]:
        term["extension_years"] = extra
    longest.took(f"tender.{here}.term.extension_years", str(extra))
    node.get("hasRenewal").seen()


def _breaks(node: Node) -> list[dict[str, int]]:
    found = []
    for each in node.get("x_breaks").each():
        after, notice = each.get("afterYear").value, each.get("noticeMonths").value
        if type(after) is int and type(notice) is int:
            found.append({"after_year": after, "notice_months": notice})
    return found


def _rules(node: Node, lot: dict[str, Any], here: str) -> None:
    """Take collaboration rules given as shares; OCDS itself has words for them only."""
    source = node.get("x_collaboration")
    rules: dict[str, Any] = {}
    for name, ours in CAPS.items():
        share = source.get(name).number()
        if share is not None and 0 <= share <= 1 and terminates(share):
            rules[ours] = plain(share * 100)
            source.get(name).took(f"tender.{here}.collaboration.{ours}", f"{plain(share * 100)} %")
    for name, ours in SWITCHES.items():
        if source.get(name).value is True:
            rules[ours] = True
            source.get(name).took(f"tender.{here}.collaboration.{ours}", "yes")
    consequence = source.get("consequence")
    if consequence.value in ("reject", "clarify"):
        consequence.took(f"tender.{here}.collaboration.consequence")
        if consequence.value == "clarify":
            rules["consequence"] = "clarify"
    if rules:
        lot["collaboration"] = rules
        node.get("subcontractingTerms").seen()


def _codes(source: Node, lots: dict[str, dict[str, Any]], every: Sequence[dict[str, Any]]) -> None:
    """Take CPV codes: those of an item for its lot, those of an item without a lot for all."""
    for item in source.get("items").each():
        related = item.get("relatedLot").code()
        fit = [lots[related]] if related in lots else list(every) if not related else []
        nodes = (item.get("classification"), *item.get("additionalClassifications").each())
        for node in nodes:
            scheme, code = node.get("scheme").text(), node.get("id")
            text = item.get("x_cpv").text() if node is nodes[0] else ""
            text = text or code.code()
            if scheme != "CPV" or not text or not fit:
                if node.there:
                    node.lose("only CPV codes of a lot are kept")
                continue
            for lot in fit:
                if text not in lot.setdefault("cpv", []):
                    lot["cpv"].append(text)
            code.took("tender.lots.cpv", text)
            for name in ("scheme", "description", "uri"):
                node.get(name).seen()
        for name in ("id", "relatedLot", "x_cpv"):
            item.get(name).seen()


def _requirements(source: Node, lots: dict[str, dict[str, Any]]) -> None:
    """Take the requirements of a lot; those of no lot hold in every one."""
    for criterion in source.get("criteria").each():
        related = criterion.get("relatedItem").code()
        fit = [lots[related]] if related in lots else list(lots.values()) if not related else []
        for group in criterion.get("requirementGroups").each():
            for node in group.get("requirements").each():
                title = node.get("title").text() or criterion.get("title").text()
                if not title or not fit:
                    node.lose("a requirement needs a title, and its lot must be in the release")
                    continue
                for lot in fit:
                    _require(lot, node, title)
                node.took("tender.lots.requirements", title)
        criterion.seen()


def _require(lot: dict[str, Any], node: Node, title: str) -> None:
    listed = lot.setdefault("requirements", [])
    found: dict[str, Any] = {
        "id": fit_id(node.get("id").code(), [each["id"] for each in listed], "requirement"),
        "title": title,
    }
    if node.get("expectedValue").value is None:
        found["mandatory"] = False
    listed.append(found)


def _not_tendered(source: Node, before: Sequence[dict[str, Any]], gross: bool) -> list[dict[str, Any]]:
    """Take the lots that have a budget and nothing to bid for, as this program writes them."""
    found: list[dict[str, Any]] = []
    for node in source.get("x_lotsNotTendered").each():
        amount, route = node.get("annualBudget").amount(gross), node.get("route").text()
        if amount is None or route not in get_args(Route) or not node.get("title").text():
            continue
        ids = [each["id"] for each in (*before, *found)]
        title = node.get("title").text()
        lot = {"id": fit_id(node.get("id").code(), ids, "lot"), "title": title, "route": route}
        if description := node.get("description").text():
            lot["description"] = description
        found.append({**lot, "annual_budget": amount[1].plain()})
        node.took("tender.lots", f"{lot['title']}: {amount[1]} a year")
    return found


# --- award criteria -----------------------------------------------------------------------------------------


def _methodology(node: Node, lot: dict[str, Any], before: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Begin a methodology with the criteria of a lot as a flat list of absolute weights."""
    criteria = [found for each in node.get("criteria").each() if (found := _criterion(each))]
    if not criteria:
        return {}
    ids: list[str] = []
    for criterion in criteria:
        criterion["id"] = fit_id(criterion["id"], ids, "criterion")
        ids.append(criterion["id"])
    wanted = node.get("x_methodology").text() or f"{lot['id']}-methodology"
    node.get("x_methodology").seen()
    method: dict[str, Any] = {
        "id": fit_id(wanted, [each["id"] for each in before], "methodology"),
        "title": _title(node, lot),
        "lots": [lot["id"]],
        "weighting": "absolute",
        "criteria": criteria,
        "tie_breaks": [],
    }
    if formula := _formula(node):
        method["price"] = formula
    return method


def _title(node: Node, lot: dict[str, Any]) -> str:
    description = node.get("description")
    text = description.text()
    if 0 < len(text) <= 200 and "\n" not in text:
        description.took("methodologies.title")
        return text
    return f"Assessment methodology: {lot['title']}"


def _criterion(node: Node) -> dict[str, Any] | None:
    name = node.get("x_title").text() or node.get("name").text()
    said = node.get("description")
    weight = _weight(node, said)
    if not name and weight is None:
        node.lose("a criterion needs a name and a weight")
        return None
    kind = _kind(node)
    found: dict[str, Any] = {"id": node.get("x_id").text(), "title": name or kind.replace("_", " ").capitalize()}
    if weight is not None:
        found["weight"] = plain(weight)
    found["kind"] = kind
    said_weight = said.path in node.ledger.seen
    question = node.get("x_question").text() or ("" if said_weight else said.text())
    if question and kind != "price":
        found["question"] = question
    limit = node.get("x_wordLimit").value
    if type(limit) is int and limit > 0:
        found["word_limit"] = limit
    if (least := _number(node, "threshold", ("minimumScore",))) is not None:
        found["minimum"] = plain(least)
    text = "without a weight" if weight is None else f"{plain(weight)} %"
    node.took("methodologies.criteria", f"{found['title']}: {text}")
    return found


def _kind(node: Node) -> Kind:
    said = node.get("x_kind").text()
    if said in get_args(Kind):
        return said  # type: ignore[return-value]  # one of the three, as just checked
    if "social value" in node.get("name").text().casefold():
        return "social_value"
    return "price" if _KINDS.get(node.get("type").text()) == "price" else "quality"


def _weight(node: Node, said: Node) -> Fraction | None:
    """Tell a weight in per cent: from the numbers, else from a description that is a number and nothing more."""
    for sort, times in (("percentageExact", 1), ("decimalExact", 100), ("pointsExact", 1)):
        found = _number(node, "weight", (sort,))
        if found is not None and terminates(found):
            return found * times
    text = said.value.strip().removesuffix("%").strip() if isinstance(said.value, str) else ""
    if text.replace(".", "", 1).isdigit() and text.isascii() and len(text) <= 8:
        said.seen()
        return Fraction(text)
    return None


def _number(node: Node, key: str, sorts: Sequence[str]) -> Fraction | None:
    for each in node.get("numbers").each():
        if each.get(key).value in sorts:
            return each.get("number").number()
    return None


def _formula(node: Node) -> dict[str, Any]:
    """Take a price formula that is named by its identifier here; words about a formula are never guessed at."""
    name, given = node.get("x_formula", "id").text(), node.get("x_formula", "parameters")
    if name not in FORMULAS:
        return {}
    pairs = given.value if isinstance(given.value, dict) else {}
    parameters = {key: text for key in pairs if (text := given.get(key).text())}
    node.get("x_formula").took("methodologies.price", name)
    node.get("weightingDescription").seen()
    return {"formula": name, "parameters": parameters} if parameters else {"formula": name}
