"""What holds once a spec is applied, so that a guard that asks for the opposite says nothing more."""

from __future__ import annotations

import pytest

from converter.model.resource import Spec
from converter.model.trace import PathTest, Subject, Succeeds
from converter.model.value import Value
from converter.resources import KINDS


def path(state: str, where: str) -> Subject:
    """`[ -d where ]` and its kin."""
    return PathTest(path=Value.of(where), state=state)


def ran(text: str) -> Subject:
    """A simple command without quotes."""
    return Succeeds(argv=tuple(Value.of(word) for word in text.split()), text=Value.of(text))


def spec(kind: str, **fields: object) -> Spec:
    """A spec of that kind, with plain texts as values but for choices."""
    plain = {
        name: Value.of(value) if isinstance(value, str) and name != "state" else value for name, value in fields.items()
    }
    return KINDS[kind](**plain)


HOLDS = [
    (spec("directory", path="/d"), path("directory", "/d"), True),
    (spec("directory", path="/d"), path("exists", "/d"), True),
    (spec("directory", path="/d"), path("file", "/d"), False),
    (spec("file", path="/f", content="a", force=False), path("file", "/f"), True),
    (spec("touched_file", path="/f"), path("exists", "/f"), True),
    (spec("absent", path="/f"), path("exists", "/f"), False),
    (spec("link", path="/l", target="/a"), path("link", "/l"), True),
    (spec("command", source="make", creates="/bin/x"), path("exists", "/bin/x"), True),
    (spec("package", names=(Value.of("curl"),)), ran("command -v curl"), True),
    (spec("package", names=(Value.of("docker.io"),)), ran("which docker"), True),
    (spec("package", names=(Value.of("nginx=1.24"),)), ran("dpkg -s nginx"), True),
    (spec("package", names=(Value.of("curl"),), state="absent"), ran("dpkg -s curl"), False),
    (spec("service", name="nginx", state="started"), ran("systemctl is-active --quiet nginx"), True),
    (spec("service", name="nginx", enabled=True), ran("systemctl is-enabled nginx"), True),
    (spec("user", name="deploy"), ran("id -u deploy"), True),
    (spec("group", name="deploy"), ran("getent group deploy"), True),
    (spec("line", path="/etc/hosts", line="x"), ran("grep -qF x /etc/hosts"), True),
    (spec("mount", path="/data", src="/dev/sdb1"), ran("mountpoint -q /data"), True),
    (spec("process", name="a", command="java", stop_pattern="a.jar"), ran("pgrep -f a.jar"), True),
]


@pytest.mark.parametrize(("given", "subject", "truth"), HOLDS)
def test_ensures(given: Spec, subject: Subject, truth: bool) -> None:
    assert (subject, truth) in given.ensures()


@pytest.mark.parametrize(
    "given",
    [
        spec("file", path="/f", content="a"),
        spec("file_copy", src="/a", dest="/b"),
        spec("download", url="https://example.com/a", dest="/a", force=True),
    ],
)
def test_what_is_written_each_time_ensures_nothing_until_it_is_written_once(given: Spec) -> None:
    assert given.ensures() == ()
    assert given.unless_there().ensures()
