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

FILE = ".gitopsify/verification.yaml"
_REPORT = "MIGRATION.md"
_SECTION = re.compile(r"^## Verification\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_HEAD = "# What the last gitopsify verify has found.\n"


def record(root: Path, found: Verification) -> None:
    """Writes it down; ConverterError where the files can't be written."""
    text = yaml.dump(msgspec.to_builtins(found), Dumper=yaml.CSafeDumper, sort_keys=False, width=110)
    report = root / _REPORT
    try:
        (root / FILE).write_text(_HEAD + text, encoding="utf-8")
        if report.is_file():
            before = report.read_text(encoding="utf-8")
            section = f"## Verification\n\n{sentences(found)}\n\n"
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


def sentences(found: Verification) -> str:
    """What MIGRATION.md says of it, in Markdown."""
    of = f" of {found.revision}" if found.revision else ""
    tools = [*found.system, *(f"{name} {version}" for name, version in found.tools.items())]
    said = [f"Verified{of} on {found.date}, environment `{found.environment}`, with {', '.join(tools)}."]
    if found.failures:
        said.append(f"It did not come to an end: {', '.join(found.failures)} failed.")
    else:
        said.append(
            f"{'**The manifests end where the script ends**' if found.passed else '**They differ**'}: "
            f"{found.equal} things are equal, {found.different} different, {found.uncompared} could not be compared."
        )
    for count, what in ((found.changing, "are changed by a second run"), (found.unclean, "would be, says --check")):
        said += [f"{count} tasks {what}."] if count else []
    return "\n".join(said)
