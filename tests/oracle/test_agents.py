"""What Flux, Argo CD and External Secrets are told, held against the schemas that these projects publish."""

from __future__ import annotations

import copy
import json
from typing import Any

import yaml

from cases import CASES, Compared
from oracle import node

GROUPS = (
    *("argoproj.io/", "kustomize.toolkit.fluxcd.io/", "source.toolkit.fluxcd.io/", "helm.toolkit.fluxcd.io/"),
    "image.toolkit.fluxcd.io/",
    "external-secrets.io/",
)
# Templates of charts are no YAML.
APART = (".gitopsify", "charts")


def objects() -> list[dict[str, Any]]:
    """All of the golden repositories."""
    folders = [case.folder / "expected" / "kubernetes" for case in CASES if "kubernetes" in case.targets]
    found = [path for folder in folders for end in ("", ".example") for path in sorted(folder.rglob(f"*.yaml{end}"))]
    files = [path for path in found if not {*APART} & {*path.parts}]
    objects = [each for path in files for each in yaml.safe_load_all(path.read_text(encoding="utf-8"))]
    return [each for each in objects if isinstance(each, dict) and str(each.get("apiVersion", "")).startswith(GROUPS)]


def objections(given: list[dict[str, Any]]) -> list[str]:
    """What the schemas say against each."""
    found: list[str] = json.loads(node.run("schemas.mjs", str(node.PACKAGES), stdin=json.dumps(given)))
    return found


@node.needs("@kubernetes-models/flux-cd")
def test_their_schemas_accept_everything(compared: Compared) -> None:
    given = objects()
    assert {each["kind"] for each in given} == {
        "AppProject",
        "Application",
        "ApplicationSet",
        "ExternalSecret",
        "GitRepository",
        "HelmRelease",
        "HelmRepository",
        "ImagePolicy",
        "ImageRepository",
        "ImageUpdateAutomation",
        "Kustomization",
    }
    assert [said for said in objections(given) if said] == []
    compared(f"schemas of Flux, Argo CD and External Secrets: {len(given)} objects")


@node.needs("@kubernetes-models/flux-cd")
def test_their_schemas_object_to_what_is_wrong() -> None:
    """One wrong field in an object of each kind."""
    broken = []
    for kind in sorted({each["kind"] for each in objects()}):
        one = copy.deepcopy(next(each for each in objects() if each["kind"] == kind))
        field = "destinations" if kind == "AppProject" else next(iter(one["spec"]))
        one["spec"][field] = 7 if not isinstance(one["spec"][field], int) else "seven"
        broken.append(one)
    assert all(objections(broken))
