"""Names for programs in the background, the same for what starts one and what stops it."""

from __future__ import annotations

import re

import msgspec

from converter.match.unsuited import UnsuitedError
from converter.model.value import Literal, Value

_INTERPRETERS = (
    r"(?:python|node|java|ruby|php|perl|bash|sh|deno|bun|dotnet|npm|yarn|pnpm|npx|go|cargo|mvnw?|gradlew?|bundle|mix|"
    r"poetry|pipenv|uv|exec|run|start)[\d.]*"
)
_SIGNALS = {"9": "KILL", "KILL": "KILL", "15": "TERM", "TERM": "TERM", "2": "INT", "INT": "INT"}
_ENDINGS = re.compile(r"\.(?:jar|war|py|js|mjs|cjs|ts|sh|rb|php|pl|pid|log|dll|go)$")

# Programs that are known by their own name, whatever files they are given.
_SERVERS = r"gunicorn|uwsgi|uvicorn|celery|daphne|hypercorn|puma|unicorn|sidekiq"
# Programs that run as several processes, each with another task; the commonest one bears the name alone.
_ROLES = {
    "artisan": r"[a-z-]+:(?:work|listen|run|start|consume)|horizon|serve",
    "console": r"[a-z-]+:(?:consume|start|run)",
    "celery": r"beat|flower",
}


def process_name(words: list[Value] | Value) -> Value:
    """`app` for `java -jar app.jar`, for the pattern `app.jar` and for the file `app.pid`."""
    given = words if isinstance(words, list) else [unbracketed(words)]
    texts = [piece for word in given for piece in _pieces(word)]
    named = [
        text
        for before, text in zip(["", *texts], texts, strict=False)
        if not text.startswith("-") and before not in ("-cp", "-classpath")
    ]
    rest = [text for text in named if not re.fullmatch(_INTERPRETERS, text.rpartition("/")[2])]
    chosen = next((text for text in rest if _ENDINGS.search(text)), rest[0] if rest else named[-1] if named else "")
    if rest and re.fullmatch(_SERVERS, rest[0].rpartition("/")[2]):
        chosen = rest[0]
    name = re.sub(r"[^\w.@-]+", "-", _ENDINGS.sub("", re.split(r"[/\\]", chosen.rstrip("/"))[-1].partition(":")[0]))
    name = re.sub(r"[-.]\d[\w.]*(?:-(?:SNAPSHOT|RELEASE|FINAL))?$", "", name).strip("-.[]")
    if not name:
        raise UnsuitedError(chosen)
    does = next((text for text in named if name in _ROLES and re.fullmatch(_ROLES[name], text)), "")
    return Value.of("-".join(filter(None, (name, does.replace(":", "-")))))


def unbracketed(pattern: Value) -> Value:
    """`app.jar` for `[a]pp.jar`, the spelling by which grep does not find itself."""
    known = pattern.text
    return Value.of(re.sub(r"^\[(\w)\]", r"\1", known)) if known is not None else pattern


def kill_signal(command: list[Value]) -> str:
    """The signal of `kill`, `kill -9` and `kill -s KILL` that ends a program; "" for any other command."""
    program, *words = [word.text or "" for word in command]
    if program not in ("kill", "/bin/kill") or len(words) > 2:
        return ""
    told = "".join(words).removeprefix("-").removeprefix("s").removeprefix("SIG") or "TERM"
    return _SIGNALS.get(told, "")


class Killed(msgspec.Struct, frozen=True, kw_only=True):
    """The processes that `kill` is told: those that fit a pattern, or the one whose number is in a file."""

    pattern: Value | None = None
    pid_file: Value | None = None
    full: bool = True


def killed(target: Value) -> Killed:
    """What `$(cat app.pid)` and `$(pgrep -f app.jar)` stand for, also inside a variable."""
    outputs = target.outputs
    if len(outputs) != 1:
        raise UnsuitedError(target.shell())
    text = re.sub(r"\s*2>\s*/dev/null|\s*\|\|\s*true|\s*\|\s*head(?: -n?\s*1)?", "", outputs[0].text).strip()
    file = re.fullmatch(r"(?:cat\s+|<\s*)([\"']?)([\w./@-]+)\1", text)
    if file is not None:
        return Killed(pid_file=Value.of(file[2]))
    found = re.fullmatch(r"(pgrep|pidof)((?:\s+-[fx])*)\s+([\"']?)([^\"'$`|;]+)\3", text)
    listed = re.fullmatch(
        r"ps\s+\S+\s*\|(?:\s*grep -v grep\s*\|)?\s*grep\s+([\"']?)([^\"'$`|;-][^\"'$`|;]*?)\1\s*\|.*awk.*\$2.*", text
    )
    if found is not None:
        return Killed(pattern=Value.of(found[4]), full="f" in found[2])
    if listed is not None:
        return Killed(pattern=unbracketed(Value.of(listed[2])))
    raise UnsuitedError(text)


def _pieces(word: Value) -> list[str]:
    known = word.text
    if known is not None:
        return known.split()
    return "".join(part.text if isinstance(part, Literal) else "" for part in word.parts).split()
