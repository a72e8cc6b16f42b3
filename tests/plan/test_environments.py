"""Environments: what all of them do stands once, and in each of them the plan is that of its own run."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from converter.match import load_rules, match
from converter.model.plan import Plan, PlanVariable, VariableKind
from converter.model.resource import Purpose, Resource
from converter.model.source import SourceFile
from converter.model.trace import AnyOf, Compare, Guard, Test, Trace
from converter.model.value import Part, Value, Variable
from converter.parse import parse_text
from converter.pipeline import scripts_to_plan
from converter.plan import join, plan
from converter.plan.document import dump, load
from converter.plan.environments.numbering import numbered_alike
from converter.plan.order import contradictions
from converter.plan.rewrite import deep, rewrite
from converter.trace import traces

HEAD = """\
set -e
ENV=$1
case "$ENV" in
  staging) HOST=stage.acme.test BRANCH=develop;;
  production) HOST=www.acme.test BRANCH=main;;
  *) echo "which?"; exit 1;;
esac
"""


def joined(*scripts: tuple[str, str]) -> Plan:
    return scripts_to_plan([(path, text.encode()) for path, text in scripts], name="shop")


def shown(found: Plan) -> list[tuple[str, str]]:
    """Each resource with the condition on its environment."""
    return [(resource.address, " ".join(map(_condition, resource.guard))) for resource in found.resources]


def _condition(test: Test) -> str:
    subject = test.subject
    if isinstance(subject, AnyOf):
        return "|".join(" ".join(map(_condition, guard)) for guard in subject.alternatives)
    assert isinstance(subject, Compare)
    return f"{subject.left.shell()}{'!=' if test.negated else '=='}{subject.right.text}"


def told(found: Plan) -> dict[str, dict[str, str]]:
    return {
        each.name: {variable.name: variable.value.shell() for variable in each.variables if variable.value is not None}
        for each in found.environments
    }


def hosts(found: Plan) -> dict[str, list[str]]:
    return {
        each.name: [host.address.shell() for group in each.groups for host in group.hosts]
        for each in found.environments
    }


def test_only_what_differs_is_told_apart() -> None:
    found = joined(
        ("deploy.sh", HEAD + 'ssh $HOST "cd /srv/shop && git pull origin $BRANCH"\nssh $HOST systemctl restart shop')
    )
    assert shown(found) == [
        ("git_checkout./srv/shop", ""),
        ("service.shop", ""),
        ("service.shop#2", ""),
    ]
    assert {name: own["BRANCH"] for name, own in told(found).items()} == {"staging": "develop", "production": "main"}
    assert hosts(found) == {"staging": ["stage.acme.test"], "production": ["www.acme.test"]}


def test_a_branch_that_is_right_in_one_environment_never_reaches_another() -> None:
    found = joined(
        ("deploy.sh", HEAD + 'if [ "$ENV" = production ]; then ssh $HOST touch /srv/live; fi\nssh $HOST touch /srv/all')
    )
    assert shown(found) == [("touched_file./srv/live", "${ENV}==production"), ("touched_file./srv/all", "")]
    assert told(found)["staging"]["ENV"] == "staging"


def test_two_scripts_that_differ_in_literals_share_variables() -> None:
    found = joined(
        ("deploy-staging.sh", "ssh a@s.test 'cd /srv/x && git checkout develop && git pull'\n"),
        ("deploy-prod.sh", "ssh a@p.test 'cd /srv/x && git checkout main && git pull'\nssh a@p.test touch /srv/y\n"),
    )
    assert shown(found) == [
        ("git_checkout./srv/x", ""),
        ("touched_file./srv/y", "${DEPLOY_ENVIRONMENT}==production"),
    ]
    assert told(found) == {
        "staging": {"git_checkout_version": "develop", "DEPLOY_ENVIRONMENT": "staging"},
        "production": {"git_checkout_version": "main", "DEPLOY_ENVIRONMENT": "production"},
    }


def test_an_environment_may_have_more_hosts_than_another() -> None:
    text = 'case $1 in qa) HOSTS="q";; prod) HOSTS="p1 p2";; esac\nfor h in $HOSTS; do ssh $h touch /srv/x; done'
    found = joined(("deploy.sh", text))
    assert hosts(found) == {"qa": ["q"], "production": ["p1", "p2"]}
    assert shown(found) == [("touched_file./srv/x", "")]


def test_what_one_of_three_lacks_is_asked_as_that() -> None:
    text = 'ssh $ENV.test touch /a\nif [ "$ENV" != dev ]; then ssh $ENV.test touch /b; fi\n'
    found = joined(("deploy.sh", "case $ENV in dev|staging|prod) ;; *) exit 1;; esac\n" + text))
    assert shown(found) == [("touched_file./a", ""), ("touched_file./b", "${ENV}!=dev")]
    assert hosts(found) == {"development": ["dev.test"], "staging": ["staging.test"], "production": ["prod.test"]}


def test_the_account_says_where_a_command_acts() -> None:
    found = joined(("deploy.sh", HEAD + '[ "$ENV" = staging ] && ssh $HOST touch /srv/x\ntrue'))
    entry = next(entry for entry in found.ledger if entry.text == "touch /srv/x")
    assert entry.reason.endswith("Only in staging.")
    assert len({entry.span for entry in found.ledger}) == len(found.ledger)


def test_a_secret_that_differs_is_one_secret_of_each_environment() -> None:
    text = "case $1 in qa) H=q.test PW=Wq8-kz41-Lurch;; prod) H=p.test PW=sT4ge-only-77x;; esac\n"
    found = joined(("deploy.sh", text.replace("PW", "DB_PASSWORD") + "ssh $H frob --token $DB_PASSWORD\n"))
    assert [variable.name for variable in found.variables if variable.kind == VariableKind.SECRET] == ["DB_PASSWORD"]
    assert shown(found)[0][1] == ""
    assert "Lurch" not in dump(found)
    assert "only-77x" not in dump(found)


LINES = st.sampled_from(
    [
        "touch /srv/$ENV",
        "mkdir -p /srv/shop",
        "cd /srv/shop && git pull origin $BRANCH",
        "systemctl restart shop",
        "rm -rf /tmp/cache",
        "docker pull acme/shop:$BRANCH",
        "frobctl sync $HOST || frobctl undo",
        "[ -f /srv/flag ] || touch /srv/flag",
        "chown www-data /srv/shop",
    ]
)
BLOCKS = st.tuples(
    st.sampled_from(["", "staging", "production", "!production"]), st.lists(LINES, min_size=1, max_size=3)
)


def script(blocks: Sequence[tuple[str, list[str]]]) -> str:
    parts = [HEAD]
    for condition, lines in blocks:
        body = "\n".join(f'ssh $HOST "{line}"' for line in lines)
        sign = "!=" if condition.startswith("!") else "="
        parts.append(f'if [ "$ENV" {sign} {condition.lstrip("!")} ]; then\n{body}\nfi' if condition else body)
    return "\n".join(parts)


@settings(deadline=None, max_examples=25, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(BLOCKS, min_size=1, max_size=5))
def test_in_each_environment_the_plan_is_that_of_its_own_run(blocks: Sequence[tuple[str, list[str]]]) -> None:
    rules = load_rules()

    def alone(trace: Trace) -> Plan:
        return plan(trace, match(trace, rules), name="shop")

    runs = numbered_alike(
        traces([parse_text(script(blocks), "deploy.sh", 1, 1)], parse_text=parse_text, load=no_file)[Purpose.DEPLOY]
    )
    made = join(runs, alone)
    assert load(dump(made)) == made
    assert contradictions(made) == ()
    for run, environment in zip(runs, made.environments, strict=True):
        assert run.selection is not None
        own = alone(run)
        theirs = tuple(resource for resource in made.resources if _there(resource, run.selection.text))
        assert _plain(theirs, (*made.variables, *environment.variables)) == _plain(own.resources, own.variables)


def no_file(path: str) -> SourceFile | None:
    return None


def _there(resource: Resource, text: str) -> bool:
    asked = [test for test in resource.guard if _selects(test)]
    return all((test.subject.right == text) != test.negated for test in asked if isinstance(test.subject, Compare))


def _selects(test: Test) -> bool:
    return isinstance(test.subject, Compare) and test.subject.left.shell() == "${ENV}"


def _plain(resources: tuple[Resource, ...], variables: Sequence[PlanVariable]) -> list[object]:
    """What is applied, with the values of variables in their places."""
    known = {variable.name: variable.value for variable in variables if variable.value is not None}

    def part(part: Part) -> Part | Value:
        return known.get(part.name, Value(part)) if isinstance(part, Variable) else part

    resources = tuple(msgspec.structs.replace(item, guard=_unselected(item.guard)) for item in resources)
    written = rewrite(resources, lambda value: deep(deep(value, part), part))
    return [
        (item.kind, item.spec, item.on, item.context.user, item.context.cwd, item.guard, item.handler)
        for item in written
    ]


def _unselected(guard: Guard) -> Guard:
    """The conditions but for that on the environment, wherever they are asked."""
    return tuple(
        msgspec.structs.replace(test, id="", context=msgspec.structs.replace(test.context, host=None))
        for test in guard
        if not _selects(test)
    )
