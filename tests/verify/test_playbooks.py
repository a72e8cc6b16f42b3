"""Modules before commands: the table of the check, what the conversion makes of each form, and honest playbooks."""

from __future__ import annotations

import os
import re
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

from cases import ROOT, Case
from converter.match import load_rules
from converter.model.match import Verdict
from converter.model.trace import RunsOn
from converter.pipeline import plan_to_tree, scripts_to_plan
from converter.render.ansible import task as rendered
from converter.verify import playbooks
from converter.verify.playbooks import findings
from converter.verify.table import module, reads
from converter.verify.tasks import tasks
from converter.verify.words import commands, in_text

COLLECTIONS = Path(os.environ.get("ANSIBLE_COLLECTIONS_PATH", ROOT / ".venv" / "collections")) / "ansible_collections"
FORMS = [
    re.fullmatch(r"(.+) (=>|->) (\S+)", line)
    for line in (Path(__file__).parent / "forms.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
# Reasons of rules that have not read the words of a command, and so know no reason against a module.
UNREAD = {str(rule.get("keep")) for rule in load_rules().all() if rule.verdict == Verdict.KEEP and rule.get("anything")}


def written(text: str, folder: Path, name: str = "site.yml") -> Path:
    """A repository with one file."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return folder


def found(task: str, folder: Path) -> list[str]:
    """The names of the findings of one task."""
    lines = findings(written(f"---\n{task}", folder, "roles/a/tasks/main.yml"))
    return [line.split(": ")[1] for line in lines]


def converted(line: str, folder: Path) -> Path:
    """The repository of a script of one line."""
    plan = scripts_to_plan(
        [("deploy.sh", f"#!/bin/sh\ncd /srv/shop\n{line}\n".encode())], name="shop", runs_on=RunsOn.SERVER
    )
    for file in plan_to_tree(plan, target="ansible", deliveries=()).files:
        written(file.text, folder, file.path)
    return folder


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form[1])
def test_every_form_is_known_and_answered(form: re.Match[str], tmp_path: Path) -> None:
    line, answer, wanted = form.groups()
    assert [name for name in map(module, in_text(line)) if name] in ([wanted], [])
    made = converted(line, tmp_path)
    assert findings(made) == []
    all_tasks = list(tasks(made))
    assert any(wanted in task.data for task in all_tasks) == (answer == "=>")
    if answer == "->":
        assert any(comment.startswith(playbooks.KEPT) for task in all_tasks for comment in task.comments)


def test_there_are_enough_forms() -> None:
    assert len(FORMS) >= 120
    assert None not in FORMS


def test_every_module_of_the_table_has_a_collection() -> None:
    table = yaml.safe_load((ROOT / "converter" / "verify" / "modules.yaml").read_text(encoding="utf-8"))
    named = {name for entries in table["modules"].values() for name in entries.values() if name}
    origin = find_spec("ansible")
    assert origin is not None
    assert origin.origin is not None
    there = {path.stem for path in (Path(origin.origin).parent / "modules").glob("*.py")}
    assert {name.rpartition(".")[2] for name in named if name.startswith("ansible.builtin.")} <= there
    for name in sorted(named):
        module_file = COLLECTIONS.joinpath(*name.split(".")[:2], "plugins", "modules", f"{name.rpartition('.')[2]}.py")
        assert module_file.exists() or not module_file.parent.exists(), name
    assert {name.rpartition(".")[0] for name in named} <= {
        *("ansible.builtin", "ansible.posix", "amazon.aws", "community.aws", "community.crypto", "community.docker"),
        *("community.general", "community.mysql", "community.postgresql", "containers.podman", "kubernetes.core"),
    }


def test_the_renderer_and_the_check_agree_on_the_mark() -> None:
    assert rendered.KEPT == playbooks.KEPT


def test_golden_playbooks_have_no_finding(case: Case) -> None:
    assert findings(case.folder / "expected" / "ansible") == []


def test_no_golden_command_is_kept_unread(case: Case) -> None:
    """What a module could do is kept by a rule that has read all its words."""
    slipped = []
    for task in tasks(case.folder / "expected" / "ansible"):
        wanted = [name for name in map(module, playbooks.run_by(task)) if name]
        reasons = {line.removeprefix(playbooks.KEPT) for line in task.comments if line.startswith(playbooks.KEPT)}
        if wanted and reasons & UNREAD:
            slipped.append(f"{task.path}:{task.line}: {wanted} {reasons}")
    assert slipped == []


COMMAND = "- name: Do it\n  ansible.builtin.command: {}\n  changed_when: {}\n"
FINDINGS = [
    (COMMAND.format("mkdir /srv/a", "true"), ["command-instead-of-module"]),
    (f"# {playbooks.KEPT}the disk is odd\n" + COMMAND.format("mkdir /srv/a", "true"), []),
    ("# Make a folder\n" + COMMAND.format("mkdir /srv/a", "true"), ["command-instead-of-module"]),
    (COMMAND.format("{argv: [env, git, pull]}", "true"), ["command-instead-of-module"]),
    (COMMAND.format("{argv: [env, git, rev-parse, HEAD]}", "false"), []),
    (
        COMMAND.format('{argv: [/bin/bash, -c, "set -e; cd /a && docker stop web"]}', "true"),
        ["command-instead-of-module"],
    ),
    (COMMAND.format('{argv: [/bin/bash, -c, "pg_dump shop | gzip"]}', "true"), []),
    (COMMAND.format("./deploy.sh", "false"), ["claims-no-change"]),
    (COMMAND.format("docker ps -a", "false"), []),
    (COMMAND.format("systemctl start nginx", "false"), ["command-instead-of-module", "claims-no-change"]),
    ("- name: Do it\n  ansible.builtin.shell: test -f a || echo b > a\n  changed_when: false\n", ["claims-no-change"]),
    ("- name: Do it\n  ansible.builtin.shell: test -f a 2> /dev/null\n  changed_when: false\n", []),
    (COMMAND.format("./deploy.sh", "true") + "  ignore_errors: true\n", ["ignore-errors"]),
    (
        "- name: Do it\n  ansible.builtin.service: {name: a, state: restarted}\n  when: conf is changed\n",
        ["no-handler"],
    ),
    ("- name: Do it\n  ansible.builtin.service: {name: a, state: started}\n  when: conf is changed\n", []),
    (
        "- name: Try\n  block:\n    - name: Do it\n      ansible.builtin.command: useradd a\n      changed_when: yes\n",
        ["command-instead-of-module"],
    ),
]


@pytest.mark.parametrize(("task", "names"), FINDINGS)
def test_finding(task: str, names: list[str], tmp_path: Path) -> None:
    assert found(task, tmp_path) == names


TEXTS = [
    ("if [ -f a ]; then rm a; fi", [["[", "-f", "a", "]"], ["rm", "a"]]),
    ("A=1 sudo -u deploy env B=2 git pull", [["git", "pull"]]),
    ("for f in a b; do cp $f /x; done", [["cp", "$f", "/x"]]),
    ("echo 'a; b' && timeout 5 bash -c 'ls; pwd'", [["echo", "a; b"], ["ls"], ["pwd"]]),
    ("cat <<EOF > /a\nrm -rf /\nEOF\nls", [["cat"], ["ls"]]),
    ("[[ $a && $b ]] || exit 1", [["[[", "]]"], ["exit", "1"]]),
    ("make 2>&1 # then\nls", [["make"], ["ls"]]),
    ("echo 'open", []),
]


@pytest.mark.parametrize(("text", "argvs"), TEXTS)
def test_words(text: str, argvs: list[list[str]]) -> None:
    assert [list(command.argv) for command in in_text(text)] == argvs


def test_options_before_the_verb_do_not_hide_it() -> None:
    (command,) = commands(["docker", "compose", "-f", "a.yml", "exec", "web", "npm", "run", "build"])
    assert module(command) == "community.docker.docker_compose_v2_exec"
    assert not reads(command)


def test_what_is_piped_or_written_to_a_file_is_judged_for_itself() -> None:
    first, second = in_text("docker ps | xargs docker stop")
    assert reads(first)
    assert module(second) is None
    (command,) = in_text("ls > /srv/list")
    assert not reads(command)
