"""Whether the application lives, whether it is ready, and its figures: for machines, and only the first two for all."""

from __future__ import annotations

import hmac
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

from flask import Blueprint, Flask, Response, abort, current_app, g, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from sqlalchemy import or_, select, text
from sqlalchemy.exc import SQLAlchemyError

from lots.errors import ProcurementError
from workbench import clock, engine, upgrade
from workbench.config import LOOPBACK, Config, secrets_in
from workbench.db import db
from workbench.models.audit import ChainRecord
from workbench.services.mails import oldest_waiting
from workbench.web import logs
from workbench.web.access import open_to_all

health = Blueprint("health", __name__)
LEAST_FREE = 0.2  # of the disk
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""The methods counted by name: anybody can make up others, and each name counted stays in memory."""
_EARLIEST = 2026  # a clock that says less was never set


class Metrics:
    """The figures of one application: requests by route and status, and how long they took."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        names = ("method", "route", "status")
        self.requests = Counter("workbench_requests", "Requests answered", names, registry=self.registry)
        self.seconds = Histogram("workbench_seconds", "Seconds to an answer", ("route",), registry=self.registry)

    def count(self, response: Response) -> Response:
        """Count an answer; by rule, so that the figures name no tender and no person."""
        route = logs.route()
        method = request.method if request.method in METHODS else "other"
        self.requests.labels(method, route, str(response.status_code)).inc()
        if "begun" in g:
            self.seconds.labels(route).observe(perf_counter() - g.begun)
        return response


def init_metrics(app: Flask) -> None:
    """Count every answer of ``app``."""
    app.extensions["workbench_metrics"] = metrics = Metrics()
    app.after_request(metrics.count)


@health.get("/livez")
@open_to_all
def livez() -> ResponseReturnValue:
    """Say that the process answers; touches neither disk nor database."""
    return jsonify(alive=True)


@health.get("/readyz")
@open_to_all
def readyz() -> ResponseReturnValue:
    """Say whether everything a request needs is there; each check by name, 503 if one fails."""
    found = {name: _passes(check) for name, check in CHECKS.items()}
    return jsonify(ready=all(found.values()), checks=found), 200 if all(found.values()) else 503


@health.get("/metrics")
@open_to_all
def metrics() -> ResponseReturnValue:
    """Print the figures, to this machine or to who holds the token; for anybody else there is no such page."""
    if not _may_read_metrics():
        abort(404)
    extra = "".join(f"# TYPE {name} gauge\n{name} {value}\n" for name, value in _gauges())
    held: Metrics = current_app.extensions["workbench_metrics"]
    return Response(generate_latest(held.registry) + extra.encode(), mimetype=CONTENT_TYPE_LATEST)


def _may_read_metrics() -> bool:
    token = _config().metrics_token
    if token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), token.encode())
    # A request that came by a proxy comes from everywhere.
    return request.remote_addr in LOOPBACK and "X-Forwarded-For" not in request.headers


def _gauges() -> Iterator[tuple[str, int]]:
    # Drafts and bids have chains of their own: counting them would tell how many there are.
    counted = or_(ChainRecord.name.startswith("tender:"), ChainRecord.name.startswith("authority:"))
    lengths = db.session.scalars(select(ChainRecord.length).where(counted)).all()
    yield "workbench_chains", len(lengths)
    yield "workbench_events", sum(lengths)
    yield "workbench_mail_seconds", int(oldest_waiting(clock.now()).total_seconds())
    if _config().is_sqlite:
        log = Path(f"{db.engine.url.database}-wal")
        yield "workbench_wal_bytes", log.stat().st_size if log.exists() else 0


def _passes(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (ProcurementError, OSError, SQLAlchemyError):
        return False


def _database() -> bool:
    engine.check(db.engine)
    return db.session.scalar(text("SELECT 1")) == 1


def _disk() -> bool:
    usage = shutil.disk_usage(_config().data)
    with tempfile.TemporaryFile(dir=_config().data) as file:
        file.write(b"1")
    return usage.free >= LEAST_FREE * usage.total


def _migrated() -> bool:
    return upgrade.is_current(db.engine)


def _clock() -> bool:
    return clock.now().year >= _EARLIEST


def _keys() -> bool:
    return secrets_in(_config().data) == _config().secrets


def _config() -> Config:
    config: Config = current_app.config["WORKBENCH"]
    return config


CHECKS: dict[str, Callable[[], bool]] = {
    "database": _database,
    "tables": _migrated,
    "disk": _disk,
    "clock": _clock,
    "keys": _keys,
}
