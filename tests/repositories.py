"""Trees and repositories for the tests of what is written, and git itself as the judge of them."""

from __future__ import annotations

import subprocess
from pathlib import Path

from cases import files_of
from converter.model.tree import FileTree, TreeFile

FILES = {
    "README.md": "# shop\n",
    "site.yml": "---\n",
    "roles/web/tasks/main.yml": "---\n- name: One\n",
    "roles/web/files/run": "#!/bin/sh\n",
    "roles-x": "sorts between roles and roles/\n",
    "é/ü.txt": "ä\r\n",
}


def tree(**changes: str) -> FileTree:
    """The files, with some changed; one without text is not there."""
    files = {**FILES, **changes}
    return FileTree(files=tuple(TreeFile(path=p, text=t, executable=p.endswith("/run")) for p, t in files.items() if t))


def git(directory: Path, *words: str, check: bool = True) -> str:
    """What git prints."""
    who = ("-c", "user.name=Ann", "-c", "user.email=ann@example.com", "-c", "core.editor=true")
    done = subprocess.run(["git", *who, *words], cwd=directory, check=check, capture_output=True, text=True)
    return done.stdout.strip()


def commit(directory: Path, **files: str | None) -> None:
    """Somebody's edits, committed; a file that is None is removed."""
    for path, text in files.items():
        if text is None:
            (directory / path).unlink()
        else:
            (directory / path).parent.mkdir(parents=True, exist_ok=True)
            (directory / path).write_text(text)
    git(directory, "add", "--all")
    git(directory, "commit", "--quiet", "--message=Mine")


def sound(directory: Path) -> bool:
    """Whether git finds no fault with it, and nothing of ours is left that blocks anybody or waits to be taken back."""
    git(directory, "fsck", "--strict")
    folder = directory / git(directory, "rev-parse", "--git-dir")
    left = [folder / "index.lock", folder / "gitopsify" / "journal", directory / ".gitopsify-moving"]
    return not any(path.exists() for path in left)


def snapshot(directory: Path) -> tuple[dict[str, bytes], str, str, str]:
    """Files, branches, what is checked out, and what git finds changed."""
    if not (directory / ".git").exists():
        return files_of(directory) if directory.exists() else {}, "", "", ""
    heads = git(directory, "for-each-ref")
    return (
        files_of(directory),
        heads,
        git(directory, "symbolic-ref", "HEAD", check=False),
        git(directory, "status", "-s"),
    )
