"""What README.md and docs/ name is there: files, folders, packages; the examples on them are run by other tests."""

from __future__ import annotations

import re
from configparser import ConfigParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
LARGEST_PICTURE = 150 * 1024


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).is_file()] == []


def test_every_page_is_a_link_away_from_the_first() -> None:
    first = (ROOT / "README.md").read_text("utf-8")
    assert [page.name for page in PAGES[1:] if f"docs/{page.name}" not in first] == []


def test_every_file_that_the_architecture_names_is_there() -> None:
    named = re.findall(r"`((?:[a-z_]+/)+[a-z_*]+(?:\.py|/))[`:]", ARCHITECTURE)
    assert len(named) > 20
    rooms = ("", "workbench", "workbench/web")
    assert [it for it in named if not any(list(ROOT.joinpath(room).glob(it)) for room in rooms)] == []


def test_every_folder_of_the_pure_rooms_has_its_idea() -> None:
    folders = [f"{room}/{it.parent.name}/" for room in ("lots", "scoring", "exports") for it in packages(room)]
    assert [it for it in folders if f"| `{it}` |" not in ARCHITECTURE] == []
    assert "exports/ocds/" in folders


def test_every_package_that_is_installed_has_its_reason() -> None:
    settings = ConfigParser()
    settings.read(ROOT / "setup.cfg", "utf-8")
    needed = re.findall(r"^[\w.-]+", settings["options"]["install_requires"], re.MULTILINE)
    table = ARCHITECTURE[ARCHITECTURE.index("## What it stands on") :]
    listed = {name.strip() for row in re.findall(r"^\| ([^|*]+) \|", table, re.MULTILINE) for name in row.split(",")}
    assert sorted(listed - {"package", "---"}) == sorted(needed)


def test_pictures_are_small() -> None:
    assert [it.name for it in (ROOT / "docs").glob("*.png") if it.stat().st_size > LARGEST_PICTURE] == []


def packages(room: str) -> list[Path]:
    return sorted((ROOT / room).glob("*/__init__.py"))
