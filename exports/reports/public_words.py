"""Words that are going to be published: no unsuccessful tenderer, partner of one or panel member may be named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lots.errors import Finding
from scoring.decision import AwardDecision
from scoring.recommendation import Evaluation

_LEGAL_FORMS = re.compile(
    r"[\s,]+(?:limited|ltd|plc|llp|lp|cic|c\.i\.c|cio|community interest company|limited liability partnership)\.?$",
    re.IGNORECASE,
)


def texts_of(award: AwardDecision) -> Iterator[tuple[str, str]]:
    """Yield every text of an award decision that is published, with its place in the file."""
    for name in (
        "title", "decision_maker", "power", "summary", "background", "outcomes", "process", "equality",
        "data_protection", "risk", "consultation", "social_value", "interests", "plan_link", "exempt_reason",
        "significance",
    ):  # fmt: skip
        yield f"award.{name}", getattr(award, name)
    for at, option in enumerate(award.options):
        yield f"award.options[{at}]", option
    for at, paper in enumerate(award.papers):
        yield f"award.papers[{at}]", paper
    for name, comment in (("finance", award.finance), ("legal", award.legal)):
        yield f"award.{name}.text", comment.text
    for at, condition in enumerate(award.conditions):
        yield f"award.conditions[{at}].title", condition.title
    for at, item in enumerate(award.withheld):
        yield f"award.withheld[{at}].topic", item.topic
        yield f"award.withheld[{at}].ground", item.ground


def name_findings(evaluation: Evaluation, texts: Iterable[tuple[str, str]]) -> Iterator[Finding]:
    """Find every name in published words that belongs to the exempt part, and name the field it stands in."""
    names = tuple(unpublished_names(evaluation))
    for place, text in texts:
        for name, who in names:
            if _stands_in(name, text):
                message = f"This published text names {name}, {who}: say it without the name, or in the exempt part"
                yield Finding("public_text_names_unsuccessful", message, place)


def unpublished_names(evaluation: Evaluation) -> Iterator[tuple[str, str]]:
    """Yield the names that a public document may not contain, with who each is.

    Whoever leads or takes part in a successful bid is public; signatories are not hidden by sitting on the panel.
    """
    file = evaluation.file
    won = {found.winner.bid.id for found in evaluation.recommendations if found.winner}
    public = {party.organisation for bid in file.bids if bid.id in won for party in bid.parties}
    leads = {bid.tenderer for bid in file.bids}
    named = {party.organisation for bid in file.bids for party in bid.parties}
    for organisation in file.organisations:
        if organisation.id in named - public and organisation.name.strip():
            who = "an unsuccessful tenderer" if organisation.id in leads else "a partner in an unsuccessful tender"
            yield _LEGAL_FORMS.sub("", organisation.name.strip()), who
    signing = {person.name for person in file.award.signatories} if file.award else set()
    for member in file.panel:
        if member.name.strip() and member.name not in signing:
            yield member.name.strip(), "a member of the panel"


def _stands_in(name: str, text: str) -> bool:
    """Say whether a name stands in a text as whole words; a single word only as it is written."""
    words = r"\s+".join(map(re.escape, name.split()))
    flags = re.IGNORECASE if " " in name else re.NOFLAG
    return re.search(rf"(?<!\w){words}(?!\w)", text, flags) is not None
