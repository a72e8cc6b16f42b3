"""The ways to have hosts, the best first: what each needs of this machine, how it starts, and what it can't tell."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Protocol

from converter.model.diagnostic import ConverterError
from converter.verify.sandbox import reduced
from converter.verify.sandbox.cgroups import USUAL, Bounds, Groups, remove
from converter.verify.sandbox.identity import own_range
from converter.verify.sandbox.namespaces import Keeper
from converter.verify.sandbox.podman import command

_NOTES, _GROUPED = "podman", "grouped"
_INIT = ("/sbin/init",)
_ALL = frozenset("*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A backend at work for one world: the keeper of its hosts, that of their files, and its control groups if it has
    any; `more` is what the keeper of the hosts is told besides."""

    backend: Backend
    hosts: Keeper
    files: Keeper
    groups: Groups | None
    more: Mapping[str, object] = field(default_factory=lambda: {"init": _INIT})

    def group(self, host: str) -> str:
        """What the keeper knows the control group of a host by, nothing where it has none."""
        return self.backend.group(self.groups, host) if self.groups else ""


class Backend(Protocol):
    """A way to have hosts. `files` every host has besides its own. `unseen` are the kinds of things of which nobody can
    tell with it how a run has left them, wholly (`*`) or by these sides of them, and `why`."""

    name: str
    files: Mapping[str, str]
    unseen: Mapping[str, frozenset[str]]
    why: str

    def tried(self) -> str:
        """What it works with here; ConverterError where it does not."""

    def groups(self, name: str, hosts: tuple[str, ...], bounds: Bounds) -> Groups | None:
        """Control groups for a world."""

    def group(self, groups: Groups, host: str) -> str:
        """The one of a host, as its keeper knows it."""

    @contextmanager
    def started(self, cache: Path, folder: Path, groups: Groups | None, bounds: Bounds) -> Iterator[Started]:
        """At work for the world of that folder, until the block is left."""


class Namespaces:
    """Namespaces and control groups that we make ourselves; the one to have where it works."""

    name = "namespaces"
    files: Mapping[str, str] = {}
    unseen: Mapping[str, frozenset[str]] = {}
    why = ""

    def tried(self) -> str:
        """As in `Backend`."""
        groups = Groups.make(f"gitopsify-doctor-{secrets.token_hex(4)}", ("probe",), USUAL)
        for group in groups.all:
            remove(group)
        return f"control groups in {groups.tree.parent}"

    def groups(self, name: str, hosts: tuple[str, ...], bounds: Bounds) -> Groups | None:
        """As in `Backend`."""
        return Groups.make(name, hosts, bounds)

    def group(self, groups: Groups, host: str) -> str:
        """As in `Backend`."""
        return str(groups.tree / f"host-{host}")

    @contextmanager
    def started(self, cache: Path, folder: Path, groups: Groups | None, bounds: Bounds) -> Iterator[Started]:
        """As in `Backend`."""
        with closing(Keeper.start(cache, isolated=True, groups=groups)) as keeper:
            yield Started(backend=self, hosts=keeper, files=keeper, groups=groups)


NAMESPACES = Namespaces()


class Podman:
    """Containers of podman, which may have control groups where we may make none."""

    name = "podman"
    files: Mapping[str, str] = {}
    unseen: Mapping[str, frozenset[str]] = {}
    why = ""

    def tried(self) -> str:
        """As in `Backend`."""
        if shutil.which("podman") is None:
            raise ConverterError("podman is not installed", "apt-get install podman")
        version, manager, hierarchy, *_ = self._told()
        if (manager, hierarchy) == ("systemd", "v2"):
            return f"podman {version}, control groups by systemd"
        try:
            return f"podman {version}, {NAMESPACES.tried()}"
        except ConverterError as problem:
            raise ConverterError("podman gets no control groups here", problem.hint) from None

    def _told(self) -> list[str]:
        """Its version, who makes its control groups, in which hierarchy, and what they can bound."""
        asked = "{{.Version.Version}} {{.Host.CgroupManager}} {{.Host.CgroupsVersion}} {{.Host.CgroupControllers}}"
        done = subprocess.run(["podman", "info", "--format", asked], capture_output=True, text=True, check=False)
        if done.returncode:
            said = done.stderr.strip().splitlines() or ["it says nothing"]
            raise ConverterError(f"podman does not work here: {said[-1]}", "podman info")
        return done.stdout.replace("[", "").replace("]", "").split()

    def groups(self, name: str, hosts: tuple[str, ...], bounds: Bounds) -> Groups | None:
        """As in `Backend`."""
        try:
            return Groups.make(name, hosts, bounds)
        except ConverterError:
            return None

    def group(self, groups: Groups, host: str) -> str:
        """As in `Backend`."""
        return groups.within(host)

    @contextmanager
    def started(self, cache: Path, folder: Path, groups: Groups | None, bounds: Bounds) -> Iterator[Started]:
        """As in `Backend`."""
        # Podman wants short paths for its sockets; the link leads the next run there, if this one is killed.
        notes = Path(tempfile.mkdtemp(prefix="gitopsify-", dir="/tmp"))
        notes.chmod(0o711)
        (folder / _NOTES).symlink_to(notes)
        if groups:
            (notes / _GROUPED).touch()
        ids = own_range()
        controllers = [] if groups else self._told()[3:]
        held = [f"--pids-limit={bounds.processes if 'pids' in controllers else -1}"]
        held += [f"--memory={bounds.memory}"] if "memory" in controllers else []
        # Of processes each user of a host has its own count besides.
        held.append(f"--ulimit=nproc={bounds.processes}:{bounds.processes}")
        told = {"init": _INIT, "users": (ids.users, ids.groups), "bounds": held}
        try:
            with (
                closing(Keeper.start(cache, isolated=True)) as files,
                closing(Keeper.of_podman(cache, notes, groups)) as own,
            ):
                yield Started(backend=self, hosts=own, files=files, groups=groups, more=told)
        finally:
            _take_away(notes, folder)


class Reduced:
    """Namespaces alone, for where there are no control groups: systemd does not run there."""

    name = "reduced"
    unseen: Mapping[str, frozenset[str]] = {
        "service": frozenset(("active", "started")),
        "port": _ALL,
        "process": _ALL,
    }
    why = "hosts of the backend reduced have no systemd: units are enabled there, but what is started runs without it"

    def __init__(self) -> None:
        self.files = reduced.files()

    def tried(self) -> str:
        """As in `Backend`."""
        return "an init of its own"

    def groups(self, name: str, hosts: tuple[str, ...], bounds: Bounds) -> Groups | None:
        """As in `Backend`."""
        return None

    def group(self, groups: Groups, host: str) -> str:
        """As in `Backend`."""
        return ""

    @contextmanager
    def started(self, cache: Path, folder: Path, groups: Groups | None, bounds: Bounds) -> Iterator[Started]:
        """As in `Backend`."""
        with closing(Keeper.start(cache, isolated=True, processes=bounds.processes)) as keeper:
            yield Started(backend=self, hosts=keeper, files=keeper, groups=None, more={"init": reduced.INIT})


BACKENDS: Mapping[str, Backend] = {each.name: each for each in (NAMESPACES, Podman(), Reduced())}


def named(name: str) -> Backend:
    """The one that a person asks for; ConverterError where it is none, or does not work here."""
    if name not in BACKENDS:
        raise ConverterError(f"there is no backend {name}", f"it is one of {', '.join(BACKENDS)}")
    BACKENDS[name].tried()
    return BACKENDS[name]


@cache
def chosen_here() -> Backend:
    """The first that works on this machine."""
    for each in BACKENDS.values():
        try:
            each.tried()
        except ConverterError:
            continue
        return each
    raise ConverterError("no backend works here", "gitopsify doctor says what is missing")


def forget_containers(folder: Path) -> None:
    """Takes away the containers of a run that was killed, whose worlds are in the folder."""
    for link in folder.glob(f"worlds/*/{_NOTES}"):
        _take_away(link.resolve(), link.parent)


def _take_away(notes: Path, world: Path) -> None:
    """Containers that are left, podman's notes, and what overlays have for themselves: podman's keeper has mounted
    them, and it belongs to its root."""
    before = [] if os.geteuid() == 0 else ["podman", "unshare"]
    commands = [["rm", "-rf", str(notes), *map(str, world.glob("hosts/*/work"))]]
    if notes.is_dir():
        grouped = (notes / _GROUPED).exists()
        commands.insert(0, [*command(str(notes), grouped=grouped), "rm", "--all", "--force", "--time", "0"])
    for argv in commands:
        subprocess.run([*before, *argv], stdin=subprocess.DEVNULL, capture_output=True, check=False)
