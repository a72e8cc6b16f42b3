"""The Kubernetes target: an application for each workload, with Kustomize, `base` and one overlay an environment.

In: a plan. Out: `apps/NAME/{base,overlays/ENVIRONMENT}` in the order of the script, what they share under
`environments/`. What a cluster does by itself is `covered`; what it can't do is `unsupported`, with advice.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping

from converter.model.plan import Plan
from converter.model.resource import Phase, Purpose
from converter.model.tree import FileTree, TreeFile, Unsupported
from converter.render.delivery.environments import narrowed
from converter.render.kubernetes.app import App
from converter.render.kubernetes.building import TARGET, Building
from converter.render.kubernetes.container import ASKED
from converter.render.kubernetes.dockerfile.documents import assumed, image_files
from converter.render.kubernetes.driven import Driven
from converter.render.kubernetes.driving import driven
from converter.render.kubernetes.environments import environment
from converter.render.kubernetes.hosted import Hosted
from converter.render.kubernetes.images import image_names
from converter.render.kubernetes.kinds import UNSUPPORTED
from converter.render.kubernetes.kustomize import Folder
from converter.render.kubernetes.objects import SIZE, claims_of
from converter.render.kubernetes.processes.program import Source
from converter.render.kubernetes.rest import rest
from converter.render.kubernetes.stores import store
from converter.render.kubernetes.surroundings import deployed, named, surroundings
from converter.render.kubernetes.waits import waits

_PROXY = "an Ingress has its place, whose controller sees by itself what has changed"


def kubernetes(plan: Plan, secrets: str = "sops") -> FileTree:
    """The files that Kustomize reads, with secrets in the store of that name."""
    kept = store(secrets)
    names = named(plan)
    known = dict(names)
    built = {each.name: _built(plan, each.name, known) for each in plan.environments}
    again = list(_told(plan, built))
    place = {each.address: number for number, each in enumerate(plan.resources)}
    applications = list(_applications(place, built))
    names_of = image_names([apps for apps, _ in applications])
    folders = [Folder(apps, claims, image) for (apps, claims), image in zip(applications, names_of, strict=True)]
    files = [file for folder in folders for file in folder.files()]
    settings = [each for folder in folders for each in folder.settings]
    images = {folder.name: folder.image for folder in folders}
    driven_ = Driven(plan, {env: each.around for env, each in built.items()}, list(images))
    more, told = driven_.files()
    files, settings = [*files, *more], [*settings, *told]
    for env, building in built.items():
        if not building.apps and not driven_.namespaces(env) and not folders:
            continue
        more, told = environment(
            building.apps, building.around, images, kept, (driven_.namespaces(env), driven_.versions[env])
        )
        files += more
        settings += told
    agent = any(file.path.startswith("environments/") for file in files)
    covered = _covered(plan, built, again, driven_, agent=agent)
    return FileTree(
        files=(*files, *kept.shared(), *_images(built)),
        unsupported=_once(
            (
                *_nowhere(plan, built),
                *_driven(plan, driven_.known, done=False, agent=agent),
                *driven_.unsupported(),
                *(driven_.covered() if not agent else ()),
                *(each for each in again if each.reason != _PROXY),
                *(each for found in built.values() for each in found.unsupported if each.address not in driven_.made),
            )
        ),
        covered=covered,
        assumptions=(*_assumptions(built), *driven_.assumptions()),
        order=(
            *(each for name, building in built.items() for each in waits(name, building.apps, place)),
            *driven_.order(),
        ),
        settings=tuple({(each.name, each.where): each for each in settings}.values()),
        store=kept.told(),
        rest=tuple(each for each in rest(plan, built, covered) if each.address not in driven_.made),
        manifests=tuple(driven_.manifests()),
        made=driven_.made,
        releases=driven_.releases(),
    )


def _covered(
    plan: Plan, built: Mapping[str, Building], again: Iterable[Unsupported], followed: Driven, *, agent: bool
) -> tuple[Unsupported, ...]:
    return _once(
        (
            *_back(plan),
            *_driven(plan, followed.known, done=True, agent=agent),
            *(followed.covered() if agent else ()),
            *(each for each in again if each.reason == _PROXY),
            *(each for found in built.values() for each in found.covered),
        )
    )


def _built(plan: Plan, name: str, names: dict[str, str]) -> Building:
    own = next(each for each in plan.environments if each.name == name)
    mine = narrowed(plan, own)
    around = surroundings(mine, own, names, several=len(plan.environments) > 1)
    building = Building(around, names, Hosted(mine, around, names))
    building.add(deployed(mine))
    return building


def _applications(
    place: Mapping[str, int], built: Mapping[str, Building]
) -> Iterator[tuple[dict[str, App], dict[str, list[str]]]]:
    """Each application with its forms by environment, in the order of the script, and the claims that it brings."""
    found: dict[str, dict[str, App]] = {}
    for env, building in built.items():
        for app in building.apps:
            found.setdefault(app.name, {})[env] = app
    taken: dict[str, set[str]] = {env: set() for env in built}
    for apps in sorted(found.values(), key=lambda each: min(place[app.resources[0].address] for app in each.values())):
        claims = {env: [name for name in app.claims if name not in taken[env]] for env, app in apps.items()}
        for env, names in claims.items():
            taken[env].update(names)
        yield apps, claims


def _nowhere(plan: Plan, built: Mapping[str, Building]) -> Iterator[Unsupported]:
    """What the conditions of the script keep out of every environment."""
    seen = {each.address for found in built.values() for each in found.resources}
    reason = "none of the environments has it"
    for each in deployed(plan):
        if each.address not in seen:
            yield Unsupported(address=each.address, target=TARGET, reason=reason)


def _told(plan: Plan, built: Mapping[str, Building]) -> Iterator[Unsupported]:
    """What is only reloaded or restarted, and is no part of any application."""
    proxied = any(app.ingress for found in built.values() for app in found.apps)
    known = {each.spec.identity() for each in plan.resources if not each.handler}
    for each in plan.resources:
        own = each.phase is Phase.DEPLOY and each.purpose is not Purpose.ROLLBACK
        if each.handler and own and each.kind == "service" and each.spec.identity() not in known:
            proxy = proxied and each.spec.identity() in ("service:nginx", "service:apache2", "service:httpd")
            reason = _PROXY if proxy else UNSUPPORTED[each.kind]
            yield Unsupported(address=each.address, target=TARGET, reason=reason)


def _back(plan: Plan) -> Iterator[Unsupported]:
    reason = "to go back is to revert a commit, and what it named is started again"
    for each in plan.resources:
        if each.purpose is Purpose.ROLLBACK and each.phase is Phase.DEPLOY:
            yield Unsupported(address=each.address, target=TARGET, reason=reason)


def _driven(plan: Plan, known: Container[str], *, done: bool, agent: bool) -> Iterator[Unsupported]:
    """What the script asks a cluster for, and is not followed. An agent that has nothing to apply does nothing of it by
    itself."""
    for each in plan.resources:
        asked = driven(each) if each.address not in known else None
        if asked is not None and (asked.done and agent) is done:
            yield Unsupported(address=each.address, target=TARGET, reason=asked.reason)


def _once(given: Iterable[Unsupported]) -> tuple[Unsupported, ...]:
    return tuple(dict.fromkeys(given))


def _volumes(apps: Iterable[App]) -> Iterator[str]:
    """What nobody says of volumes: how large they are, and whether two nodes can write to one."""
    claims = [(claim["metadata"]["name"], claim["spec"]["accessModes"][0]) for app in apps for claim in claims_of(app)]
    if claims:
        yield f"Each claim is of {SIZE} and of the cluster's default storage class; say another where it matters."
    shared = sorted({name for name, mode in claims if mode == "ReadWriteMany"})
    if shared:
        yield (
            f"Several applications mount {', '.join(f'`{name}`' for name in shared)}: the cluster has a storage class"
            " for it that several nodes can write to (`ReadWriteMany`), which many have not."
        )


def _assumptions(built: Mapping[str, Building]) -> Iterator[str]:
    """What the script does not say, and manifests have to."""
    apps = [app for found in built.values() for app in found.apps]
    if not apps:
        return
    yield from dict.fromkeys(text for each in built.values() for text in each.assumed)
    asked = " and ".join(f"{amount} of {what}" for what, amount in ASKED.items())
    yield f"Each pod asks for {asked} where the script says nothing; that reserves, and limits nothing."
    sources = {source.name: source for found in built.values() for source in found.hosted.sources}
    yield from dict.fromkeys(said for source in sources.values() for said in assumed(source))
    yield from _otherwise(built)
    yield from _volumes(apps)
    if any(not building.restarts(app) for building in built.values() for app in building.apps):
        yield "A container that ends is started again, also where nothing in the script says so."
    if any(app.public for app in apps):
        yield "The cluster gives a load balancer to a Service that asks for one; without one, NodePort or an Ingress."
    if any(app.ingress for app in apps):
        yield "The cluster has a default Ingress class, and cert-manager or its like makes the certificates."
    if any(app.kind == "CronJob" for app in apps):
        yield "Times are those of the cluster's clock, which is often UTC; `timeZone` says another."


def _otherwise(built: Mapping[str, Building]) -> Iterator[str]:
    """One image is for all environments: where they would build different ones, that of the first is proposed."""
    first: dict[str, tuple[str, str]] = {}
    for env, building in built.items():
        for source in building.hosted.sources:
            text = image_files(source)[0].text
            known = first.setdefault(source.name, (env, text))
            if known[1] != text:
                yield (
                    f"`images/{source.name}/Dockerfile` is what {known[0]} needs; the script builds it in another way"
                    f" for {env}: one image is for both, so let its environment make the difference."
                )


def _images(built: Mapping[str, Building]) -> Iterator[TreeFile]:
    """What images of programs are built of, each as the first environment has it."""
    found: dict[str, Source] = {}
    for building in built.values():
        for source in building.hosted.sources:
            found.setdefault(source.name, source)
    for source in found.values():
        yield from image_files(source)
