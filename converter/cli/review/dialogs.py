"""What is asked in a window over the review: one of several choices, a line of text, help."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, NamedTuple

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from converter.cli.review.cursor import Rows
from converter.cli.terminal import visible


class Offer(NamedTuple):
    """One of several choices: what it is called, and what it would generate."""

    label: str
    outcome: str = ""


def _heading(title: str) -> Text:
    """The first line is what it is about, the rest says why."""
    first, _, rest = title.partition("\n")
    return Text(visible(first), "bold").append(f"\n{visible(rest)}" if rest else "", "not bold")


class Choose(ModalScreen[int | None]):
    """One of several offers, each with what it would make of the line; its number, or nothing where it is left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Back"),
        *(Binding(str(number), f"take({number - 1})", show=False) for number in range(1, 10)),
    ]

    def __init__(
        self, title: str, offers: Sequence[Offer], preview: Callable[[int], str] | None = None, at: int = 0
    ) -> None:
        super().__init__()
        self._title, self._offers, self._preview, self._at = title, offers, preview, at

    def compose(self) -> ComposeResult:
        """The title, the offers and the preview of the one under the cursor."""
        with Vertical(classes="dialog"):
            yield Label(_heading(self._title))
            options = [self._option(number, offer) for number, offer in enumerate(self._offers, 1)]
            yield Rows(*options, id="offers")
            if self._preview is not None:
                with VerticalScroll(classes="preview", can_focus=False):
                    yield Static(id="preview")
            yield Label(Text("Enter takes it, Esc goes back", "dim"))

    def _option(self, number: int, offer: Offer) -> Option:
        text = Text(f"{number} {visible(offer.label)}", "bold")
        return Option(text.append(f"  {visible(offer.outcome)}" if offer.outcome else "", "not bold"))

    def on_mount(self) -> None:
        """The cursor is on what holds now."""
        self.query_one("#offers", OptionList).highlighted = self._at

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Shows what the offer would make."""
        if self._preview is not None:
            text = self._preview(event.option_index) or "nothing is left of it in the manifests"
            self.query_one("#preview", Static).update(Text("\n".join(map(visible, text.split("\n")))))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Takes it."""
        self.dismiss(event.option_index)

    def action_take(self, index: int) -> None:
        """Takes the offer of that number."""
        if index < len(self._offers):
            self.dismiss(index)


class Write(ModalScreen[str | None]):
    """One line of text, or nothing where it is left."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Back")]

    def __init__(self, title: str, text: str = "", hint: str = "Enter takes it, Esc goes back") -> None:
        super().__init__()
        self._title, self._text, self._hint = title, text, hint

    def compose(self) -> ComposeResult:
        """The title and the line."""
        with Vertical(classes="dialog"):
            yield Label(_heading(self._title))
            yield Input(self._text, id="text", compact=True, select_on_focus=False)
            yield Label(Text(self._hint, "dim"))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Takes it."""
        self.dismiss(event.value.strip())


class Help(ModalScreen[None]):
    """All keys, and what the signs mean."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,enter,space", "dismiss(None)", "Back"),
    ]

    def __init__(self, text: Text) -> None:
        super().__init__()
        self._text = text

    def compose(self) -> ComposeResult:
        """The text, which may be longer than the screen."""
        with VerticalScroll(classes="dialog"):
            yield Static(self._text)
