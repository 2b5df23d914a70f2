"""Which law governs a procurement, for life, and what that law switches on and off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lots.calendar import ENGLAND_AND_WALES, UNITED_KINGDOM, Divisions, StandstillKind, checked_day, say
from lots.errors import ProcurementError
from lots.money import Money
from lots.thresholds import ACT_IN_FORCE as ACT_IN_FORCE
from lots.thresholds import ThresholdKind, ThresholdRow, VatBasis, threshold


class RegimeError(ProcurementError):
    """A procurement whose regime cannot be told, or is not one the workbench carries."""


class Regime(StrEnum):
    """The rules a procurement is run under; the values are the ids used in files."""

    PCR2015_LIGHT_TOUCH = "pcr2015_light_touch"
    PA2023_LIGHT_TOUCH = "pa2023_light_touch"
    PA2023_FULL = "pa2023_full"
    BELOW_THRESHOLD = "below_threshold"
    GRANT = "grant"


@dataclass(frozen=True)
class Words:
    """What the regime calls things, for pages and letters."""

    award_basis: str
    award_basis_name: str
    tenderer: str
    tenderers: str
    letter: str
    letter_reference: str


@dataclass(frozen=True)
class Duty:
    """Something a regime asks for (``on``) or leaves out; an “unconfirmed” ``note`` wants a lawyer's eye."""

    id: str
    title: str
    on: bool
    reference: str
    note: str = ""


@dataclass(frozen=True)
class Document:
    """A notice or letter to be produced; ``notice`` is its UK number, empty if it has none."""

    id: str
    title: str
    notice: str = ""
    reference: str = ""
    note: str = ""


@dataclass(frozen=True)
class ModificationPosition:
    """Whether a contract may only be changed through the law's gateways, and how to say so on a page."""

    gateways: bool
    reference: str
    text: str


@dataclass(frozen=True)
class RegimeRules:
    """All that changes with the regime; a ``voluntary`` standstill applies only if the notice declares it."""

    regime: Regime
    title: str
    statute: str
    words: Words
    duties: tuple[Duty, ...]
    documents: tuple[Document, ...]
    standstill: StandstillKind
    modification: ModificationPosition
    divisions: Divisions
    notice_vat: VatBasis

    def duty(self, duty_id: str) -> Duty:
        """Return one duty by its id; an unknown id raises RegimeError."""
        for duty in self.duties:
            if duty.id == duty_id:
                return duty
        raise RegimeError(f"“{duty_id}” is not a duty the workbench knows")

    def is_on(self, duty_id: str) -> bool:
        """Tell whether the regime asks for a duty."""
        return self.duty(duty_id).on

    @property
    def unconfirmed(self) -> tuple[Duty | Document, ...]:
        """The duties and documents whose law has not been confirmed: show them as such."""
        items: tuple[Duty | Document, ...] = self.duties + self.documents
        return tuple(item for item in items if item.note.startswith("unconfirmed"))


@dataclass(frozen=True)
class Reason:
    """One step of choosing a regime: the figure or date that decided, in a sentence, and its reference."""

    code: str
    sentence: str
    reference: str


@dataclass(frozen=True)
class RegimeChoice:
    """The regime of a procurement and why."""

    regime: Regime
    reasons: tuple[Reason, ...]


# Each duty, then who it binds: + asked for, - left out. A regime that is not named leaves it out.
_DUTIES = """
mandatory_standstill | Standstill before the contract is signed
+ pcr | PCR 2015 regs 86-87 | 10 days; the exemptions of reg 86(5) hold no light-touch item
- light | PA 2023 s.51 | a voluntary one of at least 8 working days binds once the notice states it
+ full | PA 2023 s.51 | 8 working days
minimum_tender_periods | Minimum time to tender
- pcr | PCR 2015 reg 76(6) | the time must be reasonable and proportionate
- light | PA 2023 s.54
+ full | PA 2023 s.54
kpis | At least three published key performance indicators
- light | PA 2023 s.52
+ full | PA 2023 s.52 | when the estimated value is over £5 million
contract_change_notice | Notice of a change to the contract
+ pcr | PCR 2015 reg 72 | a modification notice, for gateways (1)(b) and (c) only
- light | PA 2023 s.75
+ full | PA 2023 s.75 | before a change of over 10 % of the value or of the term
performance_assessment | Assessment of performance and notice of breaches
- light | PA 2023 s.71(5)
+ full | PA 2023 s.71
modification_gateways | Changes to the contract only through the law's gateways
+ pcr | PCR 2015 reg 72 | for the whole life of the contract
- light | PA 2023 s.74(2)
+ full | PA 2023 s.74
no_lots_reason_in_notice | Published reasons for not dividing into lots
+ pcr | PCR 2015 reg 46 | in the procurement documents or the reg 84 report
- light | PR 2024 reg 18(2)(q) | record them all the same (PA 2023 s.18)
+ full | PR 2024 reg 18(2)(q)
tender_notice | Notice that opens the competition
+ pcr | PCR 2015 reg 75(1) | a contract notice or a continuous prior information notice
+ act | PR 2024 reg 18
+ below | PA 2023 s.87 | from £30,000 (central government £12,000); PCR Part 4 if commenced before the Act
conflicts_assessment | Conflicts of interest identified, mitigated and recorded
+ pcr | PCR 2015 reg 24
+ act | PA 2023 ss.81-83 | assessed before the tender notice, revised before each later one
- below | | unconfirmed: nothing found that asks for it; keep it as good practice
award_decision_notice | Award decision notice with the relative advantages of the winner
+ pcr | PCR 2015 reg 86
- act | | the assessment summary takes its place
assessment_summaries | Assessment summary to every tenderer assessed, before the award notice
- pcr | | the award decision notice does its work
+ act | PA 2023 s.50
contract_award_notice | Contract award notice
+ pcr | PCR 2015 reg 75(3)-(4) | after award; may be grouped by quarter
+ act | PR 2024 reg 27 | before the contract is signed
contract_details_notice | Contract details notice
- pcr | PCR 2015 reg 108 | unconfirmed: award information goes to Contracts Finder
+ light | PA 2023 s.53 | within 120 days; a copy of a contract over £5 million within 180
+ full | PA 2023 s.53 | within 30 days; a copy of a contract over £5 million within 90
+ below | PA 2023 Part 6 | unconfirmed: form and time below the threshold
records | Records that explain each material decision
+ pcr | PCR 2015 reg 84 | kept at least 3 years from award
+ act | PA 2023 s.98 | kept 3 years from contract or award
- below | | unconfirmed: nothing found that asks for them; keep them as good practice
objectives | Objectives of procurement, and award on the published criteria
+ pcr | PCR 2015 reg 76(1)-(3) | transparency and equal treatment, run as the notice said
+ act | PA 2023 ss.12, 19 and 23
payment_30_days | Payment within 30 days, down the supply chain
+ pcr | PCR 2015 reg 113
+ act | PA 2023 ss.68 and 73
+ below | PA 2023 Part 6 | unconfirmed: the implied terms below the threshold
termination_notice | Notice that the contract has ended
+ act | PA 2023 s.80 | within 30 days
freedom_of_information | Answers under the Freedom of Information Act
+ all | Freedom of Information Act 2000
decision_record | Published decision of the commissioner
+ all | SI 2011/3050 | unconfirmed: which decisions and contracts the order covers
subsidy_control | Subsidy control assessment
+ grant | Subsidy Control Act 2022 | unconfirmed: whether the grant is a subsidy
"""

# What is produced, in the order it is made: who makes it, id, title, UK number, reference, note.
_DOCUMENTS = """
act | market_engagement_notice | Preliminary market engagement notice | UK2 | PA 2023 ss.16-17
pcr | contract_notice | Contract notice | | PCR 2015 reg 75(1)
act | tender_notice | Tender notice | UK4 | PR 2024 reg 18
below | below_threshold_notice | Below-threshold tender notice | UK4 | PA 2023 s.87 | unconfirmed: its number
all | panel_report | Panel (evaluation) report
pcr | award_decision_notice | Award decision notice (standstill letter) | | PCR 2015 reg 86
act | assessment_summary | Assessment summary | | PA 2023 s.50; PR 2024 reg 31
act | assessment_summary_register | Register of assessment summaries sent | | PA 2023 s.50
below, grant | outcome_letter | Letter with the outcome and its reasons
pcr | award_notice | Contract award notice | | PCR 2015 reg 75(3)-(4)
act | contract_award_notice | Contract award notice | UK6 | PR 2024 reg 27
all | decision_record | Decision notice of the commissioner | | SI 2011/3050 | unconfirmed: its scope
act | contract_details_notice | Contract details notice | UK7 | PA 2023 s.53; PR 2024 reg 32
pcr | procurement_report | Report on the procurement | | PCR 2015 reg 84(1)
full | performance_notice | Contract performance notice | UK9 | PA 2023 s.71 | unconfirmed: its number
pcr | modification_notice | Modification notice | | PCR 2015 reg 72
full | contract_change_notice | Contract change notice | UK10 | PA 2023 s.75
act | termination_notice | Contract termination notice | UK11 | PA 2023 s.80 | unconfirmed: its number
"""

_WHO: dict[str, tuple[Regime, ...]] = {
    "pcr": (Regime.PCR2015_LIGHT_TOUCH,),
    "light": (Regime.PA2023_LIGHT_TOUCH,),
    "full": (Regime.PA2023_FULL,),
    "act": (Regime.PA2023_LIGHT_TOUCH, Regime.PA2023_FULL),
    "below": (Regime.BELOW_THRESHOLD,),
    "grant": (Regime.GRANT,),
    "all": tuple(Regime),
}

_MEAT = ("MEAT", "most economically advantageous tender", "tenderer", "tenderers")
_MAT = ("MAT", "most advantageous tender", "tenderer", "tenderers")
_SUMMARY = ("assessment summary", "PA 2023 s.50; PR 2024 reg 31")
_OUTCOME = ("outcome letter", "")
_HEADINGS: dict[Regime, tuple[str, str, StandstillKind, Words]] = {
    Regime.PCR2015_LIGHT_TOUCH: (
        "Public Contracts Regulations 2015, light touch",
        "Public Contracts Regulations 2015 regs 74-77",
        "mandatory",
        Words(*_MEAT, "standstill letter (award decision notice)", "PCR 2015 reg 86"),
    ),
    Regime.PA2023_LIGHT_TOUCH: (
        "Procurement Act 2023, light touch",
        "Procurement Act 2023 s.9; Procurement Regulations 2024 Sch 1",
        "voluntary",
        Words(*_MAT, *_SUMMARY),
    ),
    Regime.PA2023_FULL: (
        "Procurement Act 2023",
        "Procurement Act 2023; Procurement Regulations 2024",
        "mandatory",
        Words(*_MAT, *_SUMMARY),
    ),
    Regime.BELOW_THRESHOLD: (
        "Below the threshold",
        "Procurement Act 2023 Part 6, or Public Contracts Regulations 2015 Part 4 if commenced before it",
        "none",
        Words(*_MAT, *_OUTCOME),
    ),
    Regime.GRANT: (
        "Grant",
        "no procurement regime: an open grant is not a public contract",
        "none",
        Words("", "best application by the published criteria", "applicant", "applicants", *_OUTCOME),
    ),
}

# Whether gateways apply, the reference, and the sentence for a page.
_MODIFICATIONS = {
    Regime.PCR2015_LIGHT_TOUCH: ModificationPosition(
        True,
        "PCR 2015 reg 72",
        "Every change in the whole life of this contract needs a gateway of regulation 72, also now that the "
        "Act is in force: a clear, precise and unequivocal review clause (1)(a), necessary additional "
        "services (b) or unforeseeable need (c) within 50 % each, a new contractor (d), a change that is not "
        "substantial (e), or one below both the threshold and 10 % of the initial value, net and cumulative "
        "(f). Anything else is a new procurement.",
    ),
    Regime.PA2023_LIGHT_TOUCH: ModificationPosition(
        False,
        "PA 2023 s.74(2)",
        "A light-touch contract may be modified without the gateways of section 74 and without a contract "
        "change notice. Its value still decides what must be published, and a change of its character may be "
        "a new procurement.",
    ),
    Regime.PA2023_FULL: ModificationPosition(
        True,
        "PA 2023 ss.74-77 and Sch 8",
        "A change needs Schedule 8, or must not be substantial (within 10 % of the maximum term, no material "
        "change of scope or of economic balance), or must stay within 10 % of the value and, with others "
        "like it, below the threshold. A contract change notice comes first.",
    ),
    Regime.BELOW_THRESHOLD: ModificationPosition(
        False,
        "PA 2023 s.74",
        "No gateway applies while the contract stays below the threshold; a change that takes it there "
        "makes it a contract which the full rules cover.",
    ),
    Regime.GRANT: ModificationPosition(
        False, "", "Procurement law does not limit changes to a grant: its conditions and subsidy control do."
    ),
}


def rules_of(regime: Regime) -> RegimeRules:
    """Return what a regime calls things, asks for and leaves out."""
    regime = Regime(regime)
    title, statute, standstill, words = _HEADINGS[regime]
    pcr = regime is Regime.PCR2015_LIGHT_TOUCH
    return RegimeRules(
        regime=regime,
        title=title,
        statute=statute,
        words=words,
        duties=_duties(regime),
        documents=_documents(regime),
        standstill=standstill,
        modification=_MODIFICATIONS[regime],
        divisions=ENGLAND_AND_WALES if pcr else UNITED_KINGDOM,
        notice_vat=VatBasis.EXCLUSIVE if pcr else VatBasis.INCLUSIVE,
    )


def _duties(regime: Regime) -> tuple[Duty, ...]:
    duties: list[Duty] = []
    for line in _DUTIES.strip().splitlines():
        first, *rest = [field.strip() for field in line.split("|")]
        if first[:2] not in ("+ ", "- "):
            duties.append(Duty(first, rest[0], False, ""))
        elif regime in _WHO[first[2:]]:
            duties[-1] = Duty(duties[-1].id, duties[-1].title, first[0] == "+", *rest)
    return tuple(duties)


def _documents(regime: Regime) -> tuple[Document, ...]:
    rows = ([field.strip() for field in line.split("|")] for line in _DOCUMENTS.strip().splitlines())
    return tuple(Document(*rest) for who, *rest in rows if any(regime in _WHO[w] for w in who.split(", ")))


_PROVIDER_SELECTION = Reason(
    "provider_selection_regime",
    "A police and crime commissioner is not a relevant authority of the Provider Selection Regime, and NHS "
    "money in a lot does not make it one; a joint health care procurement led by the NHS would be under it",
    "Provider Selection Regime reg 3",
)


def regime_for(
    *, commenced: date, light_touch: bool, estimated_value: Money, central: bool = False, grant: bool = False
) -> RegimeChoice:
    """Return the regime of a procurement, and each reason, from when it commenced and what it is worth.

    ``estimated_value`` includes VAT, every lot, option and renewal; a value equal to the threshold is not
    below it. A full PCR 2015 procurement is refused with RegimeError: only its light touch is carried.
    """
    if grant:
        why = "A grant is not a contract, so no procurement regime applies; subsidy control may (unconfirmed)"
        return RegimeChoice(Regime.GRANT, (Reason("grant", why, "no regime"),))
    pcr = checked_day(commenced) < ACT_IN_FORCE
    ordinary = ThresholdKind.CENTRAL if central else ThresholdKind.SUB_CENTRAL
    row = threshold(ThresholdKind.LIGHT_TOUCH if light_touch else ordinary, commenced)
    reasons = [_commencement(commenced, pcr), _measured(estimated_value, row)]
    if estimated_value < row.amount:
        notice = _below(commenced, pcr, central, estimated_value)
        return RegimeChoice(Regime.BELOW_THRESHOLD, (*reasons, notice))
    if light_touch:
        regime = Regime.PCR2015_LIGHT_TOUCH if pcr else Regime.PA2023_LIGHT_TOUCH
        return RegimeChoice(regime, (*reasons, _PROVIDER_SELECTION))
    if pcr:
        raise RegimeError(
            f"A procurement commenced on {say(commenced)}, above the threshold and outside the light touch, "
            "runs under the full Public Contracts Regulations 2015, which this workbench does not carry"
        )
    return RegimeChoice(Regime.PA2023_FULL, tuple(reasons))


def _commencement(commenced: date, pcr: bool) -> Reason:
    law = (
        f"before {say(ACT_IN_FORCE)}: the Public Contracts Regulations 2015 govern it, its contract, every "
        "modification and its end, for life"
        if pcr
        else f"on or after {say(ACT_IN_FORCE)}: the Procurement Act 2023 governs it"
    )
    return Reason("commencement", f"It commenced on {say(commenced)}, {law}", "unconfirmed: SI 2024/716")


def _measured(value: Money, row: ThresholdRow) -> Reason:
    below = "below" if value < row.amount else "not below"
    sentence = f"Its estimated value of {value} is {below} the {row.kind.words} threshold of {row.amount}"
    return Reason("threshold", f"{sentence} ({row.vat.words})", row.source)


def _below(commenced: date, pcr: bool, central: bool, value: Money) -> Reason:
    if pcr:
        return Reason("notice", "An advertised opportunity goes to Contracts Finder", "PCR 2015 Part 4")
    kind = ThresholdKind.BELOW_THRESHOLD_NOTICE_CENTRAL if central else ThresholdKind.BELOW_THRESHOLD_NOTICE
    row = threshold(kind, commenced)
    needed = "needs" if value >= row.amount else "needs no"
    sentence = f"At {value} an advertised opportunity {needed} below-threshold tender notice (from {row.amount})"
    return Reason("notice", sentence, row.source)
