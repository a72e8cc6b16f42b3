"""Files that come from elsewhere: archives, downloads, uploads, rsync."""

from __future__ import annotations

from typing import Any

from converter.model.value import Glob, Value
from converter.render.ansible.checks import words
from converter.render.ansible.kinds.files import FILE_MODE, mode_of
from converter.render.ansible.task import KEPT, Place, Task
from converter.resources.sync import TIMES

_TAR = {"gz": "z", "bz2": "j", "xz": "J"}


def archive(spec: Any, at: Place) -> list[Task]:
    """An archive that is unpacked."""
    source = at.path(spec.src) if spec.remote else at.local(spec.src)
    args: dict[str, Any] = {"src": source, "dest": at.path(spec.dest), **at.some(remote_src=spec.remote)}
    if spec.creates is not None:
        args["creates"] = at.path(spec.creates)
    extra = at.texts(spec.extra)
    if spec.strip_components is not None:
        extra.append(f"--strip-components={at.text(spec.strip_components)}")
    if extra:
        args["extra_opts"] = extra
    return [Task("ansible.builtin.unarchive", args)]


def archive_create(spec: Any, at: Place) -> list[Task]:
    """An archive that is made on the host; with a root directory tar does it, whose paths the module can't give."""
    if spec.root is None and not any(source.has_glob for source in spec.sources):
        paths = [at.path(source) for source in spec.sources]
        args = {"path": paths, "dest": at.path(spec.dest), "format": spec.format, "mode": FILE_MODE}
        if spec.exclude:
            args["exclude_path"] = [at.path(path) for path in spec.exclude]
        return [Task("community.general.archive", args)]
    excludes = tuple(Value.of("--exclude=") + pattern for pattern in spec.exclude)
    argv = (Value.of("tar"), *excludes, Value.of(f"-c{_TAR.get(spec.format, '')}f"), spec.dest, *spec.members())
    if spec.format == "zip":
        argv = (Value.of("zip"), Value.of("-r"), spec.dest, *spec.members())
    args = words(at.texts(argv), argv) | {"chdir": at.path(spec.root) if spec.root is not None else at.cwd}
    said = f"{KEPT}the module of archives can't say from where the names inside are seen, or what a pattern stands for"
    return [Task("ansible.builtin.command", args, {"changed_when": True}, comments=(said,))]


def download(spec: Any, at: Place) -> list[Task]:
    """A file that is fetched."""
    args = at.some(
        url=spec.url,
        dest=at.path(spec.dest),
        owner=spec.owner,
        group=spec.group,
        force=spec.force,
        checksum=spec.checksum,
        headers=spec.headers,
    )
    if spec.force:
        # A check run can't know whether it would be the same file, and would always say that it changes.
        args["force"] = "{{ not ansible_check_mode }}"
    if spec.insecure:
        args["validate_certs"] = False
    return [Task("ansible.builtin.get_url", {**args, "mode": mode_of(spec.mode, at) or FILE_MODE})]


def upload(spec: Any, at: Place) -> list[Task]:
    """A file that is copied to the host, or from it."""
    if spec.direction == "pull":
        args = {"src": at.text(spec.src), "dest": at.local(spec.dest), "flat": True}
        return [Task("ansible.builtin.fetch", args)]
    args = at.some(dest=spec.dest, owner=spec.owner, group=spec.group)
    args["mode"] = mode_of(spec.mode, at) or "preserve"
    last = spec.src.parts[-1] if spec.src.parts else None
    if not isinstance(last, Glob):
        return [Task("ansible.builtin.copy", {"src": at.local(spec.src), **args})]
    if spec.recursive and last.text == "*":
        return [Task("ansible.builtin.copy", {"src": f"{at.local(Value(*spec.src.parts[:-1])).rstrip('/')}/", **args})]
    each = {"loop": f"{{{{ query('ansible.builtin.fileglob', {_pattern(spec.src, at)}) }}}}"}
    return [Task("ansible.builtin.copy", {"src": "{{ item }}", **args}, each)]


def _pattern(path: Value, at: Place) -> str:
    """A path in an expression."""
    from converter.model.paths import absolute
    from converter.render.ansible.value import expression

    return expression(absolute(at.resource.context.cwd, path), at.names)


def sync(spec: Any, at: Place) -> list[Task]:
    """rsync, with the options that have no argument of their own as they are."""
    here, there = (at.path, at.path) if spec.direction == "local" else (at.local, at.text)
    source, dest = (
        (there(spec.src), here(spec.dest)) if spec.direction == "pull" else (here(spec.src), there(spec.dest))
    )
    slash = "/" if _inside(spec.src) and not source.endswith("/") else ""
    args: dict[str, Any] = {
        "src": f"{source}{slash}",
        "dest": dest,
        **at.some(delete=spec.delete, checksum=spec.checksum),
    }
    if spec.direction == "pull":
        args["mode"] = "pull"
    if not spec.archive:
        args["archive"] = False
    if spec.by_content() or not spec.keeps_times():
        # By their times files would be sent anew at each run.
        args["checksum"] = True
    if spec.by_content() and spec.archive:
        args["times"] = False
    if not spec.compress:
        args["compress"] = False
    if at.named_port:
        # The module takes the port of the inventory as it stands there.
        args["dest_port"] = "{{ ansible_port }}"
    options = [f"--include={at.text(pattern)}" for pattern in spec.includes]
    options += [f"--exclude={at.text(pattern)}" for pattern in spec.excludes]
    options += [each for each in at.texts(spec.extra) if not (spec.by_content() and each in TIMES)]
    if options:
        args["rsync_opts"] = options
    extra = {"delegate_to": "{{ inventory_hostname }}"} if spec.direction == "local" else {}
    return [Task("ansible.posix.synchronize", args, extra)]


def _inside(path: Value) -> bool:
    """Whether the path ends with a slash, which means what is inside of it."""
    return path.shell().endswith("/")
