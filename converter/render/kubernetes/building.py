"""The applications of one environment from its resources, in the order of the script; nothing is lost on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from converter.model.resource import Resource
from converter.model.tree import Unsupported
from converter.model.value import Value
from converter.render.kubernetes import jobs, probes, services
from converter.render.kubernetes.app import App, Surroundings
from converter.render.kubernetes.compose import compose_spec
from converter.render.kubernetes.container import container
from converter.render.kubernetes.driving import driven
from converter.render.kubernetes.hosted import Hosted
from converter.render.kubernetes.images import image
from converter.render.kubernetes.kinds import COVERED, FILES, UNSUPPORTED
from converter.render.kubernetes.names import label
from converter.render.kubernetes.ports import Port, links, ports
from converter.render.kubernetes.surroundings import STARTED, container_of
from converter.render.kubernetes.texts import UnknownTextError

TARGET = "kubernetes"
_LATE = ("cron_job", "link")


class Building:
    """What becomes of each resource: an application, a part of one, nothing because the cluster sees to it, or a line
    for a person."""

    def __init__(self, around: Surroundings, names: Mapping[str, str], hosted: Hosted) -> None:
        self.around, self.names, self.hosted = around, names, hosted
        self.apps: list[App] = []
        self.resources: list[Resource] = []
        self.specs: dict[str, Any] = {}
        self.covered: list[Unsupported] = []
        self.unsupported: list[Unsupported] = []
        self.assumed: list[str] = []
        self.listening: list[tuple[App, list[Port]]] = []

    def add(self, resources: list[Resource]) -> None:
        """All of them; lines of crontabs, links and files come last, since what they are about may stand after them."""
        self.resources = resources
        late = [each for each in resources if each.kind in _LATE]
        self.hosted.start(self)
        for each in (*(each for each in resources if each.kind not in (*_LATE, "file")), *late):
            self._try(each)
        self._connect()
        for each in resources:
            if each.kind == "file" and not self.hosted.take(self, each):
                self._file(each)
        self.hosted.finish(self)
        self.unsupported += [
            Unsupported(address=app.resources[0].address, target=TARGET, reason=reason, part=True)
            for app in self.apps
            for reason in dict.fromkeys(app.left)
        ]

    def _try(self, each: Resource) -> None:
        if driven(each) is not None or self.hosted.take(self, each):
            return
        if each.guard:
            conditions = ", ".join(dict.fromkeys(test.span.lines() for test in each.guard))
            self.leave(each, f"it depends on a condition ({conditions}), and manifests have none")
            return
        try:
            self._resource(each)
        except UnknownTextError as problem:
            self.leave(each, problem.reason)

    def leave(self, each: Resource, reason: str, *, part: bool = False) -> None:
        """For a person; `part`: the rest of it is in the manifests."""
        self.unsupported.append(Unsupported(address=each.address, target=TARGET, reason=reason, part=part))

    def cover(self, each: Resource, reason: str) -> None:
        """The cluster sees to it."""
        self.covered.append(Unsupported(address=each.address, target=TARGET, reason=reason))

    def _resource(self, each: Resource) -> None:
        if each.kind in COVERED:
            self.cover(each, COVERED[each.kind])
        elif each.kind in UNSUPPORTED:
            self.leave(each, UNSUPPORTED[each.kind])
        else:
            make: Callable[[Resource, Any], None] = getattr(self, f"_{each.kind}")
            make(each, each.spec)

    def _container(self, each: Resource, spec: Any) -> None:
        if spec.state not in STARTED or spec.image is None:
            self.cover(each, "what this repository does not name is not there, and what changes is started anew")
            return
        self.deployment(each, spec, self.names[each.address])

    def deployment(self, each: Resource, spec: Any, name: str, times: int = 1) -> App:
        """A container that goes on, on each host `times` times."""
        own = image(spec.image, self.around.texts)
        app = App(name=name, kind="Deployment", resources=[each], around=self.around, image=own)
        listening = ports(app, spec)
        container(app, spec)
        app.spec["replicas"] = (self.around.replicas.get(each.on, 1) or 1) * times
        if app.spec["replicas"] > 1 and app.claims:
            app.left.append(
                f"the script runs it on {app.spec['replicas']} hosts, each with data of its own; here it runs once:"
                " make it a StatefulSet, if each is to have its own"
            )
            app.spec["replicas"] = 1
        self._policy(app, spec)
        self.apps.append(app)
        self.specs[app.name] = spec
        self.listening.append((app, listening))
        return app

    def _policy(self, app: App, spec: Any) -> None:
        policy = self.around.texts.maybe(spec.restart) or ""
        if policy.startswith("on-failure"):
            app.left.append(f"`--restart {policy}`: what ends without an error is started again too")
        if spec.log_driver is not None and (self.around.texts.maybe(spec.log_driver)) not in (
            "json-file",
            "local",
            "journald",
        ):
            app.left.append(
                f"`--log-driver {spec.log_driver.shell()}`: logs are collected from the nodes; set it up there"
            )

    def _container_command(self, each: Resource, spec: Any) -> None:
        self.inside(each, spec.container, spec.argv, spec)

    def restarts(self, app: App) -> bool:
        """Whether the script itself starts it again when it ends, or it ends for good."""
        policy = self.specs[app.name].restart if app.name in self.specs else None
        return app.kind != "Deployment" or (self.around.texts.maybe(policy) or "") in ("always", "unless-stopped")

    def inside(self, each: Resource, container: Value, argv: tuple[Value, ...], spec: Any = None) -> None:
        """A command in a running container: a job, where its effect is elsewhere."""
        found = self._app_of(container)
        why = jobs.acts_inside(argv, spec)
        if found is None or why:
            self.leave(each, why or f"no container `{container.shell()}` is started by the script")
            return
        made = jobs.of_app(found, each, self.free(found.name, argv), self.specs[found.name], argv, spec)
        made.image = found.image
        made.container["image"] = found.image.name
        services.once(made, found)
        self.apps.append(made)

    def _app_of(self, container: Value) -> App | None:
        name = self.around.apps.get(self.around.texts.maybe(container) or container.key())
        return next((app for app in self.apps if app.name == name), None)

    def free(self, name: str, argv: tuple[Value, ...]) -> str:
        """A name for a job that no other application has."""
        wanted = label(f"{name}-{jobs.short(argv)}")
        taken = {app.name for app in self.apps} | set(self.names.values())
        return (
            wanted
            if wanted not in taken
            else next(free for number in range(2, 1000) if (free := f"{wanted}-{number}") not in taken)
        )

    def _command(self, each: Resource, spec: Any) -> None:
        if compose_spec(each) is not None:
            services.project(self, each)
            return
        if each.address in self.names:
            self.deployment(each, container_of(each), self.names[each.address])
            return
        read = jobs.read(spec.argv) if spec.argv and spec.stdin is None and not spec.output else None
        if read is None:
            self.leave(
                each,
                "it is a command on a host, which a cluster has none of: make it a Job, or let the pipeline run it",
            )
        elif isinstance(read, tuple):
            self.inside(each, *read)
        else:
            self.apps.append(jobs.of_run(each, self.free(jobs.owner(read), read.command), read, self.around))

    def _cron_job(self, each: Resource, spec: Any) -> None:
        schedule = jobs.schedule(spec, self.around.texts)
        words = jobs.words(spec.job)
        read = jobs.read(words) if words and spec.state == "present" and not spec.variables else None
        if read is None or schedule is None:
            self.leave(each, "what it runs is on a host: put it into an image, and make it a CronJob")
        elif isinstance(read, tuple):
            found = self._app_of(read[0])
            if found is None:
                self.leave(each, f"no container `{read[0].shell()}` is started by the script")
                return
            made = jobs.of_app(found, each, self.free(found.name, read[1]), self.specs[found.name], read[1], None)
            self.apps.append(jobs.scheduled(made, schedule))
        else:
            made = jobs.of_run(each, self.free(jobs.owner(read), read.command), read, self.around)
            self.apps.append(jobs.scheduled(made, schedule))

    def _http_check(self, each: Resource, spec: Any) -> None:
        why = probes.http(each, spec, self.listening)
        if why:
            self.leave(each, why, part=any(each in app.used for app in self.apps))

    def _port_wait(self, each: Resource, spec: Any) -> None:
        why = probes.tcp(each, spec, self.listening)
        if why:
            self.leave(each, why)

    def _http_request(self, each: Resource, spec: Any) -> None:
        why = probes.asked(each, spec, self.listening)
        if why:
            self.leave(each, why)

    def _image(self, each: Resource, spec: Any) -> None:
        if spec.source == "build":
            self.leave(
                each,
                "images reach a cluster through a registry: build it in a pipeline, and put its tag into the overlay",
            )
        else:
            self.cover(each, "each node pulls what it runs, and removes what nothing uses")

    def _container_network(self, each: Resource, spec: Any) -> None:
        special = [field for field in ("subnet", "gateway", "ip_range", "options") if getattr(spec, field)]
        if special and spec.state == "present":
            self.leave(
                each, f"the network is the cluster's own: {' and '.join(special)} can't be chosen for one application"
            )
        else:
            self.cover(each, "applications of one namespace find each other by their names")

    def _container_volume(self, each: Resource, spec: Any) -> None:
        if spec.options or (spec.driver is not None and spec.driver.text != "local"):
            self.leave(each, "a storage class of the cluster takes the place of the driver: name it in the claim")
        else:
            self.cover(each, "it is a claim of the application that mounts it")

    def _compose_project(self, each: Resource, _spec: Any) -> None:
        services.project(self, each)

    def _compose_command(self, each: Resource, spec: Any) -> None:
        services.command(self, each, spec)

    def _file(self, each: Resource) -> None:
        if any(each in app.used for app in self.apps):
            return
        spec: Any = each.spec
        names = sites_of(spec.content, self.around)
        served = next((app for app in self.apps if app.ingress and names & _hosts(app)), None)
        if served is not None:
            served.used.append(each)
            if leads_only(spec.content, self.around):
                self.cover(each, "an Ingress stands for it")
            else:
                self.leave(each, "an Ingress stands for its `server_name` and `proxy_pass`; see to what else it says")
        else:
            self.leave(each, "a file of a host does not reach a container: put it into the image, or into a config map")

    def _link(self, each: Resource, spec: Any) -> None:
        """Also `sites-enabled` of a proxy whose place an Ingress has taken."""
        known = self.around.files.get(self.around.texts.maybe(spec.target) or "")
        names = sites_of(known[0], self.around) if known is not None else set()
        if names and any(names & _hosts(app) for app in self.apps):
            self.cover(each, "the Ingress is there as long as its manifest is")
        else:
            self.leave(each, FILES)

    def _connect(self) -> None:
        """`--link db:database` gives another application a further name."""
        for app in self.apps:
            for other, alias in links(app, self.specs[app.name]) if app.name in self.specs else ():
                found = next((each for each in self.apps if each.name == self.around.apps.get(other)), None)
                if found is None or label(alias) != alias:
                    app.left.append(f"`--link {other}:{alias}`: no application of this repository can have that name")
                elif all(each["name"] != alias for each in found.services):
                    known = found.services[0]["ports"] if found.services else []
                    own = [] if found.services else [{"name": found.name, "ports": known}]
                    more = [{"name": alias, "ports": known}] if alias != found.name else []
                    found.services += [*own, *more]
                if found is not None and self.apps.index(found) < self.apps.index(app):
                    app.after.append(found.name)


def _hosts(app: App) -> set[str]:
    return {rule["host"] for rule in (app.ingress or {"spec": {"rules": []}})["spec"]["rules"]}


def leads_only(content: Value, around: Surroundings) -> bool:
    """Whether a proxy's file says nothing but what an Ingress does."""
    from converter.render.kubernetes.sites import only_leads

    return only_leads(content, around.texts)


def sites_of(content: Value, around: Surroundings) -> set[str]:
    """The domains of a proxy's file."""
    from converter.render.kubernetes.sites import site

    return set(site(content, around.texts)[0])
