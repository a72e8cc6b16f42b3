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
from converter.verify.sandbox.cgroups import remove, unified
from converter.verify.sandbox.identity import own_range
from converter.verify.sandbox.rootfs import Layer

USER = "gitopsify-tester"
PYTHON = Path(f"/usr/bin/python3.{sys.version_info.minor}")
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
        for package in (ROOT / "converter", Path(msgspec.__file__).parent, Path(yaml.__file__).parent):
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


def packed(root: Path, tarball: Path) -> None:
    """The layer as a tarball of a root directory, with the ids that its files have within."""
    first = own_range().users

    def within(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid, entry.gid = entry.uid - first, entry.gid - first
        entry.uname = entry.gname = ""
        return entry

    with tarfile.open(tarball, "w") as tar:
        tar.add(root, ".", filter=within)
