"""``keys.js`` and ``seal.js`` do in a browser, under the strict policy, what the command line and the server do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser import open_page, served
from tests.workbench.sealing.test_opening_files import KEYS, SECRETS, opening, second
from workbench.app import Workbench
from workbench.sealing import key_files, opening_files
from workbench.sealing.challenges import sealed_for
from workbench.sealing.padding import pad, padded_length
from workbench.web.pages import static_url


@dataclass
class Script:
    """A page of ours in which the scripts can be called."""

    page: Any
    assets: dict[str, str]
    complaints: list[str]

    def call(self, code: str, *values: Any) -> Any:
        """Run code that may use ``keys``, ``seal`` and ``age``, and ``values``."""
        load = "const [keys, seal, age] = await Promise.all(assets.map((it) => import(it)));"
        return self.page.evaluate(
            f"async ([assets, values]) => {{ {load} return {code}; }}", [list(self.assets.values()), list(values)]
        )


@pytest.fixture
def script(lite_app: Workbench, chromium: Browser) -> Iterator[Script]:
    """The scripts in a page served with the policy of every page."""
    with lite_app.test_request_context():
        assets = {name: static_url(name) for name in ("keys.js", "seal.js", "made/age.js")}
    with served(lite_app) as address, open_page(chromium, f"{address}/about/sealing") as opened:
        yield Script(opened.page, assets, opened.complaints)
        assert opened.complaints == []


def test_a_browser_takes_the_same_layers_off_as_the_command_line(script: Script) -> None:
    taken = opening()
    first = opening_files.peel_file(taken, KEYS[1].secret)
    told = json.loads(opening_files.write_opening(taken))
    key = {"secret": KEYS[1].secret, "recipient": KEYS[1].recipient}
    found = script.call("keys.peelFile(age, values[0], values[1])", told, key)
    assert opening_files.read_layers(json.dumps(found).encode()) == first


def test_a_browser_ends_with_the_secrets(script: Script) -> None:
    first = opening_files.peel_file(opening(), KEYS[1].secret)
    told = json.loads(opening_files.write_opening(second(first, 3)))
    key = {"secret": KEYS[3].secret, "recipient": KEYS[3].recipient}
    found = script.call("keys.peelFile(age, values[0], values[1])", told, key)
    assert {each["envelope"]: each["secret"] for each in found["layers"]} == SECRETS


def test_a_damaged_envelope_is_named_in_the_browser_too(script: Script) -> None:
    told = json.loads(opening_files.write_opening(opening()))
    for name, text in told["wraps"][0]["wraps"].items():
        told["wraps"][0]["wraps"][name] = text[:-8] + "AAAAAAA="
    key = {"secret": KEYS[0].secret, "recipient": KEYS[0].recipient}
    found = script.call("keys.peelFile(age, values[0], values[1])", told, key)
    assert (found["failed"], [each["envelope"] for each in found["layers"]]) == (["e1"], ["e2"])


def test_a_key_file_of_the_command_line_opens_in_the_browser_and_the_other_way_round(script: Script) -> None:
    pair = key_files.new_key()
    file = key_files.written(pair, "four words and more").decode()
    read = "keys.readKey(age, new TextEncoder().encode(values[0]), values[1])"
    assert script.call(read, file, "four words and more")["recipient"] == pair.recipient
    made = script.call("keys.makeKey(age, values[0])", "four words and more")
    assert key_files.read_key(made["file"].encode(), lambda: "four words and more").recipient == made["recipient"]


@pytest.mark.parametrize("typed", ["{0}", " {0}\n", "{1}", "{2}"])
def test_a_key_typed_from_paper_may_have_blanks_and_small_letters(script: Script, typed: str) -> None:
    pair = key_files.new_key()
    groups = " ".join(pair.secret[at : at + 4] for at in range(0, len(pair.secret), 4))
    text = typed.format(pair.secret, groups, pair.secret.lower())
    read = "keys.readKey(age, new TextEncoder().encode(values[0]), '')"
    assert script.call(read, text)["recipient"] == pair.recipient


def test_lengths_are_padded_as_the_server_pads_them(script: Script) -> None:
    lengths = [*range(300), 4095, 4096, 4097, 65_537, 1_000_001, 2**24 - 1, 2**24 + 1]
    assert script.call("values[0].map(seal.paddedLength)", lengths) == [padded_length(each) for each in lengths]
    texts = ["", "{}", "x" * 5000]
    found = script.call("values[0].map((text) => [...seal.pad(new TextEncoder().encode(text))])", texts)
    assert [bytes(each) for each in found] == [pad(text.encode(), 4096) for text in texts]


def test_the_scripts_have_the_fingerprint_of_the_public_page(script: Script, lite_app: Workbench) -> None:
    found = script.call("keys.fingerprint(values[0])", KEYS[0].recipient)
    assert lite_app.jinja_env.filters["fingerprint"](KEYS[0].recipient) == found


def test_a_challenge_of_the_server_opens_in_the_browser(script: Script) -> None:
    text = sealed_for(KEYS[0].recipient, "seven-swans")
    assert script.call("keys.openText(age, values[0], values[1])", text, KEYS[0].secret) == "seven-swans"
