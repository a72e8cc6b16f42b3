"""The program: one shape for scripts of every input language; words are not expanded yet."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from converter.model.diagnostic import Diagnostic
from converter.model.source import SourceFile, Span


class _Node(msgspec.Struct, frozen=True, kw_only=True):
    span: Span


# --- words: what stands between blanks, before the shell expands it


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """Literal text with escapes and quotes already removed; unquoted text may hold patterns and `~`."""

    text: str
    quoted: bool = False


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """`$X`, `${X:-word}`, `${X%pat}`, `${#X}`, `${a[@]}`, `$1`, `$@`, `$?`.

    `operator` is the operator as written (`:-`, `-`, `:=`, `:?`, `?`, `:+`, `+`, `#`, `##`, `%`, `%%`, `/`, `//`, `^`,
    `^^`, `,`, `,,`, `:` for a substring, `!` for indirection, `length` for `${#X}`, `@` for a transformation), with
    its operand.
    """

    name: str
    operator: str = ""
    operand: Word | None = None
    index: str | None = None
    quoted: bool = False
    source: str = ""


class Substitution(msgspec.Struct, frozen=True, kw_only=True):
    """`$( )` or backquotes; `source` is the command as written, without the `$(` and `)`."""

    body: Block
    source: str
    quoted: bool = False


class ProcessSubstitution(msgspec.Struct, frozen=True, kw_only=True):
    """`<(cmd)` or `>(cmd)`, as written."""

    source: str


class Arithmetic(msgspec.Struct, frozen=True, kw_only=True):
    """`$(( expression ))`; `source` is the expression."""

    source: str


WordPart = Text | Parameter | Substitution | ProcessSubstitution | Arithmetic


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """One word of a command; braces (`{a,b}`) are already expanded to several words. `source` is its text."""

    parts: tuple[WordPart, ...]
    source: str = ""
    span: Span | None = None


class Redirect(msgspec.Struct, frozen=True, kw_only=True):
    """`2>&1`, `> file`, `<<EOF`, `<<< word`. A heredoc has `operator` `<<`, its body in `target`, and `expands`
    false where its delimiter was quoted; `target_span` is where the body stands; tabs of `<<-` are stripped."""

    operator: str
    descriptor: int | None = None
    target: Word
    expands: bool = True
    raw: str = ""
    target_span: Span | None = None


# --- statements


class Assign(_Node, frozen=True, kw_only=True):
    """`X=a`, `X+=a`, `X[i]=a`, `X=(a b)` (then `items`); `declared` is `export`, `local`, `readonly`, `declare` or
    ''."""

    name: str
    value: Word | None = None
    items: tuple[Word, ...] | None = None
    keys: tuple[Word | None, ...] = ()
    append: bool = False
    index: str | None = None
    declared: str = ""
    options: str = ""
    text: str = ""


class Exec(_Node, frozen=True, kw_only=True):
    """A simple command. `[[ a == b ]]` is one with words `[[`, `a`, `==`, `b`, `]]`; `(( e ))` has words `((`, e,
    `))`."""

    words: tuple[Word, ...]
    assigns: tuple[Assign, ...] = ()
    redirects: tuple[Redirect, ...] = ()
    text: str


class AndOr(_Node, frozen=True, kw_only=True):
    """`left && right` or `left || right`."""

    left: Statement
    operator: str
    right: Statement


class Not(_Node, frozen=True, kw_only=True):
    """`! command`."""

    body: Statement


class Pipeline(_Node, frozen=True, kw_only=True):
    """`a | b | c`, two stages or more; `text` is the whole of it."""

    stages: tuple[Statement, ...]
    text: str


class Background(_Node, frozen=True, kw_only=True):
    """`command &`."""

    body: Statement


class Group(_Node, frozen=True, kw_only=True):
    """`{ a; b; }` or, as a subshell, `( a; b )`, with the redirections of the whole."""

    body: Block
    subshell: bool = False
    redirects: tuple[Redirect, ...] = ()
    text: str = ""


class Branch(msgspec.Struct, frozen=True, kw_only=True):
    """`if condition; then body` or one `elif`."""

    condition: Block
    body: Block


class If(_Node, frozen=True, kw_only=True):
    """`if` with its branches in order; `orelse` is empty where there is no `else`."""

    branches: tuple[Branch, ...]
    orelse: Block
    redirects: tuple[Redirect, ...] = ()
    text: str = ""


class Arm(msgspec.Struct, frozen=True, kw_only=True):
    """One arm of a `case`; `fallthrough` for `;&` and `;;&`."""

    patterns: tuple[Word, ...]
    body: Block
    span: Span
    fallthrough: bool = False


class Case(_Node, frozen=True, kw_only=True):
    """`case subject in ...`."""

    subject: Word
    arms: tuple[Arm, ...]
    redirects: tuple[Redirect, ...] = ()
    text: str = ""


class LoopKind(StrEnum):
    """`for x in ..`, `while`, `until`, C-style `for (( ))` and `select`."""

    FOR = "for"
    WHILE = "while"
    UNTIL = "until"
    COUNT = "count"
    SELECT = "select"


class Loop(_Node, frozen=True, kw_only=True):
    """A loop. `items` is None for `for x` over `"$@"`; `header` is the text inside `(( ))`."""

    kind: LoopKind
    variable: str = ""
    items: tuple[Word, ...] | None = None
    condition: Block = ()
    header: str = ""
    body: Block
    redirects: tuple[Redirect, ...] = ()
    text: str = ""


class Define(_Node, frozen=True, kw_only=True):
    """A function."""

    name: str
    body: Block
    redirects: tuple[Redirect, ...] = ()
    text: str = ""


class Comment(_Node, frozen=True, kw_only=True):
    """A comment of the author, without `#`; on a line of its own unless `trailing`."""

    text: str
    trailing: bool = False


class Opaque(_Node, frozen=True, kw_only=True):
    """Source that could not be read, with the reason; it counts as one command."""

    text: str
    reason: str


Statement = Assign | Exec | AndOr | Not | Pipeline | Background | Group | If | Case | Loop | Define | Comment | Opaque
Block = tuple[Statement, ...]


class Script(msgspec.Struct, frozen=True, kw_only=True):
    """A parsed source file."""

    source: SourceFile
    body: Block
    diagnostics: tuple[Diagnostic, ...] = ()
