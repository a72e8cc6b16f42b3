"""Services of compose files as applications, and commands in them as jobs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

from converter.model.resource import Resource
from converter.model.value import Value
from converter.render.kubernetes import jobs
from converter.render.kubernetes.app import App, Image
from converter.render.kubernetes.compose import Project, Service, compose_spec
from converter.render.kubernetes.names import key, label
from converter.render.kubernetes.quantities import cpus, number
from converter.render.kubernetes.surroundings import service_key
from converter.render.kubernetes.texts import UnknownTextError

if TYPE_CHECKING:
    from converter.render.kubernetes.building import Building

_GONE = "what this repository does not name is not there, and what changes is started anew"
_BUILT = "images reach a cluster through a registry: build it in a pipeline, and put its tag into the versions"
_ONCE = re.compile(r"[;&|]")
# How the options of `docker run` are spelled in a compose file.
_SPELLED = {
    "-p": "ports",
    "-v": "volumes",
    "--add-host": "extra_hosts",
    "--device": "devices",
    "--device-cgroup-rule": "device_cgroup_rules",
    "--dns-opt": "dns_opt",
    "--health-cmd": "healthcheck",
    "--health-start-interval": "healthcheck.start_interval",
    "--label": "labels",
    "--link": "links",
    "--log-driver": "logging",
    "--mount": "volumes",
    "--network": "network_mode",
    "--network-alias": "networks.aliases",
    "--sysctl": "sysctls",
    "--ulimit": "ulimits",
    "--userns": "userns_mode",
    "--memory-swap": "memswap_limit",
    "--cgroupns": "cgroup",
    "--cpuset-cpus": "cpuset",
}


def project(building: Building, each: Resource) -> None:
    """All services that are to run."""
    spec = compose_spec(each)
    if spec.state == "built":
        building.leave(each, _BUILT)
        return
    if spec.state != "present":
        building.cover(each, "each node pulls what it runs" if spec.state == "pulled" else _GONE)
        return
    found = _read(building, each)
    if found is None:
        return
    made = [app for service in found.services.values() if (app := _service(building, each, found, service))]
    if not made:
        building.leave(each, "none of its services can be expressed")
    for path in dict.fromkeys(found.written):
        file = building.around.files.get(path)
        if file is not None and made and file[1].kind == "file":
            made[0].used.append(file[1])
    for name, value in spec.scale:
        app = next((app for app in made if app.name == building.names.get(service_key(each, name))), None)
        if app is not None:
            _replicas(app, value)
    if spec.wait:
        for app in made:
            app.waited.append(each)
    for reason in found.left:
        building.leave(each, reason, part=True)


def _read(building: Building, each: Resource) -> Project | None:
    projects = building.around.projects
    found = projects.of(each) if projects is not None else None
    if found is None or found.problem:
        building.leave(each, found.problem if found is not None else "its compose file is not there")
        return None
    files = " and ".join(f"`{name}`" for name in dict.fromkeys(found.read))
    if found.guessed and projects is not None:
        place = projects.documents.plain(found.directory)
        building.assumed.append(f"{files}, as it is beside the script, is what stands in `{place}`.")
    building.assumed += [
        f"`{name}` of {files} is `{text}`, its default; what the host's environment or `.env` says is not known."
        for name, text in found.defaults.items()
    ]
    return found


def _service(building: Building, each: Resource, found: Project, service: Service) -> App | None:
    """One application; None where it can't be one, which is then told."""
    name = building.names.get(service_key(each, service.name))
    if name is None:
        return None
    known = next((app for app in building.apps if app.name == name), None)
    if known is not None:
        known.resources += [each] if each not in known.resources else []
        return known
    try:
        app = _started(building, each, found, service, name)
    except UnknownTextError as problem:
        building.leave(each, f"the service `{service.name}` is not there: {problem.reason}", part=True)
        return None
    app.left = [f"service `{service.name}`: {_spelled(reason)}" for reason in (*service.left, *app.left)]
    return app


def _spelled(reason: str) -> str:
    """A reason in words of compose."""

    def compose(found: re.Match[str]) -> str:
        name = _SPELLED.get(found[1], found[1].lstrip("-").replace("-", "_"))
        return f"`{name}:{found[2]}`" if found[2] else f"`{name}`"

    return re.sub(r"`(--?[a-z][a-z-]*)( [^`]*)?`", compose, reason)


def once(job: App, app: App) -> None:
    """What is said of an application is not said again of a job in it."""
    job.left = [reason for reason in map(_spelled if app.stands else str, job.left) if not _said(reason, app)]


def _said(reason: str, app: App) -> bool:
    return any(each.endswith(reason) for each in app.left)


def _started(building: Building, each: Resource, found: Project, service: Service, name: str) -> App:
    spec: Any = _named(building, each, found, service, name)
    own = _image(found, service)
    if _ends(found, service):
        app = jobs.of_run(each, name, spec, building.around)
        building.apps.append(app)
        building.specs[name] = spec
    else:
        app = building.deployment(each, spec, name)
    if own is not None:
        app.image = own
        app.container["image"] = own.name
    elif service.built:
        app.left.append(f"`build: {service.built}`: {_BUILT}")
    if service.probe and "readinessProbe" in app.container:
        app.container["readinessProbe"]["exec"]["command"] = [app.expanded(word) for word in service.probe]
    if service.reserved is not None:
        app.container["resources"]["requests"]["cpu"] = cpus(building.around.texts.plain(service.reserved))
    if service.replicas is not None and app.kind == "Deployment":
        _replicas(app, service.replicas)
    for secret, target in service.secrets:
        _secret(app, secret, target)
    app.stands = f"`services.{service.name}` of {' and '.join(dict.fromkeys(found.read))}"
    after = (building.names.get(service_key(each, other)) for other in service.after)
    app.after += [other for other in after if other is not None]
    return app


def _named(building: Building, each: Resource, found: Project, service: Service, name: str) -> Any:
    """With a name of its own in the network, if another service calls it; and with the texts that it mounts."""
    spec: Any = service.container()
    if spec.image is None:
        spec = msgspec.structs.replace(spec, image=Value.of(_unbuilt(found, service)))
    if not spec.networks and name in building.around.called:
        spec = msgspec.structs.replace(spec, networks=(Value.of("compose"),))
    for path, text in found.mounted.items():
        building.around.files.setdefault(path, (text, each))
    return spec


def _unbuilt(found: Project, service: Service) -> str:
    name = found.directory.shell().rstrip("/").rpartition("/")[2]
    return f"{label(name)}-{label(service.name)}"


def _image(found: Project, service: Service) -> Image | None:
    """Of an image that compose builds, only a person knows the name in a registry."""
    if "image" in service.fields:
        return None
    why = f"compose builds it from `{service.built or '.'}`; let a pipeline push it, and put its name and tag here"
    return Image(name=_unbuilt(found, service), why=why)


def _ends(found: Project, service: Service) -> bool:
    """Whether it runs once: others wait for its end, or it is a migration that is not to be started again."""
    if any(other.after.get(service.name) == "service_completed_successfully" for other in found.every.values()):
        return True
    policy = service.fields.get("restart")
    words = " ".join(word.shell() for word in service.fields.get("command", ()))
    once = policy is not None and (policy.text or "") in ("no", "on-failure")
    return once and jobs.changes_elsewhere(words) and not _ONCE.search(words)


def _replicas(app: App, value: Value) -> None:
    wanted = number(app.around.texts.plain(value))
    if wanted > 1 and app.claims:
        app.left.append(
            f"`replicas: {wanted}`: all would share its data, so that it runs once; make it a StatefulSet, if each is"
            " to have its own"
        )
        wanted = 1
    app.spec["replicas"] = wanted


def _secret(app: App, name: str, target: str) -> None:
    """A file with the secret in it."""
    kept = app.secret(name)
    if all(each["name"] != "secrets" for each in app.volumes):
        app.volumes.append({"name": "secrets", "secret": {"secretName": kept}})
    app.mounts.append({"name": "secrets", "mountPath": target, "subPath": key(name), "readOnly": True})


def command(building: Building, each: Resource, spec: Any) -> None:
    """`exec` in a service that runs, or `run` in a container of its own."""
    found = _read(building, each)
    if found is None:
        return
    name = spec.service.shell()
    service = found.every.get(name)
    if service is None:
        building.leave(each, f"the compose file has no service `{name}`")
    elif not spec.fresh:
        building.inside(each, spec.service, spec.argv, spec)
    elif spec.detach or spec.stdin is not None or spec.volumes:
        building.leave(each, "what it reads, mounts or leaves running is on the host: make it a Job with what it needs")
    else:
        _run(building, each, spec, found, service)


def _run(building: Building, each: Resource, spec: Any, found: Project, service: Service) -> None:
    """With the entrypoint of the service, and without its ports."""
    own: Any = _named(building, each, found, service, service.name)
    environment = {**dict(own.environment), **dict(spec.environment)}
    fields: dict[str, Any] = {"ports": (), "labels": (), "restart": None, "hostname": None, "tty": False}
    fields |= {"interactive": False, "environment": tuple(environment.items()), "networks": ()}
    fields |= {"user": spec.user or own.user, "workdir": spec.workdir or own.workdir}
    fields["flags"] = tuple(pair for pair in own.flags if not pair[0].startswith("health-") and pair[0] != "expose")
    if spec.argv:
        fields["command"] = spec.argv
    if spec.entrypoint is not None:
        fields |= {"entrypoint": spec.entrypoint, "command": spec.argv}
    name = building.free(service.name, spec.argv)
    app = jobs.of_run(each, name, msgspec.structs.replace(own, **fields), building.around)
    image = _image(found, service)
    if image is not None:
        app.image = image
        app.container["image"] = image.name
    for secret, target in service.secrets:
        _secret(app, secret, target)
    names = {one.around.apps.get(other) for one in building.apps for other in service.after}
    app.after += [one.name for one in building.apps if one.name in names] if spec.dependencies else []
    app.left = [_spelled(reason) for reason in app.left]
    known = next((one for one in building.apps if one.name == building.around.apps.get(service.name)), None)
    if known is not None:
        once(app, known)
    building.apps.append(app)
