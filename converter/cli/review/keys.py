"""The keys of the review, and the page that explains them."""

from __future__ import annotations

from rich.text import Text
from textual.binding import Binding

from converter.cli.review.looks import ENDS

BINDINGS = [
    Binding("a", "accept", "Accept", tooltip="the line as it is proposed"),
    Binding("r", "reject", "Reject", tooltip="keep it as a command, or leave it out with a note"),
    Binding("e", "edit", "Edit", tooltip="the fields of what the line becomes, in a form"),
    Binding("E", "editor", "$EDITOR", show=False, tooltip="the same in your editor, as YAML"),
    Binding("c", "choose", "Choose", show=False, tooltip="another one of several ways to read the line"),
    Binding("enter", "answer", "Answer", priority=True, tooltip="the question at the line"),
    Binding("s", "secret", "Secret", show=False, tooltip="a variable of the line is a secret, or is none"),
    Binding("i", "input", "Input", show=False, tooltip="a variable of the line is given at each run"),
    Binding("p", "place", "Place", show=False, tooltip="where the line runs"),
    Binding("n", "next_open", "Next", tooltip="to the next line that waits for you"),
    Binding("N", "previous_open", "Back", show=False, tooltip="to the line before that waits for you"),
    Binding(
        "space", "mark", "", show=False, priority=True, tooltip="marks the line: a, r and p are about all marked ones"
    ),
    Binding("escape", "unmark", "", show=False, tooltip="no line is marked any more"),
    Binding("u", "undo", "Undo", tooltip="takes back what you decided last"),
    Binding("f", "filter", "Filter", show=False, tooltip="only the lines of one state"),
    Binding(
        "slash", "search", "Search", key_display="/", show=False, tooltip="a text in the script; empty: the next place"
    ),
    Binding("t", "target", "Target", show=False, tooltip="the same plan for another target"),
    Binding(
        "left_square_bracket", "command(-1)", "", key_display="[", show=False, tooltip="the command before in the line"
    ),
    Binding(
        "right_square_bracket", "command(1)", "", key_display="]", show=False, tooltip="the next command in the line"
    ),
    Binding("tab", "other_pane", "Pane", show=False, priority=True, tooltip="to the other side"),
    Binding("w", "write", "Write", tooltip="the repository, with these decisions"),
    Binding("question_mark", "help", "Help", key_display="?", tooltip="this page"),
    Binding("q", "quit", "Quit", tooltip="nothing is lost: all decisions are saved"),
]
_SIGNS = {
    "?": "a question waits there",
    "✓": "decided",
    "*": "marked, after the number of the line",
    " ": "nobody has looked at it yet, or there is nothing to decide",
}


def help_text(place: str) -> Text:
    """All keys, all signs, and where the decisions are."""
    text = Text("Keys\n", "bold")
    for binding in BINDINGS:
        text.append(f"  {binding.key_display or binding.key:<6}", "bold").append(f"{binding.tooltip}\n")
    text.append("\nSigns: how far a line is, then what becomes of it\n", "bold")
    for sign, meaning in _SIGNS.items():
        text.append(f"  {sign:<6}", "bold").append(f"{meaning}\n")
    for end, (sign, colour) in ENDS.items():
        text.append(f"  {sign:<6}", colour).append(f"{end}\n")
    return text.append(f"\nEach decision is at once in {place}\n")
