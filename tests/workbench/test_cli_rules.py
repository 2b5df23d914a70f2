"""``workbench verify`` on the published methodology: the rules inside it and their fingerprint."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

from exports import tender_file
from exports.reports.methodology import MethodologyAnnex, methodology_annex
from exports.rule_changes import rule_set_digest
from tests.workbench.running import run
from workbench.paths import demo_file
from workbench.printing import print_document

FILE, _ = tender_file.check(demo_file().read_bytes())


def annex() -> MethodologyAnnex:
    assert FILE is not None
    return methodology_annex(FILE, dated=date(2024, 5, 15))


def test_the_rules_inside_a_methodology_are_read_and_their_fingerprint_comes_out(tmp_path: Path) -> None:
    assert FILE is not None
    printed = tmp_path / "methodology-1.pdf"
    printed.write_bytes(print_document(annex()))
    found = run("verify", printed)
    assert found.exit_code == 0
    assert f"match: {printed} (AS-VS-2025), rules {rule_set_digest(FILE)}" in found.output


def test_rules_that_were_written_in_another_way_have_not_the_published_fingerprint(tmp_path: Path) -> None:
    (held,) = annex().attachments
    other = replace(held, data=json.dumps(json.loads(held.data), indent=1).encode())
    printed = tmp_path / "methodology-1.pdf"
    printed.write_bytes(print_document(replace(annex(), attachments=(other,))))
    found = run("verify", printed)
    assert found.exit_code == 1
    assert "the fingerprint of the rules: the document says" in found.output
