"""Image automation of Flux, as an option that a person takes up: it looks for new tags and proposes them on a branch.

In: the versions of the first environment. Out: `clusters/ENVIRONMENT/images.yaml.example`, which nothing applies.
"""

from __future__ import annotations

from typing import Any

import yaml

from converter.model.tree import FileTree, TreeFile
from converter.render.kubernetes.images import UNSET
from converter.render.kubernetes.names import label
from converter.render.yaml import document

_API = "image.toolkit.fluxcd.io/v1"
# A hash of a commit says nothing of which is newer: https://fluxcd.io/flux/guides/sortable-image-tags/
_ORDER = {
    "filterTags": {"pattern": "^.+-[a-f0-9]+-(?P<time>[0-9]+)$", "extract": "$time"},
    "policy": {"numerical": {"order": "asc"}},
}


def image_automation(tree: FileTree, project: str, system: str, environment: str) -> list[TreeFile]:
    """Nothing where every version is written down in the script."""
    place = f"environments/{environment}/versions"
    images = [each["name"] for each in _images(tree, place) if each.get("newTag") == UNSET != each["name"]]
    if not images:
        return []
    names = {image: label(f"{project}-{image.rpartition('/')[2]}") for image in images}
    marks = [f'  - {image}: # {{"$imagepolicy": "{system}:{name}:tag"}}' for image, name in names.items()]
    said = [
        "Flux looks for new tags of these images, and proposes them on the branch `flux-images`. To take it up:",
        "  1. flux install --components-extra=image-reflector-controller,image-automation-controller",
        f"  2. Let the key in `{project}-git` push.",
        f"  3. Put behind the `newTag` of each in `{place}/kustomization.yaml` its mark:",
        *marks,
        "  4. Name this file `images.yaml`, and name that in the `kustomization.yaml` beside it.",
        "Tags need an order, such as `main-3f2a1b0-1733000000` with the time of the build at its end.",
    ]
    objects = [each for image, name in names.items() for each in _of_image(image, name, system)]
    objects.append(_update(project, system, place))
    text = document(objects[0], said) + "".join(document(each) for each in objects[1:])
    return [TreeFile(path=f"clusters/{environment}/images.yaml.example", text=text)]


def _images(tree: FileTree, place: str) -> list[dict[str, Any]]:
    file = next((each for each in tree.files if each.path == f"{place}/kustomization.yaml"), None)
    return (yaml.safe_load(file.text) or {}).get("images") or [] if file is not None else []


def _of_image(image: str, name: str, system: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """https://fluxcd.io/flux/components/image/"""
    metadata = {"name": name, "namespace": system}
    repository = {"image": image, "interval": "5m0s"}
    policy = {"imageRepositoryRef": {"name": name}, **_ORDER}
    return (
        {"apiVersion": _API, "kind": "ImageRepository", "metadata": metadata, "spec": repository},
        {"apiVersion": _API, "kind": "ImagePolicy", "metadata": metadata, "spec": policy},
    )


def _update(project: str, system: str, place: str) -> dict[str, Any]:
    author = {"name": "Flux", "email": "flux@users.noreply.invalid"}
    spec = {
        "interval": "10m0s",
        "sourceRef": {"kind": "GitRepository", "name": project},
        "git": {
            "checkout": {"ref": {"branch": "main"}},
            "commit": {"author": author, "messageTemplate": f"New images of {project}"},
            "push": {"branch": "flux-images"},
        },
        "update": {"path": f"./{place}", "strategy": "Setters"},
    }
    metadata = {"name": project, "namespace": system}
    return {"apiVersion": _API, "kind": "ImageUpdateAutomation", "metadata": metadata, "spec": spec}
