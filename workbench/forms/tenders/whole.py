"""Forms of parts that hold fields of the tender itself rather than one value: basics, timetable, governance …"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import MISSING
from typing import Any, ClassVar

from exports.codec.record import record_codec
from exports.codec.strict_json import BAD, Report
from lots.regime import Regime
from lots.tender import Tender
from workbench.forms.fields import LongTextField
from workbench.forms.tenders.part import PartForm, data, fresh, slug
from workbench.parts import FIELDS, Kind, Part
from workbench.queries.tenders import Draft

_CODECS = record_codec(Tender).fields


class SentenceField(LongTextField):
    """A text that is long for one line and is one all the same: ends of lines count as spaces."""

    def read(self, text: str) -> str:
        """Return the text on one line."""
        return " ".join(super().read(text).split())


class TenderForm(PartForm):
    """A part whose content is some fields of the tender, by name; ``value`` gives them as values of the domain.

    A field that the form does not show is in what ``kept`` names and stays as it was.
    """

    kind: ClassVar[Kind]
    kept: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def data_of(cls, content: Any, draft: Draft) -> Mapping[str, Any]:
        """Show every field that can be read, with the default of one that is not there."""
        return {name: data(value) for name, value in values_of(cls.kind, content).items()}

    def value(self, draft: Draft, part: Part) -> Mapping[str, Any]:
        """Give the fields as values; None leaves one out."""
        raise NotImplementedError

    def content(self, draft: Draft, part: Part) -> Any:
        """Write the fields that differ from their defaults, in the shape of the tender file."""
        before = values_of(self.kind, part.content)
        return content_of(self.kind, {**{name: before.get(name) for name in self.kept}, **self.value(draft, part)})


def values_of(kind: Kind, content: Any) -> dict[str, Any]:
    """Read each field of a part by itself, so that one that cannot be read hides no other."""
    found: dict[str, Any] = {}
    for name in FIELDS[kind]:
        codec = _CODECS[name]
        value = codec.read(fresh(content[name]), None, Report()) if name in (content or {}) else codec.default
        if value is not MISSING and value is not BAD:
            found[name] = value
    return found


def content_of(kind: Kind, values: Mapping[str, Any]) -> dict[str, Any]:
    """Write fields of the tender as plain JSON values; one that is None or has its default is left out."""
    written: dict[str, Any] = {}
    for name in FIELDS[kind]:
        codec, value = _CODECS[name], values.get(name)
        if value is not None and (codec.required or value != codec.default):
            written[name] = codec.write(value)
    return written


def lines_of(text: str | None) -> tuple[str, ...]:
    """Split a text into its lines, without empty ones."""
    return tuple(line.strip() for line in (text or "").split("\n") if line.strip())


def named(rows: Iterable[tuple[str, str]], known: Iterable[str]) -> list[str]:
    """Give rows, each of the id it was sent with and a title, their ids: the known one, else one made of the title.

    A row that is saved while it is being typed comes without an id every time; one title gives it one id.
    """
    rows, free = list(rows), set(known)
    kept: list[str] = []
    for wanted, _ in rows:
        kept.append(wanted if wanted in free else "")
        free.discard(wanted)
    taken = set(kept)
    found: list[str] = []
    for name, (_, title) in zip(kept, rows, strict=True):
        own = name or next(made for n in range(1, len(rows) + 2) if (made := _numbered(slug(title), n)) not in taken)
        taken.add(own)
        found.append(own)
    return found


def _numbered(base: str, n: int) -> str:
    return base if n == 1 else f"{base}_{n}"


def regime_of(draft: Draft) -> Regime | None:
    """Return the regime of a draft; None where its basics cannot be read."""
    return values_of("basics", draft.part("basics").content).get("regime")
