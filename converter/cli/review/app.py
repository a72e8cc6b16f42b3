"""The terminal application of `gitopsify review`: what is shown, and how the cursor moves."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Footer, OptionList, Static

from converter.cli.review.deciding import Deciding
from converter.cli.review.details import details
from converter.cli.review.keys import BINDINGS
from converter.cli.review.lines import Line, State
from converter.cli.review.looks import CSS
from converter.cli.review.panes import ManifestPane, ScriptPane
from converter.cli.review.session import Session
from converter.cli.terminal import visible
from converter.model.trace import Disposition

FILTERS: dict[str, State | Disposition | None] = {
    "all lines": None,
    **{f"only {state}": state for state in (State.OPEN, State.PROPOSED, State.DECIDED)},
    **{f"only {end}": end for end in Disposition},
}


class Review(Deciding, App[str | None]):
    """Ends with the folder to write the repository to, or with nothing."""

    CSS = CSS
    BINDINGS: ClassVar[list[BindingType]] = [*BINDINGS]
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, session: Session, directory: str = "") -> None:
        # The terminal's own colours, so that a light background stays one, and none at all where none are wanted.
        super().__init__(ansi_color=True)
        self.theme = "ansi-light"
        self.session, self.directory = session, directory
        self._filter = "all lines"
        self._sought = ""
        self.problem: Exception | None = None
        self.at = 0

    def compose(self) -> ComposeResult:
        """Script, manifest, details."""
        yield Static(id="title")
        with Horizontal(id="body"):
            yield ScriptPane()
            yield ManifestPane()
        with VerticalScroll(id="details", can_focus=False):
            yield Static(id="about")
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Begins at the first line that waits for a person."""
        self.script.border_title = "script"
        self.script.focus()
        self.refresh_all()
        if not self.waits(self.script.line):
            self.script.find(self.waits)
        for stale in self.session.stale:
            self.notify(visible(stale.message), severity="warning", markup=False)

    def _handle_exception(self, error: Exception) -> None:
        """Notes what went wrong, for the log of the command line."""
        self.problem = self.problem or error
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Ends without a traceback on the screen, which would quote the script and its secrets."""
        self._close_messages_no_wait()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In a window over the review the keys are that window's own."""
        return len(self.screen_stack) < 2 or action in ("focus_next", "focus_previous", "help_quit")

    @property
    def script(self) -> ScriptPane:
        """The left side."""
        return self.screen_stack[0].query_one(ScriptPane)

    @property
    def manifest(self) -> ManifestPane:
        """The right side."""
        return self.screen_stack[0].query_one(ManifestPane)

    def refresh_all(self) -> None:
        """Shows the plan as it is now."""
        chosen, before = FILTERS[self._filter], self.script.line
        self.script.show(self.session.lines, lambda line: chosen is None or chosen in (line.state, line.disposition))
        self.manifest.show(self.session.blocks)
        self.manifest.border_title = self.session.target
        self._tell()
        now = self.script.line
        if before is None or now is None or (before.path, before.number) != (now.path, now.number):
            self._begin()
        self._follow()

    def _tell(self) -> None:
        done, all_ = self.session.progress
        open_ = sum(1 for line in self.session.lines if line.head and line.state == State.OPEN)
        text = f"{self.session.plan.name}: {done} of {all_} lines decided, {open_} open"
        text += f", {len(self.script.marked)} marked" if self.script.marked else ""
        shown = "" if self._filter == "all lines" else f"  ({self._filter})"
        self.screen_stack[0].query_one("#title", Static).update(Text(visible(text + shown)))

    def _follow(self) -> None:
        """The right side and the details after the line."""
        line = self.script.line
        if line is not None:
            self.manifest.follow(line)
        self._explain(line)

    def _begin(self) -> None:
        self.at = self.script.line.main if self.script.line is not None else 0

    def _explain(self, line: Line | None) -> None:
        about = self.screen_stack[0].query_one("#about", Static)
        about.update(details(self.session, line, self.at) if line else Text("No line is of that state.", "dim"))
        self.screen_stack[0].query_one("#details", VerticalScroll).scroll_home(animate=False)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """The side that has the cursor leads the other one."""
        if event.option_list is self.script:
            self._begin()
            if self.manifest.has_focus:
                self._explain(self.script.line)
            else:
                self._follow()
        elif event.option_list is self.manifest and self.manifest.has_focus:
            block = self.manifest.blocks[event.option_index]
            row = next(
                (i for i, line in enumerate(self.script.rows) if line and block.comes_from(line.path, line.number)),
                None,
            )
            if row is not None:
                self.script.highlighted = row

    def waits(self, line: Line | None) -> bool:
        """Whether a person has something to do there."""
        return line is not None and line.head and line.state in (State.OPEN, State.PROPOSED)

    def action_next_open(self) -> None:
        """To the next line that waits: questions first, then what nobody has looked at."""
        self._jump(1)

    def action_previous_open(self) -> None:
        """To the one before."""
        self._jump(-1)

    def _jump(self, step: int) -> None:
        self.script.focus()
        if not self.script.find(lambda line: line.head and line.state == State.OPEN, step) and not self.script.find(
            self.waits, step
        ):
            self.notify("Every line is decided.")

    def action_other_pane(self) -> None:
        """The keys of the cursor are for the other side."""
        (self.script if self.manifest.has_focus else self.manifest).focus()

    def action_command(self, step: int) -> None:
        """The keys are about another command of the line."""
        line = self.script.line
        if line is not None and line.commands:
            self.at = (self.at + step) % len(line.commands)
            self._explain(line)

    def action_mark(self) -> None:
        """The keys that decide are about all marked lines."""
        self.script.focus()
        self.script.mark()
        self.refresh_all()

    def action_unmark(self) -> None:
        """They are about the line under the cursor again."""
        self.script.marked.clear()
        self.refresh_all()

    def action_filter(self) -> None:
        """The next state."""
        names = list(FILTERS)
        self._filter = names[(names.index(self._filter) + 1) % len(names)]
        self.refresh_all()

    def seek(self, text: str) -> None:
        """To the next line with the text; an empty one is that of before."""
        self._sought = text or self._sought
        wanted = self._sought.lower()
        self.script.focus()
        if wanted and not self.script.find(lambda line: wanted in line.text.lower()):
            self.notify(f"There is no “{visible(self._sought)}”.", severity="warning", markup=False)

    def action_target(self) -> None:
        """The next target."""
        if not self.session.switch_target():
            self.notify(f"{self.session.target} is the only target.")
        self.refresh_all()
