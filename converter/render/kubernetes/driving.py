"""Commands that drive a cluster from outside: what the agent does by itself now, and where a person writes the rest.

An agent applies what the repository says, waits for it and removes what is gone. What a command said imperatively, such
as a tag, becomes a field that a commit changes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from converter.model.paths import program_of
from converter.model.resource import Resource
from converter.model.value import Value

_PIPED = re.compile(r"\|\s*(?:kubectl|oc)\s+(?:[^|]*\s)?(apply|create|replace)\b[^|]*$")


@dataclass(frozen=True, slots=True)
class Said:
    """`done`: the agent does it by itself; else a person has to write it down."""

    reason: str
    done: bool = False


def driven(resource: Resource) -> Said | None:
    """What becomes of it; None where it does not drive a cluster."""
    return _said(resource.spec) if resource.kind == "command" and not resource.handler else None


def _said(spec: Any) -> Said | None:
    words = list(spec.argv)
    if not words:
        text = spec.source.shell()
        return _piped(text) if _PIPED.search(text) else None
    program = program_of(words[0].text or "")
    if program in ("kubectl", "oc"):
        return _kubectl(words[1:])
    if program == "helm":
        return _helm(words[1:])
    if program == "kustomize":
        return _kustomize(words[1:])
    return _cloud(program, words[1:])


def _piped(text: str) -> Said:
    if re.search(r"\bcreate\s+(?:secret|configmap|cm|namespace|ns)\b", text):
        return _created(text.split())
    filled = re.search(r"\b(sed|envsubst|jinja2|gomplate|yq)\b", text)
    how = f"what `{filled[1]}` fills in becomes `images`, `patches` or `replacements` of the overlay" if filled else ""
    return Said(f"{_APPLIED}{'; ' + how if how else ''}")


_APPLIED = (
    "put what it applies into `apps/NAME/base`, name it under `resources` of a `kustomization.yaml` there, and let"
    " `apps/NAME/overlays/ENVIRONMENT` include it: the agent applies it"
)
_VERSION = "the tag becomes a field that a commit changes: name it under `images` in the overlay's `kustomization.yaml`"
_BACK = "to go back is to revert a commit"
_PRUNED = "the agent removes what is no longer in the repository"
_CLUSTER = "it says which cluster is meant: the agent runs in it, and is set up there once by hand"


def _operands(words: Sequence[Value]) -> list[str]:
    """The words that are no options; an option's own word may be among them."""
    return [word.shell() for word in words if not (word.text or "").startswith("-")]


def _option(words: Sequence[Value], *names: str) -> list[str]:
    found = []
    for number, word in enumerate(words):
        text = word.shell()
        if text in names and number + 1 < len(words):
            found.append(words[number + 1].shell())
        elif text.partition("=")[0] in names and "=" in text:
            found.append(text.partition("=")[2])
    return found


def _kubectl(words: Sequence[Value]) -> Said | None:
    verb, rest = _verb(words)
    make = _KUBECTL.get(verb)
    return make(rest) if make is not None else None


def _verb(words: Sequence[Value]) -> tuple[str, list[Value]]:
    """The first word that is known as one; what stands before it are options, with their values."""
    for number, word in enumerate(words):
        if word.text in _KUBECTL:
            return word.text or "", list(words[number + 1 :])
    return "", list(words)


def _set(words: Sequence[Value]) -> Said:
    operands = _operands(words)
    if operands[:1] == ["image"]:
        images = [word.partition("=")[2] for word in operands if "=" in word]
        shown = f" ({', '.join(f'`{image}`' for image in images)})" if images else ""
        return Said(f"{_VERSION}{shown}")
    if operands[:1] == ["env"]:
        return Said("variables stand in a `configMapGenerator` of the application, or in its secrets")
    return Said("write it into the manifest of the object, or as a patch of the overlay")


def _rollout(words: Sequence[Value]) -> Said:
    operands = _operands(words)
    if operands[:1] in (["status"], ["history"]):
        return Said("the agent waits until what it applies is ready, and says where it is not", done=True)
    if operands[:1] == ["undo"]:
        return Said(_BACK)
    return Said("nothing is started anew that has not changed: give each build a tag of its own, and commit that")


def _created(words: Sequence[str]) -> Said:
    if "secret" in words:
        return Said(
            "its value belongs to the store of secrets, encrypted or elsewhere (`--secrets`), never into a manifest"
        )
    if "configmap" in words or "cm" in words:
        return Said("a `configMapGenerator` of the application makes it, with a name that changes with its content")
    if "namespace" in words or "ns" in words:
        return Said("put a Namespace beside what is in it; the agent makes it before all else")
    return Said(_APPLIED)


def _scale(words: Sequence[Value]) -> Said:
    wanted = _option(words, "--replicas")
    shown = f"`replicas: {wanted[0]}`" if wanted else "`replicas`"
    return Said(f"{shown} stands in the manifest, or under `replicas` of the overlay where environments differ")


def _config(words: Sequence[Value]) -> Said:
    operands = _operands(words)
    name = f" (`{operands[1]}`)" if operands[:1] == ["use-context"] and len(operands) > 1 else ""
    return Said(f"{_CLUSTER}{name}", done=True)


_KUBECTL: dict[str, Callable[[Sequence[Value]], Said]] = {
    "apply": lambda words: Said(_sourced(_APPLIED, _option(words, "-f", "--filename", "-k", "--kustomize"))),
    "annotate": lambda _: Said("write it into the manifest of the object, or as a patch of the overlay"),
    "autoscale": lambda _: Said("a HorizontalPodAutoscaler says it: put one into `apps/NAME/base`"),
    "config": _config,
    "create": lambda words: _created(_operands(words)),
    "delete": lambda _: Said(_PRUNED),
    "exec": lambda _: Said("a command in a pod that runs is none of its state: make it a Job if its effect is to last"),
    "label": lambda _: Said("write it into the manifest of the object, or as a patch of the overlay"),
    "login": lambda _: Said(_CLUSTER, done=True),
    "patch": lambda _: Said("write it into the manifest of the object, or as a patch of the overlay"),
    "replace": lambda words: Said(_sourced(_APPLIED, _option(words, "-f", "--filename"))),
    "rollout": _rollout,
    "run": lambda _: Said("make it a Job in `apps/NAME/base`, if it is part of the deployment"),
    "scale": _scale,
    "set": _set,
    "wait": lambda _: Said("the agent waits until what it applies is ready, and says where it is not", done=True),
}


def _sourced(reason: str, files: Sequence[str]) -> str:
    return reason.replace("what it applies", f"`{'`, `'.join(files)}`", 1) if files else reason


def _helm(words: Sequence[Value]) -> Said | None:
    operands = _operands(words)
    verb = operands[0] if operands else ""
    if verb == "repo":
        address = next((word for word in operands if "://" in word), "")
        if operands[1:2] == ["add"] and address:
            return Said(f"a HelmRepository of Flux, or the source of an Application of Argo CD, names `{address}`")
        return Said("the agent looks for new charts by itself", done=True)
    if verb in ("upgrade", "install"):
        return Said(_release(words, operands))
    if verb == "rollback":
        return Said(_BACK)
    if verb in ("uninstall", "delete"):
        return Said(_PRUNED)
    return None


def _release(words: Sequence[Value], operands: Sequence[str]) -> str:
    told = [
        f"{name} `{'`, `'.join(found)}`"
        for name, found in (
            ("version", _option(words, "--version")),
            ("namespace", _option(words, "-n", "--namespace")),
            ("values of", _option(words, "-f", "--values")),
            ("values", _option(words, "--set", "--set-string")),
        )
        if found
    ]
    name = f"`{operands[1]}`" if len(operands) > 1 else "the release"
    shown = f" ({'; '.join(told)})" if told else ""
    return (
        f"a HelmRelease of Flux, or an Application of Argo CD with a Helm source, stands for {name}{shown}: write it"
        " into `apps/NAME/base`, with its values in a file of each overlay"
    )


def _kustomize(words: Sequence[Value]) -> Said | None:
    operands = _operands(words)
    if operands[:3] == ["edit", "set", "image"]:
        return Said(_VERSION)
    return Said("write it into the `kustomization.yaml` of the overlay") if operands[:1] == ["edit"] else None


def _cloud(program: str, words: Sequence[Value]) -> Said | None:
    """The credentials of a cluster: `gcloud container clusters get-credentials`, `aws eks update-kubeconfig`."""
    operands = _operands(words)
    if program in ("gcloud", "az") and "get-credentials" in operands:
        after = (
            operands[operands.index("get-credentials") + 1 :] if program == "gcloud" else _option(words, "-n", "--name")
        )
    elif program == "aws" and operands[:2] == ["eks", "update-kubeconfig"]:
        after = _option(words, "--name")
    elif program == "doctl" and operands[:4] == ["kubernetes", "cluster", "kubeconfig", "save"]:
        after = operands[4:]
    else:
        return None
    return Said(f"{_CLUSTER}{f' (`{after[0]}`)' if after else ''}", done=True)
