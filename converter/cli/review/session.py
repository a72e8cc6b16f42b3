"""What is reviewed and what was decided so far: each decision is on disk before the next key is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from converter.cli.answers import Answers
from converter.cli.review.lines import Line, State, lines
from converter.cli.review.manifests import Block, blocks
from converter.model.decision import STEP, VARIABLE, Choice, Decision, Edit, Mark, Said, key
from converter.model.diagnostic import Diagnostic
from converter.model.match import Match, Verdict
from converter.model.plan import LedgerEntry, Plan, VariableKind
from converter.model.question import Answer, Question
from converter.model.resource import Resource
from converter.model.tree import FileTree
from converter.pipeline import Understood
from converter.render import TARGETS, render
from converter.render.registry import usual_deliveries
from converter.review import literals, of_each_restart, places


class Session:
    """The review of one plan. Whatever is decided is applied at once, and can be taken back in its order."""

    def __init__(
        self, understood: Understood, answers: Answers, target: str, deliveries: Sequence[str], secrets: str = ""
    ) -> None:
        self._understood, self._answers = understood, answers
        self._wanted = {target: (tuple(deliveries), secrets)}
        self._history: list[tuple[tuple[str, Said | None], ...]] = [((key(said), None),) for said in answers.all]
        self._alternatives: Mapping[str, tuple[Match, ...]] | None = None
        first = understood.plan()
        self._questions: dict[str, Question] = {question.id: question for question in first.questions}
        # A question about all restarts stands at the first; the lines of the others have one of their own.
        self._questions |= {question.id: question for question in of_each_restart(first)}
        self.target = self._asked = target
        self.plan: Plan = understood.plan(answers.all)
        self.lines: tuple[Line, ...] = ()
        self.blocks: tuple[Block, ...] = ()
        self.tree = FileTree()
        self._see()

    def _see(self) -> None:
        self.plan = self._understood.plan(self._answers.all)
        self._questions |= {question.id: question for question in self.plan.questions}
        self.lines = lines(self.plan, self._understood.names, self.is_decided, self._answered())
        self.tree, self.blocks = self._rendered(self.plan)

    def _answered(self) -> set[tuple[str, int]]:
        """The lines at which a question was answered."""
        answered = (each for each in self._questions.values() if self._answers.about(each.id))
        return {(each.span.path, each.span.line) for each in answered if each.span is not None}

    def _rendered(self, plan: Plan) -> tuple[FileTree, tuple[Block, ...]]:
        deliveries, secrets = self._wanted.get(self.target) or (usual_deliveries(self.target), "")
        tree = render(plan, target=self.target, deliveries=deliveries, secrets=secrets)
        return tree, blocks(tree, plan)

    @property
    def answers(self) -> Answers:
        """Where everything is kept."""
        return self._answers

    @property
    def progress(self) -> tuple[int, int]:
        """How many lines are decided, of those about which something can be."""
        states = [line.state for line in self.lines if line.head]
        return states.count(State.DECIDED), len(states) - states.count(State.QUIET)

    @property
    def stale(self) -> tuple[Diagnostic, ...]:
        """What was said that has no effect."""
        return tuple(each for each in self.plan.diagnostics if each.name == "stale-answer")

    def is_decided(self, name: str) -> bool:
        """Whether a person has said something about the command of that identity."""
        own = name.removeprefix(STEP).partition("@")[0]
        return any(self._answers.about(each) for each in (name, f"command.{own}", f"unresolved.{own}"))

    def decision(self, about: str) -> Decision:
        """What is decided about a step or a variable so far."""
        known = self._answers.about(about)
        return known if isinstance(known, Decision) else Decision(about=about)

    def say(self, *said: Said) -> None:
        """Keeps what a person says, and applies it."""
        done = []
        for each in said:
            done.append((key(each), self._answers.about(key(each))))
            self._answers.add(each)
        self._history.append(tuple(done))
        self._see()

    def undo(self) -> str:
        """Takes back what was said last at once; returns what that was about, "" if there is nothing left."""
        if not self._history:
            return ""
        taken = self._history.pop()
        for name, before in reversed(taken):
            self._answers.put(name, before)
        self._see()
        return f"{len(taken)} decisions" if len(taken) > 1 else taken[0][0]

    def accept(self, *lines: Line) -> bool:
        """Takes the lines as they are proposed, with the default answers to their questions; False where one of those
        has none, and is left open."""
        safe = [line for line in lines if all(question.default for question in line.questions)]
        said = [each for line in safe for each in self._accepting(line)]
        if said:
            self.say(*dict.fromkeys(said))
        return len(safe) == len(lines)

    def _accepting(self, line: Line) -> list[Said]:
        said: list[Said] = [Answer(question=each.id, answer=each.default) for each in line.questions]
        asked = {each.span for each in line.questions}
        for name, entry in line.commands:
            if entry.span not in asked or entry.disposition.value in ("converted", "kept"):
                said.append(msgspec.structs.replace(self.decision(name), choice=Choice.ACCEPT))
        return said

    def question(self, line: Line) -> Question | None:
        """The question at a line: one that is open, or else one that was answered and can be answered anew."""
        if line.questions:
            return line.questions[0]
        here = (each for each in self._questions.values() if each.span is not None and each.span.path == line.path)
        return next((each for each in here if each.span is not None and each.span.line == line.number), None)

    def answer(self, question: Question) -> str:
        """The answer to a question so far."""
        known = self._answers.about(question.id)
        return known.answer if isinstance(known, Answer) else ""

    def resources(self, entry: LedgerEntry) -> tuple[Resource, ...]:
        """What a command becomes."""
        return tuple(each for each in self.plan.resources if each.address in entry.resources)

    def edit(self, name: str, address: str, fields: Sequence[tuple[str, str]]) -> Decision:
        """The decision about a step with other fields for one of its resources."""
        known = self.decision(name)
        before = next((dict(each.fields) for each in known.edits if each.resource == address), {})
        others = tuple(each for each in known.edits if each.resource != address)
        edit = Edit(resource=address, fields=tuple({**before, **dict(fields)}.items()))
        return msgspec.structs.replace(known, edits=(*others, edit), choice=known.choice or Choice.ACCEPT)

    def alternatives(self, name: str) -> tuple[Match, ...]:
        """What else the rules could make of a command, the best first; a command is what `reject` makes."""
        if self._alternatives is None:
            self._alternatives = self._understood.alternatives(self._answers.all)
        return tuple(each for each in self._alternatives.get(name, ()) if each.verdict == Verdict.BECOMES)

    def variables(self, line: Line) -> tuple[tuple[str, VariableKind], ...]:
        """The variables that stand in a line, or are set there, with what they are."""
        text = f"{line.text} " + " ".join(entry.text for _, entry in line.commands)
        found = {}
        for each in self.plan.every_variable:
            here = each.span is not None and each.span.path == line.path and each.span.line == line.number
            if here or f"${each.name}" in text or f"${{{each.name}" in text:
                found[each.name] = each.kind
        return tuple(found.items())

    def texts(self, entry: LedgerEntry) -> tuple[tuple[Resource, str, str], ...]:
        """The texts of a command that no variable stands for: the resource, the field and the text."""
        return tuple((each, *found) for each in self.resources(entry) for found in literals(each.spec))

    def mark_text(self, name: str, mark: Mark) -> Decision:
        """The decision about a step in which a text is a variable too."""
        known = self.decision(name)
        others = tuple(each for each in known.marks if (each.resource, each.field) != (mark.resource, mark.field))
        return msgspec.structs.replace(known, marks=(*others, mark), choice=known.choice or Choice.ACCEPT)

    def mark(self, name: str, choice: Choice) -> Decision:
        """The decision about a variable."""
        return Decision(about=f"{VARIABLE}{name}", choice=choice)

    def places(self) -> tuple[str, ...]:
        """Where a step can be set to run."""
        return places(self.plan)

    def preview(self, line: Line, said: Said) -> str:
        """The manifest of a line, if that were said."""
        plan = self._understood.plan((*self._answers.all, said))
        _, found = self._rendered(plan)
        return "\n\n".join(each.text for each in found if each.comes_from(line.path, line.number))

    def switch_target(self) -> bool:
        """Shows the same plan for the next target, or for those that were asked for together; False where there is but
        one."""
        names = list(dict.fromkeys((*TARGETS, self._asked)))
        self.target = names[(names.index(self.target) + 1) % len(names)]
        self.tree, self.blocks = self._rendered(self.plan)
        return len(names) > 1
