"""Where the files that travel with the code lie, in a checkout as in an installed wheel."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).resolve().parent
DEMO = "avon_and_somerset.json"
TEMPLATE = "victim_services_template.json"


def template_folder() -> Path:
    """Find the templates: inside this package in a wheel, beside it in a checkout or an editable install.

    By path, because an editable install knows no package called ``workbench.templates``.
    """
    installed = HERE / "templates"
    return installed if installed.is_dir() else HERE.parent / "templates"


def demo_file() -> Path:
    """Find the demonstration case, a ``tender-file/1`` document."""
    return HERE / "demo" / DEMO


def answers_file() -> Path:
    """Find what the bids of the demonstration case say: made-up answers, by bid and award criterion."""
    return HERE / "demo" / "answers.json"


def template_file() -> Path:
    """Find the template “victim services, 3 lots”, a ``tender-file/1`` document without figures."""
    return HERE / "demo" / TEMPLATE
