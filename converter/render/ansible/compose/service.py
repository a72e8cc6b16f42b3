"""A container as a service of a compose file, which starts it with the same options.

https://github.com/compose-spec/compose-spec/blob/main/05-services.md
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from converter.model.value import Value
from converter.render.ansible.compose.related import OWN_NETWORKS

Data = dict[str, Any]
Say = Callable[[Value], str]

_LISTS = {
    "cap-drop": "cap_drop",
    "device": "devices",
    "device-cgroup-rule": "device_cgroup_rules",
    "dns": "dns",
    "dns-opt": "dns_opt",
    "dns-option": "dns_opt",
    "dns-search": "dns_search",
    "expose": "expose",
    "group-add": "group_add",
    "link": "links",
    "mount": "volumes",
    "security-opt": "security_opt",
    "tmpfs": "tmpfs",
}
_TEXTS = {
    "cgroup-parent": "cgroup_parent",
    "cgroupns": "cgroup",
    "cpuset-cpus": "cpuset",
    "domainname": "domainname",
    "ipc": "ipc",
    "mac-address": "mac_address",
    "memory-reservation": "mem_reservation",
    "memory-swap": "memswap_limit",
    "platform": "platform",
    "pid": "pid",
    "runtime": "runtime",
    "shm-size": "shm_size",
    "stop-signal": "stop_signal",
    "userns": "userns_mode",
    "uts": "uts",
}
_NUMBERS = {
    "cpu-period": "cpu_period",
    "cpu-quota": "cpu_quota",
    "cpu-shares": "cpu_shares",
    "memory-swappiness": "mem_swappiness",
    "oom-score-adj": "oom_score_adj",
    "pids-limit": "pids_limit",
}
_SWITCHES = {"init": "init", "oom-kill-disable": "oom_kill_disable", "read-only": "read_only"}
_HEALTH = {
    "health-interval": "interval",
    "health-retries": "retries",
    "health-start-interval": "start_interval",
    "health-start-period": "start_period",
    "health-timeout": "timeout",
}
_MOUNT = {"src": "source", "dst": "target", "destination": "target", "ro": "read_only", "readonly": "read_only"}
_MOUNTED = {"type", "source", "target", "read_only"}


def service(spec: Any, say: Say, services: Mapping[str, str]) -> tuple[Data, list[str]]:
    """The service, and the options that compose has nothing for; `services` are the names in the file of containers."""
    given: dict[str, list[str]] = {}
    for flag, value in spec.flags:
        given.setdefault(flag, []).append(say(value))
    data: Data = {"container_name": say(spec.name), "image": say(spec.image)}
    data |= _networks(spec, say, given, services)
    data |= _plain(spec, say)
    left = ["--rm"] * spec.remove
    for flag, texts in given.items():
        if flag == "volumes-from":
            data["volumes_from"] = [_from(text, services) for text in texts]
        elif not _flag(data, flag, texts):
            left += [f"--{flag} {text}" for text in texts]
    return data, left


def _plain(spec: Any, say: Say) -> Data:
    """The commoner options, each where it is given."""
    restart = say(spec.restart) if spec.restart is not None else ""
    logging = {"driver": say(spec.log_driver)} if spec.log_driver is not None else {}
    options = {name: say(value) for name, value in spec.log_options}
    found: Data = {
        "restart": restart,
        "ports": [say(each) for each in spec.ports],
        "volumes": [say(each) for each in spec.volumes],
        "environment": {name: say(value) for name, value in spec.environment},
        "env_file": [say(each) for each in spec.env_files],
        "entrypoint": [say(spec.entrypoint)] if spec.entrypoint is not None else [],
        "command": [say(each) for each in spec.command],
        "labels": {name: say(value) for name, value in spec.labels},
        "extra_hosts": [say(each) for each in spec.extra_hosts],
        "cap_add": [say(each) for each in spec.capabilities],
        "logging": {**logging, **({"options": options} if options else {})},
        "pull_policy": spec.pull if spec.pull in ("always", "missing", "never") else "",
    }
    names = {"mem_limit": spec.memory, "cpus": spec.cpus, "user": spec.user, "working_dir": spec.workdir}
    found |= {key: say(value) for key, value in {**names, "hostname": spec.hostname}.items() if value is not None}
    switches = {"privileged": spec.privileged, "stdin_open": spec.interactive, "tty": spec.tty}
    return {key: value for key, value in {**found, **switches}.items() if value}


def _networks(spec: Any, say: Say, given: dict[str, list[str]], services: Mapping[str, str]) -> Data:
    """Without a network docker takes its own bridge, and compose would make one."""
    names = [say(each) for each in spec.networks]
    own = [name for name in names if name not in OWN_NETWORKS and not name.startswith("container:")]
    if not own:
        mode = names[-1] if names and names[-1] not in ("", "default") else "bridge"
        other = mode.removeprefix("container:")
        return {"network_mode": f"service:{services[other]}" if mode != other and other in services else mode}
    about: Data = {}
    for flag, key in (("ip", "ipv4_address"), ("ip6", "ipv6_address")):
        about |= {key: given.pop(flag)[-1]} if flag in given else {}
    aliases = given.pop("network-alias", []) + given.pop("net-alias", [])
    about |= {"aliases": aliases} if aliases else {}
    return {"networks": dict.fromkeys(own, about or None) if about else own}


def _flag(data: Data, flag: str, texts: Sequence[str]) -> bool:
    """Says a rarer option, and whether there is anything to say it by."""
    last = texts[-1]
    if flag in _HEALTH or flag in ("health-cmd", "no-healthcheck"):
        data.setdefault("healthcheck", {}).update(_health(flag, last))
    elif flag in _LISTS:
        made = [_mount(text) for text in texts] if flag == "mount" else list(texts)
        if None in made:
            return False
        data.setdefault(_LISTS[flag], []).extend(made)
    elif flag in _TEXTS:
        data[_TEXTS[flag]] = last
    elif flag in _NUMBERS:
        data[_NUMBERS[flag]] = _number(last)
    elif flag in _SWITCHES:
        data[_SWITCHES[flag]] = True
    elif flag in ("sysctl", "storage-opt"):
        data["sysctls" if flag == "sysctl" else "storage_opt"] = dict(_pair(text) for text in texts)
    elif flag == "ulimit":
        data["ulimits"] = dict(_limit(text) for text in texts)
    elif flag == "stop-timeout":
        data["stop_grace_period"] = f"{last}s"
    elif flag == "blkio-weight":
        data["blkio_config"] = {"weight": _number(last)}
    elif flag == "gpus" and re.fullmatch(r"all|\d+", last):
        devices = [{"capabilities": ["gpu"], "count": last if last == "all" else int(last)}]
        data["deploy"] = {"resources": {"reservations": {"devices": devices}}}
    else:
        return False
    return True


def _from(text: str, services: Mapping[str, str]) -> str:
    name, colon, how = text.partition(":")
    return f"{services[name]}{colon}{how}" if name in services else f"container:{text}"


def _health(flag: str, text: str) -> Data:
    if flag == "no-healthcheck":
        return {"disable": True}
    if flag == "health-cmd":
        return {"test": ["CMD-SHELL", text]}
    return {_HEALTH[flag]: _number(text) if flag == "health-retries" else text}


def _number(text: str) -> int | str:
    return int(text) if re.fullmatch(r"-?\d+", text) else text


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value


def _limit(text: str) -> tuple[str, int | str | Data]:
    name, _, limits = text.partition("=")
    soft, both, hard = limits.partition(":")
    return name, {"soft": _number(soft), "hard": _number(hard)} if both else _number(limits)


def _mount(text: str) -> Data | None:
    """`type=bind,source=/a,target=/b,readonly`; None where an option of it has no place here."""
    fields: Data = {"type": "volume"}
    for part in text.split(","):
        name, _, value = part.partition("=")
        key = _MOUNT.get(name, name)
        fields[key] = value not in ("false", "0") if key == "read_only" else value
    return fields if {*fields} <= _MOUNTED else None
