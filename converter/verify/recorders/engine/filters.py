"""The filters of lists.

https://docs.docker.com/reference/api/engine/version/v1.45/#tag/Container/operation/ContainerList
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence

from converter.verify.recorders.engine.messages import RefusedError, Thing
from converter.verify.recorders.engine.store import reference, seconds

Filters = Mapping[str, Sequence[str]]
_UNITS = {"s": 1, "m": 60, "h": 3600}


def labels_match(labels: Mapping[str, str] | None, wanted: Sequence[str]) -> bool:
    """Whether it has all of these, each `key` or `key=value`."""
    known = labels or {}
    pairs = [each.partition("=") for each in wanted]
    return all(name in known and (not sign or known[name] == value) for name, sign, value in pairs)


def without(filters: Filters, known: Sequence[str]) -> None:
    """Refuses filters that nobody would look at."""
    for name in filters:
        if name not in known:
            raise RefusedError(400, f"the recorder that stands for the engine does not know the filter {name}")


def named(name: str, wanted: Sequence[str]) -> bool:
    """Whether a part of the name is as one of these patterns, or none is wanted."""
    plain = name.removeprefix("/")
    return not wanted or any(re.search(each, plain) or re.search(each, f"/{plain}") for each in wanted)


def old_enough(created: str, filters: Filters) -> bool:
    """Whether it was made before the time that a prune is bounded to, which may be a span (`24h`)."""
    for until in filters.get("until", ()):
        if re.fullmatch(r"(\d+[smh])+", until):
            span = sum(int(number) * _UNITS[unit] for number, unit in re.findall(r"(\d+)([smh])", until))
            if seconds(created) > time.time() - span:
                return False
        elif until.isdigit():
            return seconds(created) <= int(until)
        elif re.match(r"\d{4}-\d\d-\d\d", until):
            return created[: len(until)] <= until
        else:
            raise RefusedError(400, f"the recorder that stands for the engine does not know the time {until}")
    return True


def image_named(names: Sequence[str], wanted: Sequence[str]) -> bool:
    """Whether one of its names is as one of these patterns, with or without a tag."""
    for pattern in wanted:
        plain = (
            reference(pattern) if ":" in pattern.rpartition("/")[2] else f"{reference(pattern)[: -len(':latest')]}:*"
        )
        expression = re.escape(plain).replace(r"\*", "[^/]*")
        if any(re.fullmatch(expression, name) for name in names):
            return True
    return not wanted


def container_matches(container: Thing, filters: Filters, image_of: Mapping[str, Thing]) -> bool:
    """Whether a list of containers holds it."""
    without(filters, _CONTAINER)
    state = container["State"]
    ancestors = [reference(each) for each in filters.get("ancestor", ())]
    image = image_of.get(container["Image"], {"RepoTags": [], "Id": ""})
    names = [*image["RepoTags"], reference(container["Config"]["Image"]), f"{image['Id'][7:19]}:latest"]
    volumes = [each.get("Name") or each.get("Source", "") for each in container["Mounts"]]
    health = state.get("Health", {}).get("Status", "none")
    return (
        labels_match(container["Config"].get("Labels"), filters.get("label", ()))
        and named(container["Name"], filters.get("name", ()))
        and _any(filters, "id", container["Id"].startswith)
        and _any(filters, "status", state["Status"].__eq__)
        and _any(filters, "health", health.__eq__)
        and _any(filters, "exited", lambda code: state["Status"] == "exited" and str(state["ExitCode"]) == code)
        and _any(filters, "network", container["Networks"].__contains__)
        and _any(filters, "volume", volumes.__contains__)
        and (not ancestors or any(each in names for each in ancestors))
        and _any(filters, "publish", lambda port: any(port.split("/")[0] in key for key in _ports(container)))
    )


_CONTAINER = "label name id status health exited network volume ancestor publish until is-task".split()


def _any(filters: Filters, name: str, holds: Callable[[str], bool]) -> bool:
    wanted = filters.get(name, ())
    return not wanted or any(holds(each) for each in wanted)


def _ports(container: Thing) -> list[str]:
    bindings = container["HostConfig"].get("PortBindings") or {}
    return [*bindings, *(str(one.get("HostPort")) for each in bindings.values() for one in each or ())]
