"""Task names: a message of the script that reads like an action, else what the spec says of itself."""

from __future__ import annotations

import re

from converter.model.resource import Spec

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|\\(?:033|e|x1b)\[[0-9;]*[A-Za-z]", re.IGNORECASE)
_LEADING = re.compile(
    r"^(?:[^\w(]+|\(?\[?\d+\s*(?:/|of)\s*\d+\]?\)?|(?:step|stage|phase|task)\s*\d+(?:\s*(?:/|of)\s*\d+)?\b|\d+[.)]"
    r"|(?:info|log|note|debug|notice)\s*(?=[\]:]))\s*",
    re.IGNORECASE,
)
_TRAILING = re.compile(r"[\s.:;,!\-=*#~>_|…]+$|[^\x00-\x7f\w]+$")
_RESULT = re.compile(
    r"\b(?:success\w*|done|complete\w*|finished|failed|failure|error|warning|usage|aborting|skipping|already|"
    r"not found)\b",
    re.IGNORECASE,
)
_VERBS = frozenset(
    """add allow apply archive assign backup boot bring build change check checkout clean clear clone collect
    compile compress configure copy create declare delete deploy disable download enable ensure export extract
    fetch fix generate get give import init initialise initialize install launch link load log make migrate
    modify mount move open optimise optimize package prepare provision publish pull purge push put rebuild
    recreate refresh register release reload remove rename render replace reset restart restore retrieve roll
    rotate run save schedule seed send set setup ship start stop store switch symlink sync synchronise
    synchronize tag test transfer unpack untar unzip update upgrade upload validate verify wait warm write
    zip""".split()
)
_LONGEST = 80


def name(title: str, spec: Spec) -> str:
    """The name of a resource."""
    return action(title) or spec.summary()


def action(title: str) -> str:
    """The title as a task name, or "" where it does not announce an action."""
    text = cleaned(title)
    first = re.match(r"[A-Za-z]+", text)
    if not first or not 4 <= len(text) <= _LONGEST or re.search(r"[$\n?{}<>`\\]|%[sd]", text) or _RESULT.search(text):
        return ""
    word = first.group().lower()
    if word not in _VERBS and not (word.endswith("ing") and len(word) > 4):
        return ""
    return text[0].upper() + text[1:]


def cleaned(title: str) -> str:
    """The title without colours, pictures, counters, arrows and dots."""
    text = _ANSI.sub("", title).strip()
    text = re.sub(r"[\ufe0f\u200d\U0001f000-\U0001faff\u2190-\u2bff]", " ", text)
    before = None
    while before != text:
        before = text
        text = _TRAILING.sub("", _LEADING.sub("", text)).strip()
    return re.sub(r"\s+", " ", text)
