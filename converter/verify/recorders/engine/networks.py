"""Networks of containers."""

from __future__ import annotations

from converter.verify.recorders.engine.answering import ANY
from converter.verify.recorders.engine.containers import endpoint
from converter.verify.recorders.engine.filters import labels_match, named, without
from converter.verify.recorders.engine.messages import Answer, RefusedError, Request, Thing, route
from converter.verify.recorders.engine.store import Store, identity, now

# What the engine itself has made.
OWN = {"bridge": "bridge", "host": "host", "none": "null"}
_BRIDGE = {
    "com.docker.network.bridge.default_bridge": "true",
    "com.docker.network.bridge.enable_icc": "true",
    "com.docker.network.bridge.enable_ip_masquerade": "true",
    "com.docker.network.bridge.host_binding_ipv4": ANY,
    "com.docker.network.bridge.name": "docker0",
    "com.docker.network.driver.mtu": "1500",
}
_FILTERS = ("name", "id", "label", "driver", "type", "scope", "dangling", "until")


def prepare(store: Store) -> None:
    """Makes those that are always there."""
    for name, driver in OWN.items():
        if not any(each["Name"] == name for each in store.networks.values()):
            _make(store, {"Name": name, "Driver": driver, "Options": _BRIDGE if name == "bridge" else {}})


def _make(store: Store, asked: Thing) -> Thing:
    ident = identity()
    given = (asked.get("IPAM") or {}).get("Config") or []
    own = {"Subnet": f"172.{17 + len(store.networks)}.0.0/16", "Gateway": f"172.{17 + len(store.networks)}.0.1"}
    config = given or ([own] if asked["Driver"] in ("bridge", "overlay") else [])
    ipam: Thing = {"Driver": (asked.get("IPAM") or {}).get("Driver") or "default", "Options": {}, "Config": config}
    made: Thing = {
        "Name": asked["Name"],
        "Id": ident,
        "Created": now(),
        "Scope": "swarm" if asked["Driver"] == "overlay" else "local",
        "Driver": asked["Driver"],
        "EnableIPv6": bool(asked.get("EnableIPv6")),
        "IPAM": ipam,
        "Internal": bool(asked.get("Internal")),
        "Attachable": bool(asked.get("Attachable")),
        "Ingress": False,
        "ConfigFrom": {"Network": ""},
        "ConfigOnly": False,
        "Options": asked.get("Options") or {},
        "Labels": asked.get("Labels") or {},
        "given": given,
    }
    store.networks[ident] = made
    return made


@route("POST", "/networks/create")
def create(store: Store, request: Request) -> Answer:
    """A new one."""
    asked = request.asked()
    if any(each["Name"] == asked["Name"] for each in store.networks.values()):
        raise RefusedError(409, f"network with name {asked['Name']} already exists")
    made = _make(store, {**asked, "Driver": asked.get("Driver") or "bridge"})
    store.save()
    return Answer(status=201, body={"Id": made["Id"], "Warning": ""})


@route("GET", "/networks")
def listed(store: Store, request: Request) -> Answer:
    """All of them, or those that the filters leave."""
    filters = request.values("filters")
    without(filters, _FILTERS)
    kinds = {"builtin": True, "custom": False}
    return Answer(
        body=[
            _public(store, each)
            for each in store.networks.values()
            if named(each["Name"], filters.get("name", ()))
            and all(each["Id"].startswith(ident) for ident in filters.get("id", ()))
            and labels_match(each["Labels"], filters.get("label", ()))
            and each["Driver"] in (filters.get("driver") or [each["Driver"]])
            and all((each["Name"] in OWN) == kinds[kind] for kind in filters.get("type", ()))
            and all((not _users(store, each)) == (word in ("1", "true")) for word in filters.get("dangling", ()))
        ]
    )


def _users(store: Store, network: Thing) -> list[Thing]:
    names = {network["Name"], network["Id"]}
    return [each for each in store.containers.values() if names & set(each["Networks"])]


def _public(store: Store, network: Thing) -> Thing:
    users = {
        each["Id"]: {
            "Name": each["Name"][1:],
            "EndpointID": "",
            "MacAddress": "",
            "IPv4Address": each["Networks"].get(network["Name"], {}).get("IPAddress", ""),
            "IPv6Address": "",
        }
        for each in _users(store, network)
        if each["State"]["Running"]
    }
    return {**{key: value for key, value in network.items() if key != "given"}, "Containers": users}


@route("POST", "/networks/prune")
def pruned(store: Store, request: Request) -> Answer:
    """Those that no container has go."""
    filters = request.values("filters")
    gone = [
        each
        for each in store.networks.values()
        if each["Name"] not in OWN
        and not _users(store, each)
        and labels_match(each["Labels"], filters.get("label", ()))
    ]
    for each in gone:
        del store.networks[each["Id"]]
    store.save()
    return Answer(body={"NetworksDeleted": [each["Name"] for each in gone] or None})


@route("POST", "/networks/{name}/connect")
def connect(store: Store, request: Request) -> Answer:
    """A container is in it from now on."""
    network, asked = store.network(request.name), request.asked()
    container = store.container(asked["Container"])
    if network["Name"] in container["Networks"] and container["State"]["Running"]:
        name = container["Name"][1:]
        raise RefusedError(403, f"endpoint with name {name} already exists in network {network['Name']}")
    place = endpoint(asked.get("EndpointConfig"))
    container["Networks"][network["Name"]] = {**place, "NetworkID": network["Id"], "IPAddress": store.address()}
    store.save()
    return Answer()


@route("POST", "/networks/{name}/disconnect")
def disconnect(store: Store, request: Request) -> Answer:
    """A container is no longer in it."""
    container = store.container(request.asked()["Container"])
    name = store.network(request.name)["Name"]
    if name not in container["Networks"]:
        raise RefusedError(403, f"container {container['Id']} is not connected to network {name}")
    del container["Networks"][name]
    store.save()
    return Answer()


@route("GET", "/networks/{name}")
def inspected(store: Store, request: Request) -> Answer:
    """One of them, with the containers that it has."""
    return Answer(body=_public(store, store.network(request.name)))


@route("DELETE", "/networks/{name}")
def removed(store: Store, request: Request) -> Answer:
    """One is gone that no container has."""
    network = store.network(request.name)
    if network["Name"] in OWN:
        raise RefusedError(403, f"{network['Name']} is a pre-defined network and cannot be removed")
    if any(each["State"]["Running"] for each in _users(store, network)):
        raise RefusedError(403, f"error while removing network: network {network['Name']} has active endpoints")
    del store.networks[network["Id"]]
    store.save()
    return Answer(status=204)
