"""The rehearsal of a lot: its rules tried out on made-up bids, as a page and as a PDF that can be checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, abort, g, render_template, request
from flask.typing import ResponseReturnValue

from exports.documents import IncompleteDocument
from exports.reports.rehearsal import rehearsal_report
from lots.calendar import london
from lots.errors import Finding
from scoring.figures import Rounding
from scoring.rehearsal.outcome import Rehearsal, RoundRow
from scoring.rehearsal.report import rehearse_with
from scoring.rehearsal.settings import BIDS, ROUNDS, PriceSpread, RehearsalError, Settings
from scoring.tender_file import TenderFile
from workbench import clock
from workbench.policies import Permission
from workbench.printing import print_document
from workbench.queries.tenders import Draft, draft_of
from workbench.web.access import requires
from workbench.web.tenders import pages

_USUAL = {"seed": 1, "rounds": ROUNDS, "bids": BIDS, "lowest": PriceSpread().lowest, "highest": PriceSpread().highest}
_NAMES = {
    "seed": "Seed", "rounds": "Rounds", "bids": "Bids in each round", "lowest": "Lowest price, % of the budget",
    "highest": "Highest price, % of the budget",
}  # fmt: skip
_TWO = Rounding(2)
_LONGEST = 15  # digits of a number in the address


@dataclass(frozen=True)
class Asked:
    """What the address asks for: the texts as typed, and the settings they make, or what is wrong with them."""

    typed: dict[str, str]
    settings: Settings | None
    wrong: dict[str, str]

    @property
    def arguments(self) -> dict[str, str]:
        """Return the arguments for the address of the same rehearsal."""
        return {name: text for name, text in self.typed.items() if text != str(_USUAL[name]) or name == "seed"}


@pages.get("/tenders/<tender_id>/rehearsal/<key>/")
@requires(Permission.TENDER_REHEARSE)
def rehearsal(tender_id: str, key: str) -> ResponseReturnValue:
    """Hold a rehearsal and show what it finds."""
    draft, asked = _lot(key), _asked()
    result, lacking = _held(draft.file, key, asked)
    method = draft.file.methodology_for(key) if draft.file else None
    return render_template(
        "tenders/rehearsal.html", tender=g.tender, key=key, title=draft.part("lot", key).content["title"], asked=asked,
        result=result, lacking=lacking, names=_NAMES, method=method, rows=rows_of, marks=_marks,
        tallest=max((band.bids for band in result.bands), default=0) if result else 0,
        another=str(int(asked.settings.seed) + 1) if asked.settings else "1",
    )  # fmt: skip


@pages.get("/tenders/<tender_id>/rehearsal/<key>/report.pdf")
@requires(Permission.TENDER_REHEARSE)
def rehearsal_pdf(tender_id: str, key: str) -> ResponseReturnValue:
    """Print the same rehearsal; the PDF holds the rules, the seed and the settings, by which it can be checked."""
    draft, asked = _lot(key), _asked()
    result, _ = _held(draft.file, key, asked)
    if result is None or draft.file is None:
        abort(404)
    try:
        data = print_document(rehearsal_report(draft.file, result, dated=london(clock.now()).date()))
    except IncompleteDocument:
        abort(404)
    answer = Response(data, mimetype="application/pdf")
    name = f"rehearsal-seed-{result.settings.seed}.pdf"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def rows_of(rows: tuple[RoundRow, ...]) -> list[list[Any]]:
    """Lay the bids of a round out as cells of a table."""
    return [
        [
            f"Bid {row.bid}", row.price, _marks(row.scored), _marks(row.price_marks), _marks(row.total),
            row.rank if row.rank else "out",
        ]
        for row in rows
    ]  # fmt: skip


def _marks(figure: Any) -> str | None:
    return None if figure is None else _TWO.text(figure)


def _lot(key: str) -> Draft:
    draft = draft_of(g.tender)
    if not draft.part("lot", key).content:
        abort(404)
    return draft


def _asked() -> Asked:
    """Read the settings from the address; a box left empty means the usual."""
    typed = {name: request.args.get(name, "").strip() or str(usual) for name, usual in _USUAL.items()}
    wrong = {
        name: f"“{text[:20]}” is not a whole number: write it like {_USUAL[name]}"
        for name, text in typed.items()
        if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST)
    }
    if wrong:
        return Asked(typed, None, wrong)
    number = {name: int(text) for name, text in typed.items()}
    spread = PriceSpread(number["lowest"], number["highest"])
    return Asked(typed, Settings(number["seed"], number["bids"], number["rounds"], spread), {})


def _held(file: TenderFile | None, key: str, asked: Asked) -> tuple[Rehearsal | None, tuple[Finding, ...]]:
    """Hold the rehearsal; where it cannot be held, say what it lacks or which setting is out of range."""
    if file is None or asked.settings is None:
        return None, ()
    try:
        return rehearse_with(file, key, asked.settings), ()
    except RehearsalError as refusal:
        for finding in refusal.findings:
            if finding.place in _USUAL:
                asked.wrong.setdefault(finding.place, finding.message)
        return None, tuple(finding for finding in refusal.findings if finding.place not in _USUAL)
