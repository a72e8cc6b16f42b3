"""The folders of an application: `base` for what all environments share, `overlays/NAME` for what one of them has of
its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from converter.model.tree import Setting, TreeFile
from converter.render.kubernetes.app import App, Data
from converter.render.kubernetes.differences import Patch, split
from converter.render.kubernetes.environments import API
from converter.render.kubernetes.objects import objects
from converter.render.yaml import document, mapping

Entry = tuple[str, Any, Sequence[str]]


class Folder:
    """What is written of one application; `apps` are its forms by environment, `claims` the claims that it brings."""

    def __init__(self, apps: Mapping[str, App], claims: Mapping[str, list[str]], image: str) -> None:
        self._apps, self.image = apps, image
        self._first = next(iter(apps.values()))
        self.name = self._first.name
        self.settings: list[Setting] = []
        for app in apps.values():
            app.container["image"] = image
        self._objects = {env: objects(app, claims[env]) for env, app in apps.items()}
        self._shared, self._patches = self._split()

    def files(self) -> list[TreeFile]:
        """The base, then an overlay for each environment."""
        root = f"apps/{self.name}"
        found = [
            TreeFile(path=f"{root}/base/{stem}.yaml", text=document(data, self._said(stem)))
            for stem, data in self._shared.items()
        ]
        found += [TreeFile(path=f"{root}/base/files/{name}", text=text) for name, text in self._same("files").items()]
        found.append(TreeFile(path=f"{root}/base/kustomization.yaml", text=self._base()))
        for env, app in self._apps.items():
            found += self._overlay(env, app)
        return found

    def _split(self) -> tuple[dict[str, Data], dict[str, dict[str, list[Patch]]]]:
        stems = dict.fromkeys(stem for each in self._objects.values() for stem in each)
        shared, patches = {}, {}
        for stem in stems:
            versions = {env: each[stem] for env, each in self._objects.items() if stem in each}
            if len(versions) == len(self._apps):
                shared[stem], patches[stem] = split(versions)
        return shared, patches

    def _said(self, stem: str) -> list[str]:
        more = {
            "deployment": [
                "The old one is gone before the new one starts, as with docker; RollingUpdate has both for a while."
            ],
            "claim": ["How much it needs is not in the script."],
        }
        return [*self._first.comments, *more.get(stem.partition("-")[0], ())]

    def _same(self, field: str) -> dict[str, str]:
        versions = [getattr(app, field) for app in self._apps.values()]
        return {key: text for key, text in versions[0].items() if all(each.get(key) == text for each in versions)}

    def _base(self) -> str:
        config = any(app.config or app.unset for app in self._apps.values())
        files = any(app.files for app in self._apps.values())
        labels = {"options": {"labels": self._first.labels}}
        generated = [{"name": f"{self.name}-config", **_literals(self._same("config")), **labels}] if config else []
        generated += [{"name": f"{self.name}-files", **_listed(self._same("files")), **labels}] if files else []
        entries: list[Entry] = [(key, value, ()) for key, value in API.items()]
        entries.append(("resources", [f"{stem}.yaml" for stem in self._shared], ()))
        entries += [("configMapGenerator", generated, ())] if generated else []
        return mapping(entries, [f"What {self.name} is in every environment."])

    def _overlay(self, env: str, app: App) -> list[TreeFile]:
        root = f"apps/{self.name}/overlays/{env}"
        own = {stem: data for stem, data in self._objects[env].items() if stem not in self._shared}
        found = [TreeFile(path=f"{root}/{stem}.yaml", text=document(data, app.comments)) for stem, data in own.items()]
        entries: list[Entry] = [(key, value, ()) for key, value in API.items()]
        entries.append(("namespace", app.around.namespace, ()))
        entries.append(("resources", ["../../base", *(f"{stem}.yaml" for stem in own)], ()))
        entries.append(("components", [f"../../../../environments/{env}/versions"], ()))
        generators, files = self._merged(env, app, root)
        entries += [("configMapGenerator", generators, self._unset_said(app))] if generators else []
        entries += [] if generators else [("unset", ..., said) for said in [self._unset_said(app)] if said]
        patches = [
            {
                "target": {"kind": self._shared[stem]["kind"], "name": self._shared[stem]["metadata"]["name"]},
                "patch": _patch(each[env]),
            }
            for stem, each in self._patches.items()
            if each[env]
        ]
        entries += [("patches", patches, ())] if patches else []
        self._settle(app, root)
        text = mapping(entries, [f"What is different in {env}."])
        return [*found, *files, TreeFile(path=f"{root}/kustomization.yaml", text=text)]

    def _merged(self, env: str, app: App, root: str) -> tuple[list[Data], list[TreeFile]]:
        shared_config, shared_files = self._same("config"), self._same("files")
        config = {key: text for key, text in app.config.items() if key not in shared_config}
        files = {name: text for name, text in app.files.items() if name not in shared_files}
        found = [{"name": f"{self.name}-config", "behavior": "merge", **_literals(config)}] if config else []
        found += [{"name": f"{self.name}-files", "behavior": "merge", **_listed(files)}] if files else []
        return found, [TreeFile(path=f"{root}/files/{name}", text=text) for name, text in files.items()]

    def _unset_said(self, app: App) -> list[str]:
        said = [
            f"{key} is to be added to {self.name}-config, with `behavior: merge`: {why}."
            for key, why in app.unset.items()
        ]
        return [*said, "Until then its pods do not start."] if said else []

    def _settle(self, app: App, root: str) -> None:
        where = f"`{root}/kustomization.yaml`"
        self.settings += [Setting(name=key, purpose=why, where=where) for key, why in app.unset.items()]


def _literals(config: Mapping[str, str]) -> Data:
    return {"literals": [f"{key}={_quoted(text)}" for key, text in config.items()]} if config else {}


def _quoted(text: str) -> str:
    """Kustomize takes quotes off that stand around a text: these get a further pair."""
    return f"{text[0]}{text}{text[0]}" if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" else text


def _listed(files: Iterable[str]) -> Data:
    listed = [f"files/{name}" for name in files]
    return {"files": listed} if listed else {}


def _patch(operations: list[Patch]) -> str:
    return document(operations).removeprefix("---\n")
