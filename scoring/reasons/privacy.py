"""What does not belong into a reason: money in one about quality, and what tells who somebody is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lots.errors import Finding
from scoring.reasons.reason import ReasonContext, ReasonText
from scoring.reasons.words import plain, spaced

_MONEY = (
    "price", "prices", "priced", "pricing", "cost", "costs", "costly", "costed", "cheap", "cheaper", "cheapest",
    "expensive", "affordable", "unaffordable", "budget", "budgets", "value for money", "pounds",
)  # fmt: skip
_AMOUNT = re.compile(r"(?:£|€|\$|\bgbp) ?\d|\d ?(?:£|€)")
_PHONE = re.compile(r"(?<!\d)(?:\+44|0044|\(?0)(?:[ ()-]{0,2}\d){9,10}(?!\d)")
_INSURANCE = re.compile(r"\b[a-z]{2} ?\d{2} ?\d{2} ?\d{2} ?[a-d]\b")
_TITLED = re.compile(r"\b(?:Mrs?|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame|Rev|Lady|Lord)\b\.? {0,3}([^\W\d_]+)")
_POSTCODE = re.compile(r"\b[a-z]{1,2}\d[a-z\d]? \d[a-z]{2}\b")
_PRIVATE = (
    (_PHONE, "a telephone number", "phone"),
    (_INSURANCE, "a National Insurance number", "insurance_number"),
    (_POSTCODE, "a postcode", "postcode"),
)
_MOST = 100_000


def out_of_place(text: ReasonText, context: ReasonContext) -> Iterator[Finding]:
    """Yield words about money and personal data, one finding for each sort and place."""
    asked = spaced(f"{context.criterion} {context.question}")
    for place, written in text.written:
        yield from _money(place, written[:_MOST], asked)
        yield from personal_data(place, written)


def _money(place: str, written: str, asked: str) -> Iterator[Finding]:
    """Find money, except in words that the question itself uses."""
    said, amount = spaced(written), _AMOUNT.search(plain(written))
    word = next((each for each in _MONEY if f" {each} " in said and f" {each} " not in asked), "")
    if word or amount:
        what = f"“{word}”" if word else "a sum of money"
        message = f"There is {what} in a reason about quality: price is judged by its formula alone, so take it out"
        yield Finding("price_mentioned", message, place, "warning")


def personal_data(place: str, text: str) -> Iterator[Finding]:
    """Yield what in a text tells who somebody is, one finding for each sort."""
    written = text[:_MOST]
    small = plain(written)
    if any(_is_address(token) for token in small.split()):
        yield _private("an e-mail address", "email", place)
    for pattern, what, code in _PRIVATE:
        if pattern.search(small):
            yield _private(what, code, place)
    named = _TITLED.search(written)
    if named and named[1][0].isupper():
        yield _private(f"the name of a person (“{named[0][:40]}”)", "person_named", place)


def _is_address(token: str) -> bool:
    before, sign, after = token.partition("@")
    return bool(sign and before and "." in after.strip(".,;:)"))


def _private(what: str, code: str, place: str) -> Finding:
    message = f"There is {what} in this text, which others will read: name the role or the post instead"
    return Finding(code, message, place, "warning")
