"""Git remotes of the working copies that a plan brings about or moves on."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator

from converter.model.resource import Resource
from converter.model.value import Value
from converter.model.world import Checkout, Repository
from converter.resources.git_checkout import GitCheckout

Read = Callable[[Value | None], "str | None"]
_TAG = re.compile(r"\D?\d+(\.\d+)+.*")


def remotes(
    resources: Iterable[Resource], samples: tuple[str, ...], path: Read, text: Read, owner: Callable[[Resource], str]
) -> Iterator[Repository]:
    """Each once, with the branches and tags that are asked for, and the working copies that have to be there."""
    found: dict[str, Repository] = {}
    for each in resources:
        spec = each.spec
        if not isinstance(spec, GitCheckout) or spec.bare:
            continue
        dest = path(spec.dest)
        url = text(spec.repo) or (_known(found, dest) if spec.repo is None and dest else "")
        if not url:
            continue
        known = found.get(url, Repository(url=url, samples=samples))
        on = (text(spec.version) or "") if spec.update and spec.remote is not None and not spec.force else ""
        here = [Checkout(path=dest, owner=owner(each), branch=on)] if spec.repo is None and dest else []
        checkouts = tuple(dict.fromkeys((*known.checkouts, *here)))
        branches, tags = _with(known, text(spec.version) or "")
        found[url] = Repository(url=url, samples=samples, branches=branches, tags=tags, checkouts=checkouts)
    yield from found.values()


def _known(found: dict[str, Repository], dest: str) -> str:
    """The remote of a working copy that was there before, or one made up for it."""
    same = (one.url for one in found.values() for two in one.checkouts if two.path == dest)
    return next(same, f"https://git.example.invalid/{posixpath.basename(dest)}.git")


def _with(known: Repository, version: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The branches and the tags, with the version as what its spelling says that it is."""
    name = version.removeprefix("origin/").removeprefix("tags/")
    if not re.fullmatch(r"[\w./-]+", name) or name == "HEAD":
        return known.branches, known.tags
    if _TAG.fullmatch(name):
        return known.branches, tuple(dict.fromkeys((*known.tags, name)))
    return tuple(dict.fromkeys((*known.branches, name))), known.tags
