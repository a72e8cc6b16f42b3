"""Every secret of a text: assignments to names that tell, what commands are given, shapes of tokens."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

import msgspec

from converter.plan.detection.commands import OPERANDS, OPTIONS, STRETCHES, TEXTS
from converter.plan.detection.names import literal, path, telling
from converter.plan.detection.tokens import TOKENS
from converter.plan.detection.words import VARIABLE, word

_ASSIGNED = re.compile(
    rf"(?P<name>[A-Za-z_][\w.\-]*)[\"'\]]{{0,2}}(?P<sign>[ \t]*:[ \t]+|[ \t]*(?:=>|:=|\+?=)[ \t]*|:(?=[\"'])){word()}"
)
_ASSIGNS = re.compile(r"pass|pwd|pw|psw|secret|token|key|credential|webhook|salt|_auth", re.IGNORECASE)
# The beginning of a command of sed whose new text holds an assignment: the delimiter ends the value.
_SUBSTITUTED = re.compile(r"\bs([/|#,@~!%])(?=[^\n]*$)")
# Values for a chart of helm, which commas part.
_SET = re.compile(r"--set(?:-string)?(?:=|[ \t]+)['\"]?[^\s'\"]*$")
_LEAD = 24


class Found(msgspec.Struct, frozen=True):
    """A secret in a text: a name for it, the value as written, what the shell makes of it, where it starts, and what
    stands before it in its line, with the line feed where that is near."""

    name: str
    raw: str
    value: str
    start: int
    telling: bool = False
    before: str = ""


_PATTERNS = tuple(
    (name, tuple(hints.split()), pattern) for name, hints, pattern in (*OPTIONS, *OPERANDS, *TEXTS, *TOKENS)
)
_STRETCHES = tuple((name, tuple(hints.split()), outer, inner) for name, hints, outer, inner in STRETCHES)
_FLAG_VARIABLES = tuple(
    (tuple(hints.split()), pattern.replace(word(), VARIABLE)) for name, hints, pattern in OPTIONS if name != "{}"
)
# Compiled when a text first has a hint of them: a script needs few, and all would take as long as its parsing.
_compiled = cache(re.compile)


def scan(text: str, language: str = "shell") -> Iterator[Found]:
    """Every secret in a text, those with the author's own name first."""
    if _ASSIGNS.search(text):
        yield from _assigned(text, language)
    for name, hints, pattern in _PATTERNS:
        if any(hint in text for hint in hints):
            yield from _matches(text, name, _compiled(pattern).finditer(text))
    for name, hints, outer, inner in _STRETCHES:
        if any(hint in text for hint in hints):
            for stretch in _compiled(outer).finditer(text):
                named = stretch.groupdict().get("name") or name
                span = stretch.span("within" if "within" in stretch.groupdict() else 0)
                yield from _matches(text, named, _compiled(inner).finditer(text, *span))


def flagged(text: str) -> set[str]:
    """The variables that the text gives to a password flag of a known command: `mysql -p$DB`, `sshpass -p "$X"`."""
    found = (pattern for hints, pattern in _FLAG_VARIABLES if any(hint in text for hint in hints))
    return {match["name"] for pattern in found for match in _compiled(pattern).finditer(text)}


def _matches(text: str, name: str, matches: Iterable[re.Match[str]]) -> Iterator[Found]:
    for match in matches:
        yield from _found(text, match, name)


def _assigned(text: str, language: str) -> Iterator[Found]:
    position = 0
    while match := _ASSIGNED.search(text, position):
        position = match.end("name") + 1
        if not telling(match["name"].rpartition(".")[2].lstrip("-")) or _closes(text, match):
            continue
        bare = match["vb"]
        if bare is not None and (
            _is_code(bare, match["sign"], data=language == "yaml")
            or (language == "python" and "=" in match["sign"] and " " in match["sign"])
        ):
            continue
        cut = _SUBSTITUTED.search(text, text.rfind("\n", 0, match.start()) + 1, match.start())
        for found in _found(text, match, match["name"].rpartition(".")[2].lstrip("-").replace("-", "_")):
            raw, value = found.raw, found.value
            if cut is not None and bare is not None:
                raw, value = raw.split(cut[1])[0], value.split(cut[1])[0]
            if bare is not None and _SET.search(text, 0, match.start()):
                raw, value = (re.split(r"(?<!\\),", one)[0] for one in (raw, value))
            if literal(value):
                yield msgspec.structs.replace(found, raw=raw, value=value, telling=True)


def _closes(text: str, match: re.Match[str]) -> bool:
    """Whether the quote behind the sign ends a word that began before: `grep "^PASSWORD=" .env`."""
    if match["vd"] is None:
        return False
    before = text[text.rfind("\n", 0, match.start()) + 1 : match.start("vd") - 1]
    return len(re.findall(r'(?<!\\)"', before)) % 2 == 1


def _is_code(bare: str, sign: str, *, data: bool = False) -> bool:
    """Whether a bare word is no text of its own; in a file of data it always is one, but for what says yes or no."""
    if re.search(r"[(){}\[\]<>`$]|^=|^[*~][\w/.]*$|^[\w./-]*\*$|\*\.", bare) or path(bare):
        return True
    if data:
        return re.fullmatch(r"(?i)true|false|yes|no|on|off|null|~|\d{1,5}", bare) is not None
    weak = not (len(bare) >= 6 and re.search(r"\d|[^\w.,-]", bare) and re.search(r"[A-Za-z]", bare))
    if weak and (":" in sign or " " in sign):
        return True
    return bool(re.fullmatch(r"\w+(?:\.\w+)+", bare)) and not re.search(r"\d", bare)


def _found(text: str, match: re.Match[str], name: str) -> Iterator[Found]:
    groups = match.groupdict()
    label = next((key for key in ("vs", "vd", "vb") if groups.get(key)), None)
    if label is None:
        return
    raw = groups[label] or ""
    if label == "vd" and re.search(r"(?<!\\)[$`]", raw):
        return
    if name == "{}" and not telling((groups["name"] or "").lstrip("-").replace("-", "_")):
        return
    value = raw if label == "vs" else re.sub(r"\\([\"$`\\])" if label == "vd" else r"\\(.)", r"\1", raw)
    if label == "vb":
        raw, value = raw.rstrip(","), value.rstrip(",")
    if literal(value, quoted=label != "vb"):
        start = match.start(label)
        before = text[max(text.rfind("\n", 0, start), start - _LEAD, 0) : start]
        yield Found(_name(name, groups), raw, value, start, before=before)


def _name(name: str, groups: dict[str, str | None]) -> str:
    given = groups.get("name") or ""
    if name in ("{}", "{any}"):
        return re.sub(r"\W+", "_", given.strip("-")).strip("_") or "secret"
    user = re.sub(r"\W+", "_", groups.get("user") or "").strip("_").lower()
    return name.replace("{user}", user or "url")
