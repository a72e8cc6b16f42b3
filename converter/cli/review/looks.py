"""How lines and manifests look: each state has a sign besides its colour, so that nothing depends on colours."""

from __future__ import annotations

from rich.text import Text

from converter.cli.review.lines import Line, State
from converter.cli.review.manifests import Block
from converter.cli.terminal import visible
from converter.model.trace import Disposition

# Names of the sixteen colours, which each terminal shows so that they can be read on its background.
STATES = {
    State.OPEN: ("?", "bold red"),
    State.PROPOSED: (" ", ""),
    State.DECIDED: ("✓", "bold green"),
    State.QUIET: (" ", ""),
}
ENDS = {
    Disposition.CONVERTED: ("+", "green"),
    Disposition.KEPT: ("●", "cyan"),
    Disposition.UNRESOLVED: ("✗", "bold red"),
    Disposition.ABSORBED: ("·", "dim"),
    Disposition.DROPPED: ("-", "dim"),
}
CSS = """
#title { height: 1; text-style: bold; }
#body { height: 1fr; }
#script { width: 1fr; }
#manifest { width: 1fr; }
#details { height: 8; border-top: solid $primary; padding: 0 1; }
OptionList { border: none; border-top: solid $primary; padding: 0; height: 1fr; }
OptionList:focus { border: none; border-top: heavy $primary; }
OptionList > .option-list--option-highlighted, OptionList:focus > .option-list--option-highlighted {
  background: ansi_default; color: ansi_default; text-style: bold;
}
OptionList, VerticalScroll {
  scrollbar-size-vertical: 1; scrollbar-size-horizontal: 0;
  scrollbar-background: ansi_default; scrollbar-background-hover: ansi_default;
  scrollbar-background-active: ansi_default; scrollbar-color: ansi_blue;
  scrollbar-color-hover: ansi_blue; scrollbar-color-active: ansi_blue;
}
#script { text-wrap: nowrap; text-overflow: ellipsis; }
ModalScreen { align: center middle; }
.dialog { width: 90%; max-width: 100; height: auto; max-height: 90%; border: round $primary; padding: 0 1; }
.dialog OptionList { height: auto; max-height: 7; border: none; }
.dialog > Label { width: 100%; }
.dialog .preview { height: auto; max-height: 9; border-top: solid $primary; }
.dialog .fields { height: auto; max-height: 14; }
.dialog .problem { text-style: bold; }
.field { height: 1; }
.field Label { width: 18; }
.field:focus-within Label { text-style: bold underline; }
.field Input { width: 1fr; border: none; height: 1; padding: 0; }
.buttons { height: 1; }
.buttons Button { border: none; height: 1; min-width: 16; }
"""


def script_line(line: Line, width: int, marked: bool) -> Text:
    """A line of the script: its state, what became of it, its number, whether it is marked, and its text."""
    state, style = STATES[line.state]
    end, colour = ENDS[line.disposition] if line.disposition is not None else (" ", "")
    text = Text(no_wrap=True, overflow="ellipsis", end="")
    text.append(state, style)
    text.append(end, colour)
    text.append(f"{line.number:>{width}}", "dim")
    text.append("*" if marked else " ", "bold" if marked else "dim")
    return text.append(visible(line.text), "dim" if line.disposition is None else colour)


def file_head(path: str) -> Text:
    """The name of a file above its lines."""
    return Text(visible(path), "bold underline", no_wrap=True)


def manifest(block: Block) -> Text:
    """A block of the manifests, with its comments in the background."""
    text = Text(end="")
    for number, line in enumerate(visible_lines(block.text)):
        text.append("\n" if number else "")
        text.append(line, "dim" if line.lstrip().startswith("#") else "")
    return text


def visible_lines(text: str) -> list[str]:
    """The lines without anything that would steer the terminal."""
    return [visible(line) for line in text.split("\n")]
