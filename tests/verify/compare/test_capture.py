"""What is read of a host."""

from __future__ import annotations

from pathlib import Path

from converter.verify.compare.capture import capture
from converter.verify.sandbox.rootfs import Layer
from converter.verify.sandbox.world import HostSpec, room


def test_a_package_that_is_held_is_there_and_held(cache: Path, base: Layer) -> None:
    spec = HostSpec(name="app", addresses=("10.0.0.2",), lower=(base.path,))
    with room(cache) as place, place.world([spec]) as world:
        world.run("app", ["apt-mark", "hold", "git"])
        found = capture(world, "app", 0.0)["package"]
    assert (found["git"]["held"], found["curl"]["held"]) == (True, False)
    assert found["git"]["version"]


def test_looking_at_a_working_copy_changes_nothing_in_it(cache: Path, base: Layer) -> None:
    spec = HostSpec(name="app", addresses=("10.0.0.2",), lower=(base.path,))
    made = "git init -q ~/app && cd ~/app && echo 1 > a && git add a && touch -d 2020-01-01 a"
    with room(cache) as place, place.world([spec]) as world:
        world.run("app", ["sh", "-c", f"useradd -m web && su web -c '{made}'"])
        capture(world, "app", 0.0)
        owner = world.run("app", ["stat", "--format=%U", "/home/web/app/.git/index"]).output.strip()
    assert owner == "web"
