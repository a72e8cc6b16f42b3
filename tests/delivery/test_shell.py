"""Resources as shell: run by a real bash, they do what the spec says and no more."""

from __future__ import annotations

import subprocess
from pathlib import Path

import msgspec
import pytest

from converter.model.resource import Phase, Resource, Spec
from converter.model.trace import AnyOf, Compare, Context, NotEmpty, PathTest, Retry, Subject, Succeeds, Test
from converter.model.value import CommandOutput, Glob, Literal, Part, Unknown, Value, Variable
from converter.render.delivery.shell.step import script
from converter.render.delivery.shell.text import InexpressibleError, raw
from converter.render.delivery.shell.words import path, word
from converter.resources.absent import Absent
from converter.resources.archive_create import ArchiveCreate
from converter.resources.assertion import Assertion
from converter.resources.capture import Capture
from converter.resources.command import Command
from converter.resources.compose_project import ComposeProject
from converter.resources.composer_packages import ComposerPackages
from converter.resources.container import Container
from converter.resources.container_prune import ContainerPrune
from converter.resources.directory import Directory
from converter.resources.file import File
from converter.resources.file_attributes import FileAttributes
from converter.resources.file_copy import FileCopy
from converter.resources.git_checkout import GitCheckout
from converter.resources.git_setting import GitSetting
from converter.resources.image import Image
from converter.resources.image_push import ImagePush
from converter.resources.image_tag import ImageTag
from converter.resources.line import Line
from converter.resources.link import Link
from converter.resources.node_packages import NodePackages
from converter.resources.package import Package
from converter.resources.python_packages import PythonPackages
from converter.resources.registry_login import RegistryLogin
from converter.resources.replacement import Replacement
from converter.resources.ruby_packages import RubyPackages
from converter.resources.service import Service
from converter.resources.text_block import TextBlock
from converter.resources.touched_file import TouchedFile
from converter.resources.unresolved import Unresolved
from converter.resources.virtualenv import Virtualenv
from delivery.plans import PROJECT, resource, span, v

COMPOSER = "composer install --no-interaction --no-dev --optimize-autoloader"
CLONE = "[[ -e lib/.git ]] || git clone https://example.com/lib.git lib"
BUILD = 'docker build -t "shop:${TAG}" .\ndocker push "shop:${TAG}"'
LOGIN = "printf '%s' \"${P}\" | docker login r.example.com -u u --password-stdin"
RUN = "docker run --rm node:22 npm test"
HOSTILE = "a'b\"c $HOME `id` $(id) \\ ${{ secrets.X }} {{ x }} !tag\n- item * ? [a] ; & | < > #"


def bash(text: str, directory: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """The script as a pipeline runs it."""
    environment = {"PATH": "/usr/bin:/bin", "project_dir": str(directory), **variables}
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", text]
    return subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=False)


def build(spec: Spec, **more: object) -> Resource:
    """A resource of the build with some fields replaced."""
    return msgspec.structs.replace(resource(spec, phase=Phase.BUILD), **more)


def here(name: str) -> Value:
    """A path in the project."""
    return PROJECT + Value.of(f"/{name}")


def guard(subject: Subject, negated: bool = False) -> Test:
    """A test as a condition."""
    return Test(id="t", subject=subject, negated=negated, context=Context(cwd=PROJECT), span=span(1))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Value.of("plain-1.2/x"), "plain-1.2/x"),
        (Value.of(""), "''"),
        (Value.of("two words"), "'two words'"),
        (Value.of("it's"), "'it'\\''s'"),
        (v("${A}"), '"${A}"'),
        (v("--x=${A}/y"), '"--x=${A}/y"'),
        (Value(Literal('a"$b'), Variable("C")), '"a\\"\\$b${C}"'),
        (Value(CommandOutput("date +%F")), '"$(date +%F)"'),
        (Value(Literal("dist/a b"), Glob("*.js")), "'dist/a b'*.js"),
        (Value(Variable("D"), Literal("/"), Glob("*")), '"${D}"/*'),
        (Value(Glob("*;id")), "*\\;id"),
        (Value(Variable("1", Value.of("x y"))), '"x y"'),
        (Value(Variable("1")), '"${arg1}"'),
        (Value.of("costs $5 `id`"), '"costs \\$5 \\`id\\`"'),
        (Value(CommandOutput("cut -f1 $F | head")), '"$(bash -c "cut -f1 \\$F | head")"'),
    ],
)
def test_word(value: Value, expected: str) -> None:
    assert word(value) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("npm run build && npm test", "npm run build && npm test"),
        ('docker build -t "shop:$TAG" .', 'docker build -t "shop:$TAG" .'),
        ("npm run $1", 'bash -c "npm run \\${arg1}"'),
        ("echo ${2:-x} | cat", 'bash -c "echo \\${arg2:-x} | cat"'),
        ("awk '{print $1}' f | sort", "bash -c \"awk '{print \\$1}' f | sort\""),
        ("echo \\$1", 'bash -c "echo \\\\\\$1"'),
        ("git commit -m 'at '\"$(date +%F)\"", "git commit -m 'at '\"$(date +%F)\""),
        ("X=1", 'bash -c "X=1"'),
    ],
)
def test_shell_of_the_script(text: str, expected: str) -> None:
    assert raw(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "deploy $@",
        "[ $# -gt 1 ] && ls",
        'cp "${@:2}" x',
        "echo $0",
        "f() { echo $1; }; f a",
        "cat <<END\n$1\nEND",
        "shift; echo $1",
        "for x in $*; do echo $x; done",
    ],
)
def test_arguments_that_a_pipeline_has_not(text: str) -> None:
    with pytest.raises(InexpressibleError, match=r"\$"):
        raw(text)


def test_shell_of_the_script_means_what_it_meant(tmp_path: Path) -> None:
    text = "for x in a 'b c'; do\n  echo \"$x-$Y\" | tr a-z A-Z\ndone\necho '`$Y`'"
    assert bash(raw(text), tmp_path, Y="it's").stdout == "A-IT'S\nB C-IT'S\n`$Y`\n"
    assert bash(raw(text.replace("\n", "; ").replace("do;", "do")), tmp_path, Y="y").stdout == "A-Y\nB C-Y\n`$Y`\n"


@pytest.mark.parametrize("part", [Unknown("eval", "x"), Variable("@"), Variable("#"), Variable("0")])
def test_what_nobody_knows_has_no_word(part: Part) -> None:
    with pytest.raises(InexpressibleError):
        word(Value(part))


@pytest.mark.parametrize(
    ("value", "cwd", "expected"),
    [
        (here("dist"), PROJECT, "dist"),
        (PROJECT, PROJECT, "."),
        (here(""), PROJECT, "./"),
        (here("-x"), PROJECT, "./-x"),
        (here("web/dist"), here("web"), "dist"),
        (here("webs/dist"), here("web"), '"${project_dir}/webs/dist"'),
        (Value.of("/srv/app/x"), Value.of("/srv/app"), "x"),
        (Value.of("/srv/app2"), Value.of("/srv/app"), "/srv/app2"),
        (Value.of("/etc"), PROJECT, "/etc"),
    ],
)
def test_path(value: Value, cwd: Value, expected: str) -> None:
    assert path(value, cwd) == expected


def test_text_stays_text(tmp_path: Path) -> None:
    spec = File(path=here("out file"), content=Value(Literal(HOSTILE), Variable("X")), mode=Value.of("0600"))
    done = bash(script(build(spec)), tmp_path, X="$(id)")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out file").read_text() == f"{HOSTILE}$(id)"
    assert (tmp_path / "out file").stat().st_mode & 0o777 == 0o600


def test_files(tmp_path: Path) -> None:
    specs: list[Spec] = [
        Directory(path=here("a b/c"), mode=Value.of("0755")),
        TouchedFile(path=here("a b/c/old")),
        Absent(path=Value(Variable("project_dir"), Literal("/a b/c/"), Glob("*"))),
        File(path=here("a b/one"), content=Value.of("x=1\n")),
        File(path=here("a b/one"), content=Value.of("never\n"), force=False),
        Line(path=here("a b/one"), line=Value.of(HOSTILE.replace("\n", " "))),
        Line(path=here("a b/one"), line=Value.of(HOSTILE.replace("\n", " "))),
        Line(path=here("a b/one"), line=Value.of("y=2"), create=True),
        Line(path=here("a b/one"), line=Value.of("y=2"), state="absent"),
        Replacement(path=here("a b/one"), pattern=Value.of("^x=.*$"), replacement=Value.of("x=it's")),
        TextBlock(path=here("a b/one"), block=Value.of("p\nq")),
        FileCopy(src=here("a b/"), dest=here("copy"), recursive=True),
        Link(path=here("copy/link"), target=Value.of("one"), force=True),
        FileAttributes(path=here("copy"), mode=Value.of("u+rwX"), recurse=True),
        ArchiveCreate(dest=here("all.tar.gz"), sources=(Value.of("copy"),), root=PROJECT),
    ]
    done = bash("\n".join(script(build(spec)) for spec in specs), tmp_path)
    assert done.returncode == 0, done.stderr
    line = HOSTILE.replace("\n", " ")
    assert (tmp_path / "copy" / "link").read_text() == f"x=it's\n{line}\np\nq\n"
    assert list((tmp_path / "a b" / "c").iterdir()) == []
    assert (tmp_path / "all.tar.gz").exists()


@pytest.mark.parametrize(
    ("subject", "holds"),
    [
        (PathTest(path=here("here"), state="file"), True),
        (PathTest(path=here("here"), state="directory"), False),
        (Compare(left=v("${X}"), operator="==", right=Value.of("a b*")), True),
        (Compare(left=v("${X}"), operator="==", right=Value.of("a b?")), False),
        (Compare(left=v("${X}"), operator="matches", right=Value(Literal("a "), Glob("*"))), True),
        (Compare(left=v("${X}"), operator="=~", right=Value.of("^a[ ]b")), True),
        (Compare(left=Value.of("10"), operator=">", right=Value.of("9"), numeric=True), True),
        (Compare(left=Value.of("a"), operator="<=", right=Value.of("a")), True),
        (NotEmpty(value=v("${X}")), True),
        (NotEmpty(value=v("${Y}")), False),
        (Succeeds(argv=(v("test"), v("-f"), v("here")), text=v("test -f here")), True),
        (Succeeds(text=v("ls | grep -q nothing")), False),
        (
            AnyOf(
                alternatives=((guard(NotEmpty(value=v("${Y}"))),), (guard(PathTest(path=here("here"), state="file")),))
            ),
            True,
        ),
    ],
)
@pytest.mark.parametrize("negated", [False, True])
def test_conditions(tmp_path: Path, subject: Subject, holds: bool, negated: bool) -> None:
    (tmp_path / "here").touch()
    spec = Command(argv=(v("touch"), v("ran")), source=v("touch ran"))
    done = bash(script(build(spec, guard=(guard(subject, negated),))), tmp_path, X="a b*", Y="")
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "ran").exists() == (holds is not negated)


def test_tolerance_repetition_and_environment(tmp_path: Path) -> None:
    failing = Command(argv=(v("false"),), source=v("false"))
    assert bash(script(build(failing)), tmp_path).returncode == 1
    assert bash(script(build(failing, tolerated=True)), tmp_path).returncode == 0
    counted = Command(source=Value.of("echo x >> n; test $(wc -l < n) -ge 3"))
    assert bash(script(build(counted, retry=Retry(attempts=5, delay=0))), tmp_path).returncode == 0
    assert bash(script(build(failing, retry=Retry(attempts=2, delay=0))), tmp_path).returncode == 1
    context = Context(cwd=PROJECT, environment=(("NODE_ENV", Value.of("it's")),))
    shown = Command(argv=(v("printenv"), v("NODE_ENV")), source=v("printenv"))
    assert bash(script(build(shown, context=context)), tmp_path).stdout == "it's\n"


def test_commands(tmp_path: Path) -> None:
    fed = Command(argv=(v("cat"),), source=v("cat"), stdin=Value.of(HOSTILE), log=here("log"))
    assert bash(script(build(fed)), tmp_path).returncode == 0
    assert (tmp_path / "log").read_text() == f"{HOSTILE}\n"
    made = Command(argv=(v("false"),), source=v("false"), creates=here("log"))
    assert bash(script(build(made)), tmp_path).returncode == 0
    taken = script(build(Capture(variable="X", source=v("echo one two"))))
    assert bash(f'{taken}\necho "$X"', tmp_path).stdout == "one two\n"
    failing = Assertion(condition=(guard(NotEmpty(value=v("${Y}"))),), message=Value.of(HOSTILE))
    done = bash(script(build(failing)), tmp_path, Y="")
    assert (done.returncode, done.stderr) == (1, f"{HOSTILE}\n")
    asked = bash(script(build(Unresolved(source=Value.of(HOSTILE), reason="eval"))), tmp_path)
    assert asked.returncode == 1
    assert "A person must decide about" in asked.stderr
    assert not (tmp_path / "secrets").exists()


@pytest.mark.parametrize(
    "strange",
    [
        build(Service(name=Value.of("nginx"), state="restarted")),
        build(Capture(variable="X", source=v("x")), context=Context(cwd=PROJECT, container=Value.of("web"))),
    ],
)
def test_what_a_pipeline_has_not(strange: Resource) -> None:
    with pytest.raises(InexpressibleError):
        script(strange)


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (NodePackages(path=PROJECT, clean=True), "npm ci"),
        (NodePackages(path=here("web"), clean=True, production=True), "(cd web && npm ci --omit=dev)"),
        (NodePackages(manager="yarn", frozen=True), "yarn install --frozen-lockfile"),
        (NodePackages(manager="pnpm", frozen=True, production=True), "pnpm install --frozen-lockfile --prod"),
        (NodePackages(names=(v("serve"),), global_=True), "npm install -g serve"),
        (ComposerPackages(path=PROJECT, dev=False, optimize=True), COMPOSER),
        (PythonPackages(requirements=here("requirements.txt")), "python3 -m pip install -r requirements.txt"),
        (
            PythonPackages(names=(v("x"),), virtualenv=here(".venv"), state="latest"),
            ".venv/bin/pip install --upgrade x",
        ),
        (Virtualenv(path=here(".venv")), "python3 -m venv .venv"),
        (RubyPackages(path=PROJECT, deployment=True), "bundle config set --local deployment true && bundle install"),
        (GitCheckout(dest=here("lib"), repo=v("https://example.com/lib.git")), CLONE),
        (GitSetting(name=v("user.name"), value=v("A B"), scope="global"), "git config --global user.name 'A B'"),
        (Image(name=v("shop:${TAG}"), source="build", path=PROJECT, push=True), BUILD),
        (Image(name=v("nginx:1"), source="pull"), "docker pull nginx:1"),
        (ImageTag(name=v("a"), target=v("b")), "docker tag a b"),
        (ImagePush(name=v("b")), "docker push b"),
        (RegistryLogin(registry=v("r.example.com"), username=v("u"), password=v("${P}")), LOGIN),
        (ComposeProject(project_src=here("web"), state="built"), "(cd web && docker compose build)"),
        (Container(name=v("x"), image=v("node:22"), remove=True, command=(v("npm"), v("test"))), RUN),
        (ContainerPrune(what="images", all=True), "docker image prune -f -a"),
    ],
)
def test_dependencies_and_containers(spec: Spec, expected: str) -> None:
    assert script(build(spec)) == expected


@pytest.mark.parametrize(
    "spec",
    [
        Container(name=v("x"), image=v("node:22"), memory=v("1g")),
        ComposeProject(project_src=PROJECT, scale=(("web", v("2")),)),
        GitCheckout(dest=here("lib"), bare=True),
        Package(names=(v("jq"),), manager="dnf"),
    ],
)
def test_nothing_is_left_out_without_a_word(spec: Spec) -> None:
    with pytest.raises(InexpressibleError):
        script(build(spec))
