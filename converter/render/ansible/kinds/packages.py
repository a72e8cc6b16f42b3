"""Packages of the system: apt, dnf and the others, their repositories and keys."""

from __future__ import annotations

from typing import Any

from converter.render.ansible.task import Place, Task

_MODULES = {
    "apt": "ansible.builtin.apt",
    "yum": "ansible.builtin.dnf",
    "dnf": "ansible.builtin.dnf",
    "apk": "community.general.apk",
    "pacman": "community.general.pacman",
    "zypper": "community.general.zypper",
    "snap": "community.general.snap",
    "brew": "community.general.homebrew",
}


def package(spec: Any, at: Place) -> list[Task]:
    """Packages that are there, newest or gone."""
    args: dict[str, Any] = {"name": at.texts(spec.names), "state": spec.state}
    if spec.update_cache and spec.manager not in ("snap",):
        args["update_cache"] = True
    if spec.manager == "apt" and spec.recommends is not None:
        args["install_recommends"] = spec.recommends
    if spec.purge and spec.manager == "apt":
        args["purge"] = True
    if spec.classic and spec.manager == "snap":
        args["classic"] = True
    if spec.extra:
        return [_by_hand(spec, at)]
    if len(args["name"]) == 1:
        args["name"] = args["name"][0]
    return [Task(_MODULES[spec.manager], args)]


def _by_hand(spec: Any, at: Place) -> Task:
    """Options that the module does not have: the manager itself is run."""
    verb = "remove" if spec.state == "absent" else "install"
    argv = [spec.manager, verb, "-y", *at.texts(spec.extra), *at.texts(spec.names)]
    return Task("ansible.builtin.command", {"argv": argv}, {"changed_when": True})


def package_cache(spec: Any, at: Place) -> list[Task]:
    """The list of packages, fetched anew; no change of the host by itself."""
    del at
    if spec.manager in ("snap", "brew"):
        return [Task("community.general.homebrew", {"update_homebrew": True})]
    return [
        Task(_MODULES[spec.manager], {"update_cache": True}, {"changed_when": False} if spec.manager == "dnf" else {})
    ]


def package_upgrade(spec: Any, at: Place) -> list[Task]:
    """All packages brought to their newest version."""
    del at
    module = _MODULES[spec.manager]
    if spec.manager == "apt":
        args: dict[str, Any] = {"upgrade": {"safe": "safe", "full": "full", "dist": "dist"}.get(spec.mode, "safe")}
    elif spec.manager in ("apk", "pacman"):
        args = {"upgrade": True}
    else:
        return [Task("ansible.builtin.command", {"argv": [spec.manager, "upgrade", "-y"]}, {"changed_when": True})]
    return [Task(module, {**args, **({"update_cache": True} if spec.update_cache else {})})]


def package_cleanup(spec: Any, at: Place) -> list[Task]:
    """Packages that nothing needs, and what the manager keeps of downloads."""
    del at
    if spec.manager == "apt":
        args: dict[str, Any] = {spec.what: True}
        if spec.purge:
            args["purge"] = True
        return [Task("ansible.builtin.apt", args)]
    if spec.what == "autoremove":
        return [Task("ansible.builtin.dnf", {"autoremove": True})]
    argv = [spec.manager, "clean", "all"] if spec.manager in ("dnf", "yum") else [spec.manager, "cache", "clean"]
    return [Task("ansible.builtin.command", {"argv": argv}, {"changed_when": True})]


def package_repository(spec: Any, at: Place) -> list[Task]:
    """A source of packages."""
    if spec.manager != "apt":
        argv = ["dnf", "config-manager", "--add-repo", at.text(spec.repository)]
        return [Task("ansible.builtin.command", {"argv": argv}, {"changed_when": True})]
    args = at.some(repo=spec.repository, filename=spec.filename, state=spec.state)
    return [Task("ansible.builtin.apt_repository", args)]


def package_key(spec: Any, at: Place) -> list[Task]:
    """The key that signs a source of packages."""
    if spec.manager in ("yum", "dnf"):
        return [Task("ansible.builtin.rpm_key", at.some(key=spec.url or spec.path, state="present"))]
    if spec.keyring is not None and spec.url is not None and not spec.dearmor:
        return [Task("ansible.builtin.get_url", {**at.some(url=spec.url, dest=spec.keyring), "mode": "0644"})]
    if spec.keyring is not None and spec.url is not None:
        return _dearmored(spec, at)
    args = at.some(url=spec.url, file=spec.path, keyring=spec.keyring, keyserver=spec.keyserver, id=spec.id)
    return [Task("ansible.builtin.apt_key", {**args, "state": "present"})]


def _dearmored(spec: Any, at: Place) -> list[Task]:
    armored = f"{at.text(spec.keyring)}.asc"
    fetch = Task("ansible.builtin.get_url", {**at.some(url=spec.url), "dest": armored, "mode": "0644"}, suffix="fetch")
    argv = ["gpg", "--dearmor", "--yes", "-o", at.text(spec.keyring), armored]
    return [fetch, Task("ansible.builtin.command", {"argv": argv, "creates": at.text(spec.keyring)})]


def debconf_setting(spec: Any, at: Place) -> list[Task]:
    """An answer to a question that a package asks when it is installed."""
    args = at.some(name=spec.package, question=spec.question, vtype=spec.vtype, value=spec.value)
    return [Task("ansible.builtin.debconf", args)]


def package_diversion(spec: Any, at: Place) -> list[Task]:
    """A file of a package that is kept under another name."""
    args = at.some(path=spec.path, divert=spec.divert, holder=spec.holder, rename=spec.rename, force=spec.force)
    return [Task("community.general.dpkg_divert", {**args, "state": spec.state})]


def alternative(spec: Any, at: Place) -> list[Task]:
    """Which of several programs a name stands for."""
    args = at.some(name=spec.name, path=spec.path, link=spec.link, priority=spec.priority)
    return [Task("community.general.alternatives", {**args, "state": spec.state})]
