"""What the keys decide: each asks where there is something to ask, and hands what was said to the session."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import msgspec
from textual import work
from textual.app import SuspendNotSupported

from converter.cli.review import editor
from converter.cli.review.dialogs import Choose, Help, Offer, Write
from converter.cli.review.form import Fields, Form
from converter.cli.review.keys import help_text
from converter.cli.review.lines import Line
from converter.cli.terminal import visible
from converter.model.decision import Choice, Decision, Mark, Said
from converter.model.diagnostic import ConverterError
from converter.model.plan import LedgerEntry, VariableKind
from converter.model.question import Answer
from converter.model.resource import Resource
from converter.plan.fields import fields_of, with_fields
from converter.review import place_of

if TYPE_CHECKING:
    from converter.cli.review.app import Review


class Deciding:
    """The actions of the keys that decide; a part of the application."""

    @property
    def _app(self) -> Review:
        return cast("Review", self)

    def _here(self) -> tuple[Line, str, LedgerEntry] | None:
        """The line, and the command in it that the keys are about; says where there is none."""
        line = self._app.script.line
        if line is None or not line.commands:
            self._app.notify("There is no command in this line.")
            return None
        name, entry = line.commands[min(self._app.at, len(line.commands) - 1)]
        return line, name, entry

    def _say(self, *said: Said) -> None:
        """Keeps it, shows what it makes, and names what has no effect."""
        app = self._app
        before = set(app.session.stale)
        app.session.say(*said)
        useless = [found for found in app.session.stale if found not in before]
        if useless:
            app.session.undo()
            app.notify(visible(useless[0].message), severity="error", markup=False)
        else:
            app.script.marked.clear()
        app.refresh_all()

    def action_accept(self) -> None:
        """Takes the lines as they are, and goes on to the next one that waits."""
        app = self._app
        meant = app.script.meant
        if not meant:
            app.notify("There is nothing to decide in this line.")
            return
        all_ = app.session.accept(*meant)
        app.script.marked.clear()
        app.refresh_all()
        if all_:
            app.script.find(app.waits)
        else:
            app.notify("The question has no safe answer: Enter answers it.", severity="warning")

    @work(exclusive=True, group="dialog")
    async def action_reject(self) -> None:
        """Keeps the line as a command, or leaves it out with a note."""
        here = self._here()
        if here is None:
            return
        line, names = here[0], self._meant(here)
        known = [self._app.session.decision(name) for name in names]
        plain = [msgspec.structs.replace(each, note="", rule="", edits=(), marks=()) for each in known]
        choices = (Choice.KEEP, Choice.DROP)
        offers = (Offer("keep it as a command"), Offer("leave it out"))
        title = "Reject the line" if len(names) == 1 else f"Reject {len(names)} lines"
        first = [msgspec.structs.replace(plain[0], choice=choice) for choice in choices]
        taken = await self._chosen(line, title, offers, first)
        if taken is None:
            return
        note = await self._app.push_screen_wait(Write("Why? The note stands in MIGRATION.md", plain[0].note))
        if note is not None:
            self._say(*(msgspec.structs.replace(each, choice=choices[taken], note=note) for each in plain))

    def _meant(self, here: tuple[Line, str, LedgerEntry]) -> list[str]:
        """The commands that a key is about: those of all marked lines, or the one that is shown."""
        script = self._app.script
        return [line.commands[line.main][0] for line in script.meant] if script.marked else [here[1]]

    async def _chosen(
        self, line: Line, title: str, offers: tuple[Offer, ...], said: Sequence[Said], at: int = 0
    ) -> int | None:
        """Which of the offers is taken, with what each of them would make of the line."""
        session = self._app.session

        def preview(index: int) -> str:
            return session.preview(line, said[index])

        return await self._app.push_screen_wait(Choose(title, offers, preview, at))

    @work(exclusive=True, group="dialog")
    async def action_answer(self) -> None:
        """Answers the question at the line, or goes to the next one."""
        app = self._app
        line = app.script.line
        question = app.session.question(line) if line is not None else None
        if line is None or question is None:
            app.action_next_open()
            return
        title = f"{question.prompt}\n{question.reason}".strip()
        if not question.choices:
            text = await app.push_screen_wait(Write(title, app.session.answer(question) or question.default))
            if text:
                self._say(Answer(question=question.id, answer=text))
            return
        outcomes = question.outcomes or ("",) * len(question.choices)
        offers = tuple(Offer(*each) for each in zip(question.choices, outcomes, strict=True))
        said: list[Said] = [Answer(question=question.id, answer=each) for each in question.choices]
        now = app.session.answer(question) or question.default
        at = question.choices.index(now) if now in question.choices else 0
        taken = await self._chosen(line, title, offers, said, at)
        if taken is not None:
            self._say(said[taken])

    @work(exclusive=True, group="dialog")
    async def action_choose(self) -> None:
        """Another one of several rules that know the line."""
        here = self._here()
        if here is None:
            return
        line, name, _ = here
        matches = self._app.session.alternatives(name)
        if len(matches) < 2:
            self._app.notify("There is one way only to read this line; r keeps it as a command.")
            return
        known = self._app.session.decision(name)
        said: list[Said] = [
            msgspec.structs.replace(known, choice=Choice.ACCEPT, rule=match.rule, edits=(), marks=())
            for match in matches
        ]
        offers = tuple(Offer(match.rule, ", ".join(spec.summary() for spec in match.specs)) for match in matches)
        taken = await self._chosen(line, "Read it by another rule; the best stands first", offers, said)
        if taken is not None:
            self._say(said[taken])

    async def _resource(self, entry: LedgerEntry) -> Resource | None:
        """The resource of the command that is meant."""
        found = self._app.session.resources(entry)
        if not found:
            self._app.notify("Nothing comes from this line that could be edited.")
            return None
        if len(found) == 1:
            return found[0]
        offers = tuple(Offer(each.address, each.name) for each in found)
        taken = await self._app.push_screen_wait(Choose("Which of them?", offers))
        return None if taken is None else found[taken]

    @work(exclusive=True, group="dialog")
    async def action_edit(self) -> None:
        """The fields of what the line becomes, in a form."""
        here = self._here()
        resource = await self._resource(here[2]) if here is not None else None
        if here is None or resource is None:
            return
        changed = await self._app.push_screen_wait(
            Form(f"{resource.address}", fields_of(resource.spec), lambda given: _wrong(resource, given))
        )
        if changed:
            self._say(self._app.session.edit(here[1], resource.address, changed))

    @work(exclusive=True, group="dialog")
    async def action_editor(self) -> None:
        """The same in the person's editor."""
        here = self._here()
        resource = await self._resource(here[2]) if here is not None else None
        if here is None or resource is None:
            return
        fields = fields_of(resource.spec)
        try:
            with self._app.suspend():
                given = editor.edited(resource.address, fields)
            changed = tuple((name, text) for name, text in given.items() if fields.get(name) != text)
            with_fields(resource.spec, changed)
        except SuspendNotSupported:
            self._app.notify("This terminal can't be lent to an editor; e opens a form.", severity="error")
            return
        except ConverterError as problem:
            self._app.notify(visible(problem.message), severity="error", markup=False)
            return
        if changed:
            self._say(self._app.session.edit(here[1], resource.address, changed))

    def action_secret(self) -> None:
        """A variable is a secret, or none."""
        self._mark(Choice.SECRET, "What is a secret?")

    def action_input(self) -> None:
        """A variable is given at each run."""
        self._mark(Choice.INPUT, "What is given at each run?")

    @work(exclusive=True, group="dialog")
    async def _mark(self, choice: Choice, title: str) -> None:
        app = self._app
        line = app.script.line
        found = app.session.variables(line) if line is not None else ()
        name, entry = line.commands[min(app.at, len(line.commands) - 1)] if line and line.commands else ("", None)
        texts = app.session.texts(entry) if entry is not None else ()
        if not found and not texts:
            app.notify("There is nothing in this line that could be one.")
            return
        said = [app.session.mark(name, _mark_of(kind, choice)) for name, kind in found]
        offers = tuple(
            Offer(name, f"{kind}, becomes {each.choice}") for (name, kind), each in zip(found, said, strict=True)
        )
        more = tuple(Offer(text, f"{resource.address}: {field}") for resource, field, text in texts)
        taken = await app.push_screen_wait(Choose(title, (*offers, *more)))
        if taken is not None and taken < len(said):
            self._say(said[taken])
        elif taken is not None:
            resource, field, _ = texts[taken - len(said)]
            await self._mark_text(name, Mark(resource=resource.address, field=field, choice=choice, name=""))

    async def _mark_text(self, name: str, mark: Mark) -> None:
        """A text needs a name first."""
        proposed = re.sub(r"\W+", "_", mark.field.rpartition(".")[2] or mark.field).strip("_").upper()
        if not proposed.isidentifier():
            proposed = mark.field.partition(".")[0].upper()
        given = await self._app.push_screen_wait(Write("Which name has it in the manifests?", proposed))
        if not given:
            return
        if not given.isidentifier():
            self._app.notify(f"“{visible(given)}” is no name: letters, digits and _", severity="error", markup=False)
            return
        self._say(self._app.session.mark_text(name, msgspec.structs.replace(mark, name=given)))

    @work(exclusive=True, group="dialog")
    async def action_place(self) -> None:
        """Where the line runs."""
        here = self._here()
        if here is None:
            return
        line, _, entry = here
        found = self._app.session.resources(entry)
        if not found:
            self._app.notify("Nothing comes from this line that could run elsewhere.")
            return
        places = self._app.session.places()
        known: list[Decision] = [self._app.session.decision(name) for name in self._meant(here)]

        def placed(each: Decision, place: str) -> Decision:
            return msgspec.structs.replace(each, place=place, choice=each.choice or Choice.ACCEPT)

        said: list[Said] = [placed(known[0], place) for place in places]
        now = place_of(found[0])
        at = places.index(now) if now in places else 0
        taken = await self._chosen(line, "Where does it run?", tuple(Offer(place) for place in places), said, at)
        if taken is not None:
            self._say(*(placed(each, places[taken]) for each in known))

    def action_undo(self) -> None:
        """Takes back what was said last."""
        name = self._app.session.undo()
        self._app.notify(f"Taken back: {visible(name)}" if name else "There is nothing to take back.", markup=False)
        self._app.refresh_all()

    @work(exclusive=True, group="dialog")
    async def action_search(self) -> None:
        """A text in the script."""
        text = await self._app.push_screen_wait(Write("Search in the script", hint="Enter goes to the next place"))
        if text is not None:
            self._app.seek(text)

    @work(exclusive=True, group="dialog")
    async def action_write(self) -> None:
        """Ends the review and writes the repository."""
        named = self._app.directory or f"{self._app.session.plan.name}-gitops"
        folder = await self._app.push_screen_wait(
            Write(f"Write the repository for {self._app.session.target} to", named)
        )
        if folder:
            self._app.exit(folder)

    def action_help(self) -> None:
        """All keys."""
        self._app.push_screen(Help(help_text(str(self._app.session.answers.place))))


def _wrong(resource: Resource, given: Fields) -> str:
    """What is wrong with those fields, "" if nothing is."""
    try:
        with_fields(resource.spec, given)
    except ConverterError as problem:
        return problem.message
    return ""


def _mark_of(kind: VariableKind, choice: Choice) -> Choice:
    """What the key does with a variable: a secret that is marked as one again is none."""
    return Choice.PLAIN if kind == VariableKind.SECRET and choice == Choice.SECRET else choice
