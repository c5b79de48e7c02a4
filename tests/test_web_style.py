"""The style's colours and manners."""

import re

import pytest

from aggregator.web.assets import FOLDER

CSS = (FOLDER / "style.css").read_text(encoding="utf-8")
TEXTS = ("fg", "mute", "link", "seen", "hot", "ok", "warn")


def variables(scheme: str) -> dict[str, str]:
    """Return the colours of a scheme."""
    light, dark = re.findall(r":root\{[^}]*\}", CSS)
    return dict(re.findall(r"--(\w+):(#\w+)", light if scheme == "light" else dark))


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours (WCAG 2.2)."""
    a, b = sorted((luminance(one), luminance(other)))
    return (b + 0.05) / (a + 0.05)


def luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    digits = digits if len(digits) == 6 else "".join(2 * digit for digit in digits)
    parts = (int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4))
    linear = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("text", TEXTS)
def test_every_colour_of_text_stands_out_from_every_ground(scheme: str, text: str) -> None:
    """Also that of visited headlines, which no script can ask a browser for."""
    colours = variables(scheme)

    assert contrast(colours[text], colours["bg"]) >= 4.5
    assert contrast(colours[text], colours["soft"]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_marked_words_and_bars_stand_out(scheme: str) -> None:
    colours = variables(scheme)

    assert contrast(colours["fg"], colours["mark"]) >= 4.5
    assert min(contrast(colours[bar], colours["bg"]) for bar in ("bar", "hot")) >= 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_visited_headlines_have_another_colour(scheme: str) -> None:
    colours = variables(scheme)

    assert ".hl:visited{color:var(--seen)}" in CSS
    assert colours["seen"] not in (colours["fg"], colours["link"])


def test_nothing_moves_by_itself() -> None:
    assert not re.search(r"animation|transition|scroll-behavior", CSS)


def test_only_logical_sides_are_named() -> None:
    """So pages mirror where the language is written from the right."""
    assert not re.search(r"(margin|padding|border|inset)-(left|right)|text-align:(left|right)|float:", CSS)
