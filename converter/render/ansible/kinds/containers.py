"""Containers, images and compose projects, with the modules of community.docker and containers.podman."""

from __future__ import annotations

import re
from typing import Any

from converter.model.value import Literal, Value
from converter.render.ansible.kinds.commands import number
from converter.render.ansible.kinds.container_flags import docker_flags, podman_flags
from converter.render.ansible.task import KEPT, Place, Task

_STATES = {"started": "started", "stopped": "stopped", "absent": "absent", "restarted": "started"}


def container(spec: Any, at: Place) -> list[Task]:
    """A container by its name."""
    args: dict[str, Any] = {"name": at.text(spec.name), "state": _STATES.get(spec.state, "started")}
    args |= at.some(
        image=spec.image,
        volumes=spec.volumes,
        env=spec.environment,
        command=spec.command,
        labels=spec.labels,
        memory=spec.memory,
        cpus=spec.cpus,
        user=spec.user,
        hostname=spec.hostname,
        privileged=spec.privileged,
        interactive=spec.interactive,
        tty=spec.tty,
        log_driver=spec.log_driver,
        recreate=spec.recreate,
    )
    if spec.state == "restarted":
        args["restart"] = True
    if spec.pull not in ("", "missing"):
        args["pull"] = spec.pull
    if spec.runtime == "podman":
        return [Task("containers.podman.podman_container", {**args, **_podman(spec, at)})]
    return [Task("community.docker.docker_container", {**args, **_docker(spec, at)})]


def _docker(spec: Any, at: Place) -> dict[str, Any]:
    args = at.some(
        published_ports=spec.ports, capabilities=spec.capabilities, auto_remove=spec.remove, working_dir=spec.workdir
    )
    args |= at.some(log_options=spec.log_options)
    if any(_on_every_address(port) for port in at.texts(spec.ports)):
        args["default_host_ip"] = ""
    if spec.env_files:
        args["env_file"] = at.path(spec.env_files[-1])
    if spec.restart is not None:
        policy, _, retries = at.text(spec.restart).partition(":")
        args |= {"restart_policy": policy, **({"restart_retries": int(retries)} if retries.isdigit() else {})}
    if spec.entrypoint is not None:
        args["entrypoint"] = [at.text(spec.entrypoint)]
    args |= docker_flags(spec, at)
    if "networks" in args:
        args["networks_cli_compatible"] = True
    if spec.extra_hosts:
        args["etc_hosts"] = _hosts(spec, at)
    return args


def _on_every_address(port: str) -> bool:
    """Without an address docker publishes on those of IPv6 too; the module would leave them out."""
    return port.count(":") < 2 and not port.startswith("[")


def _hosts(spec: Any, at: Place) -> dict[str, str]:
    """`name:address`; the name is what stands before the first colon."""
    entries = (at.text(entry).partition(":") for entry in spec.extra_hosts)
    return {name: address for name, _, address in entries}


def _podman(spec: Any, at: Place) -> dict[str, Any]:
    args = at.some(
        ports=spec.ports,
        cap_add=spec.capabilities,
        entrypoint=spec.entrypoint,
        rm=spec.remove,
        workdir=spec.workdir,
        env_file=spec.env_files,
    )
    args |= at.some(
        restart_policy=spec.restart, network=spec.networks, etc_hosts=_hosts(spec, at), log_opt=_log(spec, at)
    )
    return args | podman_flags(spec, at)


def _log(spec: Any, at: Place) -> dict[str, str]:
    """The module knows these options by names of its own."""
    names = {"max-size": "max_size", "path": "path", "tag": "tag"}
    return {names[name]: at.text(value) for name, value in spec.log_options if name in names}


def image(spec: Any, at: Place) -> list[Task]:
    """An image that is pulled, built or gone."""
    named = _named(spec.name, at)
    if spec.runtime == "podman":
        return [_podman_image(spec, at, named)]
    if spec.source == "absent":
        return [Task("community.docker.docker_image_remove", {**named, **at.some(force=spec.force)})]
    push = [Task("community.docker.docker_image_push", named, suffix="Push")] if spec.push else []
    if spec.source == "pull":
        return [
            Task(
                "community.docker.docker_image_pull",
                {**named, **at.some(platform=spec.platform)},
                {"when": "not ansible_check_mode"},
                comments=(
                    "Whether the registry has a newer one is known when it is pulled, so --check leaves it out.",
                ),
            ),
            *push,
        ]
    args: dict[str, Any] = {**named, "path": at.path(spec.path) if spec.path is not None else at.cwd}
    args |= at.some(
        dockerfile=spec.dockerfile, args=spec.arguments, target=spec.target, nocache=not spec.cache, pull=spec.pull
    )
    args |= at.some(labels=spec.labels, network=spec.network, cache_from=spec.cache_from)
    args |= {"platform": [at.text(spec.platform)]} if spec.platform is not None else {}
    return [Task("community.docker.docker_image_build", {**args, "rebuild": "always"}), *push]


def _podman_image(spec: Any, at: Place, named: dict[str, str]) -> Task:
    args: dict[str, Any] = {
        **named,
        "state": {"absent": "absent", "build": "build"}.get(spec.source, "present"),
    }
    if spec.source == "build":
        args["path"] = at.path(spec.path) if spec.path is not None else at.cwd
        args |= {"build": {"cache": spec.cache, **at.some(file=spec.dockerfile, target=spec.target)}, "push": spec.push}
    return Task("containers.podman.podman_image", {**args, **at.some(force=spec.force)})


def _named(name: Value, at: Place) -> dict[str, str]:
    """Name and tag; a digest belongs to the name."""
    if any(isinstance(part, Literal) and "@sha256:" in part.text for part in name.parts):
        return {"name": at.text(name)}
    return dict(zip(("name", "tag"), _name_tag(name, at), strict=True))


def _name_tag(name: Value, at: Place) -> tuple[str, str]:
    """`registry:5000/name:tag`: a colon after the last slash comes before the tag."""
    for index in range(len(name.parts) - 1, -1, -1):
        part = name.parts[index]
        if not isinstance(part, Literal):
            continue
        tail = part.text.rpartition("/")[2]
        if ":" in tail:
            head, _, tag = part.text.rpartition(":")
            return at.text(Value(*name.parts[:index], Literal(head))), at.text(
                Value(Literal(tag), *name.parts[index + 1 :])
            )
        if "/" in part.text:
            break
    return at.text(name), "latest"


def image_tag(spec: Any, at: Place) -> list[Task]:
    """A further name of an image."""
    args = {**_named(spec.name, at), "repository": [at.text(spec.target)]}
    return [Task("community.docker.docker_image_tag", args)]


def image_push(spec: Any, at: Place) -> list[Task]:
    """An image in its registry."""
    return [Task("community.docker.docker_image_push", _named(spec.name, at))]


def registry_login(spec: Any, at: Place) -> list[Task]:
    """A login at a registry."""
    args = at.some(registry_url=spec.registry, username=spec.username, password=spec.password)
    return [Task("community.docker.docker_login", args, {"no_log": True})]


def container_network(spec: Any, at: Place) -> list[Task]:
    """A network of containers."""
    args = at.some(
        name=spec.name,
        driver=spec.driver,
        internal=spec.internal,
        attachable=spec.attachable,
        enable_ipv6=spec.ipv6,
        labels=spec.labels,
        driver_options=spec.options,
    )
    if spec.subnet is not None:
        args["ipam_config"] = [at.some(subnet=spec.subnet, gateway=spec.gateway, iprange=spec.ip_range)]
    return [Task("community.docker.docker_network", {**args, "state": spec.state})]


def container_volume(spec: Any, at: Place) -> list[Task]:
    """A volume of containers."""
    args = at.some(volume_name=spec.name, driver=spec.driver, labels=spec.labels, driver_options=spec.options)
    return [Task("community.docker.docker_volume", {**args, "state": spec.state})]


def container_prune(spec: Any, at: Place) -> list[Task]:
    """What nothing uses, removed."""
    whats = (
        ["containers", "networks", "images", "builder_cache"]
        if spec.what == "system"
        else [spec.what.replace("builder", "builder_cache")]
    )
    whats += ["volumes"] if spec.volumes and "volumes" not in whats else []
    args: dict[str, Any] = dict.fromkeys(whats, True)
    filters = {name: at.text(value) for name, value in spec.filters}
    for what in whats:
        own = {"dangling": not spec.all, **filters} if what == "images" else filters
        if own and what != "builder_cache":
            args[f"{what}_filters"] = own
    if spec.all and "builder_cache" in whats:
        args["builder_cache_all"] = True
    return [Task("community.docker.docker_prune", args)]


def compose_project(spec: Any, at: Place) -> list[Task]:
    """A compose project; version 1 of compose ran the same files."""
    note = _old_compose(spec)
    args = {**_project(spec, at), **at.some(services=spec.services)}
    if spec.state == "pulled":
        return [Task("community.docker.docker_compose_v2_pull", args, environment=True, comments=note)]
    if spec.state == "built":
        return [_build(spec, at, note)]
    args["state"] = spec.state
    args |= at.some(remove_orphans=spec.remove_orphans, remove_volumes=spec.remove_volumes, wait=spec.wait)
    for name, default in (("build", "policy"), ("pull", "policy"), ("recreate", "auto")):
        if getattr(spec, name) != default and spec.state == "present":
            args[name] = getattr(spec, name)
    if spec.remove_images:
        args["remove_images"] = spec.remove_images
    if spec.scale:
        args["scale"] = {name: number(value, at) for name, value in spec.scale}
    if spec.timeout is not None:
        args["timeout"] = number(spec.timeout, at)
    if spec.wait_timeout is not None:
        args["wait_timeout"] = number(spec.wait_timeout, at)
    if not spec.dependencies:
        args["dependencies"] = False
    return [Task("community.docker.docker_compose_v2", args, environment=True, comments=note)]


def _old_compose(spec: Any) -> tuple[str, ...]:
    if not spec.standalone:
        return ()
    return ("The script uses docker-compose 1; the module needs the compose plugin of docker.",)


def _project(spec: Any, at: Place) -> dict[str, Any]:
    """Which project it is."""
    return {
        "project_src": at.path(spec.project_src),
        **at.some(files=spec.files, project_name=spec.project_name, env_files=spec.env_files, profiles=spec.profiles),
    }


def compose_command(spec: Any, at: Place) -> list[Task]:
    """A command in a service, which nobody can ask what it changes."""
    args = {**_project(spec, at), "service": at.text(spec.service), **_inside(spec, at)}
    args |= {} if spec.tty else {"tty": False}
    if spec.fresh:
        args |= at.some(
            cleanup=spec.remove, no_deps=not spec.dependencies, entrypoint=spec.entrypoint, volumes=spec.volumes
        )
        return [Task("community.docker.docker_compose_v2_run", args, environment=True, comments=_old_compose(spec))]
    if spec.index is not None:
        args["index"] = number(spec.index, at)
    return [Task("community.docker.docker_compose_v2_exec", args, environment=True, comments=_old_compose(spec))]


def container_command(spec: Any, at: Place) -> list[Task]:
    """A command in a container."""
    module = {"podman": "containers.podman.podman_container_exec"}
    args = {("name" if spec.runtime in module else "container"): at.text(spec.container), **_inside(spec, at)}
    if "chdir" in args and spec.runtime in module:
        args["workdir"] = args.pop("chdir")
    args |= at.some(tty=spec.tty)
    return [Task(module.get(spec.runtime, "community.docker.docker_container_exec"), args)]


def _inside(spec: Any, at: Place) -> dict[str, Any]:
    """The command and its surroundings in the container; the modules ask for texts where YAML would see a number."""
    args = at.some(argv=spec.argv, user=spec.user, chdir=spec.workdir, detach=spec.detach)
    if spec.environment:
        args["env"] = {name: _as_text(at.text(value)) for name, value in spec.environment}
    if spec.stdin is not None:
        args |= {"stdin": at.text(spec.stdin), "stdin_add_newline": False}
    return args


def _as_text(template: str) -> str:
    return re.sub(r"^\{\{ (?!.*\}\}.)(.*) \}\}$", r"{{ (\1) | string }}", template)


def image_archive(spec: Any, at: Place) -> list[Task]:
    """Images that come from an archive, or go into one."""
    if spec.state == "loaded":
        return [Task("community.docker.docker_image_load", {"path": at.path(spec.path)})]
    args = {"path": at.path(spec.path), "names": at.texts(spec.names)}
    return [Task("community.docker.docker_image_export", args)]


def _build(spec: Any, at: Place, note: tuple[str, ...]) -> Task:
    """A build without a start: the module builds only what it starts."""
    argv = ["docker", "compose"]
    for flag, values in (("-f", spec.files), ("--env-file", spec.env_files), ("--profile", spec.profiles)):
        argv += [word for value in values for word in (flag, at.text(value))]
    argv += ["-p", at.text(spec.project_name)] if spec.project_name is not None else []
    argv += [
        "build",
        *(["--pull"] if spec.pull == "always" else []),
        *(["--no-cache"] if spec.recreate == "always" else []),
    ]
    args = {"argv": [*argv, *at.texts(spec.services)], "chdir": at.path(spec.project_src)}
    said = (*note, f"{KEPT}the module of compose builds only what it starts")
    return Task("ansible.builtin.command", args, {"changed_when": True}, environment=True, comments=said)
