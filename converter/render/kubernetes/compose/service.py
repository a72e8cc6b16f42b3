"""A service of a compose file as a container with the options of `docker run`; what has none is left, with the
reason."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from converter.model.value import Value
from converter.render.kubernetes.compose import deploying, mounts, networks
from converter.render.kubernetes.compose.merging import pairs
from converter.resources.container import Container

Data = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Service:
    """`after` are services that it waits for, each with the condition; `left` what a person has to see to; `probe` a
    health check that is no line of a shell; `built` the folder that its image is built from."""

    name: str
    data: Data
    files: dict[str, Data] = field(default_factory=dict)
    fields: Data = field(default_factory=dict)
    flags: list[tuple[str, Value]] = field(default_factory=list)
    after: dict[str, str] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    secrets: list[tuple[str, str]] = field(default_factory=list)
    probe: tuple[Value, ...] = ()
    replicas: Value | None = None
    reserved: Value | None = None
    built: str = ""
    ends: bool = False

    def leave(self, key: str, why: str) -> None:
        """For a person."""
        self.left.append(f"`{key}` is left out: {why}")

    def container(self) -> Container:
        """As `docker run` would start it."""
        return Container(name=Value.of(self.name), flags=tuple(self.flags), **self.fields)


def service(name: str, data: Data, files: dict[str, Data]) -> Service:
    """What is understood of it; `files` are the configs and secrets of the whole file."""
    found = Service(name=name, data=data, files=files)
    for key, value in data.items():
        if value is not None and not key.startswith("x-"):
            try:
                _key(found, key, value)
            except (AttributeError, KeyError, TypeError, ValueError):
                # A file may say anything in place of what the specification has there.
                found.leave(key, "it is not written as the specification of compose has it")
    return found


def _key(found: Service, key: str, value: Any) -> None:
    if key in SAID:
        SAID[key](found, value)
    elif key in _FIELDS:
        found.fields[_FIELDS[key]] = value
    elif key in _SWITCHES:
        found.fields[_SWITCHES[key]] = _true(value)
    elif key in _FLAGS:
        for each in _texts(value, _FLAGS[key][1]):
            if each.text != "false":
                found.flags.append((_FLAGS[key][0], each))
    elif key not in _NOTHING:
        found.leave(key, UNSUPPORTED.get(key, "a pod has nothing for it"))


def _true(value: Any) -> bool:
    return isinstance(value, Value) and value.text in ("true", "yes", "on")


def _texts(value: Any, sign: str = "=") -> list[Value]:
    """One text, a list of texts, or the entries of a mapping as `key=text`."""
    if isinstance(value, dict):
        return [Value.join([Value.of(f"{key}{sign}"), each or Value()]) for key, each in value.items()]
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, Value)]


def _words(value: Any) -> tuple[Value, ...]:
    """A list of words, or a line that is taken apart as a shell would."""
    if isinstance(value, list):
        return tuple(each for each in value if isinstance(each, Value))
    return split(value)


def split(line: Value) -> tuple[Value, ...]:
    """The words of a line; variables stay whole in their words."""
    from converter.render.kubernetes.compose.reading import Marks

    marks = Marks()
    text = marks.text(line)
    try:
        return tuple(marks.value(word) for word in shlex.split(text))
    except ValueError:
        return (Value.of("/bin/sh"), Value.of("-c"), line)


def _image(found: Service, value: Any) -> None:
    found.fields["image"] = value


def _build(found: Service, value: Any) -> None:
    place = value.get("context") if isinstance(value, dict) else value
    found.built = place.shell() if isinstance(place, Value) else "."


def _command(found: Service, value: Any) -> None:
    found.fields["command"] = (*found.fields.get("command", ()), *_words(value))


def _entrypoint(found: Service, value: Any) -> None:
    """A pod has one list of words, whose first is the program."""
    words = _words(value)
    if not words:
        found.leave("entrypoint", "a pod can't forget the image's own: name the program as the command")
        return
    found.fields["entrypoint"] = words[0]
    found.fields["command"] = (*words[1:], *found.fields.get("command", ()))


def _environment(found: Service, value: Any) -> None:
    given = value if isinstance(value, dict) else _split_pairs(value)
    found.fields["environment"] = tuple((name, text) for name, text in given.items() if text is not None)
    for name, text in given.items():
        if text is None:
            found.left.append(
                f"`environment` takes `{name}` from whoever runs compose, and is set only if it is there: add it to the"
                " config map or to the secrets"
            )


def _split_pairs(value: Any) -> dict[str, Value | None]:
    """`- NAME=text` where the text may hold variables."""
    from converter.render.kubernetes.compose.reading import Marks

    marks = Marks()
    texts = [marks.text(each) for each in value if isinstance(each, Value)]
    return {name: None if text is None else marks.value(text) for name, text in pairs(texts).items()}


def _labels(found: Service, value: Any) -> None:
    given = value if isinstance(value, dict) else _split_pairs(value)
    own = tuple((name, text or Value()) for name, text in given.items())
    found.fields["labels"] = (*found.fields.get("labels", ()), *own)


def _env_file(found: Service, value: Any) -> None:
    files = []
    for each in value if isinstance(value, list) else [value]:
        path = each.get("path") if isinstance(each, dict) else each
        if isinstance(path, Value):
            files.append(path)
        if isinstance(each, dict) and each.get("required") is not None and not _true(each["required"]):
            found.left.append(f"`env_file` may be missing ({path.shell() if path else ''}); here its secret has to be")
    found.fields["env_files"] = tuple(files)


def _extra_hosts(found: Service, value: Any) -> None:
    """`name:address` or `name=address`."""
    hosts = []
    for each in _texts(value, ":"):
        text = each.text
        hosts.append(Value.of(text.replace("=", ":", 1)) if text and "=" in text.split(":")[0] else each)
    found.fields["extra_hosts"] = tuple(hosts)


def _depends(found: Service, value: Any) -> None:
    for name, how in (value if isinstance(value, dict) else {each.shell(): None for each in value}).items():
        condition = (how or {}).get("condition") if isinstance(how, dict) else None
        found.after[str(name)] = condition.shell() if isinstance(condition, Value) else "service_started"


def _links(found: Service, value: Any) -> None:
    """Docker starts what is linked before."""
    for each in value if isinstance(value, list) else ():
        found.flags.append(("link", each))
        found.after.setdefault(each.shell().partition(":")[0], "service_started")


def _health(found: Service, value: Any) -> None:
    if not isinstance(value, dict):
        return
    test = value.get("test")
    words = list(test) if isinstance(test, list) else []
    kind = words[0].text if words else ""
    if _true(value.get("disable")) or kind == "NONE":
        found.flags.append(("no-healthcheck", Value.of("true")))
        return
    if test is None:
        found.left.append("`healthcheck` changes times of a check that is in the image: a probe has to name the check")
        return
    line = test if isinstance(test, Value) else words[1] if kind == "CMD-SHELL" else None
    found.probe = tuple(words[1:]) if kind == "CMD" else ()
    found.flags.append(("health-cmd", line if line is not None else Value.of("true")))
    for key in ("interval", "timeout", "retries", "start_period", "start_interval"):
        if value.get(key) is not None:
            found.flags.append((f"health-{key.replace('_', '-')}", value[key]))


def _logging(found: Service, value: Any) -> None:
    if isinstance(value, dict) and value.get("driver") is not None:
        found.fields["log_driver"] = value["driver"]


def _ulimits(found: Service, value: Any) -> None:
    for name, limit in value.items() if isinstance(value, dict) else ():
        both = limit if isinstance(limit, Value) else Value.join([limit[key] for key in ("soft", "hard")], ":")
        found.flags.append(("ulimit", Value.join([Value.of(f"{name}="), both])))


def _grace(found: Service, value: Any) -> None:
    from converter.render.kubernetes.quantities import duration

    length = duration(value.text or "")
    found.flags.append(("stop-timeout", value if length is None else Value.of(str(length))))


def _scale(found: Service, value: Any) -> None:
    found.replicas = value


def _gpus(found: Service, value: Any) -> None:
    found.flags.append(("gpus", value if isinstance(value, Value) else Value.of("all")))


Say = Callable[[Service, Any], None]
SAID: dict[str, Say] = {
    "build": _build,
    "command": _command,
    "configs": mounts.configs,
    "depends_on": _depends,
    "deploy": deploying.deploy,
    "entrypoint": _entrypoint,
    "env_file": _env_file,
    "environment": _environment,
    "extra_hosts": _extra_hosts,
    "gpus": _gpus,
    "healthcheck": _health,
    "image": _image,
    "labels": _labels,
    "links": _links,
    "logging": _logging,
    "network_mode": networks.mode,
    "networks": networks.networks,
    "ports": networks.ports,
    "scale": _scale,
    "secrets": mounts.secrets,
    "stop_grace_period": _grace,
    "ulimits": _ulimits,
    "volumes": mounts.volumes,
}
SAID["annotations"] = _labels
_FIELDS = {
    "cpus": "cpus",
    "hostname": "hostname",
    "mem_limit": "memory",
    "restart": "restart",
    "user": "user",
    "working_dir": "workdir",
}
_SWITCHES = {"privileged": "privileged", "stdin_open": "interactive", "tty": "tty"}
# With the sign between key and text, where a mapping is given.
_FLAGS = {
    **{key: (key.replace("_", "-"), "=") for key in ("cap_drop", "cgroup_parent", "cpu_period", "cpu_quota")},
    **{key: (key.replace("_", "-"), "=") for key in ("cpu_shares", "dns", "dns_search", "domainname", "expose")},
    **{key: (key.replace("_", "-"), "=") for key in ("group_add", "init", "ipc", "mac_address", "oom_kill_disable")},
    **{key: (key.replace("_", "-"), "=") for key in ("oom_score_adj", "pid", "pids_limit", "platform", "read_only")},
    **{key: (key.replace("_", "-"), "=") for key in ("runtime", "security_opt", "shm_size", "stop_signal")},
    **{key: (key.replace("_", "-"), "=") for key in ("storage_opt", "tmpfs", "uts", "volumes_from")},
    "cgroup": ("cgroupns", "="),
    "cpuset": ("cpuset-cpus", "="),
    "device_cgroup_rules": ("device-cgroup-rule", "="),
    "devices": ("device", "="),
    "dns_opt": ("dns-opt", "="),
    "mem_reservation": ("memory-reservation", "="),
    "mem_swappiness": ("memory-swappiness", "="),
    "memswap_limit": ("memory-swap", "="),
    "sysctls": ("sysctl", "="),
    "userns_mode": ("userns", "="),
}
_NOTHING = ("attach", "container_name", "develop", "extends", "profiles", "pull_refresh_after")
UNSUPPORTED = {
    "blkio_config": "a pod can't be given a share of the disks",
    "cap_add": "it is not a list",
    "cpu_count": "it is for Windows only",
    "cpu_percent": "it is for Windows only",
    "cpu_rt_period": "it is the node's to decide, not the pod's",
    "cpu_rt_runtime": "it is the node's to decide, not the pod's",
    "credential_spec": "it is for Windows only",
    "external_links": "containers of other projects are not in this repository: name a Service for them",
    "isolation": "it is for Windows only",
    "label_file": "what is in that file is not read: add it as annotations",
    "models": "a model that compose runs has no counterpart: run it as an application of its own",
    "post_start": "add it as a `postStart` hook, which runs beside the program instead of after its start",
    "pre_start": "make it a container of its own under `initContainers`",
    "pre_stop": "add it as a `preStop` hook",
    "provider": "what it provides is made outside of containers: make it in the cluster, and name it here",
    "umask": "a pod can't set it: let the image's entrypoint do it",
    "use_api_socket": "nodes have no docker; what asks it has to ask the cluster instead",
    "volume_driver": "a storage class of the cluster takes its place",
}


def _pull(found: Service, value: Any) -> None:
    text = value.shell()
    if text == "build":
        found.built = found.built or "."
    elif text in ("always", "never", "missing", "if_not_present"):
        found.fields["pull"] = "missing" if text == "if_not_present" else text
    else:
        found.leave(f"pull_policy: {text}", "an image is pulled by its tag or digest, which says when it changes")


def _capabilities(found: Service, value: Any) -> None:
    found.fields["capabilities"] = tuple(_texts(value))


SAID |= {"cap_add": _capabilities, "pull_policy": _pull}
UNSUPPORTED.pop("cap_add")
