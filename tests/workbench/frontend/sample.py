"""A small application that shows every layout, macro and state once; the pages of the workbench are made of these."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from flask import Flask, Response, current_app, flash, jsonify, render_template, request
from flask_wtf import CSRFProtect, FlaskForm
from govuk_frontend_wtf.main import WTFormsHelpers
from govuk_frontend_wtf.wtforms_widgets import (
    GovCharacterCount,
    GovCheckboxesInput,
    GovCheckboxInput,
    GovDateInput,
    GovFileInput,
    GovPasswordInput,
    GovRadioInput,
    GovSelect,
    GovTextArea,
    GovTextInput,
)
from jinja2 import ChoiceLoader, DictLoader
from wtforms import (
    BooleanField,
    DateField,
    FileField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired

from lots.errors import Finding
from lots.money import Money
from tests.browser import CONTENT_POLICY
from workbench.web.pages import init_pages

LOTS = [SelectChoice("cyp", "Children and young people"), SelectChoice("adult", "Adults")]
NEEDED = [InputRequired("Say something here")]


class EveryField(FlaskForm):
    """Each widget once, all of them required, the choices without a description."""

    title = StringField("Title", NEEDED, widget=GovTextInput(), description="As it is printed in the notice")
    secret = PasswordField("Passphrase", NEEDED, widget=GovPasswordInput())
    reasons = TextAreaField("Reasons", NEEDED, widget=GovTextArea())
    summary = TextAreaField("Summary", NEEDED, widget=GovCharacterCount())
    closing = DateField("Closing date", NEEDED, format="%d %m %Y", widget=GovDateInput(), description="27 3 2026")
    lot = SelectField("Lot", NEEDED, choices=[SelectChoice("", "Choose a lot"), *LOTS], widget=GovSelect())
    regime = RadioField("Regime", NEEDED, choices=LOTS, widget=GovRadioInput())
    lots = SelectMultipleField("Shared with", NEEDED, choices=LOTS, widget=GovCheckboxesInput())
    sure = BooleanField("I have read the conflict rules", NEEDED, widget=GovCheckboxInput())
    annex = FileField("Annex", NEEDED, widget=GovFileInput())


SAVED = {"saved": True, "at": "2026-07-06T09:00:00Z", "version": 2, "key": "k2"}
FINDINGS = [
    Finding("note", "A lead keeps more than 80% of the Adult lot in the example", severity="note"),
    Finding("short", "The weights of quality add up to 95%, not 100%", figures=(("sum", "95%"), ("short", "5%"))),
    Finding("social", "Social value weighs 5%; the policy is 10%", severity="warning"),
]


def linked(finding: Finding) -> dict[str, Any]:
    return {
        "severity": finding.severity,
        "message": finding.message,
        "href": "#title" if finding.severity == "error" else "",
    }


def sample_values(stage: str, ready: bool) -> dict[str, Any]:
    """What the sample page shows: the Avon and Somerset budget (CYP 250,000; Adult 738,000; ISVA 990,000)."""
    groups = [
        {"title": "Basics and regime", "href": "/sample", "done": True, "findings": []},
        {"title": "Criteria", "href": "/sample", "done": True, "findings": [] if ready else [*map(linked, FINDINGS)]},
        {"title": "Timetable", "href": "/sample", "done": ready, "findings": []},
    ]
    return {
        "stage": stage,
        "readiness": groups,
        "findings_list": FINDINGS,
        "trail": [
            {"text": "Avon and Somerset", "href": "/sample"},
            {"text": "Victim services 2026", "href": "/sample"},
            {"text": "Adult lot"},
        ],
        "columns": [
            ("Lot", "text"),
            ("Budget a year", "money"),
            ("Term, years", "number"),
            ("Most that may be spent", "money"),
        ],
        "rows": [
            (
                {"text": "Children and young people", "href": "/sample"},
                Money.pounds(250_000),
                7,
                Money.pounds(1_750_000),
            ),
            ("Adults", Money(73_800_050), 7, Money.pounds(5_166_000)),
            ("Independent sexual violence advisers", Money.pounds(990_000), 7, None),
        ],
        "total": ("All lots", Money(197_800_050), "", None),
        "parts": [
            {"label": "Lead", "percent": Decimal("54.5"), "figure": "£402,210"},
            {"label": "By-and-for partner", "percent": Decimal("33.25"), "figure": "£245,385"},
            {"label": "Fee", "percent": Decimal("6"), "figure": "£44,280"},
        ],
        "cards": [
            {"name": "Indicative budget a year", "figure": "£738,000"},
            {"name": "Base contract value", "figure": "£3,690,000", "note": "5 years"},
            {"name": "Gap to the funding stack", "figure": "−£475.98", "note": "£475.98 short", "wrong": True},
        ],
        "notices": [
            {"title": "Change 1: the closing date moves", "when": "12:00 BST on Monday 6 July 2026", "text": "Later."},
            {"title": "Change 2: one anchor is reworded", "when": "", "text": "Level 3 of safeguarding."},
        ],
        "diff_parts": [("same", "Close on "), ("deleted", "3 July"), ("inserted", "10 July"), ("same", " 2026.")],
        "facts": [
            {"term": "Closing", "value": datetime(2026, 7, 6, 11, tzinfo=UTC), "href": "/sample"},
            {"term": "Contract begins", "value": date(2026, 10, 1), "href": ""},
        ],
    }


def sample_app() -> Flask:
    """The application: /sample (stage, told, ready as queries), /autosave, /errors/<code>; with a strict policy."""
    app = Flask(__name__, static_folder=None)
    app.config.update(SECRET_KEY="only for this test", TESTING=True)
    CSRFProtect(app)
    init_pages(app)
    WTFormsHelpers(app)
    assert app.jinja_loader is not None
    app.jinja_loader = ChoiceLoader([app.jinja_loader, DictLoader(PAGES)])
    app.context_processor(furniture)
    app.after_request(with_policy)
    app.add_url_rule("/", "home", lambda: render_template("public.html"))
    app.add_url_rule("/sample", "sample", show_sample, methods=["GET", "POST"])
    app.add_url_rule("/errors/<int:code>", "errors", show_error)
    app.add_url_rule("/autosave", "autosave", autosave, methods=["GET", "POST"])
    app.extensions["replies"] = []
    app.extensions["heard"] = []
    return app


def furniture() -> dict[str, Any]:
    return {
        "viewer": {"name": "Priya Natarajan"} if request.args.get("signed") != "no" else None,
        "sign_in_url": "/sample",
        "sign_out_url": "/sample",
        "navigation": [
            {"text": "Tenders", "href": "/sample", "current": True},
            {"text": "Calendar", "href": "/sample"},
            {"text": "People", "href": "/sample"},
        ],
        "footer_links": [
            {"text": word, "href": "/"} for word in ("Accessibility", "Security", "Privacy", "What this is")
        ],
    }


def with_policy(reply: Response) -> Response:
    reply.headers["Content-Security-Policy"] = CONTENT_POLICY
    return reply


def show_sample() -> str:
    form = EveryField()
    if request.method == "POST":
        form.validate_on_submit()
    if request.args.get("told"):
        flash("The criteria are saved.", "success")
        flash("Two bids arrived.", "note")
    values = sample_values(request.args.get("stage", "published"), bool(request.args.get("ready")))
    return render_template("sample.html", form=form, **values)


def show_error(code: int) -> str:
    texts = [{"name": "Reasons", "yours": "The lead keeps 60%.", "saved": "The lead keeps 55%.\nThe fee is 6%."}]
    texts = [] if "moved" in request.args else texts
    return render_template(
        f"errors/{code}.html",
        texts=texts,
        saved_by="Sam Okafor",
        saved_when="12:05",
        findings=FINDINGS,
        request_id="a1b2",
    )


def autosave() -> Any:
    if request.method == "GET":
        return render_template("autosave.html", saves=len(current_app.extensions["heard"]))
    current_app.extensions["heard"].append((request.headers.get("X-Autosave"), request.form.to_dict()))
    status, told = current_app.extensions["replies"].pop(0) if current_app.extensions["replies"] else (200, SAVED)
    return jsonify(told), status


PAGES = {
    "public.html": """{% extends "layouts/public.html" %}{% from "macros/words.html" import page_title %}
{% block heading %}{{ page_title("Victim services 2026", "AS-2026-014") }}{% endblock %}
{% block content %}<p class="govuk-body">Three lots.</p>{% endblock %}""",
    "sample.html": """{% extends "layouts/officer.html" %}
{% from "macros/words.html" import page_title, cards as figure_cards, notices as notice_list %}
{% from "macros/tables.html" import money_table, definition_rows %}
{% from "macros/findings.html" import findings %}
{% from "macros/changes.html" import diff %}
{% from "macros/drawings.html" import split_bar %}
{% from "macros/forms.html" import hidden, actions %}
{% block title %}Adult lot{% endblock %}
{% block heading %}{{ page_title("Adult lot", "AS-2026-014") }}{% endblock %}
{% block content %}
{{ figure_cards(cards) }}
{{ money_table("Lots and money", columns, rows, total) }}
{{ findings(findings_list) }}
<h2 class="govuk-heading-m">Example split</h2>
{{ split_bar(parts, "Example split") }}
{{ definition_rows([{"term": facts[0].term, "value": facts[0].value | instant, "href": facts[0].href},
                    {"term": facts[1].term, "value": facts[1].value | day}]) }}
<h2 class="govuk-heading-m">Changes</h2>
{{ diff(diff_parts) }}
{{ notice_list(notices) }}
<form method="post" novalidate enctype="multipart/form-data">
{{ hidden(form) }}
{% for field in form if field.widget.input_type != "hidden" %}
{{ field(params={"maxwords": 200}) if field.name == "summary" else field() }}
{% endfor %}
{{ actions(back_url="/sample") }}
</form>
{% endblock %}""",
    "autosave.html": """{% extends "layouts/officer.html" %}
{% from "macros/words.html" import page_title %}{% from "macros/forms.html" import saving, live_sum, actions %}
{% block heading %}{{ page_title("Weights") }}{% endblock %}
{% block content %}<form method="post" action="/autosave" data-autosave novalidate>
<input type="hidden" name="csrf_token" value="{{ csrf_token() }}"><input type="hidden" name="_version" value="1">
<input type="hidden" name="_key" value="k1">
{% for name in ("quality", "price", "social") %}
<div class="govuk-form-group"><label class="govuk-label" for="{{ name }}">{{ name | capitalize }}</label>
<input class="govuk-input govuk-input--width-4" id="{{ name }}" name="{{ name }}" data-sum="weights" value=""></div>
{% endfor %}
{{ live_sum("weights", "") }}<div id="rail" class="govuk-body" data-live>Saves: {{ saves }}</div>
{{ saving() }}{{ actions() }}</form>{% endblock %}""",
}
