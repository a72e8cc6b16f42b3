"""Environment, ports, volumes, command and user of pods against composerize: any options together, and every container
of the golden scripts."""

from __future__ import annotations

import json
import shlex
import tempfile
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cases import CASES, Compared
from converter.parse import parse, parse_text, read_source
from converter.pipeline import scripts_to_plan
from converter.trace import traces
from oracle import node
from oracle.test_cluster_containers import Container, of_pod, of_service
from render.clusters import built, environment_of, of_kind, rendered, written

WORDS = st.text("abcxyz019._-/:", min_size=1, max_size=8).map(lambda text: f"a{text}")
NAMES = st.text("ABCXYZ_", min_size=1, max_size=5).map(lambda text: f"E{text}")
NUMBERS = st.integers(1024, 40000)
OPTIONS = st.one_of(
    st.tuples(NAMES, WORDS).map(lambda pair: ["-e", "=".join(pair)]),
    st.tuples(NAMES, WORDS).map(lambda pair: [f"--env={'='.join(pair)}"]),
    st.tuples(NUMBERS, NUMBERS).map(lambda pair: ["-p", f"{pair[0]}:{pair[1]}"]),
    st.tuples(NUMBERS, NUMBERS).map(lambda pair: [f"--publish=127.0.0.1:{pair[0]}:{pair[1]}/udp"]),
    NUMBERS.map(lambda number: ["--expose", str(number)]),
    st.sampled_from("abc").map(lambda name: ["-v", f"{name}:/data/{name}:ro"]),
    st.sampled_from("def").map(lambda name: [f"--volume={name}:/data/{name}"]),
    st.integers(1, 9999).map(lambda number: ["-u", f"{number}:{number + 1}"]),
    st.integers(1, 9999).map(lambda number: [f"--user={number}"]),
    st.sampled_from(["/srv", "/opt/app"]).map(lambda path: ["-w", path]),
    st.sampled_from(["sh", "/bin/run"]).map(lambda path: ["--entrypoint", path]),
    st.sampled_from([["--cap-add", "NET_ADMIN"], ["--cap-drop", "ALL"], ["--read-only"], ["-i"], ["-t"], ["--init"]]),
    st.sampled_from([["--restart", "always"], ["-m", "256m"], ["--cpus", "0.5"], ["--hostname", "box"]]),
)
# Of what may be said once, docker takes the last and composerize both.
ONCE = ("-u", "--user", "-w", "--entrypoint", "-m", "--cpus", "--hostname", "--restart")
# Where composerize says something else than docker does, by what stands in the line: the part, and why.
EXCEPTIONS = {
    "QUOTED=": ("environment", "quotes that belong to a value are taken off, and several lines become one"),
    "$(cat /cost)": ("command", "a blank within parentheses becomes another sign"),
    ",readonly": ("mounts", "it is left out"),
}
COMMANDS = st.lists(WORDS, max_size=3)


def _once(options: list[list[str]]) -> list[str]:
    kept: dict[str, list[str]] = {}
    for each in options:
        name = each[0].partition("=")[0]
        known = {"-u": "--user"}.get(name, name)
        place = next((part for part in each if ":/data/" in part), "") or (known if name in ONCE else shlex.join(each))
        port = next((part.rpartition(":")[2] for part in each if name in ("-p", "--publish", "--expose")), "")
        variable = each[-1].partition("=")[0] if name == "-e" else each[0].split("=")[1] if name == "--env" else ""
        kept.setdefault(f"port {port}" if port else f"variable {variable}" if variable else place, each)
    return [word for each in kept.values() for word in each]


LINES = st.builds(
    lambda options, command: ["docker", "run", "-d", *_once(options), "nginx:1.27", *command],
    st.lists(OPTIONS, max_size=9),
    COMMANDS,
)


def theirs(lines: list[str]) -> list[Container]:
    """As composerize reads them."""
    texts: list[str] = json.loads(node.run("composerize.cjs", str(node.PACKAGES), stdin=json.dumps(lines)))
    # To YAML 1.1 a user of `24:25` would be a number of the base 60.
    read = (yaml.load(text, Loader=yaml.BaseLoader) for text in texts)
    return [of_service(next(iter(each["services"].values()))) for each in read]


def ours(lines: list[str]) -> list[tuple[Container, str, set[str]]]:
    """As pods have them, each with what is left for a person, and the variables that hold secrets."""
    script = "\n".join(["ssh root@web1 <<'EOF'", *lines, "EOF", ""])
    tree = rendered(scripts_to_plan([("run.sh", script.encode())], name="shop"))
    with tempfile.TemporaryDirectory() as folder:
        objects = built(written(tree, Path(folder)))
    workloads = of_kind(objects, "Deployment")
    left = [
        "\n".join(one.reason for one in tree.unsupported if one.address == f"container.c{n}") for n in range(len(lines))
    ]
    pods = [workloads[f"c{number}"] for number in range(len(lines))]
    secret = [{name for name, text in environment_of(each, objects).items() if "<" in text} for each in pods]
    return [(of_pod(each, objects), left[number], secret[number]) for number, each in enumerate(pods)]


def named(words: list[str], number: int) -> str:
    """The line with a name that no other has."""
    rest = list(words[2:])
    for index, word in enumerate(rest):
        if word == "--name" or word.startswith("--name="):
            del rest[index : index + (2 if word == "--name" else 1)]
            break
    return shlex.join(["docker", "run", "--name", f"c{number}", *rest])


def differences(lines: list[str]) -> dict[str, dict[str, tuple[Any, Any]]]:
    """What differs by line, without what is left for a person by its name."""
    found = {}
    for line, (mine, left, secret), other in zip(lines, ours(lines), theirs(lines), strict=True):
        other["mounts"] = {each for each in other["mounts"] if f":{each[0]}" not in left}
        for one in (mine, other):
            one["environment"] = {name: text for name, text in one["environment"].items() if name not in secret}
        other["image"] = other["image"].removesuffix(":latest")
        parts = {part: (mine[part], other[part]) for part in mine if mine[part] != other[part]}
        if parts:
            found[line] = parts
    return found


@node.needs("composerize")
@settings(
    deadline=None, max_examples=4, derandomize=True, phases=(Phase.generate,), suppress_health_check=list(HealthCheck)
)
@given(st.lists(LINES, min_size=20, max_size=20))
def test_any_options_together(commands: list[list[str]]) -> None:
    assert differences([named(words, number) for number, words in enumerate(commands)]) == {}


def golden() -> list[str]:
    """Every `docker run` of the golden scripts that goes on and is known to its last word."""
    found: dict[str, None] = {}
    for case in CASES:
        if "kubernetes" not in case.targets:
            continue
        scripts = [parse(read_source(name, (case.input / name).read_bytes())) for name in case.scripts]
        followed = traces(scripts, parse_text=parse_text, load=lambda path: None, runs_on=None)
        for run in (run for runs in followed.values() for run in runs):
            for step in run.steps:
                words = [word.text for word in step.argv]
                if words[:2] == ["docker", "run"] and None not in words and "-d" in words:
                    found[json.dumps(words)] = None
    return list(found)


@node.needs("composerize")
def test_every_container_of_the_golden_scripts(compared: Compared) -> None:
    lines = [named(json.loads(text), number) for number, text in enumerate(golden())]
    assert len(lines) > 10
    found = {(line, part) for line, parts in differences(lines).items() for part in parts}
    excepted = {(line, part) for line in lines for words, (part, _) in EXCEPTIONS.items() if words in line}
    assert found == excepted
    compared(f"docker run of golden scripts, composerize and pods: {len(lines)} commands")
