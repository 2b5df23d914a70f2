"""``python -m workbench.migrations.make "what changes"``: write the next step from the models.

It upgrades an empty SQLite database through all steps, compares it with the models, and writes what is missing. Read
the step, run ``ruff format`` on it, and add the statements for rows that have to change.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory

from workbench import models
from workbench.append_only import PROTECTED
from workbench.upgrade import STEPS, create, open_database, settings, writing

_CREATED = re.compile(r'op\.create_table\(\s*"(\w+)"|op\.create_table\(\s*\'(\w+)\'')


def make(message: str) -> Path:
    """Write the next step and return its file."""
    assert models.__all__
    number = f"{len(list(ScriptDirectory.from_config(settings()).walk_revisions())) + 1:04d}"
    with tempfile.TemporaryDirectory() as folder:
        engine = open_database(f"sqlite:///{folder}/empty.sqlite")
        if number != "0001":
            create(engine)
        with writing(engine) as connection:
            command.revision(settings(connection), message, autogenerate=True, rev_id=number)
    [path] = (STEPS / "versions").glob(f"{number}_*.py")
    path.write_text(_protecting(path.read_text(encoding="utf-8")), encoding="utf-8")
    return path


def _protecting(text: str) -> str:
    """Add the protection of tables that are written once to the step that makes them."""
    made = {one or other for one, other in _CREATED.findall(text)}
    wanted = sorted(made & PROTECTED)
    if not wanted:
        return text
    imported = "from alembic import op\n"
    text = text.replace(imported, f"{imported}\nfrom workbench.append_only import in_step\n", 1)
    lines = "".join(f'    in_step("{table}")\n' for table in wanted)
    return text.replace("\n\n\ndef downgrade", f"\n{lines}\n\ndef downgrade", 1)


if __name__ == "__main__":
    print(make(sys.argv[1]))
