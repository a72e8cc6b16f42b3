"""Ports and networks of a service, as `-p`, `--network` and `--network-alias` say them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from converter.model.value import Value

if TYPE_CHECKING:
    from converter.render.kubernetes.compose.service import Service


def ports(found: Service, value: Any) -> None:
    """The short form, or a mapping."""
    found.fields["ports"] = tuple(_port(found, each) for each in value if isinstance(value, list))


def _port(found: Service, each: Any) -> Value:
    if isinstance(each, Value):
        return each
    parts = [each[key] for key in ("host_ip", "published", "target") if each.get(key) is not None]
    if each.get("host_ip") is not None and each.get("published") is None:
        parts.insert(1, Value())
    for key in ("mode", "app_protocol"):
        if each.get(key) is not None and each[key].text not in ("ingress", "tcp"):
            found.leave(f"ports.{key}", "a Service has one way to balance, and `appProtocol` is a person's to choose")
    protocol = each.get("protocol")
    tail = [Value.of("/"), protocol] if protocol is not None else []
    return Value.join([Value.join(parts, ":"), *tail])


def networks(found: Service, value: Any) -> None:
    """The names that others find it by; addresses come and go."""
    given = value if isinstance(value, dict) else {each.shell(): None for each in value}
    for own in given.values():
        for key, said in (own or {}).items():
            if key == "aliases":
                found.flags += [("network-alias", each) for each in said or ()]
            elif key in ("ipv4_address", "ipv6_address", "mac_address", "link_local_ips"):
                found.leave(f"networks.{key}", "addresses of pods come and go; others find it by its name")
            elif key not in ("priority", "gw_priority", "interface_name") and not key.startswith("x-"):
                found.leave(f"networks.{key}", "the network is the cluster's own")


def mode(found: Service, value: Any) -> None:
    """`host` and `none`; a network of another container can't be had."""
    text = value.text or ""
    if text.startswith("service:"):
        found.left.append(f"`network_mode: {text}` is left out: containers of one pod share a network; make it one pod")
    elif text not in ("bridge", "default"):
        found.fields["networks"] = (value,)
