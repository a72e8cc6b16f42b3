"""The layers that hosts are made of, written from within: a system out of a tarball, packages on top of one."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from converter.verify.sandbox.syscalls import Mount, Namespace, change_root, mount, unshare

# What a container's init would wait for in vain, or must not do: systemd(1), "container interface".
_MASKED = (
    "sys-kernel-debug.mount",
    "sys-kernel-tracing.mount",
    "sys-kernel-config.mount",
    "systemd-udevd.service",
    "systemd-timesyncd.service",
    "systemd-networkd.service",
    "systemd-resolved.service",
    "getty.target",
    "console-getty.service",
    "apt-daily.timer",
    "apt-daily-upgrade.timer",
    "e2scrub_reap.service",
    "e2scrub_all.timer",
    "fstrim.timer",
    "dpkg-db-backup.timer",
    "man-db.timer",
)

_ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "DEBIAN_FRONTEND": "noninteractive",
}


def extract(tarball: int, *, folder: str) -> None:
    """Unpacks the root of a system, with its owners but without its devices, and prepares it to be a host."""
    Path(folder).mkdir(mode=0o755)
    subprocess.run(
        ["tar", "--extract", "--numeric-owner", "--preserve-permissions", "--exclude=./dev/*", "--directory", folder],
        stdin=tarball,
        stderr=subprocess.PIPE,
        check=True,
        env={"PATH": os.defpath},
    )
    units = Path(folder, "etc/systemd/system")
    for unit in _MASKED if units.is_dir() else ():
        (units / unit).unlink(missing_ok=True)
        (units / unit).symlink_to("/dev/null")
    Path(folder, "etc/machine-id").write_text("0123456789abcdef0123456789abcdef\n", encoding="utf-8")
    Path(folder, "etc/resolv.conf").unlink(missing_ok=True)
    Path(folder, "etc/resolv.conf").write_text("", encoding="utf-8")


def install(
    output: int,
    *,
    folder: str,
    lower: Sequence[str],
    argv: Sequence[str],
    files: Mapping[str, str],
    environment: Mapping[str, str],
) -> int:
    """Runs a program as root on top of the lower layers, with this machine's network; what it writes is `folder`/upper.
    `files` take the place of those of the layers while it runs."""
    for directory in ("upper", "work", "root"):
        Path(folder, directory).mkdir(mode=0o755)
    unshare(Namespace.MOUNTS | Namespace.PROCESSES | Namespace.IPC)
    child = os.fork()
    if child == 0:
        try:
            _enter_root(folder, lower, files)
            nothing = os.open("/dev/null", os.O_RDONLY)
            for number, descriptor in enumerate((nothing, output, output)):
                os.dup2(descriptor, number)
            os.closerange(3, 4096)
            os.execvpe(argv[0], list(argv), {**_ENVIRONMENT, **environment})
        except OSError as problem:
            os.write(output, f"{problem}\n".encode())
        os._exit(126)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _enter_root(folder: str, lower: Sequence[str], files: Mapping[str, str]) -> None:
    root = f"{folder}/root"
    options = f"lowerdir={':'.join(lower)},upperdir={folder}/upper,workdir={folder}/work,userxattr"
    mount("overlay", root, "overlay", options=options)
    mount("proc", f"{root}/proc", "proc")
    mount("tmpfs", f"{root}/tmp", "tmpfs", options="mode=1777")
    mount("tmpfs", f"{root}/dev", "tmpfs", options="mode=755")
    for device in ("null", "zero", "full", "random", "urandom"):
        Path(f"{root}/dev/{device}").touch()
        mount(f"/dev/{device}", f"{root}/dev/{device}", flags=Mount.BIND)
    for number, (path, text) in enumerate(files.items()):
        given = Path(f"{root}/dev/given{number}")
        given.write_text(text, encoding="utf-8")
        mount(str(given), f"{root}{path}", flags=Mount.BIND)
    change_root(root)


def keep_upper(*, folder: str) -> None:
    """Makes a folder in which a layer was written that layer itself."""
    for unneeded in ("work", "root"):
        shutil.rmtree(f"{folder}/{unneeded}")
    for path in list(Path(folder, "upper").iterdir()):
        path.rename(Path(folder, path.name))
    Path(folder, "upper").rmdir()


def overlay(*, folder: str) -> None:
    """Tries whether this kernel lets a sandbox lay one folder over another."""
    for name in ("lower", "upper", "work", "root"):
        Path(folder, name).mkdir()
    unshare(Namespace.MOUNTS)
    options = f"lowerdir={folder}/lower,upperdir={folder}/upper,workdir={folder}/work,userxattr"
    mount("overlay", f"{folder}/root", "overlay", options=options)


def empty(*, folder: str) -> None:
    """Takes away all that a folder holds, which the users of a sandbox may have written: as deep as they could make it,
    which is deeper than a path can say."""
    inside = [str(path) for path in Path(folder).iterdir()]
    subprocess.run(["rm", "-rf", "--", *inside], stderr=subprocess.PIPE, check=True, env={"PATH": os.defpath})
