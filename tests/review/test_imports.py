"""The terminal application costs nothing where it is not used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cases import ROOT


@pytest.mark.parametrize("words", [["--help"], ["review", "--help"], ["convert", "deploy.sh", "-o", "made", "--yes"]])
def test_textual_is_not_imported(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "deploy.sh").write_text("ssh a@b.example.com mkdir /srv/x\n")
    program = "import atexit, sys\natexit.register(lambda: print('textual' in sys.modules, file=sys.stderr))\n"
    program += "import converter.cli as c\n"
    program += f"sys.argv = ['gitopsify', *{words!r}]\nsys.exit(c.main())\n"
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"},
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-1] == "False"


def test_only_the_application_imports_it() -> None:
    known = {path for path in (ROOT / "converter").rglob("*.py") if "textual" in path.read_text(encoding="utf-8")}
    importing = {path for path in known if "\nfrom textual" in path.read_text(encoding="utf-8")}
    assert importing
    assert {path.parent for path in importing} == {ROOT / "converter" / "cli" / "review"}
