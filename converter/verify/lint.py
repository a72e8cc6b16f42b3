"""The first level: the target's own validators read the repository."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from converter import __version__
from converter.model.report import CheckResult, Outcome, Report
from converter.verify.checks import CHECKS, Check
from converter.verify.playbooks import findings, has_playbooks
from converter.verify.programs import Ended, find, run, version

_UNKNOWN_MODULE = "couldn't resolve module/action"
_COLLECTIONS = "ansible-galaxy collection install -r requirements.yml"


def lint(directory: Path) -> Report:
    """Runs every validator that has something to read here; one that is not installed is skipped and says so."""
    with tempfile.TemporaryDirectory(prefix="gitopsify-lint-") as scratch:
        # Validators leave caches behind; the repository stays as it is.
        copy = Path(scratch) / "repository"
        shutil.copytree(directory, copy, symlinks=True, ignore=shutil.ignore_patterns(".git", ".ansible"))
        return Report(results=(*_own(copy), *(_checked(check, copy) for check in CHECKS if check.reads(copy))))


def _own(directory: Path) -> list[CheckResult]:
    """What needs no other program."""
    if not has_playbooks(directory):
        return []
    found = findings(directory)
    outcome = Outcome.FAILED if found else Outcome.PASSED
    return [CheckResult(tool="modules before commands", outcome=outcome, version=__version__, details="\n".join(found))]


def _checked(check: Check, directory: Path) -> CheckResult:
    program = find(check.program)
    if program is None:
        return CheckResult(tool=check.tool, outcome=Outcome.SKIPPED, install=check.install)
    for arguments in check.commands(directory):
        ended = run([program, *arguments], directory)
        if ended.code != 0:
            return _failure(check, program, ended)
    return CheckResult(tool=check.tool, outcome=Outcome.PASSED, version=version(program, check.asked))


def _failure(check: Check, program: str, ended: Ended) -> CheckResult:
    install = _COLLECTIONS if _UNKNOWN_MODULE in ended.output else ""
    return CheckResult(
        tool=check.tool,
        outcome=Outcome.FAILED,
        version=version(program, check.asked),
        details=ended.output,
        install=install,
    )
