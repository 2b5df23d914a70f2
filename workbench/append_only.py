"""Tables whose rows are written once: the database itself refuses to change or remove them, on both databases."""

from __future__ import annotations

from sqlalchemy import DDL, Table, event

_SQLITE = (
    "CREATE TRIGGER {table}_never_{verb} BEFORE {VERB} ON {table} "
    "BEGIN SELECT RAISE(ABORT, '{table} are written once and never {past}'); END"
)
_FUNCTION = (
    "CREATE OR REPLACE FUNCTION written_once() RETURNS trigger LANGUAGE plpgsql AS $$ "
    "BEGIN RAISE EXCEPTION '% are written once and never changed or removed', TG_TABLE_NAME; END $$"
)
_ROWS = (
    "CREATE TRIGGER {table}_written_once BEFORE UPDATE OR DELETE ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION written_once()"
)
_WHOLE = (
    "CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION written_once()"
)
_VERBS = (("update", "changed"), ("delete", "removed"))
PROTECTED: set[str] = set()
"""The tables that the models protect."""


def statements(table: str, dialect: str) -> tuple[str, ...]:
    """Return what makes ``table`` append-only on ``dialect`` (``sqlite`` or ``postgresql``)."""
    if dialect == "sqlite":
        return tuple(_SQLITE.format(table=table, verb=verb, VERB=verb.upper(), past=past) for verb, past in _VERBS)
    return (_FUNCTION, _ROWS.format(table=table), _WHOLE.format(table=table))


def protect(table: Table) -> None:
    """Make a table append-only whenever it is created from the models; migrations say the same statements."""
    PROTECTED.add(table.name)
    for dialect in ("sqlite", "postgresql"):
        for statement in statements(table.name, dialect):
            made = DDL(statement.replace("%", "%%")).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
            event.listen(table, "after_create", made)


def in_step(table: str) -> None:
    """Make a table append-only in a step of the tables' history."""
    from alembic import op

    for statement in statements(table, op.get_bind().dialect.name):
        op.execute(statement)
