"""Inside the application, too, imports go one way: pages over forms, services and queries, those over tables."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# What each room of the application may not know. ``web.writing`` is the border itself: it says what a request carries.
CLOSED = {
    "models": {"queries", "services", "forms", "web", "commands", "policies", "audit"},
    "queries": {"services", "forms", "web", "commands"},
    "services": {"forms", "web", "commands"},
    "forms": {"services", "web", "commands", "models"},
    "web": {"commands", "demo"},
}
CLOCK = {"workbench/clock.py"}


def modules_of(source: str) -> Iterator[str]:
    """Name every module of the application that a file imports, wherever the import stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module == "workbench":
            yield from (f"workbench.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def strays(room: str, path: str, source: str) -> list[str]:
    """List the imports of a file that its room is closed to."""
    known = (name.split(".") for name in modules_of(source))
    return [
        f"{path} imports {'.'.join(name)}"
        for name in known
        if name[0] == "workbench" and name[1:2] != [] and name[1] in CLOSED[room]
    ]


@pytest.mark.parametrize("room", CLOSED)
def test_a_room_of_the_application_imports_only_what_lies_below_it(room: str) -> None:
    files = sorted((ROOT / "workbench" / room).rglob("*.py"))
    assert files
    assert [stray for file in files for stray in strays(room, str(file.relative_to(ROOT)), file.read_text())] == []


def test_the_guard_sees_a_query_that_calls_a_service() -> None:
    assert strays("queries", "q.py", "def f():\n    from workbench.services import tenders") == [
        "q.py imports workbench.services"
    ]
    assert strays("queries", "q.py", "from workbench import services") == ["q.py imports workbench.services"]
    assert strays("queries", "q.py", "from workbench.models import tenders") == []


def test_services_and_queries_are_told_the_time() -> None:
    rooms = ("models", "queries", "services", "forms")
    files = [file for room in rooms for file in (ROOT / "workbench" / room).rglob("*.py")]
    reading = [str(file) for file in files if "workbench.clock" in set(modules_of(file.read_text()))]
    assert reading == []
