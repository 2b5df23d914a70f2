"""The lawful ways to modify a contract, with what each needs and its limits on money, regime by regime.

PCR 2015 reg 72 governs a contract procured under it for its whole life; Procurement Act 2023 s.74 and Sch 8 the later
ones, except that light-touch contracts may be modified freely (s.74(2)). Thresholds come in as arguments.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from lots.money import Money, percent_of
from lots.regime import Regime
from lots.thresholds import VatBasis

PCR = (Regime.PCR2015_LIGHT_TOUCH,)
PA = (Regime.PA2023_LIGHT_TOUCH, Regime.PA2023_FULL)


@dataclass(frozen=True)
class Gateway:
    """A lawful way to modify a contract: what it needs in words, and its limits on money (``None`` or no: no limit).

    ``each_percent``: an increase of at most so much of the reference value, each time (a reduction too, with
    ``reductions_too``). ``net_below_percent``: the net of all uplifts through this gateway strictly below so much.
    ``below_threshold``: strictly below the threshold, net, or with ``gross`` the sum of increases and reductions alike.
    ``brings_money``: whether it can be a reason to pay more.
    """

    id: str
    title: str
    regimes: tuple[Regime, ...]
    reference: str
    needs: str
    each_percent: int | None = None
    reductions_too: bool = False
    net_below_percent: int | None = None
    below_threshold: bool = False
    gross: bool = False
    brings_money: bool = True


_NOTICE = "a modification notice is published"
_ROWS = (
    Gateway(
        "72_1_a", "Review clause in the initial documents", PCR, "PCR 2015 reg 72(1)(a)",
        "a clear, precise and unequivocal review clause or option states its scope, nature and conditions, and the "
        "overall nature of the contract stays; the maximum potential spend stood in the notice",
    ),
    Gateway(
        "72_1_b", "Necessary additional services", PCR, "PCR 2015 reg 72(1)(b)",
        "the services have become necessary and another contractor is impossible for economic or technical reasons "
        f"and would cause significant inconvenience or cost; {_NOTICE}",
        each_percent=50,
    ),
    Gateway(
        "72_1_c", "Unforeseeable circumstances", PCR, "PCR 2015 reg 72(1)(c)",
        f"a diligent authority could not have foreseen the need and the overall nature stays; {_NOTICE}",
        each_percent=50,
    ),
    Gateway(
        "72_1_d", "Replacement of the contractor", PCR, "PCR 2015 reg 72(1)(d)",
        "a succession clause or a restructuring replaces the contractor, without other substantial change",
        brings_money=False,
    ),
    Gateway(
        "72_1_e", "Not substantial", PCR, "PCR 2015 reg 72(1)(e) and (8)",
        "it is recorded that there is no different character, nobody else would have been let in or chosen, no "
        "economic shift to the contractor, no considerable extension of scope, no new contractor outside (d)",
    ),
    Gateway(
        "72_1_f", "Below threshold and below 10 %", PCR, "PCR 2015 reg 72(1)(f), (5) and (6)",
        "the overall nature stays; successive modifications count together, net",
        net_below_percent=10, below_threshold=True,
    ),
    Gateway(
        "pa_light_touch", "Light-touch contract", PA[:1], "Procurement Act 2023 s.74(2)",
        "nothing: a light-touch contract may be modified without a gateway",
    ),
    Gateway(
        "pa_sch8_1", "Provided for in the contract", PA, "Procurement Act 2023 Sch 8 para 1",
        "the contract and the tender notice provide for it unambiguously, and the overall nature stays",
    ),
    Gateway(
        "pa_sch8_2", "Urgency", PA, "Procurement Act 2023 Sch 8 para 2",
        "the urgency that the Schedule describes is recorded",
    ),
    Gateway(
        "pa_sch8_4", "Unforeseeable circumstances", PA, "Procurement Act 2023 Sch 8 para 4",
        "the need could not reasonably have been foreseen and the overall nature stays", each_percent=50,
    ),
    Gateway(
        "pa_sch8_5", "Known risk", PA, "Procurement Act 2023 Sch 8 paras 5-7",
        "the risk was named in the notice and has come about", each_percent=50,
    ),
    Gateway(
        "pa_sch8_8", "Additional supply", PA, "Procurement Act 2023 Sch 8 para 8",
        "more of the same is needed and another supplier would bring undue difficulty and cost", each_percent=50,
    ),
    Gateway(
        "pa_sch8_9", "Restructuring of the supplier", PA, "Procurement Act 2023 Sch 8 para 9",
        "a corporate restructuring transfers the contract", brings_money=False,
    ),
    Gateway(
        "pa_not_substantial", "Not substantial", PA, "Procurement Act 2023 s.74(3)",
        "the term changes by no more than 10 % of its maximum, the scope not materially, and the economic balance does "
        "not shift materially to the supplier",
    ),
    Gateway(
        "pa_below_threshold", "Below-threshold modification", PA, "Procurement Act 2023 s.74(4)",
        "the scope does not change materially; all such modifications together stay below the threshold (increases and "
        "reductions are added up here, the cautious reading)",
        each_percent=10, reductions_too=True, below_threshold=True, gross=True,
    ),
    Gateway(
        "no_gateway", "No procurement regime", (Regime.BELOW_THRESHOLD, Regime.GRANT), "",
        "nothing from procurement law; standing orders and the funder’s conditions hold",
    ),
)  # fmt: skip
GATEWAYS: Mapping[str, Gateway] = MappingProxyType({gateway.id: gateway for gateway in _ROWS})


@dataclass(frozen=True)
class Yardstick:
    """The threshold and the VAT basis of each side, so that like is compared with like.

    ``vat_percent`` turns one basis into the other; while the bases differ and it is ``None`` nothing is compared.
    """

    threshold: Money
    threshold_vat: VatBasis
    value_vat: VatBasis
    vat_percent: Fraction | None = None

    def threshold_for_values(self) -> Fraction | None:
        """Return the threshold in pence on the values' own VAT basis, exact; ``None`` where it cannot be told."""
        if self.threshold_vat == self.value_vat:
            return Fraction(self.threshold.pence)
        if self.vat_percent is None:
            return None
        factor = (100 + self.vat_percent) / 100
        pence = Fraction(self.threshold.pence)
        return pence / factor if self.threshold_vat is VatBasis.INCLUSIVE else pence * factor

    def words(self) -> str:
        """Name the threshold and both VAT bases in one phrase."""
        if self.threshold_vat == self.value_vat:
            return f"the threshold of {self.threshold}, both {self.value_vat.words}"
        at = "" if self.vat_percent is None else f" at {self.vat_percent} % VAT"
        return (
            f"the threshold of {self.threshold} {self.threshold_vat.words}, turned into an amount "
            f"{self.value_vat.words}{at}"
        )


@dataclass(frozen=True)
class Limits:
    """What reg 72 leaves a contract of this reference value: for a page, before any uplift is made.

    ``net_below`` is the tighter of 10 % and the threshold, cut to the penny: the net of all uplifts under (f) must
    stay below it, and ``binding`` says which of the two it is.
    """

    fifty_percent: Money
    ten_percent: Money
    threshold: Money | None
    net_below: Money
    binding: str


def limits(reference: Money, yardstick: Yardstick) -> Limits:
    """Work out the limits of reg 72(1)(b), (c) and (f) for a reference value, on the values' own VAT basis."""
    ten, exact = percent_of(reference, Fraction(10)), yardstick.threshold_for_values()
    threshold = None if exact is None else Money(exact.numerator // exact.denominator)
    binds = threshold is not None and threshold < ten
    tighter = threshold if threshold is not None and binds else ten
    fifty = percent_of(reference, Fraction(50))
    return Limits(fifty, ten, threshold, tighter, "threshold" if binds else "ten_percent")
