"""Jobs of GitLab's pipeline, as data."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import Any

from converter.render.delivery import commands, programs
from converter.render.delivery.gitlab import events, images
from converter.render.delivery.given import Input, handed_over
from converter.render.delivery.outline import CHECKOUT, Outline, Step
from converter.render.delivery.settings import described
from converter.render.delivery.shell.text import assigned
from converter.render.delivery.shell.text import literal as quoted
from converter.render.delivery.told import GITLAB, GITLAB_OWN

Data = dict[str, Any]

_LOGIN = commands.git_login("gitlab-ci-token", "${APP_REPOSITORY_TOKEN:-$CI_JOB_TOKEN}", "$CI_SERVER_URL")
# Where the application lies in this repository, what is built is what the pipeline runs for, or goes back to.
_SOURCE = f"""\
{_LOGIN}rm -rf {CHECKOUT}
git clone --quiet "$CI_SERVER_URL/${{APP_REPOSITORY:-$CI_PROJECT_PATH}}.git" {CHECKOUT}
revision="${{APP_REF:-}}"
if [ -z "$revision" ] && [ -z "${{APP_REPOSITORY:-}}" ]; then
  revision="${{{events.ROLLBACK_TO}:-$CI_COMMIT_SHA}}"
  git -C {CHECKOUT} fetch --quiet origin "$CI_COMMIT_SHA"
fi
if [ -n "$revision" ]; then
  git -C {CHECKOUT} checkout --quiet "$revision"
fi
"""
_PUSH = """\
git config --global user.name "$GITLAB_USER_NAME"
git config --global user.email "$GITLAB_USER_EMAIL"
"""
_ROLE = """\
printf '%s' "$AWS_ID_TOKEN" > "$HOME/aws-id-token"
export AWS_WEB_IDENTITY_TOKEN_FILE="$HOME/aws-id-token"
"""
_REVISION = f"""\
if [ -n "$ROLLBACK_TO" ]; then
  git fetch --quiet --tags origin "$CI_DEFAULT_BRANCH"
{textwrap.indent(commands.reviewed("$ROLLBACK_TO", "$CI_DEFAULT_BRANCH"), "  ")}
  git checkout --quiet "$ROLLBACK_TO"
fi
"""


def lint(outline: Outline, collections: bool) -> Data:
    """The linters."""
    script = commands.LINT if outline.playbook or outline.pulled else "yamllint --strict ."
    return {
        "stage": "lint",
        "image": images.PYTHON,
        "timeout": "10 minutes",
        "rules": [events.PROPOSAL, events.DEPLOYMENT],
        "before_script": [images.install(["git"]), commands.install(collections)],
        "script": [script],
    }


def verify(collections: bool) -> Data:
    """The proof that the manifests do what the script did, where the runner lets a job make namespaces."""
    unable = "echo 'This runner holds no sandboxes, so nothing was verified' >&2\n  exit 77"
    return {
        "stage": "lint",
        "image": images.PYTHON,
        "timeout": "60 minutes",
        "rules": [events.PROPOSAL],
        "needs": [],
        "before_script": [images.install(["git", "mmdebstrap", "openssl", "uidmap"]), commands.install(collections)],
        "script": [commands.verify("gitopsify", unable)],
        "allow_failure": {"exit_codes": [77]},
    }


def build(outline: Outline, rules: list[Data], *, publish: bool) -> Data:
    """The script's steps before the hosts, ended by the archive of what the hosts get."""
    chosen = [step for step in outline.build if publish or not step.publish]
    needs = programs.needs(step.script for step in chosen)
    publishes = any(step.publish for step in chosen)
    script = [*_before(outline, chosen, publishes), *_of_script(chosen)]
    if outline.kept:
        packing = commands.pack(outline.packed, outline.outside, dict(outline.results))
        script.append(f'cd "$CI_PROJECT_DIR/{CHECKOUT}"\n{packing}')
    data: Data = {
        "stage": "build",
        "image": images.image(needs),
        **_services(needs, publishes),
        "timeout": "60 minutes",
        "rules": rules,
        "script": script,
    }
    if outline.kept:
        data["artifacts"] = {"paths": list(outline.kept), "expire_in": "1 week"}
    return data


def publish(outline: Outline, rules: list[Data], needs: list[Any]) -> Data:
    """The script's steps after the hosts."""
    unpack = _unpacked(outline)
    before = _before(outline, list(outline.publish), True)
    called = programs.needs(step.script for step in outline.publish)
    return {
        "stage": "publish",
        "image": images.image(called),
        **_services(called, True),
        "timeout": "60 minutes",
        "needs": needs,
        "rules": rules,
        "script": [*before[:2], *unpack, *before[2:], *_of_script(list(outline.publish))],
    }


def ansible(outline: Outline, collections: bool) -> Data:
    """What every job that runs the playbook extends: the tools, the key and what was built."""
    before = [images.install(["git", "openssh-client", "rsync", *(["curl"] if outline.several else [])])]
    before += [_REVISION, commands.install(collections), commands.SSH_KEY]
    variables: Data = {
        # Runners check out into a directory that all may write to, and there Ansible reads no ansible.cfg by itself.
        "ANSIBLE_CONFIG": "$CI_PROJECT_DIR/ansible.cfg",
        "ANSIBLE_PRIVATE_KEY_FILE": commands.KEY_FILE,
        "GIT_DEPTH": "0",
    }
    if outline.store is not None:
        before += [outline.store.script] if outline.store.script else []
        variables |= dict(outline.store.environment)
    before += _unpacked(outline)
    if outline.told:
        required = [each.setting for each in outline.told if each.required and each.run is None]
        before.append("\n".join([*_run(outline.told), commands.inputs(handed_over(outline.told), required)]))
    return {"image": images.PYTHON, "timeout": "60 minutes", "variables": variables, "before_script": before}


def playbook(stage: str, where: str, rule: Data, needs: list[str], script: str) -> Data:
    """A job that runs the playbook."""
    return {
        "extends": ".ansible",
        "stage": stage,
        "needs": needs,
        "rules": [rule],
        "variables": {"ENVIRONMENT": where},
        "script": [script],
    }


def plan_script(outline: Outline, drift: bool) -> str:
    """`--check --diff`, kept as a file too."""
    command = commands.playbook("--check", "--diff", told=bool(outline.told), built=bool(outline.results))
    return f"{command} | tee run.log\n{commands.drifted('run.log') if drift else ''}"


def apply_script(outline: Outline) -> str:
    """The playbook itself."""
    return commands.playbook("--diff", told=bool(outline.told), built=bool(outline.results))


def health(outline: Outline, rules: list[Data], needs: list[Data]) -> Data:
    """The question whether what was deployed answers."""
    return {
        "stage": "health",
        "image": images.CURL,
        "timeout": "10 minutes",
        "needs": needs,
        "rules": rules,
        "variables": {"GIT_STRATEGY": "none", "HEALTH_URLS": literal(" ".join(outline.health))},
        "script": [commands.HEALTH],
    }


def _unpacked(outline: Outline) -> list[str]:
    script = commands.unpack(CHECKOUT, outline.packed, outline.outside)
    return [script] if script else []


def asked(outline: Outline) -> Data:
    """What a run by hand is asked for the script."""
    found: Data = {}
    for each in outline.environ.inputs:
        if each.run is not None:
            continue
        found[each.setting] = {"value": "", "description": described(each)}
        if each.choices:
            found[each.setting]["options"] = ["", *(choice for choice in each.choices if choice)]
    return found


def fixed(outline: Outline) -> Data:
    """Versions of the toolchains and constants of the script; where builds differ, each has constants of its own."""
    chains = outline.needs.toolchains
    versions = {name: default for chain, (name, default) in images.VERSIONS.items() if chain in chains}
    return {**versions, **{name: literal(text) for name, text in outline.environ.constants if outline.one_build}}


def literal(text: str) -> str | Data:
    """A variable's text; GitLab would expand `$` in it."""
    return {"value": text, "expand": False} if "$" in text else text


def _before(outline: Outline, steps: list[Step], publishes: bool) -> list[str]:
    """Tools, the application, and what the script did before its first command."""
    scripts = [step.script for step in steps]
    needs = programs.needs(scripts)
    found = [images.packages(needs, scripts), _SOURCE]
    if needs.tools:
        found.append(commands.tools(needs.tools, "/usr/local/bin"))
    if needs.corepack:
        found.append("npm install --global corepack\ncorepack enable")
    if publishes and "aws" in needs.toolchains:
        found.append(_ROLE)
    if publishes and outline.pushes:
        found.append(_PUSH)
    if publishes and outline.ssh:
        found.append(f"{images.install(['openssh-client'])}\n{commands.SSH_KEY}")
    if outline.link:
        link = f'mkdir -p "$(dirname {outline.link})"\nln -sfn "$CI_PROJECT_DIR/{CHECKOUT}" {outline.link}'
        found.append(link)
    return [*found, *_variables(outline, steps)]


def _variables(outline: Outline, steps: list[Step]) -> list[str]:
    """Defaults of the inputs and computed variables, as the script has them before its first step."""
    used = set(outline.used)
    lines = [f'export project_dir="$CI_PROJECT_DIR/{CHECKOUT}"', 'cd "$project_dir"']
    lines += _run(each for each in outline.environ.inputs if each.name in used)
    for each in outline.environ.inputs:
        if each.run is not None:
            continue
        if each.name in used and each.default:
            lines.append(f'if [ -z "${{{each.setting}:-}}" ]; then {each.setting}={quoted(each.default)}; fi')
        if each.name in used and (each.default or each.name != each.setting):
            lines.append(f'export {each.name}="${{{each.setting}:-}}"')
    lines += commands.needed(each.name for each in outline.required(steps))
    lines += [assigned(name, text) for name, text in outline.environ.computed]
    return ["\n".join(lines)]


def _run(inputs: Iterable[Input]) -> list[str]:
    """What the run tells, under the names that the script knows it by."""
    said = [each for each in inputs if each.run is not None and not each.setting.startswith(GITLAB_OWN)]
    return [f'export {each.setting}="${{{GITLAB[each.run]}:-}}"' for each in said if each.run is not None]


def _of_script(steps: list[Step]) -> list[str]:
    """Each step under its name; one that changes directory or environment does so for itself alone."""
    found = []
    for step in steps:
        heading = " ".join(step.name.split())
        at = f'cd "$CI_PROJECT_DIR/{step.directory}"' if step.directory else 'cd "$CI_PROJECT_DIR"'
        body = f"{at}\n{step.script}"
        if step.exports:
            body += f"\nexport {' '.join(step.exports)}"
        elif "export " in step.script or step.script.startswith("cd "):
            body = f"(\n{body}\n)"
        found.append(f"# {step.origin}: {heading}\n{body}")
    return found


def _services(needs: programs.Needs, publishes: bool) -> Data:
    """A docker daemon where images are made, and an identity where AWS is spoken to."""
    found: Data = {}
    if "docker" in needs.toolchains:
        found["services"] = [images.DAEMON]
        found["variables"] = {
            "DOCKER_HOST": "tcp://docker:2376",
            "DOCKER_TLS_CERTDIR": "/certs",
            "DOCKER_TLS_VERIFY": "1",
            "DOCKER_CERT_PATH": "/certs/client",
        }
    if publishes and "aws" in needs.toolchains:
        found["id_tokens"] = {"AWS_ID_TOKEN": {"aud": "$CI_SERVER_URL"}}
    return found
