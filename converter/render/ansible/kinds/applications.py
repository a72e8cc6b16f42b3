"""Applications: working copies and the packages of their language."""

from __future__ import annotations

from typing import Any

from converter.render.ansible.names import slug
from converter.render.ansible.task import Place, Task


def git_checkout(spec: Any, at: Place) -> list[Task]:
    """A working copy at a version; one whose remote the script never names is asked for it."""
    if spec.bare:
        argv = ["git", "clone", "--bare", at.text(spec.repo), at.text(spec.dest)]
        return [Task("ansible.builtin.command", {"argv": argv, "creates": at.text(spec.dest)})]
    asked: list[Task] = []
    repo = at.text(spec.repo) if spec.repo is not None else ""
    version = at.text(spec.version) if spec.version is not None else ""
    if spec.repo is None or (spec.version is None and spec.update):
        name = f"{slug(at.role)}_git"
        asked = _asked(spec, at, name)
        repo = repo or f"{{{{ {name}_remote }}}}"
        version = version or f"{{{{ {name}_branch }}}}"
    args: dict[str, Any] = {"repo": repo, "dest": at.text(spec.dest), "version": version or "HEAD"}
    if spec.remote is not None:
        args["remote"] = at.text(spec.remote)
    args |= at.some(force=spec.force, depth=spec.depth)
    if spec.depth is not None:
        args["depth"] = int(args["depth"]) if args["depth"].isdigit() else args["depth"]
    if not spec.update and spec.repo is not None:
        args["update"] = False
    if not spec.submodules:
        args["recursive"] = False
    tasks = [*asked, Task("ansible.builtin.git", args, environment=True)]
    if spec.clean:
        register = f"{slug(at.role)}_cleaned"
        extra = {"register": register, "changed_when": f"{register}.stdout | length > 0"}
        clean = {"argv": ["git", "clean", "-fd"], "chdir": at.text(spec.dest)}
        tasks.append(Task("ansible.builtin.command", clean, extra, suffix="clean"))
    return tasks


def _asked(spec: Any, at: Place, name: str) -> list[Task]:
    """Reads the remote and the branch from the working copy."""
    section = 'remote "' + (at.text(spec.remote) if spec.remote is not None else "origin") + '"'
    tasks = []
    facts: dict[str, str] = {}
    for what, file in (("config", "config"), ("head", "HEAD")):
        path = f"{at.text(spec.dest)}/.git/{file}"
        read = {"register": f"{name}_{what}"}
        tasks.append(Task("ansible.builtin.slurp", {"path": path}, read, suffix=f"read .git/{file} before"))
    config = f"({name}_config.content | b64decode)"
    find = rf"regex_search('(?s)\\[{section}\\][^\\[]*?url\\s*=\\s*(\\S+)', '\\1') | first"
    facts[f"{name}_remote"] = f"{{{{ {config} | {find} }}}}"
    head = f"({name}_head.content | b64decode)"
    facts[f"{name}_branch"] = f"{{{{ {head} | trim | regex_replace('^ref: refs/heads/', '') }}}}"
    tasks.append(Task("ansible.builtin.set_fact", facts, suffix="note the remote and the branch before"))
    return tasks


def git_setting(spec: Any, at: Place) -> list[Task]:
    """A setting of git."""
    args = at.some(name=spec.name, value=spec.value, scope=spec.scope, repo=spec.repo)
    return [Task("community.general.git_config", args)]


def virtualenv(spec: Any, at: Place) -> list[Task]:
    """A virtual environment, made once."""
    path = at.text(spec.path)
    python = at.text(spec.python) if spec.python is not None else "python3"
    argv = (
        [python, "-m", "venv"]
        if spec.tool == "venv"
        else ["virtualenv", *(["-p", python] if spec.python is not None else [])]
    )
    argv += ["--system-site-packages"] if spec.site_packages else []
    args = {"argv": [*argv, path], "creates": f"{path}/bin/python", "chdir": at.cwd}
    return [Task("ansible.builtin.command", args, environment=True)]


def python_packages(spec: Any, at: Place) -> list[Task]:
    """Packages of pip."""
    if spec.state == "latest":
        return [_upgraded(spec, at)]
    args = at.some(requirements=spec.requirements, virtualenv=spec.virtualenv, editable=spec.editable)
    if spec.names or spec.project is not None:
        args["name"] = at.text(spec.project) if spec.project is not None else at.texts(spec.names)
    if spec.state == "absent":
        args["state"] = "absent"
    if spec.virtualenv is None and spec.python is not None:
        args["executable"] = at.text(spec.python)
    if spec.extra:
        args["extra_args"] = " ".join(at.texts(spec.extra))
    args["chdir"] = at.text(spec.chdir) if spec.chdir is not None else at.cwd
    return [Task("ansible.builtin.pip", args, environment=True)]


def _upgraded(spec: Any, at: Place) -> Task:
    """Newest versions, whatever they are: pip itself says whether that changed anything."""
    program = at.text(spec.python) if spec.python is not None else "pip"
    program = f"{at.text(spec.virtualenv)}/bin/pip" if spec.virtualenv is not None else program
    argv = [program, "install", "--upgrade", *at.texts(spec.extra), *at.texts(spec.names)]
    argv += ["-r", at.text(spec.requirements)] if spec.requirements is not None else []
    argv += [*(["-e"] if spec.editable else []), at.text(spec.project)] if spec.project is not None else []
    register = f"{at.role}_upgraded"
    extra = {"register": register, "changed_when": f"'Successfully installed' in {register}.stdout"}
    directory = at.text(spec.chdir) if spec.chdir is not None else at.cwd
    return Task("ansible.builtin.command", {"argv": argv, "chdir": directory}, extra, environment=True)


def node_packages(spec: Any, at: Place) -> list[Task]:
    """Packages of npm, yarn or pnpm. Only npm has a module that says all of this; the others run where a lock file is newer."""
    if spec.manager == "npm" and not spec.extra:
        if spec.names:
            return [_npm(spec, at, name) for name in spec.names]
        args = at.some(path=spec.path, ci=spec.clean, production=spec.production)
        if spec.state == "latest":
            args["state"] = "latest"
        return [Task("community.general.npm", args, environment=True)]
    argv = [spec.manager, *_verb(spec)]
    flags = {"npm": "--omit=dev", "yarn": "--production", "pnpm": "--prod"}
    argv += [flags[spec.manager]] if spec.production else []
    argv += ["--frozen-lockfile"] if spec.frozen else []
    argv += [*at.texts(spec.extra), *at.texts(spec.names)]
    directory = at.text(spec.path) if spec.path is not None else at.cwd
    return [
        Task("ansible.builtin.command", {"argv": argv, "chdir": directory}, {"changed_when": True}, environment=True)
    ]


def _verb(spec: Any) -> list[str]:
    if spec.manager == "npm":
        verb = ["ci"] if spec.clean else ["install"]
        return [*verb, "-g"] if spec.global_ else verb
    if spec.names:
        return (
            ["global", "add"] if spec.global_ and spec.manager == "yarn" else ["add", *(["-g"] if spec.global_ else [])]
        )
    return ["install"]


def _npm(spec: Any, at: Place, name: Any) -> Task:
    package, _, version = at.text(name).rpartition("@")
    args = at.some(path=spec.path, global_=spec.global_, production=spec.production)
    args["name"] = package or at.text(name)
    if package and version == "latest":
        args["state"] = "latest"
    elif package:
        args["version"] = version
    if spec.state != "present":
        args["state"] = spec.state
    return Task("community.general.npm", args, suffix="" if len(spec.names) == 1 else args["name"], environment=True)


def composer_packages(spec: Any, at: Place) -> list[Task]:
    """PHP packages."""
    if spec.extra or spec.names or spec.command not in ("install", "update"):
        argv = ["composer", spec.command, *at.texts(spec.names), *at.texts(spec.extra)]
        argv += [] if spec.dev else ["--no-dev"]
        argv += ["--optimize-autoloader"] if spec.optimize else []
        extra = {"changed_when": True}
        return [Task("ansible.builtin.command", {"argv": argv, "chdir": at.text(spec.path)}, extra, environment=True)]
    args: dict[str, Any] = {"command": spec.command, "working_dir": at.text(spec.path), "no_dev": not spec.dev}
    args["optimize_autoloader"] = spec.optimize
    if not spec.scripts:
        args["no_scripts"] = True
    return [Task("community.general.composer", args, environment=True)]


def ruby_packages(spec: Any, at: Place) -> list[Task]:
    """Gems."""
    if spec.names:
        return [
            Task("community.general.gem", {"name": at.text(name), "user_install": False}, suffix=at.text(name))
            for name in spec.names
        ]
    args = at.some(chdir=spec.path, exclude_groups=spec.without, deployment_mode=spec.deployment)
    return [Task("community.general.bundler", {"state": "present", **args}, environment=True)]
