"""A form with the fields of a resource; what is wrong is said before anything is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, Static

from converter.cli.terminal import visible

Fields = tuple[tuple[str, str], ...]


class Form(ModalScreen[Fields | None]):
    """The fields that were changed, or nothing where it is left. `check` says what is wrong, "" if nothing is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Back"),
        Binding("ctrl+s", "save", "Save", priority=True),
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
    ]

    def __init__(self, title: str, fields: dict[str, str], check: Callable[[Fields], str]) -> None:
        super().__init__()
        self._title, self._fields, self._check = title, fields, check
        # What is set comes first.
        self._names: Sequence[str] = sorted(fields, key=lambda name: not fields[name])

    def compose(self) -> ComposeResult:
        """A line for each field."""
        with Vertical(classes="dialog"):
            yield Label(Text(visible(self._title), "bold"))
            with VerticalScroll(classes="fields", can_focus=False):
                for name in self._names:
                    with Horizontal(classes="field"):
                        yield Label(name)
                        yield Input(self._fields[name], id=f"field-{name}", compact=True, select_on_focus=False)
            yield Static(id="problem", classes="problem")
            with Horizontal(classes="buttons"):
                yield Button("Save (Ctrl+S)", id="save", compact=True)
                yield Button("Back (Esc)", id="back", compact=True)

    def _changed(self) -> Fields:
        given = {name: self.query_one(f"#field-{name}", Input).value for name in self._names}
        return tuple((name, text) for name, text in given.items() if text != self._fields[name])

    def on_input_changed(self) -> None:
        """Says at once what is wrong."""
        problem = self._check(self._changed())
        self.query_one("#problem", Static).update(Text(visible(problem)))

    def on_input_submitted(self) -> None:
        """Enter saves."""
        self.action_save()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """For the mouse."""
        if event.button.id == "save":
            self.action_save()
        else:
            self.dismiss(None)

    def action_save(self) -> None:
        """Ends it, unless something is wrong."""
        changed = self._changed()
        problem = self._check(changed)
        if problem:
            self.query_one("#problem", Static).update(Text(visible(problem)))
            self.app.bell()
        else:
            self.dismiss(changed)
