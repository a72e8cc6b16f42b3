"""Lists whose cursor is seen on every background and without colours: the row under it is shown in reverse."""

from __future__ import annotations

from textual.style import Style
from textual.widgets import OptionList

UNDER_CURSOR = "option-list--option-highlighted"


class Rows(OptionList):
    """A list with such a cursor; `faint` where it is reversed only while the list has the keys."""

    faint = False

    def get_visual_style(self, *component_classes: str, partial: bool = False) -> Style:
        """Textual leaves `reverse` out of the style of a part of a widget."""
        style = super().get_visual_style(*component_classes, partial=partial)
        if UNDER_CURSOR not in component_classes or (self.faint and not self.has_focus):
            return style
        return style + Style(reverse=True)
