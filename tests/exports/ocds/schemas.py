"""The published schemas of OCDS with the extensions used here, where a copy of them is at hand."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator, FormatChecker

# A folder of schema files: named by the variable, or beside the project. The project carries no copies.
_BESIDE = Path(__file__).resolve().parents[3].parent / "shared" / "ocds"
FOLDER = Path(os.environ.get("WORKBENCH_OCDS_SCHEMA") or _BESIDE)
EXTENSIONS = ("lots", "bid", "subcontracting", "awardCriteriaBreakdown", "uk")


def merged(target: Any, patch: Any) -> Any:
    """Apply a JSON merge patch (RFC 7396)."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


@cache
def release_validator() -> Draft4Validator:
    """Put the release schema together with its extensions; skips the test that asks where there is none."""
    if not (FOLDER / "release-schema.json").is_file():
        pytest.skip("no copy of the OCDS schemas: name its folder in WORKBENCH_OCDS_SCHEMA")
    schema = json.loads((FOLDER / "release-schema.json").read_text("utf-8"))
    for name in EXTENSIONS:
        schema = merged(schema, json.loads((FOLDER / f"{name}_extension.json").read_text("utf-8")))
    return Draft4Validator(schema, format_checker=FormatChecker())


@cache
def package_validator() -> Draft4Validator:
    """Make the validator of a package, apart from the releases in it (they refer to a schema on the network)."""
    release_validator()
    schema = json.loads((FOLDER / "release-package-schema.json").read_text("utf-8"))
    schema["properties"]["releases"]["items"] = {"type": "object"}
    return Draft4Validator(schema, format_checker=FormatChecker())


def problems(release: Any) -> list[str]:
    """List what the schema has against a release, with the path of each."""
    found = release_validator().iter_errors(release)
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in found]
