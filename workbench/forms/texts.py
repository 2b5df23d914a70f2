"""What may be typed as text: any writing, and none of the characters that deceive a reader or break a program."""

from __future__ import annotations

import re
import unicodedata

from lots.errors import ProcurementError

_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_BREAKS = re.compile("\r\n?|[\u0085\u2028\u2029]")


class TextError(ProcurementError):
    """A text that cannot be kept as it is."""


def clean(text: str, *, most: int, lines: bool) -> str:
    """Return a text composed (NFC) and without space around it; TextError says what cannot stay.

    With ``lines`` it may have several, ended by ``\\n``, and tabs.
    """
    if not lines and re.search("[\r\n\u0085\u2028\u2029]", text.strip()):
        raise TextError("Write this on one line")
    read = unicodedata.normalize("NFC", _BREAKS.sub("\n", text)).strip()
    for character in read:
        if why := _unfit(character, lines):
            raise TextError(why)
    if len(read) > most:
        raise TextError(f"This has {len(read):,} characters; the most is {most:,}")
    return read


def _unfit(character: str, lines: bool) -> str:
    kind = unicodedata.category(character)
    if kind == "Cc" and not (lines and character in "\n\t"):
        return f"There is a control character (number {ord(character)}) in this text, as copying can leave: retype it"
    if kind == "Cs" or character == "\ufffd" or _noncharacter(character):
        return "There is a character in this text that could not be read: retype it"
    if _BIDI.match(character):
        return "There is an invisible sign in this text that turns the direction of reading: retype it without"
    return ""


def _noncharacter(character: str) -> bool:
    point = ord(character)
    return 0xFDD0 <= point <= 0xFDEF or point & 0xFFFE == 0xFFFE
