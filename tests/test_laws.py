"""The laws of the design as properties, on generated scripts and on arbitrary bytes."""

from __future__ import annotations

import html
import io
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import jinja2
import msgspec
import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from jinja2 import nodes

from cases import CASES
from converter.cli.explain import explained, listing
from converter.cli.terminal import Screen
from converter.match import load_rules, match
from converter.model.match import Verdict
from converter.model.plan import Plan
from converter.model.trace import Disposition
from converter.model.tree import FileTree
from converter.model.value import Value
from converter.parse import parse, parse_text, read_source
from converter.pipeline import plan_to_tree, scripts_to_plan
from converter.plan import hidden
from converter.plan import plan as make_plan
from converter.plan.document import dump, load
from converter.render import FITS
from converter.repo import write
from converter.trace import trace
from plan.corpora import ORDINARY, SECRET, planted
from shells import HOSTILE, LINES, SCRIPTS, quoted

DELIVERIES = ("github-actions", "gitlab-ci")
laws = settings(deadline=None, max_examples=60, derandomize=True, suppress_health_check=list(HealthCheck))
SAMPLES = [(case.input / script).read_bytes() for case in CASES for script in case.scripts]


def planned(text: str) -> Plan:
    return scripts_to_plan([("deploy.sh", text.encode("utf-8", "surrogatepass"))], name="shop")


# Each target with what delivers it; Argo CD has templates of its own, so that text could become code there too.
TARGETS = {"ansible": DELIVERIES, "kubernetes": ("argocd",)}


def tree_of(plan: Plan, target: str = "ansible") -> FileTree:
    return plan_to_tree(plan, target=target, deliveries=TARGETS[target])


# 1. Parsing any bytes never raises.


@laws
@given(st.binary(max_size=400))
@example(b"\x00$(")
def test_1_any_bytes_parse(data: bytes) -> None:
    parse(read_source("deploy.sh", data))


@laws
@given(
    st.sampled_from(SAMPLES),
    st.integers(0, 10_000),
    st.integers(0, 40),
    st.sampled_from([b"", b'"', b"$(", b"<<X\n", b"}", b"\xff"]),
)
def test_1_damaged_scripts_convert(sample: bytes, start: int, length: int, put: bytes) -> None:
    start %= len(sample)
    scripts_to_plan([("deploy.sh", sample[:start] + put + sample[start + length :])], name="shop")


@laws
@given(st.text(alphabet="abc $(){}[]<>|&;\"'`\\\n=#!*?~-/EOF", max_size=120))
def test_1_any_shell_like_text_converts(text: str) -> None:
    planned(text)


# 2. Every source command has exactly one ledger entry.


@laws
@given(SCRIPTS)
def test_2_one_entry_a_command(text: str) -> None:
    source = read_source("deploy.sh", text.encode())
    traced = trace([parse(source)], parse_text=parse_text, load=lambda path: None)
    plan = planned(text)
    assert len(plan.ledger) == len(traced.commands)
    spans = [entry.span for entry in plan.ledger]
    assert len(set(spans)) == len(spans)


@laws
@given(LINES)
def test_2_no_line_is_forgotten(lines: list[str]) -> None:
    covered = {
        number
        for entry in planned("\n".join(lines)).ledger
        for number in range(entry.span.line, entry.span.last_line + 1)
    }
    assert covered >= set(range(1, len(lines) + 1))


# 3. No step is lost: what ran in the trace is a resource, or its entry says what became of it.


@laws
@given(SCRIPTS)
def test_3_no_step_is_lost(text: str) -> None:
    plan = planned(text)
    addresses = {resource.address for resource in plan.resources}
    for entry in plan.ledger:
        if entry.disposition in (Disposition.CONVERTED, Disposition.KEPT, Disposition.UNRESOLVED):
            assert entry.resources or entry.reason, entry
        else:
            assert entry.reason, entry
        assert set(entry.resources) <= addresses, entry
        if entry.disposition in (Disposition.CONVERTED, Disposition.KEPT):
            assert entry.resources, entry
    told = {address for entry in plan.ledger for address in entry.resources}
    assert addresses <= told


@pytest.mark.parametrize("sample", SAMPLES, ids=range(len(SAMPLES)))
def test_3_every_step_of_a_sample_is_in_a_resource(sample: bytes) -> None:
    check_steps(sample)


@laws
@given(SCRIPTS)
def test_3_every_step_is_in_a_resource(text: str) -> None:
    check_steps(text.encode("utf-8", "surrogatepass"))


def check_steps(data: bytes) -> None:
    """The ledger does not count here: what a rule recognised has to be found again among the resources."""
    concealed, secrets = hidden(
        trace([parse(read_source("deploy.sh", data))], parse_text=parse_text, load=lambda _: None)
    )
    matched = match(concealed, load_rules(()))
    plan = make_plan(concealed, matched, name="shop", secrets=secrets)
    told = {entry.span: entry for entry in plan.ledger}
    done = {step for resource in plan.resources for step in resource.steps}
    idle = {found.step for found in matched.matches if found.verdict is Verdict.ABSORB}
    idle |= {found.step for found in matched.matches if found.verdict is Verdict.BECOMES and not found.specs}
    for step in concealed.steps:
        entry = told[concealed.commands[step.command].span]
        assert step.id in done | idle or entry.disposition is Disposition.DROPPED, (step, entry)


@pytest.mark.parametrize("target", TARGETS)
@laws
@given(text=SCRIPTS)
def test_3_no_resource_is_lost_in_rendering(target: str, text: str) -> None:
    check_rendering(planned(text), target)


@pytest.mark.parametrize("sample", SAMPLES, ids=range(len(SAMPLES)))
def test_3_no_resource_of_a_sample_is_lost_in_a_cluster(sample: bytes) -> None:
    check_rendering(scripts_to_plan([("deploy.sh", sample)], name="shop"), "kubernetes")


def check_rendering(plan: Plan, target: str) -> None:
    tree = tree_of(plan, target)
    own = (file for file in tree.files if not file.path.startswith(".gitopsify/"))
    read = (".yml", ".yaml", ".sh", "/Dockerfile", ".yaml.example")
    made = "\n".join(file.text for file in own if file.path.endswith(read))
    left = {item.address for item in (*tree.unsupported, *tree.covered)}
    for resource in plan.resources:
        lines = [span.line for span in resource.origin.spans]
        # What a handler does again is in the template of the pods.
        if target == "kubernetes" and resource.handler:
            continue
        assert resource.address in left or any(re.search(rf"deploy\.sh:{line}\b", made) for line in lines), (
            resource.address
        )


# 4. Same input, same bytes out.


@pytest.mark.parametrize("target", TARGETS)
@laws
@given(text=SCRIPTS)
def test_4_same_bytes(target: str, text: str) -> None:
    assert tree_of(planned(text), target) == tree_of(planned(text), target)


# 5. No Unknown reaches a manifest unmarked.


@laws
@given(SCRIPTS)
def test_5_unknown_is_marked(text: str) -> None:
    plan = planned(text)
    unresolved = {
        address for entry in plan.ledger if entry.disposition == Disposition.UNRESOLVED for address in entry.resources
    }
    for resource in plan.resources:
        if any(value.unknowns for value in values(resource.spec)):
            assert resource.kind == "unresolved" or resource.address in unresolved, resource


def values(thing: object) -> Iterator[Value]:
    """Every value in a spec."""
    if isinstance(thing, Value):
        yield thing
    elif isinstance(thing, tuple):
        for item in thing:
            yield from values(item)
    elif isinstance(thing, msgspec.Struct):
        for name in thing.__struct_fields__:
            yield from values(getattr(thing, name))


# 6. No secret of the script appears in any generated file or in Git objects.


@st.composite
def planted_scripts(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A script of ordinary lines with secrets of all kinds in random places."""
    seed = draw(st.integers(0, 10**9))
    pieces = [planted(sample, seed) for sample in draw(st.lists(st.sampled_from(SECRET), min_size=1, max_size=4))]
    texts = [text for text, _ in pieces] + draw(st.lists(st.sampled_from(ORDINARY), max_size=4))
    script = "\n".join(draw(st.permutations(texts)))
    return script + "\n", [secret for _, secrets in pieces for secret in secrets]


STORES_OF = [(target, store) for target, fit in FITS.items() for store in fit.stores]


@laws
@given(planted_scripts(), st.sampled_from(STORES_OF))
def test_6_no_secret_in_any_output(planted_script: tuple[str, list[str]], stored: tuple[str, str]) -> None:
    target, store = stored
    script, secrets = planted_script
    plan = planned(script)
    shown = io.StringIO()
    for line in listing(plan, Screen(shown)):
        print(line, file=shown)
    outputs = {
        "plan.yaml": dump(plan),
        "explain": shown.getvalue(),
        "explain in JSON": json.dumps(explained(plan)),
        "diagnostics": str(plan.diagnostics),
        "questions": str(plan.questions),
    }
    deliveries = DELIVERIES if target == "ansible" else ("flux",)
    for file in plan_to_tree(plan, target=target, deliveries=deliveries, secrets=store).files:
        # A page holds some characters of a secret as references.
        outputs[file.path] = file.path + file.text + html.unescape(file.text)
    leaks = [(name, secret) for name, text in outputs.items() for secret in secrets if secret in text]
    assert leaks == [], script


def test_6_no_secret_in_git_objects(tmp_path: Path) -> None:
    pieces = [planted(sample, "git") for sample in SECRET]
    tree = tree_of(planned("\n".join(text for text, _ in pieces) + "\n"))
    write(tree, tmp_path / "made", message="Convert deploy.sh")
    listed = subprocess.run(
        ["git", "-C", str(tmp_path / "made"), "cat-file", "--batch-all-objects", "--batch"],
        capture_output=True,
        check=True,
    )
    assert b"PASSWORD" in listed.stdout
    assert [secret for _, secrets in pieces for secret in secrets if secret.encode() in listed.stdout] == []


# 7. Text of the script can't become code of the target.


@pytest.mark.parametrize("target", TARGETS)
@laws
@given(text=SCRIPTS)
def test_7_text_stays_text(target: str, text: str) -> None:
    inert(tree_of(planned(text), target))


EVERYWHERE = (
    "# {text}",
    "X={word}",
    "mkdir -p {word}",
    "echo {word} > /etc/motd",
    "sed -i s@a@{word}@ /etc/x",
    "useradd -m {word}",
    "echo {word}",
    "frobctl {word}",
    "ssh web.example.com touch {twice}",
    "docker run -d --name x -e A={word} nginx",
    'if [ "$X" = {word} ]; then touch /ok; fi',
    "cat > /etc/y <<'EOF'\n{text}\nEOF",
    "systemctl restart {word}",
)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("text", HOSTILE)
def test_7_hostile_text_everywhere(target: str, text: str) -> None:
    word = quoted(text)
    script = "\n".join(line.format(word=word, text=text, twice=quoted(word)) for line in EVERYWHERE) + "\n"
    inert(tree_of(planned(script), target))


class Strict(yaml.SafeLoader):
    """Reads our YAML; a tag that we never write is an error."""


Strict.add_constructor("!unsafe", lambda loader, node: node.value)


# The templates of an ApplicationSet; nothing else of a cluster's repository has any.
OF_ARGOCD = ("shop-{{ .environment }}", "clusters/{{ .environment }}", "{{ .server }}", "{{ .namespace }}")


def inert(tree: FileTree) -> None:
    """Nothing of the script is a tag, an item, an expression of Actions, or computed by jinja."""
    for file in tree.files:
        if file.path.startswith(".gitopsify/") or not file.path.endswith((".yml", ".yaml")):
            continue
        if file.path.startswith(".github/"):
            assert not re.search(r"\$\{\{\s*github\.sneaky", file.text), file.path
        for document in yaml.load_all(io.StringIO(file.text), Loader=Strict):
            for text in strings(document):
                assert text != "injected", file.path
                if file.path.startswith("argocd/"):
                    assert "{{" not in text or text in OF_ARGOCD, f"{file.path}: {text}"
                elif not file.path.startswith((".github/", ".gitlab", "apps/", "environments/", "clusters/")):
                    assert not live(text), f"{file.path}: {text}"


def strings(node: object) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "name" and value == "injected":
                yield "injected"
            yield from strings(key)
            yield from strings(value)
    elif isinstance(node, list):
        for item in node:
            yield from strings(item)


def live(text: str) -> bool:
    """Whether jinja, as Ansible uses it, would compute something of a hostile text, or drop a part as a comment."""
    world = jinja2.Environment()
    found = world.parse(text)
    computed = any(True for kind in (nodes.Mul, nodes.Assign) for _ in found.find_all(kind))
    return computed or any(token == "comment" for _, token, _ in world.lex(text))


# 8. The order of effects on one host is the script's order.


@laws
@given(SCRIPTS)
def test_8_edges_follow_the_order(text: str) -> None:
    plan = planned(text)
    order = {resource.address: number for number, resource in enumerate(plan.resources)}
    assert len(order) == len(plan.resources)
    for edge in plan.edges:
        assert order[edge.first] < order[edge.second], edge


@laws
@given(LINES)
def test_8_effects_keep_their_order(lines: list[str]) -> None:
    plan = planned(
        "\n".join(f"touch /srv/{number}\n{line}" for number, line in enumerate(lines) if "touch" not in line)
    )
    own = [resource for resource in plan.resources if resource.address.startswith("touched_file./srv/")]
    firsts = [min(resource.steps) for resource in own]
    assert firsts == sorted(firsts)


# 9. Rendering a saved plan equals rendering the plan in memory.


@laws
@given(SCRIPTS)
def test_9_a_saved_plan_renders_alike(text: str) -> None:
    plan = planned(text)
    saved = dump(plan)
    assert dump(load(saved)) == saved
    assert tree_of(load(saved)) == tree_of(plan)
