"""The tables; importing this package makes every one of them known to the database."""

from workbench.models import accounts, audit, awards, bids, evaluation, idempotency, publishing, tenders

__all__ = ["accounts", "audit", "awards", "bids", "evaluation", "idempotency", "publishing", "tenders"]
