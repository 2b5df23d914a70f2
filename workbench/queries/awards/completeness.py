"""How far the decision is written: what each document still lacks, sorted to the page and field that mends it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from lots.errors import Finding
from scoring.decision import AwardDecision, LetterText
from scoring.recommendation import Evaluation
from workbench.queries.awards.drafting import letter_bids
from workbench.queries.awards.lacks import Paper, later_of, papers_of
from workbench.queries.awards.paper import LETTER, PAGES, PaperPart

LETTERS: Final = "letters"
ELSEWHERE: Final = "elsewhere"
TITLES: Final[Mapping[str, str]] = {
    "decision": "The decision", "background": "Background and process", "advice": "Money, law and risk",
    "people": "People and interests", "publication": "Public and exempt", "conditions": "Signatures and conditions",
    "days": "The days", "notice": "Contract award notice",
    LETTERS: "Letters to unsuccessful tenderers", ELSEWHERE: "Mended elsewhere",
}  # fmt: skip
WORDS: Final[Mapping[str, str]] = {
    "decision": "Reference, who decides and by what power, the decision in one paragraph",
    "background": "Why, what it means for victims, the options, the procurement in ten lines",
    "advice": "What the chief finance officer and the monitoring officer say; risk",
    "people": "Equality, data protection, consultation, social value, interests declared",
    "publication": "What is published, what is not, and on which ground",
    "conditions": "Who signs, what has to be provided first, whom tenderers may ask",
    "days": "When it is signed, when the letters are sent and the notices published",
    "notice": "What the notice asks for and nothing else here holds; its data sheet",
    LETTERS: "What the successful tender had over theirs, and what would have scored higher",
    ELSEWHERE: "Scores, reasons and addresses are not written here",
}  # fmt: skip
_PAGE_OF: Final = {field: page for page, fields in PAGES.items() for field in fields}
_CONTROLS: Final = {"papers": "papers", "process": "procurement"}
_FIELD: Final = re.compile(r"award\.(?P<field>\w+)(?:\[(?P<at>\d+)\])?(?:\.(?P<inner>\w+))?")


@dataclass(frozen=True)
class Lack:
    """One thing that is missing: the page and field that mend it; ``bid`` where that is a letter's page."""

    finding: Finding
    page: str
    field: str = ""
    bid: str = ""


@dataclass(frozen=True)
class State:
    """How far the decision is: every document with what it lacks, and every lack with the place to mend it."""

    papers: tuple[Paper, ...]
    lacks: tuple[Lack, ...]
    saved: frozenset[str]

    def of(self, page: str, bid: str = "") -> tuple[Lack, ...]:
        """Return the lacks that one page mends."""
        return tuple(each for each in self.lacks if each.page == page and bid in ("", each.bid))


def state_of(evaluation: Evaluation, parts: Mapping[str, PaperPart]) -> State:
    """Build every document of the decision as it stands, and sort what they lack."""
    award = evaluation.file.award
    assert award is not None
    award = with_letters(award, (own.bid.id for _, own in letter_bids(evaluation)))
    tried = replace(evaluation, file=replace(evaluation.file, award=award))
    papers = (*papers_of(tried), *later_of(tried))
    findings = dict.fromkeys(finding for paper in papers for finding in paper.lacks)
    return State(papers, tuple(_lack(finding, award) for finding in findings), frozenset(parts))


def with_letters(award: AwardDecision, bids: Iterable[str]) -> AwardDecision:
    """Give every letter a place in the decision, so that what it lacks has a path of its own."""
    written = {each.bid for each in award.letters}
    return replace(award, letters=(*award.letters, *(LetterText(bid) for bid in bids if bid not in written)))


def _lack(finding: Finding, award: AwardDecision) -> Lack:
    found = _FIELD.fullmatch(finding.place)
    if found is None:
        return Lack(finding, ELSEWHERE)
    field, at, inner = found["field"], found["at"], found["inner"] or ""
    if field == LETTERS:
        return Lack(finding, LETTERS, inner, award.letters[int(at)].bid)
    if field == "notice":
        return Lack(finding, field, inner)
    if inner == "signed_on":
        return Lack(finding, "days", f"signed-{at}-signed_on")
    return Lack(finding, _PAGE_OF.get(field, ELSEWHERE), _control(field, at, inner))


def _control(field: str, at: str | None, inner: str) -> str:
    """Name the control of a page's form that holds a field of the decision."""
    if field in _CONTROLS:
        return _CONTROLS[field]
    if at is None:
        return f"{field}_{inner}" if inner else field
    return f"{field}-{at}-{inner or 'text'}"


def part_name(page: str, bid: str = "") -> str:
    """Name the part of the paper that a page writes."""
    return f"{LETTER}{bid}" if bid else page
