"""The addresses that a pipeline asks after a deployment, as the script did."""

from __future__ import annotations

import re
from functools import partial

from converter.model.plan import Plan
from converter.model.resource import EACH_HOST, Resource
from converter.model.value import Part, Value, Variable
from converter.render.delivery.environments import told
from converter.resources.http_check import HttpCheck


def health(plan: Plan) -> tuple[str, ...]:
    """Addresses that the script asks and that the pipeline reaches too."""
    checks = [(each, each.spec.url) for each in plan.resources if isinstance(each.spec, HttpCheck)]
    urls = [told(url, plan) for each, asked in checks for url in _for_each(each, asked, plan)]
    local = re.compile(r"https?://(localhost|127\.|0\.0\.0\.0|\[::1\]|10\.|192\.168\.)")
    return tuple(dict.fromkeys(url for url in urls if url and url.startswith("http") and not local.match(url)))


def _for_each(resource: Resource, url: Value, plan: Plan) -> list[Value]:
    """The address for each host of the group that it is asked for."""
    if not resource.each:
        return [url]
    groups = [group for environment in plan.environments for group in environment.groups if group.name == resource.each]
    addresses = [host.address for group in groups for host in group.hosts]
    return [url.map(partial(_at, address)) for address in addresses]


def _at(address: Value, part: Part) -> Part | Value:
    return address if isinstance(part, Variable) and part.name == EACH_HOST else part
