"""The registry of resource kinds: one module a kind, imported when the kind is first asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module

from converter.model.resource import Spec

# One name a line, sorted. `git_checkout` is the class GitCheckout in git_checkout.py.
NAMES = (
    "absent",
    "alternative",
    "apache_module",
    "apache_site",
    "archive",
    "archive_create",
    "assertion",
    "authorized_key",
    "capture",
    "command",
    "compose_command",
    "compose_project",
    "composer_packages",
    "container",
    "container_command",
    "container_network",
    "container_prune",
    "container_volume",
    "cron_job",
    "debconf_setting",
    "directory",
    "django_command",
    "download",
    "file",
    "file_attributes",
    "file_copy",
    "file_move",
    "firewall",
    "firewall_rule",
    "firewalld_rule",
    "git_checkout",
    "git_setting",
    "group",
    "hostname",
    "http_check",
    "http_request",
    "image",
    "image_archive",
    "image_push",
    "image_tag",
    "kernel_module",
    "line",
    "link",
    "locale",
    "make_target",
    "mount",
    "node_packages",
    "package",
    "package_cache",
    "package_cleanup",
    "package_diversion",
    "package_hold",
    "package_key",
    "package_repository",
    "package_upgrade",
    "pause",
    "pm2_process",
    "pm2_saved",
    "port_wait",
    "process",
    "python_packages",
    "reboot",
    "registry_login",
    "replacement",
    "ruby_packages",
    "service",
    "supervised_program",
    "supervisor_update",
    "swap_file",
    "sync",
    "sysctl_setting",
    "systemd_reload",
    "text_block",
    "timezone",
    "touched_file",
    "unresolved",
    "upload",
    "user",
    "virtualenv",
)


class _Kinds(Mapping[str, type[Spec]]):
    """Kind name to class; a conversion uses few of the kinds, so each module is imported on first use."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = dict.fromkeys(names)
        self._classes: dict[str, type[Spec]] = {}

    def __getitem__(self, name: str) -> type[Spec]:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._classes:
            title = "".join(part.capitalize() for part in name.split("_"))
            found: type[Spec] = getattr(import_module(f"{__name__}.{name}"), title)
            self._classes[name] = found
        return self._classes[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


KINDS: Mapping[str, type[Spec]] = _Kinds(NAMES)
