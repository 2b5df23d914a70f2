"""The database: one declarative base, columns that cannot lie, and how a transaction begins.

Money is whole pence in an integer column, an instant is UTC, and every table is STRICT on SQLite. A unit of work that
writes says so first (:func:`begin_writing`), so that SQLite takes its write lock at once and readers never do.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, Boolean, DateTime, String, Text, TypeDecorator
from sqlalchemy.dialects.sqlite import JSON
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase

from lots.money import Money

WRITE = "workbench_write"
CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """What every table is made from; rows end in ``Record``, so that no file has two things of one name."""

    __table_args__: Any = {"sqlite_strict": True}  # noqa: RUF012 - mypy wants it as the library declares it


Base.metadata.naming_convention = CONVENTION
db = SQLAlchemy(model_class=Base)
STRICT = {"sqlite_strict": True}
"""The last element of ``__table_args__`` for a table that also has constraints."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, kept in UTC; a naive one is refused before it reaches the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware instant into UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone: only aware instants are stored")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the instant, aware, in UTC."""
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Pence(TypeDecorator[Money]):
    """Money as a whole number of pence."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Money | None, dialect: Dialect) -> int | None:
        """Return the pence."""
        return None if value is None else value.pence

    def process_result_value(self, value: int | None, dialect: Dialect) -> Money | None:
        """Return the money."""
        return None if value is None else Money(value)


def new_id() -> str:
    """Make the id of a row: random, so that it tells nothing about how many there are."""
    return str(uuid4())


def begin_writing() -> None:
    """Start a unit of work that writes: what was read before is forgotten, and SQLite's write lock is taken now."""
    db.session.rollback()
    db.session.connection(execution_options={WRITE: True})


# STRICT tables know five types only; each of ours is stored as the one that holds it exactly.
def _as_text(*_: object, **__: object) -> str:
    return "TEXT"


def _as_integer(*_: object, **__: object) -> str:
    return "INTEGER"


for texts in (String, Text, DateTime, JSON):
    compiles(texts, "sqlite")(_as_text)
for numbers in (BigInteger, Boolean):
    compiles(numbers, "sqlite")(_as_integer)
