"""What this machine can do: each need of a level, found by trying it, and how to get what is missing."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import msgspec

from converter.model.diagnostic import ConverterError
from converter.model.report import Need
from converter.verify.checks import CHECKS, Check
from converter.verify.programs import find
from converter.verify.programs import version as version_of
from converter.verify.proof import ansible
from converter.verify.sandbox import rootfs
from converter.verify.sandbox.backends import BACKENDS, chosen_here
from converter.verify.sandbox.identity import own_range
from converter.verify.sandbox.namespaces import Keeper
from converter.verify.sandbox.world import sweep

_KERNEL = (
    "Linux 5.11 or newer that allows user namespaces: sysctl kernel.unprivileged_userns_clone=1,"
    " and with AppArmor kernel.apparmor_restrict_unprivileged_userns=0"
)


def needs() -> tuple[Need, ...]:
    """All of them, those of the sandbox first."""
    with ThreadPoolExecutor() as pool:
        validators = pool.map(_validator, {check.program: check for check in CHECKS}.values())
        return (*_sandbox(), _system(), _ansible(), *_backends(), *validators)


def forget_systems() -> None:
    """Removes what is kept in the cache; the next run builds it again."""
    cache = rootfs.cache_directory()
    sweep(cache)
    rootfs.Systems(cache).clean()


def _sandbox() -> Iterator[Need]:
    yield _tried("users of their own", lambda: f"from {own_range().users} on")
    yield _tried("namespaces and overlays", _namespaces, hint=_KERNEL)


def _backends() -> Iterator[Need]:
    """Each of them, with which one is chosen."""
    chosen = chosen_here().name
    for name, backend in BACKENDS.items():
        need = _tried(name, backend.tried, level="backend")
        yield msgspec.structs.replace(need, about=f"chosen: {need.about}") if name == chosen else need


def _tried(name: str, attempt: Callable[[], str], hint: str = "", level: str = "apply") -> Need:
    try:
        return Need(name=name, level=level, found=True, about=attempt())
    except ConverterError as problem:
        return Need(name=name, level=level, found=False, about=problem.message, hint=problem.hint or hint)
    except OSError as problem:
        return Need(name=name, level=level, found=False, about=f"{problem}", hint=hint)


def _namespaces() -> str:
    """A keeper is started, and makes an overlay."""
    cache = rootfs.cache_directory()
    folder = cache / "layers" / f"doctor-{secrets.token_hex(4)}"
    folder.mkdir()
    folder.chmod(0o777)
    try:
        with closing(Keeper.start(cache, isolated=True)) as keeper:
            keeper.tell("overlay", folder=str(folder.relative_to(cache)))
            keeper.tell("empty", folder=str(folder.relative_to(cache)))
    finally:
        folder.rmdir()
    return f"Linux {os.uname().release}"


def _system() -> Need:
    """The system of the hosts: one that is built already, or what builds one."""
    kept = sorted(path.name for path in (rootfs.cache_directory() / "layers").glob("debian-*") if path.is_dir())
    found = shutil.which("mmdebstrap")
    about = f"{kept[0]} is built" if kept else found or "mmdebstrap is not installed, and no system is built yet"
    hint = "" if kept or found else rootfs.INSTALL
    return Need(name="a Debian to make hosts of", level="apply", found=bool(kept or found), about=about, hint=hint)


def _ansible() -> Need:
    try:
        return Need(name="ansible-core", level="apply", found=True, about=ansible.version())
    except ConverterError as problem:
        return Need(name="ansible-core", level="apply", found=False, about=problem.message, hint=problem.hint or "")


def _validator(check: Check) -> Need:
    program = find(check.program)
    if program is None:
        return Need(name=check.program, level="lint", found=False, about="not installed", hint=check.install)
    return Need(name=check.program, level="lint", found=True, about=version_of(program, check.asked))
