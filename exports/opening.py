"""Which tenders were opened: what stands in a late or withdrawn one is not known to anybody and may not be printed."""

from __future__ import annotations

from datetime import datetime

from lots.bid import Bid
from scoring.evaluation import BidResult


def opened(bid: Bid, deadline: datetime) -> bool:
    """Say whether a bid was opened: it arrived before the deadline and was not withdrawn."""
    return bid.withdrawn_at is None and bid.received_at < deadline


def unopened_words(result: BidResult) -> str:
    """Say why a bid stayed closed: ``late: not opened``, ``withdrawn: not opened``; nothing for one that was opened."""
    codes = {reason.code for reason in result.exclusion.reasons} if result.exclusion else set()
    return next((f"{code}: not opened" for code in ("late", "withdrawn") if code in codes), "")
