"""Applications: working copies and the packages of their language."""

from __future__ import annotations

import re
import shlex
from typing import Any

from converter.model.value import Value
from converter.render.ansible.kinds.commands import number
from converter.render.ansible.names import slug
from converter.render.ansible.task import BASH, KEPT, Place, Task
from converter.render.ansible.value import expression, inert

# git-config(1): with these, the module takes files whose mode alone differs for unchanged, as a pull does.
_MODES = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.fileMode", "GIT_CONFIG_VALUE_0": "false"}
_OWN_MODES = "Files whose mode alone is another one count as unchanged: the script itself changes modes in it."


def git_checkout(spec: Any, at: Place) -> list[Task]:
    """A working copy at a version; where the script never names the remote, the working copy itself is asked."""
    dest = at.path(spec.dest)
    if spec.bare:
        argv = ["env", "git", "clone", "--bare", at.text(spec.repo), dest]
        said = f"{KEPT}the module would fetch into the bare repository each time"
        return [Task("ansible.builtin.command", {"argv": argv, "creates": dest}, environment=True, comments=(said,))]
    if spec.fetch:
        return [_fetched(spec, dest, at)]
    if spec.repo is None and not spec.update and not spec.clean:
        return _switched(spec, dest, at)
    tasks: list[Task] = []
    repo = at.text(spec.repo) if spec.repo is not None else ""
    if spec.repo is None:
        register = at.register("remote")
        tasks.append(_remote(spec, dest, at, register))
        repo = f"{{{{ {register}.config_value }}}}"
    version = at.text(spec.version) if spec.version is not None else _head(spec, at)
    args: dict[str, Any] = {
        "repo": repo,
        "dest": dest,
        "version": version,
        **at.some(remote=spec.remote, force=spec.force),
    }
    if spec.depth is not None:
        args["depth"] = number(spec.depth, at)
    if not spec.update and spec.repo is not None:
        args["update"] = False
    if not spec.submodules:
        args["recursive"] = False
    own = _MODES if spec.own_modes else {}
    about = (_OWN_MODES,) if spec.own_modes else ()
    tasks.append(Task("ansible.builtin.git", args, environment=True, own=own, comments=about))
    return [*tasks, *([_cleaned(dest, at)] if spec.clean else [])]


def _fetched(spec: Any, dest: str, at: Place) -> Task:
    """git says what is new on its error output."""
    register = at.register("fetched")
    flags = tuple(option for option in spec.options if option.shell().startswith("-"))
    branches = tuple(option for option in spec.options if option not in flags)
    argv = ["env", "git", "fetch", *at.texts(flags), *at.texts((spec.remote,) if spec.remote is not None else ())]
    argv += at.texts(branches)
    extra = {"register": register, "changed_when": f"{register}.stderr | length > 0"}
    said = f"{KEPT}the module would check out what it has fetched"
    return Task("ansible.builtin.command", {"argv": argv, "chdir": dest}, extra, environment=True, comments=(said,))


def _switched(spec: Any, dest: str, at: Place) -> list[Task]:
    """What git says tells whether it changes something; changes that it gives up are looked for before."""
    register = at.register("switched")
    version = [at.text(spec.version)] if spec.version is not None else []
    argv = ["env", "git", *(["reset", "--hard"] if spec.reset else ["checkout", *["--force"] * spec.force]), *version]
    changed = f"{register}.stderr is ansible.builtin.search('Switched to|switching to|Previous HEAD position')"
    tasks: list[Task] = []
    if spec.force:
        before = at.register("worktree")
        said = "git log -1 --format='HEAD is now at %h %s'\n" if spec.reset else ""
        looked = {"cmd": f"{said}env git status --porcelain --untracked-files=no", "chdir": dest, "executable": BASH}
        tasks.append(Task("ansible.builtin.shell", looked, {"register": before}, suffix="Look for changes", looks=True))
        tasks[0].extra |= {"changed_when": False, "check_mode": False}
        changed = (
            f"{before}.stdout != {register}.stdout" if spec.reset else f"{before}.stdout | length > 0 or {changed}"
        )
    note = f"{KEPT}the module would also fetch, and go on to what is new"
    extra = {"register": register, "changed_when": changed}
    args: dict[str, Any] = {"argv": argv, "chdir": dest}
    last = Task("ansible.builtin.command", args, extra, environment=True, own={"LC_ALL": "C"}, comments=(note,))
    return [*tasks, last]


def _head(spec: Any, at: Place) -> str:
    """The branch that the working copy is on, or the remote's own; a variable, so that a revision can be pinned."""
    name = f"{at.role}_{slug((spec.dest.text or spec.dest.shell()).rstrip('/').rpartition('/')[2])}_version"
    at.settings[name] = ("HEAD", "Branch, tag or commit; HEAD is the branch that the working copy is on.")
    return f"{{{{ {name} }}}}"


def _remote(spec: Any, dest: str, at: Place, register: str) -> Task:
    name = f"remote.{at.text(spec.remote) if spec.remote is not None else 'origin'}.url"
    args = {"name": name, "path": dest, "scope": "local"}
    return Task(
        "community.general.git_config_info", args, {"register": register}, suffix="Ask for the remote", looks=True
    )


def _cleaned(dest: str, at: Place) -> Task:
    """git says nothing where there is nothing to remove."""
    register = at.register("cleaned")
    extra = {"register": register, "changed_when": f"{register}.stdout | length > 0"}
    return Task(
        "ansible.builtin.command",
        {"argv": ["git", "clean", "-fd"], "chdir": dest},
        extra,
        suffix="Clean",
        environment=True,
    )


def git_setting(spec: Any, at: Place) -> list[Task]:
    """A setting of git."""
    args = at.some(name=spec.name, value=spec.value, scope=spec.scope)
    if spec.add:
        args["add_mode"] = "add"
    if spec.scope == "local":
        args["repo"] = at.path(spec.repo) if spec.repo is not None else at.cwd
    return [Task("community.general.git_config", args)]


def virtualenv(spec: Any, at: Place) -> list[Task]:
    """A virtual environment, made once."""
    path = at.path(spec.path)
    python = [at.text(spec.python)] if spec.python is not None else []
    argv = (
        [*(python or ["python3"]), "-m", "venv"]
        if spec.tool == "venv"
        else ["virtualenv", *(["-p", *python] if python else [])]
    )
    argv += ["--system-site-packages"] if spec.site_packages else []
    args = {"argv": [*argv, path], "creates": f"{path}/bin/python"}
    return [Task("ansible.builtin.command", args, environment=True)]


def python_packages(spec: Any, at: Place) -> list[Task]:
    """Packages of pip, which itself says whether an upgrade changed anything."""
    args: dict[str, Any] = {}
    if spec.virtualenv is not None:
        args["virtualenv"] = at.path(spec.virtualenv)
    elif spec.python is not None:
        args["executable"] = _pip(at.text(spec.python))
    if spec.project is not None:
        args["name"] = at.path(spec.project)
    elif spec.names:
        args["name"] = at.texts(spec.names) if len(spec.names) > 1 else at.text(spec.names[0])
    if spec.requirements is not None:
        args["requirements"] = at.text(spec.requirements)
    args |= at.some(editable=spec.editable)
    if spec.state == "absent":
        args["state"] = "absent"
    options = [*(["--upgrade"] if spec.state == "latest" else []), *at.texts(spec.extra)]
    if options:
        args["extra_args"] = " ".join(options)
    args["chdir"] = at.path(spec.chdir) if spec.chdir is not None else at.cwd
    if spec.requirements is None and not options:
        return [Task("ansible.builtin.pip", args, environment=True)]
    register = at.register("pip")
    extra = {"register": register, "changed_when": f"{register} is changed and not ansible_check_mode"}
    return [Task("ansible.builtin.pip", args, extra, environment=True, comments=(_UNTOLD,))]


_UNTOLD = (
    "In check mode the module says of every file of requirements, and with options, that it would change something."
)


def _pip(python: str) -> str:
    """The pip beside an interpreter."""
    directory, slash, name = python.rpartition("/")
    return f"{directory}{slash}{name.replace('python', 'pip', 1)}"


def node_packages(spec: Any, at: Place) -> list[Task]:
    """Packages of npm, yarn, pnpm or bun, which say themselves what they did; their modules can't say all of this."""
    directory = at.path(spec.path) if spec.path is not None else None
    if spec.manager == "npm" and not spec.extra and spec.state != "latest" and (spec.names or spec.clean):
        if spec.names:
            return [_npm(spec, at, name, directory) for name in spec.names]
        args = at.some(path=directory or at.cwd, ci=True, production=spec.production)
        return _once_a_lock(Task("community.general.npm", args, environment=True), at)
    special = spec.names or spec.frozen or spec.extra or spec.global_ or spec.state != "present"
    if spec.manager == "yarn" and not special:
        return [_yarn(spec, at, directory)]
    argv = [spec.manager, *_verb(spec)]
    flags = {"npm": "--omit=dev", "yarn": "--production", "pnpm": "--prod", "bun": "--production"}
    argv += [flags[spec.manager]] if spec.production else []
    argv += ["--frozen-lockfile"] if spec.frozen else []
    argv += [*at.texts(spec.extra), *at.texts(spec.names)]
    register = at.register(spec.manager)
    extra = {
        "register": register,
        "changed_when": f"{register}.stdout is not ansible.builtin.search('{_QUIET[spec.manager]}')",
    }
    args = {"argv": argv, "chdir": directory or at.cwd}
    said = KEPT + _why_no_module(spec)
    install = Task("ansible.builtin.command", args, extra, environment=True, comments=(said,))
    if spec.clean:
        install.extra = {"changed_when": True}
        return _once_a_lock(install, at)
    return [install]


def _why_no_module(spec: Any) -> str:
    if spec.manager == "bun":
        return "there is no module of bun"
    if spec.manager == "npm" and not (spec.names or spec.extra):
        return "the module of npm installs what is missing, not what the lock file has changed"
    return f"the module of {spec.manager} has no such options, or takes one package by name alone"


def _yarn(spec: Any, at: Place, directory: str | None) -> Task:
    """The module says of each run that it changes; yarn itself does not. In check mode nothing is printed."""
    register = at.register("yarn")
    quiet = f"{register}.out | default('', true) is not ansible.builtin.search('{_QUIET['yarn']}')"
    args = {"path": directory or at.cwd, **at.some(production=spec.production)}
    return Task("community.general.yarn", args, {"register": register, "changed_when": quiet}, environment=True)


def _once_a_lock(install: Task, at: Place) -> list[Task]:
    """`npm ci` begins with removing everything, so it runs where the lock file is newer than what npm wrote down of the
    last install."""
    register = at.register("npm_installed")
    argv = ["test", "node_modules/.package-lock.json", "-nt", "package-lock.json"]
    extra = {"register": register, "changed_when": False, "failed_when": False, "check_mode": False}
    args = {"argv": argv, "chdir": install.args.get("path", install.args.get("chdir"))}
    install.extra["when"] = f"{register}.rc | default(1) != 0"
    return [Task("ansible.builtin.command", args, extra, suffix="Ask what is installed", looks=True), install]


# What each prints when there was nothing to do.
_QUIET = {"npm": "up to date", "yarn": "Already up-to-date", "pnpm": "Already up to date", "bun": "no changes"}


def _verb(spec: Any) -> list[str]:
    everywhere = ["-g"] if spec.global_ else []
    if spec.state == "absent":
        return (
            ["global", "remove"]
            if everywhere and spec.manager == "yarn"
            else ["uninstall" if spec.manager == "npm" else "remove", *everywhere]
        )
    if spec.state == "latest" and not spec.names:
        return ["upgrade" if spec.manager == "yarn" else "update", *everywhere]
    if spec.manager == "npm":
        return ["ci" if spec.clean else "install", *everywhere]
    if spec.names:
        return ["global", "add"] if everywhere and spec.manager == "yarn" else ["add", *everywhere]
    return ["install"]


def _npm(spec: Any, at: Place, name: Value, directory: str | None) -> Task:
    text = at.text(name)
    package, _, version = text.rpartition("@")
    package, version = (package, version) if package else (text, "")
    args = {
        "name": package,
        **at.some(path=None if spec.global_ else directory or at.cwd, global_=spec.global_, production=spec.production),
    }
    args |= at.some(version=version or None, state="absent" if spec.state == "absent" else None)
    suffix = "" if len(spec.names) == 1 else f"{package}"
    return Task("community.general.npm", args, suffix=suffix, environment=True)


def composer_packages(spec: Any, at: Place) -> list[Task]:
    """PHP packages."""
    args: dict[str, Any] = {"command": spec.command, "working_dir": at.path(spec.path), "no_dev": not spec.dev}
    args |= {"optimize_autoloader": spec.optimize, **({} if spec.scripts else {"no_scripts": True})}
    args |= {**at.some(composer_executable=spec.executable), **({"prefer_dist": True} if spec.prefer_dist else {})}
    words = [*at.texts(spec.names), *at.texts(spec.extra)]
    if words:
        args["arguments"] = " ".join(words)
    return [Task("community.general.composer", args, environment=True)]


def make_target(spec: Any, at: Place) -> list[Task]:
    """What make makes; the module asks make itself first whether there is anything to do."""
    args: dict[str, Any] = {"chdir": at.path(spec.path), **at.some(file=spec.file)}
    if spec.jobs is not None:
        args["jobs"] = number(spec.jobs, at)
    if len(spec.targets) == 1:
        args["target"] = at.text(spec.targets[0])
    elif spec.targets:
        args["targets"] = at.texts(spec.targets)
    args |= {"params": {name: at.text(value) for name, value in spec.variables}} if spec.variables else {}
    return [Task("community.general.make", args, environment=True)]


_EXECUTABLE = "The module runs ./manage.py: it has to be executable and to begin with #!/usr/bin/env python."
# What Django prints of static files that it has copied or removed; the module would not count ten of them.
_COLLECTED = r"(?m)^\s*[1-9]\d* static file|^Deleting "
# And of messages that it compiles, since version 3 only where they are newer.
_COMPILED = r"(?m)^processing file "
_LOOKING = frozenset("check diffsettings dumpdata inspectdb showmigrations sqlmigrate sqlflush help version".split())
_PLAIN = re.compile(r"--no-?input|--settings(=.*)?|--database(=.*)?|-c|--clear|--link|-l|[a-z][\w.]*")


def django_command(spec: Any, at: Place) -> list[Task]:
    """A command of Django; the module knows of few whether they changed anything."""
    command = [_quoted(word, at) for word in spec.arguments]
    args = {"command": " ".join(command), "project_path": at.path(spec.project)}
    args |= {"virtualenv": at.path(spec.virtualenv)} if spec.virtualenv is not None else {}
    extra = _django_changes(spec, at)
    return [Task("community.general.django_manage", args, extra, environment=True, comments=(_EXECUTABLE,))]


def _quoted(word: Value, at: Place) -> str:
    """One word of a text that the module takes apart as a shell would."""
    if word.text is not None and not word.variables:
        return inert(shlex.quote(word.text))
    return f"{{{{ ({expression(word, at.names)}) | quote }}}}"


def _django_changes(spec: Any, at: Place) -> dict[str, Any]:
    name, *rest = (word.text or "" for word in spec.arguments)
    if name in _LOOKING:
        return {"changed_when": False}
    plain = all(_PLAIN.fullmatch(word) for word in rest)
    # Back to an earlier migration is a change that the module does not see.
    if name == "migrate" and plain and sum(not word.startswith("-") for word in rest) < 2:
        return {}
    said = {"collectstatic": _COLLECTED, "compilemessages": _COMPILED}.get(name)
    if said is not None and plain:
        register = at.register("compiled" if name == "compilemessages" else "collected")
        return {"register": register, "changed_when": f"{register}.out is ansible.builtin.search({said!r})"}
    return {"changed_when": True}


def ruby_packages(spec: Any, at: Place) -> list[Task]:
    """Gems."""
    if spec.names:
        several = len(spec.names) > 1
        return [
            Task(
                "community.general.gem",
                {"name": gem, **({"version": version} if version else {}), "user_install": False},
                suffix=gem if several else "",
            )
            for gem, _, version in (at.text(name).partition(":") for name in spec.names)
        ]
    args = at.some(chdir=at.path(spec.path) if spec.path is not None else at.cwd, exclude_groups=spec.without)
    args |= at.some(
        deployment_mode=spec.deployment,
        executable=spec.executable,
        gem_path=spec.gem_path,
        gemfile=spec.gemfile,
        binstub_directory=spec.binstubs,
        local=spec.local,
        clean=spec.clean,
    )
    if spec.jobs is not None:
        args["extra_args"] = f"--jobs {at.text(spec.jobs)}"
    return [Task("community.general.bundler", {"state": "present", **args}, environment=True)]
