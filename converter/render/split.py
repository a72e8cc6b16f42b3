"""One plan for several targets: each has what it can express, and what it leaves goes to the next one.

In: a plan and names of targets. Out: one tree, with the share of each. Every resource is in one target, in several
where that is said, or waits for a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

import msgspec
import yaml

from converter.model.plan import Plan
from converter.model.share import legs, portion
from converter.model.tree import FileTree, Rest, Share, TreeFile, Unsupported
from converter.render.registry import delivers, delivery_named, store_of, target_named
from converter.render.yaml import document

# Both sides keep their rules for sops in it, each for files of its own.
_RULES = ".sops.yaml"


def split(plan: Plan, targets: Sequence[str], deliveries: Sequence[str], secrets: str) -> FileTree:
    """What all of them have, the first of them first."""
    left = {each.address: "" for each in plan.resources}
    shares: list[Share] = []
    unsupported: dict[Unsupported, None] = {}
    for number, target in enumerate(targets):
        seen = portion(plan, left)
        own = delivers(target, deliveries, targets)
        manifests = target_named(target)(seen, store_of(target, own, secrets))
        handed = manifests.rest if number + 1 < len(targets) else ()
        mine = portion(seen, _own(seen, handed))
        tree = _without(manifests, handed)
        for name in own:
            tree = tree.plus(delivery_named(name)(mine, manifests, deliveries))
        unsupported |= dict.fromkeys((*tree.unsupported, *_refused(tree, target, handed)))
        shares.append(Share(target=target, deliveries=own, resources=tuple(_had(mine, tree, left)), tree=tree))
        left = {each.address: each.reason for each in handed if not each.refused}
    joined = _joined(shares)
    return msgspec.structs.replace(
        joined,
        unsupported=tuple(unsupported),
        assumptions=tuple(dict.fromkeys((*joined.assumptions, *_apart(plan, shares)))),
        shares=tuple(shares),
    )


def _own(plan: Plan, handed: Iterable[Rest]) -> set[str]:
    gone = {each.address for each in handed if not each.also and not each.refused}
    return {each.address for each in plan.resources if each.address not in gone}


def _without(tree: FileTree, handed: Iterable[Rest]) -> FileTree:
    """What the next one has is not left for a person, nor done by this one's platform."""
    taken = {each.address for each in handed if not each.refused}
    return msgspec.structs.replace(
        tree,
        unsupported=tuple(each for each in tree.unsupported if each.address not in taken),
        covered=tuple(each for each in tree.covered if each.address not in taken),
        rest=(),
    )


def _refused(tree: FileTree, target: str, handed: Iterable[Rest]) -> Iterator[Unsupported]:
    """What nobody can have waits for a person, but for what this one's platform sees to."""
    covered = {each.address for each in tree.covered}
    for each in handed:
        if each.refused and each.address not in covered:
            yield Unsupported(address=each.address, target=target, reason=each.reason)


def _had(plan: Plan, tree: FileTree, reasons: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """A handler says again what is so, but where nothing else does."""
    left = {each.address for each in tree.unsupported if not each.part}
    covered = {each.address for each in tree.covered}
    own = [each for each in plan.resources if each.address not in left]
    known = {each.spec.identity() for each in own if not each.handler}
    for each in own:
        if not each.handler or reasons[each.address] or each.address in covered or each.spec.identity() in known:
            yield each.address, reasons[each.address]


def _joined(shares: Sequence[Share]) -> FileTree:
    """All files; the store is that of the last that has one, since runs on machines need what it says."""
    found = FileTree()
    rules: list[TreeFile] = []
    for share in shares:
        rules += [file for file in share.tree.files if file.path == _RULES]
        files = tuple(file for file in share.tree.files if file.path != _RULES)
        found = found.plus(msgspec.structs.replace(share.tree, files=files))
    stores = [share.tree.store for share in shares if share.tree.store is not None]
    return msgspec.structs.replace(
        found, files=(*found.files, *_one(rules)), store=stores[-1] if stores else None, rest=()
    )


def _one(files: Sequence[TreeFile]) -> list[TreeFile]:
    if len(files) < 2:
        return list(files)
    rules = [rule for file in files for rule in yaml.safe_load(file.text)["creation_rules"]]
    said = [
        "Who may read the secrets of each side. Put the public keys in place of PUBLIC_AGE_KEY, with commas between",
        "them; age-keygen makes one and prints it.",
    ]
    return [TreeFile(path=_RULES, text=document({"creation_rules": rules}, said))]


def _apart(plan: Plan, shares: Sequence[Share]) -> Iterator[str]:
    """Where the script went from one side to the other and back: nothing makes the second wait for the first."""
    for before, after in pairwise(legs(plan, shares)):
        yield (
            f"{after.lines} ({after.target}) came after {before.lines} ({before.target}) in the script; each side is"
            " applied by itself, and nothing makes one wait for the other."
        )
