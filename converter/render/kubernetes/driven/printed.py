"""What commands print that is given to a cluster: files of the project, filled by envsubst and edited by sed."""

from __future__ import annotations

from converter.model.resource import Resource
from converter.model.value import Value
from converter.render.kubernetes.driven.files import Files
from converter.render.kubernetes.driven.filled import Filling, names_in
from converter.render.kubernetes.driven.words import NotUnderstoodError, words
from converter.render.kubernetes.texts import UnknownTextError

_EXPRESSION = {"-e": "expression", "--expression": "expression"}
_EXTENDED = dict.fromkeys(("-E", "-r", "--regexp-extended"), "extended")


class Printing:
    """Reads the files of one environment."""

    def __init__(self, files: Files, filling: Filling) -> None:
        self._files, self._filling = files, filling

    def fed(self, each: Resource, stages: list[list[Value]], stdin: Value | None) -> tuple[str, str]:
        """The text at the end of a pipe, and what its file is called if it comes from one."""
        self._files.named = ""
        text = self._text(each, stages, stdin)
        return text, self._files.named

    def _text(self, each: Resource, stages: list[list[Value]], stdin: Value | None) -> str:
        if stdin is not None:
            return self._filling.marked(stdin)
        first, *rest = stages[:-1] or [[]]
        own = [word.text for word in stages[-1]]
        if not first and "<" in own:
            return self._files.text(each, stages[-1][own.index("<") + 1])
        text = self._printed(each, first)
        for stage in rest:
            text = self._filtered(each, stage, text)
        return text

    def _printed(self, each: Resource, stage: list[Value]) -> str:
        """What the first stage of a pipe prints: a file, or one that it fills."""
        program = stage[0].text if stage else ""
        texts = [word.text for word in stage]
        if program == "cat" and len(stage) > 1 and not any((text or "").startswith("-") for text in texts):
            return "".join(_closed(self._files.text(each, word)) for word in stage[1:] if word.text != "<")
        if program == "envsubst" and "<" in texts:
            place = texts.index("<")
            return self._filtered(each, stage[:place], self._files.text(each, stage[place + 1]))
        if program == "sed":
            given = words(
                [word for word in stage[1:] if word.text != "<"],
                _EXPRESSION,
                _EXTENDED,
            )
            script = given.every("expression") or [given.operands.pop(0)]
            if len(given.operands) != 1:
                raise NotUnderstoodError("`sed` reads several files, or none")
            return self._filling.edited(self._files.text(each, given.operands[0]), script, given.has("extended"))
        raise NotUnderstoodError(f"what `{program or 'the command'}` prints is known only when it runs")

    def _filtered(self, each: Resource, stage: list[Value], text: str) -> str:
        program = stage[0].text if stage else ""
        if program == "envsubst" and len(stage) < 3:
            only = names_in(stage[1]) if len(stage) == 2 else None
            return self._filling.substituted(text, dict(each.context.environment), only)
        if program == "sed":
            given = words(stage[1:], _EXPRESSION, _EXTENDED)
            script = given.every("expression") or given.operands
            return self._filling.edited(text, script, given.has("extended"))
        raise NotUnderstoodError(f"what `{program or 'a part of the pipe'}` makes of it is known only when it runs")

    def fills(self, each: Resource, stage: list[Value]) -> bool:
        """`envsubst < web.tmpl > web.yaml`: the file is there for what follows, or why it is not."""
        texts = [word.text for word in stage]
        if len(stage) < 4 or texts[-2] != ">" or texts[0] not in ("envsubst", "sed", "cat"):
            return False
        try:
            self._files.write(each, stage[-1], self._printed(each, stage[:-2]))
        except (NotUnderstoodError, UnknownTextError) as problem:
            self._files.lose(each, stage[-1], problem.reason)
        return True


def _closed(text: str) -> str:
    return text if text.endswith("\n") else f"{text}\n"
