"""The pass that leaves a resource only those exported variables that what it runs could read."""

from __future__ import annotations

import msgspec

from converter.plan.work import Work

# Kinds that run no program of the application, so that the script's environment is nothing to them.
_DEAF = frozenset(
    """absent archive_create assertion authorized_key cron_job directory file file_attributes file_copy file_move firewall
    firewall_rule firewalld_rule group hostname kernel_module limit line link locale mount pause port_wait replacement service
    sudoers swap_file sync sysctl_setting systemd_reload text_block timezone touched_file upload user""".split()
)
# Settings of the package managers that the manifests make themselves.
_SETTLED = frozenset({"DEBIAN_FRONTEND", "DEBIAN_PRIORITY", "APT_LISTCHANGES_FRONTEND", "NEEDRESTART_MODE", "NEEDRESTART_SUSPEND", "UCF_FORCE_CONFFOLD"})
_PACKAGES = frozenset("package package_cache package_cleanup package_key package_repository package_upgrade".split())


def trim_environment(work: Work) -> Work:
    """Drops what can't matter."""
    resources = []
    for resource in work.resources:
        old = resource.context.environment
        if resource.kind in _DEAF:
            new: tuple[object, ...] = ()
        elif resource.kind in _PACKAGES:
            new = tuple(pair for pair in old if pair[0] not in _SETTLED)
        else:
            new = old
        if new != old:
            context = msgspec.structs.replace(resource.context, environment=new)
            resource = msgspec.structs.replace(resource, context=context)
        resources.append(resource)
    return work.having(resources=tuple(resources))
