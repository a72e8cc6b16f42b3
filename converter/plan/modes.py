"""The pass that finds working copies in which the script itself changes modes: such a file is no edit of somebody's."""

from __future__ import annotations

import posixpath

import msgspec

from converter.model.paths import absolute
from converter.model.resource import Resource
from converter.plan.work import Work
from converter.resources.file_attributes import FileAttributes
from converter.resources.git_checkout import GitCheckout


def keep_modes(work: Work) -> Work:
    """Marks the working copies that are moved on; git itself goes on where a mode differs, and so does the script."""
    changed = [(each.on, path) for each in work.resources if (path := _changed(each))]

    def marked(resource: Resource) -> Resource:
        spec = resource.spec
        if not isinstance(spec, GitCheckout) or spec.force or not (spec.update or spec.repo is None):
            return resource
        own = posixpath.normpath(absolute(resource.context.cwd, spec.dest).shell())
        if not any(on == resource.on and (path == own or path.startswith(f"{own}/")) for on, path in changed):
            return resource
        return msgspec.structs.replace(resource, spec=msgspec.structs.replace(spec, own_modes=True))

    return work.having(resources=tuple(map(marked, work.resources)))


def _changed(resource: Resource) -> str:
    """The path whose mode it sets, "" where it sets none."""
    spec = resource.spec
    if not isinstance(spec, FileAttributes) or spec.mode is None:
        return ""
    return posixpath.normpath(absolute(resource.context.cwd, spec.path).shell())
