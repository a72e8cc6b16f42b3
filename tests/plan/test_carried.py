"""An archive that is copied to a host only to be unpacked there is unpacked straight from here; any other stays."""

from __future__ import annotations

import pytest

from converter.pipeline import scripts_to_plan
from converter.resources.archive import Archive

COPY = "scp app.tgz web.test:/tmp/app.tgz\n"


def kinds(script: str) -> list[str]:
    plan = scripts_to_plan([("deploy.sh", f"set -e\n{script}".encode())], name="shop")
    return [found.kind for found in plan.resources]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("ssh web.test 'tar xzf /tmp/app.tgz -C /srv/app && rm /tmp/app.tgz'", ["archive"]),
        ("ssh web.test 'cd /srv/app && tar xzf /tmp/app.tgz; rm -f /tmp/app.tgz'", ["archive"]),
        (
            "ssh web.test 'mkdir -p /srv; tar xzf /tmp/app.tgz -C /srv; rm /tmp/app.tgz'",
            ["directory", "archive"],
        ),
        ("ssh web.test 'tar xzf /tmp/app.tgz -C /srv/app'", ["upload", "archive"]),
        ("ssh web.test 'tar xzf /tmp/app.tgz -C /srv/app; cp /tmp/app.tgz /srv/; rm /tmp/app.tgz'", None),
        ("ssh web.test 'tar xzf /tmp/app.tgz -C /srv/app; tar xzf /tmp/app.tgz -C /srv/b; rm /tmp/app.tgz'", None),
        ("ssh web.test '[ -f /srv/x ] || tar xzf /tmp/app.tgz -C /srv/app; rm /tmp/app.tgz'", None),
        ("ssh web.test 'sha256sum -c /srv/app.sum; tar xzf /tmp/app.tgz -C /srv/app; rm /tmp/other.tgz'", None),
        ("ssh db.test 'tar xzf /tmp/app.tgz -C /srv/app; rm /tmp/app.tgz'", None),
    ],
)
def test_what_is_only_unpacked_is_not_copied(script: str, expected: list[str] | None) -> None:
    found = kinds(COPY + script)
    assert (found == expected) if expected is not None else ("upload" in found and "archive" in found)


def test_the_archive_comes_from_here_for_every_line_that_it_stands_for() -> None:
    text = f"{COPY}ssh web.test 'tar xzf /tmp/app.tgz -C /srv/app && rm /tmp/app.tgz'"
    plan = scripts_to_plan([("deploy.sh", text.encode())], name="shop")
    (found,) = plan.resources
    assert isinstance(found.spec, Archive)
    assert (found.spec.src.shell(), found.spec.remote) == ("${project_dir}/app.tgz", False)
    assert len(found.steps) == 3
    assert all(found.address in entry.resources for entry in plan.ledger if entry.disposition == "converted")
