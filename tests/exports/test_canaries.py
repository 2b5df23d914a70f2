"""Every outward document holds its own tenderer's words and nobody else's: in its text, its attachments, its metadata.

Everything that anybody typed about one bid, organisation or person carries a token of its own; each printed PDF is read
back whole (text, attachments, metadata) and may hold only the tokens that its reader is owed.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cache

import pikepdf
import pytest

from exports.documents import Printable
from exports.notices.award_notice import award_notices
from exports.notices.letters import letters
from exports.ocds.awards import award_release
from exports.ocds.numbers import to_json
from exports.reports.certificate import compliance_certificate
from exports.reports.decision_record import decision_record
from lots.bid import Commitment
from lots.organisation import Identifier
from lots.regime import Regime
from scoring.decision import LetterText
from scoring.recommendation import Evaluation, evaluate
from scoring.tender_file import TenderFile
from tests import factories
from tests.exports.notices.letter_cases import fit_file
from tests.exports.ocds.test_awards import FACTS
from tests.exports.pdf_text import words_of
from workbench.printing import print_document

ACT, PCR = Regime.PA2023_LIGHT_TOUCH, Regime.PCR2015_LIGHT_TOUCH
WINNERS = {"adult": "adult-harbour", "children": "children-beacon"}
TOKEN = re.compile(r"zq[a-z]+?zq")


def token(kind: str, about: str) -> str:
    """Make a word that stands nowhere else: ``zqreasonadultharbourzq``."""
    return f"zq{kind}{re.sub('[^a-z]', '', about)}zq"


@cache
def marked(regime: Regime) -> Evaluation:
    """Evaluate the small file with a token in every text that is about one bid, organisation or person."""
    file = fit_file(regime)
    assert file.award is not None
    words = tuple(LetterText(bid, token("advantages", bid), token("feedback", bid)) for bid in factories.BIDS)
    return evaluate(
        replace(
            file,
            award=replace(file.award, letters=words),
            organisations=tuple(replace(
                each, contact=token("contact", each.id), address=(token("street", each.id), "Westmere"),
                email=f"{token('mail', each.id)}@{each.id}.example",
                identifiers=(Identifier("GB-CHC", token("number", each.id)),),
            ) for each in file.organisations),
            bids=tuple(replace(
                each,
                parties=tuple(replace(party, work=token("work", each.id)) for party in each.parties),
                commitments=(Commitment(token("outcome", each.id), token("metric", each.id), "hours", Decimal(3)),),
            ) for each in file.bids),
            agreed_scores=tuple(replace(
                each, reason=f"{token('reason', each.bid)} is said on page 4.",
                why_not_higher=each.why_not_higher and token("higher", each.bid),
                evidence=tuple(replace(it, quote=token("quote", each.bid)) for it in each.evidence),
            ) for each in file.agreed_scores),
            score_sheets=tuple(replace(each, scores=tuple(
                replace(it, strengths=token("strength", each.bid), weaknesses=token("weakness", each.evaluator))
                for it in each.scores
            )) for each in file.score_sheets),
            panel=tuple(replace(each, name=token("panel", each.id)) for each in file.panel),
        )
    )  # fmt: skip


def tokens_in(document: Printable) -> set[str]:
    """Return the tokens that a printed document holds anywhere."""
    data = print_document(document)
    with pikepdf.open(io.BytesIO(data)) as read:
        inside = [each.get_file().read_bytes().decode("utf-8", "replace") for each in read.attachments.values()]
        about = f"{read.docinfo} {read.open_metadata()}"
    return set(TOKEN.findall("".join((re.sub(r"\s", "", words_of(data)), *inside, about))))


def owed(file: TenderFile, bid_id: str, *kinds: str) -> set[str]:
    """Return the tokens about a bid that its own tenderer may read."""
    bid = next(each for each in file.bids if each.id == bid_id)
    of_bid = {token(kind, bid_id) for kind in kinds}
    return of_bid | {token(kind, party.organisation) for party in bid.parties for kind in _ORGANISATION}


_ORGANISATION = ("contact", "street", "mail", "number")
_OWN = ("reason", "higher", "quote", "work", "outcome", "metric", "feedback", "advantages")


@pytest.mark.parametrize("regime", [ACT, PCR])
def test_each_letter_holds_its_own_tenderer_s_words_and_no_other_s(regime: Regime) -> None:
    found = marked(regime)
    for letter in letters(found):
        own, winner = letter.head.bid, WINNERS[letter.head.lot_id]
        allowed = owed(found.file, own, *_OWN) | ({token("reason", winner)} if regime is ACT else set())
        held = tokens_in(letter)
        assert held - allowed == set(), letter.head.number
        assert {token("reason", own), token("feedback", own), token("higher", own)} <= held


@pytest.mark.parametrize("regime", [ACT, PCR])
def test_each_notice_to_a_winner_holds_its_own_words_and_no_other_s(regime: Regime) -> None:
    found = marked(regime)
    for notice in award_notices(found):
        held = tokens_in(notice)
        assert held - owed(found.file, notice.head.bid, *_OWN) == set()
        assert {token("reason", notice.head.bid), token("work", notice.head.bid)} <= held


def test_each_certificate_holds_its_own_words_and_no_other_s() -> None:
    file = marked(PCR).file
    for bid in file.bids:
        held = tokens_in(compliance_certificate(file, bid.id))
        assert held - owed(file, bid.id, *_OWN) == set()
        assert token("work", bid.id) in held


def test_the_decision_record_holds_no_loser_s_words_and_no_panel_member() -> None:
    found = marked(PCR)
    allowed = {token("number", "harbour"), token("number", "beacon")}
    assert tokens_in(decision_record(found)) - allowed == set()


def test_open_data_for_everybody_holds_what_is_public_of_winners_and_nothing_of_losers() -> None:
    found = marked(ACT)
    text = to_json(award_release(found, FACTS))
    held = set(TOKEN.findall(text if isinstance(text, str) else text.decode()))
    winners = {token(kind, name) for name in ("harbour", "rowan", "beacon", "quayside") for kind in _ORGANISATION}
    works = {token(kind, bid) for bid in WINNERS.values() for kind in ("work", "outcome", "metric")}
    assert held - winners - works == set()


def test_metadata_say_what_a_document_is_and_nothing_about_who_made_it() -> None:
    for document in _one_of_each(marked(PCR)):
        with pikepdf.open(io.BytesIO(print_document(document))) as read:
            said = {str(name): str(value) for name, value in read.docinfo.items()}
        assert set(said) <= {"/Title", "/Author", "/Subject", "/Producer", "/Creator", "/CreationDate", "/ModDate"}
        assert said["/Author"] == document.head.buyer.name
        assert f"{document.head.dated:%Y%m%d}" in said["/CreationDate"]
        assert re.search(r"/(?:home|root|tmp|work|usr)/|localhost", json.dumps(said)) is None


def _one_of_each(found: Evaluation) -> Iterator[Printable]:
    yield letters(found, "adult")[0]
    yield award_notices(found, "adult")[0]
    yield decision_record(found)
