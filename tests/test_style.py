"""The style that a machine can check: sizes, names, docstrings, and the linters of the project."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cases import ROOT

MODULES = sorted((ROOT / "converter").rglob("*.py"))
LONGEST_MODULE, LONGEST_FUNCTION = 400, 60
SAYS_NOTHING = {"util", "utils", "helper", "helpers", "common", "base", "manager", "misc"}
# In two pieces, so that this file holds none of them.
SILENCED = re.compile("no" + "qa|type: " + "ignore|pragma: " + "no cover|TO" + "DO|FIX" + "ME|Not" + "ImplementedError")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_module(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert len(text.splitlines()) <= LONGEST_MODULE, "split it by what it does"
    assert path.stem not in SAYS_NOTHING, "name it for what it does"
    assert not SILENCED.search(text)
    first = (ast.get_docstring(tree) or "").partition("\n\n")[0]
    assert first.endswith((".", "?")), "say in one sentence what it is"
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{node.name} says nothing of itself"
        if isinstance(node, ast.FunctionDef):
            size = (node.end_lineno or node.lineno) - node.lineno + 1
            assert size <= LONGEST_FUNCTION, f"{node.name} has {size} lines"


def test_public_functions_say_what_they_do() -> None:
    silent = [
        f"{name_of(path)}: {node.name}"
        for path in MODULES
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert silent == []


def test_median_sizes() -> None:
    sizes = sorted(len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES if path.name != "__init__.py")
    assert sizes[len(sizes) // 2] <= 130


@pytest.mark.parametrize(
    "tool",
    [["ruff", "check", "."], ["mypy"], ["importlinter.cli", "lint-imports"]],
    ids=["ruff", "mypy", "import-linter"],
)
def test_linters(tool: list[str]) -> None:
    program = (
        [str(Path(sys.executable).parent / "lint-imports")]
        if tool[-1] == "lint-imports"
        else [sys.executable, "-m", *tool]
    )
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_names_a_machine() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    places = re.compile(r"/(?:work|farm|home/[a-z]+/src)/|pypi\.(?:org|python)|registry\.npmjs")
    found = []
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if (
            path.suffix in {".md", ".toml", ".yaml", ".yml", ".py", ""}
            and path.is_file()
            and path.name != "test_style.py"
        ):
            text = path.read_text(encoding="utf-8", errors="replace")
            found += [f"{name}: {match.group()}" for match in places.finditer(text)]
    assert found == []
