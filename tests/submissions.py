"""A submission and its price for tests of what seals, opens and reads them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lots.bid import Party, Payment, Split
from lots.money import Money
from lots.organisation import Organisation
from lots.submission import Answer, Binding, Contact, Declared, Document, PriceEnvelope, Submission
from tests import factories

BINDING = Binding("tender-1", "adult", "bid-1", 1, 1, "a" * 64)


def submission(binding: Binding = BINDING, **changes: Any) -> Submission:
    """Make the first envelope of a consortium's bid."""
    made = Submission(
        binding=binding,
        organisations=(factories.organisation("harbour"), factories.organisation("quayside")),
        parties=(Party("harbour", "lead"), Party("quayside", "partner", "Outreach", "confirmed")),
        contacts=(Contact("A. Manager", "harbour", "Finance manager", "a@harbour.example"),),
        answers=(Answer("q1", "We have done this for ten years."),),
        documents=(
            Document(
                "doc-1", "Policy.pdf", "application/pdf", 1234, "b" * 64, "c" * 64, "AGE-SECRET-KEY-1QQ", "policy"
            ),
        ),
        declarations=(Declared("truth", agreed=True),),
        lots_preferred=("adult",),
    )
    return replace(made, **changes)


def price(binding: Binding = BINDING, **changes: Any) -> PriceEnvelope:
    """Make the second envelope: two years, a lead and one partner."""
    amounts = (Money.parse("100000"), Money.parse("100000"))
    parts = (Money.parse("60000"), Money.parse("60000"))
    fee = (Money.parse("5000"), Money.parse("5000"))
    paid = (Money.parse("35000"), Money.parse("35000"))
    split = Split(parts, fee, (Payment("harbour", "quayside", paid),))
    return replace(PriceEnvelope(binding, amounts, split), **changes)


__all__ = ["BINDING", "Organisation", "price", "submission"]
