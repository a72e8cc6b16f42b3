"""pm2 and forever: which processes run is noted, and none does.

https://pm2.keymetrics.io/docs/usage/quick-start/
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from converter.verify.recorders.program.call import NOTES, Call, Done

Process = dict[str, Any]
_CONFIGURED = re.compile(r"\.config\.[cm]?js$|\.(json|ya?ml)$|^ecosystem")


def run(call: Call) -> Done:
    """Changes the list, or shows it."""
    file = NOTES / f"{call.program}-{call.user}.json"
    known: list[Process] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
    before = json.dumps(known)
    done = _answered(call, known)
    after = json.dumps(known)
    if after != before:
        file.write_text(after, encoding="utf-8")
    return done


def _answered(call: Call, known: list[Process]) -> Done:
    match call.command:
        case "jlist" | "prettylist":
            return Done(output=json.dumps([_public(each) for each in known]) + "\n")
        case "list":
            return Done(output="".join(f"│ {each['name']} │ {each['status']} │\n" for each in known))
        case "describe" | "id" | "pid":
            return _described(call, known)
        case "start" | "restart" | "reload" | "startOrRestart" | "startOrReload" | "stop" | "delete":
            return _changed(call, known)
        case "kill":
            known.clear()
        case "save":
            dump = Path.home() / ".pm2/dump.pm2"
            dump.parent.mkdir(exist_ok=True)
            dump.write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")
        case "resurrect":
            dump = Path.home() / ".pm2/dump.pm2"
            known[:] = json.loads(dump.read_text(encoding="utf-8")) if dump.exists() else []
    return Done()


def _public(each: Process) -> Process:
    environment = {"status": each["status"], "pm_cwd": each["cwd"], "restart_time": each["restarts"]}
    return {"name": each["name"], "pm_id": each["id"], "pid": 4242, "monit": {}, "pm2_env": environment}


def _found(known: list[Process], word: str) -> list[Process]:
    return [each for each in known if word in ("all", each["name"], str(each["id"]))]


def _described(call: Call, known: list[Process]) -> Done:
    found = _found(known, call.operands[0]) if call.operands else known
    if call.command == "pid":
        return Done(output="".join("4242\n" for each in found if each["status"] == "online"))
    if not found:
        return Done(output=f"[PM2][WARN] {call.operands[0]} doesn't exist\n", code=1)
    return Done(output="".join(f"│ status │ {each['status']} │\n│ name │ {each['name']} │\n" for each in found))


def _changed(call: Call, known: list[Process]) -> Done:
    """Processes by their names, or those that a script or a file of settings says."""
    for word in call.operands or ("",):
        named = _found(known, word)
        if call.command in ("stop", "delete", "restart", "reload") and not _CONFIGURED.search(word):
            if not named:
                return Done(output=f"[PM2][ERROR] Process or Namespace {word} not found\n", code=1)
            for each in named:
                _set(known, each, call.command)
            continue
        wanted = named or [_process(call, word, name) for name in _names(call, word)]
        for process in wanted:
            there = next((each for each in known if each["name"] == process["name"]), None)
            if call.command in ("stop", "delete"):
                if there:
                    _set(known, there, call.command)
            elif there is None:
                known.append({**process, "id": max((each["id"] for each in known), default=-1) + 1})
            elif call.command != "start" or named or _CONFIGURED.search(word) or there["status"] != "online":
                _set(known, there, "restart")
            elif not call.has("-f", "--force"):
                return Done(
                    output="[PM2][ERROR] Script already launched, add -f option to force re-execution\n", code=1
                )
        if call.command == "start" and not named and call.words[1:2] and "--" in call.arguments:
            break
    return Done(output="[PM2] Done\n")


def _set(known: list[Process], process: Process, command: str) -> None:
    if command == "delete":
        known.remove(process)
    elif command == "stop":
        process["status"] = "stopped"
    else:
        process["status"] = "online"
        process["restarts"] += 1


def _names(call: Call, word: str) -> list[str]:
    """Those of the applications in a file of settings; else that of the script."""
    file = call.place / word
    if _CONFIGURED.search(word) and file.is_file():
        text = file.read_text(encoding="utf-8")
        names = re.findall(r"""["']?\bname["']?\s*:\s*["']?([\w.@/-]+)""", text)
        only = call.value("--only").split(",") if call.value("--only") else names
        return [name for name in names if name in only] or names
    return [call.value("--name", "-n") or Path(word).stem]


def _process(call: Call, word: str, name: str) -> Process:
    behind = call.arguments[call.arguments.index("--") + 1 :] if "--" in call.arguments else ()
    instances = call.value("-i", "--instances")
    about = {"script": word, "arguments": list(behind), "cwd": str(call.place), "instances": instances}
    return {"name": name, "status": "online", "restarts": 0, "environment": call.value("--env"), **about}
