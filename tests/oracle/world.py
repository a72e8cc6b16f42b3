"""A scratch root directory in which bash runs a fixture: nothing outside of it can be read or written."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

STUB = Path(__file__).parent / "stub.bash"
PROJECT = "/project"
# What bash does itself; `echo`, `printf` and `kill` are taken from it, so that they are recorded and harmless.
_BUILTINS = frozenset(
    ". : [ [[ ]] alias bg bind break builtin caller case cd command compgen complete continue declare dirs disown "
    "do done elif else enable esac eval exec exit export false fc fg fi for function getopts hash help history if "
    "in jobs let local logout mapfile popd pushd pwd read readarray readonly return select set shift shopt source "
    "suspend test then time times trap true type typeset ulimit umask unalias unset until wait while { }".split()
)
# Folders that every server has, so that redirections into them work.
PLACES = (
    "bin stubs remote tmp root dev srv opt home usr/local/bin var/lock var/log var/www var/backups "
    "etc/systemd/system etc/cron.d etc/nginx/sites-available etc/nginx/sites-enabled etc/nginx/conf.d "
    "etc/logrotate.d etc/apt/sources.list.d etc/sudoers.d"
).split()
SURROUNDINGS = {"PATH": "/stubs", "HOME": "/root", "BASH_ENV": "/stubs/.env", "LANG": "C.UTF-8"}
ALWAYS = ("sudo", "su", "ssh", "sh", "bash", "env", "echo", "printf", "kill", "dirname", "basename", "date", "sleep")


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to run a case: its arguments, and how commands end and what they print (by the start of their line)."""

    user: str = ""
    arguments: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    stdin: str = ""
    inputs: dict[str, str] = field(default_factory=dict)
    exits: dict[str, int] = field(default_factory=dict)
    prints: dict[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ran:
    """One command that bash ran."""

    host: str
    user: str
    cwd: str
    stdin: str
    argv: tuple[str, ...]


def chroot() -> list[str] | None:
    """How this machine lets us change the root directory, if it does."""
    for program, *rest in (["chroot"], ["unshare", "--map-root-user", "chroot"]):
        found = shutil.which(program)
        if not found:
            continue
        prefix = [found, *rest]
        tried = subprocess.run([*prefix, "/", "/bin/true"], capture_output=True, check=False)
        if tried.returncode == 0:
            return prefix
    return None


class World:
    """The root directory of one run."""

    def __init__(self, root: Path, case_input: Path, way: Way, folders: Iterable[str], programs: Iterable[str]) -> None:
        self.root, self.way = root, way
        for place in (*PLACES, *(folder.lstrip("/") for folder in (*folders, *way.folders))):
            (root / place).mkdir(parents=True, exist_ok=True)
        shutil.copytree(case_input, root / PROJECT.lstrip("/"), dirs_exist_ok=True)
        self._bash()
        self._stubs(programs)
        for name in ("log", "dev/null"):
            (root / name).touch()
        (root / "exits").write_text("".join(f"{line}\t{code}\n" for line, code in way.exits.items()))
        (root / "prints").write_text("".join(f"{line}\t{text}\n" for line, text in way.prints.items()))
        (root / "bin" / "sh").symlink_to("bash")
        (root / "stubs" / ".env").write_text("enable -n echo printf kill\n")
        for file in way.files:
            (root / file.lstrip("/")).parent.mkdir(parents=True, exist_ok=True)
            (root / file.lstrip("/")).touch()

    def _bash(self) -> None:
        bash = shutil.which("bash") or "/bin/bash"
        shutil.copy2(bash, self.root / "bin" / "bash")
        linked = subprocess.run(["ldd", bash], capture_output=True, text=True, check=True).stdout
        for library in re.findall(r"(/\S+) \(0x", linked):
            place = self.root / library.lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(os.path.realpath(library), place)

    def _stubs(self, programs: Iterable[str]) -> None:
        words = set(ALWAYS) | set(programs)
        for script in (self.root / PROJECT.lstrip("/")).rglob("*"):
            if script.is_file():
                words |= set(re.findall(r"[A-Za-z_][\w.+-]*", script.read_text(encoding="utf-8", errors="replace")))
        shutil.copy2(STUB, self.root / "bin" / "stub")
        (self.root / "bin" / "stub").chmod(0o755)
        for word in words - _BUILTINS - set(self.way.missing):
            inside = self.root / (word.lstrip("/") if "/" in word else f"stubs/{word}")
            inside.parent.mkdir(parents=True, exist_ok=True)
            if not inside.exists() and not inside.is_symlink():
                inside.symlink_to("/bin/stub")

    def run(self, script: str, prefix: list[str]) -> tuple[list[Ran], str]:
        """Runs the script there; what it ran, and what bash said."""
        text = (self.root / PROJECT.lstrip("/") / script).read_text(encoding="utf-8", errors="replace")
        (self.root / PROJECT.lstrip("/") / script).write_text(text.replace("\r\n", "\n"), encoding="utf-8")
        start = 'cd "$0" && exec /bin/bash -x "$@"'
        reader, writer = os.pipe()
        done = subprocess.run(
            [*prefix, str(self.root), "/bin/bash", "-c", start, PROJECT, f"./{script}", *self.way.arguments],
            input=self.way.stdin.encode(),
            capture_output=True,
            timeout=60,
            check=False,
            pass_fds=[writer],
            env={**SURROUNDINGS, "STUB_USER": self.way.user, **self.way.environment},
        )
        # What runs in the background holds the other end too: the record is whole when all have let go.
        os.close(writer)
        with os.fdopen(reader, "rb") as all_done:
            all_done.read()
        return self._log(), done.stderr.decode("utf-8", "replace")

    def _log(self) -> list[Ran]:
        records = (self.root / "log").read_bytes().decode("utf-8", "replace").split("\x1e")[:-1]
        fields = [record.split("\x1f") for record in records]
        return [Ran(host, user, cwd, stdin, tuple(argv)) for host, user, cwd, stdin, *argv in fields]
