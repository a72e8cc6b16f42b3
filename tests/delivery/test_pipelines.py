"""The pipelines, judged by actionlint, zizmor and the schema of GitLab, and by what each event must run."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from converter.model.plan import LedgerEntry, Plan, PlanVariable, VariableKind
from converter.model.resource import Phase
from converter.model.trace import CONFIRMED, Disposition
from converter.model.tree import FileTree
from converter.model.value import Literal, Value, Variable
from converter.pipeline import scripts_to_plan
from converter.render.ansible import ansible
from converter.render.delivery.commands import drifted, git_login, inputs
from converter.render.delivery.github.expressions import expression, inert, quoted
from converter.render.delivery.github_actions import github_actions
from converter.render.delivery.gitlab_ci import gitlab_ci
from converter.render.delivery.pins import PINS
from converter.render.delivery.programs import reaches_out
from converter.resources.command import Command
from converter.resources.service import Service
from converter.resources.upload import Upload
from delivery import plans

BIN = Path(sys.executable).parent
ROOT = Path(__file__).resolve().parents[2]
HOSTILE = "a'b\" ${{ secrets.X }} }} {{ x }} $[[ inputs.y ]] !tag\n- item: 1 # no"


def several() -> Plan:
    """Two environments, a secret in the build, an upload, a publication before and one between the hosts."""
    plan = plans.static_site()
    own = plans.command("docker push registry.example.com/shop", line=4, phase=Phase.PUBLISH)
    between = plans.command("aws cloudfront create-invalidation", line=6, phase=Phase.PUBLISH)
    upload = plans.resource(Upload(src=plans.PROJECT + Value.of("/app.jar"), dest=Value.of("/srv")), line=8)
    first, *rest = plan.resources
    return msgspec.structs.replace(
        plan,
        environments=(plans.environment("staging"), plans.environment("production")),
        resources=(first, own, *rest, between, upload),
    )


def hostile() -> Plan:
    """Everything that a script can name is hostile."""
    plan = plans.static_site()
    odd = Command(argv=(Value.of("echo"), Value.of(HOSTILE)), source=Value.of("echo"))
    raw = Command(source=Value.of(f"echo ok <<'END'\n{HOSTILE}\nEND"))
    variables = (
        PlanVariable(name="TAG", kind=VariableKind.INPUT, value=Value.of(HOSTILE), help=HOSTILE),
        PlanVariable(name="FIXED", kind=VariableKind.FIXED, value=Value.of(HOSTILE)),
        PlanVariable(name="BOTH", kind=VariableKind.FIXED, value=Value(Literal(HOSTILE), Variable("TAG"))),
    )
    use = Command(argv=(Value.of("echo"), plans.v("${FIXED}${BOTH}${TAG}")), source=Value.of("echo"))
    local = tuple(
        plans.resource(spec, line=number, phase=Phase.BUILD, name=HOSTILE, cwd=plans.PROJECT + Value.of(f"/{HOSTILE}"))
        for number, spec in enumerate((odd, raw, use))
    )
    local = tuple(msgspec.structs.replace(each, address=f"command.{i}") for i, each in enumerate(local))
    return msgspec.structs.replace(plan, name=HOSTILE, variables=variables, resources=(*local, *plan.resources[2:]))


def twins() -> Plan:
    """Inputs with names that the manifests or a pipeline can't have as they are."""
    names = ("APP", "app", "hosts", "1", "ENVIRONMENT")
    variables = tuple(PlanVariable(name=name, kind=VariableKind.INPUT, required=name == "1") for name in names)
    use = plans.command("echo ${APP} ${app} ${hosts} ${1} ${ENVIRONMENT}")
    shown = Command(argv=(Value.of("echo"), *(Value(Variable(name)) for name in names)), source=Value.of("echo"))
    deployed = plans.resource(shown, line=2, cwd=Value.of("/srv"))
    return msgspec.structs.replace(plans.static_site(), variables=variables, resources=(use, deployed))


def built_for_each() -> Plan:
    """A site that is built and published otherwise for each environment, and no host at all."""
    plan = plans.three_environments()
    local = (
        plans.command("npm run build -- --api=${API_URL} --key=${API_TOKEN}", line=2),
        plans.command("aws s3 sync dist s3://${STAGE}.example.com", line=3, phase=Phase.PUBLISH),
        msgspec.structs.replace(
            plans.command("aws cloudfront create-invalidation", line=4, phase=Phase.PUBLISH),
            guard=plans.only("production"),
        ),
    )
    environments = tuple(msgspec.structs.replace(each, groups=()) for each in plan.environments)
    return msgspec.structs.replace(plan, environments=environments, resources=local)


PLANS = {
    "static-site": plans.static_site,
    "published-site": plans.published_site,
    "on-the-server": plans.on_the_server,
    "several": several,
    "three-environments": plans.three_environments,
    "built-for-each": built_for_each,
    "hostile": hostile,
    "twins": twins,
}


def github(plan: Plan) -> dict[str, Any]:
    """The workflows by name."""
    files = github_actions(plan, plans.tree(plan)).files
    return {Path(file.path).stem: yaml.safe_load(file.text) for file in files}


def gitlab(plan: Plan) -> dict[str, Any]:
    """The pipeline."""
    data: dict[str, Any] = yaml.safe_load(gitlab_ci(plan, plans.tree(plan)).files[0].text)
    return data


def written(tree: FileTree, directory: Path) -> Path:
    """The files in a directory."""
    for file in tree.files:
        path = directory / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text)
    return directory


def scripts(job: dict[str, Any]) -> str:
    """All that a job of GitHub runs."""
    return "\n".join(step.get("run", "") for step in job["steps"])


def run(*command: str, cwd: Path) -> None:
    """A validator, which must accept."""
    done = subprocess.run([str(BIN / command[0]), *command[1:]], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", PLANS)
def test_validators_accept(name: str, tmp_path: Path) -> None:
    plan = PLANS[name]()
    for delivery in (github_actions, gitlab_ci):
        written(delivery(plan, plans.tree(plan)), tmp_path)
    workflows = sorted(str(path) for path in (tmp_path / ".github" / "workflows").iterdir())
    run("actionlint", "-no-color", *workflows, cwd=tmp_path)
    run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows, cwd=tmp_path)
    run("check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", ".gitlab-ci.yml", cwd=tmp_path)
    if (BIN / "zizmor").exists():
        run("zizmor", "--offline", "--quiet", ".github", cwd=tmp_path)


@pytest.mark.parametrize("name", PLANS)
def test_every_script_is_bash(name: str, tmp_path: Path) -> None:
    plan = PLANS[name]()
    steps = [step for flow in github(plan).values() for job in flow["jobs"].values() for step in job["steps"]]
    found = [step["run"] for step in steps if "run" in step]
    for job in gitlab(plan).values():
        if isinstance(job, dict):
            found += [*job.get("before_script", []), *job.get("script", [])]
    for number, text in enumerate(found):
        file = tmp_path / f"{number}.sh"
        file.write_text(re.sub(r"\$\{\{.*?\}\}", "", text))
        subprocess.run(["bash", "-n", str(file)], check=True)


def test_events_of_github() -> None:
    flows = github(plans.static_site())
    assert set(flows) == {"check", "deploy", "drift", "rollback"}
    assert set(flows["check"]["on"]) == {"pull_request"}
    assert set(flows["check"]["jobs"]) == {"lint", "build", "plan", "verify"}
    assert set(flows["deploy"]["jobs"]) == {"build", "apply-production", "health"}
    assert flows["deploy"]["on"]["push"] == {"branches": ["main"]}
    assert flows["drift"]["on"]["schedule"]
    assert set(flows["rollback"]["on"]["workflow_dispatch"]["inputs"]) == {"revision", "app_revision"}
    assert "--check" in scripts(flows["check"]["jobs"]["plan"])
    assert "--check" not in scripts(flows["deploy"]["jobs"]["apply-production"])
    assert "changed=[1-9]" in scripts(flows["drift"]["jobs"]["drift"])
    assert "npm ci" in scripts(flows["deploy"]["jobs"]["build"])
    assert "shop.example.com/health" in flows["deploy"]["jobs"]["health"]["env"]["HEALTH_URLS"]


def test_events_of_gitlab() -> None:
    jobs = gitlab(plans.static_site())
    assert jobs["stages"] == ["lint", "build", "plan", "drift", "apply", "health"]
    assert jobs["apply:production"]["needs"] == ["lint", "build"]
    assert [each["job"] for each in jobs["health"]["needs"]] == ["apply:production", "rollback"]
    assert "schedule" in jobs["drift:production"]["rules"][0]["if"]
    assert "merge_request_event" in jobs["plan:production"]["rules"][0]["if"]
    assert jobs["build"]["artifacts"]["paths"] == ["app.tar.gz"]


def test_least_privilege() -> None:
    for plan in (make() for make in PLANS.values()):
        for flow in github(plan).values():
            assert flow["permissions"] == {}
            for name, job in flow["jobs"].items():
                writes = {key for key, value in job["permissions"].items() if value == "write"}
                may = {"actions", "contents", "pull-requests"} if name == "promote" else {"contents", "id-token"}
                assert writes <= may
                assert flow.get("concurrency") or job.get("concurrency") or "ansible-playbook" not in scripts(job)
                assert job["timeout-minutes"]
                for step in job["steps"]:
                    if step.get("uses", "").startswith("actions/checkout@"):
                        assert step["with"]["persist-credentials"] is False


def test_only_publishing_jobs_may_write() -> None:
    flows = github(plans.published_site())
    assert flows["check"]["jobs"]["build"]["permissions"] == {"contents": "read"}
    assert "aws s3" not in scripts(flows["check"]["jobs"]["build"])
    assert flows["deploy"]["jobs"]["build"]["permissions"] == {"contents": "write", "id-token": "write"}
    assert "aws s3" in scripts(flows["deploy"]["jobs"]["build"])


def test_without_hosts_there_is_no_playbook() -> None:
    flows, jobs = github(plans.published_site()), gitlab(plans.published_site())
    assert set(flows) == {"check", "deploy", "rollback"}
    assert "ansible" not in json.dumps(flows) + json.dumps(jobs)
    assert set(jobs) == {"workflow", "stages", "variables", "lint", "build", "release"}


def test_on_the_server_nothing_is_built() -> None:
    flows = github(plans.on_the_server())
    assert set(flows["deploy"]["jobs"]) == {"apply-production", "health"}
    assert "app" not in json.dumps(flows["deploy"]["jobs"]["apply-production"]["steps"])


def test_environments_one_after_the_other() -> None:
    flows, jobs = github(several()), gitlab(several())
    assert flows["deploy"]["jobs"]["apply-staging"]["needs"] == ["changes", "build"]
    assert flows["deploy"]["jobs"]["apply-production"]["needs"] == ["changes", "build", "apply-staging"]
    assert flows["deploy"]["jobs"]["apply-production"]["environment"] == "production"
    assert flows["check"]["jobs"]["plan"]["strategy"]["matrix"] == {"environment": ["staging", "production"]}
    assert flows["rollback"]["on"]["workflow_dispatch"]["inputs"]["environment"]["options"] == ["staging", "production"]
    assert {"job": "apply:staging", "optional": True} in jobs["apply:production"]["needs"]
    assert "when" not in jobs["apply:staging"]["rules"][0]
    assert jobs["apply:production"]["rules"][0]["when"] == "manual"


def test_artifact_is_what_the_hosts_read() -> None:
    assert " dist" in scripts(github(plans.static_site())["deploy"]["jobs"]["build"]).splitlines()[-1]
    plan = several()
    no_late = msgspec.structs.replace(plan, resources=tuple(r for r in plan.resources if "cloudfront" not in r.address))
    assert scripts(github(no_late)["deploy"]["jobs"]["build"]).rstrip().endswith(" dist app.jar")


def test_what_stood_between_hosts_is_told() -> None:
    told = github_actions(several(), plans.tree(several())).unsupported
    assert [each.address for each in told] == ["command.aws cloudfront create-invalidation"]
    assert "after all of them" in told[0].reason


def test_what_has_no_step_stops_the_pipeline() -> None:
    plan = plans.published_site()
    odd = plans.resource(Service(name=Value.of("x"), state="restarted"), phase=Phase.BUILD)
    told = github_actions(msgspec.structs.replace(plan, resources=(odd, *plan.resources)), FileTree())
    assert [each.address for each in told.unsupported] == [odd.address]
    assert "exit 1" in next(file.text for file in told.files if file.path.endswith("deploy.yml"))


def test_ssh_is_strict() -> None:
    for plan in (make() for make in PLANS.values()):
        for delivery in (github_actions, gitlab_ci):
            text = "".join(file.text for file in delivery(plan, plans.tree(plan)).files)
            assert "StrictHostKeyChecking" not in text
            assert "ANSIBLE_HOST_KEY_CHECKING" not in text
            assert ("KNOWN_HOSTS" in text) == ("ansible-playbook" in text)


def test_secrets_are_in_no_environment_but_their_steps() -> None:
    for flow in github(plans.static_site()).values():
        for job in flow["jobs"].values():
            assert "secrets." not in json.dumps(job.get("env", {}))
            for step in job["steps"]:
                named = "API_KEY" in step.get("run", "")
                assert ("API_KEY" in step.get("env", {})) == named


def test_hostile_text_is_inert_on_github() -> None:
    flows = github(hostile())
    for found in (found for text in strings(flows) for found in re.findall(r"\$\{\{(.*?)\}\}", text, re.DOTALL)):
        assert "secrets.X" not in re.sub(r"'[^']*'", "", found)
    steps = flows["deploy"]["jobs"]["build"]["steps"]
    shown = [evaluated(step["run"]) for step in steps if "run" in step]
    assert any('echo "a\'b\\" \\${{ secrets.X }}' in line for line in shown)
    assert evaluated(flows["deploy"]["jobs"]["build"]["env"]["FIXED"]) == HOSTILE


def strings(data: object) -> list[str]:
    """All text in the data."""
    if isinstance(data, dict):
        return [text for key, value in data.items() for text in (str(key), *strings(value))]
    if isinstance(data, list):
        return [text for item in data for text in strings(item)]
    return [data] if isinstance(data, str) else []


def evaluated(text: str) -> str:
    """What GitHub makes of the only expression that stands for text."""
    return text.replace("${{ '${{' }}", "${{")


@pytest.mark.parametrize("text", ["plain", "it's", HOSTILE, "}}", "${{"])
def test_strings_of_expressions(text: str) -> None:
    said = quoted(text)
    assert "{{" not in said
    assert "}}" not in said
    if said.startswith("fromJSON"):
        assert json.loads(said.removeprefix("fromJSON('").removesuffix("')")) == text
    else:
        assert said[1:-1].replace("''", "'") == text


def test_own_expressions_stay() -> None:
    assert inert({"a": expression("x"), "b": ["${{ x }}"]}) == {"a": "${{ x }}", "b": ["${{ '${{' }} x }}"]}


def test_hostile_values_of_gitlab_are_not_expanded() -> None:
    value = gitlab(hostile())["variables"]["FIXED"]
    assert value == {"value": HOSTILE, "expand": False}


def test_settings_name_all_that_the_workflows_read() -> None:
    for plan in (make() for make in PLANS.values()):
        tree = github_actions(plan, plans.tree(plan))
        text = "".join(file.text for file in tree.files)
        read = set(re.findall(r"\b(?:secrets|vars)\.(\w+)", text)) - {"X"}
        made = [setting for setting in tree.settings if "vault.yml" not in setting.where]
        assert read == {setting.name for setting in made}
        assert all(setting.where.startswith("GitHub") for setting in made)


def test_pins_and_their_evidence_agree() -> None:
    page = (ROOT / "docs" / "decisions" / "0003-pinned-actions.md").read_text()
    rows = re.findall(r"^\| (\S+/\S+) \| (\S+) \| `([0-9a-f]{40})` \| ([^|]+) \|", page, re.MULTILINE)
    seen = {action: (commit, version) for action, version, commit, _ in rows}
    assert seen == PINS
    for *_, repositories in rows:
        assert len(set(repositories.split(", "))) >= 2


def test_same_input_same_bytes() -> None:
    for make in PLANS.values():
        for delivery in (github_actions, gitlab_ci):
            assert delivery(make(), plans.tree(make())) == delivery(make(), plans.tree(make()))


def test_many_inputs_and_names_of_the_pipeline() -> None:
    plan = plans.static_site()
    names = [*(f"IN_{number}" for number in range(14)), "GITHUB_SHA", "HOME"]
    inputs = tuple(PlanVariable(name=name, kind=VariableKind.INPUT, value=Value.of(name)) for name in names)
    use = plans.command("echo " + " ".join(f"${{{name}}}" for name in names))
    flows = github(msgspec.structs.replace(plan, variables=inputs, resources=(use, *plan.resources[2:])))
    assert len(flows["deploy"]["on"]["workflow_dispatch"]["inputs"]) == 10
    env = flows["deploy"]["jobs"]["build"]["env"]
    assert set(env) == {"project_dir", *names[:14]}
    assert env["IN_9"] == "${{ inputs.IN_9 || vars.IN_9 || 'IN_9' }}"
    assert env["IN_10"] == "${{ vars.IN_10 || 'IN_10' }}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("npm run build", False),
        ("rsync -a dist/ copy/", False),
        ("rsync -a dist/ web:/srv/", True),
        ("docker build -t x .", False),
        ("docker push x", True),
        ("docker compose push", True),
        ("git push origin main", True),
        ("git -C site push", True),
        ("git checkout -b gh-pages", False),
        ("npx gh-pages -d dist", True),
        ("ssh web ls", True),
        ("aws s3 sync a s3://b", True),
        ("npm publish", True),
        ("cd web && firebase deploy", True),
        ("psql -h db -f schema.sql", True),
        ('bash -o pipefail -c "aws ecr get-login-password | cat"', True),
        ("pg_dump shop | gzip > shop.sql.gz", True),
    ],
)
def test_what_others_would_see(text: str, expected: bool) -> None:
    assert reaches_out(text) == expected


def test_a_pull_request_runs_nothing_that_others_see() -> None:
    plan = plans.published_site()
    early = plans.command("ssh web.example.com systemctl stop shop", line=1)
    flows = github(msgspec.structs.replace(plan, resources=(early, *plan.resources)))
    assert "npm run build" not in scripts(flows["check"]["jobs"]["build"])
    said = scripts(flows["deploy"]["jobs"]["build"])
    assert said.index("ssh web") < said.index("npm run build") < said.index("aws s3")
    assert "KNOWN_HOSTS" in said


def test_a_pull_request_saves_no_database_and_builds_all_the_same() -> None:
    plan = plans.published_site()
    early = plans.command("pg_dump -h db.example.com shop > /var/backups/shop.sql", line=1)
    plan = msgspec.structs.replace(plan, resources=(early, *plan.resources))
    flows = github(plan)
    told = github_actions(plan, ansible(plan)).unsupported
    assert next(each.reason for each in told if each.address == early.address).startswith("what it saves is on")
    asked = scripts(flows["check"]["jobs"]["build"])
    assert "npm run build" in asked
    assert "pg_dump" not in asked
    assert "pg_dump" in scripts(flows["deploy"]["jobs"]["build"])


def test_a_version_that_git_tells_has_the_tags() -> None:
    text = b"V=$(git describe --tags)\ntar czf app-$V.tgz dist\nscp app-$V.tgz deploy@web.test:/srv/\n"
    flows = github(scripts_to_plan([("deploy.sh", text)], name="shop"))
    checkout = next(s for s in flows["deploy"]["jobs"]["build"]["steps"] if s["name"] == "Check out the application")
    assert checkout["with"]["fetch-depth"] == 0


def test_every_host_that_the_script_asks_is_asked() -> None:
    text = b"for h in a.example.com b.example.com; do ssh $h mkdir -p /srv/x; curl -f http://$h:81/up; done\n"
    flows = github(scripts_to_plan([("deploy.sh", text)], name="shop"))
    asked = flows["deploy"]["jobs"]["health"]["env"]["HEALTH_URLS"]
    assert "http://a.example.com:81/up http://b.example.com:81/up" in asked


def test_the_manifests_get_the_inputs_by_their_own_names(tmp_path: Path) -> None:
    manifests = ansible(twins())
    flows = {Path(f.path).stem: yaml.safe_load(f.text) for f in github_actions(twins(), manifests).files}
    expected = {
        "app": "APP",
        "app_2": "APP_2",
        "shop_hosts": "HOSTS",
        "argument_1": "ARGUMENT_1",
        "shop_environment": "SCRIPT_ENVIRONMENT",
    }
    variables = next(file.text for file in manifests.files if file.path.endswith("group_vars/all/main.yml"))
    assert all(f"# {name} has to be given" in variables for name in expected)
    for flow, job in (("check", "plan"), ("deploy", "apply-production"), ("drift", "drift"), ("rollback", "rollback")):
        steps = flows[flow]["jobs"][job]["steps"]
        hand = next(step for step in steps if step["name"].startswith("Hand the inputs"))
        assert set(hand["env"]) == set(expected.values())
        told = handed(hand["run"], dict.fromkeys(expected.values(), 'it\'s "x" y={{ z }}'), tmp_path)
        assert set(told) == set(expected)
        assert set(told.values()) == {'it\'s "x" y={{ z }}'}
        assert handed(hand["run"], {"ARGUMENT_1": "x", "APP": ""}, tmp_path) == {"argument_1": "x"}
        assert "--extra-vars @inputs.json" in steps[-1]["run"]
    pipeline = yaml.safe_load(gitlab_ci(twins(), manifests).files[0].text)
    assert any("import json" in text for text in pipeline[".ansible"]["before_script"])
    assert {"APP", "APP_2", "SCRIPT_ENVIRONMENT"} <= set(pipeline["variables"])


def handed(script: str, environment: dict[str, str], directory: Path) -> dict[str, str]:
    """What the manifests are told."""
    path = {"PATH": f"{BIN}:/usr/bin:/bin"}
    subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=directory, env={**path, **environment}, check=True)
    found: dict[str, str] = json.loads((directory / "inputs.json").read_text())
    return found


def test_a_required_input_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        handed(inputs({"a": "A"}, ["A"]), {"A": ""}, tmp_path)


@pytest.mark.parametrize(
    ("recap", "fails"),
    [
        ("web : ok=3 changed=0 unreachable=0", False),
        ("web : ok=3 changed=2 unreachable=0", True),
        ("localhost                  : ok=3 changed=1\nweb : ok=3 changed=0", False),
        ("localhost-2 : ok=3 changed=1", True),
        ("web : ok=3 changed=10 unreachable=0\n" + "db : ok=1 changed=0\n" * 9000, True),
    ],
)
def test_drift_fails_where_something_differs(recap: str, fails: bool, tmp_path: Path) -> None:
    (tmp_path / "run.log").write_text(f"+changed=5 in a diff\nPLAY RECAP ****\n{recap}\n")
    done = subprocess.run(["bash", "-eo", "pipefail", "-c", drifted("run.log")], cwd=tmp_path, check=False)
    assert (done.returncode != 0) == fails


def test_git_logs_in_where_the_pipeline_runs_only(tmp_path: Path) -> None:
    environment = {
        "HOME": str(tmp_path),
        "PATH": "/usr/bin:/bin",
        "TOKEN": "sesame",
        "SERVER": "https://git.example.com",
    }
    subprocess.run(["bash", "-euc", git_login("me", "$TOKEN", "$SERVER")], env=environment, check=True)
    asked = {"https://git.example.com": "sesame", "https://other.example.com": ""}
    for server, token in asked.items():
        done = subprocess.run(
            ["git", "credential", "fill"],
            input=f"url={server}\n\n",
            env={**environment, "GIT_TERMINAL_PROMPT": "0"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (f"password={token}" in done.stdout.splitlines()) == bool(token)
    assert "sesame" not in (tmp_path / ".git-login").read_text() + (tmp_path / ".gitconfig").read_text()


def test_a_build_without_its_inputs_stops_at_once() -> None:
    plan = plans.published_site()
    bucket = PlanVariable(name="BUCKET", kind=VariableKind.INPUT, required=True)
    sync = plans.command("aws s3 sync dist s3://${BUCKET} --delete", line=3, phase=Phase.PUBLISH)
    plan = msgspec.structs.replace(plan, variables=(bucket,), resources=(plan.resources[0], sync))
    flows, jobs = github(plan), gitlab(plan)
    check = ': "${BUCKET:?is not set'
    said = scripts(flows["deploy"]["jobs"]["build"])
    assert said.index(check) < said.index("npm run build")
    assert check not in scripts(flows["check"]["jobs"]["build"])
    assert check in "\n".join(jobs["release"]["script"])
    assert check not in "\n".join(jobs["build"]["script"])


def test_the_application_goes_back_with_the_manifests() -> None:
    build = github(plans.static_site())["rollback"]["jobs"]["build"]["steps"][0]
    assert build["with"]["ref"] == (
        "${{ inputs.app_revision || vars.APP_REF || !vars.APP_REPOSITORY && inputs.revision || '' }}"
    )
    jobs = gitlab(plans.static_site())
    assert 'revision="${ROLLBACK_TO:-$CI_COMMIT_SHA}"' in "\n".join(jobs["build"]["script"])
    assert jobs["rollback"]["rules"] == jobs["health"]["rules"][1:]


def test_gitlab_shows_no_plan_to_forks() -> None:
    assert "CI_MERGE_REQUEST_SOURCE_PROJECT_ID" in gitlab(plans.static_site())["plan:production"]["rules"][0]["if"]


def test_an_argument_that_is_no_input_is_named() -> None:
    raw = plans.resource(Command(source=Value.of("for x in 1; do npm run $1; done")), phase=Phase.BUILD)
    plan = msgspec.structs.replace(plans.published_site(), resources=(raw,))
    assert "the argument `$1` of the script" in github_actions(plan, FileTree()).unsupported[0].reason
    asked = PlanVariable(name="arg1", kind=VariableKind.INPUT, required=True)
    plan = msgspec.structs.replace(plan, variables=(asked,))
    assert github_actions(plan, FileTree()).unsupported == ()
    assert github(plan)["deploy"]["jobs"]["build"]["env"]["arg1"] == "${{ inputs.ARG1 || vars.ARG1 }}"
    assert "npm run \\${arg1}" in scripts(github(plan)["deploy"]["jobs"]["build"])


def test_inputs_are_typed() -> None:
    variables = (
        PlanVariable(
            name="STAGE", kind=VariableKind.INPUT, required=True, choices=("dev", "live"), help="where to deploy"
        ),
        PlanVariable(name="CACHE", kind=VariableKind.INPUT, value=Value.of("on"), choices=("on", "off")),
        PlanVariable(name="FORCE", kind=VariableKind.INPUT, value=Value.of("false"), choices=("false", "true")),
        PlanVariable(name="WORKERS", kind=VariableKind.INPUT, value=Value.of("4"), number=True, help="processes"),
    )
    use = plans.command("deploy " + " ".join(f"${{{each.name}}}" for each in variables), phase=Phase.PUBLISH)
    plan = msgspec.structs.replace(plans.published_site(), variables=variables, resources=(use,))
    flows, jobs = github(plan), gitlab(plan)
    asked = flows["deploy"]["on"]["workflow_dispatch"]["inputs"]
    assert asked["STAGE"] == {
        "description": "where to deploy",
        "type": "choice",
        "required": True,
        "options": ["dev", "live"],
    }
    assert asked["CACHE"]["options"] == ["as declared", "on", "off"]
    assert asked["FORCE"]["type"] == "boolean"
    assert asked["WORKERS"]["description"] == "processes (a number) (empty: 4)"
    env = flows["deploy"]["jobs"]["build"]["env"]
    assert env["CACHE"] == "${{ inputs.CACHE != 'as declared' && inputs.CACHE || vars.CACHE || 'on' }}"
    assert env["FORCE"] == "${{ inputs.FORCE || vars.FORCE || 'false' }}"
    assert jobs["variables"]["STAGE"] == {"value": "", "description": "where to deploy", "options": ["", "dev", "live"]}


def confirmed(plan: Plan) -> Plan:
    """The plan of a script that asked whether to go on."""
    reason = f"{CONFIRMED[0].upper()}{CONFIRMED[1:]}."
    entry = LedgerEntry(span=plans.span(2), text="exit 1", disposition=Disposition.ABSORBED, reason=reason)
    return msgspec.structs.replace(plan, ledger=(*plan.ledger, entry))


def test_a_confirmation_is_an_approval() -> None:
    flows, jobs = github(confirmed(plans.published_site())), gitlab(confirmed(plans.published_site()))
    assert flows["deploy"]["jobs"]["build"]["environment"] == "production"
    assert "environment" not in flows["check"]["jobs"]["build"]
    assert jobs["release"]["rules"][0]["when"] == "manual"
    jobs = gitlab(confirmed(plans.on_the_server()))
    assert jobs["apply:production"]["rules"][0]["when"] == "manual"
    assert "when" not in gitlab(plans.on_the_server())["apply:production"]["rules"][0]
