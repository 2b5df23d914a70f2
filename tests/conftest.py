"""Settings that every test shares."""

from __future__ import annotations

import os

from hypothesis import settings

from tests.browser import chromium

__all__ = ["chromium"]  # one browser for the whole run: a second tool beside it cannot start

settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")
