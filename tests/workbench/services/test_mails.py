"""The outbox: each mail wanted once, sent with patience, and never lost by who is cut off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from workbench.db import db
from workbench.models.bids import MailRecord
from workbench.services import mails
from workbench.services.mails import PAUSES, Sent

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TO = "finance@harbour.example"


class Post:
    """What sends mails in a test: keeps them, or fails as often as told."""

    def __init__(self, failures: int = 0, fault: type[BaseException] = OSError) -> None:
        self.sent: list[tuple[str, str, str, str]] = []
        self.failures, self.fault = failures, fault

    def __call__(self, *mail: str) -> None:
        if self.failures:
            self.failures -= 1
            raise self.fault("no")
        self.sent.append(mail)  # type: ignore[arg-type]


def asked(about: str = "notice:1", at: datetime = AT) -> bool:
    new = mails.want(about, TO, "Its rules have changed", "Read it.", at=at)
    db.session.commit()
    return new


def send(post: Post, at: datetime = AT) -> Sent:
    return mails.send_waiting(post, now=lambda: at)


def test_a_mail_is_wanted_once_for_what_it_is_about_and_whom_it_goes_to(db_session: scoped_session) -> None:
    assert [asked(), asked(), asked("notice:2")] == [True, False, True]
    post = Post()
    assert send(post) == Sent(sent=2)
    assert [mail[:3] for mail in post.sent] == [(TO, "Its rules have changed", "Read it.")] * 2


def test_a_mail_that_was_sent_is_not_sent_again_and_its_text_is_forgotten(db_session: scoped_session) -> None:
    asked()
    send(Post())
    assert (send(Post(), AT + timedelta(days=9)), asked()) == (Sent(), False)
    assert db_session.scalars(select(MailRecord.text)).all() == [""]


def test_a_mail_that_fails_is_tried_again_after_a_growing_pause(db_session: scoped_session) -> None:
    asked()
    post, at = Post(failures=2), AT
    for pause in PAUSES[:2]:
        assert send(post, at) == Sent(failed=1)
        assert send(post, at + pause - timedelta(seconds=1)) == Sent()
        at += pause
    assert send(post, at) == Sent(sent=1)


def test_a_mail_is_given_up_after_its_last_try(db_session: scoped_session) -> None:
    asked()
    post, at, seen = Post(failures=99), AT, []
    for pause in PAUSES:
        seen.append(send(post, at))
        at += pause
    assert seen == [Sent(failed=1)] * (len(PAUSES) - 1) + [Sent(given_up=1)]
    assert send(post, at + timedelta(days=99)) == Sent()


def test_who_is_cut_off_between_sending_and_noting_sends_again_under_the_same_number(
    db_session: scoped_session,
) -> None:
    asked()

    class CutOff(Post):
        def __call__(self, *mail: str) -> None:
            super().__call__(*mail)
            raise KeyboardInterrupt

    first, second = CutOff(), Post()
    with pytest.raises(KeyboardInterrupt):
        send(first)
    assert send(second) == Sent(), "the one that was cut off still has it"
    assert send(second, AT + PAUSES[0]) == Sent(sent=1)
    assert first.sent == second.sent


def test_two_workers_never_send_the_same_mail(db_session: scoped_session) -> None:
    asked()
    second = Post()

    class First(Post):
        def __call__(self, *mail: str) -> None:
            assert send(second) == Sent()
            super().__call__(*mail)

    first = First()
    assert (send(first), len(first.sent), second.sent) == (Sent(sent=1), 1, [])


def test_what_is_asked_for_and_then_undone_is_not_sent(db_session: scoped_session) -> None:
    mails.want("notice:1", TO, "Hello", "text", at=AT)
    db_session.rollback()
    assert send(Post()) == Sent()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Help\r\nBcc: x@evil.example", "Help Bcc: [address left out]"),
        ("<a href='http://evil.example'>Help</a>", "<a [address left out]"),
        ("See www.evil.example/x and evil.example", "See [address left out] and [address left out]"),
        ("Help\u2028for\x00victims\u202e", "Help for victims"),
        ("Victim services, St. Mary’s, lot 1.2 (e.g. 3.5 %)", "Victim services, St. Mary’s, lot 1.2 (e.g. 3.5 %)"),
        ("javascript:alert(1)//x", "javascript:alert(1)//x"),
    ],
)
def test_typed_words_in_a_mail_are_one_line_that_leads_nowhere(typed: str, words: str) -> None:
    assert mails.plain(typed) == words


def test_how_long_the_oldest_mail_waits_is_known(db_session: scoped_session) -> None:
    assert mails.oldest_waiting(AT) == timedelta()
    asked()
    asked("notice:2", AT + timedelta(minutes=3))
    assert mails.oldest_waiting(AT + timedelta(minutes=5)) == timedelta(minutes=5)
