"""Containers, images and compose projects, with the modules of community.docker."""

from __future__ import annotations

from typing import Any

from converter.model.value import Value
from converter.render.ansible.task import Place, Task

_STATES = {"started": "started", "stopped": "stopped", "absent": "absent", "restarted": "started"}


def container(spec: Any, at: Place) -> list[Task]:
    """A container by its name."""
    args = at.some(
        name=spec.name,
        image=spec.image,
        ports=spec.ports,
        volumes=spec.volumes,
        env=spec.environment,
        env_file=spec.env_files[0] if len(spec.env_files) == 1 else None,
        networks=None,
        command=spec.command,
        entrypoint=(spec.entrypoint,) if spec.entrypoint is not None else None,
        labels=spec.labels,
        memory=spec.memory,
        cpus=spec.cpus,
        user=spec.user,
        working_dir=spec.workdir,
        hostname=spec.hostname,
        privileged=spec.privileged,
        capabilities=spec.capabilities,
        interactive=spec.interactive,
        tty=spec.tty,
        auto_remove=spec.remove,
        log_driver=spec.log_driver,
        log_options=spec.log_options,
        recreate=spec.recreate,
    )
    args |= _restart(spec, at)
    if spec.networks:
        args |= _networks(spec, at)
    if spec.extra_hosts:
        args["etc_hosts"] = dict(text.split(":", 1) for text in at.texts(spec.extra_hosts) if ":" in text)
    args["state"] = _STATES.get(spec.state, "started")
    if spec.state == "restarted":
        args["restart"] = True
    if spec.pull == "always":
        args["pull"] = "always"
    return [Task("community.docker.docker_container", args)]


def _restart(spec: Any, at: Place) -> dict[str, Any]:
    if spec.restart is None:
        return {}
    policy, _, retries = at.text(spec.restart).partition(":")
    return {"restart_policy": policy, **({"restart_retries": int(retries)} if retries.isdigit() else {})}


def _networks(spec: Any, at: Place) -> dict[str, Any]:
    names = at.texts(spec.networks)
    if names == ["host"] or names == ["none"] or names[0].startswith("container:"):
        return {"network_mode": names[0]}
    return {"networks": [{"name": name} for name in names], "network_mode": names[0]}


def image(spec: Any, at: Place) -> list[Task]:
    """An image that is pulled, built or gone."""
    name, tag = _name_tag(at.text(spec.name))
    if spec.source == "absent":
        return [Task("community.docker.docker_image_remove", {"name": name, "tag": tag, **at.some(force=spec.force)})]
    if spec.source == "pull":
        args = {"name": name, "tag": tag, **at.some(platform=spec.platform)}
        return [Task("community.docker.docker_image_pull", args)]
    args = {"name": name, "tag": tag, "path": at.text(spec.path) if spec.path is not None else at.cwd}
    args |= at.some(
        dockerfile=spec.dockerfile, args=spec.arguments, target=spec.target, nocache=not spec.cache, pull=spec.pull
    )
    args |= {"platform": [at.text(spec.platform)]} if spec.platform is not None else {}
    return [Task("community.docker.docker_image_build", {**args, "rebuild": "always"})]


def _name_tag(name: str) -> tuple[str, str]:
    head, colon, tag = name.rpartition(":")
    if colon and "/" not in tag and not tag.endswith("'") and "}}" not in tag.split("{{")[0]:
        return head, tag
    return name, "latest"


def image_tag(spec: Any, at: Place) -> list[Task]:
    """A further name of an image."""
    return [
        Task("community.docker.docker_image_tag", {"name": at.text(spec.name), "repository": [at.text(spec.target)]})
    ]


def image_push(spec: Any, at: Place) -> list[Task]:
    """An image in its registry."""
    name, tag = _name_tag(at.text(spec.name))
    return [Task("community.docker.docker_image_push", {"name": name, "tag": tag})]


def registry_login(spec: Any, at: Place) -> list[Task]:
    """A login at a registry."""
    args = at.some(registry_url=spec.registry, username=spec.username, password=spec.password)
    return [Task("community.docker.docker_login", args, {"no_log": True})]


def container_network(spec: Any, at: Place) -> list[Task]:
    """A network of containers."""
    args = at.some(name=spec.name, driver=spec.driver)
    return [Task("community.docker.docker_network", {**args, "state": spec.state})]


def container_volume(spec: Any, at: Place) -> list[Task]:
    """A volume of containers."""
    args = at.some(volume_name=spec.name, driver=spec.driver)
    return [Task("community.docker.docker_volume", {**args, "state": spec.state})]


def container_prune(spec: Any, at: Place) -> list[Task]:
    """What nothing uses, removed."""
    whats = ("containers", "networks", "images") if spec.what == "system" else (spec.what,)
    args: dict[str, Any] = {("builder_cache" if what == "builder" else what): True for what in whats}
    if spec.volumes:
        args["volumes"] = True
    if spec.what == "system":
        args["builder_cache"] = True
    if "images" in whats:
        filters = {name: at.text(value) for name, value in spec.filters}
        args["images_filters"] = {"dangling": not spec.all, **filters}
    return [Task("community.docker.docker_prune", args)]


def compose_project(spec: Any, at: Place) -> list[Task]:
    """A compose project; version 1 of compose ran the same files."""
    args = at.some(
        project_src=spec.project_src,
        files=spec.files,
        project_name=spec.project_name,
        env_files=spec.env_files,
        profiles=spec.profiles,
        services=spec.services,
        remove_orphans=spec.remove_orphans,
        remove_volumes=spec.remove_volumes,
        wait=spec.wait,
    )
    if spec.state == "pulled":
        names = ("project_src", "files", "project_name", "env_files", "profiles", "services")
        kept = {name: value for name, value in args.items() if name in names}
        return [Task("community.docker.docker_compose_v2_pull", kept, environment=True)]
    if spec.state == "built":
        return [_build(spec, at)]
    args["state"] = spec.state
    for name, default in (("build", "policy"), ("pull", "policy"), ("recreate", "auto")):
        if getattr(spec, name) != default and spec.state == "present":
            args[name] = getattr(spec, name)
    if spec.remove_images:
        args["remove_images"] = spec.remove_images
    if spec.scale:
        args["scale"] = {name: _number(value, at) for name, value in spec.scale}
    if spec.timeout is not None:
        args["timeout"] = _number(spec.timeout, at)
    if not spec.dependencies:
        args["dependencies"] = False
    return [Task("community.docker.docker_compose_v2", args, environment=True)]


def _number(value: Value, at: Place) -> int | str:
    text = at.text(value)
    return int(text) if text.isdigit() else text


def _build(spec: Any, at: Place) -> Task:
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
    argv += at.texts(spec.services)
    args = {"argv": argv, "chdir": at.text(spec.project_src)}
    return Task("ansible.builtin.command", args, {"changed_when": True}, environment=True)
