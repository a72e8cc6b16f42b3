"""Texts that the hosts of an environment have: what the script writes, what it sends, and what its project has."""

from __future__ import annotations

import posixpath
import re
from typing import Any

from converter.model.plan import Plan
from converter.model.resource import Resource
from converter.model.value import Literal, Value, Variable
from converter.render.delivery.environments import told
from converter.render.kubernetes.compose.reading import Marks
from converter.resources.file import File

_PROJECT = "${project_dir}"
_EXACT = 1000
_REFERENCE = re.compile(r"\$\{(\w+)\}")


class Documents:
    """What the script writes, sends and has in its project."""

    def __init__(self, plan: Plan, resources: list[Resource]) -> None:
        self._plan = plan
        self._documents = {each.path: each.text for each in plan.documents}
        self._secrets = {each.name for each in plan.exposed}
        self._written = {
            self.plain(each.spec.path): each.spec.content for each in resources if isinstance(each.spec, File)
        }
        self._sent = {
            self.plain(spec.dest): spec.src
            for each in resources
            if each.kind == "upload" and (spec := _any(each)) is not None
        }

    def plain(self, value: Value) -> str:
        """As the environment has it, with names for what it does not know."""
        known = {each.name: each.value for each in self._plan.every_variable if each.value is not None}
        found = []
        for part in value.parts:
            if isinstance(part, Variable) and part.name == "project_dir":
                found.append(_PROJECT)
                continue
            text = told(Value(part), self._plan)
            inner = known.get(part.name) if isinstance(part, Variable) and text is None else None
            found.append(text if text is not None else self.plain(inner) if inner is not None else Value(part).shell())
        return "".join(found)

    def text(self, path: Value, marks: Marks) -> tuple[str, str, bool] | None:
        """A file by its path on the machine that uses it: its text, what it is called, and whether it is only taken
        for that one because of its name."""
        own = self.plain(path)
        written = self._written.get(own)
        if written is not None:
            return marks.text(written), own, False
        sent = self._sent.get(own)
        wanted = self.plain(sent or path)
        found = self._document(wanted)
        if found is None:
            return None
        inside = sent is not None or wanted == f"{_PROJECT}/{found}"
        return self._documents[found], found, not inside

    def likeness(self, path: Value) -> int:
        """How many names at the end of the path are those of a file that is there, many where it is that file."""
        own = self.plain(path)
        if own in self._written or own in self._sent:
            return _EXACT
        found = self._document(own)
        if found is None:
            return 0
        return _EXACT if own == f"{_PROJECT}/{found}" else 1 + found.count("/")

    def _document(self, wanted: str) -> str | None:
        """The file of the project under that path; of one that stands elsewhere, the one with the longest path in
        common."""
        if wanted.startswith(f"{_PROJECT}/"):
            inside = posixpath.normpath(wanted.removeprefix(f"{_PROJECT}/"))
            return inside if inside in self._documents else None
        alike = [name for name in self._documents if wanted == name or wanted.endswith(f"/{name}")]
        if alike:
            return max(alike, key=len)
        same = [name for name in self._documents if posixpath.basename(name) == posixpath.basename(wanted)]
        return same[0] if len(same) == 1 else None

    def beside(self, read_files: list[str], source: str, marks: Marks) -> Value | None:
        """A text of the script's project that a compose file names, as it lies beside that file."""
        first = read_files[0] if read_files else ""
        path = posixpath.normpath(posixpath.join(posixpath.dirname(first), source))
        known = first in self._documents and path in self._documents
        return self.masked(self._documents[path], marks) if known else None

    def secret(self, name: str) -> bool:
        """Whether it stands for a secret that was written in a file."""
        return name in self._secrets

    def masked(self, text: str, marks: Marks) -> Value:
        """A text of a document, with a variable for each secret."""
        pieces = _REFERENCE.split(text)
        parts = [
            (Variable(piece) if self.secret(piece) else Literal(f"${{{piece}}}")) if index % 2 else Literal(piece)
            for index, piece in enumerate(pieces)
        ]
        return Value.join([marks.value(part.text) if isinstance(part, Literal) else Value(part) for part in parts])


def _any(resource: Resource) -> Any:
    return resource.spec if getattr(resource.spec, "direction", "") == "push" else None
