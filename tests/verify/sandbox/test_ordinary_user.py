"""A sandbox of somebody who is not root: with subordinate ids, a delegated control group, and a home that is closed."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import yaml

from cases import ROOT
from converter.verify.sandbox import identity
from converter.verify.sandbox.backends import NAMESPACES
from converter.verify.sandbox.cgroups import remove, unified
from converter.verify.sandbox.identity import own_range
from converter.verify.sandbox.rootfs import Layer, Systems
from converter.verify.sandbox.world import HostSpec, room

USER = "gitopsify-tester"
PYTHON = Path(f"/usr/bin/python3.{sys.version_info.minor}")
PACKAGES = (Path(msgspec.__file__).parent, Path(yaml.__file__).parent)
SCRIPT = """
import os, sys
from pathlib import Path
from converter.verify.sandbox.rootfs import Systems, cache_directory
from converter.verify.sandbox.world import HostSpec, room
cache = cache_directory()
base = Systems(cache).base(tarball=Path(sys.argv[1]))
spec = HostSpec(name="app", addresses=("10.0.0.2",), lower=(base.path,))
with room(cache) as place, place.world([spec]) as world:
    line = "useradd -m bob; chown bob /srv; stat -c %U /srv; systemctl is-active ssh; cat /proc/self/uid_map"
    print(world.run("app", ["bash", "-c", line]).output)
    print(sorted(world.changed("app", ["/var", "/etc"])))
print(list((cache / "run").iterdir()), os.getuid())
"""


@pytest.fixture
def home(base: Layer) -> Iterator[Path]:
    """The home of a new user, with what the program needs in a place that is theirs."""
    if os.geteuid() != 0 or not PYTHON.exists():
        pytest.skip(f"only root makes users, for whom {PYTHON} has to be there")
    subprocess.run(["useradd", "--create-home", "--shell", "/bin/bash", USER], check=True)
    group = unified() / USER
    try:
        found = Path(pwd.getpwnam(USER).pw_dir)
        for package in (ROOT / "converter", *PACKAGES):
            shutil.copytree(package, found / "lib" / package.name, ignore=shutil.ignore_patterns("__pycache__"))
        found.chmod(0o700)
        group.mkdir()
        for path in (group, *(group / f"cgroup.{name}" for name in ("procs", "threads", "subtree_control"))):
            shutil.chown(path, USER)
        yield found
    finally:
        subprocess.run(["userdel", "--remove", "--force", USER], capture_output=True, check=False)
        remove(group)


def test_an_ordinary_user_has_hosts_too(home: Path, cache: Path, base: Layer, tmp_path: Path) -> None:
    tarball = home / "root.tar"
    packed(cache / base.path, tarball)
    shutil.chown(tarball, USER)
    run = f'exec /usr/sbin/runuser -u {USER} -- {PYTHON} -c "$1" {tarball}'
    line = f"echo $$ > {unified()}/{USER}/cgroup.procs; cd; umask 077; {run}"
    given = {"PATH": os.defpath, "HOME": str(home), "PYTHONPATH": str(home / "lib"), "PYTHONDONTWRITEBYTECODE": "1"}
    argv = ["bash", "-c", line, "bash", SCRIPT]
    done = subprocess.run(argv, capture_output=True, text=True, env=given, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    owner, ssh, mapped, files, left = filter(None, done.stdout.splitlines())
    assert (owner, ssh) == ("bob", "active")
    assert mapped.split()[1] not in ("0", str(pwd.getpwnam(USER).pw_uid))
    assert "/home/bob/.bashrc" in files
    assert left == f"[] {pwd.getpwnam(USER).pw_uid}"


CHOSEN = SCRIPT.replace("with room", "from converter.verify.sandbox.backends import chosen_here\nwith room").replace(
    "print(list(", "print(chosen_here().name, list("
)
# As somebody who has logged in: with a systemd of their own, but in a control group that is not theirs.
LOGGED_IN = """\
set -e
useradd --create-home --home-dir /tmp/tester --shell /bin/bash tester
loginctl enable-linger tester
for try in $(seq 100); do [ -S /run/user/$(id -u tester)/bus ] && break; sleep 0.1; done
run=/run/user/$(id -u tester)
exec systemd-run --quiet --pipe --wait --uid=tester --gid=tester --working-directory=/tmp/tester \\
  --setenv=HOME=/tmp/tester --setenv=XDG_RUNTIME_DIR=$run --setenv=DBUS_SESSION_BUS_ADDRESS=unix:path=$run/bus \\
  --setenv=PYTHONPATH=/opt/lib --setenv=PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 -c "$1" /opt/root.tar
"""


def test_podman_has_control_groups_where_the_user_has_none(
    cache: Path, base: Layer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a host of ours, whose ids are so many that its users have ranges of their own."""
    if os.geteuid() != 0 or not PYTHON.exists():
        pytest.skip(f"only root has that many ids, and {PYTHON} has to be there")
    systems, tarball = Systems(cache), tmp_path / "root.tar"
    packed(cache / base.path, tarball)
    own = systems.with_packages([base], ["crun", "dbus-user-session", "netavark", "podman", "uidmap"])
    files = {f"/opt/lib/{each.name}": each for each in (ROOT / "converter", *PACKAGES)} | {"/opt/root.tar": tarball}
    name = f"tests-{os.getpid()}"
    brought = systems.copied(name, files, "what the test runs")
    monkeypatch.setattr(identity, "COUNT", 400_000)
    lower = (brought.path, own.path, base.path)
    try:
        with room(cache, backend=NAMESPACES) as place, place.world([host("app", lower)]) as world:
            done = world.run("app", ["bash", "-c", LOGGED_IN, "bash", CHOSEN], limit=200)
    finally:
        shutil.rmtree(cache / brought.path)
        for note in (cache / brought.path).parent.glob(f"{name}.*"):
            note.unlink()
    owner, ssh, mapped, files_of_host, left = [line for line in done.output.splitlines() if line][-5:]
    assert (owner, ssh) == ("bob", "active"), done.output
    assert mapped.split()[1] != "0"
    assert "/home/bob/.bashrc" in files_of_host
    assert left == "podman [] 1000"


def host(name: str, lower: tuple[str, ...]) -> HostSpec:
    """A host of these layers."""
    return HostSpec(name=name, addresses=("10.0.0.2",), lower=lower)


def packed(root: Path, tarball: Path) -> None:
    """The layer as a tarball of a root directory, without texts for people, with the ids that its files have within."""
    first = own_range().users

    def within(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
        if entry.name.startswith(("./usr/share/doc/", "./usr/share/locale/", "./usr/share/man/", "./var/lib/apt/")):
            return None
        entry.uid, entry.gid = entry.uid - first, entry.gid - first
        entry.uname = entry.gname = ""
        return entry

    with tarfile.open(tarball, "w") as tar:
        tar.add(root, ".", filter=within)
