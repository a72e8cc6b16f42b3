"""Conditions: absorbed only by what ensures their opposite, never lost."""

from __future__ import annotations

from msgspec.structs import replace

from converter.model.match import Verdict
from converter.model.trace import PathTest, Undecided
from converter.model.value import Value
from converter.resources.command import Command
from plan.making import Script, addresses, resource, said, spec, v


def test_a_missing_directory_is_what_the_directory_ensures() -> None:
    script = Script()
    script.step("mkdir /srv/app", spec("directory", path="/srv/app"), guard=(script.missing("/srv/app/"),))
    made = script.plan()
    assert made.resources[0].guard == ()
    assert said(made, "test")[2] == "It asks what directory./srv/app ensures."


def test_the_relative_path_of_a_test_is_seen_from_its_directory() -> None:
    script = Script()
    made_there = spec("directory", path="${project_dir}/data")
    script.step("mkdir data", made_there, guard=(script.missing("data"),))
    assert script.plan().resources[0].guard == ()


def test_a_copy_where_nothing_is_does_not_overwrite() -> None:
    script = Script()
    copy = spec("file_copy", src="/srv/.env.example", dest="/srv/.env")
    script.step("cp .env.example .env", copy, guard=(script.missing("/srv/.env", "file"),))
    made = script.plan()
    assert made.resources[0].guard == ()
    assert made.resources[0].spec == spec("file_copy", src="/srv/.env.example", dest="/srv/.env", force=False)


def test_a_test_of_something_else_stays() -> None:
    script = Script()
    script.step("mkdir /srv/app", spec("directory", path="/srv/app"), guard=(script.missing("/srv/other"),))
    made = script.plan()
    assert [test.id for test in made.resources[0].guard] == ["t1"]
    assert said(made, "test")[2] == "It is the condition of directory./srv/app."


def test_a_program_that_is_missing_is_what_its_package_brings() -> None:
    script = Script()
    test = script.succeeds("command", "-v", "docker")
    missing = replace(test, negated=True)
    script.step("apt-get install docker.io", spec("package", names=("docker.io",)), guard=(missing,))
    assert script.plan().resources[0].guard == ()


def test_what_stands_under_a_condition_that_is_not_understood_is_unresolved() -> None:
    script = Script()
    test = script.test(Undecided(text="[ $? -gt 3 ]", reason="nobody knows"))
    script.step("mkdir /srv/app", spec("directory", path="/srv/app"), guard=(test,))
    made = script.plan()
    assert [found.kind for found in made.resources] == ["unresolved"]
    assert said(made, "mkdir /srv/app")[0] == "unresolved"
    assert made.questions[0].choices == ("fail", "drop")


def test_equal_work_in_both_branches_needs_no_condition() -> None:
    script = Script()
    test = script.test(PathTest(path=v("/etc/x"), state="file"))
    other = replace(test, negated=True)
    script.step("touch /a", spec("touched_file", path="/a"), guard=(test,))
    script.step("touch /a # else", spec("touched_file", path="/a"), guard=(other,))
    made = script.plan()
    assert addresses(made) == ["touched_file./a"]
    assert made.resources[0].guard == ()


def test_different_contents_in_both_branches_stay_two() -> None:
    script = Script()
    test = script.test(PathTest(path=v("/a"), state="file"))
    other = replace(test, negated=True)
    script.step("echo 1 > /a", spec("file", path="/a", content="1"), guard=(test,))
    script.step("echo 2 > /a", spec("file", path="/a", content="2"), guard=(other,))
    assert len(script.plan().resources) == 2


def test_a_failing_exit_asserts_under_what_stands_around_it() -> None:
    script = Script()
    outer = script.missing("/outer")
    inner = script.missing("/inner")
    demanded = replace(inner, negated=False)
    script.step("exit 1", spec("assertion", condition=(demanded,), message="no /inner"), guard=(outer, inner))
    made = script.plan()
    found = resource(made, "assertion.no /inner")
    assert [test.subject for test in found.guard] == [outer.subject]


def test_a_condition_on_a_step_that_is_not_run_is_settled() -> None:
    script = Script()
    first = script.step("echo hi", verdict=Verdict.ABSORB)
    script.step("mkdir /x", spec("directory", path="/x"), guard=(script.failed(first),))
    made = script.plan()
    assert made.resources == ()
    assert said(made, "mkdir /x")[0] == "dropped"


def test_what_only_looks_is_run_where_something_asks_how_it_ends() -> None:
    script = Script()
    first = script.step("iptables -C INPUT -j DROP", verdict=Verdict.ABSORB)
    adds = spec("command", source="iptables", effect="changes")
    script.step("iptables -A INPUT -j DROP", adds, guard=(script.failed(first),))
    made = script.plan()
    effects = [found.spec.effect for found in made.resources if isinstance(found.spec, Command)]
    assert (effects, [len(found.guard) for found in made.resources]) == (["reads", "changes"], [0, 1])
    assert said(made, "iptables -C INPUT -j DROP")[0] == "kept"


def test_an_unknown_part_makes_a_step_unresolved() -> None:
    script = Script()
    script.step("rm X", spec("absent", path="/srv/${?it depends|$X}"))
    made = script.plan()
    assert made.resources[0].kind == "unresolved"
    assert "it depends" in said(made, "rm X")[2]


def test_an_unknown_export_has_to_be_given() -> None:
    script = Script()
    script.step("frob", environment=(("TAG", v("${?a number|$RANDOM}")),))
    made = script.plan()
    assert dict(made.resources[0].context.environment) == {"TAG": Value.parsed("${TAG}")}
    assert [(found.name, found.kind.value, found.required) for found in made.variables if found.name == "TAG"] == [
        ("TAG", "input", True)
    ]
