"""Scales: levels with anchors that tell them apart."""

from dataclasses import replace
from decimal import Decimal

from scoring.scale import Level, Scale, scale_findings

SOUND = Scale(
    "s",
    "Evidence",
    (
        Level(Decimal(0), "None", "Nothing"),
        Level(Decimal(1), "Some", "One source"),
        Level(Decimal(2), "Full", "Two sources"),
    ),
)


def test_a_sound_scale_has_nothing_to_say() -> None:
    assert scale_findings(SOUND, "scales[0]") == ()
    assert (SOUND.maximum, SOUND.words()) == (Decimal(2), "0, 1 or 2")


def test_points_off_the_scale_have_no_level() -> None:
    assert SOUND.level(Decimal("1.0")) == SOUND.levels[1]
    assert SOUND.level(Decimal("1.5")) is None


def test_a_scale_without_anchors_is_refused_level_by_level() -> None:
    bare = replace(SOUND, levels=tuple(replace(level, anchor=" ") for level in SOUND.levels))
    assert [(f.code, f.place) for f in scale_findings(bare, "scales[0]")] == [
        ("anchor_missing", f"scales[0].levels[{i}].anchor") for i in range(3)
    ]


def test_repeated_anchors_and_unordered_levels_are_refused() -> None:
    twice = replace(SOUND, levels=(SOUND.levels[1], SOUND.levels[0], replace(SOUND.levels[2], anchor="Nothing")))
    assert [f.code for f in scale_findings(twice, "scales[0]")] == ["scale_order", "anchor_repeated"]


def test_one_level_is_no_scale() -> None:
    assert [f.code for f in scale_findings(replace(SOUND, levels=SOUND.levels[:1]), "s")] == [
        "scale_too_short",
        "scale_order",
    ]
