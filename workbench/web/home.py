"""The first page, and what every page links to at its foot: how far it can be trusted, read and checked."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from workbench import clock
from workbench.countdown import left
from workbench.queries import home as cast_reads
from workbench.queries import publishing
from workbench.receipts_key import current_signer
from workbench.web import access
from workbench.web.access import open_to_all
from workbench.web.sessions import IDLE, LONGEST

home = Blueprint("home", __name__)
NEWEST = 5
"""Published tenders named on the first page."""
ABOUT = {
    "checking": "How to check the numbers",
    "accessibility": "Accessibility",
    "privacy": "Privacy",
    "security": "Security",
    "sealing": "How bids are kept sealed",
}
"""The pages under ``/about/`` by their address, in the order of the foot of each page."""


@home.app_context_processor
def foot() -> dict[str, Any]:
    """Give every page the address of the first one and the links at its foot."""
    links = [{"text": text, "href": url_for("home.about", name=name)} for name, text in ABOUT.items()]
    return {"home_url": url_for("home.front"), "footer_links": links}


@home.get("/")
@open_to_all
def front() -> ResponseReturnValue:
    """Lead who is signed in to the tenders; tell anybody else what this is."""
    if access.actor() is not None:
        return redirect(url_for("tenders.index"), 303)
    rows, count = publishing.published_tenders(most=NEWEST)
    people = cast_reads.cast() if current_app.config["WORKBENCH"].demo else ()
    return render_template("home.html", rows=rows, count=count, people=people, left=left, at=clock.now())


@home.get("/about/<name>")
@open_to_all
def about(name: str) -> ResponseReturnValue:
    """Show one of the pages about the workbench itself."""
    if name not in ABOUT:
        abort(404)
    minutes, hours = (int(span.total_seconds()) // unit for span, unit in ((IDLE, 60), (LONGEST, 3600)))
    return render_template(
        f"about/{name}.html", about_title=ABOUT[name], minutes=minutes, hours=hours,
        receipt_key=current_signer().public,
    )  # fmt: skip
