"""The two sides: the script line by line, and the manifests block by block; the cursor of one leads the other."""

from __future__ import annotations

from collections.abc import Callable

from rich.text import Text
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from converter.cli.review.cursor import Rows
from converter.cli.review.lines import Line
from converter.cli.review.looks import file_head, manifest, script_line
from converter.cli.review.manifests import Block
from converter.cli.terminal import visible


class ScriptPane(Rows):
    """The lines that are shown; `line` is the one under the cursor."""

    def __init__(self) -> None:
        super().__init__(id="script")
        self.rows: list[Line | None] = []
        self.marked: set[tuple[str, int]] = set()

    @property
    def line(self) -> Line | None:
        """The line under the cursor."""
        at = self.highlighted
        return self.rows[at] if at is not None and at < len(self.rows) else None

    def show(self, lines: tuple[Line, ...], wanted: Callable[[Line], bool]) -> None:
        """Shows what is wanted of the lines, with the cursor where it was, or near it."""
        before = self.line
        shown = [line for line in lines if wanted(line)]
        several = len({line.path for line in lines}) > 1
        rows: list[Line | None] = []
        options = []
        width = len(str(max((line.number for line in lines), default=1)))
        for index, line in enumerate(shown):
            if several and (index == 0 or shown[index - 1].path != line.path):
                rows.append(None)
                options.append(Option(file_head(line.path), disabled=True))
            rows.append(line)
            options.append(Option(script_line(line, width, (line.path, line.number) in self.marked)))
        with self.prevent(OptionList.OptionHighlighted):
            self.set_options(options)
            self.rows = rows
            self.highlighted = self._near(before)

    def mark(self) -> None:
        """Marks the line under the cursor, or no longer, and goes on to the next one."""
        line = self.line
        if line is not None:
            self.marked ^= {(line.path, line.number)}
        self.action_cursor_down()

    @property
    def meant(self) -> tuple[Line, ...]:
        """The marked lines that have commands, each command once; without any, the line under the cursor."""
        chosen = [line for line in self.rows if line is not None and (line.path, line.number) in self.marked]
        if not chosen:
            return (self.line,) if self.line is not None and self.line.commands else ()
        firsts = {line.commands[line.main][0]: line for line in reversed(chosen) if line.commands}
        return tuple(reversed(firsts.values()))

    def _near(self, before: Line | None) -> int | None:
        places = [index for index, row in enumerate(self.rows) if row is not None]
        if before is None or not places:
            return places[0] if places else None
        return min(places, key=lambda index: self._distance(index, before))

    def _distance(self, index: int, line: Line) -> tuple[bool, int]:
        row = self.rows[index]
        return (row is None or row.path != line.path, abs((row.number if row else 0) - line.number))

    def find(self, wanted: Callable[[Line], bool], step: int = 1) -> bool:
        """Moves to the next line that is wanted, round the end; False where there is none."""
        count, start = len(self.rows), self.highlighted or 0
        for distance in range(1, count + 1):
            index = (start + step * distance) % count
            row = self.rows[index]
            if row is not None and wanted(row):
                self.highlighted = index
                return True
        return False


class ManifestPane(Rows):
    """The blocks of the manifests."""

    faint = True

    def __init__(self) -> None:
        super().__init__(id="manifest")
        self.blocks: tuple[Block, ...] = ()

    def show(self, blocks: tuple[Block, ...]) -> None:
        """Shows the blocks, each file with its name above."""
        self.blocks = blocks
        with self.prevent(OptionList.OptionHighlighted):
            self.set_options([Option(self._block(block)) for block in blocks])

    def _block(self, block: Block) -> Text:
        head = Text(end="").append(f"{visible(block.path)}\n" if block.first else "", "bold underline")
        return head.append_text(manifest(block)).append("\n")

    def follow(self, line: Line) -> None:
        """Moves to the first block that comes from the line; leaves the cursor off where none does."""
        wanted = (index for index, block in enumerate(self.blocks) if block.comes_from(line.path, line.number))
        found = next(wanted, None)
        with self.prevent(OptionList.OptionHighlighted):
            self.highlighted = found
        if found is not None:
            self.scroll_to_highlight(top=True)
