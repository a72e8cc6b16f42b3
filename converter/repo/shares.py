"""What the documents say of a repository that several targets share: how the script was split, and what waits for what.

Every text of the script in it is inert Markdown already.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from converter.model.plan import Plan
from converter.model.resource import Resource
from converter.model.share import both, legs
from converter.model.trace import Disposition
from converter.model.tree import FileTree, Share
from converter.repo.expressed import expressed
from converter.repo.markdown import code, link, table, text

Data = Mapping[str, Any]

# The document of each side, what it is called, and what applies it by hand.
_SIDES = {
    "ansible": ("HOSTS.md", "the hosts", "somebody runs `ansible-playbook`"),
    "kubernetes": ("CLUSTER.md", "the cluster", "somebody runs `kubectl apply -k`"),
}
_BY = {
    "ansible-pull": "each host pulls it",
    "argocd": "Argo CD pulls it",
    "flux": "Flux pulls it",
    "github-actions": "GitHub Actions applies it",
    "gitlab-ci": "GitLab CI applies it",
}
_PULLING = ("ansible-pull",)
_CHECKED = {
    "github-actions": "GitHub Actions checks it, and builds",
    "gitlab-ci": "GitLab CI checks it, and builds",
}


def readme(plan: Plan, tree: FileTree) -> Data:
    """The parts of the README."""
    waiting = [each for each in expressed(plan, tree).ledger if each.disposition is Disposition.UNRESOLVED]
    return {
        "name": text(plan.name),
        "sources": [code(source.path) for source in plan.sources],
        "sides": [_side(share) for share in tree.shares],
        "open": len(waiting),
        "files": {file.path for file in tree.files},
        **division(plan, tree),
    }


def document(share: Share) -> str:
    """The document of one side."""
    return _SIDES[share.target][0]


def division(plan: Plan, tree: FileTree) -> Data:
    """How the split was made: of each kind of resource, where it is; what is on both sides; the way of the script."""
    known = {each.address: each for each in plan.resources}
    shared = [each for each in plan.resources if each.address in both(tree.shares)]
    why = {address: reason for share in tree.shares for address, reason in share.resources if reason}
    way = legs(plan, tree.shares)
    return {
        "kinds": _kinds(plan, tree),
        "both": [f"{_lines(each)}{text(each.name)}: {text(why.get(each.address, ''))}" for each in shared],
        "neither": [_lines(known[address]) + text(known[address].name) for address in _neither(plan, tree)],
        "way": [f"{_called(leg.target)}: {code(leg.lines)}" for leg in way],
        "first": _called(way[0].target) if way else "",
        "back": len(way) > 2,
        "names": {share.target: _called(share.target) for share in tree.shares},
    }


def _side(share: Share) -> Data:
    page, name, by_hand = _SIDES[share.target]
    pulled = any(each in _PULLING for each in share.deliveries)
    by = [_CHECKED[each] if pulled and each in _CHECKED else _BY[each] for each in share.deliveries] or [by_hand]
    folders = dict.fromkeys(_place(file.path) for file in share.tree.files if not file.path.startswith("."))
    return {
        "name": name,
        "target": share.target,
        "page": link(page, page),
        "by": " and ".join(by),
        "paths": ", ".join(map(code, folders)) or "nothing",
    }


def _place(path: str) -> str:
    folder, inside, _ = path.partition("/")
    return f"{folder}{inside}"


def _called(target: str) -> str:
    return _SIDES[target][1]


def _kinds(plan: Plan, tree: FileTree) -> str:
    """A row for each kind, in the order in which the script has them first."""
    counts: dict[str, dict[str, int]] = {}
    for each in plan.resources:
        if each.handler:
            continue
        row = counts.setdefault(each.kind, {})
        places = [share.target for share in tree.shares if each.address in share.addresses] or [""]
        for place in places:
            row[place] = row.get(place, 0) + 1
    columns = [*(share.target for share in tree.shares), ""]
    titles = [f"{_called(target)} ({target})" if target else "waits for a person" for target in columns]
    rows = [(code(kind), *(str(row.get(column, "")) for column in columns)) for kind, row in counts.items()]
    return table(("kind of resource", *titles), rows)


def _neither(plan: Plan, tree: FileTree) -> Iterator[str]:
    had = {address for share in tree.shares for address in share.addresses}
    for each in plan.resources:
        if each.address not in had and not each.handler:
            yield each.address


def _lines(each: Resource) -> str:
    lines = dict.fromkeys(span.lines() for span in each.origin.spans)
    return f"{', '.join(map(code, lines))}: " if lines else ""
