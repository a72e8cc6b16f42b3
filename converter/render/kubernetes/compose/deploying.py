"""`deploy`: how many there are of a service and what each may use; how an orchestrator rolls it out is its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from converter.model.value import Value

if TYPE_CHECKING:
    from converter.render.kubernetes.compose.service import Service


def deploy(found: Service, value: Any) -> None:
    """https://docs.docker.com/reference/compose-file/deploy/"""
    for key, each in value.items() if isinstance(value, dict) else ():
        if key in _SAID:
            _SAID[key](found, each)
        elif each is not None:
            found.leave(f"deploy.{key}", _LEFT.get(key, "a pod has nothing for it"))


def _replicas(found: Service, value: Any) -> None:
    found.replicas = value


def _mode(found: Service, value: Any) -> None:
    text = value.shell() if isinstance(value, Value) else ""
    if text != "replicated":
        found.leave(f"deploy.mode: {text}", "one on each node is a DaemonSet: make it one, if each node is to have it")


def _labels(found: Service, value: Any) -> None:
    from converter.render.kubernetes.compose.service import SAID

    SAID["labels"](found, value)


def _resources(found: Service, value: Any) -> None:
    limits, reserved = (value.get("limits") or {}), (value.get("reservations") or {})
    for key, field in (("memory", "memory"), ("cpus", "cpus")):
        if limits.get(key) is not None:
            found.fields[field] = limits[key]
    if limits.get("pids") is not None:
        found.flags.append(("pids-limit", limits["pids"]))
    if reserved.get("memory") is not None:
        found.flags.append(("memory-reservation", reserved["memory"]))
    found.reserved = reserved.get("cpus")
    for device in reserved.get("devices") or ():
        kinds = [each.text for each in device.get("capabilities") or ()]
        if "gpu" in kinds:
            found.flags.append(("gpus", device.get("count") or Value.of("all")))
        else:
            found.leave("deploy.resources.reservations.devices", "it needs a device plugin in the cluster")


def _restart(found: Service, value: Any) -> None:
    """As `restart` says it."""
    names = {"none": "no", "on-failure": "on-failure", "any": "always"}
    condition = value.get("condition") if isinstance(value, dict) else None
    if condition is not None and condition.text in names:
        found.fields["restart"] = Value.of(names[condition.text])


def _placement(found: Service, value: Any) -> None:
    for key in value if isinstance(value, dict) else ():
        found.leave(f"deploy.placement.{key}", "nodes of a swarm are none of a cluster: choose by `nodeSelector`")


_SAID: dict[str, Callable[[Any, Any], None]] = {
    "labels": _labels,
    "mode": _mode,
    "placement": _placement,
    "replicas": _replicas,
    "resources": _resources,
    "restart_policy": _restart,
}
_LEFT = {
    "endpoint_mode": "a Service has one address, which leads to all of its pods",
    "rollback_config": "to go back is to revert a commit",
    "update_config": "`strategy` says it: the old one is gone before the new one starts, unless you choose otherwise",
}
