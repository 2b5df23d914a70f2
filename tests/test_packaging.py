"""The distribution is whole: what is on disk is in the wheel, and the wheel runs far from its checkout."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from configparser import ConfigParser
from pathlib import Path
from zipfile import ZipFile

import pytest
from uv import find_uv_bin

import workbench
from workbench.paths import demo_file, template_folder

ROOT = Path(__file__).resolve().parent.parent
CODE = ("exports", "lots", "scoring", "workbench")
LEFT_BEHIND = shutil.ignore_patterns(
    ".*", "__pycache__", "*.pyc", "*.egg-info", "build", "dist", "out", "node_modules", "tests"
)


def setup_cfg() -> ConfigParser:
    parser = ConfigParser()
    parser.read(ROOT / "setup.cfg", "utf-8")
    return parser


def words(option: str, group: str = "options") -> list[str]:
    """The lines of a setup.cfg option, comments left out."""
    lines = [line.strip() for line in setup_cfg()[group][option].splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def packages_on_disk(root: Path) -> set[str]:
    """Every folder with an ``__init__.py`` under the four layers; templates/, as soon as it holds a file."""
    markers = [marker for layer in CODE for marker in (root / layer).rglob("__init__.py")]
    folders = {".".join(marker.parent.relative_to(root).parts) for marker in markers}
    mapped = any(path.is_file() for path in (root / "templates").rglob("*"))
    return folders | ({"workbench.templates"} if mapped else set())


def travelling_files(root: Path) -> set[str]:
    """What a wheel must hold: each file of the layers and of templates/, under its name there."""
    files = [path for folder in (*CODE, "templates") for path in (root / folder).rglob("*") if path.is_file()]
    names = {path.relative_to(root).as_posix() for path in files if path.suffix != ".pyc"}
    return {f"workbench/{name}" if name.startswith("templates/") else name for name in names}


def contents(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def name_of(requirement: str) -> str:
    """The distribution a line asks for, spelled as in the pins: ``pdfminer.six >= 1`` → ``pdfminer-six``."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\s<>=!~;\[]", requirement)[0]).lower()


def call(*command: str | Path, cwd: Path) -> str:
    """Run a command to its end and give what it printed; fail with all of it where it fails."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=clean,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, f"{command} gave {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built through an sdist from a copy of this checkout as it stands."""
    copy = tmp_path_factory.mktemp("source") / "check out"
    shutil.copytree(ROOT, copy, ignore=LEFT_BEHIND)
    call(find_uv_bin(), "build", "--quiet", "-b", "constraints.txt", "--out-dir", "built", cwd=copy)
    (built,) = (copy / "built").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts of a virtual environment with nothing in it but the wheel and what it asks for."""
    home = tmp_path_factory.mktemp("elsewhere") / "venv"
    call(find_uv_bin(), "venv", "--quiet", "--python", sys.executable, home, cwd=ROOT)
    command = (find_uv_bin(), "pip", "install", "--quiet", "--python", home, "-c", "constraints.txt", wheel)
    call(*command, cwd=ROOT)
    return home / "bin"


def test_every_package_on_disk_is_listed() -> None:
    assert set(words("packages")) == packages_on_disk(ROOT)


def test_an_unlisted_folder_would_be_noticed(tmp_path: Path) -> None:
    (tmp_path / "workbench" / "policies").mkdir(parents=True)
    (tmp_path / "workbench" / "policies" / "__init__.py").touch()
    assert packages_on_disk(tmp_path) - set(words("packages")) == {"workbench.policies"}


def test_every_folder_of_code_has_its_init() -> None:
    found = (path for layer in CODE for path in (ROOT / layer).rglob("*.py"))
    folders = {path.parent for path in found if path.parent.name != "static"}  # what is there is sent, not imported
    assert [str(folder) for folder in folders if not (folder / "__init__.py").is_file()] == []


def test_the_version_is_said_once_in_two_places() -> None:
    assert setup_cfg()["metadata"]["version"] == workbench.__version__


def test_pip_finds_the_build_backend_that_makes_the_style_sheet() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["build-system"]
    assert (build["build-backend"], build["backend-path"]) == ("workbench.frontend.backend", ["."])
    assert (ROOT / "workbench" / "frontend" / "backend.py").is_file()


def test_every_requirement_is_pinned_and_no_pin_names_an_address() -> None:
    pins = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    asked = [*words("install_requires"), *words("test", group="options.extras_require")]
    asked += words("bench", group="options.extras_require")
    assert [pin for pin in pins if not re.fullmatch(r"[a-z0-9-]+==[\w.]+", pin)] == []
    assert {name_of(line) for line in asked} - {name_of(pin) for pin in pins} == set()


def test_templates_and_the_demo_are_found_in_a_checkout() -> None:
    assert template_folder() == ROOT / "templates"
    assert demo_file().is_file()


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_the_four_layers_and_the_templates(wheel: Path) -> None:
    inside = {name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert inside == travelling_files(ROOT)


@pytest.mark.slow
def test_the_installed_wheel_finds_its_templates_and_its_demo(installed: Path) -> None:
    ask = "from workbench import paths; print(paths.demo_file(), paths.template_folder(), sep='\\n')"
    demo, templates = map(Path, call(installed / "python", "-c", ask, cwd=Path("/")).splitlines())
    assert demo.is_relative_to(installed.parent)
    assert demo.read_bytes() == demo_file().read_bytes()
    assert contents(templates) == contents(template_folder())


@pytest.mark.slow
def test_the_installed_command_says_what_it_can_do(installed: Path) -> None:
    said = call(installed / "workbench", "--help", cwd=Path("/"))
    assert {"demo", "evaluate", "check-split", "standstill", "verify"} <= set(said.split())


@pytest.mark.slow
def test_the_installed_demo_writes_its_documents_far_from_any_checkout(installed: Path, tmp_path: Path) -> None:
    out = tmp_path / "decision pack"
    said = call(installed / "workbench", "demo", "--no-serve", "--out", out, cwd=Path("/"))
    assert "Avon" in said
    assert list(out.rglob("*.pdf")) != []
