"""``workbench create-authority`` and ``create-user``, and the people of the demonstration."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import scoped_session

from exports import tender_file
from tests.workbench.databases import create_tables
from tests.workbench.factories import NOW
from workbench import demo
from workbench.cli import cli
from workbench.demo.people import seed_people
from workbench.models.accounts import UserRecord

PASSWORD = "teapot gravel mint\n"


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """A command line with an installation of its own."""
    monkeypatch.setenv("WORKBENCH_DATA", str(tmp_path))
    monkeypatch.delenv("WORKBENCH_DATABASE_URL", raising=False)
    create_tables(f"sqlite:///{tmp_path / 'workbench.sqlite'}")
    return CliRunner()


def create_user(runner: CliRunner, email: str, *more: str, password: str = PASSWORD) -> tuple[int, str]:
    done = runner.invoke(
        cli, ["create-user", email, "--authority", "Avon", "--name", "Ann", "--password-stdin", "--json", *more],
        input=password,
    )  # fmt: skip
    return done.exit_code, done.output


def test_an_authority_and_its_administrator_come_by_command(runner: CliRunner) -> None:
    made = runner.invoke(cli, ["create-authority", "The Avon authority", "--short-name", "Avon", "--json"])
    assert (made.exit_code, json.loads(made.output)["short_name"]) == (0, "Avon")
    status, output = create_user(runner, "Ann@Avon.example", "--role", "administrator", "--role", "officer")
    assert status == 0
    assert json.loads(output) == {
        "id": 1, "email": "ann@avon.example", "authority": "The Avon authority", "roles": ["administrator", "officer"],
    }  # fmt: skip


def test_what_cannot_be_is_refused_in_a_sentence(runner: CliRunner) -> None:
    assert create_user(runner, "ann@avon.example") == (1, create_user(runner, "ann@avon.example")[1])
    assert "There is no authority called “Avon”" in create_user(runner, "ann@avon.example")[1]
    assert runner.invoke(cli, ["create-authority", "Avon"]).exit_code == 0
    again = runner.invoke(cli, ["create-authority", "Avon"])
    assert (again.exit_code, "There is an authority called “Avon” already" in again.output) == (1, True)
    for email, more, password, words in (
        ("ann at avon", (), PASSWORD, "is not an e-mail address"),
        ("ann@avon.example", (), "short\n", "Use at least 12 characters"),
        ("ann@avon.example", ("--role", "auditor", "--role", "officer"), PASSWORD, "Whoever audits the authority"),
    ):
        status, output = create_user(runner, email, *more, password=password)
        assert (status, words in output) == (1, True), output
    assert create_user(runner, "ann@avon.example")[0] == 0
    assert "Somebody signs in with ann@avon.example already" in create_user(runner, "ann@avon.example")[1]


def test_the_demonstration_has_everybody_of_the_tender_file(db_session: scoped_session) -> None:
    case, _ = tender_file.read((Path(demo.__file__).parent / "avon_and_somerset.json").read_bytes())
    assert case is not None
    buyer = case.tender.buyer
    made = seed_people(buyer.name, buyer.short_name, buyer.email, case.panel, at=NOW)
    named = {each.id: each.name for each in case.panel} | {"legal": "Carys Lindqvist"}
    assert {key: row.name for key, row in made.by_member.items()} == named
    officers = [row for row in db_session.query(UserRecord) if "officer" in {role.name for role in row.roles}]
    assert [(row.name, row.email) for row in officers] == [
        ("Bronwen Stallard", "bronwen.stallard@avonandsomerset-pcc.example")
    ]
    assert [[role.name for role in row.roles] for row in made.others] == [["administrator"], ["auditor"]]
    assert {row.password for row in db_session.query(UserRecord)} == {None}
