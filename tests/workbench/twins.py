"""Two installations alike but for a rival: what is in both, and what the rival does in one, by the services."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from lots.bid import Commitment, Party, Split
from lots.money import Money
from lots.organisation import Organisation
from lots.sealing import Sealing
from lots.submission import Answer, Binding, Contact, PriceEnvelope, Submission
from scoring.tender_file import TenderFile
from tests.scoring.checks import ready
from tests.workbench import databases
from tests.workbench.bidding import Tenderer
from tests.workbench.conftest import running
from tests.workbench.published import AT, World, without_memory
from tests.workbench.signing import signed_in
from workbench.app import Workbench
from workbench.audit import recorded
from workbench.db import db, new_id
from workbench.models.bids import DraftFileRecord, DraftRecord, PartnerLinkRecord
from workbench.models.publishing import PublicationRecord
from workbench.models.tenders import TenderRecord
from workbench.sealing import drafts
from workbench.sealing.age import new_identity
from workbench.services.bids import submissions
from workbench.store import Store

CANARIES = ("Zaunkoenigstift", "Wiedehopf answers", "4242424.42", "Kiebitz commitment", "kiebitz@harbour.example")
"""What stands in the rival's bid: its name, an answer, a price, a promise, an address."""
LATER = AT + timedelta(days=1)
RIVALS = ("draft", "partner", "file", "submitted", "replaced", "withdrawn")
TENDERER = "tenderer"
READERS = (
    TENDERER,
    "officer",
    "approver",
    "evaluator",
    "moderator",
    "finance",
    "opener",
    "auditor",
    "administrator",
    "nobody",
)


@dataclass
class Twin:
    """One of the two installations."""

    app: Workbench
    folder: Path
    tender_id: str
    people: dict[str, str]
    code: str = ""

    def client(self, who: str) -> FlaskClient:
        if who == TENDERER:
            return self.tenderer.client
        client = self.app.test_client() if who == "nobody" else signed_in(self.app, self.people[who])
        return without_memory(client)

    @property
    def tenderer(self) -> Tenderer:
        """Return the browser of the tenderer who is there in both worlds."""
        client = without_memory(self.app.test_client())
        client.set_cookie(f"bid_{self.tender_id[:8]}", self.code)
        return Tenderer(World(self.tender, {}), client)

    @property
    def tender(self) -> TenderRecord:
        return db.session.get_one(TenderRecord, self.tender_id)

    @property
    def publication(self) -> PublicationRecord:
        return db.session.get_one(PublicationRecord, self.tender_id)


# --- the base of both ---------------------------------------------------------------------------------------


def sealed_file() -> tuple[TenderFile, str]:
    """Make a file whose bids are received here, and the secret that opens them."""
    secret, recipient = new_identity()
    file = ready.file()
    return replace(file, tender=replace(file.tender, sealing=Sealing("server", server_recipient=recipient))), secret


def an_administrator(world: World) -> str:
    from tests.workbench import factories as rows

    return rows.a_user(world.tender.authority, "administrator", name="Gareth").fs_uniquifier


@contextmanager
def installation(folder: Path, url: str) -> Iterator[Workbench]:
    with running(databases.a_config(url, folder)) as app:
        yield app


# --- what the rival does ------------------------------------------------------------------------------------


def rival_acts(twin: Twin, upto: str, at: datetime) -> None:
    """Let a rival go as far as a state, by the services that its pages use, with words that nobody may find."""
    with twin.app.app_context():
        code, bid = drafts.new_code(), new_id()
        draft = _draft(twin, code, at)
        if upto == "partner":
            _partner(draft, at)
        if upto == "file":
            _file(twin, draft, at)
        if upto in ("submitted", "replaced", "withdrawn"):
            _submit(twin, bid, 1, at)
        if upto == "replaced":
            _submit(twin, bid, 2, at)
        if upto == "withdrawn":
            submissions.withdraw(twin.tender, twin.publication, bid, first_byte_at=at, last_byte_at=at, at=at)
            commit()


def _draft(twin: Twin, code: str, at: datetime) -> DraftRecord:
    draft_id = new_id()
    content = drafts.encrypt(code, draft_id, 1, " ".join(CANARIES).encode())
    row = DraftRecord(
        id=draft_id, tender_id=twin.tender_id, lookup=drafts.lookup_of(code), content=content, created_at=at,
        changed_at=at,
    )  # fmt: skip
    db.session.add(row)
    commit()
    return row


def _partner(draft: DraftRecord, at: datetime) -> None:
    secret = drafts.new_code()
    offer = drafts.encrypt(secret, draft.id, 1, CANARIES[2].encode())
    db.session.add(PartnerLinkRecord(draft_id=draft.id, lookup=drafts.lookup_of(secret), offer=offer, offered_at=at))
    commit()


def _file(twin: Twin, draft: DraftRecord, at: datetime) -> None:
    from io import BytesIO

    stored = Store(twin.folder / "store").seal(BytesIO(CANARIES[1].encode() * 99), new_identity()[1])
    db.session.add(
        DraftFileRecord(
            draft_id=draft.id, sealed_sha256=stored.sealed_sha256, sealed_size=stored.sealed_size, received_at=at
        )
    )
    commit()


def _submit(twin: Twin, bid: str, version: int, at: datetime) -> None:
    rules = twin.publication
    lot = next(iter(twin_file(rules).tender.contract_lots))
    bound = Binding(twin.tender_id, lot.id, bid, version, rules.rule_set, rules.sha256)
    name, words, price, promise, email = CANARIES
    years = lot.term.years if lot.term else 1
    submission = Submission(
        bound,
        organisations=(Organisation("rival", name),),
        parties=(Party("rival", "lead", work=words),),
        contacts=(Contact(name, "rival", email=email),),
        answers=(Answer("delivery", words * 40),),
        commitments=(Commitment("Work", promise, "people", _decimal("7")),),
    )
    prices = (Money.parse(price),) * years
    money = PriceEnvelope(bound, prices, Split(prices, tuple(Money(0) for _ in prices)))
    submissions.submit(
        twin.tender, rules, submission, money, first_byte_at=at, last_byte_at=at, at=at, code=drafts.new_code()
    )
    commit()


def twin_file(publication: PublicationRecord) -> TenderFile:
    from workbench.queries.publishing import rules_in_force

    return rules_in_force(publication)


def _decimal(text: str) -> Any:
    from decimal import Decimal

    return Decimal(text)


def commit() -> None:
    recorded().clear()
    db.session.commit()
