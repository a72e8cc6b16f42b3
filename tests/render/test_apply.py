"""A rendered repository really applied, on the machine of the tests and in a folder of its own."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from converter.model.plan import Edge, EdgeKind, Plan, PlanVariable, VariableKind
from converter.model.resource import Resource
from converter.model.trace import AnyOf, Compare, Context, NotEmpty, PathTest, Retry, StepSucceeded, Succeeds
from converter.model.value import CommandOutput, Glob, Literal, Value, Variable
from render.playbooks import rendered, tool, write
from render.samples import asked, made, plan_of, resource, v

UGLY = "{{ 7 * 7 }} {% raw %} {# x #} ${{ github }} $HOME 'q' \"d\" \\1 é\n- !tag x: y\n\ttab\n"


def recap(text: str) -> dict[str, int]:
    """The numbers of the host's line in the recap."""
    line = next(line for line in text.partition("PLAY RECAP")[2].splitlines() if line.startswith("203.0.113.10"))
    return {name: int(number) for name, number in re.findall(r"(\w+)=(\d+)", line)}


class Machine:
    """This machine as the only host of a plan."""

    def __init__(self, plan: Plan, directory: Path) -> None:
        self.directory = write(rendered(plan), directory)

    def run(self, *options: str) -> tuple[dict[str, int], str]:
        """One run of the playbook, which has to succeed."""
        here = ("ansible_connection=local", f"ansible_python_interpreter={sys.executable}", "ansible_host=127.0.0.1")
        extra = [word for pair in here for word in ("--extra-vars", pair)]
        done = tool(self.directory, "ansible-playbook", "site.yml", "--diff", *extra, *options)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "[WARNING]" not in done.stderr
        return recap(done.stdout), done.stdout


def conditions(base: Path) -> tuple[Resource, ...]:
    """One demand of everything that holds, and one step under what does not."""
    there, gone = PathTest(path=v(f"{base}/app"), state="directory"), PathTest(path=v(f"{base}/no"), state="exists")
    grep = Succeeds(argv=(v("grep"), v("-q"), v("{{ 7"), v("ugly.txt")), text=v("grep -q '{{ 7' ugly.txt"))
    more = Compare(left=v("${COUNT}"), operator=">", right=v("9"), numeric=True)
    like = Compare(left=v("${BRANCH}"), operator="matches", right=Value(Literal("m"), Glob("*")))
    cwd = v(f"{base}/app")
    holds = (
        asked(there, "c1"),
        asked(gone, "c2", negated=True),
        asked(Compare(left=v("${BRANCH}"), operator="==", right=v("main")), "c3"),
        asked(more, "c4"),
        asked(like, "c5"),
        asked(grep, "c6", cwd=cwd),
        asked(Succeeds(text=v('printf %s "${BRANCH}" | grep -q main')), "c7", cwd=cwd),
        asked(NotEmpty(value=v("${EMPTY}")), "c8", negated=True),
        asked(AnyOf(alternatives=((asked(gone, "c2"),), (asked(there, "c1"), asked(more, "c4")))), "c9"),
    )
    never = [test for test in holds if test.id in ("c1", "c2", "c3", "c4", "c5", "c6", "c8")]
    demand = resource(made("assertion", condition=holds, message="it has to hold"), 200)
    spec = made("file", path=f"{base}/never", content="x\n")
    opposite = (msgspec.structs.replace(test, negated=not test.negated) for test in never)
    return (demand, *(resource(spec, 201 + number, guard=(test,)) for number, test in enumerate(opposite)))


def plan(base: Path) -> Plan:
    """Everything that can be tried without changing more than one folder."""
    app = f"{base}/app"
    here = {"context": Context(cwd=v(app))}

    def shell(text: str, line: int, **fields: object) -> Resource:
        effect = str(fields.pop("effect", "changes"))
        output, creates = fields.pop("output", ""), fields.pop("creates", None)
        spec = made("command", source=text, effect=effect, output=output, creates=creates)
        return resource(spec, line, **{**here, **fields})

    handler = resource(made("command", source="echo ran >> handled", effect="changes"), 20, handler=True, **here)
    ugly = resource(made("file", path=f"{app}/ugly.txt", content=UGLY.replace("$", "$$")), 2)
    mixed = Value(Literal("#jinja2: x\n{"), Variable("BRANCH"), Literal("}\n{{ no }}\n"), Variable("SECRET"))
    template = resource(
        made("file", path=f"{app}/mixed.txt", content="").__class__(path=v(f"{app}/mixed.txt"), content=mixed), 3
    )
    retry = Retry(attempts=3, delay=0)
    resources = (
        resource(made("directory", path=app, mode="750"), 1),
        ugly,
        template,
        resource(made("line", path=f"{app}/lines", line="last: {{ line }}", create=True), 4),
        shell("echo foo > replaced", 4, creates="replaced"),
        resource(made("replacement", path=f"{app}/replaced", pattern="fo{2}$", replacement="{{bar}}"), 5),
        resource(made("link", path=f"{app}/current", target=f"{app}/ugly.txt", force=True), 6),
        resource(made("file_copy", src="ugly.txt", dest="copy.txt"), 7, **here),
        shell("touch 'a b' made {x,y}.tmp", 8, creates="made"),
        resource(made("absent", path=Value(Literal(f"{app}/"), Glob("*.tmp"))), 9),
        shell("printf '%s' \"${SPACED}\" > spaced", 10, creates="spaced"),
        resource(
            made("command", argv=["printf", "%s", "$$HOME {{ x }}"], source="printf", effect="reads", output="SAID"),
            11,
            **here,
        ),
        resource(made("file", path=f"{app}/said", content="${SAID}|${TODAY}|${TAG}"), 12),
        resource(made("capture", variable="COUNTED", source="ls | grep -c made"), 13, **here),
        resource(made("file", path=f"{app}/counted", content="${COUNTED}"), 14),
        shell("test -e retried || { touch retried; false; }", 15, retry=retry, effect="reads"),
        shell("false", 16, tolerated=True, effect="reads"),
        shell("false # watched", 17, effect="reads"),
        shell("touch rescued", 18, guard=(asked(StepSucceeded(step=17), "s", negated=True),), creates="rescued"),
        shell("touch unrescued", 19, guard=(asked(StepSucceeded(step=17), "s"),)),
        handler,
        shell("test -e handled", 21, effect="reads"),
        *conditions(base),
    )
    variables = (
        PlanVariable(name="BRANCH", kind=VariableKind.INPUT, value=v("main")),
        PlanVariable(name="EMPTY", kind=VariableKind.INPUT, value=Value()),
        PlanVariable(name="COUNT", kind=VariableKind.FIXED, value=v("10")),
        PlanVariable(name="SPACED", kind=VariableKind.FIXED, value=v("a  b; $$(exit 3) {{ x }}")),
        PlanVariable(name="SECRET", kind=VariableKind.SECRET),
        PlanVariable(name="TODAY", kind=VariableKind.COMPUTED, value=Value(CommandOutput("date +%Y")), on="local"),
        PlanVariable(name="TAG", kind=VariableKind.COMPUTED, value=v("r-$(echo ${COUNT} | tr 1 2)"), on="web"),
    )
    edges = (Edge(kind=EdgeKind.NOTIFIES, first=ugly.address, second=handler.address),)
    return plan_of(resources, variables=variables, edges=edges)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the plan changes."""
    return tmp_path_factory.mktemp("base")


@pytest.fixture(scope="module")
def runs(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Sequence[tuple[dict[str, int], str]]:
    """Check mode on an empty machine, the first run, check mode again, and the second run."""
    machine = Machine(plan(base), tmp_path_factory.mktemp("apply") / "repository")
    secret = ("--extra-vars", "vault_secret=s3cr3t-value")
    fresh = machine.run("--check", *secret)
    assert list(base.iterdir()) == []
    return [fresh, *(machine.run(*options, *secret) for options in ((), ("--check",), ()))]


def test_files(runs: Sequence[object], base: Path) -> None:
    assert runs
    app = base / "app"
    assert (app / "ugly.txt").read_text() == UGLY
    assert (app / "lines").read_text() == "last: {{ line }}\n"
    assert (app / "replaced").read_text() == "{{bar}}\n"
    assert (app / "copy.txt").read_text() == (app / "ugly.txt").read_text()
    assert (app / "mixed.txt").read_text() == "#jinja2: x\n{main}\n{{ no }}\ns3cr3t-value"
    assert (app / "current").resolve() == app / "ugly.txt"
    assert app.stat().st_mode & 0o777 == 0o750
    assert (app / "spaced").read_text() == "a  b; $(exit 3) {{ x }}"
    assert re.fullmatch(r"\$HOME \{\{ x \}\}\|20\d\d\|r-20", (app / "said").read_text())
    assert (app / "counted").read_text() == "1"
    assert (app / "a b").is_file()
    assert not list(app.glob("*.tmp"))
    assert (app / "rescued").is_file()
    assert not (app / "unrescued").exists()
    assert (app / "handled").read_text() == "ran\n"


def test_conditions(runs: Sequence[object], base: Path) -> None:
    assert runs
    assert [path.name for path in base.iterdir()] == ["app"]


def test_the_second_run_changes_nothing(runs: Sequence[tuple[dict[str, int], str]]) -> None:
    for counted, text in runs[2:]:
        assert counted["changed"] == 0, text
    assert runs[1][0]["changed"] > 9


def test_secrets_are_not_shown(runs: Sequence[tuple[dict[str, int], str]]) -> None:
    assert all("s3cr3t-value" not in text for _, text in runs)


def test_what_is_there_keeps_the_mode_that_the_script_does_not_give(tmp_path: Path) -> None:
    place = tmp_path / "there"
    place.mkdir()
    place.chmod(0o2775)
    for name, mode in (("written", 0o640), ("touched", 0o400)):
        (place / name).write_text("before\n")
        (place / name).chmod(mode)
    specs = (
        made("directory", path=f"{place}"),
        made("directory", path=f"{place}/new"),
        made("file", path=f"{place}/written", content="after\n"),
        made("file", path=f"{place}/fresh", content="after\n"),
        made("touched_file", path=f"{place}/touched"),
    )
    machine = Machine(plan_of(tuple(resource(spec, line) for line, spec in enumerate(specs, 1))), tmp_path / "repo")
    machine.run()
    assert machine.run()[0]["changed"] == 0
    modes = {path.name: oct(path.stat().st_mode & 0o7777) for path in (place, *place.iterdir())}
    umask = os.umask(0)
    os.umask(umask)
    new = {"new": oct(0o2777 & ~umask), "fresh": oct(0o666 & ~umask)}
    assert modes == {"there": "0o2775", "written": "0o640", "touched": "0o400", **new}
