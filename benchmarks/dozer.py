"""Converts the 62 shell commands on which Dozer was measured, one at a time, and counts what is right: `dozer.py`.

`--rival PYTHON` does the same with mcp-souschef's bash converter, installed for that interpreter. The commands are the
most frequent ones of Debian-based Dockerfiles, from Horton and Parnin, "Dozer: Migrating Shell Commands to Ansible
Modules via Execution Profiling and Synthesis", ICSE-SEIP 2022; which tasks are right for each was decided by hand.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from converter.model.trace import RunsOn
from converter.pipeline import plan_to_tree, scripts_to_plan

HERE = Path(__file__).resolve().parent
OUTCOMES = ("right", "kept", "lost", "wrong")
_COMMANDS = ("ansible.builtin.command", "ansible.builtin.shell")
_RIVAL = """
import json, sys, yaml
from souschef.converters.bash_to_ansible import convert_bash_content_to_ansible as convert
found = []
for command in json.load(sys.stdin):
    made = convert(command + "\\n")
    try:
        made = json.loads(made)["playbook_yaml"]
    except ValueError:
        pass
    found.append([task for play in yaml.safe_load(made) for task in play.get("tasks") or []])
json.dump(found, sys.stdout)
"""
Task = Mapping[str, Any]


def ours(command: str) -> list[Task]:
    """The tasks of our playbook, without those that only look."""
    plan = scripts_to_plan([("run.sh", f"{command}\n".encode())], name="app", runs_on=RunsOn.SERVER)
    tree = plan_to_tree(plan, target="ansible", deliveries=())
    found = [task for file in tree.files if file.path.endswith("tasks/main.yml") for task in yaml.safe_load(file.text)]
    return [task for task in found if "ansible.builtin.find" not in task and "ansible.builtin.meta" not in task]


def of_rival(python: str, commands: Sequence[str]) -> list[list[Task]]:
    """The tasks of mcp-souschef's playbooks."""
    done = subprocess.run(
        [python, "-c", _RIVAL], input=json.dumps(commands), capture_output=True, text=True, check=True
    )
    found: list[list[Task]] = json.loads(done.stdout)
    return found


def judged(tasks: Sequence[Task], case: Task) -> str:
    """`right`, `kept` as a command that says that it changes something, `lost`, or `wrong`."""
    wanted = case["right"]
    if wanted is not None and len(tasks) == len(wanted) and all(map(_fits, tasks, wanted)):
        return "right"
    if not tasks:
        return "lost"
    honest = all(any(name in task for name in _COMMANDS) and not _denies(task) for task in tasks)
    return "kept" if honest else "wrong"


def _denies(task: Task) -> bool:
    """Whether a command that changes something says that it does not."""
    return str(task.get("changed_when", "")).lower() == "false"


def _fits(task: Task, wanted: Task) -> bool:
    """Whether it is that module with those arguments; others may stand beside them."""
    (module, arguments), *_ = wanted.items()
    given = task.get(module)
    return isinstance(given, dict) and all(
        _plain(given.get(name)) == _plain(value) for name, value in arguments.items()
    )


def _plain(value: Any) -> str:
    only = value[0] if isinstance(value, list) and len(value) == 1 else value
    return str(only).lower().rstrip("/") or "/"


def main() -> None:
    """Prints the table, and every command that is not right."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rival", metavar="PYTHON")
    given = arguments.parse_args()
    cases = yaml.safe_load((HERE / "dozer62.yaml").read_text(encoding="utf-8"))
    commands = [case["command"] for case in cases]
    results = {"gitopsify": [ours(command) for command in commands]}
    if given.rival:
        results["mcp-souschef"] = of_rival(given.rival, commands)
    print("| |", " | ".join(OUTCOMES), "|\n| --- |", " | ".join("--:" for _ in OUTCOMES), "|")
    for name, found in results.items():
        count = Counter(judged(tasks, case) for tasks, case in zip(found, cases, strict=True))
        print(f"| {name} |", " | ".join(str(count[outcome]) for outcome in OUTCOMES), "|")
    for command, tasks, case in zip(commands, results["gitopsify"], cases, strict=True):
        if judged(tasks, case) != "right":
            print(f"\n{judged(tasks, case)}: {command}")


if __name__ == "__main__":
    main()
