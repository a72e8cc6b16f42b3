"""Several compose files as one: a later one says more, or something else, of what an earlier one says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from converter.render.kubernetes.compose.reading import UnreadableError

Data = dict[str, Any]

# https://docs.docker.com/reference/compose-file/merge/
_REPLACED = ("command", "entrypoint", "test")
_NAMED = ("environment", "labels", "annotations", "sysctls", "extra_hosts", "args")
_SETS = ("depends_on", "networks")


def merged(one: Data, other: Data, place: str = "") -> Data:
    """Both, the second one over the first."""
    found = dict(one)
    for key, value in other.items():
        found[key] = _both(key, found[key], value, place) if key in found else value
    return found


def _both(key: str, one: Any, other: Any, place: str) -> Any:
    if one is None or other is None or key in _REPLACED:
        return one if other is None else other
    if key in _NAMED:
        return {**pairs(one), **pairs(other)}
    if key in _SETS:
        one, other = _set(one), _set(other)
    if isinstance(one, dict) and isinstance(other, dict):
        return merged(one, other, key)
    if isinstance(one, list) and isinstance(other, list):
        return _lists(key, one, other)
    if key in ("env_file", "tmpfs", "dns", "dns_search"):
        return [*_listed(one), *_listed(other)]
    return other


def pairs(given: Any) -> Data:
    """`[A=1, B]` as `{A: 1, B: null}`."""
    if isinstance(given, dict):
        return given
    found: Data = {}
    for each in given if isinstance(given, list) else ():
        name, equals, text = str(each).partition("=")
        found[name] = text if equals else None
    return found


def _set(given: Any) -> Any:
    return {str(each): {} for each in given} if isinstance(given, list) else given


def _listed(given: Any) -> list[Any]:
    return given if isinstance(given, list) else [given]


def _lists(key: str, one: list[Any], other: list[Any]) -> list[Any]:
    """Volumes and devices are the same where they are mounted at the same place; all else is added."""
    if key in ("volumes", "devices"):
        taken = {_target(each) for each in other}
        return [*(each for each in one if _target(each) not in taken), *other]
    return [*one, *(each for each in other if each not in one)]


def _target(given: Any) -> str:
    if isinstance(given, dict):
        return str(given.get("target", ""))
    words = str(given).split(":")
    return words[1] if len(words) > 1 else words[0]


def extended(data: Data, read_file: Callable[[str], Data | None]) -> Data:
    """With what `extends` takes over from other services."""
    services = {name: _service(data, name, read_file, ()) for name in data.get("services") or {}}
    return {**data, "services": services}


def _service(data: Data, name: str, read_file: Callable[[str], Data | None], seen: tuple[str, ...]) -> Data:
    own = (data.get("services") or {}).get(name)
    if own is None and name in (data.get("services") or {}):
        return {}
    if not isinstance(own, dict) or name in seen:
        raise UnreadableError(f"the service `{name}` of the compose file is not understood")
    asked = own.get("extends")
    if asked is None:
        return own
    asked = asked if isinstance(asked, dict) else {"service": asked}
    other: Data | None = data
    if asked.get("file"):
        other = read_file(str(asked["file"]))
    if other is None:
        raise UnreadableError(f"`{name}` extends a service of `{asked['file']}`, which is not there: give it too")
    again = (*seen, name) if other is data else ()
    whole = _service(other, str(asked.get("service", "")), read_file, again)
    rest = {key: value for key, value in own.items() if key != "extends"}
    return merged(whole, rest)
