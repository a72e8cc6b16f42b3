"""What all applications of an environment share: its namespace, its secrets, and the versions that run there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from converter.model.tree import Setting, TreeFile
from converter.render.kubernetes.app import App, Data, Surroundings
from converter.render.kubernetes.images import UNSET
from converter.render.kubernetes.stores import Store
from converter.render.yaml import Item, document, listing, mapping

API = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
COMPONENT = {"apiVersion": "kustomize.config.k8s.io/v1alpha1", "kind": "Component"}


def environment(
    apps: Sequence[App], around: Surroundings, names: Mapping[str, str], store: Store
) -> tuple[list[TreeFile], list[Setting]]:
    """The files under `environments/NAME`; `names` are those that images have in the bases, by application."""
    root = f"environments/{around.environment}"
    brought, listed, waiting = store.files(around, root)
    resources = ["namespace.yaml", *listed]
    entries: list[tuple[str, Any, Sequence[str]]] = [(key, value, ()) for key, value in API.items()]
    entries.append(("resources", resources, ()))
    entries += [("waiting", ..., ["To be named above once they are there, encrypted:"])] if waiting else []
    entries += [(name, ..., [f"  - {name}"]) for name in waiting]
    files = [
        TreeFile(
            path=f"{root}/kustomization.yaml",
            text=mapping(entries, [f"What all applications of {around.environment} share."]),
        ),
        TreeFile(path=f"{root}/namespace.yaml", text=document(_namespace(apps, around))),
        *brought,
    ]
    versions, settings = _versions(apps, names, f"{root}/versions/kustomization.yaml")
    return [*files, versions], settings


def _namespace(apps: Sequence[App], around: Surroundings) -> Data:
    """https://kubernetes.io/docs/concepts/security/pod-security-standards/"""
    level = "privileged" if any(app.level == "privileged" for app in apps) else "baseline"
    labels = {"app.kubernetes.io/part-of": around.project, "pod-security.kubernetes.io/enforce": level}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": around.namespace, "labels": labels}}


def _versions(apps: Sequence[App], names: Mapping[str, str], path: str) -> tuple[TreeFile, list[Setting]]:
    """Each image once, also where several applications run it: they never run different versions of it."""
    found: dict[str, Item] = {}
    settings = []
    for app in apps:
        image, name = app.image, names[app.name]
        if name in found:
            continue
        said = [", ".join(dict.fromkeys(span.lines() for each in app.resources for span in each.origin.spans))]
        if image.why:
            said.append(f"To be set: {image.why}.")
            settings.append(Setting(name=f"tag of {image.name}", purpose=image.why, where=f"`{path}`"))
        renamed = {"newName": image.name} if image.name != name else {}
        version = {"digest": image.digest} if image.digest else {"newTag": image.tag or UNSET}
        found[name] = Item({"name": name, **renamed, **version}, said)
    head = mapping(
        [(key, value, ()) for key, value in COMPONENT.items()],
        ["The versions that run here. A promotion copies this file to the next environment."],
    )
    images = listing(list(found.values())).removeprefix("---\n").replace("\n\n", "\n")
    return TreeFile(path=path, text=f"{head}images:\n{_indented(images)}"), settings


def _indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.splitlines())
