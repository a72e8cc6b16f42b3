"""Releases of charts in the repository: files of values that environments share or have of their own, and the values of
the command line in a file that a promotion changes."""

from __future__ import annotations

import re
from collections.abc import Mapping

from converter.model.release import Release
from converter.model.tree import Setting, TreeFile
from converter.render.kubernetes.app import Data
from converter.render.kubernetes.driven.driving import Driving
from converter.render.kubernetes.driven.filled import MARK
from converter.render.kubernetes.driven.helm import Draft
from converter.render.kubernetes.driven.needed import Needed
from converter.render.kubernetes.driven.values import assignments, put, shown, typed
from converter.render.kubernetes.images import MOVING, UNSET
from converter.render.kubernetes.names import Unique, label
from converter.render.kubernetes.texts import Held
from converter.render.yaml import document

_VERSION = re.compile(r"(?i)(?:.*[._-])?(?:image)?tag|.*imagetag")


class ReleaseFolder:
    """What is written of one release; `drafts` are its forms by environment."""

    def __init__(self, name: str, drafts: Mapping[str, tuple[Driving, Draft]]) -> None:
        self.name, self._drafts = name, drafts
        self.files: list[TreeFile] = []
        self.settings: list[Setting] = []
        self.releases: list[Release] = []
        self._charts: dict[str, str] = {}
        named = {env: self._named(draft) for env, (_, draft) in drafts.items()}
        first = next(iter(named.values()))
        self._shared = {
            file: text for file, text in first.items() if all(own.get(file) == text for own in named.values())
        }
        for file, text in self._shared.items():
            self.files.append(TreeFile(path=f"apps/{name}/base/values/{file}", text=text))
        for env, (driving, draft) in drafts.items():
            self.releases.append(self._release(env, driving, draft, named[env]))
        self.files += [TreeFile(path=path, text=text) for path, text in self._charts.items()]

    def _named(self, draft: Draft) -> dict[str, str]:
        """Each file of values by a name of its own."""
        unique, found = Unique(), {}
        for file, text in draft.texts:
            found[unique.name(file.rpartition("/")[2])] = text
        return found

    def _release(self, env: str, driving: Driving, draft: Draft, named: Mapping[str, str]) -> Release:
        root = f"apps/{self.name}/overlays/{env}"
        paths, waits = [], []
        for file, text in named.items():
            path = f"apps/{self.name}/base/values/{file}" if file in self._shared else f"{root}/values/{file}"
            held = [piece for piece in driving.filling.pieces(text) if isinstance(piece, Held)]
            waits += [self._asked(each, path) for each in held]
            if file not in self._shared:
                self.files.append(TreeFile(path=path, text=driving.filling.shown(text)))
            paths.append(path)
        values, secrets, own = self._sets(env, driving, draft, f"{root}/values.yaml")
        if values:
            said = [
                f"{self._lines(draft)}: what the command line says. A promotion is a commit that changes it.",
                *own[1],
            ]
            self.files.append(TreeFile(path=f"{root}/values.yaml", text=document(values, said)))
            paths.append(f"{root}/values.yaml")
        chart = f"charts/{label(draft.folder)}" if draft.tree else ""
        self._charts |= {f"{chart}/{path}": text for path, text in draft.tree.items()}
        if not chart and not draft.version:
            why = f"the script takes the newest version of the chart {draft.chart} at each run"
            self.settings.append(
                Setting(name=f"version of {draft.chart}", purpose=why, where=f"release of `{self.name}`")
            )
        return Release(
            environment=env,
            name=self.name,
            release=draft.release,
            namespace=draft.namespace,
            chart=draft.chart,
            repository=draft.repository,
            version=draft.version or ("" if chart else UNSET),
            path=chart,
            values=tuple(paths),
            secrets=secrets,
            waits=tuple(dict.fromkeys((*waits, *own[0]))),
            atomic=draft.atomic,
            force=draft.force,
            timeout=draft.timeout,
            history=draft.history,
            addresses=tuple(dict.fromkeys(each.address for each in draft.resources)),
            lines=self._lines(draft),
        )

    def _sets(
        self, env: str, driving: Driving, draft: Draft, path: str
    ) -> tuple[Data, tuple[tuple[str, str, str], ...], tuple[list[str], list[str]]]:
        """The values of the command line: those for the file, those that a secret holds, and what is to be set."""
        values: Data = {}
        secrets: list[tuple[str, str, str]] = []
        waits: list[str] = []
        said: list[str] = []
        kept = Needed(f"{draft.release}-values", draft.namespace, resources=draft.resources)
        for how, text in draft.sets:
            for where, value in assignments(text, how):
                held = [piece for piece in driving.filling.pieces(value) if isinstance(piece, Held)]
                if any(each.secret for each in held):
                    key = label(shown(where))
                    kept.keys[key] = f"`{shown(where)}` of the chart: `{driving.filling.shown(value)}` in the script"
                    kept.variables[key] = next(each.name for each in held if each.secret)
                    secrets.append((kept.name, key, shown(where)))
                    continue
                version = _VERSION.fullmatch(str(where[-1])) is not None
                if not held and not (version and value in MOVING):
                    put(values, where, typed(value, how))
                    continue
                put(values, where, MARK.sub(UNSET, value) if held else UNSET)
                why = held[0].why if held else f"the script runs `{value}`, which is another image every now and then"
                said.append(f"To be set: {shown(where)}, since {why}.")
                self.settings.append(Setting(name=f"{shown(where)} of {self.name}", purpose=why, where=f"`{path}`"))
                if not version:
                    waits.append(shown(where))
        if kept.keys:
            driving.need(kept)
        return values, tuple(secrets), (waits, said)

    def _asked(self, held: Held, path: str) -> str:
        self.settings.append(Setting(name=held.name, purpose=held.why, where=f"`{path}`"))
        return held.name

    def _lines(self, draft: Draft) -> str:
        return ", ".join(dict.fromkeys(span.lines() for each in draft.resources for span in each.origin.spans))
