"""``workbench check-store``: whether everything sealed is there and as it was, without a word of how much there is."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

import click
from sqlalchemy import Engine, text

from lots.errors import Finding, ProcurementError
from workbench import clock
from workbench.commands.common import Command, json_option
from workbench.output import emit, findings_data, say

_FILES = text("SELECT DISTINCT sealed_sha256 FROM draft_files WHERE removed_at IS NULL ORDER BY 1")
_ENVELOPES = text("SELECT sha256, content FROM envelopes")


class StoreFaults(ProcurementError):  # noqa: N818 - it names what was found
    """Sealed files or envelopes that are missing or changed."""


@click.command("check-store", cls=Command)
@json_option
def check_store(as_json: bool) -> None:
    """Read every sealed file and envelope again and compare its digest; sweep away what was never finished.

    Says which are missing or changed, and never how many there are: before an opening nobody is to know.
    """
    from workbench import upgrade
    from workbench.config import Config
    from workbench.store import Store

    config = Config.from_environment()
    engine = upgrade.open_database(config.database_url)
    store = Store(config.data / "store")
    with engine.connect() as connection:
        wanted = list(connection.scalars(_FILES))
    found = [*store.scrub(wanted), *_changed(engine)]
    store.sweep(clock.now())
    if found:
        raise StoreFaults("Something sealed is missing or changed: put it back from a copy", found)
    if as_json:
        emit({"sound": True, "findings": findings_data(())})
    else:
        say("Everything sealed that the database names is there and as it was received.")


def _changed(engine: Engine) -> Iterator[Finding]:
    with engine.connect() as connection:
        for digest, content in connection.execute(_ENVELOPES):
            if sha256(bytes(content)).hexdigest() != digest:
                yield Finding("envelope_changed", "A sealed envelope was changed in the database", digest)
