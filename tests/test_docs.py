"""Documentation is held against the program: README commands run; every command, kind and diagnostic is described."""

from __future__ import annotations

import ast
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cases import ROOT, Run
from generate import pages

README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCS = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in ROOT.glob("docs/**/*.md")}
# What installs, is tried by `.ci/run` itself, or needs a terminal, which it has in `tests/review`.
NOT_HERE = re.compile(
    r"^(?:gitopsify review|"
    r"pipx|uv|pip|git|cd|make|source|python3?|less|ansible-playbook|ansible-galaxy|\.venv/bin/pip) "
)


def commands(text: str) -> list[str]:
    """The lines to type in blocks marked `sh`."""
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [line.partition("  #")[0].strip() for block in blocks for line in block.splitlines() if line.strip()]


@pytest.fixture(scope="session")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the script that the README speaks of; its commands run there one after the other."""
    place = tmp_path_factory.mktemp("readme")
    cases = ROOT / "fixtures"
    shutil.copytree(cases / "readme-sample" / "input", place, dirs_exist_ok=True)
    shutil.copytree(cases / "staging-and-production" / "input", place, dirs_exist_ok=True)
    shutil.copytree(cases / "purposes" / "input", place / "scripts")
    shutil.copy(cases / "purposes" / "input" / "1-setup-server.sh", place / "setup.sh")
    shutil.copy(cases / "purposes" / "input" / "rollback.sh", place / "rollback.sh")
    return place


def test_readme_commands_run(run: Run, workplace: Path) -> None:
    tried = [line for line in commands(README) if not NOT_HERE.match(line)]
    assert len(tried) >= 5
    for line in tried:
        program, *arguments = shlex.split(line)
        assert program == "gitopsify", f"a test has to know how to try {line!r}"
        done = run(*arguments, cwd=workplace, timeout=180)
        assert done.returncode in (0, 1), f"{line}\n{done.stderr}"


def test_readme_names_the_make_targets() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make (\w+)", "\n".join(commands(README)), re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_links_lead_somewhere() -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in ROOT.glob("*.md")} | DOCS
    for name, text in texts.items():
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", text):
            assert ((ROOT / name).parent / target).exists(), f"{name} links to {target}"


def test_every_command_is_in_the_readme(run: Run) -> None:
    told = run("--help").stdout
    listed = re.findall(r"^  ([a-z]+)\s{2,}", told[told.index("Commands:") :], re.MULTILINE)
    assert {"convert", "explain", "plan", "render", "rules", "verify"} <= set(listed)
    assert [name for name in listed if f"gitopsify {name}" not in README] == []


def test_generated_pages_are_current() -> None:
    stale = [name for name, text in pages() if (ROOT / "docs" / name).read_text(encoding="utf-8") != text]
    assert stale == [], "python docs/generate.py writes them anew"


def test_every_diagnostic_is_documented() -> None:
    found = {
        name for path in (ROOT / "converter").rglob("*.py") for name in diagnostics(ast.parse(path.read_text("utf-8")))
    }
    assert len(found) > 5
    assert sorted(name for name in found if f"| `{name}` |" not in DOCS["docs/diagnostics.md"]) == []


def diagnostics(module: ast.Module) -> Iterator[str]:
    """The names that are given to `Diagnostic` or to a method that makes one."""
    for call in (node for node in ast.walk(module) if isinstance(node, ast.Call)):
        called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        named = [item.value for item in call.keywords if item.arg == "name" and called == "Diagnostic"]
        named += call.args[:1] if called in ("warn", "note") else []
        for constant in (node for item in named for node in ast.walk(item) if isinstance(node, ast.Constant)):
            if isinstance(constant.value, str) and re.fullmatch("[a-z]+(-[a-z]+)+", constant.value):
                yield constant.value
