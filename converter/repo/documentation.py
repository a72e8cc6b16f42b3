"""The files around the manifests: the documents, settings of tools, the plan and the copy of the script.

In: the plan and the tree of target and deliveries. Out: more files, none of which the target brings already.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from converter.model.plan import Plan
from converter.model.share import portion
from converter.model.tree import FileTree, TreeFile
from converter.repo import cluster, pulled, report, shares, tooling
from converter.repo.expressed import pulls
from converter.repo.page import page
from converter.repo.places import source_path

# Where the pipeline reads how thorough `gitopsify verify` is: without a script there is none to compare with, and one
# of which a part is in a cluster now leaves something else on its hosts.
LEVEL = ".gitopsify/verify-level"


def documents(plan: Plan, tree: FileTree, *, target: str, deliveries: Sequence[str], plan_text: str = "") -> FileTree:
    """All of them; `plan_text` is the plan as it is kept in `.gitopsify/plan.yaml`."""
    written = {file.path for file in tree.files}
    files = [
        file
        for file in tooling.files(written, deliveries, tree.store, scripted=plan.scripted)
        if file.path not in written
    ]
    if plan_text:
        files.append(TreeFile(path=".gitopsify/plan.yaml", text=plan_text))
    copies = {source_path(source.path): source.text for source in plan.sources}
    files += [TreeFile(path=path, text=text) for path, text in copies.items()]
    everything = msgspec.structs.replace(tree, files=(*tree.files, *files))
    files += _readmes(plan, everything, target, deliveries)
    if plan.scripted:
        account = _filled("MIGRATION.md.j2", **report.migration(plan, tree))
        files.append(TreeFile(path="MIGRATION.md", text=account))
        files.append(TreeFile(path="report.html", text=page(plan, tree, deliveries=deliveries, beside=True)))
    if "site.yml" in written and (tree.shares or not plan.scripted):
        files.append(TreeFile(path=LEVEL, text="apply\n"))
    return FileTree(files=tuple(sorted(files, key=lambda file: file.path)))


def _readmes(plan: Plan, tree: FileTree, target: str, deliveries: Sequence[str]) -> list[TreeFile]:
    """One for the repository; where several targets share it, one more for each."""
    if not tree.shares:
        return [TreeFile(path="README.md", text=_readme(plan, tree, target, deliveries, shared=False))]
    found = [TreeFile(path="README.md", text=_filled("README.shares.md.j2", **shares.readme(plan, tree)))]
    own = {file.path for share in tree.shares for file in share.tree.files}
    around = tuple(file for file in tree.files if file.path not in own)
    for share in tree.shares:
        mine = portion(plan, share.addresses)
        known = msgspec.structs.replace(share.tree, files=(*share.tree.files, *around))
        text = _readme(mine, known, share.target, share.deliveries, shared=True)
        found.append(TreeFile(path=shares.document(share), text=text))
    return found


def _readme(plan: Plan, tree: FileTree, target: str, deliveries: Sequence[str], *, shared: bool) -> str:
    data = report.readme(plan, tree, target=target, deliveries=deliveries, shared=shared)
    template = "README.md.j2"
    if target == "kubernetes":
        template, data = "README.cluster.md.j2", {**data, **cluster.readme(plan, tree, deliveries)}
    elif pulls(tree):
        template, data = "README.pull.md.j2", {**data, **pulled.readme(plan, tree, deliveries)}
    return _filled(template, **data)


def _filled(template: str, **data: Any) -> str:
    """The template with its data, which is Markdown already: what is the script's was escaped where that was known."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    environment = Environment(
        autoescape=select_autoescape(("html",)),
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    lines = environment.get_template(template).render(**data).rstrip().split("\n")
    return "\n".join(line for i, line in enumerate(lines) if line or (i and lines[i - 1])) + "\n"
