"""Stands for systemctl on a host without systemd, as a program of its own there (systemctl(1)).

What concerns files of units is done by the real one. Services are started as their units say in the main, without
their sandboxing, dependencies and restarts, and what runs is noted in a folder of /run.
"""

from __future__ import annotations

import fnmatch
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from converter.verify.sandbox.reduced.unit import PLACE, UNITS, Unit, UnitError, files, named, real

_OFFLINE = frozenset(
    """enable disable reenable preset preset-all is-enabled mask unmask link revert add-wants add-requires
    get-default set-default list-unit-files""".split()
)
_ONLINE = frozenset(("--now", "--no-reload", "--system", "--no-block"))
_NOTHING = frozenset(
    "daemon-reload daemon-reexec reset-failed isolate rescue import-environment set-environment".split()
)
_WITH_VALUE = frozenset("-p --property -t --type --state -n --lines -o --output -s --signal --kill-whom -H -M".split())
_SHOWN = "Id LoadState ActiveState SubState UnitFileState ActiveEnterTimestampMonotonic MainPID FragmentPath".split()
Words = Sequence[str]
Told = Mapping[str, str]


def options(words: Words) -> tuple[dict[str, str], list[str]]:
    """The options with their values, and the other words."""
    found: dict[str, str] = {}
    others: list[str] = []
    left = list(words)
    while left:
        word = left.pop(0)
        if not word.startswith("-"):
            others.append(word)
            continue
        name, sign, value = word.partition("=")
        known = found.get(name)
        value = value if sign else (left.pop(0) if name in _WITH_VALUE and left else "")
        found[name] = f"{known},{value}" if known else value
    return found, others


def show(names: Words, told: Told) -> int:
    """Properties of units, a block each."""
    wanted = (told.get("--property") or told.get("-p") or ",".join(_SHOWN)).split(",")
    units = [unit for name in names for unit in _matching(name)]
    blocks = []
    for unit in units:
        shown = unit.shown()
        plain = "--value" in told
        blocks.append("\n".join(shown.get(key, "") if plain else f"{key}={shown.get(key, '')}" for key in wanted))
    print("\n\n".join(blocks))
    return 0


def _matching(name: str) -> list[Unit]:
    if not re.search(r"[*?\[]", name):
        return [Unit(name)]
    listed = [line.split()[:2] for line in real("list-unit-files", "--no-legend").stdout.splitlines() if line.strip()]
    return [Unit(each, state) for each, state in listed if fnmatch.fnmatch(each, name) and "@." not in each]


def _act(verb: str, names: Words) -> int:
    """Starts, stops or reloads units, each of them whatever comes of the others."""
    code = 0
    for unit in map(Unit, names):
        try:
            _act_on(unit, verb)
        except UnitError as problem:
            print(problem, file=sys.stderr)
            code = problem.code
    return code


def _act_on(unit: Unit, verb: str) -> None:
    runs = bool(unit.noted())
    may_reload = verb.endswith("reload-or-restart") and runs and unit.values("ExecReload")
    if verb == "stop":
        unit.stop()
    elif verb in ("reload", "force-reload") or may_reload:
        unit.reload()
    elif verb == "kill":
        with suppress(OSError):
            os.killpg(int(unit.noted().get("pid") or 1 << 30), signal.SIGTERM)
    elif verb == "start":
        unit.start()
    elif runs or not verb.startswith(("try-", "cond")):
        if runs:
            unit.stop()
        unit.start()


def _is_active(names: Words, told: Told) -> int:
    units = [Unit(name) for name in names]
    for unit in units if not {"-q", "--quiet"} & set(told) else ():
        print("active" if unit.noted() else "inactive")
    return 0 if any(unit.noted() for unit in units) else 3


def _is_failed(names: Words, told: Told) -> int:
    """Nothing is: what failed to start does not run."""
    _is_active(names, told)
    return 1


def _status(names: Words, told: Told) -> int:
    units = [Unit(name) for name in names]
    for unit in units:
        state = unit.shown()
        print(f"{unit.name}\n   Loaded: {state['LoadState']}\n   Active: {state['ActiveState']} ({state['SubState']})")
    return 4 if not all(unit.known for unit in units) else 0 if all(unit.noted() for unit in units) else 3


def _cat(names: Words, told: Told) -> int:
    found = [files(named(name)) for name in names]
    print("\n".join(f"# {path}\n{path.read_text(encoding='utf-8')}" for paths in found for path in paths))
    return 0 if all(found) else 1


def _list_units(names: Words, told: Told) -> int:
    for unit in (Unit(path.name) for path in sorted(UNITS.iterdir())):
        if unit.noted():
            print(f"{unit.name} loaded active {unit.shown()['SubState']}")
    return 0


def _of_system(verb: str) -> int:
    """What is asked of the host as a whole."""
    if verb == "is-system-running":
        for _ in range(400):
            if (PLACE / "up").exists():
                break
            time.sleep(0.05)
        print("running")
    elif verb in ("poweroff", "reboot", "halt", "kexec"):
        os.kill(1, signal.SIGTERM)
    return 0


def _offline(verb: str, names: Words, told: Told, words: Words) -> int:
    argv = [str(PLACE / "systemctl"), "--root=/", *(word for word in words if word not in _ONLINE)]
    code = subprocess.run(argv, check=False).returncode
    if "--now" in told and code == 0:
        code = _act("start" if verb == "enable" else "stop", names)
    return code


_ASKED: Mapping[str, Callable[[Words, Told], int]] = {
    "show": show,
    "cat": _cat,
    "status": _status,
    "is-active": _is_active,
    "is-failed": _is_failed,
    "list-units": _list_units,
}


def main(words: Words) -> int:
    """What a command line of systemctl comes to."""
    told, others = options(words)
    if "--version" in told:
        return subprocess.run([str(PLACE / "systemctl"), "--version"], check=False).returncode
    if "--user" in told:
        print("Failed to connect to bus: there is no systemd in this world", file=sys.stderr)
        return 1
    verb, names = (others[0], others[1:]) if others else ("list-units", [])
    if verb in _OFFLINE:
        return _offline(verb, names, told, words)
    if verb in _ASKED:
        return _ASKED[verb](names, told)
    if verb in _NOTHING:
        return 0
    return _act(verb, names) if names else _of_system(verb)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
