"""What commands that drive a cluster leave in it, followed in the order of the script for one environment.

Objects become files, what is changed of them afterwards becomes a field. A command that is not understood whole is left
for a person, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from converter.model.plan import Plan
from converter.model.resource import Purpose, Resource
from converter.model.trace import StepSucceeded, Succeeds
from converter.model.value import Value
from converter.render.kubernetes.driven import kubectl
from converter.render.kubernetes.driven.charts import Charts
from converter.render.kubernetes.driven.files import Files
from converter.render.kubernetes.driven.filled import MARK, Filling
from converter.render.kubernetes.driven.helm import Draft
from converter.render.kubernetes.driven.kubectl import Call
from converter.render.kubernetes.driven.left import Left
from converter.render.kubernetes.driven.maps import config_map
from converter.render.kubernetes.driven.needed import Needed, created
from converter.render.kubernetes.driven.objects import image_name, kind_of, objects_in, settings_in
from converter.render.kubernetes.driven.printed import Printing
from converter.render.kubernetes.driven.sets import ObjectSet, Wanted
from converter.render.kubernetes.driven.taking import take
from converter.render.kubernetes.driven.words import NotUnderstoodError
from converter.render.kubernetes.images import image_of
from converter.render.kubernetes.texts import Texts, UnknownTextError

READY = "the agent waits until what it applies is ready, and says where it is not"
_ASKS = re.compile(r"\s*(?:kubectl|oc|helm)\s+(?:\S+\s+)*?(?:get|describe|status|list|ls)\b")


class Driving:
    """`sets` are what is applied, `needed` the secrets, `namespaces` those that the script makes. `left` and `covered`
    have the reason for each command that is for a person, or that the agent does by itself; `made` those that are in
    the files."""

    def __init__(self, plan: Plan, environment: str, texts: Texts) -> None:
        self.environment = environment
        self.filling = Filling(texts, frozenset(each.name for each in plan.exposed))
        self.files = Files(plan, self.filling)
        self.sets: list[ObjectSet] = []
        self.needed: dict[tuple[str, str], Needed] = {}
        self.namespaces: dict[str, list[Resource]] = {}
        self.left: list[tuple[Resource, str, bool]] = []
        self.covered: list[tuple[Resource, str]] = []
        self.made: dict[str, Resource] = {}
        self.assumed: list[str] = []
        self.releases: list[Draft] = []
        self._charts = Charts(self)
        self.namespace = "default"
        self._stretch = 0
        self.waited: tuple[str, ...] = ()
        self._steps: set[int] = set()
        self._edits: dict[str, dict[str, Wanted]] = {}
        self._left = Left(self.files, self.filling)
        self._printing = Printing(self.files, self.filling)
        for each in plan.resources:
            if each.purpose is not Purpose.ROLLBACK and not each.handler:
                self._follow(each)
        self._unused()

    @property
    def known(self) -> set[str]:
        """The addresses of all that is accounted for."""
        return {*self.made, *(each.address for each, *_ in self.left), *(each.address for each, _ in self.covered)}

    def _unused(self) -> None:
        """What is filled or edited and then not applied."""
        for images in self._edits.values():
            for wanted in images.values():
                self._lose(wanted.resources[0], "no kustomization is applied after it, or none is beside the script")
        for place, resources in self._left.changed.items():
            for each in resources if place in self.files.read else ():
                self.made[each.address] = each
                why = self.files.lost(place)
                if why:
                    self._lose(each, why)

    def _lose(self, each: Resource, reason: str) -> None:
        self.made.pop(each.address, None)
        self.left.append((each, reason, False))

    def _follow(self, each: Resource) -> None:
        try:
            taken = self._command(each, each.spec) if each.kind == "command" else self._left.change(each, each.spec)
        except (NotUnderstoodError, UnknownTextError) as problem:
            self.left.append((each, problem.reason, each.address in self.made))
            return
        if taken:
            self._steps.update(each.steps)

    def _command(self, each: Resource, spec: Any) -> bool:
        """Whether it is followed here."""
        if each.context.host is not None and not spec.argv and not spec.stages:
            return False
        stages = [list(stage) for stage in spec.stages] or ([list(spec.argv)] if spec.argv else [])
        if not stages:
            return False
        if len(stages) == 1 and spec.stages and self._printing.fills(each, stages[0]):
            self._left.note(each, stages[0][-1])
            return True
        if len(stages) == 1 and self._charts.take(each, stages[0], spec.stdin):
            return True
        images = kubectl.edits(stages[0]) if len(stages) == 1 else None
        last = self._last(stages)
        if last is None:
            self._left.unfollowed(each, stages)
        if images is not None:
            return self.guarded(each, lambda: self._kustomize_edit(each, images))
        if last is None:
            return self._sets_namespace(each, stages[0])
        act = self._action(each, last, stages, spec.stdin)
        return self.guarded(each, act) if act is not None else False

    def _last(self, stages: Sequence[list[Value]]) -> Call | None:
        """What the command comes to: an apply at the end of a pipe, or the one command that it is."""
        if any(word.has_glob for stage in stages for word in stage):
            return None
        return kubectl.read([word for word in stages[-1] if word.text != "<"]) if stages[-1] else None

    def _sets_namespace(self, each: Resource, argv: Sequence[Value]) -> bool:
        """`kubectl config set-context --current --namespace=shop` is about all that follows."""
        rest = kubectl.client(argv) or []
        if [word.text for word in rest[:2]] == ["config", "set-context"]:
            for word, following in zip(rest, [*rest[1:], Value()], strict=True):
                name, value = kubectl.halves(word)
                if name in ("--namespace", "-n"):
                    self.namespace = self.filling.texts.plain(value if value is not None else following)
        return False

    def guarded(self, each: Resource, act: Callable[[], bool]) -> bool:
        """A condition that only asks whether something is there, or whether the step before ended well, is what the
        agent sees to by itself."""
        for test in each.guard:
            subject = test.subject
            if isinstance(subject, StepSucceeded) and not test.negated and subject.step in self._steps:
                continue
            if isinstance(subject, Succeeds) and _ASKS.match(subject.text.shell()) and test.negated:
                continue
            conditions = ", ".join(dict.fromkeys(test.span.lines() for test in each.guard))
            raise NotUnderstoodError(f"it depends on a condition ({conditions}), and manifests have none")
        return act()

    def _action(
        self, each: Resource, call: Call, stages: list[list[Value]], stdin: Value | None
    ) -> Callable[[], bool] | None:
        """What a call does here; None where nothing of it is followed."""
        if call.verb in ("apply", "create", "replace") and call.given.every("filename", "kustomize"):
            return lambda: self._apply(each, call, stages, stdin)
        kind = (call.words or [""])[0]
        if len(stages) > 1:
            return None
        if call.verb == "create" and kind in ("secret", "configmap", "cm", "namespace", "ns"):
            return lambda: self._create(each, call, "")
        if call.verb == "set" and kind == "image":
            return lambda: self._set_image(each, call)
        if call.verb == "scale":
            return lambda: self._scale(each, call)
        if call.verb == "wait" or (call.verb == "rollout" and kind == "status"):
            return lambda: self._wait(each)
        return None

    # What is applied

    def _apply(self, each: Resource, call: Call, stages: list[list[Value]], stdin: Value | None) -> bool:
        given, namespace = call.given, self._place(call)
        before = stages[:-1]
        if before and before[-1]:
            made = kubectl.read(before[0]) if len(before) == 1 else None
            if made is not None and made.verb == "create" and made.piped:
                return self._create(each, made, namespace)
            folder = kubectl.kustomized(before[0])
            if folder is not None and len(before) == 1:
                return self._tree(each, folder, namespace)
        if given.every("kustomize"):
            return self._tree(each, given.every("kustomize")[0], namespace)
        for name in given.every("filename"):
            for word in [Value.of(text) for text in name.text.split(",")] if name.text and "," in name.text else [name]:
                if word.text in ("-", "/dev/stdin"):
                    self._text(each, *self._printing.fed(each, stages, stdin), namespace)
                elif "://" in word.shell():
                    raise NotUnderstoodError(f"what is at `{word.shell()}` may be another one at each run")
                else:
                    self._path(each, word, namespace, deep=given.has("recursive"))
        return True

    def _path(self, each: Resource, word: Value, namespace: str, *, deep: bool) -> None:
        names = self.files.folder(each, word, deep=deep)
        for name in names or [word]:
            self._text(each, self.files.text(each, name), self.files.name(each, name), namespace)

    def _text(self, each: Resource, text: str, name: str, namespace: str) -> None:
        """The objects of one file or of one text."""
        take(self, each, objects_in(text, name or "what is given to it"), name, namespace)

    def _tree(self, each: Resource, folder: Value, namespace: str) -> bool:
        files, root = self.files.tree(each, folder)
        if any(self.filling.shown(text) != text for text in files.values()):
            raise NotUnderstoodError(f"a secret is written in `{folder.shell()}`: take it out, and name a Secret there")
        if any(re.search(r"(?m)^\s*kind:\s*Secret\s*$|secretGenerator", text) for text in files.values()):
            raise NotUnderstoodError(f"`{folder.shell()}` makes a Secret: let the store of secrets make it")
        own, named = settings_in(files, root)
        found = ObjectSet(each.address, own or namespace, self._stretch, tree=files, root=root, brought=[each])
        found.settled, found.after = bool(own), self.waited
        for name, wanted in self._edits.pop(self.files.place(each, folder), {}).items():
            found.images[named.get(name, name)] = wanted
            found.brought += wanted.resources
        self.sets.append(found)
        self.made[each.address] = each
        return True

    def _kustomize_edit(self, each: Resource, images: list[tuple[str, Value]]) -> bool:
        place = self.files.place(each, Value.of("."))
        for old, new in images:
            name = image_name(old)
            wanted = Wanted(image_of(self._image_pieces(new, name)), resources=[each])
            self._edits.setdefault(place, {})[name] = wanted
        self.made[each.address] = each
        return True

    def _image_pieces(self, new: Value, name: str) -> list[Any]:
        """`:tag` and `*:tag` leave the name."""
        pieces = self.filling.pieces(self.filling.marked(new))
        if pieces and isinstance(pieces[0], str) and pieces[0].startswith((":", "*:")):
            pieces[0] = f"{name}{pieces[0].removeprefix('*')}"
        return pieces

    # What is made and changed

    def set_of(self, each: Resource, namespace: str) -> ObjectSet:
        """The set that what is applied now belongs to."""
        for found in self.sets:
            if found.stretch == self._stretch and found.namespace == namespace and not found.tree:
                return found
        made = ObjectSet(each.address, namespace, self._stretch, after=self.waited)
        self.sets.append(made)
        return made

    def _wait(self, each: Resource) -> bool:
        self.covered.append((each, READY))
        self.pause()
        return True

    def pause(self, *more: str) -> None:
        """What follows waits for what is there since the last wait, and for `more`."""
        own = [*(found.key for found in self.sets if found.stretch == self._stretch), *more]
        if own:
            self.waited = tuple(own)
            self._stretch += 1

    def _place(self, call: Call) -> str:
        """The namespace that a call is about."""
        given = call.given.last("namespace")
        if given is not None:
            return self.filling.texts.plain(given)
        return self.namespace

    def _create(self, each: Resource, call: Call, outer: str) -> bool:
        kind = (call.words or [""])[0]
        if kind in ("namespace", "ns"):
            (name,) = [self.filling.texts.plain(word) for word in call.given.operands[1:]] or [""]
            self.namespaces.setdefault(name, []).append(each)
            self.made[each.address] = each
            return True
        inner = self._place(call)
        namespace = outer if outer and call.given.last("namespace") is None else inner
        if kind == "secret":
            self.need(created(call, namespace, each))
        elif kind in ("configmap", "cm"):
            made = config_map(call, each, self.files, self.filling)
            self.set_of(each, namespace).maps[str(made.entry["name"])] = made
        else:
            return False
        self.made[each.address] = each
        return True

    def need(self, secret: Needed) -> None:
        """A secret; one that is made twice is what both say."""
        known = self.needed.setdefault((secret.namespace, secret.name), secret)
        if known is not secret:
            known.keys |= secret.keys
            known.variables |= secret.variables
            known.made = secret.made or known.made
            known.resources += secret.resources
        self.made |= {each.address: each for each in secret.resources}

    def _workloads(self, call: Call, operands: Sequence[Value]) -> list[tuple[ObjectSet, Any, str]]:
        """The objects that a call names as `deployment/web` or as `deployment web`."""
        texts = [self.filling.texts.plain(word) for word in operands]
        if len(texts) == 2 and "/" not in texts[0]:
            texts = ["/".join(texts)]
        namespace, found = self._place(call), []
        for text in texts:
            kind, _, name = text.partition("/")
            own = [
                (group, each)
                for group in self.sets
                for each in group.objects()
                if (each.kind, each.name, each.namespace or group.namespace) == (kind_of(kind), name, namespace)
            ]
            if not own:
                raise NotUnderstoodError(
                    f"the script applies no manifest of `{text}` in `{namespace}`: put it into `apps/NAME/base`"
                )
            found += [(group, each, text) for group, each in own]
        return found

    def _set_image(self, each: Resource, call: Call) -> bool:
        operands = call.given.operands[1:]
        changes = [kubectl.halves(word) for word in operands if kubectl.halves(word)[1] is not None]
        targets = [word for word in operands if kubectl.halves(word)[1] is None]
        for group, target, text in self._workloads(call, targets):
            for name, new in changes:
                held = [one for one in target.containers() if name in ("*", str(one.get("name")))]
                if not held or new is None:
                    raise NotUnderstoodError(f"`{text}` has no container `{name}`")
                image = image_of(self.filling.pieces(self.filling.marked(new)))
                for one in held:
                    own = self.image_named(str(one.get("image", "")))
                    wanted = group.images.setdefault(own, Wanted(image))
                    wanted.image = image
                    wanted.containers.add((id(target), str(one.get("name"))))
                    wanted.resources.append(each)
        self.made[each.address] = each
        return True

    def image_named(self, text: str) -> str:
        """What kustomize calls the image of a container."""
        return image_of(self.filling.pieces(text)).name if MARK.search(text) else image_name(text)

    def _scale(self, each: Resource, call: Call) -> bool:
        count = self.filling.texts.plain(call.given.last("replicas") or Value())
        if not count.isdigit():
            raise NotUnderstoodError("how many there are to be is known only at each run")
        for group, target, _ in self._workloads(call, call.given.operands):
            group.replicas[target.name] = (int(count), [each])
        self.made[each.address] = each
        return True
