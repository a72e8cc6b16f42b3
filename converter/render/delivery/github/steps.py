"""Steps of GitHub's jobs, as data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from converter.model.tree import Setting
from converter.render.delivery import commands, programs
from converter.render.delivery.github.expressions import Expression, expression, given, secret
from converter.render.delivery.outline import CHECKOUT, Outline, Step
from converter.render.delivery.pins import pinned
from converter.render.delivery.programs import Needs

Data = dict[str, Any]

_PUSH = """\
git config --global user.name "$GITHUB_ACTOR"
git config --global user.email "$GITHUB_ACTOR@users.noreply.github.com"
""" + commands.git_login("x-access-token", "$PUSH_TOKEN", "$GITHUB_SERVER_URL")
_TOKEN = "secrets.APP_REPOSITORY_TOKEN || github.token"


def use(name: str, action: str, /, **settings: Any) -> Data:
    """A step that uses a pinned action."""
    step: Data = {"name": name, "uses": pinned(action)}
    return {**step, "with": settings} if settings else step


def run(name: str, script: str, env: Data | None = None, /, **more: Any) -> Data:
    """A step that runs a script."""
    step: Data = {"name": name, **more}
    if env:
        step["env"] = env
    return {**step, "run": script}


def manifests(ref: Expression | None = None, history: bool = False) -> Data:
    """The checkout of this repository."""
    settings: Data = {"persist-credentials": False}
    if ref is not None:
        settings["ref"] = ref
    if history:
        settings["fetch-depth"] = 0
    return use("Check out the manifests", "actions/checkout", **settings)


def application(outline: Outline, ref: Expression | None = None) -> Data:
    """The checkout of the application: its own repository where `APP_REPOSITORY` names one, else this one."""
    settings: Data = {
        "repository": expression("vars.APP_REPOSITORY || github.repository"),
        "ref": ref if ref is not None else expression("vars.APP_REF"),
        "token": expression(_TOKEN),
        "path": CHECKOUT,
        "persist-credentials": False,
    }
    if outline.history:
        settings["fetch-depth"] = 0
    return use("Check out the application", "actions/checkout", **settings)


def tools(collections: bool) -> list[Data]:
    """Python and what requirements.txt and requirements.yml name."""
    return [
        use("Set up Python", "actions/setup-python", **{"python-version": "3.12"}),
        run("Install Ansible and its tools", commands.install(collections)),
    ]


def ssh() -> list[Data]:
    """The ssh key and the known hosts, from the settings of the repository."""
    env = {"SSH_PRIVATE_KEY": secret("SSH_PRIVATE_KEY"), "KNOWN_HOSTS": expression("vars.KNOWN_HOSTS")}
    return [run("Load the ssh key and the known hosts", commands.SSH_KEY, env)]


def access(outline: Outline) -> list[Data]:
    """What the playbook logs in with, and what its secrets are read with."""
    steps = ssh()
    if outline.store is not None and outline.store.script:
        steps.append(run(outline.store.title, outline.store.script, settings(outline.store.prepared)))
    return steps


def settings(made: Iterable[Setting]) -> Data:
    """The environment of a step that reads these."""
    return {each.name: secret(each.name) if each.secret else expression(f"vars.{each.name}") for each in made}


def toolchains(needs: Needs) -> list[Data]:
    """What the build calls; the versions are variables of the repository."""
    known = {
        "node": use("Set up Node.js", "actions/setup-node", **{"node-version": given("NODE_VERSION", "22")}),
        "php": use("Set up PHP", "shivammathur/setup-php", **{"php-version": given("PHP_VERSION", "8.3")}),
        "python": use("Set up Python", "actions/setup-python", **{"python-version": given("PYTHON_VERSION", "3.12")}),
        "java": use(
            "Set up Java",
            "actions/setup-java",
            **{"distribution": "temurin", "java-version": given("JAVA_VERSION", "21")},
        ),
        "go": use("Set up Go", "actions/setup-go", **{"go-version": given("GO_VERSION", "stable"), "cache": False}),
        "ruby": use("Set up Ruby", "ruby/setup-ruby", **{"ruby-version": given("RUBY_VERSION", "3.4")}),
    }
    steps = [known[name] for name in needs.toolchains if name in known]
    if needs.tools:
        script = f'{commands.tools(needs.tools, "~/.local/bin")}echo ~/.local/bin >> "$GITHUB_PATH"'
        steps.append(run("Make command line tools available", script))
    if needs.corepack:
        steps.append(run("Make yarn and pnpm available", "corepack enable"))
    return steps


def credentials(outline: Outline, needs: Needs) -> list[Data]:
    """What publishing logs in with: a role for AWS without any stored key, a token for git."""
    steps = []
    if "aws" in needs.toolchains:
        role = {"role-to-assume": expression("vars.AWS_ROLE_ARN"), "aws-region": expression("vars.AWS_REGION")}
        steps.append(use("Take the role of the deployment", "aws-actions/configure-aws-credentials", **role))
    if outline.pushes:
        steps.append(run("Let git push with the token of the run", _PUSH))
    if outline.ssh:
        steps += ssh()
    return steps


def prepared(outline: Outline, chosen: Iterable[Step]) -> list[Data]:
    """What the script did before its first command: its directory in place, its variables computed."""
    steps = []
    required = [outline.twins.get(each.name, each.name) for each in outline.required(chosen)]
    if required:
        steps.append(run("Make sure that the inputs are set", "\n".join(commands.needed(required))))
    if outline.link:
        target = (
            f'sudo mkdir -p "$(dirname {outline.link})"\nsudo ln -sfn "$GITHUB_WORKSPACE/{CHECKOUT}" {outline.link}'
        )
        steps.append(run("Put the application where the script expects it", target))
    computed = [*((name, f'"${{{held}}}"') for name, held in outline.twins.items()), *outline.environ.computed]
    if computed:
        lines = [f"{name}={text}" for name, text in computed]
        script = "\n".join([*lines, *_exports(name for name, _ in computed)])
        steps.append(run("Compute variables of the script", script, **{"working-directory": CHECKOUT}))
    return steps


def of_script(step: Step, outline: Outline) -> Data:
    """A step of the script; the secrets it names are in its environment, and in no other step's."""
    more: Data = {"working-directory": step.directory} if step.directory else {}
    script = "\n".join([f"# {step.origin}", step.script, *_exports(step.exports)])
    return run(step.name, script, _environment(step, outline), **more)


def _environment(step: Step, outline: Outline) -> Data:
    used = outline.environ.used([step.script])
    env: Data = {name: secret(name) for name in outline.environ.secrets if name in used}
    wanted = programs.needs([step.script])
    env.update({name: secret(name) for name in wanted.secrets if name not in env})
    env.update({name: expression(f"vars.{name}") for name in wanted.variables})
    if step.publish and programs.pushes([step.script]):
        env["PUSH_TOKEN"] = expression(_TOKEN)
    return env


def _exports(names: Iterable[str]) -> list[str]:
    """The lines that keep variables for later steps, whatever lines they have."""
    form = "<<end-%s\\n%s\\nend-%s\\n"
    lines = [f'printf \'{name}{form}\' "$GITHUB_RUN_ID" "${name}" "$GITHUB_RUN_ID"' for name in names]
    if len(lines) < 2:
        return [f'{line} >> "$GITHUB_ENV"' for line in lines]
    return ["{", *(f"  {line}" for line in lines), '} >> "$GITHUB_ENV"']
