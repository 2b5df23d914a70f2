"""Arrival over a real socket: the last byte decides, a body that drips past the deadline is late, a cut one nothing."""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import closing
from uuid import uuid4

import pytest

from tests.workbench.serving import Desk

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def early(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A server an hour before the deadline."""
    with Desk(tmp_path_factory.mktemp("early"), 3600) as desk:
        yield desk


def dripped(desk: Desk, request: bytes, over: float) -> dict[str, object]:
    """Send a request with its last bytes spread over some seconds."""
    with closing(desk.connect()) as client:
        client.sendall(request[:-4])
        for at in range(4):
            time.sleep(over / 4)
            client.sendall(request[len(request) - 4 + at :][:1])
        return dict(json.loads(client.makefile("rb").read().partition(b"\r\n\r\n")[2]))


def test_a_body_that_drips_past_the_deadline_is_late_though_it_began_before(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with Desk(tmp_path_factory.mktemp("drip"), 3600) as desk:
        desk.set_clock(4)
        in_time = dripped(desk, desk.request(), 0.2)
        late = dripped(desk, desk.request(), 6)
    assert (in_time["act"], late["act"]) == ("submitted", "late")
    assert desk.rows("SELECT act, count(*) FROM sealed_bids GROUP BY act ORDER BY act") == [
        ("late", 1),
        ("submitted", 1),
    ]
    [(first, last)] = desk.rows("SELECT first_byte_at, last_byte_at FROM sealed_bids WHERE act = 'late'")
    assert str(first) < "2024-09-27 11:00:00" <= str(last)


def test_a_request_cut_at_any_byte_submits_nothing(early: Desk) -> None:
    request = early.request()
    body = request.index(b"\r\n\r\n") + 4
    for upto in range(len(request)):
        with closing(early.connect()) as client:
            client.sendall(request[:upto])
            client.shutdown(socket.SHUT_WR)
            answer = client.makefile("rb").readline()
        assert (b" 400 " in answer) or (upto < body and b" 2" not in answer), (upto, answer)
    assert early.rows("SELECT count(*) FROM sealed_bids") == [(0,)]


def test_a_connection_torn_at_any_byte_submits_nothing(early: Desk) -> None:
    request = early.request()
    for upto in range(len(request)):
        with closing(early.connect()) as client:
            client.sendall(request[:upto])
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert early.send(early.request(version=7))[0] == 422  # the server still answers
    assert early.rows("SELECT count(*) FROM sealed_bids") == [(0,)]


def test_a_request_sent_five_times_makes_one_bid_with_one_answer(early: Desk) -> None:
    bid, key = str(uuid4()), str(uuid4())
    answers = [early.send(early.request(bid, key=key)) for _ in range(5)]
    assert {status for status, _ in answers} == {200}
    assert len({body for _, body in answers}) == 1
    assert early.rows(f"SELECT count(*) FROM sealed_bids WHERE bid_id = '{bid}'") == [(1,)]


def test_a_key_that_was_used_for_another_body_is_refused(early: Desk) -> None:
    bid, key = str(uuid4()), str(uuid4())
    assert early.send(early.request(bid, key=key))[0] == 200
    assert early.send(early.request(bid, key=key, lot="children"))[0] == 422
    assert early.rows(f"SELECT count(*) FROM sealed_bids WHERE bid_id = '{bid}'") == [(1,)]


def test_a_clock_that_is_set_back_while_a_request_arrives_saves_nothing(early: Desk) -> None:
    request, before = early.request(), early.rows("SELECT count(*) FROM sealed_bids")
    with closing(early.connect()) as client:
        client.sendall(request[:-1])
        time.sleep(0.3)  # so that the server has begun to read
        early.shift_clock(-10)
        client.sendall(request[-1:])
        answer = client.makefile("rb").read()
    early.shift_clock(10)
    assert b" 422 " in answer.partition(b"\r\n")[0]
    assert b"clock of the server was set back" in answer
    assert early.rows("SELECT count(*) FROM sealed_bids") == before


def test_a_clock_that_was_set_back_since_the_last_bid_takes_no_more_until_it_is_right_again(early: Desk) -> None:
    assert early.send(early.request())[0] == 200
    early.shift_clock(-60)
    status, answer = early.send(early.request())
    early.shift_clock(60)
    assert status == 422
    assert b"clock of the server was set back" in answer
    assert early.send(early.request())[0] == 200
