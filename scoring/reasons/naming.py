"""Others in a reason: tenderers named by name or in part, and comparisons; a score rests on this bid alone."""

from __future__ import annotations

from collections.abc import Iterator

from lots.errors import Finding
from scoring.reasons.reason import ReasonContext, ReasonText
from scoring.reasons.words import spaced, words

_FORMS = "limited ltd plc cic cio llp lp inc company co the charity charitable trust foundation uk"
_LEGAL = frozenset(_FORMS.split())
_COMPARING = (
    "other bids", "other bid", "other bidders", "other bidder", "other tenderers", "other tenderer", "other tenders",
    "other applicants", "another bidder", "another tenderer", "competitors", "competitor", "rival bid", "rival bidder",
    "incumbent", "current provider", "existing provider", "current supplier", "previous provider",
)  # fmt: skip
_SHORTEST = 5


def others_named(text: ReasonText, context: ReasonContext) -> Iterator[Finding]:
    """Yield every other tenderer that a text names, and where it compares."""
    known = spaced(" ".join((context.criterion, context.question, *(each.anchor for each in context.scale.levels))))
    own = " ".join(spaced(name) for name in context.own_names)
    others = dict.fromkeys(name for name in context.other_names if name.strip())
    for place, written in text.written:
        said = spaced(written)
        found = _any_name(place, said, context) if context.as_letters else _named(place, said, others, own, known)
        yield from found
        yield from _compared(place, said, known)


def _named(place: str, said: str, others: dict[str, None], own: str, known: str) -> Iterator[Finding]:
    for name in others:
        core, word = _core(name), _telling_word(name)
        if core and f" {core} " in said and f" {core} " not in own:
            message = f"“{name}” is named here, which is another tenderer or works for one: score this answer by itself"
            yield Finding("other_tenderer_named", message, place)
        elif word and f" {word} " in said and f" {word} " not in own + known:
            message = f"“{word.capitalize()}” may be another tenderer (“{name}”): if it is, take it out"
            yield Finding("other_tenderer_perhaps", message, place, "warning")


def _any_name(place: str, said: str, context: ReasonContext) -> Iterator[Finding]:
    """Find names where tenderers are letters; which bid a name belongs to is not told."""
    for name in sorted({*context.own_names, *context.other_names}):
        if name.startswith("Tenderer "):
            if f" {_core(name)} " in said and name not in context.own_names:
                message = f"“{name}” is named here: score this answer by itself"
                yield Finding("other_tenderer_named", message, place)
        elif (core := _core(name)) and f" {core} " in said:
            message = f"“{name}” is named here, and tenderers are letters in this tender: write “the tenderer”"
            yield Finding("name_not_letter", message, place, "warning")


def _compared(place: str, said: str, known: str) -> Iterator[Finding]:
    for phrase in _COMPARING:
        if f" {phrase} " in said and f" {phrase} " not in known:
            message = f"“{phrase.capitalize()}” compares: a score says how this answer meets the scale, and no more"
            yield Finding("comparison", message, place, "warning")
            return


def _core(name: str) -> str:
    """Return a name without what only says which form a body has; one word alone may be any word (Signpost, Relate)."""
    kept = list(words(name))
    while len(kept) > 1 and kept[-1] in _LEGAL:
        kept.pop()
    if len(kept) > 1 and kept[0] == "the":
        kept.pop(0)
    return " ".join(kept) if len(kept) > 1 else ""


def _telling_word(name: str) -> str:
    """Return the first word of a name, by which people call a body for short."""
    first = next((word for word in words(name) if word not in _LEGAL), "")
    return first if len(first) >= _SHORTEST and first != "tenderer" else ""
