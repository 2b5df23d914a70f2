"""Who takes part in a bid: one lead, everybody once, and partners who have confirmed their own figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from lots.bid import Bid, Party
from lots.collaboration import CollaborationRules
from lots.money import Money
from lots.organisation import Organisation
from lots.split.flow import Flow, SplitFinding, added, name_of
from lots.split.report import ConfirmationFigure, said_percent
from lots.words import counted, listed


def party_findings(bid: Bid, organisations: Mapping[str, Organisation]) -> Iterator[SplitFinding]:
    """Yield what is wrong with the parties of a bid: not exactly one lead, or an organisation named twice."""
    place = f"bid {bid.id}"
    names = [party.organisation for party in bid.parties]
    leads = [party.organisation for party in bid.parties if party.role == "lead"]
    if not leads:
        yield SplitFinding("no_lead", "Nobody leads this bid: name one party as the lead.", place)
    if len(leads) > 1:
        named = listed(name_of(lead, organisations) for lead in leads)
        yield SplitFinding("two_leads", f"{named} are named as lead: name only one.", place)
    for name, times in Counter(names).items():
        if times > 1:
            text = f"{name_of(name, organisations)} is named {times} times; it counts once."
            yield SplitFinding("party_named_twice", text, place, "warning", organisations=(name,))


def priced_years(bid: Bid, years: int | None) -> Iterator[SplitFinding]:
    """Ask for a price for each year of the lot (``years``; None where the lot's term is not known)."""
    count = len(bid.prices)
    if count == 0 or (years is not None and count != years):
        asked = f"the lot runs for {years}" if years else "at least one is needed"
        text = f"The bid gives prices for {counted(count, 'year')}; {asked}."
        yield SplitFinding("wrong_number_of_years", text, f"bid {bid.id}")


def no_split(bid: Bid, rules: CollaborationRules) -> Iterator[SplitFinding]:
    """Ask for a split where any rule is about money; without one, none can be tested."""
    asked = replace(rules, partners_confirmed=False, consequence="reject")
    if asked != CollaborationRules():
        text = "The lot has collaboration rules, but this bid does not say how its money is split."
        yield SplitFinding("split_missing", text, f"bid {bid.id}")


def _partners(bid: Bid) -> list[Party]:
    return [party for party in bid.parties if party.role != "lead"]


def confirmation_figure(bid: Bid) -> ConfirmationFigure:
    """Count who has confirmed, disputed or not yet answered."""
    by_state: dict[str, list[str]] = {"confirmed": [], "unconfirmed": [], "disputed": []}
    for party in _partners(bid):
        by_state[party.confirmation].append(party.organisation)
    states = {state: tuple(names) for state, names in by_state.items()}
    return ConfirmationFigure(states["confirmed"], states["unconfirmed"], states["disputed"])


def confirmations(
    bid: Bid, rules: CollaborationRules, flow: Flow | None, organisations: Mapping[str, Organisation]
) -> Iterator[SplitFinding]:
    """Ask that every organisation named beside the lead confirms its own figures."""
    if not rules.partners_confirmed:
        return
    words = {"unconfirmed": "has not confirmed", "disputed": "disputes"}
    for party in _partners(bid):
        if party.confirmation in words:
            name = name_of(party.organisation, organisations)
            paid = _promised(flow, party.organisation) if flow else ""
            text = f"{name} {words[party.confirmation]} its own figures{paid}."
            code = f"partner_{party.confirmation}"
            yield SplitFinding(code, text, f"bid {bid.id}", organisations=(party.organisation,))


def _promised(flow: Flow, organisation: str) -> str:
    """Write what an organisation is to be paid, in year 1 and over the term."""
    paid = added([leg.net for leg in flow.legs if leg.payee == organisation], len(flow.prices))
    if not paid:
        return ""
    share = said_percent(sum(paid), sum(flow.prices))
    return f": {share}{Money(paid[0])} in year 1, {Money(sum(paid))} over the term"
