"""``docs/operator.md`` tells the truth: its commands work in its order, its settings and limits are those there are."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from workbench import app, config, server
from workbench.cli import OPERATING, cli
from workbench.web import limits, public, sessions
from workbench.web.bids import following
from workbench.web.health import CHECKS

ROOT = Path(__file__).resolve().parent.parent.parent
TEXT = (ROOT / "docs" / "operator.md").read_text("utf-8")
EXAMPLES = [
    it
    for block in re.findall(r"```console\n(.*?)```", TEXT, re.DOTALL)
    for it in re.findall(r"^\$ workbench ([^\n]+)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)
]
PASSWORD = "seven herons over the quay\n"


def one_line(text: str) -> str:
    """Undo the wrapping, which follows the length of a path."""
    return " ".join(text.split())


def test_the_commands_work_in_the_order_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("WORKBENCH_DATABASE_URL", raising=False)
    for example, shown in EXAMPLES:
        done = CliRunner().invoke(cli, shlex.split(example), input=PASSWORD * 2)
        assert done.exit_code == 0, (example, done.output)
        pattern = ".*".join(re.escape(part) for part in one_line(shown).split("…"))
        assert re.fullmatch(pattern, one_line(done.output)), (example, done.output)
    named = [example.split()[0] for example, _ in EXAMPLES]
    assert named == ["init-db", "create-authority", "create-user", "remind", "check-store", "backup-db", "upgrade-db"]
    assert {*named, "serve", "worker", "probe"} == set(OPERATING)


def test_the_settings_of_the_page_are_those_that_are_read() -> None:
    source = Path(config.__file__).read_text("utf-8")
    read = set(re.findall(r'env\.get\("(WORKBENCH_\w+)"', source))
    assert set(re.findall(r"^\| `(WORKBENCH_\w+)`", TEXT, re.MULTILINE)) == read
    assert set(re.findall(r"WORKBENCH_\w+", TEXT)) == read


def test_the_limits_of_the_page_are_those_in_force() -> None:
    assert limits.GUESSING == "10 per minute; 60 per hour"
    assert "| 10 a minute and 60 an hour from one address" in TEXT
    assert public.ASKING == "6 per hour; 20 per day"
    assert "| 6 an hour and 20 a day from one address |" in TEXT
    assert following.FOLLOWING == "6 per hour; 20 per day"
    assert (
        "| addresses that ask to be told | 6 an hour and 20 a day from one address; one mail an hour to each |" in TEXT
    )
    assert f"| {app.LARGEST_BODY // 2**20} MiB and {app.MOST_FIELDS:,} fields;" in TEXT
    assert f"| {server.PATIENCE} seconds |" in TEXT
    assert f"| {sessions.IDLE.seconds // 60} minutes without a page, {sessions.LONGEST.seconds // 3600} hours" in TEXT


def test_the_page_names_what_readiness_checks() -> None:
    line = next(line for line in TEXT.splitlines() if line.startswith("| `/readyz`"))
    assert [name for name in CHECKS if name not in line] == []
