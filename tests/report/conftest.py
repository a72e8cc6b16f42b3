"""One Chromium for all tests that look at pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from report.chromium import PROGRAM, Browser


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One Chromium without a window."""
    if PROGRAM is None:
        pytest.skip("there is no chromium: apt-get install chromium")
    found = Browser(tmp_path_factory.mktemp("chromium"))
    yield found
    found.close()


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], str]:
    """Writes a page, and gives its address."""

    def write(text: str) -> str:
        file = tmp_path / "report.html"
        file.write_text(text, encoding="utf-8")
        return file.as_uri()

    return write
