"""The last verification of a repository: kept in `.gitopsify/verification.yaml`, and said in MIGRATION.md.

In: a working copy and what was found. Out: these two files, changed; a commit is left to people.
"""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import yaml
from git import Repo
from git.exc import GitError

from converter.model.diagnostic import ConverterError
from converter.model.report import Verification
from converter.repo.markdown import text

FILE = ".gitopsify/verification.yaml"
_REPORT = "MIGRATION.md"
_SECTION = re.compile(r"^## Verification\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_HEAD = "# What the last gitopsify verify has found.\n"


def record(root: Path, found: Verification) -> None:
    """Writes it down; ConverterError where the files can't be written."""
    content = yaml.dump(msgspec.to_builtins(found), Dumper=yaml.CSafeDumper, sort_keys=False, width=110)
    report = root / _REPORT
    try:
        (root / FILE).write_text(_HEAD + content, encoding="utf-8")
        if report.is_file():
            before = report.read_text(encoding="utf-8")
            section = "\n\n".join(("## Verification", *map(text, sentences(found)), ""))
            report.write_text(_SECTION.sub(lambda _: section, before, count=1), encoding="utf-8")
    except OSError as problem:
        raise ConverterError(f"{problem.filename} can't be written: {problem.strerror}", "--no-record") from None


def revision(root: Path) -> str:
    """The commit that is checked out, and whether the working copy is otherwise; "" where git does not know it."""
    try:
        with Repo(root) as repository:
            found = repository.head.commit.hexsha[:10]
            return f"{found}, with changes" if repository.is_dirty(untracked_files=True) else found
    except (GitError, ValueError):
        return ""


def last(root: Path) -> Verification | None:
    """What was written down last; ConverterError where the file was edited into something else."""
    file = root / FILE
    if not file.is_file():
        return None
    try:
        return msgspec.convert(yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader), Verification)
    except (yaml.YAMLError, msgspec.ValidationError, UnicodeDecodeError) as problem:
        raise ConverterError(f"{file} is no verification: {problem}", "remove it and verify again") from None


def sentences(found: Verification) -> list[str]:
    """What is said of it."""
    of = f" of {found.revision}" if found.revision else ""
    tools = [*found.system, *(f"{name} {version}" for name, version in found.tools.items())]
    said = [f"Verified{of} on {found.date}, environment {found.environment}, with {', '.join(tools)}."]
    if found.failures:
        said.append(f"It did not come to an end: {', '.join(found.failures)} failed.")
    else:
        but = f", but for what the backend can't tell ({', '.join(found.unseen)})" if found.unseen else ""
        said.append(
            f"{'The manifests end where the script ends' if found.passed else 'It is not proven'}{but}: "
            f"{found.equal} things are equal, {found.different} different, {found.uncompared} could not be compared."
        )
    for count, what in ((found.changing, "are changed by a second run"), (found.unclean, "would be, says --check")):
        said += [f"{count} tasks {what}."] if count else []
    return said
