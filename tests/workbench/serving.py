"""A real server on a socket, with a desk for bids, its clock moved to the deadline of the tender it serves."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from uuid import uuid4

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from tests.workbench import databases
from tests.workbench.conftest import running
from tests.workbench.sealed import DEADLINE, a_sealed_world
from workbench.engine import engine_options, prepare

HERE = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys
from datetime import timedelta
from pathlib import Path
from tests.workbench import databases
from tests.workbench.web.desk import add_desk
from workbench import clock
import workbench.server as server
url, folder, bind, workers = sys.argv[1:5]
real, ahead = clock.now, Path(folder, "ahead")
clock.now = lambda: real() + timedelta(seconds=float(ahead.read_text()))
make = server.create_app
def with_desk(config):
    app = make(config)
    app.config["WTF_CSRF_ENABLED"] = False
    add_desk(app)
    return app
server.create_app = with_desk
server.Server(databases.a_config(url, Path(folder)), bind=bind, workers=int(workers)).run()
"""


@dataclass
class Desk:
    """A tender in a database of its own and the server in front of it; ``left`` seconds remain when it is made."""

    folder: Path
    left: float
    workers: int = 2
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.url = databases.sqlite_url(self.folder)
        with running(databases.a_config(self.url, self.folder)) as app, app.app_context():
            self.world = a_sealed_world()
            self.tender, self.officer = self.world.tender.id, self.world.actor("officer")
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.set_clock(self.left)

    def set_clock(self, left: float) -> None:
        """Have the server believe from now on that so many seconds are left."""
        self._put_ahead(DEADLINE - timedelta(seconds=left) - datetime.now(UTC))

    def shift_clock(self, seconds: float) -> None:
        """Set the server's clock forward, or back."""
        self._put_ahead(self.ahead + timedelta(seconds=seconds))

    def _put_ahead(self, ahead: timedelta) -> None:
        self.ahead = ahead
        (self.folder / "ahead.new").write_text(str(self.ahead.total_seconds()))
        (self.folder / "ahead.new").replace(self.folder / "ahead")

    def now(self) -> datetime:
        """Return the moment on the server's clock."""
        return datetime.now(UTC) + self.ahead

    def start(self) -> Desk:
        """Start the server and wait until it answers."""
        command = [sys.executable, "-c", PROGRAM, self.url, str(self.folder), f"127.0.0.1:{self.port}"]
        command.append(str(self.workers))
        environment = {**os.environ, "PYTHONPATH": str(HERE)}
        self.process = subprocess.Popen(
            command, cwd=HERE, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        for _ in range(600):
            if self.send(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")[0] == 200:
                return self
            time.sleep(0.05)
        raise AssertionError("the server did not start in 30 seconds")

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """End the server and its workers at once."""
        assert self.process is not None
        os.killpg(self.process.pid, how)
        self.process.wait(30)
        self.process = None

    def kill_worker(self) -> None:
        """End one worker at once, whatever it is doing; the server makes another."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        if children:
            os.kill(int(random.choice(children)), signal.SIGKILL)

    def __enter__(self) -> Desk:
        return self.start()

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self.process is not None:
            self.kill(signal.SIGTERM)

    def request(self, bid: str = "", version: int = 1, key: str = "", lot: str = "adult") -> bytes:
        """Write the request that submits a version of a bid."""
        body = f"_key={key or uuid4()}&version={version}&lot={lot}&_end=1"
        head = (
            f"POST /desk/{self.tender}/{bid or uuid4()} HTTP/1.1\r\nHost: localhost:{self.port}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
            "Connection: close\r\n\r\n"
        )
        return (head + body).encode()

    def connect(self) -> socket.socket:
        """Open a connection."""
        return socket.create_connection(("127.0.0.1", self.port), 30)

    def send(self, request: bytes) -> tuple[int, bytes]:
        """Send a request whole and return the status (0 where the server went away) and the body of the answer."""
        try:
            with closing(self.connect()) as client:
                client.sendall(request)
                answer = client.makefile("rb").read()
        except OSError:
            return 0, b""
        head, _, body = answer.partition(b"\r\n\r\n")
        return (int(head.split(b" ", 2)[1]), body) if body else (0, b"")

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        """Ask the database."""
        engine = prepare(create_engine(self.url, poolclass=NullPool, **engine_options(self.url)))
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement))]
