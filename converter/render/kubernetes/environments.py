"""What all applications of an environment share: its namespace, its secrets, and the versions that run there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from converter.model.resource import Resource
from converter.model.tree import Setting, TreeFile
from converter.render.kubernetes.app import App, Data, Image, Surroundings
from converter.render.kubernetes.images import UNSET
from converter.render.kubernetes.names import label
from converter.render.yaml import Item, document, listing, mapping

if TYPE_CHECKING:
    from converter.render.kubernetes.stores import Store

API = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
COMPONENT = {"apiVersion": "kustomize.config.k8s.io/v1alpha1", "kind": "Component"}


def environment(
    apps: Sequence[App],
    around: Surroundings,
    names: Mapping[str, str],
    store: Store,
    driven: tuple[Mapping[str, Sequence[Resource]], Mapping[str, tuple[Image, list[Resource]]]] = ({}, {}),
) -> tuple[list[TreeFile], list[Setting]]:
    """The files under `environments/NAME`; `names` are those that images have in the bases, by application. `driven`
    are the namespaces and the images of what the script itself applies to a cluster."""
    root = f"environments/{around.environment}"
    spaces, images = driven
    brought, listed, waiting = store.files(around, root)
    own = {"namespace": document(_namespace(apps, around))} if apps else {}
    own |= {
        ("namespace" if not own and not number else f"namespace-{label(name)}"): _space(name, resources)
        for number, (name, resources) in enumerate(spaces.items())
        if name != around.namespace or not apps
    }
    resources = [*(f"{stem}.yaml" for stem in own), *listed]
    entries: list[tuple[str, Any, Sequence[str]]] = [(key, value, ()) for key, value in API.items()]
    entries.append(("resources", resources, ()))
    entries += [("waiting", ..., ["To be named above once they are there, encrypted:"])] if waiting else []
    entries += [(name, ..., [f"  - {name}"]) for name in waiting]
    files = [
        TreeFile(
            path=f"{root}/kustomization.yaml",
            text=mapping(entries, [f"What all applications of {around.environment} share."]),
        ),
        *(TreeFile(path=f"{root}/{stem}.yaml", text=text) for stem, text in own.items()),
        *brought,
    ]
    if not apps and not images:
        return files, []
    versions, settings = _versions(apps, names, images, f"{root}/versions/kustomization.yaml")
    return [*files, versions], settings


def _space(name: str, resources: Sequence[Resource]) -> str:
    """A namespace of the script's own, of which nothing is said but that it is there."""
    data = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    lines = dict.fromkeys(span.lines() for each in resources for span in each.origin.spans)
    return document(data, [", ".join(lines) or "The script expects it to be there."])


def _namespace(apps: Sequence[App], around: Surroundings) -> Data:
    """https://kubernetes.io/docs/concepts/security/pod-security-standards/"""
    level = "privileged" if any(app.level == "privileged" for app in apps) else "baseline"
    labels = {"app.kubernetes.io/part-of": around.project, "pod-security.kubernetes.io/enforce": level}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": around.namespace, "labels": labels}}


def _versions(
    apps: Sequence[App],
    names: Mapping[str, str],
    images: Mapping[str, tuple[Image, list[Resource]]],
    path: str,
) -> tuple[TreeFile, list[Setting]]:
    """Each image once, also where several applications run it: they never run different versions of it."""
    found: dict[str, Item] = {}
    settings = []
    every = [(names[app.name], app.image, app.resources) for app in apps]
    for name, image, resources in (*every, *((name, *each) for name, each in images.items())):
        if name in found:
            continue
        said = [", ".join(dict.fromkeys(span.lines() for each in resources for span in each.origin.spans))]
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
    listed = listing(list(found.values())).removeprefix("---\n").replace("\n\n", "\n")
    return TreeFile(path=path, text=f"{head}images:\n{_indented(listed)}"), settings


def _indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.splitlines())
