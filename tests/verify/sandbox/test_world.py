"""Hosts in a sandbox: they are what they are said to be, bounded, without a way out, and gone without a trace."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from converter.verify.sandbox.backends import Backend
from converter.verify.sandbox.cgroups import Bounds, unified
from converter.verify.sandbox.namespaces import SandboxError
from converter.verify.sandbox.rootfs import Layer, Systems
from converter.verify.sandbox.world import HostSpec, World, room

SMALL = Bounds(memory=400 << 20, disk=300 << 20, processes=300)


def spec(name: str, address: str, *lower: Layer, files: dict[str, str] | None = None) -> HostSpec:
    """A host of the given layers."""
    return HostSpec(name=name, addresses=(address,), lower=tuple(layer.path for layer in lower), files=files or {})


@pytest.fixture
def host(cache: Path, base: Layer, backend: Backend) -> Iterator[World]:
    """A world with one host, `app`."""
    with room(cache, backend=backend) as place, place.world([spec("app", "10.0.0.2", base)]) as world:
        yield world


def bash(world: World, line: str, *, host: str = "app", limit: float = 30) -> str:
    """What a line prints on a host, whatever came of it."""
    return world.run(host, ["bash", "-c", line], limit=limit).output.strip()


def test_hosts_reach_each_other_and_nothing_else(cache: Path, base: Layer, backend: Backend) -> None:
    names = {"/etc/hosts": "203.0.113.9 web.example.com\n"}
    specs = [
        spec("a", "10.0.0.2", base, files=names),
        spec("b", "203.0.113.9", base, files={"/etc/hostname": "b\n"}),
        spec("c", "10.0.0.4", base),
    ]
    with room(cache, backend=backend) as place, place.world(specs) as world:
        assert "SSH-2.0" in bash(world, "ssh-keyscan web.example.com 2>&1", host="a")
        assert bash(world, "hostname", host="b") == "b"
        assert bash(world, "systemctl is-system-running", host="c") in ("running", "degraded")
        assert "OPEN" not in bash(world, "timeout 2 bash -c '</dev/tcp/198.51.100.1/80 && echo OPEN'", host="a")


def test_what_a_host_has_changed(host: World) -> None:
    bash(
        host,
        """mkdir /srv/new && echo text > /srv/new/file && chmod 640 /srv/new/file && rm /etc/issue
        ln -s /etc/hosts /srv/link && chown www-data: /srv/new && touch /etc/hosts.allow
        cat /etc/profile > /tmp/p && cat /tmp/p > /etc/profile && chmod 600 /etc/debian_version
        rm -r /etc/skel && mkdir /etc/skel""",
    )
    found = host.changed("app", ["/var", "/run", "/etc/hosts.allow"])
    assert found["/srv/new/file"] | {"sha256": ""} == {
        "type": "file",
        "owner": 0,
        "group": 0,
        "mode": "0640",
        "sha256": "",
        "size": 5,
        "text": "text\n",
    }
    assert found["/srv/new"] == {"type": "directory", "owner": 33, "group": 33, "mode": "0755"}
    assert found["/srv/link"]["target"] == "/etc/hosts"
    assert found["/etc/issue"] == found["/etc/skel/.bashrc"] == {"type": "gone"}
    assert found["/etc/debian_version"]["mode"] == "0600"
    assert "/etc/profile" not in found, "a copy that is equal is no change"
    assert not [path for path in found if path.startswith(("/tmp", "/var", "/run", "/dev", "/proc"))]


def test_packages_come_from_a_layer_or_from_a_repository_on_the_host(cache: Path, base: Layer) -> None:
    systems = Systems(cache)
    installed = systems.with_packages([base], ["tree"])
    offered = systems.with_repository([installed, base], ["dos2unix"])
    with room(cache) as place, place.world([spec("app", "10.0.0.2", offered, installed, base)]) as world:
        assert "tree v" in bash(world, "tree --version")
        assert "dos2unix" in bash(world, "apt-get update -qq && apt-get install -qq -y dos2unix && dos2unix --version")
        assert "Unable to locate" in bash(world, "apt-get install -y cowsay 2>&1")


OUTSIDE = [
    ("mknod /root/disk b 254 0 && echo MADE", "MADE"),
    ("mknod -m 666 /dev/shm/mem c 1 1 && echo MADE", "MADE"),
    ("mount -t ext4 /dev/vda /mnt && echo MOUNTED", "MOUNTED"),
    ("echo 77 > /proc/sys/vm/swappiness && echo WRITTEN", "WRITTEN"),
    ("echo 1 > /proc/sys/kernel/panic && echo WRITTEN", "WRITTEN"),
    ("echo c > /proc/sysrq-trigger && echo WRITTEN", "WRITTEN"),
    ("dmesg 2>/dev/null | grep -q . && echo READ", "READ"),
    ("date -s 2001-01-01 >/dev/null 2>&1; [ $(date +%Y) = 2001 ] && echo SET", "SET"),
    ("python3 -c 'import os; os.sched_setaffinity(0, [0]); os.nice(-20); print(\"NICED\")' 2>/dev/null", "NICED"),
    ("head -c 16 /proc/kcore 2>/dev/null | grep -q . && echo READ", "READ"),
    ("nsenter -t 1 -m ls /work 2>/dev/null && echo READ", "READ"),
]


@pytest.mark.parametrize(("attempt", "sign"), OUTSIDE, ids=[line[:40] for line, _ in OUTSIDE])
def test_there_is_no_way_out(attempts: dict[str, str], attempt: str, sign: str) -> None:
    assert sign not in attempts[attempt].split(), attempts[attempt]


@pytest.fixture(scope="module")
def attempts(cache: Path, base: Layer, backend: Backend) -> dict[str, str]:
    """What each attempt prints, one after the other in one host."""
    with room(cache, backend=backend) as place, place.world([spec("app", "10.0.0.2", base)]) as world:
        return {line: bash(world, line) for line, _ in OUTSIDE}


def test_the_callers_loopback_files_and_processes_are_out_of_reach(host: World, tmp_path: Path) -> None:
    secret = tmp_path / "secret-of-the-caller"
    secret.write_text("found it", encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as abstract:
        abstract.bind("\0gitopsify-test")
        abstract.listen()
        port = server.getsockname()[1]
        assert "OPEN" not in bash(host, f"timeout 2 bash -c '</dev/tcp/127.0.0.1/{port} && echo OPEN'")
        line = "import socket; s = socket.socket(socket.AF_UNIX); s.connect('\\\\0gitopsify-test'); print('OPEN')"
        assert "OPEN" not in bash(host, f'python3 -c "{line}"')
    assert "found it" not in bash(host, f"cat {secret} $(find / -xdev -name {secret.name} 2>/dev/null)")
    assert str(os.getpid()) not in bash(host, "ls /proc | grep '^[0-9]'").split()
    assert bash(host, "cat /proc/self/uid_map").split()[1] not in ("0", str(os.getuid()))


BOUNDED = [
    (":(){ :|:& };:; sleep 60", "the limit of processes"),
    ("cat; sleep 60", "did not end within 4 seconds"),
    ("yes", "did not end within 4 seconds"),
    ("head -c 3G /dev/urandom > /srv/full; sleep 60", "the limit of disk space was reached"),
]


@pytest.mark.parametrize(("line", "why"), BOUNDED, ids=[line[:30] for line, _ in BOUNDED])
def test_a_script_that_misbehaves_is_stopped(cache: Path, base: Layer, backend: Backend, line: str, why: str) -> None:
    begun = time.monotonic()
    with room(cache, backend=backend) as place, place.world([spec("app", "10.0.0.2", base)], SMALL) as world:
        finished = world.run("app", ["bash", "-c", line], limit=4)
    assert why in finished.stopped
    assert time.monotonic() - begun < 20
    assert len(finished.output) <= 8 << 20


ENDING = [
    ("python3 -c 'x = [bytearray(1 << 24) for _ in range(4096)]'", 137, "it ran into the limit of memory"),
    ("(sleep 1; systemctl poweroff --force --force) & sleep 60", 137, ""),
    ("kill -9 $(pgrep sshd) $$", 137, ""),
]


@pytest.mark.parametrize(("line", "code", "why"), ENDING, ids=[line[:30] for line, *_ in ENDING])
def test_a_script_that_kills_what_it_runs_in_has_failed(
    cache: Path, base: Layer, backend: Backend, line: str, code: int, why: str
) -> None:
    with room(cache, backend=backend) as place, place.world([spec("app", "10.0.0.2", base)], SMALL) as world:
        finished = world.run("app", ["bash", "-c", line], limit=10)
    if "it ran into" in why:
        # Where no control group bounds it, it is watched, and ended with the world.
        assert (finished.code, finished.stopped) in [(code, why), (-1, "the limit of memory was reached")]
    else:
        assert (finished.code, finished.stopped) == (code, why)


def test_a_host_survives_a_script_that_kills_everything(host: World) -> None:
    assert bash(host, "kill -9 -1; sleep 2; echo alive") == "alive"
    assert bash(host, "systemctl is-system-running") in ("running", "degraded")


def test_nothing_remains_after_an_error(cache: Path, base: Layer, backend: Backend) -> None:
    folders, groups = (set(each.glob(f"gitopsify-{os.getpid()}-*")) for each in (cache / "run", unified()))
    with pytest.raises(KeyboardInterrupt):
        interrupted(cache, base, backend)
    assert set((cache / "run").glob(f"gitopsify-{os.getpid()}-*")) <= folders
    assert set(unified().glob(f"gitopsify-{os.getpid()}-*")) <= groups


def interrupted(cache: Path, base: Layer, backend: Backend) -> None:
    """A run in which a person presses Ctrl-C, with files that nobody may remove."""
    with room(cache, backend=backend) as place, place.world([spec("app", "10.0.0.2", base)]) as world:
        bash(world, "nohup sleep 1000 & mkdir -p /srv/a/b; chmod 000 /srv/a /srv; touch /opt/x; chmod 0 /opt/x")
        raise KeyboardInterrupt


KILLED = """
import sys, time
from pathlib import Path
from converter.verify.sandbox.backends import BACKENDS
from converter.verify.sandbox.world import HostSpec, room
spec = HostSpec(name='app', addresses=('10.0.0.2',), lower=(sys.argv[2],))
with room(Path(sys.argv[1]), backend=BACKENDS[sys.argv[3]]) as place, place.world([spec]) as world:
    world.run("app", ["sh", "-c", "exec -a gitopsify-probe sleep 1000 >/dev/null 2>&1 </dev/null &"])
    print(place.folder, flush=True)
    time.sleep(60)
"""


def test_nothing_remains_after_kill_9(cache: Path, base: Layer, backend: Backend) -> None:
    argv = [sys.executable, "-c", KILLED, str(cache), base.path, backend.name]
    surroundings = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, env=surroundings) as process:
        assert process.stdout
        folder = Path(process.stdout.readline().strip())
        group = unified() / f"{folder.name}-1"
        assert living(folder)
        assert bool(alive(group)) == group.is_dir()
        process.send_signal(signal.SIGKILL)
    end = time.monotonic() + 10
    while (living(folder) or alive(group)) and time.monotonic() < end:
        time.sleep(0.1)
    assert not living(folder), "the kernel, or the keeper of podman, ends all of it"
    assert not alive(group)
    with room(cache, backend=backend):
        # The next run sweeps: this one, or another one that goes on beside it and may be at it still.
        end = time.monotonic() + 10
        while (folder.exists() or group.exists()) and time.monotonic() < end:
            time.sleep(0.1)
        assert not folder.exists()
        assert not group.exists()


def living(folder: Path) -> list[str]:
    """The processes that have to do with a run: started for it, or with a file of it as their root."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (process / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
            if any(folder.name in line for line in (process / "mountinfo").read_text(encoding="utf-8").splitlines()):
                found.append(" ".join(words))
    return found


DEEP = "import os; os.chdir('/srv'); [(os.mkdir('d' * 9), os.chdir('d' * 9)) for _ in range(3000)]"


def test_folders_that_are_nested_without_end_are_said_to_be_and_go(cache: Path, base: Layer) -> None:
    with room(cache) as place, place.world([spec("app", "10.0.0.2", base)]) as world:
        assert bash(world, f'python3 -c "{DEEP}"; echo done') == "done"
        with pytest.raises(SandboxError, match="nested too deeply to be compared: /srv/ddddddddd/"):
            world.changed("app", [])
    assert not place.folder.exists()


def alive(group: Path) -> list[str]:
    """The processes of a control group and those below it."""
    found = []
    for file in group.rglob("cgroup.procs"):
        with suppress(OSError):
            found += file.read_text(encoding="utf-8").split()
    return found
