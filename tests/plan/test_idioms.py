"""Idioms of several steps, in the spellings that scripts use, each as what it means: through the whole pipeline."""

from __future__ import annotations

import pytest

from converter.model.resource import Resource
from converter.model.trace import AnyOf, Test
from converter.model.value import Value
from converter.pipeline import scripts_to_plan


def check(script: str, *expected: str) -> None:
    """The resources of a script, one line each: kind, what it is called, fields that are not as by default."""
    plan = scripts_to_plan([("deploy.sh", script.encode())], name="shop")
    assert tuple(map(_line, plan.resources)) == expected


def _line(resource: Resource) -> str:
    marks = ["handler"] if resource.handler else []
    if resource.retry is not None:
        marks.append(f"{resource.retry.attempts} tries {resource.retry.delay} s apart")
    marks += [f"if {_test(test)}" for test in resource.guard]
    told = [f"{name}={_shown(value)}" for name, value in _set(resource)]
    return "; ".join([" ".join([resource.kind, *told]), *marks])


def _set(resource: Resource) -> list[tuple[str, object]]:
    spec = resource.spec
    defaults = dict(zip(spec.__struct_fields__[::-1], spec.__struct_defaults__[::-1], strict=False))
    found = ((name, getattr(spec, name)) for name in spec.__struct_fields__)
    return [(name, value) for name, value in found if name not in defaults or value != defaults[name]]


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_shown, value)) + "]"
    if isinstance(value, Test):
        return _test(value)
    return value.shell() if isinstance(value, Value) else str(value)


def _test(test: Test) -> str:
    subject = test.subject
    if isinstance(subject, AnyOf):
        told = " or ".join(" and ".join(map(_test, guard)) for guard in subject.alternatives)
    else:
        told = " ".join(_shown(getattr(subject, name)) for name in subject.__struct_fields__ if name != "pipefail")
    return f"not {told}" if test.negated else told


KEPT = "retention path=/srv/app/releases keep=5"


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("ls -1dt /srv/app/releases/* | tail -n +6 | xargs rm -rf", KEPT),
        ("cd /srv/app/releases && ls -1t | tail -n +6 | xargs -r rm -rf --", KEPT),
        ("cd /srv/app/releases; ls -t | tail -n +6 | sudo xargs rm -Rf", KEPT),
        ("(cd /srv/app/releases && ls -t1 | tail -n +6 | xargs --no-run-if-empty rm -r -f)", KEPT),
        ("ls -t /srv/app/releases | tail -n +6 | xargs -I {} rm -rf /srv/app/releases/{}", KEPT),
        ("rm -rf $(ls -1dt /srv/app/releases/* | tail -n +6)", KEPT),
        ("ls -1dt /srv/app/releases/*/ | tail -n +6 | xargs rm -rf", f"{KEPT} what=directory"),
        ("cd /srv/app/releases && ls -1 | sort -r | tail -n +6 | xargs rm -rf", f"{KEPT} newest=name"),
        ("cd /srv/app/releases && ls | head -n -5 | xargs rm -rf", f"{KEPT} newest=name"),
        ("KEEP=5; cd /srv/app/releases; ls -t | tail -n +$((KEEP + 1)) | xargs rm -rf", KEPT),
        ("keep() { ls -t | tail -n +$(($1 + 1)) | xargs rm -rf; }; cd /srv/app/releases; keep 5", KEPT),
        ("prune() { ls -dt $1/* | tail -n +6 | xargs rm -rf; }; prune /srv/app/releases", KEPT),
    ],
)
def test_what_throws_old_releases_away_keeps_the_newest(script: str, expected: str) -> None:
    check(f"nginx -t\n{script}\n", "command argv=[nginx, -t] source=nginx -t effect=reads", expected)


@pytest.mark.parametrize(
    "script",
    [
        "ls -1t /srv/app/releases | tail -n +6 | xargs rm -rf",
        "ls -1d /srv/app/releases/* | tail -n +6 | xargs rm -rf",
        "ls -1dt /srv/app/releases/* | tail -n 6 | xargs rm -rf",
        "ls -1t /srv/app/releases/* | tail -n +6 | xargs rm -rf",
        "ls -1dtr /srv/app/releases/* | tail -n +6 | xargs rm -rf",
        "rm -rf $(ls -d /srv/app/releases/*)",
    ],
)
def test_what_removes_other_entries_stays_a_command(script: str) -> None:
    plan = scripts_to_plan([("deploy.sh", script.encode())], name="shop")
    assert [resource.kind for resource in plan.resources] == ["command"]


def test_kept_text_gets_the_arguments_that_it_reads() -> None:
    text = 'set -- "$argument_1" "$argument_2"\ncat "$1" | frob $(($2 + 1))'
    check('f() { cat "$1" | frob $(($2 + 1)); }\nf /etc/a 3', f"command source={text} effect=changes")
    check("f() { frob $(($1 + 1)); }\nf 3", "command argv=[frob, 4] source=frob 4")
