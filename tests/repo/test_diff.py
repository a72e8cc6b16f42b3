"""What a dry run says would change, judged by patch(1) and git."""

from __future__ import annotations

import subprocess
from pathlib import Path

from converter.model.tree import FileTree, TreeFile
from converter.repo import diff, difference, listing


def tree(**files: str) -> FileTree:
    """Files by name; `__` stands for `/`."""
    return FileTree(files=tuple(TreeFile(path=name.replace("__", "/"), text=text) for name, text in files.items()))


def test_nothing_is_there_yet(tmp_path: Path) -> None:
    found = difference(tree(a="one\n", b__c="two"), tmp_path / "none")
    assert (found.added, found.changed, found.unchanged) == (("a", "b/c"), (), ())
    assert "--- /dev/null" in found.text
    assert "\\ No newline at end of file" in found.text


def test_applies_with_git(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("one\ntwo\n")
    (tmp_path / "same").write_text("x\n")
    (tmp_path / "other").write_text("not ours\n")
    after = tree(a="one\n2\n", b__c="new", same="x\n")
    found = difference(after, tmp_path)
    assert (found.added, found.changed, found.unchanged) == (("b/c",), ("a",), ("same",))
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=found.text, text=True, check=True)
    assert diff(after, tmp_path) == ""


def test_listing() -> None:
    said = listing(tree(b__c__d="", b__a="", z=""))
    assert said == "b/\n  a\n  c/\n    d\nz"
