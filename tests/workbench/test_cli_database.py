"""The commands of who runs an installation: made, copied, upgraded, and served only when it is ready."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.workbench.databases import SECRETS, a_config
from workbench import upgrade
from workbench.cli import OPERATING, cli
from workbench.server import NotReady, check_ready

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder that commands find by its variable."""
    monkeypatch.setenv("WORKBENCH_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("WORKBENCH_DATABASE_URL", raising=False)
    monkeypatch.delenv("WORKBENCH_BASE_URL", raising=False)
    return tmp_path / "data"


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, list(words))


def test_a_database_is_made_once_and_then_left_alone(data: Path) -> None:
    made, again = run("init-db", "--json"), run("init-db")
    assert (made.exit_code, json.loads(made.stdout)) == (0, {"step": upgrade.newest()})
    assert again.exit_code == 1
    assert "The database has tables already: upgrade it with workbench upgrade-db" in again.stderr
    assert (data / "workbench.sqlite").is_file()


def test_a_database_of_this_version_needs_no_upgrade(data: Path) -> None:
    run("init-db")
    done = run("upgrade-db", "--json")
    newest = upgrade.newest()
    assert json.loads(done.stdout) == {"before": newest, "after": newest, "copy": None}
    assert not (data / "backups").exists()


def test_a_copy_is_a_whole_database_that_only_its_owner_reads(data: Path) -> None:
    run("init-db")
    copy = Path(json.loads(run("backup-db", "--json").stdout)["copy"])
    assert copy.parent == data / "backups"
    assert copy.stat().st_mode & 0o777 == 0o600
    assert upgrade.is_current(upgrade.open_database(f"sqlite:///{copy}"))


def test_an_installation_without_tables_is_not_served(data: Path) -> None:
    refused = run("serve")
    assert refused.exit_code == 1
    assert "make them with workbench init-db" in refused.stderr


def test_the_demonstration_is_not_served_to_other_machines(tmp_path: Path) -> None:
    config = a_config(f"sqlite:///{tmp_path}/x.sqlite", tmp_path, demo=True, secrets=SECRETS)
    with pytest.raises(NotReady, match=r"served on 127\.0\.0\.1 only"):
        check_ready(config, "0.0.0.0")


def test_the_operators_page_names_every_command_of_theirs() -> None:
    text = (ROOT / "docs" / "operator.md").read_text("utf-8")
    assert [name for name in OPERATING if f"workbench {name}" not in text] == []
