"""``workbench key``: a custodian's key without a browser: made, shown, proved, and used at an opening."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from lots.recipients import fingerprint
from lots.words import counted
from workbench.commands.common import FILE, Command, json_option, path_text, read_bytes
from workbench.output import emit, say

if TYPE_CHECKING:
    from workbench.sealing.key_files import KeyPair

OUT = click.option("--out", "target", type=FILE, required=True, metavar="FILE", help="Write the key there.")
_LAYERS_NAME = "{}-layers.json"


@click.group("key")
def key() -> None:
    """The key of a custodian, who opens bids together with a second one."""


@key.command("new", cls=Command)
@OUT
@click.option("--passphrase", "wrap", is_flag=True, help="Ask for a passphrase, without which the key opens nothing.")
@json_option
def new(target: Path, wrap: bool, as_json: bool) -> None:
    """Make a key; the public half, which is printed, goes on the page of keys.

    The file is as age-keygen writes it, and with --passphrase as age encrypts it. It is never written over.
    """
    from workbench.sealing import key_files as files

    made = files.new_key()
    passphrase = _new_passphrase() if wrap else ""
    try:
        files.keep(target, files.written(made, passphrase))
    except FileExistsError:
        raise files.KeyFileError(f"“{path_text(target)}” is there already: choose another name, or move it") from None
    told = {"file": path_text(target), **_halves(made), "passphrase": wrap, "findings": []}
    if as_json:
        emit(told)
        return
    _show(made)
    say()
    say(f"Written to {path_text(target)}. Whoever has it has your key: keep it on a stick or in a safe, not here.")


@key.command("public", cls=Command)
@click.argument("file", type=FILE)
@json_option
def public(file: Path, as_json: bool) -> None:
    """Print the public half of the key in FILE, and its fingerprint."""
    found = _read(file)
    if as_json:
        emit({**_halves(found), "findings": []})
    else:
        _show(found)


@key.command("prove", cls=Command)
@click.argument("file", type=FILE)
@click.argument("challenge", type=FILE)
@json_option
def prove(file: Path, challenge: Path, as_json: bool) -> None:
    """Open the text in CHALLENGE with the key in FILE; give what is printed back to the page of keys."""
    from workbench.sealing.key_files import answer

    text = read_bytes(challenge)
    found = _read(file)
    opened = answer(found, text)
    if as_json:
        emit({"text": opened, "recipient": found.recipient, "findings": []})
    else:
        say(opened)


@key.command("peel", cls=Command)
@click.argument("file", type=FILE)
@click.argument("opening_file", type=FILE)
@click.option("--out", "target", type=FILE, metavar="FILE", help="Write the layers there, not beside OPENING_FILE.")
@json_option
def peel(file: Path, opening_file: Path, target: Path | None, as_json: bool) -> None:
    """Take the layer of the key in FILE off every envelope in OPENING_FILE; upload what is written.

    An envelope that does not open is named, and the others go on.
    """
    from workbench.sealing.opening_files import peel_file, read_opening, write_layers
    from workbench.services.folders import write_atomically

    opening = read_opening(read_bytes(opening_file))
    layers = peel_file(opening, _read(file).secret)
    written = target or opening_file.with_name(_LAYERS_NAME.format(opening_file.stem))
    write_atomically(written, write_layers(layers))
    if as_json:
        emit({
            "file": path_text(written), "tender": layers.tender, "kind": layers.kind, "step": layers.step,
            "opened": len(layers.layers), "failed": list(layers.failed), "findings": [],
        })  # fmt: skip
        return
    say(f"{counted(len(layers.layers), 'envelope')} opened by one layer, {len(layers.failed)} did not open.")
    for name in layers.failed:
        say(name, indent=2)
    say(f"Written to {path_text(written)}: give it to the page of the opening.")


def _read(file: Path) -> KeyPair:
    from workbench.sealing.key_files import read_key

    return read_key(read_bytes(file), lambda: str(click.prompt("Passphrase of the key", hide_input=True, err=True)))


def _new_passphrase() -> str:
    from workbench.sealing.key_files import SHORTEST_PASSPHRASE, KeyFileError

    text = str(click.prompt("Passphrase", hide_input=True, confirmation_prompt=True, err=True))
    if len(text) < SHORTEST_PASSPHRASE:
        raise KeyFileError(f"The passphrase must have {SHORTEST_PASSPHRASE} characters or more: four words will do")
    return text


def _halves(made: KeyPair) -> dict[str, str]:
    return {"recipient": made.recipient, "fingerprint": fingerprint(made.recipient)}


def _show(made: KeyPair) -> None:
    say(f"Public key:  {made.recipient}")
    say(f"Fingerprint: {fingerprint(made.recipient)}")
