"""A real server and a client that vanishes: whatever byte it stops at, nothing is saved.

Figures behind this: without the guard the server takes every cut body for a whole one.
"""

from __future__ import annotations

import os
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from tests.workbench import databases
from workbench.engine import engine_options, prepare

HERE = Path(__file__).resolve().parents[3]
PROGRAM = """
import sys
from pathlib import Path
from tests.workbench import databases
from tests.workbench.web.notebook import add_notebook
import workbench.server as server
make = server.create_app
def with_notes(config):
    app = make(config)
    app.config["WTF_CSRF_ENABLED"] = False
    add_notebook(app)
    return app
server.create_app = with_notes
config = databases.a_config(sys.argv[1], Path(sys.argv[2]))
server.Server(config, bind=sys.argv[3], workers=1).run()
"""
FORM = "_key=0123456789abcdef-{n}&title=New+title&price=1000000&_end=1"
MULTIPART = (
    '--cut\r\nContent-Disposition: form-data; name="_key"\r\n\r\n0123456789abcdef-m{n}\r\n'
    '--cut\r\nContent-Disposition: form-data; name="title"\r\n\r\nNew\r\n--cut--\r\n'
)


def a_port() -> int:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, str]]:
    """A gunicorn with one note, called Old; yields its port and its database."""
    folder = tmp_path_factory.mktemp("served")
    url, port = databases.sqlite_url(folder), a_port()
    _run(
        url,
        "INSERT INTO authorities (id, name, short_name, address, email, telephone, created_at) "
        "VALUES ('a', 'A', 'A', '', '', '', '2026-07-06 09:00:00')",
        "INSERT INTO tenders (id, authority_id, reference, title, regime, stage, version, lots_count, annual_budget, "
        "maximum_potential_spend, created_at, changed_at, signed_off_digest, cancel_reason) VALUES ('t', 'a', 'T-1', "
        "'Old', 'pa2023', 'draft', 1, 0, 0, 0, '2026-07-06 09:00:00', '2026-07-06 09:00:00', '', '')",
    )
    command = [sys.executable, "-c", PROGRAM, url, str(folder), f"127.0.0.1:{port}"]
    environment = {**os.environ, "PYTHONPATH": str(HERE)}
    process = subprocess.Popen(command, cwd=HERE, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        _wait_for(port)
        yield port, url
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def _run(url: str, *statements: str) -> None:
    engine = prepare(create_engine(url, poolclass=NullPool, **engine_options(url)))
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def _wait_for(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not start in 30 seconds")


def kept(url: str) -> tuple[str, int, int]:
    """Return the title, the events and the answers there are."""
    engine = prepare(create_engine(url, poolclass=NullPool, **engine_options(url)))
    with engine.connect() as connection:
        counts = (connection.scalar(text(f"SELECT count(*) FROM {table}")) for table in ("events", "answered"))
        return (str(connection.scalar(text("SELECT title FROM tenders"))), *counts)  # type: ignore[return-value]


def send(port: int, body: str, kind: str, upto: int, *, reset: bool = False) -> str:
    """Send a form's head whole and its body up to a byte, then stop; return the first line of the answer."""
    head = (
        f"POST /notes/t HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Type: {kind}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    with closing(socket.create_connection(("127.0.0.1", port), 10)) as client:
        client.sendall(head.encode() + body.encode()[:upto])
        if reset:
            time.sleep(0.01)  # so that the server has begun to read
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return ""
        client.shutdown(socket.SHUT_WR)
        return client.makefile("rb").readline().decode()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("form", "kind"),
    [(FORM, "application/x-www-form-urlencoded"), (MULTIPART, "multipart/form-data; boundary=cut")],
    ids=["urlencoded", "multipart"],
)
def test_a_form_cut_at_any_byte_is_refused_and_saves_nothing(server: tuple[int, str], form: str, kind: str) -> None:
    port, url = server
    before = kept(url)
    for upto in range(len(form.format(n=0))):
        body = form.format(n=upto % 10)
        assert "400" in send(port, body, kind, upto), f"cut after {upto} bytes"
    assert kept(url) == before


@pytest.mark.slow
def test_a_connection_torn_at_any_byte_saves_nothing(server: tuple[int, str]) -> None:
    port, url = server
    before = kept(url)
    for upto in range(len(FORM.format(n=0))):
        send(port, FORM.format(n=upto % 10), "application/x-www-form-urlencoded", upto, reset=True)
    assert "415" in send(port, "", "text/plain", 0)  # the server still answers
    assert kept(url) == before


@pytest.mark.slow
def test_the_whole_form_is_saved(server: tuple[int, str]) -> None:
    port, url = server
    title, events, answers = kept(url)
    whole = FORM.format(n="whole")
    assert "303" in send(port, whole, "application/x-www-form-urlencoded", len(whole))
    assert kept(url) == ("New title", events + 1, answers + 1)
    assert title == "Old"
