"""Scripts that drive a cluster: what their commands leave in it, as applications of the repository.

In: the plan as each environment has it. Out: files, versions, namespaces and secrets, an account of every command that
is followed here, and who waits for whom.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from converter.model.plan import Plan
from converter.model.release import Release
from converter.model.resource import Resource
from converter.model.tree import Follows, Manifests, Setting, TreeFile, Unsupported
from converter.render.delivery.environments import narrowed
from converter.render.kubernetes.app import Image, Surroundings
from converter.render.kubernetes.driven.driving import Driving
from converter.render.kubernetes.driven.folders import SetFolder
from converter.render.kubernetes.driven.forms import Form, form
from converter.render.kubernetes.driven.helm import Draft
from converter.render.kubernetes.driven.naming import set_names
from converter.render.kubernetes.driven.releases import ReleaseFolder
from converter.render.kubernetes.driving import driven

__all__ = ["Driven"]

_TARGET = "kubernetes"
Images = dict[str, tuple[Image, list[Resource]]]


class Driven:
    """All environments; `around` are their surroundings, whose secrets get those that the script makes, and `taken`
    the names of applications that are there already."""

    def __init__(self, plan: Plan, around: Mapping[str, Surroundings], taken: Sequence[str]) -> None:
        self.drivings = {
            each.name: Driving(narrowed(plan, each), each.name, around[each.name].texts) for each in plan.environments
        }
        project = next(iter(around.values())).project if around else ""
        self._names = set_names(list(self.drivings.values()), project, taken)
        self._forms = {
            env: {self._names[group.key]: form(driving, group, f"{project}-secrets") for group in driving.sets}
            for env, driving in self.drivings.items()
        }
        self._releases = [self._release(key) for key in self._names if self._drafts(key)]
        for env, driving in self.drivings.items():
            around[env].kept.objects += driving.needed.values()
        self.versions = {env: _versions(list(forms.values())) for env, forms in self._forms.items()}
        names = dict.fromkeys(name for forms in self._forms.values() for name in forms)
        self._folders = [self._folder(name) for name in names]

    @property
    def known(self) -> set[str]:
        """The addresses of the commands that are followed here."""
        return {address for each in self.drivings.values() for address in each.known}

    def _drafts(self, key: str) -> dict[str, tuple[Driving, Draft]]:
        """A release by the environments that have it."""
        return {env: (each, one) for env, each in self.drivings.items() for one in each.releases if one.key == key}

    def _release(self, key: str) -> ReleaseFolder:
        return ReleaseFolder(self._names[key], self._drafts(key))

    def releases(self) -> tuple[Release, ...]:
        """What deliveries have to know of charts."""
        return tuple(each for folder in self._releases for each in folder.releases)

    def _folder(self, name: str) -> SetFolder:
        forms = {env: every[name] for env, every in self._forms.items() if name in every}
        return SetFolder(name, forms, {env: frozenset(self.versions[env]) for env in forms})

    def files(self) -> tuple[list[TreeFile], list[Setting]]:
        """The folders of all applications, and what they leave to be set."""
        files = [file for folder in self._folders for file in folder.files()]
        files += {file.path: file for folder in self._releases for file in folder.files}.values()
        settings = [each for folder in self._folders for each in folder.settings]
        return files, [*settings, *(each for folder in self._releases for each in folder.settings)]

    def namespaces(self, environment: str) -> dict[str, list[Resource]]:
        """Those that the script makes, and those that its objects are in; where most is comes first."""
        driving = self.drivings[environment]
        used = [name for each in self._forms[environment].values() for name in each.namespaces]
        used += [draft.namespace for draft in driving.releases]
        names = [*driving.namespaces, *used, *(needed.namespace for needed in driving.needed.values())]
        ordered = sorted(dict.fromkeys(names), key=lambda name: -used.count(name))
        return {name: driving.namespaces.get(name, []) for name in ordered}

    def manifests(self) -> Iterator[Manifests]:
        """What deliveries have to know of each."""
        for env, forms in self._forms.items():
            for name, each in forms.items():
                yield Manifests(environment=env, name=name, namespaces=each.namespaces, cluster_wide=each.cluster_wide)

    def order(self) -> Iterator[Follows]:
        """Each waits where the script has waited."""
        for env, forms in self._forms.items():
            waits = {name: each.group.after for name, each in forms.items()}
            waits |= {self._names[draft.key]: draft.after for draft in self.drivings[env].releases}
            for name, keys in waits.items():
                after = tuple(self._names[key] for key in keys if self._names[key] in waits)
                yield Follows(environment=env, name=name, after=after)

    @property
    def made(self) -> tuple[str, ...]:
        """The addresses of what stands in the files."""
        return tuple(dict.fromkeys(address for each in self.drivings.values() for address in each.made))

    def unsupported(self) -> Iterator[Unsupported]:
        """What stays with a person: why it is not followed, and what would stand for it."""
        made = {*self.made}
        for driving in self.drivings.values():
            for each, reason, part in driving.left:
                partly = part or each.address in made
                asked = driven(each) if not partly else None
                told = f"{reason}; {asked.reason}" if asked is not None else reason
                yield Unsupported(address=each.address, target=_TARGET, reason=told, part=partly)
        for forms in self._forms.values():
            for one in forms.values():
                yield from _unset(one)

    def covered(self) -> Iterator[Unsupported]:
        """What the agent does by itself."""
        for driving in self.drivings.values():
            for each, reason in driving.covered:
                yield Unsupported(address=each.address, target=_TARGET, reason=reason)

    def assumptions(self) -> Iterator[str]:
        """What the script does not say."""
        spaces = {each.namespace for forms in self._forms.values() for each in forms.values()}
        if "default" in spaces | {each.namespace for each in self.releases()}:
            yield (
                "Where kubectl and helm are told no namespace, that of the context counts, and nothing says one:"
                " `default` is taken."
            )
        if len(self.drivings) > 1 and (same := self._same()):
            shown = " and ".join(f"`{name}`" for name in same)
            yield (
                f"{shown}: the same namespace in several environments, which are taken for clusters of their own; where"
                " they are one cluster, keep it in one of them."
            )
        if any(self._forms.values()):
            yield (
                "kubectl leaves what is no longer in a manifest; the agent removes it. Namespaces and claims stay in"
                " any case."
            )

    def _same(self) -> list[str]:
        """What two environments have in namespaces of one name."""
        spaces: dict[str, list[str]] = {}
        for forms in self._forms.values():
            for name, each in forms.items():
                spaces.setdefault(name, []).append(each.namespace)
        for release in self.releases():
            spaces.setdefault(release.name, []).append(release.namespace)
        return [name for name, found in spaces.items() if len(found) > len(set(found))]


def _unset(each: Form) -> Iterator[Unsupported]:
    for name, ((_, resources), held) in each.waiting.items():
        secret = ", ".join(f"`{one.name}`" for one in held if one.secret)
        asked = ", ".join(f"`{one.name}`" for one in held if not one.secret)
        reasons = [f"{asked} stands in `{name}`, and is known only at each run: put it in, and name the file"] * bool(
            asked
        )
        reasons += [
            f"{secret} stands in `{name}`, where everybody reads it: let a Secret hold it, and name the file then"
        ] * bool(secret)
        for resource in {one.address: one for one in resources}.values():
            for reason in reasons:
                yield Unsupported(address=resource.address, target=_TARGET, reason=reason, part=True)


def _versions(forms: Sequence[Form]) -> Images:
    """The images that all applications which have them run in the same version: one place says which."""
    found: Images = {}
    for each in forms:
        found |= {name: image for name, image in each.images.items() if name not in found}
    return {name: image for name, image in found.items() if all(_agrees(each, name, image[0]) for each in forms)}


def _agrees(each: Form, name: str, image: Image) -> bool:
    if name in each.images:
        return each.images[name][0] == image
    used = {
        each.driving.image_named(str(one.get("image", ""))) for own in each.group.objects() for one in own.containers()
    }
    return name not in used and not any(name in text for text in each.group.tree.values())
