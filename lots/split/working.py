"""A split while it is being mended: what everybody holds in pence, what can be spared, and where there is room."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from lots.money import Money
from lots.organisation import Organisation
from lots.split.flow import Flow, flow_of, path_to
from lots.split.moves import Move, Pocket
from lots.split.report import RuleFigure, SplitReport

_ENDLESS = 10**30  # pence: where nothing limits a move
_FLAGS: dict[str, Callable[[Organisation], bool]] = {
    "vcse_minimum": lambda organisation: organisation.vcse,
    "by_and_for_minimum": lambda organisation: organisation.by_and_for,
    "subcontract_minimum": lambda organisation: True,
}


class WorkingSplit:
    """The figures of a split while one mend is made; ``moves`` grows as money is shifted. Years count from 0 here."""

    def __init__(self, report: SplitReport) -> None:
        split = report.bid.split
        if split is None:
            raise ValueError("A bid without a split has nothing to mend")
        self.known = report.by_id
        self.flow: Flow = flow_of(report.bid, split, self.known)
        self.lead, self.own = self.flow.lead, set(self.flow.lead_group)
        self.outside = [name for name in self.flow.held if name not in self.own]
        self.held = {name: list(pence) for name, pence in self.flow.held.items()}
        self.lead_money = {"delivery": list(self.flow.delivery), "management_fee": list(self.flow.fee)}
        self.paid: dict[tuple[str, str], list[int]] = {}
        self.kept: dict[tuple[str, str], list[int]] = {}
        years = len(self.flow.prices)
        for leg in self.flow.legs:
            _add(self.paid, (leg.payer, leg.payee), leg.net, years)
            _add(self.kept, (leg.payer, leg.payee), leg.kept, years)
        self.limits = {each.rule: each.limits for each in report.figures if isinstance(each, RuleFigure)}
        shares = next((each for each in report.figures if each.rule == "shares_add_up"), None)
        rooms = zip(shares.limits, shares.actuals, strict=True) if isinstance(shares, RuleFigure) else ()
        self.unallocated = [max(0, price - given) for price, given in rooms]
        self.moves: list[Move] = []

    # Who there is.

    def has(self, pocket: Pocket, flag: Callable[[Organisation], bool]) -> bool:
        """Say whether a pocket belongs to an organisation with a flag that counts: never the lead's group."""
        name = pocket.organisations[-1] if pocket.organisations else self.lead
        return name in self.known and name not in self.own and flag(self.known[name])

    def partners(self, year: int) -> list[Pocket]:
        """List those money may go to: first whom the most missed minima ask for, then as the bid names them."""
        missed = [flag for rule, flag in _FLAGS.items() if self.short(year, rule) > 0]
        pockets = [Pocket("in_hand", (name,)) for name in self.outside if name in self.known]
        return sorted(pockets, key=lambda pocket: -sum(self.has(pocket, flag) for flag in missed))

    def companies(self) -> list[Pocket]:
        """List what the lead keeps through others: its companies' money, what it keeps back, what is paid back."""
        companies = [name for name in self.flow.held if name in self.own - {self.lead}]
        kept_back = [Pocket("allocation", pair) for pair in self.kept if pair[0] == self.lead]
        return [*(Pocket("in_hand", (name,)) for name in companies), *kept_back, Pocket("in_hand", (self.lead,))]

    def largest(self, year: int, names: Iterable[str]) -> list[Pocket]:
        """List organisations by what they hold, the most first."""
        ordered = sorted(names, key=lambda name: -self.held[name][year])
        return [Pocket("in_hand", (name,)) for name in ordered]

    def payees(self, year: int, payer: str) -> list[str]:
        """List those an organisation pays in a year, by what they hold, the most first."""
        names = [payee for (who, payee), pence in self.paid.items() if who == payer != payee and pence[year] > 0]
        return sorted(names, key=lambda name: -self.held[name][year])

    # What the rules leave.

    def counted(self, year: int, rule: str) -> int:
        """Add up what those who count towards a minimum hold."""
        flag = _FLAGS[rule]
        names = self.outside if rule == "subcontract_minimum" else None
        if names is None:
            names = [name for name in self.outside if self.has(Pocket("in_hand", (name,)), flag)]
        return sum(self.held[name][year] for name in names)

    def short(self, year: int, rule: str) -> int:
        """Return the pence that a minimum is short of (negative: to spare); endlessly to spare without the rule."""
        return self.limits[rule][year] - self.counted(year, rule) if rule in self.limits else -_ENDLESS

    def cap(self, year: int, name: str) -> int:
        """Return the most an organisation's group may hold under the caps, and under the minimum to sub-contract."""
        caps = [self.limits["provider_maximum"][year]] if "provider_maximum" in self.limits else []
        if name in self.own and "lead_retention_maximum" in self.limits:
            caps.append(self.limits["lead_retention_maximum"][year])
        if name in self.own and "subcontract_minimum" in self.limits:
            caps.append(self.flow.prices[year] - self.limits["subcontract_minimum"][year])
        return min(caps, default=_ENDLESS)

    def room(self, year: int, target: str, source: str | None) -> int:
        """Return the pence an organisation may receive; from its own group, as many as there are."""
        mark = self.flow.together[target]
        if source is not None and self.flow.together[source] == mark:
            return _ENDLESS
        members = [name for name, other in self.flow.together.items() if other == mark]
        return max(0, self.cap(year, target) - sum(self.held[name][year] for name in members))

    def spare(self, year: int, source: str, target: str | None) -> int:
        """Return the pence an organisation can give up before a minimum that it counts towards is missed."""
        spare = self.held[source][year]
        for rule, flag in _FLAGS.items():
            counts = self.has(Pocket("in_hand", (source,)), flag)
            kept = target is not None and self.has(Pocket("in_hand", (target,)), flag)
            if rule in self.limits and counts and not kept:
                spare = min(spare, -self.short(year, rule))
        return max(0, spare)

    def most(self, year: int, rule: str | None) -> int:
        """Return the most that those who count towards a minimum (everybody: None) could hold under the caps."""
        names = [*self.flow.held] if rule is None else self.outside
        if rule is not None and rule != "subcontract_minimum":
            names = [name for name in names if self.has(Pocket("in_hand", (name,)), _FLAGS[rule])]
        groups = {self.flow.together[name]: name for name in names}
        price = self.flow.prices[year]
        return min(price, sum(min(price, self.cap(year, name)) for name in groups.values()))

    # Moving money.

    def shift(
        self, year: int, pence: int, sources: Sequence[Pocket], targets: Sequence[Pocket], *, freely: bool = False
    ) -> int:
        """Move pence from the first sources that can spare them to the first targets with room; return what is left.

        ``freely`` moves what is there whatever other rules would say.
        """
        for source in sources:
            for target in targets:
                while pence > 0:
                    moved = self._move(year, pence, source, target, freely)
                    if not moved:
                        break
                    pence -= moved
        return pence

    def _move(self, year: int, pence: int, source: Pocket, target: Pocket, freely: bool) -> int:
        """Move as much as can go in one move (along one chain of payments), and return it."""
        giver, taker = self._whose(source), self._whose(target)
        amount = min(pence, self._there(year, source))
        if not freely and target.kind not in ("new_partner", "unallocated"):
            amount = min(amount, self.room(year, taker or self.lead, giver))
        if not freely and target.kind != "new_partner" and source.kind == "in_hand":
            amount = min(amount, self.spare(year, source.organisations[0], taker))
        taken = self._chain_from(year, source) if source.kind == "in_hand" else source
        if taken is None or amount <= 0:
            return 0
        amount = min(amount, self._narrowest(year, taken))
        given = self._chain_to(target) if target.kind == "in_hand" else target
        self._write(year, amount, taken, giver, given, taker)
        return amount

    def _whose(self, pocket: Pocket) -> str | None:
        """Return the organisation whose holding a pocket is part of, if it is anybody's."""
        if pocket.kind in ("delivery", "management_fee", "allocation"):
            return self.lead
        return pocket.organisations[-1] if pocket.organisations else None

    def _there(self, year: int, source: Pocket) -> int:
        if source.kind == "in_hand":
            return max(0, self.held[source.organisations[0]][year])
        if source.kind == "allocation":
            return self.kept[source.organisations[0], source.organisations[1]][year]
        return self.unallocated[year] if source.kind == "unallocated" else self.lead_money[source.kind][year]

    def _chain_from(self, year: int, source: Pocket) -> Pocket | None:
        """Find the chain of payments by which an organisation is paid in a year."""
        onward: dict[str, list[str]] = {}
        for (payer, payee), pence in self.paid.items():
            if pence[year] > 0:
                onward.setdefault(payer, []).append(payee)
        chain = path_to(onward, self.lead, source.organisations[0])
        return Pocket("payment", chain) if chain else None

    def _narrowest(self, year: int, pocket: Pocket) -> int:
        names = pocket.organisations
        pairs = pairwise(names) if pocket.kind == "payment" else ()
        return min((self.paid[pair][year] for pair in pairs), default=_ENDLESS)

    def _chain_to(self, target: Pocket) -> Pocket:
        """Find the chain by which an organisation is paid, in any year; the lead pays directly where there is none."""
        onward: dict[str, list[str]] = {}
        for (payer, payee), pence in self.paid.items():
            if any(each > 0 for each in pence):
                onward.setdefault(payer, []).append(payee)
        chain = path_to(onward, self.lead, target.organisations[0])
        return Pocket("payment", chain or (self.lead, target.organisations[0]))

    def _write(
        self, year: int, pence: int, source: Pocket, giver: str | None, target: Pocket, taker: str | None
    ) -> None:
        """Record a move, and keep every figure up to date."""
        for sign, pocket, whose in ((-1, source, giver), (1, target, taker)):
            if pocket.kind in self.lead_money:
                self.lead_money[pocket.kind][year] += sign * pence
            elif pocket.kind == "unallocated":
                self.unallocated[year] += sign * pence
            elif pocket.kind == "allocation":
                self.kept[pocket.organisations[0], pocket.organisations[1]][year] += sign * pence
            elif pocket.kind == "payment":
                for pair in pairwise(pocket.organisations):
                    self.paid.setdefault(pair, [0] * len(self.flow.prices))[year] += sign * pence
            if whose is not None:
                self.held[whose][year] += sign * pence
        self.moves.append(Move(year + 1, Money(pence), source, target))

    def give_back(self, year: int, pence: int) -> int:
        """Let partners outside the group keep what the lead holds back of theirs, or has them pay back."""
        for (payer, payee), kept in self.kept.items():
            if payer == self.lead and payee not in self.own:
                part = min(pence, max(0, kept[year]), self.room(year, payee, None))
                pence = pence - part + self.pay_in_full(year, part, payer, payee)
        for (payer, payee), paid in self.paid.items():
            if payee == self.lead and payer not in self.own:
                part = min(pence, max(0, paid[year]), self.room(year, payer, None))
                pence = pence - part + self.stop(year, part, payer, payee)
        return pence

    def pay_in_full(self, year: int, pence: int, payer: str, payee: str) -> int:
        """Take pence off a deduction; return what it does not hold."""
        part = min(pence, self.kept[payer, payee][year])
        if part > 0:
            self.kept[payer, payee][year] -= part
            self.paid[payer, payee][year] += part
            source, target = Pocket("deduction", (payer, payee)), Pocket("in_hand", (payee,))
            self._write(year, part, source, payer, target, payee)
        return pence - max(0, part)

    def stop(self, year: int, pence: int, payer: str, payee: str) -> int:
        """Take pence off one payment, which its payer keeps; return what the payment does not hold."""
        part = min(pence, self.paid[payer, payee][year])
        if part > 0:
            source, target = Pocket("payment", (payer, payee)), Pocket("in_hand", (payer,))
            self._write(year, part, source, payee, target, payer)
        return pence - max(0, part)


def _add(table: dict[tuple[str, str], list[int]], pair: tuple[str, str], pence: Sequence[int], years: int) -> None:
    """Add pence by year to what is known of a pair; no pence at all are £0 in every year."""
    known = table.setdefault(pair, [0] * years)
    for year, each in enumerate(pence):
        known[year] += each
