"""Every module and parameter that is written, in samples and golden output, exists as `ansible-doc` describes it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from cases import CASES, FIXTURES, ROOT
from converter.model.tree import FileTree, TreeFile
from render import samples
from render.documented import faults
from render.playbooks import about, module_of, rendered, tasks

_NAMED = re.compile(r"\"((?:ansible\.[a-z]+|community\.[a-z]+|containers\.podman)\.[a-z0-9_]+)\"")
# Named in the emitters, and no module.
_OTHERS = {"ansible.builtin.env"}


def written() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each task as its place, its module and the module's arguments."""
    trees = {"samples": rendered(samples.everything())}
    trees |= {case.name: golden(case.name) for case in CASES if "ansible" in case.targets}
    # A build alone has no play.
    for name, tree in trees.items():
        for task in tasks(tree) if tree.files else ():
            yield f"{name}: {task.get('name')}", *module_of(task)


def golden(case: str) -> FileTree:
    """The expected repository of a fixture."""
    folder = FIXTURES / case / "expected" / "ansible"
    paths = [*folder.glob("site.yml"), *sorted(folder.glob("roles/*/*/main.yml"))]
    return FileTree(
        files=tuple(
            TreeFile(path=path.relative_to(folder).as_posix(), text=path.read_text(encoding="utf-8")) for path in paths
        )
    )


@pytest.fixture(scope="module")
def found() -> list[tuple[str, str, dict[str, Any]]]:
    return list(written())


@pytest.fixture(scope="module")
def documented(found: list[tuple[str, str, dict[str, Any]]]) -> Mapping[str, Any]:
    return about(tuple(sorted({module for _, module, _ in found})))


def test_every_module_exists_and_stays(
    found: list[tuple[str, str, dict[str, Any]]], documented: Mapping[str, Any]
) -> None:
    assert sorted({module for _, module, _ in found} - documented.keys()) == []
    assert [module for module, doc in documented.items() if doc.get("deprecated")] == []


def test_every_parameter_exists_with_that_type(
    found: list[tuple[str, str, dict[str, Any]]], documented: Mapping[str, Any]
) -> None:
    assert len(found) > 500
    wrong = [
        f"{place}: {module} {fault}"
        for place, module, args in found
        for fault in faults(args, documented[module].get("options", {}), module)
    ]
    assert wrong == []


def test_every_module_that_an_emitter_names_is_tried(found: list[tuple[str, str, dict[str, Any]]]) -> None:
    emitters = sorted((ROOT / "converter" / "render" / "ansible").rglob("*.py"))
    named = {name for path in emitters for name in _NAMED.findall(path.read_text(encoding="utf-8"))}
    assert sorted(named - {module for _, module, _ in found} - _OTHERS) == []


@pytest.mark.parametrize(
    ("args", "fault"),
    [
        ({"path": "/srv", "mdoe": "0755"}, "has no mdoe"),
        ({"mode": "0755"}, "needs path"),
        ({"path": "/srv", "state": "gone"}, "state='gone': is none of file, absent"),
        ({"path": "/srv", "recurse": "yes"}, "recurse='yes': is no bool"),
        ({"path": "/srv", "steps": [{"name": "a", "size": 1}]}, "steps={'name': 'a', 'size': 1}: has no size"),
        ({"path": "{{ app_dir }}", "state": "absent", "steps": [{"name": "a"}]}, ""),
    ],
)
def test_a_fault_is_seen(args: dict[str, Any], fault: str) -> None:
    known = {
        "path": {"type": "path", "required": True, "aliases": ["dest"]},
        "mode": {"type": "raw"},
        "state": {"type": "str", "choices": ["file", "absent"]},
        "recurse": {"type": "bool"},
        "steps": {"type": "list", "elements": "dict", "suboptions": {"name": {"type": "str"}}},
    }
    assert "".join(faults(args, known, "file")) == fault
