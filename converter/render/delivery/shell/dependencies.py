"""Libraries of the application and its sources, as the commands that fetch them."""

from __future__ import annotations

from converter.model.value import Value
from converter.render.delivery.shell.words import option, path, relative, understood, words
from converter.resources.composer_packages import ComposerPackages
from converter.resources.git_checkout import GitCheckout
from converter.resources.git_setting import GitSetting
from converter.resources.node_packages import NodePackages
from converter.resources.python_packages import PythonPackages
from converter.resources.ruby_packages import RubyPackages
from converter.resources.virtualenv import Virtualenv


def node_packages(spec: NodePackages, cwd: Value) -> str:
    """`npm ci`, `npm install`, `yarn install` or `pnpm install`."""
    if spec.manager == "npm":
        verb = "uninstall" if spec.state == "absent" else "ci" if spec.clean else "install"
        flags = words("-g" if spec.global_ else "", "--omit=dev" if spec.production else "")
    else:
        verb = "remove" if spec.state == "absent" else "add" if spec.names else "install"
        verb = f"global {verb}" if spec.global_ and spec.manager == "yarn" else verb
        frozen = "--frozen-lockfile" if spec.frozen or spec.clean else ""
        production = ("--prod" if spec.manager == "pnpm" else "--production") if spec.production else ""
        flags = words("-g" if spec.global_ and spec.manager != "yarn" else "", frozen, production)
    return _inside(spec.path, cwd, words(spec.manager, verb, flags, *spec.names, *spec.extra))


def python_packages(spec: PythonPackages, cwd: Value) -> str:
    """`pip install`, with the pip of the virtual environment where there is one."""
    if spec.virtualenv is not None:
        tool = f"{path(spec.virtualenv, cwd)}/bin/pip"
    else:
        tool = words(spec.python if spec.python is not None else "python3", "-m pip")
    verb = "uninstall -y" if spec.state == "absent" else "install"
    upgrade = "--upgrade" if spec.state == "latest" else ""
    requirements = f"-r {path(spec.requirements, cwd)}" if spec.requirements is not None else ""
    project = words("-e" if spec.editable else "", path(spec.project, cwd)) if spec.project is not None else ""
    install = words(tool, verb, upgrade, requirements, project, *spec.names, *spec.extra)
    return _inside(spec.chdir, cwd, install)


def virtualenv(spec: Virtualenv, cwd: Value) -> str:
    """A virtual environment, made once."""
    python = words(spec.python) if spec.python is not None else "python3"
    site = "--system-site-packages" if spec.site_packages else ""
    return words(python, "-m", spec.tool, site, path(spec.path, cwd))


def composer_packages(spec: ComposerPackages, cwd: Value) -> str:
    """`composer install`."""
    flags = words(
        "" if spec.dev else "--no-dev",
        "--optimize-autoloader" if spec.optimize else "",
        "" if spec.scripts else "--no-scripts",
        "--prefer-dist" if spec.prefer_dist else "",
    )
    program = f"php {path(spec.executable, cwd)}" if spec.executable is not None else "composer"
    install = words(program, spec.command, "--no-interaction", flags, *spec.names, *spec.extra)
    return _inside(spec.path, cwd, install)


def ruby_packages(spec: RubyPackages, cwd: Value) -> str:
    """`bundle install` or `gem install`."""
    if spec.names:
        return words("gem install", *spec.names)
    settings = [
        words("bundle config set --local without", Value.join(spec.without, ":")) if spec.without else "",
        "bundle config set --local deployment true" if spec.deployment else "",
    ]
    flags = words(
        option("--jobs", spec.jobs),
        option("--gemfile", spec.gemfile),
        option("--path", spec.gem_path),
        option("--binstubs", spec.binstubs),
        "--local" if spec.local else "",
        "--clean" if spec.clean else "",
    )
    bundle = spec.executable if spec.executable is not None else Value.of("bundle")
    commands = [*filter(None, settings), words(bundle, "install", flags)]
    return _inside(spec.path, cwd, " && ".join(commands))


def git_checkout(spec: GitCheckout, cwd: Value) -> str:
    """A clone where there is none, and the version that is asked for."""
    known = (
        "repo",
        "version",
        "remote",
        "update",
        "force",
        "reset",
        "depth",
        "submodules",
        "clean",
        "fetch",
        "options",
    )
    understood(spec, *known)
    dest = path(spec.dest, cwd)
    version = spec.version if spec.version is not None and spec.version.text != "HEAD" else None
    remote = spec.remote if spec.remote is not None else Value.of("origin")
    if spec.fetch:
        given = [option for option in spec.options if option.shell().startswith("-")]
        branches = [option for option in spec.options if option not in given]
        named = remote if branches else spec.remote
        return words("git -C", dest, "fetch", *given, named, *branches)
    commands = []
    if spec.repo is not None:
        flags = words(option("--depth", spec.depth), "--recurse-submodules" if spec.submodules else "")
        commands.append(f"[[ -e {dest}/.git ]] || {words('git clone', flags, spec.repo, dest)}")
    if spec.update or version is not None:
        commands.append(words("git -C", dest, "fetch", "--tags", option("--depth", spec.depth), remote))
        wanted = version if version is not None else Value.of("HEAD")
        moved = spec.reset and not spec.update
        switch = words("reset --hard") if moved else words("checkout", "-f" if spec.force else "")
        commands.append(words("git -C", dest, switch, wanted))
        if spec.update:
            # A tag or a commit has no branch to follow.
            upstream = words(remote + Value.of("/") + wanted)
            look = words("git -C", dest, "rev-parse -q --verify", upstream)
            commands.append(f"if {look} > /dev/null; then {words('git -C', dest, 'reset --hard', upstream)}; fi")
    elif spec.force:
        commands.append(words("git -C", dest, "reset --hard"))
    if spec.clean:
        commands.append(words("git -C", dest, "clean -ffd"))
    return "\n".join(commands) or "true"


def git_setting(spec: GitSetting, cwd: Value) -> str:
    """`git config`."""
    at = f"-C {path(spec.repo, cwd)}" if spec.repo is not None else ""
    return words("git", at, "config", f"--{spec.scope}", "--add" if spec.add else "", spec.name, spec.value)


def _inside(directory: Value | None, cwd: Value, command: str) -> str:
    """The command, run in its directory if that is not where the step runs anyway."""
    if directory is None or relative(directory, cwd).text == ".":
        return command
    return f"(cd {path(directory, cwd)} && {command})"
