"""What a resource touches, and whether two of them may change places: the ground on which folding is sound."""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from converter.model.resource import Resource, Spec
from converter.model.trace import Compare, NotEmpty, PathTest, StepSucceeded, Subject
from converter.model.value import Value, Variable
from converter.plan.rewrite import values

# Kinds that touch the paths they name and nothing else.
_PATHS = frozenset(
    """absent archive directory download file file_attributes file_copy file_move git_checkout line link
    replacement sync text_block touched_file upload virtualenv archive_create""".split()
)
# Kinds that touch the thing they name and no file that a script handles.
_NAMED = frozenset(
    """authorized_key container_network container_volume cron_job firewall firewall_rule firewalld_rule group
    git_setting hostname image image_tag kernel_module locale registry_login sysctl_setting timezone user""".split()
)
# Kinds that put packages in place, with whatever files and accounts those bring.
_INSTALLS = frozenset(
    """package package_cache package_cleanup package_diversion package_hold package_key package_repository
    package_upgrade debconf_setting""".split()
)
# Kinds that run a program, and may say that it ends.
_ENDED = frozenset({"compose_project", "container", "process"})
# Kinds that put in place what the next program is made of, without touching what the running one has written.
_SUCCESSOR = frozenset({"directory", "download", "file", "git_checkout", "image", "pause", "sync", "upload"})
_SYSTEM = ("/etc", "/usr", "/var", "/lib", "/bin", "/sbin", "/boot", "/opt", "/root")
_ACCOUNTS = ("owner", "group", "user", "groups", "primary_group")


class Footprint(msgspec.Struct, frozen=True):
    """Paths and names that a resource touches; `opaque` means that nobody can tell."""

    family: str
    paths: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    opaque: bool = False


@lru_cache(maxsize=8192)
def footprint(spec: Spec) -> Footprint:
    """What a spec touches."""
    kind = spec.kind
    accounts = frozenset(value.key() for field in _ACCOUNTS for value in values(getattr(spec, field, None))) - {
        "root",
        "0",
    }
    if kind in _PATHS:
        return Footprint("path", _paths(spec), frozenset(), accounts, opaque=_deletes_unknown(spec))
    if kind in _NAMED:
        account = getattr(spec, "name", None) if kind in ("user", "group") else None
        names = {spec.identity(), *(value.key() for value in values(account))}
        return Footprint("named", (), frozenset(names), accounts)
    if kind in _INSTALLS:
        return Footprint("install", (), frozenset({spec.identity()}))
    if kind == "service" and getattr(spec, "state", "") == "unchanged":
        return Footprint("unit", (), frozenset({spec.identity()}))
    if _goes(spec):
        return Footprint("gone", (), frozenset({spec.identity()}))
    return Footprint("any", opaque=True)


def commute(first: Resource, second: Resource) -> bool:
    """Whether the two may be applied in either order with the same outcome; False wherever that is not sure."""
    if first.guard != second.guard and (_watches(first, second) or _watches(second, first)):
        return False
    left, right = footprint(first.spec), footprint(second.spec)
    if left.family == "unit" or right.family == "unit":
        return _unit(left, right, first, second)
    if left.family == "gone" or right.family == "gone":
        return _gone(left, right, first, second)
    if left.opaque or right.opaque:
        return False
    if left.names & right.names or left.accounts & right.names or right.accounts & left.names:
        return False
    if "install" in (left.family, right.family):
        return left.family != right.family and _apart(*((right, left) if left.family == "install" else (left, right)))
    return not any(_nested(one, other) for one in left.paths for other in right.paths)


def _unit(left: Footprint, right: Footprint, first: Resource, second: Resource) -> bool:
    """Enabling a service needs its unit file, and is looked at by nothing but service management."""
    other, resource = (right, second) if left.family == "unit" else (left, first)
    if (
        left.names & right.names
        or other.family == "install"
        or resource.kind in ("service", "systemd_reload", "unresolved")
    ):
        return False
    if resource.kind == "command":
        text = " ".join(value.shell() for value in values(resource.spec))
        return not re.search(r"systemctl|service|systemd|init\.d|reboot|install", text)
    return not any("/systemd/" in path or path.startswith("/etc/init") for path in other.paths)


def _gone(left: Footprint, right: Footprint, first: Resource, second: Resource) -> bool:
    """What is taken away: the code and image of its successor can be put in place before or after; nothing else can,
    since a copy of its data is another one while it runs."""
    spec = second.spec if left.family == "gone" else first.spec
    if left.names & right.names or spec.kind not in _SUCCESSOR:
        return False
    return getattr(spec, "source", "") != "absent" and getattr(spec, "direction", "") != "pull"


def _goes(spec: Spec) -> bool:
    if getattr(spec, "remove_volumes", False) or getattr(spec, "remove_images", ""):
        return False
    return spec.kind in _ENDED and getattr(spec, "state", "") in ("stopped", "absent")


def _apart(other: Footprint, _install: Footprint) -> bool:
    """A package may bring any account and any system path."""
    if other.accounts or (other.family == "named" and other.names):
        return False
    return bool(other.paths) and not any(
        path.startswith("$") or _nested(path, place) for path in other.paths for place in _SYSTEM
    )


def _watches(first: Resource, second: Resource) -> bool:
    """Whether a condition of the first looks at what the second changes."""
    return any(alters(second, test.subject) for test in first.guard)


def alters(resource: Resource, subject: Subject) -> bool:
    """Whether the answer of a test may be another one once a resource is applied."""
    touched = footprint(resource.spec)
    if isinstance(subject, StepSucceeded):
        return subject.step in resource.steps
    if isinstance(subject, PathTest):
        return (
            touched.opaque
            or touched.family == "install"
            or any(_nested(_text(subject.path), path) for path in touched.paths)
        )
    return not isinstance(subject, Compare | NotEmpty)


def _paths(spec: Spec) -> tuple[str, ...]:
    texts = (_text(value) for value in values(spec))
    return tuple(dict.fromkeys(text for text in texts if text.startswith(("/", "$", "~", ".")) and "\n" not in text))


def _deletes_unknown(spec: Spec) -> bool:
    return any(value.has_glob and not _text(value).startswith("/") for value in values(spec))


def _text(value: Value) -> str:
    """The path up to the first part that is not known; a variable of the run stands for itself."""
    text = value.text
    if text is not None:
        found = re.split(r"[*?\[]", text, maxsplit=1)[0] if value.has_glob else text
        return found.rstrip("/") or "/"
    out: list[str] = []
    for part in value.parts:
        known = Value(part).text
        if known is None:
            if isinstance(part, Variable) and not out:
                out.append(f"${{{part.name}}}")
                continue
            break
        out.append(known)
    return "".join(out).rstrip("/") or "$"


def _nested(one: str, other: str) -> bool:
    """Whether one path may be the other or hold it; different unknown roots may be the same place."""
    if (
        one == other
        or one.startswith(f"{other}/")
        or other.startswith(f"{one}/")
        or "/" in (one, other)
        or "$" in (one, other)
    ):
        return True
    if one.startswith("$") or other.startswith("$"):
        return one.partition("/")[0] != other.partition("/")[0] and not _system(one, other)
    return False


def _system(one: str, other: str) -> bool:
    """Whether one of them is a place of the system, where a project or home directory is not."""
    fixed = one if not one.startswith("$") else other
    return any(fixed == place or fixed.startswith(f"{place}/") for place in ("/etc", "/usr", "/lib", "/boot"))
