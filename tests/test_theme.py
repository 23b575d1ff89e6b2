"""Contrast computed from the palette, before anything is painted (WCAG 2.2: 1.4.3, 1.4.6, 1.4.11, 2.4.11)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from instruments.accessibility.measure import ratio
from kiosk.settings import Settings, SettingsError
from kiosk.views.parts.stylesheet import BUTTONS, TEXTS
from kiosk.views.parts.theme import Colours, Theme

GLASS = re.compile(r"rgba\(255,255,255,(\d+)\)")
"""White of this alpha over the brand's own colours."""


@pytest.fixture(params=[False, True], ids=["plain", "high contrast"])
def theme(request: pytest.FixtureRequest, qapp: QApplication) -> Theme:
    made = Theme(1920, 1080)
    made.set_comfort(large=request.param, contrast=request.param)
    return made


def between(theme: Theme, one: str, other: str) -> float:
    """Ratio of two colours, each a name of the palette or `#rrggbb`."""
    return ratio(*(QColor(getattr(theme.colours, name, name)).rgb() & 0xFFFFFF for name in (one, other)))


def least(theme: Theme) -> float:
    return 7.0 if theme.high_contrast else 4.5


def grounds(name: str, colours: Colours) -> Iterator[str]:
    """What a button's ground looks like wherever it may lie."""
    if glass := GLASS.fullmatch(name):
        for under in (QColor(colours.brand).lighter(112), QColor(colours.dark)):
            share = int(glass[1]) / 255
            mixed = [part * (1 - share) + share for part in under.getRgbF()[:3]]
            yield QColor.fromRgbF(*mixed).name()
    elif name == "transparent":
        yield from ("paper", "card")
    else:
        yield name


@pytest.mark.parametrize("look", TEXTS)
@pytest.mark.parametrize("ground", ["paper", "card", "tint"])
def test_every_text_can_be_read_on_every_ground(theme: Theme, look: str, ground: str) -> None:
    assert between(theme, TEXTS[look][2], ground) >= least(theme)


@pytest.mark.parametrize("kind", BUTTONS)
def test_every_buttons_words_can_be_read_also_while_it_is_pressed(theme: Theme, kind: str) -> None:
    ground, ink, _, pressed = BUTTONS[kind]
    for name in (ground, pressed):
        for seen in grounds(name, theme.colours):
            assert between(theme, ink, seen) >= 4.5, (kind, name)


@pytest.mark.parametrize("state", ["approved", "pending", "problem"])
def test_every_state_can_be_read_on_its_own_ground(theme: Theme, state: str) -> None:
    for ground in (f"{state}_tint", "card", "paper"):
        assert between(theme, state, ground) >= least(theme)


def test_what_can_not_be_touched_now_can_still_be_read(theme: Theme) -> None:
    assert between(theme, "disabled_ink", "disabled") >= (4.5 if theme.high_contrast else 3.0)


def test_fields_and_the_focus_stand_out_from_what_is_around_them(theme: Theme) -> None:
    seen = ("edge", "card"), ("brand", "card"), ("ink", "card"), ("ink", "tint"), ("problem", "card")
    for line, ground in (*seen, ("accent", "brand"), ("accent", "dark")):
        assert between(theme, line, ground) >= 3.0, (line, ground)


def test_a_palette_of_little_contrast_would_be_found(qapp: QApplication) -> None:
    pale = Theme(1920, 1080)
    pale.colours = replace(pale.colours, soft="#8a938f")
    assert between(pale, "soft", "paper") < 4.5


@pytest.mark.parametrize("key", ["primary", "dark"])
def test_a_brand_on_which_white_can_not_be_read_is_refused(key: str) -> None:
    demonstration = {"terminal": {"demonstration": True}}
    Settings.of({**demonstration, "brand": {key: "#1a4f8b"}})
    with pytest.raises(SettingsError, match=rf"brand.{key}: white words on #7fb2e5 have a contrast of 2\.2"):
        Settings.of({**demonstration, "brand": {key: "#7fb2e5"}})
