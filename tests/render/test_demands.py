"""What has to be given: the first tasks of the first play, tried with Ansible itself."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
import pytest

from converter.model.plan import Plan, PlanVariable, VariableKind
from converter.model.value import Value
from delivery import plans
from render.playbooks import rendered, tool, write
from render.test_tools import written

HOSTILE = 'a\'b {{ x }} "c": # d'


def plan(*variables: PlanVariable) -> Plan:
    """A command on this machine that uses all of them."""
    found = plans.on_the_server()
    words = " ".join(["true", *(f"${{{each.name}}}" for each in variables)])
    use = plans.resource(plans.command(words).spec, cwd=Value.of("/"))
    return msgspec.structs.replace(found, variables=variables, resources=(use,))


def told(directory: Path, *given: str) -> str:
    """What the playbook says when it is run here with these variables."""
    here = ("ansible_connection=local", f"ansible_python_interpreter={sys.executable}")
    extra = [word for each in (*here, *given) for word in ("-e", each)]
    done = tool(directory, "ansible-playbook", "-i", "inventories/production", *extra, "site.yml")
    return ("ok " if done.returncode == 0 else "failed ") + done.stdout


REQUIRED = PlanVariable(name="TAG", kind=VariableKind.INPUT, required=True, help=HOSTILE)
CHOICE = PlanVariable(name="STAGE", kind=VariableKind.INPUT, value=Value.of("dev"), choices=("dev", "live"))
NUMBER = PlanVariable(name="WORKERS", kind=VariableKind.INPUT, value=Value.of("4"), number=True)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository of the three inputs."""
    root = tmp_path_factory.mktemp("demands") / "repository"
    write(rendered(plan(REQUIRED, CHOICE, NUMBER)), root)
    return root


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("tag=1",), "ok "),
        ((), "has to be given: give it with --extra-vars tag=..."),
        (("tag=",), HOSTILE.replace('"', '\\"')),
        (("tag=1", "stage=test"), "stage has to be one of dev, live"),
        (("tag=1", "workers=many"), "workers has to be a number"),
        (("tag=1", "workers=8", "stage=live"), "ok "),
    ],
)
def test_demands(given: tuple[str, ...], said: str, repository: Path) -> None:
    out = told(repository, *given)
    assert said in out
    assert out.startswith("ok ") == (said == "ok ")


def test_what_may_be_left_out_is_not_demanded() -> None:
    free = PlanVariable(name="NOTE", kind=VariableKind.INPUT, value=Value())
    site = next(file.text for file in rendered(plan(free)).files if file.path == "site.yml")
    assert "pre_tasks" not in site


def test_lint_accepts_several_environments(tmp_path: Path) -> None:
    directory = written(plans.three_environments(), tmp_path / "repository")
    done = tool(directory, "ansible-lint", "--offline", "--profile", "production", "--strict", "--format", "pep8")
    assert done.returncode == 0, done.stdout + done.stderr
    for name in ("dev", "staging", "production"):
        done = tool(directory, "ansible-inventory", "-i", f"inventories/{name}", "--playbook-dir", ".", "--list")
        assert done.returncode == 0, done.stderr
        assert f'"stage": "{name}"' in done.stdout
        assert '"log_level": "info"' in done.stdout
    done = tool(directory, "ansible-playbook", "-i", "inventories/staging", "--syntax-check", "site.yml")
    assert (done.returncode, "WARNING" in done.stderr) == (0, False), done.stderr
