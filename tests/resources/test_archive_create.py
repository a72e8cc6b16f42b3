"""Names inside of an archive: as the script saw them from its directory."""

from __future__ import annotations

import pytest

from converter.model.value import Value
from converter.resources.archive_create import ArchiveCreate


@pytest.mark.parametrize(
    ("root", "source", "expected"),
    [
        ("/srv", "/srv/app", "app"),
        ("/srv/app", "/srv/app", "."),
        ("/", "/srv/app", "/srv/app"),
        ("/srv", "/srv2/app", "/srv2/app"),
        ("${project_dir}", "${project_dir}/dist", "dist"),
        ("${project_dir}/dist", "${project_dir}/dist/css", "css"),
        ("${project_dir}", "/srv/app", "/srv/app"),
    ],
)
def test_members_are_seen_from_the_root(root: str, source: str, expected: str) -> None:
    made = ArchiveCreate(dest=Value.of("/a.tgz"), sources=(Value.parsed(source),), root=Value.parsed(root))
    assert [name.shell() for name in made.members()] == [expected]
