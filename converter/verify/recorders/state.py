"""What the fake engine of a host holds in the end, so that what is the same is written the same.

Ids, times and addresses are random; what the engine fills in is no one's wish; and labels of compose tell how it was
called. https://docs.docker.com/reference/api/engine/version/v1.45/#tag/Container/operation/ContainerInspect
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from converter.verify.recorders.engine.defaults import CONFIG, HOST_CONFIG
from converter.verify.recorders.engine.networks import OWN

FILE = "/var/lib/docker-engine/state.json"
Thing = Mapping[str, Any]
State = dict[str, dict[str, dict[str, Any]]]

# Whether the client that made the container has listened to it.
_LISTENING = ("AttachStdin", "AttachStdout", "AttachStderr", "StdinOnce")
# Told elsewhere: the image by its name, the hostname where it is the id, the networks by theirs.
_TOLD = ("Image", "ConsoleSize")
_COMPOSE = re.compile(r"com\.docker\.compose\.(?!project$|service$)|desktop\.docker\.io/")
_ONE_OFF = re.compile(r"-run-[0-9a-f]{12}$")
_PLACE = ("Aliases", "Links", "DriverOpts", "MacAddress", "IPAMConfig")


def state(text: str) -> State:
    """Containers, images, networks, volumes, logins and registries by their names, as the engine has noted them."""
    known = json.loads(text or "{}")
    images = {image["Id"]: image for image in known.get("images", {}).values()}
    networks = {each["Id"]: each["Name"] for each in known.get("networks", {}).values()}
    containers = {each["Name"][1:]: each for each in known.get("containers", {}).values()}
    return {
        "container": {name: _container(each, images, networks) for name, each in sorted(_named(containers).items())},
        "run": {
            f"{number} {_once(each)}": _settings(each, networks)
            for number, each in enumerate(known.get("ended", ()), 1)
        },
        "image": {name: _made(image) for image in images.values() for name in _names(image)},
        "network": {
            each["Name"]: _network(each) for each in known.get("networks", {}).values() if each["Name"] not in OWN
        },
        "volume": {
            name: _plain({"driver": each["Driver"], "labels": _labels(each["Labels"]), "options": each["Options"]})
            for name, each in known.get("volumes", {}).items()
            if not re.fullmatch(r"[0-9a-f]{64}", name)
        },
        "login": {name: dict(each) for name, each in known.get("logins", {}).items()},
        "registry": {name: _made(images[ident]) for name, ident in known.get("pushed", {}).items() if ident in images},
    }


def _named(containers: Mapping[str, Thing]) -> dict[str, Thing]:
    """Those that nobody has named, by what they run."""
    return {(name if each["named"] else f"one of {each['Config']['Image']}"): each for name, each in containers.items()}


def _once(container: Thing) -> str:
    name = container["Name"][1:]
    return _ONE_OFF.sub("-run", name) if container["named"] else f"one of {container['Config']['Image']}"


def _container(container: Thing, images: Mapping[str, Thing], networks: Mapping[str, str]) -> dict[str, Any]:
    made = images.get(container["Image"])
    status = container["State"]["Status"]
    return {
        **_settings(container, networks),
        "status": "stopped" if status in ("exited", "created") else status,
        "of": _made(made) if made else {},
    }


def _settings(container: Thing, networks: Mapping[str, str]) -> dict[str, Any]:
    """What was wished for: all that is not as it would be without a wish."""
    config, host = dict(container["Config"]), dict(container["HostConfig"])
    if re.fullmatch(r"[0-9a-f]{12}", config["Hostname"]):
        config["Hostname"] = ""
    config["Env"] = sorted(config.get("Env") or [])
    config["Labels"] = _labels(config["Labels"])
    for name in ("CapAdd", "CapDrop", "Binds", "ExtraHosts", "GroupAdd", "SecurityOpt", "DnsSearch", "DnsOptions"):
        host[name] = sorted(each.removeprefix("CAP_") for each in host.get(name) or ())
    host["Binds"] = [each.removesuffix(":rw") for each in host["Binds"]]
    host["Mounts"] = sorted((_plain(each) for each in host.get("Mounts") or ()), key=str)
    host["NetworkMode"] = {"bridge": "default"}.get(host["NetworkMode"], host["NetworkMode"])
    if (host.get("MemorySwap") or 0) == 2 * (host.get("Memory") or 0):
        host["MemorySwap"] = 0
    wished = _differing(config, CONFIG, (*_LISTENING, *_TOLD)) | _differing(host, HOST_CONFIG, _TOLD)
    places = {networks.get(name, name): _place(each) for name, each in container["Networks"].items()}
    if host["NetworkMode"] in places or networks.get(host["NetworkMode"]) in places:
        wished.pop("NetworkMode", None)
    if host["NetworkMode"] == "default" and not places.get("bridge"):
        places.pop("bridge", None)
    about = {"image": config["Image"], "networks": sorted(places), "places": places, "done": container["done"]}
    found: dict[str, Any] = _plain({**wished, **about})
    return found


def _differing(given: Thing, defaults: Thing, skipped: tuple[str, ...]) -> dict[str, Any]:
    return {
        name: _plain(value)
        for name, value in given.items()
        if name not in skipped and value != defaults.get(name) and not _is_nothing(_plain(value))
    }


def _plain(value: Any) -> Any:
    """Without what says nothing, all the way down; an empty value in a list or of a port stays one."""
    if isinstance(value, Mapping):
        found = {key: _plain(each) for key, each in value.items()}
        return {key: each for key, each in found.items() if not _is_nothing(each) or "/" in key}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


def _is_nothing(value: object) -> bool:
    return value is None or value is False or (isinstance(value, int | str | list | dict) and not value)


def _labels(labels: Mapping[str, str] | None) -> dict[str, str]:
    return {name: value for name, value in sorted((labels or {}).items()) if not _COMPOSE.match(name)}


def _place(endpoint: Thing) -> dict[str, Any]:
    """What was wished for a container in a network."""
    found: dict[str, Any] = _plain({name.lower(): endpoint.get(name) for name in _PLACE})
    found["aliases"] = [name for name in found.get("aliases", ()) if not _ONE_OFF.search(name)]
    return {name: sorted(value) if isinstance(value, list) else value for name, value in found.items() if value}


def _names(image: Thing) -> list[str]:
    return image["RepoTags"] or [name for name in image["RepoDigests"] if name == image["made"].get("pulled")]


def _made(image: Thing) -> dict[str, Any]:
    """How an image came to be: pulled under a name, loaded, or built from what."""
    found: dict[str, Any] = _plain(image["made"])
    if "labels" in found:
        found["labels"] = _labels(found["labels"])
    return _plain(found) or {"built": True}


def _network(network: Thing) -> dict[str, Any]:
    found: dict[str, Any] = _plain(
        {
            "driver": network["Driver"],
            "internal": network["Internal"],
            "attachable": network["Attachable"],
            "ipv6": network["EnableIPv6"],
            "options": network["Options"],
            "labels": _labels(network["Labels"]),
            "subnets": network["given"],
        }
    )
    return found


def processes(text: str) -> dict[str, dict[str, Any]]:
    """The processes of pm2 or forever by their names, out of the notes of its recorder."""
    found = {each["name"]: {**each, "restarted": bool(each["restarts"])} for each in json.loads(text or "[]")}
    return {
        name: {key: each[key] for key in each if key not in ("id", "restarts", "name")} for name, each in found.items()
    }
