"""What builds leave behind: a file where their tool usually puts what it has built."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from converter.verify.recorders.program.call import Call

_BUILDING = ("build", "production", "prod", "generate", "export", "dist")


def leave(call: Call) -> None:
    """Writes what is not there yet, with the same content each time."""
    for path in _built(call):
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
            path.chmod(0o755)


def _built(call: Call) -> Iterator[Path]:
    first, second = (*call.words, "", "")[:2]
    match call.program:
        case "npm" | "yarn" | "pnpm" | "bun":
            asked = second if first in ("run", "run-script") else first if call.program != "npm" else ""
            if asked.partition(":")[0] in _BUILDING:
                yield from (call.place / folder / "index.html" for folder in ("dist", "build"))
        case "go":
            if first == "build" and (named := call.value("-o")):
                yield call.place / named
        case "cargo":
            if first == "build":
                yield call.place / "target" / "release" / call.place.resolve().name
        case "mvn":
            if {"package", "install", "verify"} & set(call.words) and not any(call.place.glob("target/*.[jw]ar")):
                yield call.place / "target" / "app.jar"
        case "gradle":
            if {"build", "assemble", "bootJar"} & set(call.words):
                yield call.place / "build" / "libs" / "app.jar"
