"""Which entries mean the same organisation: those with a registration in common, else those of exactly one name."""

from __future__ import annotations

from collections.abc import Sequence

from lots.organisation import Organisation

Mark = tuple[str, str]


def same_organisations(organisations: Sequence[Organisation]) -> tuple[int, ...]:
    """Give each entry the place of the first entry that means the same organisation (often its own).

    Two of one name stay apart where both are registered in the same register under different numbers.
    """
    groups = Groups([marks_of(each) for each in organisations])
    _join_registered(groups)
    _join_named(groups, organisations)
    return groups.places()


def marks_of(organisation: Organisation) -> frozenset[Mark]:
    """Return the registrations of an organisation, written alike: no blanks, no leading noughts, small letters."""
    found = ((it.scheme.strip().casefold(), _number(it.id)) for it in organisation.identifiers)
    return frozenset(mark for mark in found if mark[1])


def plain_name(name: str) -> str:
    """Write a name so that two spellings of it compare equal: one blank between words, small letters."""
    return " ".join(name.split()).casefold()


def _number(text: str) -> str:
    return "".join(text.split()).casefold().lstrip("0")


class Groups:
    """Entries gathered into groups; each group knows the registrations of all its members."""

    def __init__(self, marks: Sequence[frozenset[Mark]]) -> None:
        self.marks = list(marks)
        self._above = list(range(len(marks)))

    def first(self, at: int) -> int:
        """Return the first entry of the group that an entry is in."""
        while self._above[at] != at:
            self._above[at] = at = self._above[self._above[at]]
        return at

    def join(self, one: int, other: int) -> None:
        """Make one group of two."""
        first, second = sorted((self.first(one), self.first(other)))
        if first != second:
            self._above[second] = first
            self.marks[first] |= self.marks[second]

    def places(self) -> tuple[int, ...]:
        """Return, for each entry, the first of its group."""
        return tuple(self.first(at) for at in range(len(self._above)))

    def clash(self, one: int, other: int) -> bool:
        """Say whether two groups have different numbers in one register."""
        if self.first(one) == self.first(other):
            return False
        ours, theirs = self.marks[self.first(one)], self.marks[self.first(other)]
        shared = {scheme for scheme, _ in ours} & {scheme for scheme, _ in theirs}
        return any({mark for mark in ours if mark[0] == scheme}.isdisjoint(theirs) for scheme in shared)


def _join_registered(groups: Groups) -> None:
    owner: dict[Mark, int] = {}
    for at, own in enumerate(list(groups.marks)):
        for mark in sorted(own):
            groups.join(owner.setdefault(mark, at), at)


def _join_named(groups: Groups, organisations: Sequence[Organisation]) -> None:
    """Join what has one name, unless one register has it under two numbers; those with a number come first."""
    named: dict[str, list[int]] = {}
    for at in sorted(range(len(organisations)), key=lambda at: not groups.marks[at]):
        homes = named.setdefault(plain_name(organisations[at].name), [])
        home = next((other for other in homes if not groups.clash(other, at)), None)
        if home is None:
            homes.append(at)
        else:
            groups.join(home, at)
