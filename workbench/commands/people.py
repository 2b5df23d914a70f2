"""``workbench create-authority`` and ``create-user``: the first people of an installation."""

from __future__ import annotations

import sys

import click

from lots.errors import ProcurementError
from workbench import clock
from workbench.commands.common import Command, json_option
from workbench.output import emit, say
from workbench.passwords import SHORTEST
from workbench.policies import AUTHORITY_ROLES


@click.command("create-authority", cls=Command)
@click.argument("name")
@click.option("--short-name", default="", help="What pages call it; else the name itself.")
@click.option("--address", default="", help="Its postal address, for documents.")
@click.option("--email", default="", help="Where tenderers write to.")
@click.option("--telephone", default="", help="Where tenderers call.")
@json_option
def create_authority(name: str, short_name: str, address: str, email: str, telephone: str, as_json: bool) -> None:
    """Add a contracting authority called NAME.

    Everything belongs to one authority, and none sees another's.
    """
    from workbench.app import create_app
    from workbench.db import begin_writing, db
    from workbench.services import accounts

    with create_app().app_context():
        begin_writing()
        row = accounts.create_authority(
            name, short_name or name, at=clock.now(), address=address, email=email, telephone=telephone
        )
        db.session.commit()
        if as_json:
            emit({"id": row.id, "name": row.name, "short_name": row.short_name})
        else:
            say(
                f"{row.name} is added. Add its administrator with: workbench create-user EMAIL --authority “{row.name}”"
            )


@click.command("create-user", cls=Command)
@click.argument("email")
@click.option("--authority", "authority_name", required=True, help="The authority's name or short name.")
@click.option("--name", required=True, help="The person's name.")
@click.option("--job-title", default="", help="Their job title.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice(list(AUTHORITY_ROLES)),
    help="A role in the authority; repeatable.",
)
@click.option("--password-stdin", is_flag=True, help="Read the password from the standard input, for scripts.")
@json_option
def create_user(
    email: str,
    authority_name: str,
    name: str,
    job_title: str,
    roles: tuple[str, ...],
    password_stdin: bool,
    as_json: bool,
) -> None:
    """Add a person who signs in with EMAIL, and set their password.

    The password is asked for, never an argument: arguments can be read by everybody on the machine. The second step is
    set up at the first sign-in.
    """
    from workbench.app import create_app
    from workbench.db import begin_writing, db
    from workbench.queries import accounts as people
    from workbench.services import accounts

    password = _password(password_stdin)
    with create_app().app_context():
        begin_writing()
        authority = people.authority_named(authority_name)
        if authority is None:
            raise ProcurementError(
                f"There is no authority called “{authority_name}”: add it first with workbench create-authority"
            )
        row = accounts.create_person(
            authority, name=name, email=email, job_title=job_title, roles=roles, at=clock.now(), password=password
        )
        db.session.commit()
        if as_json:
            emit({"id": row.id, "email": row.email, "authority": authority.name, "roles": sorted(roles)})
        else:
            say(f"{row.name} can sign in with {row.email}.")


def _password(from_input: bool) -> str:
    if from_input:
        return sys.stdin.readline().rstrip("\r\n")
    words = f"Password (at least {SHORTEST} characters)"
    return str(click.prompt(words, hide_input=True, confirmation_prompt="The same again"))
