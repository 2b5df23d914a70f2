"""A list of findings cut short is as grave as what it lists and leaves out."""

from exports.codec.strict_json import capped
from lots.errors import Finding, Severity


def many(severity: Severity, count: int) -> tuple[Finding, ...]:
    return tuple(Finding("code", f"number {i}", severity=severity) for i in range(count))


def test_warnings_alone_however_many_stop_nothing() -> None:
    found = capped(many("warning", 300))
    assert (len(found), found[-1].code, found[-1].severity) == (201, "and_more", "warning")


def test_one_error_among_them_does() -> None:
    found = capped((*many("warning", 300), *many("error", 1)))
    assert (found[0].severity, found[-1].severity) == ("error", "error")
    assert capped(found)[-1].severity == "error"
