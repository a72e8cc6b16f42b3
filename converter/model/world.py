"""What stands around a script when `verify` runs it: all that it expects and does not bring about itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec


class Checkout(msgspec.Struct, frozen=True, kw_only=True):
    """A working copy that is on the hosts before the script runs, a commit behind its remote; `branch` "" is the first
    of the remote's."""

    path: str
    owner: str = "root"
    branch: str = ""


class Repository(msgspec.Struct, frozen=True, kw_only=True):
    """A git remote, served in the world: with the content of a `folder` of the user's, or of sample applications (node,
    php, python, java, ruby, static), and `files` besides. `tags` are on its first commit, as `v1.0.0` always is."""

    url: str
    samples: tuple[str, ...] = ("static",)
    folder: str = ""
    files: Mapping[str, str] = {}
    branches: tuple[str, ...] = ("main",)
    tags: tuple[str, ...] = ()
    checkouts: tuple[Checkout, ...] = ()


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A directory, or with `text` a file, that is on the hosts before the script runs; `local`: on the machine that
    the script runs on."""

    path: str
    text: str | None = None
    owner: str = "root"
    mode: str = ""
    local: bool = False


class Managed(msgspec.Struct, frozen=True, kw_only=True):
    """A process that pm2 runs for its owner, or supervisor, before the script does anything."""

    name: str
    owner: str = "root"
    by: Literal["pm2", "supervisor"] = "pm2"


class VirtualEnvironment(msgspec.Struct, frozen=True, kw_only=True):
    """A virtual environment of Python that is there, with programs that do next to nothing."""

    path: str
    owner: str = "root"
    programs: tuple[str, ...] = ()


class Database(msgspec.Struct, frozen=True, kw_only=True):
    """A database with a table of samples; `user` may do everything in it, "" is whoever asks."""

    engine: Literal["postgresql", "mariadb"]
    name: str
    user: str = ""
    password: str = ""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """How the script is started. `arguments` and `selecting`, variables of the shell, are by environment; `input` is
    what a person would type; it is stopped after so many seconds. `inputs` are what the manifests are told in their
    place, by the script's own names."""

    user: str = "root"
    directory: str = ""
    arguments: Mapping[str, tuple[str, ...]] = {}
    selecting: Mapping[str, Mapping[str, str]] = {}
    input: str = ""
    environment: Mapping[str, str] = {}
    inputs: Mapping[str, str] = {}
    seconds: int = 300


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """`samples` is what the application on the script's own machine is made of. `packages` are Debian packages that the
    hosts have, `installable` those that apt finds, `stand_ins` those that it finds with nothing in them, because their
    programs are recorded; `services` run already, without doing anything; `recorded` are
    commands that are not run but written down; `answers` are ports on the hosts at which something answers; `names`
    are other machines, which all answer; `managed` are processes of pm2 and supervisor that are there; `wheels` are
    versions of Python packages that are asked for, as `name==1.2`: where pip asks, there is every package, in these
    and in version 1.0; `virtualenvs` are used and not made; `databases` are on each host."""

    script: Run = Run()
    samples: tuple[str, ...] = ("static",)
    packages: tuple[str, ...] = ()
    installable: tuple[str, ...] = ()
    stand_ins: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    services: tuple[str, ...] = ()
    repositories: tuple[Repository, ...] = ()
    recorded: tuple[str, ...] = ()
    answers: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    managed: tuple[Managed, ...] = ()
    wheels: tuple[str, ...] = ()
    virtualenvs: tuple[VirtualEnvironment, ...] = ()
    databases: tuple[Database, ...] = ()
