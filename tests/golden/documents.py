"""The documents of the demo whose text and bytes are kept: ``python -m tests.golden.documents`` writes them anew.

Write them anew only after looking at the pages: a changed digest says that what tenderers are sent has changed.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path

from pdfminer.high_level import extract_text

from exports import tender_file
from exports.documents import Printable
from exports.names import file_name
from exports.notices.award_notice import award_notices
from exports.notices.letters import letters
from exports.reports.certificate import compliance_certificate
from exports.reports.decision_record import decision_record
from scoring.recommendation import Evaluation, evaluate
from workbench.paths import demo_file
from workbench.printing import print_document

HERE = Path(__file__).resolve().parent
DIGESTS = HERE / "digests.json"
CERTIFICATES = ("adult-brunel",)
LETTERS = ("adult-02-", "cyp-02-", "cyp-05-", "isva-03-")


def demo() -> Evaluation:
    """Evaluate the demo case."""
    file, findings = tender_file.read(demo_file().read_bytes())
    assert file is not None, findings
    return evaluate(file)


def kept(evaluation: Evaluation) -> Iterator[Printable]:
    """Choose the documents that are kept: one of each kind, and the letters with a story of their own."""
    yield award_notices(evaluation)[0]
    yield from (letter for letter in letters(evaluation) if file_name(letter).startswith(LETTERS))
    yield decision_record(evaluation)
    yield from (compliance_certificate(evaluation.file, bid) for bid in CERTIFICATES)


def words(pdf: bytes) -> str:
    """Return the text of a PDF, one line a line, without trailing blanks."""
    lines = (line.rstrip() for line in extract_text(io.BytesIO(pdf)).splitlines())
    return "\n".join(line for line in lines if line) + "\n"


def printed() -> dict[str, bytes]:
    """Print every kept document, by file name."""
    return {file_name(document): print_document(document) for document in kept(demo())}


def main() -> None:
    """Write the texts and digests anew."""
    made = printed()
    for old in HERE.glob("*.txt"):
        old.unlink()
    for name, pdf in made.items():
        (HERE / name).with_suffix(".txt").write_text(words(pdf), encoding="utf-8")
    digests = {name: hashlib.sha256(pdf).hexdigest() for name, pdf in made.items()}
    DIGESTS.write_text(json.dumps(digests, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
