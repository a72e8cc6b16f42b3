"""Prints what a benchmark has measured, and with `--write` keeps it between two marks of `docs/performance.md`."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"


def tell(text: str, mark: str, *, write: bool) -> None:
    """Prints the text, and puts it between `<!-- mark -->` and `<!-- /mark -->` where asked."""
    print(text)
    if write:
        begin, end = f"<!-- {mark} -->", f"<!-- /{mark} -->"
        old = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(re.sub(f"{begin}.*{end}", f"{begin}\n{text}\n{end}", old, flags=re.DOTALL), encoding="utf-8")
