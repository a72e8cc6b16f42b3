"""The commonest recipes of deployment scripts, each as the one thing that it means."""

from __future__ import annotations

from msgspec.structs import replace

from converter.model.plan import Plan
from converter.model.resource import Spec
from converter.model.trace import AnyOf, PathTest, Succeeds
from plan.making import Script, addresses, resource, said, spec, v

PULL = spec("git_checkout", dest="/srv/app", update=True)
CLONE = spec("git_checkout", dest="/srv/app", repo="https://example.com/app.git")


def test_pull_or_clone_is_one_checkout() -> None:
    script = Script()
    there = script.test(PathTest(path=v("/srv/app/.git"), state="directory"))
    script.step("git pull", PULL, guard=(there,))
    script.step("git clone", CLONE, guard=(replace(there, negated=True),))
    made = script.plan()
    assert addresses(made) == ["git_checkout./srv/app"]
    assert made.resources[0].guard == ()
    assert made.resources[0].spec == spec(
        "git_checkout", dest="/srv/app", repo="https://example.com/app.git", update=True
    )
    assert said(made, "test")[2] == "It asks what git_checkout./srv/app ensures."


def test_pull_that_fails_and_then_clone_is_one_checkout() -> None:
    script = Script()
    pull = script.step("git pull", PULL)
    script.step("git clone", CLONE, guard=(script.failed(pull),))
    assert addresses(script.plan()) == ["git_checkout./srv/app"]


def test_what_else_depends_on_the_branch_keeps_both() -> None:
    script = Script()
    there = script.test(PathTest(path=v("/srv/app/.git"), state="directory"))
    script.step("git pull", PULL, guard=(there,))
    script.step("git clone", CLONE, guard=(replace(there, negated=True),))
    script.step("frob init", guard=(replace(there, negated=True),))
    made = script.plan()
    assert addresses(made) == ["git_checkout./srv/app", "git_checkout./srv/app#2", "command.frob init"]
    assert [len(found.guard) for found in made.resources] == [1, 0, 1]


def test_a_compose_project_is_taken_down_pulled_and_brought_up() -> None:
    script = Script()
    project = "/srv/app"
    script.step("docker compose down", spec("compose_project", project_src=project, state="absent"))
    script.step("git pull", PULL)
    script.step("docker compose pull", spec("compose_project", project_src=project, state="pulled", pull="always"))
    script.step("docker compose up -d", spec("compose_project", project_src=project))
    made = script.plan()
    assert addresses(made) == ["git_checkout./srv/app", "compose_project./srv/app", "compose_project./srv/app#2"]
    assert resource(made, "compose_project./srv/app").spec == spec(
        "compose_project", project_src=project, pull="always", recreate="auto"
    )
    again = resource(made, "compose_project./srv/app#2")
    assert (again.handler, again.name) == (True, "Recreate /srv/app")
    assert any("/srv/app is made anew only when" in change for change in made.changes)


def test_a_backup_between_stop_and_start_keeps_three_steps() -> None:
    script = Script()
    script.step("docker compose down", spec("compose_project", project_src="/srv/app", state="absent"))
    script.step("cp data backup", spec("file_copy", src="/srv/data", dest="/backup", recursive=True))
    script.step("docker compose up -d", spec("compose_project", project_src="/srv/app"))
    assert len(script.plan().resources) == 3


def test_a_container_is_replaced_by_the_next() -> None:
    script = Script()
    runs = script.succeeds("docker", "inspect", "web")
    script.step("docker stop web", spec("container", name="web", state="stopped"), guard=(runs,), tolerated=True)
    script.step("docker rm web", spec("container", name="web", state="absent"), guard=(runs,), tolerated=True)
    script.step("docker build", spec("image", name="web:1", source="build", path="/srv/app"))
    script.step("docker run web", spec("container", name="web", image="web:1"))
    made = script.plan()
    assert addresses(made) == ["image.web:1", "container.web", "container.web#2"]
    assert not resource(made, "container.web").tolerated
    assert resource(made, "container.web#2").handler


def pm2(state: str = "started", **fields: object) -> Spec:
    return spec("pm2_process", name="api", cwd="/srv/app", state=state, **fields)


def states(made: Plan) -> list[tuple[object, bool]]:
    return [(getattr(found.spec, "state", found.kind), found.handler) for found in made.resources]


START = pm2(script="server.js")


def test_removed_and_started_anew_stay_two_steps() -> None:
    script = Script()
    script.step("git pull", PULL)
    script.step("pm2 delete api", pm2("absent"), tolerated=True)
    script.step("pm2 start", START)
    made = script.plan()
    assert states(made) == [("git_checkout", False), ("absent", False), ("started", False)]


def test_work_between_stop_and_start_keeps_three_steps() -> None:
    script = Script()
    script.step("pm2 stop api", pm2("stopped"))
    script.step("frob")
    script.step("pm2 start", START)
    assert states(script.plan()) == [("stopped", False), ("command", False), ("started", False)]


def test_if_pm2_knows_it_then_restart_else_start_is_one_process() -> None:
    script = Script()
    script.step("git pull", PULL)
    known = script.test(Succeeds(text=v("pm2 list | grep -q 'api' > /dev/null")))
    script.step("pm2 restart api", pm2("restarted"), guard=(known,))
    script.step("pm2 start", START, guard=(replace(known, negated=True),))
    made = script.plan()
    assert states(made) == [("git_checkout", False), ("started", False), ("restarted", True)]
    assert all(found.guard == () for found in made.resources)


def test_known_and_restarted_or_started_is_one_process() -> None:
    script = Script()
    script.step("git pull", PULL)
    known = script.succeeds("pm2", "describe", "api")
    restart = script.step("pm2 restart api", pm2("restarted"), guard=(known,))
    either = AnyOf(alternatives=((replace(known, negated=True),), (script.failed(restart),)))
    script.step("pm2 start", START, guard=(script.test(either),))
    made = script.plan()
    assert states(made) == [("git_checkout", False), ("started", False), ("restarted", True)]


def test_a_program_stopped_replaced_and_started_is_three_steps_of_one_unit() -> None:
    script = Script()
    script.step("pkill -f app.jar", spec("process", name="app", command="", stop_pattern="app.jar", state="stopped"))
    script.step("cp new.jar app.jar", spec("file_copy", src="/srv/new.jar", dest="/srv/app.jar"))
    start = spec("process", name="app", command="java -jar app.jar", cwd="/srv")
    script.step("java -jar app.jar", start, pid_file=v("/srv/app.pid"))
    stop, copy, run = script.plan().resources
    assert (getattr(stop.spec, "state", ""), getattr(stop.spec, "unit", False)) == ("stopped", True)
    assert copy.kind == "file_copy"
    assert (getattr(run.spec, "state", ""), getattr(run.spec, "pid_file", None)) == ("started", v("/srv/app.pid"))
    assert run.spec.identity() == stop.spec.identity()
