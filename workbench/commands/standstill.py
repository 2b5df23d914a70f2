"""``workbench standstill``: when a contract may be signed, counted day by day, and until when it can be challenged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import click

from lots.calendar import (
    ENGLAND_AND_WALES,
    MANDATORY_WORKING_DAYS,
    UNITED_KINGDOM,
    CountedDay,
    Divisions,
    Means,
    Standstill,
    no_standstill,
    pa_standstill,
    pcr_standstill,
)
from lots.calendar import say as say_day
from lots.regime import Regime, RegimeRules, rules_of
from lots.thresholds import TimeLimit, pa_limits, pcr_limits
from lots.words import listed
from workbench.commands.common import Command, Day, json_option
from workbench.output import emit, findings_data, heading, print_findings, print_table, say

SHORT_NAMES: Mapping[str, Regime] = {"pcr2015": Regime.PCR2015_LIGHT_TOUCH, "pa2023": Regime.PA2023_FULL}
NAMES = (*SHORT_NAMES, *(regime.value for regime in Regime))
_UNDER_THE_ACT = (Regime.PA2023_LIGHT_TOUCH, Regime.PA2023_FULL)


@dataclass(frozen=True)
class Asked:
    """What was typed: the regime and the days to count from."""

    regime: Regime
    sent: date | None
    sent_otherwise: date | None
    means: Means
    received: date | None
    published: date | None
    voluntary: bool
    working_days: int
    divisions: Divisions = ENGLAND_AND_WALES
    extra: tuple[tuple[date, str], ...] = ()

    @property
    def start(self) -> date:
        """Return the day that everything is counted from; bad usage where it is missing."""
        under_act = self.regime in _UNDER_THE_ACT
        day = self.published if under_act else self.sent or self.published
        if day is None:
            option = "--published, the day of the contract award notice" if under_act else "--sent, the last sending"
            raise click.UsageError(f"Under {rules_of(self.regime).title} the days are counted from {option}: give it.")
        return day


@click.command("standstill", cls=Command)
@click.option("--regime", required=True, type=click.Choice(NAMES), help="Which law governs the procurement.")
@click.option("--sent", type=Day(), help="PCR 2015: when the last award decision notice was sent (electronically).")
@click.option("--means", type=click.Choice(("electronic", "other", "both")), help="PCR 2015: how they were sent.")
@click.option("--received", type=Day(), help="PCR 2015, not all electronic: when the last was received.")
@click.option("--sent-otherwise", type=Day(), help="PCR 2015, both: the last sending by other means, if another day.")
@click.option("--published", type=Day(), help="PA 2023: when the contract award notice was published.")
@click.option("--voluntary", is_flag=True, help="PA 2023: the standstill is voluntary and the notice states it.")
@click.option("--working-days", type=int, help=f"PA 2023: its length, {MANDATORY_WORKING_DAYS} unless more is stated.")
@click.option(
    "--bank-holidays",
    type=click.Choice(UNITED_KINGDOM),
    multiple=True,
    help="PCR 2015: whose bank holidays count (repeat it); England and Wales unless said.",
)
@click.option(
    "--holiday", type=Day(), multiple=True, help="A one-off bank holiday proclaimed for that day (repeat it)."
)
@json_option
def standstill(
    regime: str,
    sent: date | None,
    means: Means | None,
    received: date | None,
    sent_otherwise: date | None,
    published: date | None,
    voluntary: bool,
    working_days: int | None,
    bank_holidays: tuple[str, ...],
    holiday: tuple[date, ...],
    as_json: bool,
) -> None:
    """The standstill of an award, day by day, and the last days for a challenge.

    "pcr2015" stands for the light-touch rules of the Public Contracts Regulations 2015, counted from --sent; "pa2023"
    for the Procurement Act 2023, counted from --published.
    """
    chosen = SHORT_NAMES.get(regime) or Regime(regime)
    pcr: dict[str, object] = {"--means": means, "--received": received, "--sent-otherwise": sent_otherwise}
    pcr["--bank-holidays"] = bank_holidays or None
    act = {"--voluntary": voluntary or None, "--working-days": working_days}
    _only_for(chosen, pcr, act, sent, published)
    length = MANDATORY_WORKING_DAYS if working_days is None else working_days
    one_off = tuple((day, "one-off bank holiday") for day in holiday)
    whose = bank_holidays or ENGLAND_AND_WALES
    how = means or "electronic"
    asked = Asked(chosen, sent, sent_otherwise, how, received, published, voluntary, length, whose, one_off)
    found = count(asked)
    limits = challenge_limits(asked, found)
    if as_json:
        emit(as_data(asked, found, limits))
    else:
        show(asked, found, limits)


def _only_for(
    regime: Regime,
    pcr: Mapping[str, object],
    act: Mapping[str, object],
    sent: date | None,
    published: date | None,
) -> None:
    """Refuse options of the other law, which would be read as if they had been counted."""
    title = rules_of(regime).title
    foreign = {} if regime is Regime.PCR2015_LIGHT_TOUCH else dict(pcr)
    if regime not in _UNDER_THE_ACT:
        foreign |= act
    if regime is Regime.PCR2015_LIGHT_TOUCH:
        foreign["--published"] = published
    elif regime in _UNDER_THE_ACT:
        foreign["--sent"] = sent
    given = [option for option, value in foreign.items() if value is not None]
    if given:
        verb = "means" if len(given) == 1 else "mean"
        raise click.UsageError(f"{listed(given)} {verb} nothing under {title}: leave it out.")


def count(asked: Asked) -> Standstill:
    """Count the standstill that the regime asks for, or the voluntary one that was declared, or none."""
    start, rules = asked.start, rules_of(asked.regime)
    if asked.regime is Regime.PCR2015_LIGHT_TOUCH:
        return pcr_standstill(
            sent=start,
            means=asked.means,
            received=asked.received,
            sent_otherwise=asked.sent_otherwise,
            divisions=asked.divisions,
            extra=dict(asked.extra),
        )
    if asked.regime is Regime.PA2023_FULL or asked.voluntary:
        return pa_standstill(
            published=start,
            working_days=asked.working_days,
            voluntary=asked.voluntary,
            extra=dict(asked.extra),
        )
    return no_standstill(signable_from=start, basis=_why_none(rules))


def _why_none(rules: RegimeRules) -> str:
    duty = rules.duty("mandatory_standstill")
    said = "; ".join(part for part in (duty.reference, duty.note) if part)
    return f"No standstill is mandatory under: {rules.title}{f' ({said})' if said else ''}"


def challenge_limits(asked: Asked, found: Standstill) -> tuple[TimeLimit, ...]:
    """Return the last days for a claim if tenderers knew on the day counted from and the contract follows at once."""
    signed = found.earliest_contract
    if asked.regime is Regime.PCR2015_LIGHT_TOUCH:
        return pcr_limits(known=asked.received or asked.start, contract_entered=signed)
    if asked.regime in _UNDER_THE_ACT:
        return pa_limits(known=asked.start, contract_entered=signed)
    return ()


# --- what is printed ----------------------------------------------------------------------------------------


def as_data(asked: Asked, found: Standstill, limits: tuple[TimeLimit, ...]) -> dict[str, object]:
    """Turn a standstill into JSON: dates as ``YYYY-MM-DD``, the end as an instant in UTC."""
    return {
        "regime": asked.regime.value,
        "kind": found.kind,
        "basis": found.basis,
        "counted_from": asked.start.isoformat(),
        "first_day": _iso(found.first_day),
        "last_day": _iso(found.last_day),
        "ends_at": None if found.ends_at is None else f"{found.ends_at:%Y-%m-%dT%H:%M:%SZ}",
        "earliest_contract": found.earliest_contract.isoformat(),
        "cautious_last_day": _iso(found.cautious_last_day),
        "days": [{"day": it.day.isoformat(), "number": it.number or None, "why": it.why} for it in found.days],
        "notes": [note.message for note in found.notes],
        "limits": [_limit_data(limit) for limit in limits],
        "findings": findings_data(found.notes),
    }


def _limit_data(limit: TimeLimit) -> dict[str, object]:
    return {
        "id": limit.id,
        "title": limit.title,
        "counted_from": limit.counted_from.isoformat(),
        "last_day": limit.last_day.isoformat(),
        "reference": limit.reference,
        "note": limit.note,
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def show(asked: Asked, found: Standstill, limits: tuple[TimeLimit, ...]) -> None:
    """Print the standstill: the answer first, then every day of the count, then the last days for a challenge."""
    say(f"{rules_of(asked.regime).title}. {found.basis}.")
    say()
    if found.last_day is not None and found.ends_at is not None:
        say(f"Last day of the standstill:   {say_day(found.last_day)}")
        say(f"It ends at midnight, the end of that day in London ({found.ends_at:%H:%M} UTC).")
    else:
        say("No standstill has to be held.")
    say(f"Earliest day of the contract: {say_day(found.earliest_contract)}")
    if found.days:
        heading("How it was counted")
        print_table(("Day", "Count", "Remark"), [_day_row(day) for day in found.days], "lrl")
    if limits:
        heading("Last days for a challenge")
        rows = [
            (limit.title, say_day(limit.counted_from), say_day(limit.last_day), limit.reference) for limit in limits
        ]
        print_table(("What", "Counted from", "Last day", "Reference"), rows)
        say()
        say("Counted as if tenderers knew on the first of these days and the contract followed as early as it may.")
        for note in dict.fromkeys(limit.note for limit in limits if limit.note):
            say(f"{note}.")
    if found.notes:
        say()
        print_findings(found.notes)


def _day_row(day: CountedDay) -> tuple[str, str, str]:
    return say_day(day.day), str(day.number) if day.counted else "–", day.why
