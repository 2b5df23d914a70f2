"""The command line: ``workbench COMMAND …``, every command with ``--json`` for programs.

Commands are imported when they are called, so that a quick one (``price-marks``) does not wait for the libraries of a
slow one (``evaluate``).
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module

import click

from workbench import __version__

COMMANDS: Mapping[str, tuple[str, str]] = {
    "demo": ("demo", "The Avon and Somerset case from its file to its decision pack, as a story."),
    "evaluate": ("evaluation", "Rankings, reasons and the decision pack from a tender file."),
    "explain": ("evaluation", "Where the total of a bid comes from, figure by figure."),
    "verify": ("verification", "Recompute every number of a tender file or of a printed document."),
    "price-marks": ("prices", "Marks, or a ranking, by a price formula."),
    "check-split": ("splits", "A collaboration split against the published rules, with the smallest fix."),
    "standstill": ("standstill", "Standstill day by day, and the last days for a challenge."),
    "funding": ("funding", "Whether the money adds up, can be spent as it is tied, and what its ends would do."),
    "headroom": ("headroom", "What is left under a lot's maximum potential spend."),
    "export-ocds": ("ocds", "A tender as an OCDS release package: open contracting data."),
    "import-ocds": ("ocds", "A tender taken over from an OCDS release, field by field."),
    "key": ("keys", "A custodian's key: made, proved, and used at an opening."),
    "create-authority": ("people", "A contracting authority, to which everything belongs."),
    "create-user": ("people", "A person of an authority who can sign in."),
    "serve": ("serve", "The pages, served until stopped."),
    "worker": ("reminders", "Mails, reminders and the availability ledger, until stopped."),
    "remind": ("reminders", "The mails and reminders that are due, sent now."),
    "probe": ("reminders", "Whether the running service takes bids, kept in the availability ledger."),
    "init-db": ("database", "The tables, in an empty database."),
    "upgrade-db": ("database", "The tables brought to this version, after a copy of the database."),
    "backup-db": ("database", "A copy of the database, made while it is in use."),
    "check-store": ("store", "Whether every sealed file and envelope is there and as it was."),
    "tender-file": ("tenders", "The tender file's schema, and the check of one."),
}

OPERATING = (
    "serve",
    "worker",
    "remind",
    "probe",
    "init-db",
    "upgrade-db",
    "backup-db",
    "check-store",
    "create-authority",
    "create-user",
)
"""The commands of who runs an installation; docs/operator.md explains them, docs/command-line.md all others."""


class Lazy(click.Group):
    """A group that knows its commands by name and imports one only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"workbench.commands.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in COMMANDS.items()])


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="workbench")
def cli() -> None:
    """Evaluate tenders in lots, so that every number in an award can be checked by anyone.

    Exit status: 0 fine, 1 refused with findings, 2 bad usage.
    """


def main() -> None:
    """Run the command line; text that a terminal cannot show is replaced rather than refused."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    cli(prog_name="workbench")


if __name__ == "__main__":
    main()
