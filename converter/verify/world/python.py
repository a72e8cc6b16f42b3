"""Python around a script: virtual environments that are used but not made, and what an index of packages has."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from converter.model.resource import Resource
from converter.model.value import Value
from converter.model.world import VirtualEnvironment
from converter.resources.python_packages import PythonPackages
from converter.resources.virtualenv import Virtualenv

# `name==1.2`, `name[extra]>=1.2` and `name~=1.2` (PEP 508), where they are installed.
_ASKED = re.compile(r"(?<![\w.\[-])([A-Za-z0-9][\w.-]*)(?:\[[\w,.-]*\])?(?:==|>=|~=)([0-9][\w.]*)")
_INSTALLING = re.compile(r"\bpip3?\s.*\binstall\b", re.DOTALL)
_ROOT = re.compile(r"(/.+)/bin/(?:python|pip)[\d.]*")
# What every virtual environment has.
_OWN = re.compile(r"(python|pip)[\d.]*|activate[\w.]*")

Path = Callable[[Value | None], str | None]


def wheels(commands: Iterable[str]) -> Iterator[str]:
    """The versions that are asked for, each as `name==1.2`."""
    for text in commands:
        if _INSTALLING.search(text):
            yield from (f"{name}=={version}" for name, version in _ASKED.findall(text))


def roots(applied: Iterable[Resource], path: Path, programs: Iterable[str]) -> Mapping[str, Resource | None]:
    """The virtual environments that are used, with the resource that does so first, if one does by its own fields."""
    found: dict[str, Resource | None] = {}
    for each in applied:
        told = dict(each.context.environment).get("VIRTUAL_ENV")
        for value in (each.spec.virtualenv if isinstance(each.spec, PythonPackages) else None, told):
            if (root := path(value)) is not None:
                found.setdefault(root, each)
    for program in programs:
        if own := _ROOT.fullmatch(program):
            found.setdefault(own[1], None)
    return found


def programs_of(root: str, texts: Iterable[str]) -> tuple[str, ...]:
    """The programs in a virtual environment that the texts name by their paths."""
    name = re.escape(posixpath.basename(root))
    found = (each for text in texts for each in re.findall(rf"\b{name}/bin/([\w.-]*\w)", text))
    return tuple(dict.fromkeys(each for each in found if not _OWN.fullmatch(each)))


def existing(
    used: Mapping[str, Resource | None],
    applied: Sequence[Resource],
    path: Path,
    owner: Callable[[Resource], str],
    texts: Sequence[str],
) -> Iterator[VirtualEnvironment]:
    """Those that are there before the script runs, since nothing in it makes them."""
    made = {path(each.spec.path) for each in applied if isinstance(each.spec, Virtualenv)}
    for root, first in used.items():
        if root not in made:
            whose = owner(first or applied[0]) if applied else "root"
            yield VirtualEnvironment(path=root, owner=whose, programs=programs_of(root, texts))
