"""Asking the service over the network: what a yes is, and that every other answer is a no with a reason."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from workbench import probing


class Service(BaseHTTPRequestHandler):
    """Answers as its server was told, and notes under which name it was asked."""

    def do_GET(self) -> None:
        self.server.seen.append((self.path, self.headers["Host"]))  # type: ignore[attr-defined]
        self.send_response(self.server.status)  # type: ignore[attr-defined]
        if self.server.status == 302:  # type: ignore[attr-defined]
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        """Stay silent."""


@pytest.fixture
def service() -> Iterator[HTTPServer]:
    made = HTTPServer(("127.0.0.1", 0), Service)
    made.status, made.seen = 200, []  # type: ignore[attr-defined]
    thread = Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def url_of(service: HTTPServer) -> str:
    return f"http://127.0.0.1:{service.server_port}"


def test_a_ready_service_takes_bids_and_is_asked_under_its_own_name(service: HTTPServer) -> None:
    assert probing.ask(url_of(service), "https://tenders.example") == ""
    assert service.seen == [("/readyz", "tenders.example")]  # type: ignore[attr-defined]


@pytest.mark.parametrize("status", [503, 500, 404, 302, 204])
def test_any_other_answer_is_a_no(service: HTTPServer, status: int) -> None:
    service.status = status  # type: ignore[attr-defined]
    assert probing.ask(url_of(service), "https://tenders.example") == f"it answered {status}"
    assert len(service.seen) == 1  # type: ignore[attr-defined]


def test_a_service_that_is_not_there_is_a_no() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert probing.ask(f"http://127.0.0.1:{port}", "http://localhost") == "no connection: ConnectionRefusedError"


def test_a_service_that_does_not_answer_is_a_no_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        assert probing.ask(url, "http://localhost") == "it did not answer within 0.2 seconds"


def test_the_environment_sends_the_question_nowhere_else(service: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert probing.ask(url_of(service), "http://localhost") == ""
