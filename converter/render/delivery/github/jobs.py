"""Jobs of GitHub's workflows, as data."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from converter.render.delivery import commands, programs
from converter.render.delivery.github import steps
from converter.render.delivery.github.expressions import Expression, expression, given, secret
from converter.render.delivery.github.flow import chosen
from converter.render.delivery.given import Input, handed_over
from converter.render.delivery.outline import CHECKOUT, Outline
from converter.render.delivery.told import GITHUB, GITHUB_OWN

Data = dict[str, Any]

# GitHub takes no more inputs than these for a run by hand.
_MOST_INPUTS = 10

SUMMARY = "\n{{ echo '### {title}'; echo; head -c 900000 {log} | sed 's/^/    /'; }} >> \"$GITHUB_STEP_SUMMARY\"\n"


def job(name: str, minutes: int, body: list[Data], **more: Any) -> Data:
    """A job that may read this repository and nothing else, unless `permissions` say more."""
    start = {"name": name, "runs-on": "ubuntu-24.04", "timeout-minutes": minutes, "permissions": {"contents": "read"}}
    return {**start, **more, "steps": body}


def lint(outline: Outline, collections: bool) -> Data:
    """The linters."""
    script = commands.LINT if outline.playbook or outline.pulled else "yamllint --strict ."
    return job("Lint", 10, [steps.manifests(), *steps.tools(collections), steps.run("Lint", script)])


def verify(collections: bool) -> Data:
    """The proof that the manifests do what the script did; a runner of GitHub holds sandboxes for root alone."""
    called = 'sudo env "PATH=$PATH" "ANSIBLE_COLLECTIONS_PATH=$HOME/.ansible/collections" "$(command -v gitopsify)"'
    unable = "echo '::warning::This runner holds no sandboxes, so nothing was verified'\n  exit 0"
    sandboxes = "sudo apt-get update -qq\nsudo apt-get install -qq -y mmdebstrap uidmap > /dev/null\n"
    script = sandboxes + commands.verify(called, unable)
    return job("Verify", 60, [steps.manifests(), *steps.tools(collections), steps.run("Verify", script)])


def build(outline: Outline, *, publish: bool, dispatched: bool, ref: Expression | None = None) -> Data:
    """The script's steps before the hosts, ended by the archive of what the hosts get."""
    chosen = [step for step in outline.build if publish or not step.publish]
    publishes = any(step.publish for step in chosen)
    needs = programs.needs(step.script for step in chosen)
    body = [
        steps.application(outline, ref),
        *steps.toolchains(needs),
        *(steps.credentials(outline, needs) if publishes else []),
        *steps.prepared(outline, chosen),
        *(steps.of_script(step, outline) for step in chosen),
    ]
    if outline.kept:
        packing = commands.pack(outline.packed, outline.outside, dict(outline.results))
        body += [
            steps.run("Pack what later jobs need", packing, **{"working-directory": CHECKOUT}),
            steps.use(
                "Keep it",
                "actions/upload-artifact",
                **{
                    "name": outline.archive,
                    "path": "\n".join(outline.kept),
                    "if-no-files-found": "error",
                    "retention-days": 7,
                },
            ),
        ]
    title = "Build and publish" if publishes else "Build"
    return job(
        title, 60, body, permissions=_permissions(outline, needs, publishes), env=environment(outline, dispatched)
    )


def publish(outline: Outline, *, dispatched: bool, ref: Expression | None = None) -> Data:
    """The script's steps after the hosts."""
    needs = programs.needs(step.script for step in outline.publish)
    body = [
        steps.application(outline, ref),
        *steps.toolchains(needs),
        *steps.credentials(outline, needs),
        *_unpacked(outline),
        *steps.prepared(outline, outline.publish),
        *(steps.of_script(step, outline) for step in outline.publish),
    ]
    permissions = _permissions(outline, needs, any(step.publish for step in outline.publish))
    return job("Publish", 60, body, permissions=permissions, env=environment(outline, dispatched))


def playbook(
    outline: Outline,
    name: str,
    minutes: int,
    run: Data,
    *,
    collections: bool,
    env: Data,
    ref: Expression | None = None,
    dispatched: bool = False,
) -> Data:
    """A job that runs the playbook, with everything that this needs before it."""
    before = [steps.manifests(ref, history=ref is not None)]
    if ref is not None:
        check = commands.reviewed("HEAD", "$DEFAULT_BRANCH")
        branch = {"DEFAULT_BRANCH": expression("github.event.repository.default_branch")}
        before.append(steps.run("Make sure that the revision was reviewed", check, branch))
    body = [
        *before,
        *steps.tools(collections),
        *steps.access(outline),
        *_unpacked(outline),
        *_told(outline, dispatched),
        run,
    ]
    return job(name, minutes, body, env=env)


def plan_run(outline: Outline, title: str, drift: bool) -> Data:
    """`--check --diff`, with the result in the summary of the run."""
    command = commands.playbook("--check", "--diff", told=bool(outline.told), built=bool(outline.results))
    script = f"{command} | tee run.log{SUMMARY.format(title=title, log='run.log')}"
    return steps.run(title, script + (commands.drifted("run.log") if drift else ""), _handed(outline))


def apply_run(outline: Outline) -> Data:
    """The playbook itself."""
    script = commands.playbook("--diff", told=bool(outline.told), built=bool(outline.results))
    return steps.run("Apply the manifests", script, _handed(outline))


def _handed(outline: Outline) -> Data:
    """What the manifests read of their secrets in the environment: that of this step alone."""
    return steps.settings(outline.store.handed) if outline.store is not None else {}


def health(outline: Outline) -> Data:
    """The question whether what was deployed answers."""
    env = {"HEALTH_URLS": _urls(outline)}
    body = [steps.run("Ask the addresses of the service", commands.HEALTH)]
    return job("Health check", 10, body, permissions={}, env=env)


def health_step(outline: Outline) -> Data:
    """The same question as a step of the environment's own job, before the next environment is touched."""
    return steps.run("Ask the addresses of the service", commands.HEALTH, {"HEALTH_URLS": _urls(outline)})


def _urls(outline: Outline) -> Expression:
    return given("HEALTH_URLS", " ".join(outline.health))


def asked(outline: Outline) -> tuple[Input, ...]:
    """The inputs that a run by hand asks for; the others can still be set as variables."""
    said = tuple(each for each in outline.environ.inputs if each.run is None)
    return said[: _MOST_INPUTS - bool(outline.each)]


def environment(outline: Outline, dispatched: bool) -> Data:
    """Environment of a job that runs steps of the script."""
    used = set(outline.used)
    forms = asked(outline) if dispatched else ()
    environ = outline.environ
    found: Data = {
        "project_dir": expression(f"format('{{0}}/{CHECKOUT}', github.workspace)"),
        **dict(environ.constants),
        **{each.name: _given(each, forms, each.default) for each in environ.inputs if each.name in used},
        **{name: expression(f"vars.{name}") for name in environ.settings if name in used},
    }
    return {outline.twins.get(name, name): value for name, value in found.items() if not name.startswith(GITHUB_OWN)}


def _given(each: Input, forms: Collection[Input], default: str = "") -> Expression:
    if each.run is not None:
        return expression(GITHUB[each.run])
    return given(each.setting, default, each in forms, chosen(each))


def playbook_environment(outline: Outline, where: str | Expression, dispatched: bool) -> Data:
    """Environment of a job that runs the playbook; `where` is the environment that is deployed to."""
    env: Data = {"ENVIRONMENT": where, "ANSIBLE_PRIVATE_KEY_FILE": commands.KEY_FILE}
    env |= dict(outline.store.environment) if outline.store is not None else {}
    secrets = {name.upper() for name in outline.environ.secrets}
    told = {each.setting for each in asked(outline)}
    for name, _ in outline.looked_up:
        env[name] = secret(name) if name in secrets else given(name, dispatched=dispatched and name in told)
    return env


def _told(outline: Outline, dispatched: bool) -> list[Data]:
    """The inputs for the manifests, in a file."""
    if not outline.told:
        return []
    forms = asked(outline) if dispatched else ()
    env = {each.setting: _given(each, forms) for each in outline.told if not each.setting.startswith(GITHUB_OWN)}
    required = [each.setting for each in outline.told if each.required and each.run is None]
    script = commands.inputs(handed_over(outline.told), required)
    return [steps.run("Hand the inputs over to the manifests", script, env)]


def _permissions(outline: Outline, needs: programs.Needs, publishes: bool) -> Data:
    permissions = {"contents": "write" if publishes and outline.pushes else "read"}
    return {**permissions, "id-token": "write"} if publishes and "aws" in needs.toolchains else permissions


def _unpacked(outline: Outline) -> list[Data]:
    fetched = (
        [steps.use("Fetch what was built", "actions/download-artifact", name=outline.archive)] if outline.kept else []
    )
    script = commands.unpack(CHECKOUT, outline.packed, outline.outside)
    return [*fetched, *([steps.run("Unpack it", script)] if script else [])]
