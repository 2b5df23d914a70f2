"""How a step runs: on the connection that :mod:`workbench.upgrade` hands over, in its transaction."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import TypeDecorator

from workbench import models
from workbench.db import Base


def plain_type(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """Write a type of ours as the SQLAlchemy type it is stored as: a step must outlive our classes."""
    if kind != "type" or not isinstance(item, TypeDecorator):
        return False
    return f"sa.{item.impl_instance!r}"


assert models.__all__
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=plain_type,
)
with context.begin_transaction():
    context.run_migrations()
