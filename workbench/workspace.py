"""What a tenderer's draft holds once its code has opened it: parts as the pages write them, files, partners, acts.

A workspace is JSON, and this is its only reader and writer. Nothing here is ever stored as it is: it goes into the
database encrypted under the tenderer's code (:mod:`workbench.sealing.drafts`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, TypeVar

FORMAT = "bid-draft/1"
WHOLE = ("lots", "organisations", "people", "declarations")
"""The parts that hold for every lot."""
PER_LOT = ("price", "costs", "answers", "requirements", "social_value")
"""The parts that each lot has for itself."""
T = TypeVar("T")


@dataclass(frozen=True)
class Piece:
    """One part as saved: its content, and what was typed since and cannot be read; version 0 is a part never saved."""

    content: Any = None
    typed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    version: int = 0

    @property
    def unfinished(self) -> bool:
        """Say whether something typed there waits to be mended."""
        return bool(self.typed)


@dataclass(frozen=True)
class SentFile:
    """A file that was sealed on receipt; ``key`` opens it, ``at`` is when its last byte came.

    ``required`` is the document asked for that it answers, ``criterion`` the answer it belongs to, ``lot`` the one lot
    it is for (every lot that asks for it, where empty).
    """

    id: str
    name: str
    media_type: str
    size: int
    sha256: str
    sealed_sha256: str
    key: str
    at: str
    required: str = ""
    criterion: str = ""
    lot: str = ""


SEALED_AT_HOME = "sealed at home"
"""Stands for the digest of a content that only the tenderer's own device has seen."""


@dataclass(frozen=True)
class LotBid:
    """The bid for one lot: its id, and what was done with it.

    ``version`` counts acts; ``digest`` is that of the content submitted last, under the rules ``rule_set``. ``acts``
    are (version, act, instant): submitted, withdrawn or late.
    """

    id: str
    version: int = 0
    digest: str = ""
    rule_set: int = 0
    acts: tuple[tuple[int, str, str], ...] = ()

    @property
    def sealed_at_home(self) -> bool:
        """Say whether what was submitted last was sealed on the tenderer's own device."""
        return self.digest == SEALED_AT_HOME

    @property
    def standing(self) -> int:
        """Return the version that is in at present; 0 where none is."""
        return next((version for version, act, _ in self._counting if act == "submitted"), 0) if self.stands else 0

    @property
    def stands(self) -> bool:
        """Say whether a bid is in at present: the last act that came in time submitted it."""
        return next((act == "submitted" for _, act, _ in self._counting), False)

    @property
    def withdrawn(self) -> bool:
        """Say whether the last act that came in time took the bid back."""
        return next((act == "withdrawn" for _, act, _ in self._counting), False)

    @property
    def _counting(self) -> list[tuple[int, str, str]]:
        return [each for each in reversed(self.acts) if each[1] != "late"]


@dataclass(frozen=True)
class PartnerKey:
    """The link of one partner in one lot: the row it opens and the secret in it."""

    link: str
    secret: str


@dataclass(frozen=True)
class Workspace:
    """A tenderer's draft for one tender."""

    parts: Mapping[str, Piece] = field(default_factory=dict)
    bids: Mapping[str, LotBid] = field(default_factory=dict)
    files: tuple[SentFile, ...] = ()
    partners: Mapping[str, PartnerKey] = field(default_factory=dict)
    seen: int = 0
    kept_code: bool = False

    def part(self, name: str, lot: str = "") -> Piece:
        """Find a part; an empty one where nothing was saved yet."""
        return self.parts.get(part_key(name, lot), Piece())

    def with_part(self, name: str, lot: str, piece: Piece) -> Workspace:
        """Return the workspace with one part put in place of what was there."""
        return replace(self, parts={**self.parts, part_key(name, lot): piece})

    @property
    def lots(self) -> tuple[str, ...]:
        """List the lots the tenderer wants to bid for, in the order chosen."""
        return tuple((self.part("lots").content or {}).get("lots", ()))

    def files_for(self, lot: str) -> tuple[SentFile, ...]:
        """List the files that go with the bid for a lot."""
        return tuple(each for each in self.files if each.lot in ("", lot))


def part_key(name: str, lot: str = "") -> str:
    """Name the place of a part: its own name, or that and the lot it is about."""
    return f"{name}/{lot}" if lot else name


def partner_key(lot: str, organisation: str) -> str:
    """Name the place of a partner's link."""
    return f"{lot}/{organisation}"


def write(workspace: Workspace) -> bytes:
    """Write a workspace as JSON bytes."""
    told = {"format": FORMAT, **{each.name: _plain(getattr(workspace, each.name)) for each in fields(workspace)}}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def read(data: bytes) -> Workspace:
    """Read what :func:`write` wrote."""
    told = json.loads(data)
    return Workspace(
        parts={name: _made(Piece, each) for name, each in told["parts"].items()},
        bids={name: replace(_made(LotBid, each), acts=_acts(each)) for name, each in told["bids"].items()},
        files=tuple(_made(SentFile, each) for each in told["files"]),
        partners={name: _made(PartnerKey, each) for name, each in told["partners"].items()},
        seen=told["seen"],
        kept_code=told["kept_code"],
    )


def _acts(told: Mapping[str, Any]) -> tuple[tuple[int, str, str], ...]:
    return tuple((version, act, at) for version, act, at in told["acts"])


def _made(cls: type[T], told: Mapping[str, Any]) -> T:
    return cls(**told)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: asdict(each) for name, each in value.items()}
    return [asdict(each) for each in value] if isinstance(value, tuple) else value
