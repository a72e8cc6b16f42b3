"""Packages of the system: apt, dnf and the others, their repositories and keys."""

from __future__ import annotations

from typing import Any

from converter.model.value import Value
from converter.render.ansible.task import KEPT, Place, Task

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
_REFRESHING = {
    "zypper": ["zypper", "--non-interactive", "refresh"],
    "snap": ["snap", "refresh", "--list"],
}
_UPGRADING = {
    "brew": ["brew", "upgrade"],
    "snap": ["snap", "refresh"],
    "zypper": ["zypper", "--non-interactive", "update"],
}
_CLEANING = {
    "apk": ["apk", "cache", "clean"],
    "brew": ["brew", "cleanup"],
    "pacman": ["pacman", "-Sc", "--noconfirm"],
    "zypper": ["zypper", "clean"],
}
# What the modules of apt and snap have a word for.
_OPTIONS: dict[str, dict[str, Any]] = {
    "--allow-downgrades": {"allow_downgrade": True},
    "--allow-change-held-packages": {"allow_change_held_packages": True},
    "--allow-unauthenticated": {"allow_unauthenticated": True},
    "--only-upgrade": {"only_upgrade": True, "state": "latest"},
    "--target-release": {"default_release": "{}"},
    "--channel": {"channel": "{}"},
}
_CACHE = {"brew": "update_homebrew", "snap": "", "zypper": ""}


def package(spec: Any, at: Place) -> list[Task]:
    """Packages that are there, newest or gone."""
    options = _options(spec, at)
    if options is None:
        return [_by_hand(spec, at)]
    names = at.texts(spec.names)
    args: dict[str, Any] = {"name": names[0] if len(names) == 1 else names}
    cache = _CACHE.get(spec.manager, "update_cache")
    if spec.update_cache and cache:
        args[cache] = True
    if spec.manager == "apt":
        args |= {"install_recommends": spec.recommends} if spec.recommends is not None else {}
        args |= at.some(purge=spec.purge)
    if spec.manager == "snap":
        args |= at.some(classic=spec.classic)
    module = _MODULES[spec.manager]
    if spec.state != "latest":
        return [Task(module, {**args, "state": spec.state, **options})]
    return _latest(module, args, spec)


def _options(spec: Any, at: Place) -> dict[str, Any] | None:
    """The other options as arguments of the module; None where it has no word for one of them."""
    found: dict[str, Any] = {}
    for text in at.texts(spec.extra):
        name, _, value = text.partition("=")
        if name not in _OPTIONS or spec.manager not in ("apt", "snap"):
            return None
        found |= {key: value if known == "{}" else known for key, known in _OPTIONS[name].items()}
    return found


def _latest(module: str, args: dict[str, Any], spec: Any) -> list[Task]:
    """Installed where missing, then brought to the newest version."""
    present = Task(module, {**args, "state": "present"})
    name = args["name"]
    if spec.manager == "apt":
        return [present, Task(module, {"name": name, "state": "latest", "only_upgrade": True}, suffix="Upgrade")]
    if spec.manager in ("yum", "dnf"):
        return [present, Task(module, {"name": name, "state": "latest", "update_only": True}, suffix="Upgrade")]
    return [Task(module, {**args, "state": "latest"})]


def _by_hand(spec: Any, at: Place) -> Task:
    """Options that the module does not have: the manager itself is run."""
    verb = "remove" if spec.state == "absent" else "install"
    program = "apt-get" if spec.manager == "apt" else spec.manager
    argv = ["env", program, verb, "-y", *at.texts(spec.extra), *at.texts(spec.names)]
    own = {"DEBIAN_FRONTEND": "noninteractive"} if spec.manager == "apt" else {}
    extra: dict[str, Any] = {"changed_when": True}
    if spec.manager == "apt":
        register = at.register("apt")
        extra = {
            "register": register,
            "changed_when": f"'0 upgraded, 0 newly installed, 0 to remove' not in {register}.stdout",
        }
    said = f"{KEPT}the module of {program} does not have these options"
    return Task("ansible.builtin.command", {"argv": argv}, extra, own=own, comments=(said,))


def package_cache(spec: Any, at: Place) -> list[Task]:
    """The lists of packages, fetched anew: nothing that a host could be different by."""
    del at
    quiet = {"changed_when": False}
    if spec.manager in _REFRESHING:
        return [Task("ansible.builtin.command", {"argv": _REFRESHING[spec.manager]}, quiet)]
    return [Task(_MODULES[spec.manager], {_CACHE.get(spec.manager, "update_cache"): True}, quiet)]


def package_upgrade(spec: Any, at: Place) -> list[Task]:
    """All packages brought to their newest version."""
    del at
    cache = {"update_cache": True} if spec.update_cache else {}
    if spec.manager == "apt":
        return [
            Task(
                "ansible.builtin.apt",
                {"upgrade": spec.mode if spec.mode in ("safe", "full", "dist") else "safe", **cache},
            )
        ]
    if spec.manager in ("apk", "pacman"):
        return [Task(_MODULES[spec.manager], {"upgrade": True, **cache})]
    if spec.manager in ("yum", "dnf"):
        return [Task("ansible.builtin.dnf", {"name": "*", "state": "latest", "update_only": True, **cache})]
    said = f"{KEPT}the module of {spec.manager} upgrades packages that are named"
    upgrade = {"argv": _UPGRADING[spec.manager]}
    return [Task("ansible.builtin.command", upgrade, {"changed_when": True}, comments=(said,))]


def package_cleanup(spec: Any, at: Place) -> list[Task]:
    """Packages that nothing needs, and what the manager keeps of downloads."""
    del at
    if spec.manager == "apt":
        return [Task("ansible.builtin.apt", {spec.what: True, **({"purge": True} if spec.purge else {})})]
    if spec.manager in ("yum", "dnf"):
        if spec.what == "autoremove":
            return [Task("ansible.builtin.dnf", {"autoremove": True})]
        return [Task("ansible.builtin.command", {"argv": [spec.manager, "clean", "all"]}, {"changed_when": False})]
    return [Task("ansible.builtin.command", {"argv": _CLEANING[spec.manager]}, {"changed_when": False})]


def package_repository(spec: Any, at: Place) -> list[Task]:
    """A source of packages; a `.repo` file is put where dnf looks for it."""
    if spec.manager == "brew":
        return [Task("community.general.homebrew_tap", at.some(name=spec.repository, state=spec.state))]
    if spec.manager in ("yum", "dnf"):
        name = (spec.repository.text or spec.repository.shell()).rstrip("/").rpartition("/")[2].removesuffix(".repo")
        dest = f"/etc/yum.repos.d/{name}.repo"
        if spec.state == "absent":
            return [Task("ansible.builtin.file", {"path": dest, "state": "absent"})]
        return [Task("ansible.builtin.get_url", {"url": at.text(spec.repository), "dest": dest, "mode": "0644"})]
    args = at.some(repo=spec.repository, state=spec.state)
    if spec.filename is not None:
        args["filename"] = at.text(spec.filename).rpartition("/")[2].removesuffix(".list")
    return [Task("ansible.builtin.apt_repository", args)]


def package_key(spec: Any, at: Place) -> list[Task]:
    """The key that signs a source of packages."""
    if spec.manager in ("yum", "dnf"):
        return [Task("ansible.builtin.rpm_key", {**at.some(key=spec.url or spec.path), "state": "present"})]
    if spec.keyring is not None and spec.dearmor and (spec.url or spec.path) is not None:
        return _dearmored(spec, at)
    if spec.keyring is not None and spec.url is not None:
        return [Task("ansible.builtin.get_url", {**at.some(url=spec.url, dest=spec.keyring), "mode": "0644"})]
    args = at.some(url=spec.url, file=spec.path, keyring=spec.keyring, keyserver=spec.keyserver, id=spec.id)
    return [Task("ansible.builtin.apt_key", {**args, "state": "present"})]


def _dearmored(spec: Any, at: Place) -> list[Task]:
    """The text form of the key is kept beside the binary one, so that a new key is seen."""
    keyring = at.text(spec.keyring)
    argv = ["gpg", "--dearmor", "--yes", "--output", keyring]
    if spec.url is None:
        return [Task("ansible.builtin.command", {"argv": [*argv, at.path(spec.path)], "creates": keyring})]
    armored = f"{keyring}.asc"
    fetch = Task("ansible.builtin.get_url", {"url": at.text(spec.url), "dest": armored, "mode": "0644"}, suffix="Fetch")
    return [fetch, Task("ansible.builtin.command", {"argv": [*argv, armored], "creates": keyring})]


def debconf_setting(spec: Any, at: Place) -> list[Task]:
    """An answer to a question that a package asks when it is installed."""
    args = at.some(name=spec.package, question=spec.question, vtype=spec.vtype)
    return [Task("ansible.builtin.debconf", {**args, "value": at.text(spec.value)})]


def package_diversion(spec: Any, at: Place) -> list[Task]:
    """A file of a package that is kept under another name."""
    args = at.some(path=spec.path, divert=spec.divert, holder=spec.holder, rename=spec.rename, force=spec.force)
    return [Task("community.general.dpkg_divert", {**args, "state": spec.state})]


def alternative(spec: Any, at: Place) -> list[Task]:
    """Which of several programs a name stands for."""
    args = at.some(name=spec.name, path=spec.path, link=spec.link)
    if isinstance(spec.priority, Value):
        text = at.text(spec.priority)
        args["priority"] = int(text) if text.lstrip("-").isdigit() else text
    return [Task("community.general.alternatives", {**args, "state": spec.state})]


def package_hold(spec: Any, at: Place) -> list[Task]:
    """Whether a package stays at its version."""
    selection = "hold" if spec.state == "held" else "install"
    return [Task("ansible.builtin.dpkg_selections", {"name": at.text(spec.name), "selection": selection})]
