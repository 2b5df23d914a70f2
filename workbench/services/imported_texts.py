"""Texts out of files, made as honest as typed ones: signs that cannot be seen and deceive a reader are taken out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lots.words import counted

_UNSEEN = re.compile("[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
"""Control characters but tab and line end, and the signs that turn the direction of reading."""


def honest(value: Any) -> tuple[Any, tuple[str, ...]]:
    """Return plain JSON values without such signs, and a sentence about them where there were any."""
    many = sum(1 for text in _texts(value) if _UNSEEN.search(text))
    if not many:
        return value, ()
    said = "Invisible signs, which can turn the direction of reading, were taken out of"
    return _without(value), (f"{said} {counted(many, 'text')}: read the texts again before you publish",)


def on_one_line(text: str) -> str:
    """Return a text as it fits into a heading: its lines and gaps become single spaces."""
    return " ".join(text.split())


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(name)
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)


def _without(value: Any) -> Any:
    if isinstance(value, str):
        return _UNSEEN.sub("", value.replace("\r\n", "\n"))
    if isinstance(value, dict):
        return {_without(name): _without(inner) for name, inner in value.items()}
    return [_without(inner) for inner in value] if isinstance(value, list | tuple) else value
