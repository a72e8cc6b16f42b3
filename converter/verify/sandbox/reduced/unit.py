"""A unit on a host without systemd: what its files say, how it is started, and what is noted of it."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

PLACE = Path("/run/world")
UNITS = PLACE / "units"
_KINDS = ("service", "timer", "socket", "target", "mount", "path", "slice", "swap")
_FOLDERS = ("/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/lib/systemd/system")


class UnitError(Exception):
    """What could not be done with a unit, as systemctl says it, and the code that it ends with."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def real(*argv: str) -> subprocess.CompletedProcess[str]:
    """What the real one says, which reads and writes files of units only."""
    return subprocess.run([str(PLACE / "systemctl"), "--root=/", *argv], capture_output=True, text=True, check=False)


def named(name: str) -> str:
    """With the kind that a unit has if none is said."""
    return name if name.rpartition(".")[2] in _KINDS else f"{name}.service"


def files(name: str) -> list[Path]:
    """What says how a unit is, its own file first (systemd.unit(5))."""
    template = re.sub(r"@[^.]+", "@", name)
    found = [Path(folder, each) for folder in _FOLDERS for each in (name, template) if Path(folder, each).is_file()]
    added = [path for folder in _FOLDERS for path in sorted(Path(folder, f"{name}.d").glob("*.conf"))]
    return [*found[:1], *added] if found else []


class Unit:
    """A unit: what its files say, and what is noted of it."""

    def __init__(self, name: str, enabled: str | None = None) -> None:
        self.name, self._enabled = named(name), enabled
        self.files = files(self.name)
        self.text = "\n".join(file.read_text(encoding="utf-8", errors="replace") for file in self.files)
        self.script = Path("/etc/init.d", self.name.removesuffix(".service"))
        if not self.files and self.script.is_file():
            self.text = (
                f"Type=oneshot\nRemainAfterExit=yes\nExecStart={self.script} start\nExecStop={self.script} stop\n"
            )
        self.note = UNITS / self.name

    @property
    def known(self) -> bool:
        """Whether there is a file of it, or systemd itself has it."""
        return bool(self.text) or self.name.endswith((".slice", ".target"))

    def values(self, key: str) -> list[str]:
        """What it says for a key; an empty value takes back those before."""
        found: list[str] = []
        for value in re.findall(rf"^{key}=(.*)$", re.sub(r"\\\n\s*", " ", self.text), re.MULTILINE):
            found = [*found, value.strip()] if value.strip() else []
        return found

    def value(self, key: str, otherwise: str = "") -> str:
        """The last of them."""
        return (self.values(key) or [otherwise])[-1]

    def noted(self) -> Mapping[str, float]:
        """Since when it runs, and its process; nothing where it does not."""
        with suppress(OSError, ValueError):
            found: dict[str, float] = json.loads(self.note.read_text(encoding="ascii"))
            if not found["pid"] or Path(f"/proc/{int(found['pid'])}").is_dir():
                return found
        return {}

    def start(self) -> None:
        """Starts it, where it does not run yet."""
        if not self.known:
            raise UnitError(f"Failed to start {self.name}: Unit {self.name} not found.", 5)
        if self.noted():
            return
        kind = self.value("Type", "simple")
        for line in self.values("ExecStartPre"):
            if not _ended_well(self._spawn(line), line):
                raise self._failed()
        pid = 0
        for line in self.values("ExecStart"):
            pid = self._spawn(line)
            if kind in ("oneshot", "forking"):
                if not _ended_well(pid, line):
                    raise self._failed()
                pid = self._forked() if kind == "forking" else 0
            elif kind not in ("notify", "dbus"):
                time.sleep(0.05)
        if kind != "oneshot" or self.value("RemainAfterExit") in ("yes", "true", "1") or not self.values("ExecStart"):
            self.note.write_text(json.dumps({"since": time.clock_gettime(time.CLOCK_MONOTONIC), "pid": pid}))

    def stop(self) -> None:
        """Ends it, by its own command where it has one."""
        if not self.known:
            raise UnitError(f"Failed to stop {self.name}: Unit {self.name} not loaded.", 5)
        pid = int(self.noted().get("pid", 0))
        for line in self.values("ExecStop") if self.noted() else ():
            _ended_well(self._spawn(line, MAINPID=str(pid)), "-")
        for sign in (signal.SIGTERM, signal.SIGKILL):
            with suppress(OSError):
                os.killpg(pid, sign) if pid else None
            end = time.monotonic() + 3
            while pid and Path(f"/proc/{pid}").is_dir() and time.monotonic() < end:
                time.sleep(0.02)
        self.note.unlink(missing_ok=True)

    def reload(self) -> None:
        """By its own command; a service without one can't be."""
        pid = int(self.noted().get("pid", 0))
        lines = self.values("ExecReload")
        if not self.noted() or not lines:
            raise UnitError(f"Failed to reload {self.name}: Job type reload is not applicable for unit {self.name}.")
        if not all(_ended_well(self._spawn(line, MAINPID=str(pid)), line) for line in lines):
            raise self._failed()

    def shown(self) -> dict[str, str]:
        """Its properties, as far as they are known here."""
        noted = self.noted()
        enabled = real("is-enabled", self.name).stdout if self._enabled is None else self._enabled
        active = "active" if noted else "inactive"
        return {
            "Id": self.name,
            "LoadState": "masked" if enabled.strip() == "masked" else "loaded" if self.known else "not-found",
            "ActiveState": active,
            "SubState": ("running" if noted.get("pid") else "exited") if noted else "dead",
            "UnitFileState": enabled.strip() if self.text else "",
            "ActiveEnterTimestampMonotonic": str(int(noted.get("since", 0) * 1e6)),
            "MainPID": str(int(noted.get("pid", 0))),
            "FragmentPath": str(self.files[0]) if self.files else "",
        }

    def _failed(self) -> UnitError:
        return UnitError(f"Job for {self.name} failed because the control process exited with error code.")

    def _forked(self) -> int:
        """The process that a program has left, which writes its number down."""
        file = Path(self.value("PIDFile") or "/nowhere")
        for _ in range(50):
            with suppress(OSError, ValueError):
                return int(file.read_text(encoding="ascii"))
            if not self.value("PIDFile"):
                return 0
            time.sleep(0.05)
        return 0

    def _spawn(self, line: str, **more: str) -> int:
        """A process of its own session that runs a line of the unit; its number."""
        child = os.fork()
        if child:
            return child
        with suppress(OSError, LookupError, ValueError):
            self._become(line, more)
        os._exit(127)

    def _become(self, line: str, more: Mapping[str, str]) -> None:
        os.setsid()
        surroundings = {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", **self._environment(), **more}
        words = [word for each in shlex.split(line.lstrip("-@+!:")) for word in _filled(each, surroundings)]
        nothing = os.open(os.devnull, os.O_RDWR)
        for number in range(3):
            os.dup2(nothing, number)
        if self.value("RuntimeDirectory"):
            folder = Path("/run", self.value("RuntimeDirectory"))
            folder.mkdir(parents=True, exist_ok=True)
            subprocess.run(["chown", f"{self.value('User', 'root')}:{self.value('Group')}", str(folder)], check=False)
        if self.value("WorkingDirectory"):
            os.chdir(self.value("WorkingDirectory").lstrip("-").replace("~", "/root"))
        if user := self.value("User"):
            own = self.value("Group") or _group_of(user)
            words = ["setpriv", "--reuid", user, "--regid", own, "--init-groups", "--", *words]
        os.execvpe(words[0], words, surroundings)

    def _environment(self) -> dict[str, str]:
        found = dict(each.partition("=")[::2] for line in self.values("Environment") for each in shlex.split(line))
        for file in self.values("EnvironmentFile"):
            with suppress(OSError):
                for line in Path(file.lstrip("-")).read_text(encoding="utf-8").splitlines():
                    name, sign, value = line.strip().partition("=")
                    if sign and not name.startswith(("#", ";")):
                        found[name] = "".join(shlex.split(value)[:1]) if value.count('"') % 2 == 0 else value
        return found


def _group_of(user: str) -> str:
    return subprocess.run(["id", "-g", user], capture_output=True, text=True, check=False).stdout.strip()


def _filled(word: str, known: Mapping[str, str]) -> list[str]:
    """The word with its variables (systemd.service(5), "Command lines"); one that is `$NAME` alone is several."""
    if re.fullmatch(r"\$\w+", word):
        return shlex.split(known.get(word[1:], ""))
    plain = re.sub(r"\$\{(\w+)\}|\$(\w+)\b", lambda found: known.get(found[1] or found[2], ""), word)
    return [plain.replace("$$", "$").replace("%%", "%")]


def _ended_well(pid: int, line: str) -> bool:
    return os.waitpid(pid, 0)[1] == 0 or line.startswith("-")
