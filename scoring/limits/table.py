"""The names behind a market's numbers: checks what was published and declared, and says results in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from lots.errors import Finding
from lots.money import Money, total
from lots.words import counted, listed
from scoring.figures import Rounding, plain
from scoring.limits.lot_limit import Displacement, LotAward, LotLimit, Preferences, Standing
from scoring.limits.market import Barrier, Bid, Choice, Held, Market


class Table:
    """The names behind the numbers of a market: lots in the published order, tenderers and organisations by name."""

    def __init__(
        self,
        limit: LotLimit | None,
        standings: Sequence[Standing],
        preferences: Preferences,
        capacity: Mapping[str, int],
        counts_as: Mapping[str, str],
        names: Mapping[str, str] | None = None,
    ) -> None:
        self.limit, self.preferences, self.capacity, self.counts_as = limit, preferences, capacity, counts_as
        self.names = names or {}
        named = {standing.lot for standing in standings}
        order = dict.fromkeys(limit.lot_order if limit else ())
        self.lots = (*order, *sorted(named - order.keys()))
        number = {lot: n for n, lot in enumerate(self.lots)}
        self.standings = sorted(standings, key=lambda s: (number[s.lot], s.rank, s.tenderer))
        self.tenderers = tuple(sorted({standing.tenderer for standing in standings}))
        self.owners = tuple(sorted({owner for standing in standings for owner in self.owners_of(standing)}))
        self.market = self._market(number)

    def say(self, name: str) -> str:
        """Say a lot, tenderer or organisation as people know it; what has no title goes by its id."""
        return self.names.get(name, name)

    def owners_of(self, standing: Standing) -> tuple[str, ...]:
        """Name the organisations (groups) a bid counts for, its tenderer's first."""
        names = (standing.tenderer, *standing.organisations)
        return tuple(dict.fromkeys(self.counts_as.get(name, name) for name in names))

    def _market(self, number: Mapping[str, int]) -> Market:
        tenderer = {name: n for n, name in enumerate(self.tenderers)}
        owner = {name: n for n, name in enumerate(self.owners)}
        bids = tuple(
            Bid(
                number[s.lot],
                tenderer[s.tenderer],
                tuple(owner[name] for name in self.owners_of(s)),
                s.total,
                s.rank,
                s.price.pence,
            )
            for s in self.standings
        )
        every, limit = len(self.lots), self.limit
        most = every if limit is None or limit.maximum_lots is None else limit.maximum_lots
        own = tuple(min(every, self.capacity.get(name, every)) for name in self.tenderers)
        spend = limit.maximum_spend.pence if limit and limit.maximum_spend is not None else None
        return Market(every, bids, (min(most, every),) * len(self.owners), own, spend)

    def unlimited(self) -> Market:
        """Return the market as it would be without any limit."""
        every = len(self.lots)
        owners, tenderers = (every,) * len(self.owners), (every,) * len(self.tenderers)
        return replace(self.market, organisation_lots=owners, tenderer_lots=tenderers, pence=None)

    def awards(self, choice: Choice) -> tuple[LotAward, ...]:
        """Name a choice."""
        return tuple(self._award(lot, i) for lot, i in zip(self.lots, choice, strict=True))

    def _award(self, lot: str, i: int | None) -> LotAward:
        if i is None:
            return LotAward(lot)
        standing = self.standings[i]
        return LotAward(lot, standing.tenderer, standing.rank, standing.total, standing.price)

    # --- what cannot be applied

    def problems(self) -> tuple[Finding, ...]:
        """Return every reason why the limit cannot be applied to these bids as published."""
        twice = Counter((s.lot, s.tenderer) for s in self.standings)
        found = [
            Finding("bid_twice", f"{tenderer} stands twice in {lot}: give each bid once.", lot)
            for (lot, tenderer), count in twice.items()
            if count > 1
        ]
        found += [
            Finding("rank_below_one", f"{s.tenderer} has rank {s.rank} in {s.lot}: ranks start at 1.", s.lot)
            for s in self.standings
            if s.rank < 1
        ]
        found += [
            Finding("capacity_negative", f"{name} declared room for {most} lots: it must be 0 or more.", name)
            for name, most in self.capacity.items()
            if most < 0
        ]
        if self.limit is not None:
            found += [*_limit_problems(self.limit), *self._order_problems(self.limit)]
        if self.limit is not None and self.limit.rule == "tenderer_preference":
            found += self._preference_problems()
        if self.limit is not None and self.limit.rule == "greatest_total_score":
            found += self._total_problems()
        return tuple(found)

    def _order_problems(self, limit: LotLimit) -> Iterator[Finding]:
        if not limit.lot_order and limit.rule == "tenderer_preference":
            if any(self._omitted(name) for name in self.tenderers):
                message = "Publish an order of lots: a declared preference leaves out a lot, and nothing places it."
                yield Finding("lot_order_missing", message, "lot_order")
            return
        for lot, count in Counter(limit.lot_order).items():
            if count > 1:
                yield Finding("lot_order_twice", f"The order of lots names {lot} twice.", "lot_order")
        for lot in self.lots:
            if lot not in limit.lot_order:
                message = f"The order of lots leaves out {lot}: it must name every lot."
                yield Finding("lot_order_incomplete", message, "lot_order")

    def _total_problems(self) -> Iterator[Finding]:
        for better, worse in pairwise(self.standings):
            if better.lot == worse.lot and better.rank < worse.rank and better.total < worse.total:
                message = (
                    f"In {better.lot} {better.tenderer} (rank {better.rank}) has fewer marks than {worse.tenderer} "
                    f"(rank {worse.rank}): the greatest sum of totals needs totals in which more is better."
                )
                figures = ((better.tenderer, plain(better.total)), (worse.tenderer, plain(worse.total)))
                yield Finding("rank_against_total", message, better.lot, figures=figures)

    def _preference_problems(self) -> Iterator[Finding]:
        if self.limit is not None and self.limit.maximum_spend is not None:
            message = (
                "A maximum in pounds cannot be applied by preference: which lots fit would depend on the order of "
                "the offers. Publish a number of lots, or another rule."
            )
            yield Finding("spend_by_preference", message, "maximum_spend")
        if any(len(self.owners_of(s)) > 1 for s in self.standings):
            message = "A bid that counts for several organisations cannot be kept by the preference of one of them."
            yield Finding("partners_by_preference", message, "organisations")
        for name, wanted in self.preferences.items():
            for lot in (lot for lot, count in Counter(wanted).items() if count > 1):
                yield Finding("preference_twice", f"{name} lists {lot} twice in its order of preference.", name)
        for owner, lists in self._lists().items():
            if owner not in self.preferences and len(set(lists)) > 1:
                message = f"The tenderers that count as {owner} declared different preferences: ask for one order."
                yield Finding("preferences_differ", message, owner)

    def _lists(self) -> dict[str, list[tuple[str, ...]]]:
        """Return the preference lists declared by the tenderers of each organisation."""
        lists: dict[str, list[tuple[str, ...]]] = {owner: [] for owner in self.owners}
        for name in self.tenderers:
            if name in self.preferences:
                lists[self.counts_as.get(name, name)].append(self.preferences[name])
        return lists

    def wishes(self) -> list[dict[int, int]]:
        """Return each organisation's place for each lot: as declared, then what it left out in the published order."""
        lists = self._lists()
        places = []
        for owner in self.owners:
            declared = self.preferences.get(owner) or next(iter(lists[owner]), ())
            order = dict.fromkeys((*declared, *self.lots))
            places.append({self.lots.index(lot): n for n, lot in enumerate(order) if lot in self.lots})
        return places

    def _omitted(self, tenderer: str) -> tuple[str, ...]:
        """Name the lots a tenderer bids for that its declared order leaves out, if it could be offered too many."""
        own = [s.lot for s in self.standings if s.tenderer == tenderer]
        owner = self.counts_as.get(tenderer, tenderer)
        offers = sum(self.owners_of(s)[0] == owner for s in self.standings)
        most = self.market.organisation_lots[self.owners.index(owner)]
        if offers <= min(most, self.capacity.get(tenderer, most)):
            return ()
        declared = self.preferences.get(owner) or self.preferences.get(tenderer, ())
        return tuple(lot for lot in own if lot not in declared)

    def ties(self, *choices: Choice) -> tuple[Finding, ...]:
        """Return each lot that a choice gives to a bid sharing its rank with another."""
        sharing: dict[tuple[str, int], list[str]] = {}
        for s in self.standings:
            sharing.setdefault((s.lot, s.rank), []).append(s.tenderer)
        awarded = (self.standings[i] for choice in choices for i in choice if i is not None)
        shared = {(s.lot, s.rank): sharing[s.lot, s.rank] for s in awarded if len(sharing[s.lot, s.rank]) > 1}
        return tuple(
            Finding(
                "tie_not_settled",
                f"In {self.say(lot)} {listed(self.say(name) for name in names)} share rank {rank}: settle the tie by "
                "the published list before the lots are "
                "allocated.",
                lot,
            )
            for (lot, rank), names in shared.items()
        )

    # --- what the result says

    def displaced(self, best: Choice, choice: Choice) -> tuple[Displacement, ...]:
        """Return each lot whose best bid did not get it, and the limit that stopped it."""
        return tuple(
            self._displacement(lot, first, choice)
            for lot, first in enumerate(best)
            if first is not None and first != choice[lot]
        )

    def _displacement(self, lot: int, first: int, choice: Choice) -> Displacement:
        mine, now = self.standings[first], choice[lot]
        other = self.standings[now] if now is not None else None
        held = self.market.held([*choice[:lot], *choice[lot + 1 :]])
        why = self._why(first, self.market.barrier(self.market.bids[first], held), held)
        if other is None:
            after = f"{self.say(mine.lot)} is not awarded ({self.say(mine.tenderer)} had {_points(mine.total)} marks)"
        else:
            after = (
                f"{self.say(mine.lot)} passes to {self.say(other.tenderer)} "
                f"(rank {other.rank}, {_points(other.total)} marks against {_points(mine.total)})"
            )
        lost = mine.total - (other.total if other else 0)
        return Displacement(mine.lot, mine.tenderer, other.tenderer if other else None, f"{why}; {after}.", lost)

    def _why(self, i: int, barrier: Barrier | None, held: Held) -> str:
        """Say which limit stops a bid, with its figures."""
        mine = self.standings[i]
        name = self.say(mine.tenderer)
        if barrier is None:
            return f"{name} was passed over by the rule"
        beside = held[barrier.owner]
        if barrier.kind == "capacity":
            beside = [bid for bid in beside if bid.tenderer == self.market.bids[i].tenderer]
        names = listed(self.say(self.lots[bid.lot]) for bid in sorted(beside, key=lambda bid: bid.lot))
        has = f"is awarded {names}" if names else "is awarded nothing else"
        if barrier.kind == "capacity":
            most = counted(self.capacity[mine.tenderer], "lot")
            return f"{name} declared that it can take at most {most} and {has}"
        owner = self.owners[barrier.owner]
        who = name if owner == mine.tenderer else f"{self.say(owner)} (for which {name} counts)"
        if barrier.kind == "lots":
            return f"{who} may win at most {counted(self.market.organisation_lots[barrier.owner], 'lot')} and {has}"
        spent = total(Money(bid.pence) for bid in beside)
        with_it = spent + mine.price
        most_money = Money(self.market.pence or 0)
        bound = f"{who} may win bids of at most {most_money} in all"
        return f"{bound} and {has} ({spent}): {with_it} with {self.say(mine.lot)}"

    def unawarded(self, choice: Choice) -> tuple[Finding, ...]:
        """Say of each lot without an award why there is none."""
        held = self.market.held(choice)
        rows = self.market.of_lot()
        return tuple(self._nobody(lot, rows[lot], held) for lot, i in enumerate(choice) if i is None)

    def _nobody(self, lot: int, row: Sequence[int], held: Held) -> Finding:
        name = self.lots[lot]
        if not row:
            return Finding(
                "lot_without_bid", f"{self.say(name)} is not awarded: it has no admitted bid.", name, "warning"
            )
        reasons = [self._why(i, self.market.barrier(self.market.bids[i], held), held) for i in row]
        return Finding("lot_not_awarded", f"{self.say(name)} is not awarded: {'; '.join(reasons)}.", name, "warning")

    def remarks(self) -> tuple[Finding, ...]:
        """Return what is worth knowing: lots left out of a preference, capacity declared without a rule."""
        if self.limit is None:
            names = [name for name in self.tenderers if name in self.capacity]
            message = (
                f"{listed(names)} declared how many lots they can take, but no rule for applying that was published."
            )
            return (Finding("capacity_without_rule", message, severity="warning"),) if names else ()
        if self.limit.rule != "tenderer_preference":
            return ()
        return tuple(
            Finding(
                "preference_omits_lot",
                f"{name} bids for {listed(left)} but left it out of its order of preference: it counts after "
                "those listed, in the published order of lots.",
                name,
                "warning",
            )
            for name in self.tenderers
            if (left := self._omitted(name))
        )


def _limit_problems(limit: LotLimit) -> Iterator[Finding]:
    if limit.maximum_lots is not None and limit.maximum_lots < 1:
        message = f"The maximum number of lots is {limit.maximum_lots}: it must be 1 or more."
        yield Finding("maximum_lots_too_small", message, "maximum_lots")
    if limit.maximum_spend is not None and limit.maximum_spend.pence < 1:
        message = f"The maximum in pounds is {limit.maximum_spend}: it must be more than £0."
        yield Finding("maximum_spend_too_small", message, "maximum_spend")


def _points(number: Fraction) -> str:
    """Write marks with two decimal places, or four where two would round."""
    return Rounding(2 if 100 % number.denominator == 0 else 4).text(number)
