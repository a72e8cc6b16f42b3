"""Pictures of the review, in text: what stands where, and below it how it is painted; `--update` takes them anew.

Each letter of the lower half is a style, explained at its end; so a change of colours is seen as one of words is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from rich.style import Style

from review.driving import Driven, drive

SCREENS = Path(__file__).parent / "screens"
LETTERS = ".abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
Person = Callable[[Driven], Awaitable[None]]


async def first(at: Driven) -> None:
    """As it opens."""


async def decided(at: Driven) -> None:
    """A line accepted, one rejected, the cursor on the next."""
    await at.on("mkdir")
    await at.keys("a")
    await at.on("docker pull")
    await at.keys("r")
    await at.take(2)
    await at.types("the image is there")
    await at.on("chown")


async def question(at: Driven) -> None:
    """A question with what each answer makes."""
    await at.on("systemctl restart")
    await at.keys("enter")
    await at.sees("offers")


async def form(at: Driven) -> None:
    """The fields of what a line becomes."""
    await at.on("mkdir")
    await at.keys("e")
    await at.until(lambda: "Save (Ctrl+S)" in at.text)


async def several(at: Driven) -> None:
    """Two lines marked, to be left out at once."""
    await at.on("docker pull")
    await at.keys("space", "space")


async def marking(at: Driven) -> None:
    """What could be a secret."""
    await at.on("docker pull")
    await at.keys("s")
    await at.sees("offers")


async def manual(at: Driven) -> None:
    """All keys."""
    await at.keys("question_mark")


SHOWN: dict[str, tuple[Person, tuple[int, int]]] = {
    "first": (first, (80, 24)),
    "wide": (first, (140, 30)),
    "decided": (decided, (80, 24)),
    "question": (question, (80, 24)),
    "form": (form, (80, 24)),
    "several": (several, (80, 24)),
    "marking": (marking, (80, 24)),
    "help": (manual, (80, 24)),
}


@pytest.mark.parametrize("name", SHOWN)
def test_picture(name: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    person, size = SHOWN[name]
    taken: list[str] = []

    async def looking(at: Driven) -> None:
        await person(at)
        await at.pilot.pause()
        taken.append(picture(at).replace(str(tmp_path), "."))

    drive(Path(), looking, size=size)
    file = SCREENS / f"{name}.txt"
    if request.config.getoption("--update"):
        file.write_text(taken[0], encoding="utf-8")
    assert taken[0].splitlines() == file.read_text(encoding="utf-8").splitlines()


def picture(at: Driven) -> str:
    """The screen twice: its text, and the letters of its styles, which are explained below."""
    known: dict[str, str] = {}
    text, painted = [], []
    for strip in at.app.screen._compositor.render_strips(at.app.size):
        text.append("".join(part.text for part in strip).rstrip())
        letters = (known.setdefault(described(part.style), LETTERS[len(known)]) * part.cell_length for part in strip)
        painted.append("".join(letters))
    legend = [f"{letter} {style}" for style, letter in known.items()]
    return "\n".join((*text, "", *painted, "", *legend, ""))


def described(style: Style | None) -> str:
    """Colours and attributes, without what a click does."""
    return str(style.without_color.clear_meta_and_links()) + _colours(style) if style is not None else ""


def _colours(style: Style) -> str:
    named = [colour.name for colour in (style.color, style.bgcolor) if colour is not None]
    return f" {' on '.join(named)}" if named else ""
