"""Jobs of GitLab's pipeline, as data."""

from __future__ import annotations

from typing import Any

from converter.render.delivery import commands, programs
from converter.render.delivery.gitlab import events, images
from converter.render.delivery.outline import CHECKOUT, PROJECT_SETTING, Outline, Step

Data = dict[str, Any]

_SOURCE = f"""\
if [ -n "${{APP_REPOSITORY:-}}" ]; then
  token="${{APP_REPOSITORY_TOKEN:-$CI_JOB_TOKEN}}"
  git clone --quiet "https://gitlab-ci-token:$token@$CI_SERVER_HOST/$APP_REPOSITORY.git" {CHECKOUT}
else
  git clone --quiet "$CI_PROJECT_DIR/.git" {CHECKOUT}
fi
if [ -n "${{APP_REF:-}}" ]; then
  git -C {CHECKOUT} checkout --quiet "$APP_REF"
fi
"""
_PUSH = """\
git config --global user.name "$GITLAB_USER_NAME"
git config --global user.email "$GITLAB_USER_EMAIL"
helper='!f() { echo username=gitlab-ci-token; echo "password=$PUSH_TOKEN"; }; f'
git config --global "credential.$CI_SERVER_URL.helper" "$helper"
"""
_ROLE = """\
printf '%s' "$AWS_ID_TOKEN" > "$HOME/aws-id-token"
export AWS_WEB_IDENTITY_TOKEN_FILE="$HOME/aws-id-token"
"""
_REVISION = """\
if [ -n "$ROLLBACK_TO" ]; then
  git fetch --quiet origin "$CI_DEFAULT_BRANCH"
  git merge-base --is-ancestor "$ROLLBACK_TO" "origin/$CI_DEFAULT_BRANCH"
  git checkout --quiet "$ROLLBACK_TO"
fi
"""


def lint(outline: Outline, collections: bool) -> Data:
    """The linters."""
    script = commands.LINT if outline.playbook else "yamllint --strict ."
    return {
        "stage": "lint",
        "image": images.PYTHON,
        "timeout": "10 minutes",
        "rules": [events.PROPOSAL, events.DEPLOYMENT],
        "before_script": [images.install(["git"]), commands.install(collections)],
        "script": [script],
    }


def build(outline: Outline, rules: list[Data], *, publish: bool) -> Data:
    """The script's steps before the hosts, ended by the archive of what the hosts get."""
    chosen = [step for step in outline.build if publish or not step.publish]
    needs = programs.needs(step.script for step in chosen)
    publishes = any(step.publish for step in chosen)
    script = [*_before(outline, chosen, publishes), *_of_script(chosen)]
    if outline.packed:
        script.append(f'cd "$CI_PROJECT_DIR/{CHECKOUT}"\n{commands.pack(outline.packed)}')
    data: Data = {
        "stage": "build",
        "image": images.image(needs),
        **_services(needs, publishes),
        "timeout": "60 minutes",
        "rules": rules,
        "script": script,
    }
    if outline.packed:
        data["artifacts"] = {"paths": [commands.ARTIFACT], "expire_in": "1 week"}
    return data


def publish(outline: Outline, rules: list[Data], needs: list[str]) -> Data:
    """The script's steps after the hosts."""
    unpack = [commands.unpack(CHECKOUT)] if outline.packed else []
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
    before = [images.install(["git", "openssh-client", "rsync"])]
    before += [_REVISION, commands.install(collections), commands.SSH_KEY]
    variables: Data = {"ANSIBLE_PRIVATE_KEY_FILE": commands.KEY_FILE, "GIT_DEPTH": "0"}
    if outline.vault:
        before.append(commands.VAULT_PASSWORD)
        variables["ANSIBLE_VAULT_PASSWORD_FILE"] = commands.PASSWORD_FILE
    if outline.packed:
        before.append(commands.unpack(CHECKOUT))
        variables[PROJECT_SETTING] = f"$CI_PROJECT_DIR/{CHECKOUT}"
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


def plan_script(drift: bool) -> str:
    """`--check --diff`, kept as a file too."""
    command = commands.playbook("--check", "--diff")
    return f"{command} | tee run.log\n{commands.drifted('run.log') if drift else ''}"


def apply_script() -> str:
    """The playbook itself."""
    return commands.playbook("--diff")


def health(outline: Outline, rules: list[Data], needs: list[str]) -> Data:
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
    return [*found, *_variables(outline)]


def _variables(outline: Outline) -> list[str]:
    """Defaults of the inputs and computed variables, as the script has them before its first step."""
    used = set(outline.used)
    lines = [f'export project_dir="$CI_PROJECT_DIR/{CHECKOUT}"', 'cd "$project_dir"']
    for each in outline.environ.inputs:
        if each.name in used and each.default:
            quoted = each.default.replace("'", "'\\''")
            lines.append(f"export {each.name}=\"${{{each.name}:-$(printf '%s' '{quoted}')}}\"")
    lines += [f"export {name}={text}" for name, text in outline.environ.computed]
    return ["\n".join(lines)]


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
