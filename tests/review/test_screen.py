"""The review on the terminals that people have: small ones, without colours, light ones, with a mouse."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.segment import Segment
from textual.geometry import Offset

from review.driving import Driven, drive, scripts


def styles(at: Driven) -> list[Segment]:
    """Everything on the screen with its style, as the terminal gets it."""
    strips = at.app.screen._compositor.render_strips(at.app.size)
    return [segment for strip in strips for segment in strip]


def test_everything_is_there_on_80_by_24(tmp_path: Path) -> None:
    async def person(at: Driven) -> None:
        lines = at.text.splitlines()
        assert (len(lines), max(map(len, lines))) == (24, 80)
        assert lines[0].startswith("shop: 0 of 6 lines decided")
        assert lines[-1].split() == ("⏎ Answer a Accept r Reject e Edit n Next u Undo w Write ? Help q Quit".split())
        assert at.app.script.size.height >= 12
        assert at.app.manifest.size.width >= 38

    drive(tmp_path, person, size=(80, 24))


def test_a_dialog_fits_on_80_by_24(tmp_path: Path) -> None:
    async def person(at: Driven) -> None:
        await at.on("systemctl restart")
        await at.keys("enter")
        await at.sees("offers")
        assert "is nginx meant to be restarted by each run?" in at.text
        assert "2 each-run" in at.text
        assert "Enter takes it, Esc goes back" in at.text

    drive(tmp_path, person, size=(80, 24))


def test_a_tiny_terminal_does_no_harm(tmp_path: Path) -> None:
    async def person(at: Driven) -> None:
        await at.keys("a", "question_mark", "escape", "r")
        await at.sees("offers")

    drive(tmp_path, person, size=(24, 8))


def test_states_are_told_without_colours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def person(at: Driven) -> None:
        assert at.app.no_color
        await at.on("mkdir")
        await at.keys("a")
        assert "✓+ 7 mkdir" in at.text
        assert "?✗ 9 frobctl" in at.text
        assert any(segment.style is not None and segment.style.reverse for segment in styles(at))

    drive(tmp_path, person)


def test_the_background_is_that_of_the_terminal(tmp_path: Path) -> None:
    async def person(at: Driven) -> None:
        await at.keys("a")
        backgrounds = {
            segment.style.bgcolor.name
            for segment in styles(at)
            if segment.style is not None and segment.style.bgcolor is not None and segment.text.strip()
        }
        assert backgrounds <= {"default"}
        colours = {
            segment.style.color.name
            for segment in styles(at)
            if segment.style is not None and segment.style.color is not None and segment.text.strip()
        }
        # Those of the sixteen that can be read on white and on black: neither black nor white, nor a shade of them.
        assert colours <= {"default", *(f"color({number})" for number in range(1, 7))}

    drive(tmp_path, person)


def test_a_click_moves_the_cursor(tmp_path: Path) -> None:
    async def person(at: Driven) -> None:
        await at.pilot.click("#script", offset=Offset(6, 10))
        await at.pilot.pause()
        assert at.app.script.line is not None
        row = at.app.script.highlighted
        assert at.app.script.line.number == 10
        await at.pilot.click("#manifest", offset=Offset(4, 3))
        await at.pilot.pause()
        block = at.app.manifest.blocks[at.app.manifest.highlighted or 0]
        assert at.app.script.highlighted is not None
        assert block.comes_from("deploy.sh", at.app.script.line.number)
        assert row is not None

    drive(tmp_path, person)


def test_a_click_on_a_key_presses_it(tmp_path: Path) -> None:
    async def person(at: Driven) -> None:
        line = at.text.splitlines()[-1]
        await at.pilot.click(offset=Offset(line.index("Accept"), at.app.size.height - 1))
        await at.until(lambda: "accept" in at.kept)

    drive(tmp_path, person)


def test_a_click_takes_an_offer(tmp_path: Path) -> None:
    async def person(at: Driven) -> None:
        await at.on("systemctl restart")
        await at.keys("enter")
        await at.sees("offers")
        await at.pilot.click("#offers", offset=Offset(3, 0))
        await at.until(lambda: at.kept == "restart: when-changed\n")

    drive(tmp_path, person)


def test_text_of_the_script_does_not_steer_the_terminal(tmp_path: Path) -> None:
    async def person(at: Driven) -> None:
        assert "\x1b" not in at.text
        assert "[bold]x[/bold]" in at.text
        assert "\\x1b[31m" in at.text

    drive(tmp_path, person, understood=scripts("mkdir '/srv/[bold]x[/bold]'\n# \x1b[31mred\n"))
