"""The last verification of a repository, as it is written down and said."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from converter.model.diagnostic import ConverterError
from converter.model.report import Verification
from converter.repo.verification import FILE, last, record, revision

FOUND = Verification(
    date="2026-01-02",
    revision="0123456789",
    environment="production",
    equal=12,
    different=0,
    uncompared=1,
    system=("Debian bookworm",),
    tools={"ansible-core": "2.19.14"},
)
REPORT = "# Migration\n\n## Summary\n\n12 lines\n\n## Verification\n\nNot verified yet.\n\n## Kept\n\nNone.\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository as far as this goes."""
    (tmp_path / ".gitopsify").mkdir()
    (tmp_path / "MIGRATION.md").write_text(REPORT, encoding="utf-8")
    return tmp_path


def test_it_is_written_down_and_said(root: Path) -> None:
    record(root, FOUND)
    record(root, FOUND)
    assert last(root) == FOUND
    assert yaml.safe_load((root / FILE).read_text(encoding="utf-8"))["equal"] == 12
    text = (root / "MIGRATION.md").read_text(encoding="utf-8")
    assert "Verified of 0123456789 on 2026-01-02" in text
    assert "12 things are equal, 0 different, 1 could not be compared" in text
    assert "Not verified yet" not in text
    assert text.startswith("# Migration\n\n## Summary\n\n12 lines\n\n## Verification\n")
    assert text.endswith("\n\n## Kept\n\nNone.\n")


def test_what_is_not_proven_is_not_said_to_be(root: Path) -> None:
    record(root, Verification(date="2026-01-02", revision="", environment="qa", equal=1, different=2, uncompared=0))
    text = (root / "MIGRATION.md").read_text(encoding="utf-8")
    assert "It is not proven: 1 things are equal, 2 different" in text
    assert "end where the script ends" not in text


def test_nothing_is_known_of_a_folder_that_was_never_verified(root: Path) -> None:
    assert last(root) is None
    assert revision(root) == ""


def test_a_file_that_is_something_else_is_named(root: Path) -> None:
    (root / FILE).write_text("date: [1]\n", encoding="utf-8")
    with pytest.raises(ConverterError, match=r"verification\.yaml is no verification"):
        last(root)
