"""``workbench init-db``, ``upgrade-db`` and ``backup-db``: the database made, upgraded after a copy, or copied."""

from __future__ import annotations

import click

from workbench import clock
from workbench.commands.common import Command, json_option
from workbench.output import emit, say


@click.command("init-db", cls=Command)
@json_option
def init_db(as_json: bool) -> None:
    """Make the tables in an empty database (WORKBENCH_DATABASE_URL; a file in the data folder by default)."""
    from workbench import upgrade
    from workbench.config import Config

    config = Config.from_environment()
    step = upgrade.create(upgrade.open_database(config.database_url))
    if as_json:
        emit({"step": step})
    else:
        say(f"The database is ready, at step {step}. Next: workbench create-authority, then workbench create-user.")


@click.command("upgrade-db", cls=Command)
@click.option("--copied", is_flag=True, help="Do not copy the database first: a copy was made already.")
@json_option
def upgrade_db(copied: bool, as_json: bool) -> None:
    """Copy the database into the data folder, then bring its tables to this version."""
    from workbench import upgrade
    from workbench.config import Config

    config = Config.from_environment()
    engine = upgrade.open_database(config.database_url)
    before = upgrade.revision_of(engine)
    copy = upgrade.upgrade(engine, config.data / "backups", at=clock.now(), copied=copied)
    after = upgrade.newest()
    if as_json:
        emit({"before": before, "after": after, "copy": str(copy) if copy else None})
    elif before == after:
        say(f"The database is at step {after} already; there is nothing to do.")
    else:
        say(f"The database went from step {before} to step {after}.")
        say(f"How it was before lies in {copy}: put that file back to undo." if copy else "No copy was made, as asked.")


@click.command("backup-db", cls=Command)
@json_option
def backup_db(as_json: bool) -> None:
    """Copy the whole database into the data folder while it is in use, and check the copy."""
    from workbench import upgrade
    from workbench.config import Config

    config = Config.from_environment()
    engine = upgrade.open_database(config.database_url)
    copy = upgrade.back_up(engine, config.data / "backups", at=clock.now(), name="backup")
    if as_json:
        emit({"copy": str(copy)})
    else:
        say(f"The database is copied to {copy}. Keep it on another machine, with the folder of keys beside it.")
