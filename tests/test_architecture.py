"""The house keeps its shape: who imports whom, what the pure layers may touch, how long things grow.

Each guard is a function from a source text to the sentences it complains with; it is run over the whole tree,
and over a bad text, which it must refuse.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ("lots", "scoring", "exports", "workbench")
PURE = ("lots", "scoring")

# What each layer may import besides itself and the standard library.
ALLOWED = {
    "lots": {"holidays"},
    "scoring": {"lots", "numpy", "scipy"},
    "exports": {
        "lots", "scoring",
        "altair", "font_source_sans_pro", "pikepdf", "pydyf", "python_calamine", "vl_convert", "weasyprint",
        "xlsxwriter",
    },
    "workbench": {
        "lots", "scoring", "exports",
        "alembic", "click", "cryptography", "email_validator", "flask", "flask_limiter", "flask_login", "flask_mail",
        "flask_migrate",
        "flask_security", "flask_sqlalchemy", "flask_wtf", "govuk_frontend_wtf", "gunicorn", "huey", "itsdangerous",
        "jinja2", "limits", "markupsafe", "passlib", "prometheus_client", "psycopg", "puremagic", "pyrage", "pysqlite3",
        "qrcode", "setuptools", "sqlalchemy", "structlog", "werkzeug", "wtforms",
    },
}  # fmt: skip

# The pure layers are given what they judge: no clock, no chance, no file, no process, no network.
NOT_PURE = {
    "asyncio", "concurrent", "ctypes", "ftplib", "getpass", "glob", "http", "importlib", "io", "locale",
    "logging", "mmap", "multiprocessing", "os", "pathlib", "pickle", "platform", "random", "secrets",
    "shelve", "shutil", "signal", "socket", "sqlite3", "ssl", "subprocess", "sys", "tempfile", "threading",
    "time", "urllib", "uuid",
}  # fmt: skip
CLOCK_READINGS = {"now", "utcnow", "today"}
IMPURE_CALLS = {"open", "input", "print", "eval", "exec", "__import__", "breakpoint"}

# Evidence beside the decision, never the decision: here alone floats and seeded chance are allowed. How firm a result
# is and how well evaluators agree is explored in floats; nothing that decides imports either, and a test looks.
EVIDENCE = ("scoring/assurance/", "scoring/agreement.py")

LONGEST_FILE = 400
LONGEST_FUNCTION = 40
FOREIGN_WORDS = {"vendor", "vendors", "proposal", "proposals"}

Guard = Callable[[str, str], list[str]]


# ------------------------------------------------------------------------------------------------ the guards


@cache
def parsed(source: str) -> ast.Module:
    """Parse once for all guards."""
    return ast.parse(source)


def imported(source: str, path: str) -> Iterator[str]:
    """Every module a file imports, wherever in it the import stands, relative ones as the layer's own."""
    for node in ast.walk(parsed(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ([path.split("/")[0]] if node.level else [f"{node.module}.{name.name}" for name in node.names])


def stray_imports(path: str, source: str) -> list[str]:
    """Imports against the direction of the layers."""
    layer = path.split("/")[0]
    fine = ALLOWED[layer] | {layer} | (sys.stdlib_module_names - NOT_PURE if layer in PURE else sys.stdlib_module_names)
    return [f"{path} imports {name}" for name in imported(source, path) if name.split(".")[0] not in fine]


def impure_acts(path: str, source: str) -> list[str]:
    """Readings of the clock, of chance and of files in the pure layers."""
    found = []
    for node in ast.walk(parsed(source)):
        if isinstance(node, ast.Attribute) and node.attr in CLOCK_READINGS:
            found.append(f"{path}:{node.lineno} reads the clock with .{node.attr}")
        if isinstance(node, ast.Attribute) and node.attr == "random" and not path.startswith(EVIDENCE):
            found.append(f"{path}:{node.lineno} draws by chance")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in IMPURE_CALLS:
            found.append(f"{path}:{node.lineno} calls {node.func.id}()")
    return found


def floats(path: str, source: str) -> list[str]:
    """Binary fractions where a decision is made."""
    found = []
    for node in ast.walk(parsed(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            found.append(f"{path}:{node.lineno} writes the float {node.value}")
        if isinstance(node, ast.Call):
            called, *given = [getattr(part, "id", "") for part in (node.func, *node.args[:1])]
            if called == "float" or ("float" in given and called != "isinstance"):
                found.append(f"{path}:{node.lineno} converts to float")
    return [] if path.startswith(EVIDENCE) else found


def too_long(path: str, source: str) -> list[str]:
    """Files over 400 lines; functions over 40, their docstring not counted; not the steps that a program writes."""
    if path.startswith("workbench/migrations/versions/"):
        return []
    lines = len(source.splitlines())
    found = [f"{path} has {lines} lines"] if lines > LONGEST_FILE else []
    for node in ast.walk(parsed(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1 - docstring_lines(node)
            if length > LONGEST_FUNCTION and not path.startswith("tests/"):
                found.append(f"{path}:{node.lineno} {node.name} has {length} lines")
    return found


def docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[0]
    return (first.end_lineno or 0) - first.lineno + 1 if ast.get_docstring(node) else 0


def undocumented(path: str, source: str) -> list[str]:
    """Modules that do not say what they are for; an empty ``__init__.py`` under tests/ needs no words."""
    marker = path.startswith("tests/") and path.endswith("__init__.py")
    return [] if marker or ast.get_docstring(parsed(source)) else [f"{path} has no docstring"]


def foreign_names(path: str, source: str) -> list[str]:
    """Identifiers in words that are not this trade's: we say tenderer, bid and lot."""
    found = []
    for node in ast.walk(parsed(source)):
        name = getattr(node, "name", None) or getattr(node, "arg", None) or getattr(node, "attr", None)
        name = node.id if isinstance(node, ast.Name) else name
        if isinstance(name, str) and FOREIGN_WORDS & set(re.findall(r"[a-z]+", name.lower())):
            found.append(f"{path}:{getattr(node, 'lineno', 0)} is named {name}")
    return found


# Written in pieces, so that this file does not name what it forbids.
ELSEWHERE = re.compile(
    r"(?<![\w.])/work" + r"/(?:main|shared|\.lib)"
    r"|/tmp" + r"/(?:brief|bash_)"
    r"|\b(?:pypi|pythonhosted|npmjs|debian)" + r"\.(?:org|com)\b"
    r"|\bstr_replace" + r"_based\b|\bAnth" + r"ropic\b|\bClau" + r"de\b",
    re.IGNORECASE,
)


def workplace_words(path: str, text: str) -> list[str]:
    """Mentions of the place where the project was written, which mean nothing to its readers."""
    return [f"{path} mentions {match.group()}" for match in ELSEWHERE.finditer(text)]


def dead_references(path: str, text: str) -> list[str]:
    """Documents named in a text that are not in the project."""
    named = re.findall(r"(?<![\w/*-])([A-Za-z][\w-]*" + r"\.md)\b", text)
    return [f"{path} refers to {name}, which is not here" for name in named if name not in documents()]


# ---------------------------------------------------------------------------------------- what they look over

GENERATED = {"build", "dist", "out", "node_modules", "__pycache__"}
READABLE = {"", ".cfg", ".css", ".csv", ".html", ".json", ".md", ".py", ".toml", ".txt", ".xml", ".yml"}


@cache
def project_files() -> tuple[str, ...]:
    """Every text file of the project, as a path from its root; nothing hidden but .ci, nothing generated."""
    top = [entry for entry in ROOT.iterdir() if not entry.name.startswith(".") or entry.name == ".ci"]
    paths = [path for entry in top for path in ([entry] if entry.is_file() else entry.rglob("*")) if path.is_file()]
    names = sorted(path.relative_to(ROOT).as_posix() for path in paths if path.suffix in READABLE)
    return tuple(name for name in names if not GENERATED & set(name.split("/")) and ".egg-info/" not in name)


@cache
def documents() -> frozenset[str]:
    return frozenset(Path(name).name for name in project_files() if name.endswith(".md"))


def python_files(*layers: str) -> list[str]:
    return [name for name in project_files() if name.endswith(".py") and name.split("/")[0] in layers]


def complaints(guard: Guard, names: list[str] | tuple[str, ...]) -> list[str]:
    return [complaint for name in names for complaint in guard(name, (ROOT / name).read_text("utf-8"))]


# ---------------------------------------------------------------------------------------------- on the tree


def test_the_walk_sees_every_layer_and_these_very_tests() -> None:
    assert {name.split("/")[0] for name in python_files(*LAYERS, "tests")} == {*LAYERS, "tests"}
    assert "tests/test_architecture.py" in project_files()
    assert {"run", ".ci/run", "setup.cfg"} <= set(project_files())


def test_imports_go_one_way_only() -> None:
    assert complaints(stray_imports, python_files(*LAYERS)) == []


def test_lots_and_scoring_read_no_clock_no_file_and_no_dice() -> None:
    assert complaints(impure_acts, python_files(*PURE)) == []


def test_nothing_that_can_reach_a_decision_is_a_float() -> None:
    assert complaints(floats, python_files(*PURE)) == []


def test_nothing_that_decides_looks_at_the_evidence_beside_it() -> None:
    deciding = [name for name in python_files(*PURE) if not name.startswith(EVIDENCE)]
    read = {name: imported((ROOT / name).read_text("utf-8"), name) for name in deciding}
    evidence = ("scoring.assurance", "scoring.agreement")
    assert [name for name, them in read.items() if any(it.startswith(evidence) for it in them)] == []


def test_files_and_functions_stay_short() -> None:
    assert complaints(too_long, python_files(*LAYERS, "tests")) == []


def test_every_module_says_what_it_is_for() -> None:
    assert complaints(undocumented, python_files(*LAYERS, "tests")) == []


def test_names_are_of_this_trade() -> None:
    assert complaints(foreign_names, python_files(*LAYERS)) == []


def test_no_file_names_the_place_where_it_was_written() -> None:
    assert complaints(workplace_words, project_files()) == []


def test_every_document_that_is_named_exists() -> None:
    assert complaints(dead_references, project_files()) == []


def test_every_folder_of_tests_is_a_package() -> None:
    folders = {(ROOT / name).parent for name in python_files("tests")}
    assert [folder for folder in folders if not (folder / "__init__.py").is_file()] == []


# ------------------------------------------------------------------------------- the guards can fail, and do

LONG_FUNCTION = "def endless():\n" + "    pass\n" * 40
DOCUMENTED = 'def fine():\n    """One.\n' + "\n" * 30 + '    """\n' + "    pass\n" * 38

BAD = [
    (stray_imports, "lots/lot.py", "import numpy", "lots/lot.py imports numpy"),
    (stray_imports, "lots/a.py", "from scoring.scale import Scale", "lots/a.py imports scoring.scale.Scale"),
    (stray_imports, "lots/lot.py", "def f():\n    import os.path", "lots/lot.py imports os.path"),
    (stray_imports, "scoring/price.py", "import flask", "scoring/price.py imports flask"),
    (stray_imports, "scoring/price.py", "from time import time", "scoring/price.py imports time.time"),
    (stray_imports, "scoring/price.py", "import importlib", "scoring/price.py imports importlib"),
    (stray_imports, "exports/a.py", "from workbench import paths", "exports/a.py imports workbench.paths"),
    (stray_imports, "exports/pdf.py", "import openpyxl", "exports/pdf.py imports openpyxl"),
    (stray_imports, "workbench/cli.py", "import tests.factories", "workbench/cli.py imports tests.factories"),
    (stray_imports, "workbench/cli.py", "import pandas", "workbench/cli.py imports pandas"),
    (impure_acts, "lots/a.py", "datetime.now()", "lots/a.py:1 reads the clock with .now"),
    (impure_acts, "lots/a.py", "f(default=date.today)", "lots/a.py:1 reads the clock with .today"),
    (impure_acts, "scoring/a.py", "numpy.random.rand()", "scoring/a.py:1 draws by chance"),
    (impure_acts, "scoring/a.py", "open('bids.json')", "scoring/a.py:1 calls open()"),
    (floats, "scoring/a.py", "x = 0.5", "scoring/a.py:1 writes the float 0.5"),
    (floats, "scoring/a.py", "x = 1e3", "scoring/a.py:1 writes the float 1000.0"),
    (floats, "lots/a.py", "float(price)", "lots/a.py:1 converts to float"),
    (floats, "lots/a.py", "list(map(float, prices))", "lots/a.py:1 converts to float"),
    (too_long, "lots/a.py", LONG_FUNCTION, "lots/a.py:1 endless has 41 lines"),
    (too_long, "tests/a.py", "\n" * 401, "tests/a.py has 401 lines"),
    (undocumented, "lots/a.py", "x = 1", "lots/a.py has no docstring"),
    (foreign_names, "lots/a.py", "def rank_vendors(): ...", "lots/a.py:1 is named rank_vendors"),
    (foreign_names, "lots/a.py", "def rank(*, proposal): ...", "lots/a.py:1 is named proposal"),
    (workplace_words, "a.txt", "see /work" + "/shared/x", "a.txt mentions /work" + "/shared"),
    (workplace_words, "a.txt", "from pypi" + ".org", "a.txt mentions pypi" + ".org"),
    (dead_references, "a.py", "as nowhere" + ".md says", "a.py refers to nowhere" + ".md, which is not here"),
]  # fmt: skip

GOOD = [
    (stray_imports, "lots/a.py", "from zoneinfo import ZoneInfo\nimport holidays\nfrom .money import Money"),
    (stray_imports, "exports/a.py", "import os, weasyprint\nfrom lots.money import Money"),
    (floats, "lots/a.py", "def f(x: float) -> bool:\n    return isinstance(x, float)"),
    (floats, "scoring/assurance/draws.py", "x = 0.5"),
    (too_long, "lots/a.py", DOCUMENTED),
    (too_long, "tests/a.py", LONG_FUNCTION),
    (undocumented, "tests/lots/__init__.py", ""),
    (foreign_names, "lots/a.py", "both = left.intersection(right)"),
    (workplace_words, "a.txt", "hours/work" + "/shared costs, homework, Debian, the network"),
]


@pytest.mark.parametrize(("guard", "path", "source", "complaint"), BAD)
def test_a_guard_names_the_file_and_the_fault(guard: Guard, path: str, source: str, complaint: str) -> None:
    assert guard(path, source) == [complaint]


@pytest.mark.parametrize(("guard", "path", "source"), GOOD)
def test_a_guard_leaves_good_work_alone(guard: Guard, path: str, source: str) -> None:
    assert guard(path, source) == []
