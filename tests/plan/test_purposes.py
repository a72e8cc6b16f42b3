"""Parts: scripts that prepare machines, deploy to them and go back are one repository, each part for itself."""

from __future__ import annotations

from converter.model.plan import Plan, confirmations
from converter.model.resource import Phase, Purpose
from converter.pipeline import scripts_to_plan
from converter.plan.document import dump, load
from converter.plan.order import contradictions

SETUP = "HOST=root@h.test\nssh $HOST mkdir -p /srv/shop\nssh $HOST apt-get install -y nginx\n"
DEPLOY = "HOST=deploy@h.test\nssh $HOST 'cd /srv/shop && git pull'\nssh $HOST mkdir -p /srv/shop\n"
ROLLBACK = "frob undo\nssh deploy@h.test 'cd /srv/shop && git reset --hard v1 || exit 1; touch /srv/back'\n"


def planned(**scripts: str) -> Plan:
    """The plan of scripts by their names."""
    return scripts_to_plan([(f"{name}.sh", text.encode()) for name, text in scripts.items()], name="shop")


def parts(found: Plan) -> list[tuple[str, str, str]]:
    return [(str(resource.purpose), resource.on, resource.address) for resource in found.resources]


def test_each_part_stands_for_itself_in_the_order_in_which_they_are_needed() -> None:
    found = planned(deploy=DEPLOY, rollback=ROLLBACK, setup=SETUP)
    assert parts(found) == [
        ("provision", "h", "directory./srv/shop"),
        ("provision", "h", "package.nginx"),
        ("deploy", "h_deploy", "git_checkout./srv/shop"),
        ("deploy", "h_deploy", "directory./srv/shop#2"),
        ("rollback", "local", "command.frob undo"),
        ("rollback", "h_deploy", "git_checkout./srv/shop#2"),
        ("rollback", "h_deploy", "touched_file./srv/back"),
    ]
    assert load(dump(found)) == found
    assert contradictions(found) == ()
    assert len({step for resource in found.resources for step in resource.steps}) >= len(found.resources)


def test_one_part_alone_is_a_deployment() -> None:
    assert {resource.purpose for resource in planned(setup=SETUP).resources} == {Purpose.DEPLOY}
    assert {resource.purpose for resource in planned(deploy=DEPLOY, migrate="frob").resources} == {Purpose.DEPLOY}


def test_what_goes_back_is_not_built_before_it_is_asked_for() -> None:
    found = planned(deploy=DEPLOY, rollback=ROLLBACK)
    assert {r.phase for r in found.resources if r.purpose == Purpose.ROLLBACK} == {Phase.DEPLOY}


def test_whoever_goes_back_by_hand_approves_no_deployment() -> None:
    asked = 'read -p "Sure? " ok\n[ "$ok" = y ] || exit 1\n'
    assert confirmations(planned(deploy=DEPLOY, rollback=asked + ROLLBACK)) == ()
    assert len(confirmations(planned(deploy=asked + DEPLOY, rollback=ROLLBACK))) == 1


def test_variables_that_differ_between_parts_are_told_apart() -> None:
    found = planned(
        deploy="DIR=/srv/a\nssh h.test mkdir $DIR $DIR/b\n", setup="DIR=/srv/c\nssh h.test mkdir $DIR $DIR/b\n"
    )
    assert {variable.name: variable.value for variable in found.variables} == {"DIR": "/srv/c", "DIR_DEPLOY": "/srv/a"}


def test_a_script_that_another_one_calls_is_followed_there() -> None:
    files = {"lib.sh": b"frob lib\n"}
    found = scripts_to_plan(
        [("deploy.sh", b". ./lib.sh\nfrob deploy\n"), ("lib.sh", b"frob lib\n")],
        name="shop",
        load=lambda path: (path, files[path]) if path in files else None,
    )
    assert [entry.text for entry in found.ledger].count("frob lib") == 1


def test_a_part_that_names_no_environment_is_for_all_of_them() -> None:
    text = "case $1 in qa) H=q.test;; prod) H=p.test;; esac\nssh $H touch /a\n"
    found = planned(deploy=text, setup="ssh x.test touch /b\nssh q.test touch /c\n")
    hosts = {
        each.name: {group.name: [host.address.text for host in group.hosts] for group in each.groups}
        for each in found.environments
    }
    assert [sorted(str(host) for group in groups.values() for host in group) for groups in hosts.values()] == [
        ["q.test", "q.test", "x.test"],
        ["p.test", "x.test"],
    ]
    assert any("names no environment" in said for said in found.assumptions)
