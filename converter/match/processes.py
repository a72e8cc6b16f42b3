"""Names for programs in the background, the same for what starts one and what stops it."""

from __future__ import annotations

import re

from converter.match.unsuited import UnsuitedError
from converter.model.value import Literal, Value

_INTERPRETERS = r"(?:python|node|java|ruby|php|perl|bash|sh|deno|bun|dotnet|npm|yarn|pnpm|npx|exec)[\d.]*"
_ENDINGS = re.compile(r"\.(?:jar|war|py|js|mjs|cjs|ts|sh|rb|php|pl|pid|log|dll)$")


def process_name(words: list[Value] | Value) -> Value:
    """`app` for `java -jar app.jar`, for the pattern `app.jar` and for the file `app.pid`."""
    given = words if isinstance(words, list) else [words]
    texts = [piece for word in given for piece in _pieces(word)]
    named = [text for text in texts if not text.startswith("-")]
    rest = [text for text in named if not re.fullmatch(_INTERPRETERS, text.rpartition("/")[2])]
    chosen = next((text for text in rest if _ENDINGS.search(text)), rest[0] if rest else named[0] if named else "")
    name = re.sub(r"[^\w.@-]+", "-", _ENDINGS.sub("", re.split(r"[/\\]", chosen.rstrip("/"))[-1].partition(":")[0]))
    name = re.sub(r"[-.]\d[\w.]*$", "", name).strip("-.[]")
    if not name:
        raise UnsuitedError(chosen)
    return Value.of(name)


def _pieces(word: Value) -> list[str]:
    known = word.text
    if known is not None:
        return known.split()
    return "".join(part.text if isinstance(part, Literal) else "" for part in word.parts).split()
