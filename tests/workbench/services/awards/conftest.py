"""The evaluated case for the services of the decision."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workbench.evaluated import evaluated
from tests.workbench.published import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """The case, ready to be recommended."""
    with evaluated(tmp_path) as (_, found):
        yield found
