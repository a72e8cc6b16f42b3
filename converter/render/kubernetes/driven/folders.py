"""The folders of an application whose manifests the script applies: `base` has what all environments share, as the
author wrote it, `overlays/NAME` what one of them has of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from converter.model.resource import Resource
from converter.model.tree import Setting, TreeFile
from converter.render.kubernetes.app import Data
from converter.render.kubernetes.differences import Patch, split
from converter.render.kubernetes.driven.forms import File, Form
from converter.render.kubernetes.environments import API
from converter.render.kubernetes.images import UNSET
from converter.render.yaml import document, mapping

Entry = tuple[str, Any, Sequence[str]]


class SetFolder:
    """What is written of one application; `versions` are the images that stand in the versions of the environment."""

    def __init__(self, name: str, forms: Mapping[str, Form], versions: Mapping[str, frozenset[str]]) -> None:
        self.name, self._forms, self._versions = name, forms, versions
        self.settings: list[Setting] = []
        self._shared, self._patches = self._split()
        self._tree = {path: text for form in forms.values() for path, text in form.group.tree.items()}

    def files(self) -> list[TreeFile]:
        """The base, then an overlay for each environment."""
        root = f"apps/{self.name}"
        found = [
            TreeFile(path=f"{root}/base/manifests/{name}", text=_text(file)) for name, file in self._shared.items()
        ]
        found += [TreeFile(path=f"{root}/base/manifests/{name}", text=text) for name, text in self._tree.items()]
        maps = self._maps()
        found += [
            TreeFile(path=f"{root}/base/files/{name}", text=text)
            for each in maps.values()
            for name, text in each.files.items()
        ]
        base = bool(self._shared or maps)
        if base:
            entries = [*_head(), ("resources", [f"manifests/{name}" for name in self._shared], _origins(self._shared))]
            entries += [("configMapGenerator", [each.entry for each in maps.values()], _lines(maps))] if maps else []
            text = mapping(
                [each for each in entries if each[1] or each[0] != "resources"],
                [f"What {self.name} is in every environment, as the script applies it."],
            )
            found.append(TreeFile(path=f"{root}/base/kustomization.yaml", text=text))
        for env, form in self._forms.items():
            found += self._overlay(env, form, base)
        return found

    def _split(self) -> tuple[dict[str, File], dict[str, list[Data]]]:
        shared: dict[str, File] = {}
        patches: dict[str, list[Data]] = {env: [] for env in self._forms}
        first = next(iter(self._forms.values()))
        for name, file in first.files.items():
            versions = {env: form.files[name] for env, form in self._forms.items() if name in form.files}
            found = _shared(versions) if len(versions) == len(self._forms) else None
            if found is not None:
                shared[name] = file
                for env, operations in found.items():
                    patches[env] += operations
        return shared, patches

    def _maps(self) -> dict[str, Any]:
        """Those that are the same everywhere."""
        versions = [form.maps for form in self._forms.values()]
        return {
            name: each
            for name, each in versions[0].items()
            if all(
                name in other and (other[name].entry, other[name].files) == (each.entry, each.files)
                for other in versions
            )
        }

    def _overlay(self, env: str, form: Form, base: bool) -> list[TreeFile]:
        root = f"apps/{self.name}/overlays/{env}"
        own = {name: file for name, file in form.files.items() if name not in self._shared}
        found = [TreeFile(path=f"{root}/manifests/{name}", text=_text(file)) for name, file in own.items()]
        maps = {name: each for name, each in form.maps.items() if name not in self._maps()}
        found += [
            TreeFile(path=f"{root}/files/{name}", text=text)
            for each in maps.values()
            for name, text in each.files.items()
        ]
        listed = [*(["../../base"] if base else []), *(f"manifests/{name}" for name in own)]
        listed += [f"../../base/manifests/{form.group.root}".removesuffix("/.")] if form.group.tree else []
        waiting = list(self._waiting(root, form))
        found += [file for file, _ in waiting]
        if not listed and not maps:
            return found
        entries = [*_head(), *self._namespace(form), ("resources", listed, _origins(own))]
        entries += [(name, ..., said) for name, said in _named(said for _, said in waiting)]
        entries += self._fields(env, form)
        entries += [("configMapGenerator", [each.entry for each in maps.values()], _lines(maps))] if maps else []
        entries += [("patches", self._patches[env], ())] if self._patches[env] else []
        said = [f"What is different in {env}.", *_told(form.group.resources())]
        text = mapping([each for each in entries if each[1] or each[0] != "resources"], said)
        return [*found, TreeFile(path=f"{root}/kustomization.yaml", text=text)]

    def _namespace(self, form: Form) -> Iterator[Entry]:
        if form.group.settled:
            return
        if form.alone:
            yield "namespace", form.namespace, ()
            return
        data = {
            "apiVersion": "builtin",
            "kind": "NamespaceTransformer",
            "metadata": {"name": "namespace", "namespace": form.namespace},
            "unsetOnly": True,
        }
        said = ["As kubectl has it: what names a namespace itself stays there."]
        yield "transformers", [document(data).removeprefix("---\n")], said

    def _fields(self, env: str, form: Form) -> Iterator[Entry]:
        """What the script changed from outside: versions, and how many there are."""
        if any(name in self._versions[env] for name in form.images):
            yield "components", [f"../../../../environments/{env}/versions"], ()
        own = {name: each for name, each in form.images.items() if name not in self._versions[env]}
        if own:
            entries, said = [], []
            for name, (image, resources) in own.items():
                renamed = {"newName": image.name} if image.name != name else {}
                version = {"digest": image.digest} if image.digest else {"newTag": image.tag or UNSET}
                entries.append({"name": name, **renamed, **version})
                said += _told(resources)
                if image.why:
                    said.append(f"To be set: {image.why}.")
                    where = f"`apps/{self.name}/overlays/{env}/kustomization.yaml`"
                    self.settings.append(Setting(name=f"tag of {image.name}", purpose=image.why, where=where))
            yield "images", entries, said
        if form.replicas:
            counts = [{"name": name, "count": count} for name, (count, _) in form.replicas.items()]
            yield "replicas", counts, _told(each for _, found in form.replicas.values() for each in found)

    def _waiting(self, root: str, form: Form) -> Iterator[tuple[TreeFile, str]]:
        """Manifests with a value that nobody knows yet: nothing lists them until somebody has put it in."""
        for name, (file, held) in form.waiting.items():
            path = f"{root}/manifests/{name}"
            path = path if name not in form.files or name in self._shared else f"{root}/manifests/unset-{name}"
            known = [each for each in held if not each.secret]
            asked = [f"put in `${{{each.name}}}`" for each in known]
            asked += [f"take the secret `{each.name}` out" for each in held if each.secret]
            self.settings += [Setting(name=each.name, purpose=each.why, where=f"`{path}`") for each in known]
            yield TreeFile(path=path, text=_text(file)), f"  - {path.removeprefix(f'{root}/')} ({', '.join(asked)})"


def _head() -> list[Entry]:
    return [(key, value, ()) for key, value in API.items()]


def _named(waiting: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    lines = list(waiting)
    if lines:
        yield "waiting", ["To be named above once what they lack is put in:", *lines]


def _text(file: File) -> str:
    objects, _ = file
    if len(objects) == 1 and objects[0].text.lstrip().startswith("{"):
        return objects[0].text
    return "".join(f"---\n{each.text}" for each in objects)


def _shared(versions: Mapping[str, File]) -> dict[str, list[Data]] | None:
    """What makes the file of the first environment that of each; None where no patch does."""
    texts = {env: [each.text for each in objects] for env, (objects, _) in versions.items()}
    if len({tuple(each) for each in texts.values()}) == 1:
        return {}
    first = next(iter(versions.values()))[0]
    names = {
        env: [(each.kind, each.name, each.namespace) for each in objects] for env, (objects, _) in versions.items()
    }
    if any(each != names[next(iter(names))] for each in names.values()):
        return None
    found: dict[str, list[Data]] = {env: [] for env in versions}
    for place, each in enumerate(first):
        same, patches = split({env: objects[place].data for env, (objects, _) in versions.items()})
        if same != each.data:
            return None
        for env, operations in patches.items():
            found[env] += [_patch(each.kind, each.name, operations)] if operations else []
    return found


def _patch(kind: str, name: str, operations: list[Patch]) -> Data:
    return {"target": {"kind": kind, "name": name}, "patch": document(operations).removeprefix("---\n")}


def _told(resources: Iterable[Resource]) -> list[str]:
    lines = list(dict.fromkeys(span.lines() for each in resources for span in each.origin.spans))
    return [", ".join(lines)] if lines else []


def _origins(files: Mapping[str, File]) -> list[str]:
    return [f"{', '.join(_told(resources))}: {name}" for name, (_, resources) in files.items()]


def _lines(maps: Mapping[str, Any]) -> list[str]:
    return _told(one for each in maps.values() for one in each.resources)
