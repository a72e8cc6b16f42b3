"""The cases of `fixtures/`, and how tests look at folders."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "fixtures"


@dataclass(frozen=True, slots=True)
class Case:
    """One folder of `fixtures/`: its input, and what `case.yaml` says of it."""

    folder: Path
    scripts: tuple[str, ...]
    about: dict[str, object] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The folder's name, which is the name of the project too."""
        return self.folder.name

    @property
    def targets(self) -> tuple[str, ...]:
        """What it is converted to; `case.yaml` says others than Ansible."""
        found = self.about.get("targets", ["ansible"])
        return tuple(map(str, found)) if isinstance(found, list) else ()

    @property
    def input(self) -> Path:
        """The scripts and what lies beside them."""
        return self.folder / "input"

    def copied(self, scratch: Path) -> Path:
        """A copy of the input in a folder of the case's name, so that no output depends on where the clone is."""
        return Path(shutil.copytree(self.input, scratch / self.name))


def read_case(folder: Path) -> Case:
    """The case of that folder; without `case.yaml` it is about the only script at the top of its input."""
    described = folder / "case.yaml"
    about = yaml.safe_load(described.read_text(encoding="utf-8")) if described.is_file() else {}
    scripts = about.get("scripts") or [path.name for path in sorted((folder / "input").glob("*.sh"))]
    return Case(folder, tuple(scripts), about)


Compared = Callable[[str], None]
Run = Callable[..., "subprocess.CompletedProcess[str]"]
CASES = [read_case(folder) for folder in sorted(FIXTURES.iterdir()) if (folder / "input").is_dir()]


def surroundings(home: Path) -> dict[str, str]:
    """The environment of a user who has set nothing."""
    kept = ("PATH", "ANSIBLE_COLLECTIONS_PATH", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG", "PYTHONPATH")
    chosen = {name: os.environ[name] for name in kept if name in os.environ}
    # Systems of sandboxes are built once, not for each home.
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return {**chosen, "HOME": str(home), "XDG_CACHE_HOME": cache, "LANG": "C.UTF-8", "COLUMNS": "100"}


def files_of(folder: Path, *, hidden: Sequence[str] = (".git",)) -> dict[str, bytes]:
    """All files below the folder by their path in it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.relative_to(folder).parts[0] not in hidden
    }
