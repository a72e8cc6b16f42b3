"""Stage 1, parse: a `Script` from the text of a `SourceFile`.

In: text in any state. Out: the program with exact spans; what can't be read is `Opaque`, and the rest is still
there. It never
raises, never runs anything, and knows nothing of what commands mean.
"""

from __future__ import annotations

from converter.model.diagnostic import Diagnostic, Severity
from converter.model.script import Comment, Opaque, Script
from converter.model.source import SourceFile, Span
from converter.parse.cursor import Cursor
from converter.parse.source import read_source
from converter.parse.statements import read_list

__all__ = ["parse", "parse_text", "read_source"]

LARGEST = 2_000_000
MOST_LINES = 100_000
LONGEST_LINE = 100_000


def parse(source: SourceFile) -> Script:
    """The program of a source file."""
    return parse_text(source.text, source.path, source=source)


def parse_text(text: str, path: str, line: int = 1, column: int = 1, *, source: SourceFile | None = None) -> Script:
    """The program of a text that begins at `line` and `column` of a file."""
    source = source or SourceFile(path=path, text=text)
    place = Span(path=path, line=line, column=column)
    if "\0" in text:
        return _refusal(source, place, "binary-file", "this is not a text")
    text, long = _without_long_lines(text, path, line)
    if len(text) > LARGEST or text.count("\n") > MOST_LINES:
        return _refusal(source, place, "too-large", "it is larger than any script that a person wrote")
    cursor = Cursor(text, path, line, column)
    try:
        body = read_list(cursor)
    except RecursionError:
        # How deep a text may be depends on how deep the caller is already.
        return _refusal(source, place, "too-deep", "it is nested too deeply")
    if long:
        body = tuple(sorted((*body, *long), key=lambda found: found.span))
    diagnostics = [*cursor.diagnostics, *(_too_long(found) for found in long)]
    if all(isinstance(found, Comment) for found in body):
        diagnostics.append(
            Diagnostic(name="empty-script", severity=Severity.NOTE, message="there are no commands in it", span=None)
        )
    return Script(source=source, body=body, diagnostics=tuple(diagnostics))


def _without_long_lines(text: str, path: str, line: int) -> tuple[str, list[Opaque]]:
    """The text with lines that no person wrote made empty, and those lines."""
    lines = text.split("\n")
    found: list[Opaque] = []
    for number, content in enumerate(lines):
        if len(content) > LONGEST_LINE:
            span = Span(path=path, line=line + number, end_line=line + number, end_column=len(content))
            found.append(Opaque(span=span, text=f"{content[:60]}...", reason="the line is too long to be read"))
            lines[number] = ""
    return ("\n".join(lines), found) if found else (text, found)


def _too_long(found: Opaque) -> Diagnostic:
    hint = "break the line, or do by hand what it does"
    return Diagnostic(name="too-large", severity=Severity.ERROR, message=found.reason, span=found.span, hint=hint)


def _refusal(source: SourceFile, span: Span, name: str, message: str) -> Script:
    hint = "give the script itself, or the part of it that deploys"
    found = Diagnostic(name=name, severity=Severity.ERROR, message=message, span=span, hint=hint)
    text = source.text[:60].replace("\0", "").strip()
    return Script(source=source, body=(Opaque(span=span, text=text, reason=message),), diagnostics=(found,))
