"""Each key of the review, as a person presses it: what the screen shows, and what is then in the answers file."""

from __future__ import annotations

import stat
from contextlib import nullcontext
from pathlib import Path

import msgspec
import pytest
from textual.app import App
from textual.widgets import Button, Input

from converter.model.plan import VariableKind
from converter.model.question import Question
from converter.pipeline import Saved
from converter.render import TARGETS
from review.driving import SCRIPT, Driven, drive, scripts


def lone(name: str, said: str) -> str:
    """A file of one decision."""
    return f"{name}: {said}\n"


def test_both_sides_and_the_reasons_are_shown(tmp_path: Path) -> None:
    async def person(at: Driven) -> None:
        for text in ("shop: 0 of 6 lines decided, 2 open", "mkdir -p $APP_DIR/uploads", "roles/shop/tasks/main.yml"):
            assert text in at.text
        assert "Recognised by the rule mkdir" in at.text
        assert "a Accept" in at.text
        assert "? Help" in at.text

    drive(tmp_path, person)


def test_the_left_side_leads_the_right_one(tmp_path: Path) -> None:
    async def person(at: Driven) -> None:
        await at.on("docker pull")
        block = at.app.manifest.blocks[at.app.manifest.highlighted or 0]
        assert block.comes_from("deploy.sh", 10)
        assert "docker_image_pull" in block.text
        await at.keys("up")
        assert at.app.manifest.blocks[at.app.manifest.highlighted or 0].comes_from("deploy.sh", 9)

    drive(tmp_path, person)


def test_what_is_built_is_shown_as_its_step_of_the_pipeline(tmp_path: Path) -> None:
    async def person(at: Driven) -> None:
        await at.on("npm run build")
        block = at.app.manifest.blocks[at.app.manifest.highlighted or 0]
        assert block.path == ".github/workflows/deploy.yml"
        assert "npm run build" in block.text
        await at.keys("r")
        await at.sees("offers")
        assert "run: |-" in at.text
        await at.take(1)

    shipped = "npm run build\nrsync -a dist/ deploy@app.example.com:/srv/shop/\n"
    drive(tmp_path, person, understood=scripts(shipped))


def test_the_right_side_leads_the_left_one(tmp_path: Path) -> None:
    async def person(at: Driven) -> None:
        await at.keys("tab")
        assert at.app.manifest.has_focus
        await at.keys("end")
        block = at.app.manifest.blocks[-1]
        assert at.app.script.line is not None
        assert block.comes_from("deploy.sh", at.app.script.line.number)
        await at.keys("tab")
        assert at.app.script.has_focus

    drive(tmp_path, person)


def test_accept_goes_on_to_the_next_line(tmp_path: Path) -> None:
    async def person(at: Driven) -> None:
        await at.on("mkdir")
        await at.keys("a")
        assert at.kept.startswith("step.mkdir-p-app-dir-")
        assert at.kept.endswith(": accept\n")
        assert "1 of 6 lines decided" in at.text
        assert at.app.script.line is not None
        assert "chown" in at.app.script.line.text

    drive(tmp_path, person)


def test_accept_takes_the_default_answer(tmp_path: Path) -> None:
    async def person(at: Driven) -> None:
        await at.on("frobctl")
        await at.keys("a")
        assert ": keep\n" in at.kept
        assert "frobctl" in next(each.name for each in at.app.session.plan.resources if each.kind == "command")

    drive(tmp_path, person)


def test_a_line_without_a_command_can_not_be_accepted(tmp_path: Path) -> None:
    async def person(at: Driven) -> None:
        await at.on("#!/bin/bash")
        await at.keys("a", "r", "p", "e")
        assert at.kept == ""
        assert "There is no command" in at.text

    drive(tmp_path, person)


def test_reject_keeps_a_command(tmp_path: Path) -> None:
    async def person(at: Driven) -> None:
        await at.on("docker pull")
        await at.keys("r")
        await at.sees("offers")
        assert "ansible.builtin.command" in at.text
        await at.take(1)
        await at.types("")
        await at.until(lambda: at.kept != "")
        assert at.kept.endswith(": keep\n")
        assert "● kept" in at.text

    drive(tmp_path, person)


def test_reject_leaves_out_with_a_note(tmp_path: Path) -> None:
    async def person(at: Driven) -> None:
        await at.on("docker pull")
        await at.keys("r")
        await at.take(2)
        await at.types("the registry does it")
        await at.until(lambda: at.kept != "")
        assert "do: drop" in at.kept
        assert "note: the registry does it" in at.kept
        assert "- dropped" in at.text
        assert not any(each.kind == "image" for each in at.app.session.plan.resources)

    drive(tmp_path, person)


def test_escape_decides_nothing(tmp_path: Path) -> None:
    async def person(at: Driven) -> None:
        await at.on("docker pull")
        for key, window in (("r", "offers"), ("e", "save"), ("p", "offers"), ("i", "offers"), ("w", "text")):
            await at.keys(key)
            await at.sees(window)
            await at.keys("escape")
            await at.until(lambda: len(at.app.screen_stack) == 1)
        assert at.kept == ""

    drive(tmp_path, person)


def test_edit_changes_fields_and_says_what_is_wrong(tmp_path: Path) -> None:
    async def person(at: Driven) -> None:
        await at.on("mkdir")
        await at.keys("e")
        await at.sees("field-mode")
        at.app.screen.query_one("#field-mode", Input).value = "0750"
        await at.keys("ctrl+s")
        await at.until(lambda: at.kept != "")
        assert "mode: '0750'" in at.kept
        assert 'mode: "0750"' in "".join(file.text for file in at.app.session.tree.files)
        assert "decided: accepted, mode: 0750" in at.text

    drive(tmp_path, person)


def test_a_wrong_field_is_not_taken(tmp_path: Path) -> None:
    async def person(at: Driven) -> None:
        await at.on("docker run")
        await at.keys("e")
        await at.sees("field-ports")
        at.app.screen.query_one("#field-ports", Input).value = "[80:80"
        await at.until(lambda: "not YAML" in at.text)
        at.app.screen.query_one("#save", Button).press()
        await at.pilot.pause()
        assert at.kept == ""
        at.app.screen.query_one("#field-ports", Input).value = "['80:8080']"
        await at.keys("ctrl+s")
        await at.until(lambda: "80:8080" in at.kept)

    drive(tmp_path, person, understood=scripts("docker rm -f app\ndocker run -d --name app -p 80:80 img:1\n"))


@pytest.fixture
def lent(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal that can be lent to another program; the one of tests can't."""
    monkeypatch.setattr(App, "suspend", lambda _: nullcontext())


@pytest.mark.usefixtures("lent")
def test_the_editor_of_the_person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "editor"
    program.write_text('#!/bin/sh\nsed -i "s/^mode: .*/mode: \'0700\'/" "$1"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("VISUAL", str(program))

    async def person(at: Driven) -> None:
        await at.on("mkdir")
        await at.keys("E")
        await at.until(lambda: at.kept != "")
        assert "mode: '0700'" in at.kept

    drive(tmp_path, person)


@pytest.mark.usefixtures("lent")
def test_an_editor_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", str(tmp_path / "nothing"))

    async def person(at: Driven) -> None:
        await at.on("mkdir")
        await at.keys("E")
        await at.until(lambda: "can't be started" in at.text)
        assert at.kept == ""

    drive(tmp_path, person)


def test_a_terminal_that_can_not_be_lent(tmp_path: Path) -> None:
    async def person(at: Driven) -> None:
        await at.on("mkdir")
        await at.keys("E")
        await at.until(lambda: "can't be lent" in at.text)

    drive(tmp_path, person)


@pytest.mark.parametrize("saved", [False, True])
def test_choose_another_rule(tmp_path: Path, saved: bool) -> None:
    async def person(at: Driven) -> None:
        await at.on("curl")
        await at.keys("c")
        await at.sees("offers")
        assert "curl-check" in at.text
        assert "curl-get" in at.text
        await at.take(2)
        await at.until(lambda: at.kept != "")
        assert "rule: curl-get" in at.kept
        assert at.app.session.plan.resources[0].origin.rule == "curl-get"

    understood = scripts("curl -fsS https://shop.example.com/warm-up\n")
    drive(tmp_path, person, understood=Saved(understood.plan()) if saved else understood)


def test_one_way_only(tmp_path: Path) -> None:
    async def person(at: Driven) -> None:
        await at.on("mkdir")
        await at.keys("c")
        await at.until(lambda: "one way only" in at.text)

    drive(tmp_path, person)


def test_answer_a_question(tmp_path: Path) -> None:
    async def person(at: Driven) -> None:
        await at.on("systemctl restart")
        assert "is nginx meant to be restarted" in at.text
        await at.keys("enter")
        await at.sees("offers")
        assert "1 when-changed  a handler, which runs" in at.text
        await at.take(2)
        await at.until(lambda: at.kept != "")
        assert at.kept == lone("restart", "each-run")
        assert "shop: 1 of 6 lines decided, 1 open" in at.text
        assert not any(each.handler for each in at.app.session.plan.resources)
        await at.keys("enter")
        await at.take(1)
        await at.until(lambda: at.kept == lone("restart", "when-changed"))

    drive(tmp_path, person)


def test_a_question_without_choices_takes_a_text(tmp_path: Path) -> None:
    plan = scripts().plan()
    span = next(each.span for each in plan.ledger if each.text.startswith("mkdir"))
    asked = Question(id="owner", prompt="who owns it?", span=span)

    async def person(at: Driven) -> None:
        await at.on("mkdir")
        assert "Enter answers" in at.text
        await at.keys("a")
        await at.until(lambda: "has no safe answer" in at.text)
        await at.keys("enter")
        await at.types("me")
        await at.until(lambda: at.kept == lone("owner", "me"))

    drive(tmp_path, person, understood=Saved(msgspec.structs.replace(plan, questions=(asked,))))


def test_enter_goes_to_the_question(tmp_path: Path) -> None:
    async def person(at: Driven) -> None:
        await at.on("mkdir")
        await at.keys("enter")
        await at.until(lambda: at.app.script.line is not None and "frobctl" in at.app.script.line.text)

    drive(tmp_path, person)


def test_mark_a_secret(tmp_path: Path) -> None:
    async def person(at: Driven) -> None:
        await at.on("docker pull")
        await at.keys("s")
        await at.take(1)
        await at.until(lambda: at.kept != "")
        assert at.kept == lone("variable.REGISTRY_URL", "secret")
        plan = at.app.session.plan
        assert [each.kind for each in plan.variables if each.name == "REGISTRY_URL"] == [VariableKind.SECRET]
        assert "registry.example.com/team" not in "".join(file.text for file in at.app.session.tree.files)
        assert "registry.example.com/team" not in at.text
        await at.keys("u")
        assert at.kept == "{}\n"
        assert "registry.example.com/team" in at.app.session.plan.sources[0].text

    drive(tmp_path, person)


def test_mark_an_input(tmp_path: Path) -> None:
    async def person(at: Driven) -> None:
        await at.on("docker pull")
        await at.keys("i")
        await at.take(1)
        await at.until(lambda: at.kept != "")
        assert at.kept == lone("variable.REGISTRY_URL", "input")
        known = next(each for each in at.app.session.plan.variables if each.name == "REGISTRY_URL")
        assert known.kind == VariableKind.INPUT
        assert known.value is not None
        assert known.value.text == "registry.example.com/team"

    drive(tmp_path, person)


def test_mark_a_text_of_the_line(tmp_path: Path) -> None:
    async def person(at: Driven) -> None:
        await at.on("docker run")
        await at.keys("s")
        await at.sees("offers")
        offers = at.text.splitlines()
        number = next(line for line in offers if "hello-from-here" in line).strip(" │|?+2").split()[0]
        await at.keys(number)
        await at.types("a b")
        await at.until(lambda: "is no name" in at.text)
        assert at.kept == ""
        await at.keys("s")
        await at.take(int(number))
        await at.sees("text")
        await at.keys("enter")
        await at.until(lambda: at.kept != "")
        assert "environment.GREETING: secret GREETING" in at.kept
        assert "hello-from-here" not in at.text

    text = "ssh a@b.example.com <<EOF\ndocker run -d --name app -e GREETING=hello-from-here img:1\nEOF\n"
    drive(tmp_path, person, understood=scripts(text))


def test_set_the_place(tmp_path: Path) -> None:
    async def person(at: Driven) -> None:
        await at.on("docker pull")
        await at.keys("p")
        await at.sees("offers")
        assert at.app.session.places() == ("app", "local", "build")
        await at.take(3)
        await at.until(lambda: at.kept != "")
        assert "place: build" in at.kept
        moved = next(each for each in at.app.session.plan.resources if each.kind == "image")
        assert (moved.on, moved.phase) == ("local", "build")

    drive(tmp_path, person)


def test_next_and_back(tmp_path: Path) -> None:
    async def person(at: Driven) -> None:
        seen = []
        for key in ("n", "n", "n", "N"):
            await at.keys(key)
            assert at.app.script.line is not None
            seen.append(at.app.script.line.number)
        assert seen == [9, 12, 9, 12]

    drive(tmp_path, person)


def test_next_when_all_is_decided(tmp_path: Path) -> None:
    async def person(at: Driven) -> None:
        await at.keys("a", "n")
        await at.until(lambda: "Every line is decided" in at.text)

    drive(tmp_path, person, understood=scripts("ssh a@b.example.com mkdir /srv/x\n"))


def test_undo_takes_back_one_after_the_other(tmp_path: Path) -> None:
    async def person(at: Driven) -> None:
        await at.on("mkdir")
        await at.keys("a", "a")
        assert at.kept.count("accept") == 2
        await at.keys("u")
        assert at.kept.count("accept") == 1
        await at.keys("u", "u")
        assert at.kept == "{}\n"
        assert "nothing to take back" in at.text

    drive(tmp_path, person)


def test_undo_in_a_later_session(tmp_path: Path) -> None:
    async def first(at: Driven) -> None:
        await at.on("mkdir")
        await at.keys("a", "a")

    async def second(at: Driven) -> None:
        assert "2 of 6 lines decided" in at.text
        await at.keys("u")
        assert at.kept.count("accept") == 1

    drive(tmp_path, first)
    drive(tmp_path, second)


def test_filter_by_state(tmp_path: Path) -> None:
    async def person(at: Driven) -> None:
        await at.keys("f")
        assert "(only open)" in at.text
        assert [line.number for line in at.app.script.rows if line] == [9, 12]
        await at.keys("f", "f")
        assert "(only decided)" in at.text
        assert "No line is of that state" in at.text
        await at.keys("f")
        assert {line.disposition for line in at.app.script.rows if line} == {"converted"}
        await at.keys("f", "f", "f", "f", "f")
        assert len(at.app.script.rows) == len(SCRIPT.splitlines())

    drive(tmp_path, person)


def test_search(tmp_path: Path) -> None:
    async def person(at: Driven) -> None:
        await at.on("app_dir".upper())
        first = at.app.script.line
        await at.keys("slash")
        await at.types("")
        await at.until(lambda: at.app.script.line != first)
        await at.keys("slash")
        await at.types("nowhere")
        await at.until(lambda: "There is no “nowhere”" in at.text)

    drive(tmp_path, person)


def test_switch_the_target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("converter.cli.review.session.TARGETS", {"ansible": TARGETS["ansible"]})

    async def alone(at: Driven) -> None:
        await at.keys("t")
        await at.until(lambda: "ansible is the only target" in at.text)

    drive(tmp_path, alone)
    monkeypatch.setitem(TARGETS, "other", "review.other_target:other")
    monkeypatch.setattr("converter.cli.review.session.TARGETS", {name: TARGETS[name] for name in ("ansible", "other")})

    async def two(at: Driven) -> None:
        await at.keys("t")
        await at.until(lambda: "other.yaml" in at.text)
        await at.keys("t")
        await at.until(lambda: "roles/shop/tasks/main.yml" in at.text)

    drive(tmp_path, two)


def test_commands_of_one_line(tmp_path: Path) -> None:
    async def person(at: Driven) -> None:
        await at.on("mkdir")
        await at.keys("right_square_bracket", "r")
        await at.take(1)
        await at.types("")
        await at.until(lambda: at.kept != "")
        assert at.kept.startswith("step.touch-")
        assert at.app.at == 2
        await at.keys("left_square_bracket")
        assert at.app.at == 1

    drive(tmp_path, person, understood=scripts("ssh a@b.example.com 'mkdir /srv/x && touch /srv/x/y'\n"))


def test_write_ends_with_the_folder(tmp_path: Path) -> None:
    async def person(at: Driven) -> None:
        await at.keys("w")
        await at.sees("text")
        assert "shop-gitops" in at.text
        await at.types("elsewhere")

    assert drive(tmp_path, person) == "elsewhere"


def test_quit_ends_with_nothing(tmp_path: Path) -> None:
    async def person(at: Driven) -> None:
        await at.keys("a", "q")

    assert drive(tmp_path, person) is None


def test_help_tells_all_keys(tmp_path: Path) -> None:
    async def person(at: Driven) -> None:
        await at.keys("question_mark")
        await at.until(lambda: "keep it as a command, or leave it out" in at.text)
        await at.keys("escape")
        await at.until(lambda: len(at.app.screen_stack) == 1)

    drive(tmp_path, person, size=(80, 24))


def test_several_lines_at_once(tmp_path: Path) -> None:
    async def person(at: Driven) -> None:
        await at.on("docker pull")
        await at.keys("space", "space")
        assert " 10*docker pull" in at.text.replace("+10", " 10")
        assert ", 2 marked" in at.text
        await at.keys("a")
        await at.until(lambda: len(at.said) == 2)
        assert ", 2 marked" not in at.text
        assert at.app.session.progress[0] == 2
        await at.keys("u")
        await at.until(lambda: at.said == ())
        await at.on("docker pull")
        await at.keys("space", "space", "r")
        await at.until(lambda: "Reject 2 lines" in at.text)
        await at.take(2)
        await at.types("not ours")
        await at.until(lambda: len(at.said) == 2)
        dropped = [each.text.split()[0] for each in at.app.session.plan.ledger if "not ours" in each.reason]
        assert dropped == ["docker", "cp"]
        await at.on("mkdir")
        await at.keys("space", "escape")
        assert "marked" not in at.text
        await at.on("mkdir")
        await at.keys("r", "2")
        await at.sees("text")
        await at.keys("n", "o", "space", "w", "enter")
        await at.until(lambda: any("no w" in each.reason for each in at.app.session.plan.ledger))

    drive(tmp_path, person)
