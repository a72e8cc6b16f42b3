"""Releases that a script makes of charts, with where these come from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from converter.model.resource import Resource
from converter.model.value import Value
from converter.render.kubernetes.driven import helm, kubectl
from converter.render.kubernetes.driven.words import NotUnderstoodError, Words
from converter.render.kubernetes.texts import Held

if TYPE_CHECKING:
    from converter.render.kubernetes.driven.driving import Driving


class Charts:
    """Those of one environment."""

    def __init__(self, driving: Driving) -> None:
        self._driving = driving
        self._repositories: dict[str, tuple[str, Resource]] = {}

    def take(self, each: Resource, argv: list[Value], stdin: Value | None) -> bool:
        """A release, or where charts come from."""
        repository = helm.added(argv)
        if repository is not None:
            self._repositories[repository[0]] = repository[1], each
            return False
        given = helm.read([word for word in argv if word.text != "<"])
        if given is None:
            return False
        return self._driving.guarded(each, lambda: self._release(each, given, stdin))

    def _release(self, each: Resource, given: Words, stdin: Value | None) -> bool:
        plain = self._driving.filling.texts.plain
        name, chart = plain(given.operands[0]), given.operands[1]
        if not re.fullmatch(r"[a-z0-9]([-a-z0-9.]{0,51}[a-z0-9])?", name):
            raise NotUnderstoodError(f"no release can be called `{name}`")
        namespace = given.last("namespace")
        space = plain(namespace) if namespace is not None else self._driving.namespace
        draft = helm.Draft(each.address, name, space, [each])
        helm.settings(draft, given)
        version = given.last("version")
        draft.version = plain(version) if version is not None else ""
        draft.tree, draft.folder = self._chart(each, chart)
        if not draft.tree:
            repo = given.last("repo")
            known = {key: address for key, (address, _) in self._repositories.items()}
            helm.source(draft, plain(chart), known, plain(repo) if repo is not None else "")
        for word in given.every("values"):
            for path in [Value.of(text) for text in word.text.split(",")] if word.text else [word]:
                draft.texts.append(self._values(each, path, stdin))
        for how in helm.SETS:
            draft.sets += [(how, self._set(each, how, word)) for word in given.every(how)]
        if draft.texts and any("[" in text.partition("=")[0] for _, text in draft.sets):
            raise NotUnderstoodError("`--set` changes an item of a list: write the whole list into a file of values")
        self._keep(each, draft, given)
        return True

    def _keep(self, each: Resource, draft: helm.Draft, given: Words) -> None:
        """The release in its place; one that is brought up again is the last one."""
        self._driving.releases = [
            one for one in self._driving.releases if (one.release, one.namespace) != (draft.release, draft.namespace)
        ]
        draft.after = self._driving.waited
        self._driving.releases.append(draft)
        self._driving.made[each.address] = each
        for address, brought in self._repositories.values():
            if address == draft.repository:
                self._driving.made[brought.address] = brought
                draft.resources.append(brought)
        if given.has("create-namespace"):
            self._driving.namespaces.setdefault(draft.namespace, []).append(each)
        if draft.wait:
            self._driving.pause(draft.key)

    def _chart(self, each: Resource, chart: Value) -> tuple[dict[str, str], str]:
        """A chart of the project, with the name of its folder."""
        try:
            files, root = self._driving.files.tree(each, chart)
        except NotUnderstoodError:
            return {}, ""
        own = {name: text for name, text in files.items() if root == "." or name.startswith(f"{root}/")}
        if "Chart.yaml" not in own:
            return {}, ""
        if any(self._driving.filling.shown(text) != text for text in own.values()):
            raise NotUnderstoodError(
                f"a secret is written in the chart `{chart.shell()}`: take it out, and give it a value"
            )
        named = re.search(r"(?m)^name:\s*[\"']?([\w.-]+)", own["Chart.yaml"])
        return own, named[1] if named else "chart"

    def _values(self, each: Resource, path: Value, stdin: Value | None) -> tuple[str, str]:
        if path.text in ("-", "/dev/stdin") and stdin is not None:
            text, name = self._driving.filling.marked(stdin), "values.yaml"
        elif "://" in path.shell():
            raise NotUnderstoodError(
                f"`{path.shell()}` may be another one at each run: put what is there beside the script"
            )
        else:
            text, name = self._driving.files.text(each, path), self._driving.files.name(each, path)
        if any(isinstance(piece, Held) and piece.secret for piece in self._driving.filling.pieces(text)):
            raise NotUnderstoodError(f"a secret is written in `{name}`: take it out, and give it with `--set`")
        return name, text

    def _set(self, each: Resource, how: str, word: Value) -> str:
        if how != "set-file":
            return self._driving.filling.marked(word)
        name, path = kubectl.halves(word)
        if path is None:
            raise NotUnderstoodError(f"`--set-file {word.shell()}` names no file")
        return f"{name}={self._driving.files.text(each, path)}"
