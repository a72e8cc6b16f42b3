"""Files that come from elsewhere: archives, downloads, uploads, rsync."""

from __future__ import annotations

from typing import Any

from converter.render.ansible.kinds.files import FILE_MODE, mode_of
from converter.render.ansible.task import Place, Task


def archive(spec: Any, at: Place) -> list[Task]:
    """An archive that is unpacked."""
    args = at.some(src=spec.src, dest=spec.dest, remote_src=spec.remote, creates=spec.creates)
    extra = at.texts(spec.extra)
    if spec.strip_components is not None:
        extra.append(f"--strip-components={at.text(spec.strip_components)}")
    if extra:
        args["extra_opts"] = extra
    return [Task("ansible.builtin.unarchive", args)]


def archive_create(spec: Any, at: Place) -> list[Task]:
    """An archive that is made on the host; with a root directory tar does it, whose paths the module can't give."""
    if spec.root is None and spec.format in ("gz", "bz2", "xz", "zip", "tar"):
        args = at.some(path=spec.sources, dest=spec.dest, format=spec.format, exclude_path=spec.exclude)
        return [Task("community.general.archive", {**args, "mode": FILE_MODE})]
    flag = {"gz": "z", "bz2": "j", "xz": "J"}.get(spec.format, "")
    excludes = [f"--exclude={at.text(pattern)}" for pattern in spec.exclude]
    root = at.text(spec.root) if spec.root is not None else at.cwd
    argv = ["tar", *excludes, f"-c{flag}f", at.text(spec.dest), *at.texts(spec.sources)]
    if spec.format == "zip":
        argv = ["zip", "-r", at.text(spec.dest), *at.texts(spec.sources)]
    return [Task("ansible.builtin.command", {"argv": argv, "chdir": root}, {"changed_when": True})]


def download(spec: Any, at: Place) -> list[Task]:
    """A file that is fetched."""
    args = at.some(
        url=spec.url,
        dest=spec.dest,
        owner=spec.owner,
        group=spec.group,
        force=spec.force,
        checksum=spec.checksum,
        headers=spec.headers,
    )
    return [Task("ansible.builtin.get_url", {**args, "mode": mode_of(spec.mode, at) or FILE_MODE})]


def upload(spec: Any, at: Place) -> list[Task]:
    """A file that is copied to the host, or from it."""
    if spec.direction == "pull":
        return [Task("ansible.builtin.fetch", at.some(src=spec.src, dest=spec.dest, flat=True))]
    args = at.some(src=local(spec.src, at), dest=spec.dest, owner=spec.owner, group=spec.group)
    args["mode"] = mode_of(spec.mode, at) or "preserve"
    return [Task("ansible.builtin.copy", args)]


def local(path: Any, at: Place) -> str:
    """A path of the machine that runs the play; the checkout of the application is `project_dir` there too."""
    return at.text(path)


def sync(spec: Any, at: Place) -> list[Task]:
    """rsync, with the options that have no argument of their own as they are."""
    options = [f"--exclude={at.text(pattern)}" for pattern in spec.excludes]
    options = [*(f"--include={at.text(pattern)}" for pattern in spec.includes), *options, *at.texts(spec.extra)]
    args = at.some(src=spec.src, dest=spec.dest, delete=spec.delete, checksum=spec.checksum)
    if spec.direction == "pull":
        args["mode"] = "pull"
    if not spec.archive:
        args["archive"] = False
    if not spec.compress:
        args["compress"] = False
    if options:
        args["rsync_opts"] = options
    extra = {"delegate_to": "{{ inventory_hostname }}"} if spec.direction == "local" else {}
    return [Task("ansible.posix.synchronize", args, extra)]
