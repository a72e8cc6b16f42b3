"""What a person sets for a pipeline that delivers to a cluster: the access to it, the key of the secrets, and what the
build is told."""

from __future__ import annotations

import msgspec

from converter.model.tree import Setting
from converter.render.delivery.cluster.commands import AGE, KUBECONFIG
from converter.render.delivery.cluster.course import KUBECTL, Course
from converter.render.delivery.settings import settings


def cluster_settings(
    course: Course, *, secrets: str, variables: str, agent: Setting | None = None
) -> tuple[Setting, ...]:
    """All of them; `secrets` and `variables` name the pages where they are made, and `agent` is what may stand in place
    of a kubeconfig."""
    own = list(_own(course, agent)) if course.pushes else []
    found = [*own, *(settings(course.build, secrets=secrets, variables=variables) if course.builds else ())]
    return tuple(
        each if each.where else msgspec.structs.replace(each, where=secrets if each.secret else variables)
        for each in found
    )


def _own(course: Course, agent: Setting | None) -> list[Setting]:
    said = "Kubeconfig of the service account `delivery`, as `clusters/deliver.sh access ENVIRONMENT` prints it"
    needed = agent is None
    found = [Setting(name=KUBECONFIG, purpose=said, where="", secret=True, required=needed)]
    found += [agent] if agent is not None else []
    found += [AGE] if course.encrypted else []
    purpose = "Version of kubectl, at most one minor release from that of the cluster"
    return [*found, Setting(name="KUBECTL_VERSION", purpose=purpose, where="", required=False, default=KUBECTL)]
