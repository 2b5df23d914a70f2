"""The evaluated case with its pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workbench.evaluated import evaluated
from tests.workbench.published import World
from workbench.app import Workbench

Running = tuple[Workbench, World]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """The application and the case, ready to be recommended; a demonstration asks for no password again."""
    with evaluated(tmp_path, demo=True) as found:
        yield found
