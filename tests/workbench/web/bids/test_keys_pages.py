"""Receiving bids and the page of keys, as officers, openers and the public use them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask.testing import FlaskClient

from lots.recipients import fingerprint
from tests.workbench import databases
from tests.workbench.conftest import submit
from tests.workbench.custodians import with_keys
from tests.workbench.published import AT, World, a_world, address, client_of, content_of, published, version_of
from workbench.app import Workbench
from workbench.config import Config
from workbench.db import db
from workbench.queries.bids import keys as reads
from workbench.receipts_key import current_signer
from workbench.sealing import ready_keys, server_keys
from workbench.sealing.key_files import answer, new_key


@pytest.fixture
def world(lite_app: Workbench) -> Iterator[World]:
    """A tender that is ready to be signed off, at that moment."""
    with lite_app.app_context(), time_machine.travel(AT, tick=False):
        yield a_world()


def choose(app: Workbench, world: World, **sent: str) -> int:
    version = version_of(world, "sealing")
    data = {"_version": str(version)} if version else {}
    officer = client_of(app, world, "officer")
    return submit(officer, address(world, "sealing/edit"), {**data, **sent}).status_code


def opener(app: Workbench, world: World, number: int = 0) -> FlaskClient:
    return client_of(app, world, "opener", number)


# --- the officer's page -----------------------------------------------------------------------------------------


def test_an_officer_chooses_custodians_and_two_switches(lite_app: Workbench, world: World) -> None:
    assert choose(lite_app, world, custody="custodians", browser_sealing="y", price_apart="y") == 303
    assert content_of(world, "sealing") == {"sealing": {"browser_sealing": True, "price_apart": True}}


def test_names_kept_from_those_who_score_stay_chosen_when_a_key_is_made(lite_app: Workbench, world: World) -> None:
    choose(lite_app, world, custody="server", tenderers_as_letters="y")
    assert content_of(world, "sealing")["tenderers_as_letters"] is True
    choose(lite_app, world, custody="custodians", tenderers_as_letters="y")
    client = opener(lite_app, world)
    submit(client, address(world, "keys/"), {"title": "One", "recipient": new_key().recipient})
    assert len(content_of(world, "sealing")["sealing"]["custodians"]) == 1
    assert content_of(world, "sealing")["tenderers_as_letters"] is True


def test_something_must_be_chosen_and_nothing_else_can_be(lite_app: Workbench, world: World) -> None:
    assert [choose(lite_app, world, custody=text) for text in ("", "nobody")] == [422, 422]


def test_bids_received_elsewhere_leave_the_tender_without_sealing(lite_app: Workbench, world: World) -> None:
    choose(lite_app, world, custody="elsewhere")
    assert content_of(world, "sealing") == {}
    page = client_of(lite_app, world, "officer").get(address(world, "sealing/edit")).text
    assert 'value="elsewhere" checked' in page


def test_the_server_makes_its_key_when_it_is_to_hold_one_and_keeps_it(lite_app: Workbench, world: World) -> None:
    data: Path = lite_app.config["WORKBENCH"].data
    choose(lite_app, world, custody="server")
    first = content_of(world, "sealing")["sealing"]["server_recipient"]
    choose(lite_app, world, custody="custodians")
    assert "server_recipient" not in content_of(world, "sealing").get("sealing", {})
    choose(lite_app, world, custody="server")
    assert content_of(world, "sealing")["sealing"]["server_recipient"] == first
    assert server_keys.read(data, world.tender.id).recipient == first


def test_publication_waits_for_the_server_s_key_to_be_where_it_belongs(lite_app: Workbench, world: World) -> None:
    choose(lite_app, world, custody="server")
    client = client_of(lite_app, world, "approver")
    submit(client, address(world, "sign-off"), {"digest": world.digest, "read": "y"})
    path = server_keys.path_of(lite_app.config["WORKBENCH"].data, world.tender.id)
    path.rename(path.with_suffix(".away"))
    refused = submit(client_of(lite_app, world, "officer"), address(world, "publish"), {"digest": world.digest})
    assert (refused.status_code, "put it back from a copy" in refused.text) == (422, True)


def test_the_rail_leads_to_the_page_of_keys(lite_app: Workbench, world: World) -> None:
    with_keys(world)
    reads.rows_of(world.tender.id)[0].proved_at = None
    db.session.commit()
    page = client_of(lite_app, world, "officer").get(address(world)).text
    assert f'href="/tenders/{world.tender.id}/keys/"' in page
    assert "is not proved: its holder opens a test text" in page


# --- the page of keys -------------------------------------------------------------------------------------------


def test_an_opener_adds_a_key_without_a_script_and_proves_it(lite_app: Workbench, world: World) -> None:
    choose(lite_app, world, custody="custodians")
    pair, client = new_key(), opener(lite_app, world)
    submit(client, address(world, "keys/"), {"title": "Monitoring officer", "recipient": pair.recipient})
    row = reads.rows_of(world.tender.id)[0]
    sealed = client.get(address(world, f"keys/{row.id}/challenge.age")).data
    submit(client, address(world, f"keys/{row.id}/prove"), {"text": answer(pair, sealed)})
    page = client.get(address(world, "keys/")).text
    assert fingerprint(pair.recipient) in page
    assert "Proved 10:00" in page


def test_a_wrong_text_is_said_to_be_wrong(lite_app: Workbench, world: World) -> None:
    with_keys(world)
    row = next(each for each in reads.rows_of(world.tender.id) if each.user_id == world.people["opener"][0].id)
    client = opener(lite_app, world)
    submit(client, address(world, f"keys/{row.id}/prove"), {"text": "seven-swans"})
    assert "That is not the text" in client.get(address(world, "keys/")).text


@pytest.mark.parametrize("text", ["", "age1qqq", "AGE-SECRET-KEY-1QQQ"])
def test_what_is_no_public_key_is_refused_at_its_field(lite_app: Workbench, world: World, text: str) -> None:
    choose(lite_app, world, custody="custodians")
    refused = submit(opener(lite_app, world), address(world, "keys/"), {"title": "Me", "recipient": text})
    assert (refused.status_code, 'href="#recipient"' in refused.text) == (422, True)


def test_others_see_the_keys_and_are_offered_nothing(lite_app: Workbench, world: World) -> None:
    with_keys(world)
    page = client_of(lite_app, world, "officer").get(address(world, "keys/")).text
    assert "Internal audit" in page
    assert [each for each in ("Prove this key", "Report as lost", "Add the public key") if each in page] == []


def test_an_opener_cannot_prove_the_key_of_another(lite_app: Workbench, world: World) -> None:
    with_keys(world)
    row = next(each for each in reads.rows_of(world.tender.id) if each.user_id == world.people["opener"][1].id)
    refused = submit(opener(lite_app, world), address(world, f"keys/{row.id}/prove"), {"text": "x"})
    assert "somebody else" in refused.text
    assert refused.status_code in (403, 409, 422)


def test_a_key_of_another_tender_is_not_there(lite_app: Workbench, world: World) -> None:
    with_keys(world)
    other = a_world()
    row = reads.rows_of(world.tender.id)[0]
    for act in ("prove", "lost", "remove", "use"):
        data = {"text": "x"} if act == "prove" else {}
        sent = submit(opener(lite_app, other), address(other, f"keys/{row.id}/{act}"), data)
        assert sent.status_code == 404


def test_after_publication_the_page_says_what_replacing_a_key_takes(lite_app: Workbench, world: World) -> None:
    with_keys(world)
    published(world)
    page = opener(lite_app, world).get(address(world, "keys/")).text
    assert "every tenderer must send their bid again" in page


# --- the public -------------------------------------------------------------------------------------------------


def test_the_public_page_names_the_custodians_and_their_fingerprints(lite_app: Workbench, world: World) -> None:
    pairs = with_keys(world, price_apart=True)
    published(world)
    page = lite_app.test_client().get(f"/notices/{world.tender.id}/").text
    assert [fingerprint(pair.recipient) in page for pair in pairs] == [True] * 3
    said = ("Any two of them open it together", "exactly at that moment is late", "until the quality of every bid")
    assert [words for words in said if words not in page] == []


def test_the_lighter_custody_is_said_publicly(lite_app: Workbench, world: World) -> None:
    choose(lite_app, world, custody="server")
    published(world)
    page = lite_app.test_client().get(f"/notices/{world.tender.id}/").text
    assert "whoever runs the server could read bids before the deadline" in page


def test_a_tender_without_sealing_says_nothing_of_it(lite_app: Workbench, world: World) -> None:
    published(world)
    assert "How bids are kept sealed</h2>" not in lite_app.test_client().get(f"/notices/{world.tender.id}/").text


def test_the_page_on_sealing_names_every_residual_risk_and_the_key_of_receipts(lite_app: Workbench) -> None:
    page = lite_app.test_client().get("/about/sealing").text
    risks = ("Altered programs", "Two custodians and the host", "Your own device", "Traffic and times", "bids are gone")
    assert [words for words in risks if words not in page] == []
    with lite_app.app_context():
        assert current_signer().public in page


# --- keys that lie ready ----------------------------------------------------------------------------------------


def test_keys_lie_ready_in_a_demonstration_only(tmp_path: Path) -> None:
    demo = databases.a_config(f"sqlite:///{tmp_path / 'x.sqlite'}", tmp_path, demo=True)
    made = ready_keys.make(demo, "t-1")
    assert ready_keys.lying_ready(demo, "t-1") == {made.recipient: made}
    real = Config(demo.data, demo.database_url, demo.secrets)
    assert ready_keys.lying_ready(real, "t-1") == {}
    with pytest.raises(ready_keys.NotADemonstrationError):
        ready_keys.make(real, "t-1")


def test_the_server_s_key_is_its_owner_s_alone_and_refused_where_it_is_not(tmp_path: Path) -> None:
    made = server_keys.make(tmp_path, "t-1")
    path = server_keys.path_of(tmp_path, "t-1")
    assert (path.name, path.stat().st_mode & 0o777) == ("bids-t-1.key", 0o600)
    server_keys.check(tmp_path, "t-1", made)
    with pytest.raises(server_keys.ServerKeyError, match="another one"):
        server_keys.check(tmp_path, "t-1", new_key().recipient)
    path.chmod(0o644)
    with pytest.raises(server_keys.ServerKeyError, match="chmod 600"):
        server_keys.read(tmp_path, "t-1")
    with pytest.raises(server_keys.ServerKeyError):
        server_keys.path_of(tmp_path, "../t-1")
