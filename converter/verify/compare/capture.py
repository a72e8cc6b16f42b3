"""Reads the state of all hosts of a world after a run."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path

from converter.verify.compare import noise
from converter.verify.compare.times import State, Thing, without_times
from converter.verify.recorders import calls, processes, state
from converter.verify.recorders.calls import LOG
from converter.verify.recorders.state import FILE as ENGINE
from converter.verify.sandbox.world import World
from converter.verify.world.answering import LOG as REQUESTS
from converter.verify.world.shape import OUTSIDE

_PROBE = Path(__file__).parent / "probe.py"


def clock(world: World, host: str) -> float:
    """Now, as a host counts it: seconds since its machine was started."""
    return float(world.run(host, ["cat", "/proc/uptime"]).output.split()[0])


def capture(world: World, host: str, since: float) -> State:
    """What is on a host now, by kind and object; files only where they are not as before."""
    files = world.changed(host, tuple(noise.PATHS))
    checkouts = sorted({path.partition("/.git")[0] for path in files if path.endswith("/.git/HEAD")})
    files = {path: each for path, each in files.items() if not set(path.split("/")) & set(noise.NAMES)}
    argv = ["python3", "-", f"{since}", *checkouts]
    done = world.run(host, argv, given=_PROBE.read_bytes(), limit=120)
    found: State = json.loads(done.output.splitlines()[-1])
    names = found.pop("names")
    found["call"] = _calls(_text(world, host, LOG))
    found["request"] = _requests(_text(world, host, REQUESTS), own=True)
    for kind, things in state(_text(world, host, ENGINE)).items():
        found[kind] = dict(things)
    for notes in _text(world, host, "/var/lib/world/pm2-*.json /var/lib/world/forever-*.json").splitlines():
        found.setdefault("process of pm2", {}).update(processes(notes))
    found["file"] = {path: _named(each, names) for path, each in files.items()}
    return without_times(found, dt.datetime.now(tz=dt.UTC).date())


def asked_outside(world: World) -> State:
    """What was asked of all other machines: health checks, downloads, and what tells somebody of a deployment."""
    found: State = {"request": _requests(_text(world, OUTSIDE, REQUESTS), own=False)}
    return without_times(found, dt.datetime.now(tz=dt.UTC).date())


def _requests(log: str, *, own: bool) -> dict[str, Thing]:
    """Each request, however often it was made: what waits for an answer asks until there is one. To be told of a page
    is to ask for it; what clients of a registry ask for is compared by the images that they then have."""
    found: dict[str, Thing] = {}
    for line in log.splitlines():
        note = json.loads(line)
        place = f":{note['port']}" if own else f"{'https' if note['port'] == 443 else 'http'}://{note['host']}"
        method = "GET" if note["method"] == "HEAD" else note["method"]
        if not note["path"].startswith("/v2/"):
            found[f"{method} {place}{note['path']}"] = {"made": True}
    return found


def seen(state: State, unseen: Mapping[str, frozenset[str]]) -> State:
    """The state without what can't be told: kinds of things as a whole, or some sides of them."""
    found: State = {}
    for kind, things in state.items():
        never = unseen.get(kind, frozenset())
        kept = {} if "*" in never else things
        found[kind] = {
            name: {key: value for key, value in each.items() if key not in never} for name, each in kept.items()
        }
    return found


def _text(world: World, host: str, path: str) -> str:
    return world.run(host, ["sh", "-c", f"for file in {path}; do cat $file 2>/dev/null; echo; done"]).output.strip()


def _calls(log: str) -> dict[str, Thing]:
    """Each call with how often it was made and after which other one."""
    found: dict[str, Thing] = {}
    before = "nothing"
    for call in calls(log):
        found[str(call)] = {"times": found.get(str(call), {"times": 0})["times"] + 1, "after": before}
        before = str(call)
    return found


def _named(entry: Thing, names: Mapping[str, Thing]) -> Thing:
    """Owner and group by name: the numbers are the system's own choice."""
    if "owner" not in entry:
        return entry
    owner, group = str(entry["owner"]), str(entry["group"])
    return {**entry, "owner": names["users"].get(owner, owner), "group": names["groups"].get(group, group)}
