"""What the style sheet may not hold, and the contrast of our colours (WCAG 2.2, 1.4.3 and 1.4.11)."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from workbench.frontend.assets import MADE, SOURCES

SHEET = (MADE / "app.css").read_text("utf-8")
WHITE = "#ffffff"


def colours() -> dict[str, str]:
    """The functional colours as the compiled sheet declares them."""
    declared = re.findall(r"--govuk-([a-z-]+)-colour:\s*(#[0-9a-f]{3,6})", SHEET.split("@media print", 1)[0])
    return {name: full(colour) for name, colour in declared}


def full(colour: str) -> str:
    return colour if len(colour) == 7 else "#" + "".join(digit * 2 for digit in colour[1:])


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[i:j], 16) / 255 for i, j in pairwise((1, 3, 5, 7))]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_contrast_formula_gives_the_published_extremes() -> None:
    assert round(contrast("#000000", WHITE), 2) == 21.0  # WCAG 2.2, "contrast ratio": 1 to 21
    assert round(contrast("#777777", WHITE), 2) == 4.48  # the well-known grey that just fails


@pytest.mark.parametrize("forbidden", ["GDS Transport", "crest", "crown", "govuk-header__", "url(", "@font-face"])
def test_the_sheet_is_our_own(forbidden: str) -> None:
    assert re.findall(re.escape(forbidden), SHEET.replace("govuk-generic-header__", ""), re.IGNORECASE) == []


@pytest.mark.parametrize(
    "name", ["brand", "text", "secondary-text", "link", "link-hover", "link-visited", "link-active", "error", "success"]
)
@pytest.mark.parametrize("ground", ["body-background", "template-background"])
def test_text_can_be_read_on_both_grounds(name: str, ground: str) -> None:
    found = colours()
    assert contrast(found[name], found[ground]) >= 4.5


def test_what_has_the_focus_can_be_read_and_edges_of_inputs_be_seen() -> None:
    found = colours()
    assert contrast(found["focus-text"], found["focus"]) >= 4.5
    assert contrast(found["input-border"], found["body-background"]) >= 3


def test_the_numbers_of_a_bar_can_be_read_on_its_colours() -> None:
    parts = re.findall(r"\.tw-part-\d\{fill:(#[0-9a-f]{6})", SHEET)
    assert len(parts) == 8
    assert [colour for colour in parts if contrast(colour, WHITE) < 4.5] == []


def test_the_dots_of_the_stage_line_can_be_seen() -> None:
    (to_come,) = re.findall(r"\$to-come: (#[0-9a-f]{6})", (SOURCES / "_stages.scss").read_text("utf-8"))
    assert contrast(to_come, WHITE) >= 3


def test_money_lines_up() -> None:
    assert re.search(r"\.money,\.number\{text-align:right;font-variant-numeric:tabular-nums", SHEET)
