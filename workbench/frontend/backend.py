"""The build backend (PEP 517): setuptools, after the style sheet and the scripts have been made.

A wheel, an editable install and a source distribution all carry the made files, so that making a wheel out of a
source distribution asks npm for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from setuptools import build_meta

from workbench.frontend import assets

Settings = Mapping[str, Any] | None

prepare_metadata_for_build_wheel = build_meta.prepare_metadata_for_build_wheel
prepare_metadata_for_build_editable = build_meta.prepare_metadata_for_build_editable


def get_requires_for_build_wheel(config_settings: Settings = None) -> list[str]:
    """Say what a wheel needs to be built."""
    return [*build_meta.get_requires_for_build_wheel(config_settings), *assets.needs()]


def get_requires_for_build_editable(config_settings: Settings = None) -> list[str]:
    """Say what an editable install needs."""
    return [*build_meta.get_requires_for_build_editable(config_settings), *assets.needs()]


def get_requires_for_build_sdist(config_settings: Settings = None) -> list[str]:
    """Say what a source distribution needs."""
    return [*build_meta.get_requires_for_build_sdist(config_settings), *assets.needs()]


def build_wheel(wheel_directory: str, config_settings: Settings = None, metadata_directory: str | None = None) -> str:
    """Make the assets, then the wheel."""
    assets.make()
    return str(build_meta.build_wheel(wheel_directory, config_settings, metadata_directory))


def build_editable(
    wheel_directory: str, config_settings: Settings = None, metadata_directory: str | None = None
) -> str:
    """Make the assets, then the editable install."""
    assets.make()
    return str(build_meta.build_editable(wheel_directory, config_settings, metadata_directory))


def build_sdist(sdist_directory: str, config_settings: Settings = None) -> str:
    """Make the assets, then the source distribution."""
    assets.make()
    return str(build_meta.build_sdist(sdist_directory, config_settings))
