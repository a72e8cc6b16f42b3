"""Packages of the system."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from converter.model.resource import Spec
from converter.model.trace import Subject
from converter.model.value import Value
from converter.resources import looking

# Programs that guards look for, where the package has another name than its program.
PROGRAMS = {
    "awscli": ("aws",),
    "build-essential": ("gcc", "make", "g++"),
    "containerd.io": ("containerd",),
    "default-jdk": ("java", "javac"),
    "default-jre": ("java",),
    "dnsutils": ("dig", "nslookup"),
    "docker-ce": ("docker",),
    "docker-ce-cli": ("docker",),
    "docker.io": ("docker",),
    "golang": ("go",),
    "golang-go": ("go",),
    "httpd": ("httpd", "apachectl"),
    "imagemagick": ("convert",),
    "mariadb-client": ("mysql",),
    "mariadb-server": ("mysql", "mysqld", "mariadb"),
    "mysql-client": ("mysql",),
    "mysql-server": ("mysql", "mysqld"),
    "net-tools": ("netstat", "ifconfig"),
    "netcat-openbsd": ("nc", "netcat"),
    "nodejs": ("node",),
    "openssh-client": ("ssh", "scp"),
    "openssh-server": ("sshd",),
    "php-cli": ("php",),
    "postgresql": ("psql",),
    "postgresql-client": ("psql",),
    "procps": ("ps", "pgrep"),
    "python-is-python3": ("python",),
    "python3-pip": ("pip3", "pip"),
    "redis-server": ("redis-server", "redis-cli"),
    "ruby-full": ("ruby",),
    "supervisor": ("supervisorctl", "supervisord"),
}

QUERIES = (("dpkg", "-s"), ("dpkg", "-l"), ("dpkg-query", "-W"), ("rpm", "-q"), ("apk", "info", "-e"), ("snap", "list"))


class Package(Spec, frozen=True, kw_only=True):
    """`apt-get install names`; `recommends` false is `--no-install-recommends`, `update_cache` refreshes the lists
    before."""

    kind: ClassVar[str] = "package"

    names: tuple[Value, ...]
    manager: str = "apt"
    state: str = "present"
    update_cache: bool = False
    recommends: bool | None = None
    purge: bool = False
    classic: bool = False
    extra: tuple[Value, ...] = ()

    def identity(self) -> str:
        """The manager and the names."""
        return f"package:{self.manager}:{' '.join(name.key() for name in self.names)}"

    def label(self) -> str:
        """The names."""
        return " ".join(name.key() for name in self.names)

    def summary(self) -> str:
        """`Install nginx and git`."""
        verb = {"present": "Install", "latest": "Install the latest", "absent": "Remove"}[self.state]
        names = [name.shell() for name in self.names]
        if len(names) > 4:
            return f"{verb} {', '.join(names[:3])} and {len(names) - 3} more packages"
        return f"{verb} {' and '.join(filter(None, (', '.join(names[:-1]), names[-1])))}"

    def ensures(self) -> tuple[tuple[Subject, bool], ...]:
        """The package manager lists it, and its program is found."""
        here = self.state != "absent"
        return tuple(test for name in self.names for test in _tests(name, here))

    def fold(self, later: Spec) -> Spec | None:
        """More packages installed in the same way, from the same lists."""
        if not isinstance(later, Package) or (later.update_cache and not self.update_cache):
            return None
        if msgspec.structs.replace(later, names=self.names, update_cache=self.update_cache) != self:
            return None
        return msgspec.structs.replace(self, names=tuple(dict.fromkeys((*self.names, *later.names))))


def _tests(name: Value, here: bool) -> looking.Holds:
    bare = Value.of((name.text or "").partition("=")[0]) if name.text else name
    listed = tuple(test for query in QUERIES for test in looking.succeeds(here, *query, bare))
    programs = (bare, *(Value.of(program) for program in PROGRAMS.get(bare.text or "", ())))
    return listed + tuple(test for program in programs for test in looking.finds(here, program))
