"""Folding by identity: what becomes one resource, and what must not."""

from __future__ import annotations

from converter.model.match import Verdict
from plan.making import Script, addresses, resource, said, spec


def test_a_directory_with_its_owner_and_mode_is_one() -> None:
    script = Script()
    script.step("mkdir -p /srv/app", spec("directory", path="/srv/app"))
    script.step("chown web /srv/app", spec("file_attributes", path="/srv/app", owner="web"))
    script.step("chmod 750 /srv/app", spec("file_attributes", path="/srv/app", mode="750"))
    made = script.plan()
    assert addresses(made) == ["directory./srv/app"]
    assert made.resources[0].spec == spec("directory", path="/srv/app", owner="web", mode="750")
    assert said(made, "chmod 750 /srv/app")[:2] == ("converted", ("directory./srv/app",))


def test_the_owner_is_set_after_the_user_is_there() -> None:
    script = Script()
    script.step("mkdir /srv/app", spec("directory", path="/srv/app"))
    script.step("useradd web", spec("user", name="web"))
    script.step("chown web /srv/app", spec("file_attributes", path="/srv/app", owner="web"))
    assert addresses(script.plan()) == ["user.web", "directory./srv/app"]


def test_the_owner_is_set_after_the_package_that_may_bring_him() -> None:
    script = Script()
    script.step("mkdir /srv/app", spec("directory", path="/srv/app"))
    script.step("apt-get install nginx", spec("package", names=("nginx",)))
    script.step("chown web /srv/app", spec("file_attributes", path="/srv/app", owner="web"))
    assert addresses(script.plan()) == ["package.nginx", "directory./srv/app"]


def test_a_command_between_keeps_both_apart() -> None:
    script = Script()
    script.step("mkdir /srv/app", spec("directory", path="/srv/app"))
    script.step("frob /srv/app")
    script.step("chown web /srv/app", spec("file_attributes", path="/srv/app", owner="web"))
    assert len(script.plan().resources) == 3


def test_another_user_keeps_both_apart() -> None:
    script = Script()
    script.step("mkdir /srv/app", spec("directory", path="/srv/app"))
    script.step("sudo chown web /srv/app", spec("file_attributes", path="/srv/app", owner="web"), user="root")
    assert len(script.plan().resources) == 2


def test_package_lists_are_an_option_of_what_is_installed_next() -> None:
    script = Script()
    script.step("apt-get update", spec("package_cache"))
    script.step("mkdir /srv/app", spec("directory", path="/srv/app"))
    script.step("apt-get install git", spec("package", names=("git",)))
    made = script.plan()
    assert addresses(made) == ["directory./srv/app", "package.git"]
    assert resource(made, "package.git").spec == spec("package", names=("git",), update_cache=True)


def test_package_lists_alone_stay() -> None:
    script = Script()
    script.step("apt-get update", spec("package_cache"))
    script.step("frob")
    script.step("apt-get install git", spec("package", names=("git",)))
    assert [found.kind for found in script.plan().resources] == ["package_cache", "command", "package"]


def test_stop_work_start_stays_three_steps() -> None:
    script = Script()
    script.step("systemctl stop app", spec("service", name="app", state="stopped"))
    script.step("cp new old", spec("file_copy", src="/new", dest="/srv/old"))
    script.step("systemctl start app", spec("service", name="app", state="started"))
    assert addresses(script.plan()) == ["service.app", "file_copy./srv/old", "service.app#2"]


def test_two_services_never_become_one() -> None:
    script = Script()
    script.step("systemctl enable app", spec("service", name="app", enabled=True))
    script.step("systemctl enable web", spec("service", name="web", enabled=True))
    assert addresses(script.plan()) == ["service.app", "service.web"]


def test_enabling_passes_a_command_on_its_way_to_the_start() -> None:
    script = Script()
    script.step("systemctl enable app", spec("service", name="app", enabled=True))
    script.step("frob")
    script.step("systemctl start app", spec("service", name="app", state="started"))
    made = script.plan()
    assert [found.kind for found in made.resources] == ["command", "service"]
    assert made.resources[1].spec == spec("service", name="app", enabled=True, state="started")


def test_daemon_reload_is_a_property_of_the_service_that_follows() -> None:
    script = Script()
    script.step("systemctl daemon-reload", spec("systemd_reload"))
    script.step("systemctl start app", spec("service", name="app", state="started"))
    made = script.plan()
    assert made.resources[0].spec == spec("service", name="app", state="started", daemon_reload=True)


def test_a_step_whose_failure_is_asked_for_stays_for_itself() -> None:
    script = Script()
    first = script.step("mkdir /srv/app", spec("directory", path="/srv/app"))
    script.step("chown web /srv/app", spec("file_attributes", path="/srv/app", owner="web"))
    script.step("frob", guard=(script.failed(first),))
    assert len(script.plan().resources) == 3


def test_absorbed_steps_are_no_resources() -> None:
    script = Script()
    script.step("cd /srv", verdict=Verdict.ABSORB)
    made = script.plan()
    assert made.resources == ()
    assert said(made, "cd /srv")[0] == "absorbed"
