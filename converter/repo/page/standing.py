"""A repository as it stands: which pipelines it has, and its files as people have left them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from converter.model.tree import FileTree, TreeFile

_DELIVERIES = {
    "github-actions": ".github/workflows/check.yml",
    "gitlab-ci": ".gitlab-ci.yml",
    "flux": "clusters/*/source.yaml",
    "argocd": "argocd/project.yaml",
    "ansible-pull": "pull.yml",
}


def deliveries(directory: Path) -> tuple[str, ...]:
    """What is there to deliver the manifests."""
    return tuple(name for name, path in _DELIVERIES.items() if any(directory.glob(path)))


def as_it_is(trees: Sequence[FileTree], directory: Path) -> tuple[FileTree, frozenset[str]]:
    """Of the trees that its plan may give, the one that is nearest to what is there, with the files that are there;
    and the paths of those that somebody has edited."""
    found = [(tree, *_read(tree, directory)) for tree in trees]
    # Where several targets share a repository, all that one of them has is there too.
    tree, files, edited = min(found, key=lambda each: (len(each[0].files) - len(each[1]), len(each[2]), -len(each[1])))
    return msgspec.structs.replace(tree, files=files), edited


def _read(tree: FileTree, directory: Path) -> tuple[tuple[TreeFile, ...], frozenset[str]]:
    root = directory.resolve()
    files, edited = [], set()
    for file in tree.files:
        place = (directory / file.path).resolve()
        # A link that leads out of the repository is nobody's manifest.
        if place.is_file() and place.is_relative_to(root):
            text = place.read_text(encoding="utf-8", errors="replace")
            files.append(msgspec.structs.replace(file, text=text))
            edited |= {file.path} if text != file.text else set()
    return tuple(files), frozenset(edited)
