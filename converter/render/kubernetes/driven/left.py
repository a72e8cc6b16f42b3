"""Files that the script writes, edits or copies before a command reads them: as it leaves them, or why nobody knows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from converter.model.paths import program_of
from converter.model.resource import Resource
from converter.model.value import Literal, Value
from converter.render.kubernetes.driven.files import Files
from converter.render.kubernetes.driven.filled import Filling
from converter.render.kubernetes.driven.words import NotUnderstoodError
from converter.render.kubernetes.texts import UnknownTextError

_LOST = ("line", "text_block", "absent", "download", "upload", "archive")
_CHANGES = ("sed", "yq", "perl", "awk", "tee", "jq", "python", "python3", "ruby", "ed", "envsubst", "git")


class Left:
    """`changed` are the places of files with what changes them."""

    def __init__(self, files: Files, filling: Filling) -> None:
        self._files, self._filling = files, filling
        self.changed: dict[str, list[Resource]] = {}

    def change(self, each: Resource, spec: Any) -> bool:
        """A resource that is a file, or a part of one; it is for others to say what becomes of it."""
        path = getattr(spec, "dest", None) if each.kind in ("file_copy", "file_move") else getattr(spec, "path", None)
        if not isinstance(path, Value) or each.context.host is not None:
            return False
        try:
            text = self._text(each, path, spec)
        except (NotUnderstoodError, UnknownTextError) as problem:
            self._files.lose(each, path, problem.reason)
            text = None
        if text is not None:
            self._files.write(each, path, text)
            self.note(each, path)
        elif each.kind in _LOST:
            self._lose(each, path)
        return False

    def note(self, each: Resource, path: Value) -> None:
        """What a file comes from."""
        self.changed.setdefault(self._files.place(each, path), []).append(each)

    def unfollowed(self, each: Resource, stages: Sequence[Sequence[Value]]) -> None:
        """A command that may change a file in a way that nobody follows."""
        for stage in stages:
            if not stage or program_of(stage[0].text or "") not in _CHANGES or each.context.host is not None:
                continue
            for word in stage[1:]:
                if word.text and not word.text.startswith("-") and self._files.has(each, word):
                    self._lose(each, word)

    def _text(self, each: Resource, path: Value, spec: Any) -> str | None:
        if each.kind == "file" and spec.content is not None:
            return self._filling.marked(spec.content)
        if each.kind in ("file_copy", "file_move") and self._files.has(each, spec.src):
            before = self.changed.get(self._files.place(each, spec.src), [])
            self.changed.setdefault(self._files.place(each, path), []).extend(before)
            return self._files.now(each, spec.src)
        if each.kind == "replacement" and self._files.has(each, path):
            if spec.pattern.text is None or each.guard:
                raise NotUnderstoodError(f"by {each.origin.spans[0].lines()}")
            return re.sub(
                spec.pattern.text, self._new(spec.replacement), self._files.now(each, path), flags=re.MULTILINE
            )
        return None

    def _new(self, replacement: Value) -> str:
        """New text in the syntax of `re`; what variables hold stands for itself."""
        return "".join(
            part.text if isinstance(part, Literal) else self._filling.marked(Value(part)).replace("\\", "\\\\")
            for part in replacement.parts
        )

    def _lose(self, each: Resource, path: Value) -> None:
        self._files.lose(each, path, f"by {each.origin.spans[0].lines()}")
