"""Text in a shell's own syntax: known text as one word, and text of the script that stays shell."""

from __future__ import annotations

import re

from converter.model.quoting import INERT, Quoting

_BARE = re.compile(r"[A-Za-z0-9_@%+=:,./-]+")
_PIECE = r"""[A-Za-z0-9_@%+:,./-]|'[^'$`\n]*'|"(?:[^"$`\\\n]|\$\w+|\$\{\w+\}|\$\([\w@%+:,./ -]+\))*\""""
_WORD = rf"(?:{_PIECE})(?:{_PIECE}|=)*"
# Commands of plain words, none of which sets a variable: they read the same to every shell and every linter.
_PLAIN = re.compile(rf"(?!\w+=){_WORD}(?: {_WORD})*(?: && (?!\w+=){_WORD}(?: {_WORD})*)*")
_FUNCTION = re.compile(r"(?:^|[\s;{(])(?:function\s+\w|[\w-]+\s*\(\)\s*[{(\n])")
_ARGUMENT = re.compile(r"\$(?:(?P<bare>[0-9@*#])|\{(?P<braced>\d+|[@*#](?=\}))|\{!?#?(?P<edited>[@*](?![\w])))")
_LISTS = {
    "0": "it asks for the script's own name (`$0`); a pipeline does not run the script",
    "#": "it counts the arguments of the script (`$#`); a pipeline gives its inputs by name and has no arguments",
    "@": "it passes on all arguments of the script (`$@`); a pipeline gives its inputs by name and has no arguments",
    "?": "it asks how the command before it ended (`$?`); a step only runs where those before it succeeded",
    "*": "it passes on all arguments of the script (`$*`); a pipeline gives its inputs by name and has no arguments",
}


class InexpressibleError(Exception):
    """A resource that has no step; `reason` is for the migration report."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def literal(text: str) -> str:
    """Known text as one word; signs of an expansion are escaped, as in single quotes they look like a mistake."""
    if _BARE.fullmatch(text) and not text.startswith("="):
        return text
    if "$" in text or "`" in text:
        return f'"{inside(text)}"'
    return "'" + text.replace("'", "'\\''") + "'"


def inside(text: str) -> str:
    """Known text within double quotes."""
    return re.sub(r'[\\"$`]', lambda found: "\\" + found.group(), text)


def assigned(name: str, word: str) -> str:
    """A variable for the commands after it; `export X="$(command)"` would hide that the command failed."""
    return f"{name}={word}\nexport {name}" if "$(" in word else f"export {name}={word}"


def argument(name: str) -> str:
    """The variable that stands for `$1`; the others have no equal in a pipeline."""
    if name.isdigit() and name != "0":
        return f"arg{name}"
    raise InexpressibleError(_LISTS.get(name, f"a pipeline has no ${name}"))


def raw(text: str, *, errexit: bool = False, pipefail: bool = False) -> str:
    """Shell text of the script, in a shell of its own where it is more than plain words, with the script's options.

    Its habits are the script's, so linters of the pipeline have no business there.
    """
    found = _with_arguments(text.strip())
    if _PLAIN.fullmatch(found):
        return found
    options = [*(["-e"] if errexit else []), *(["-o pipefail"] if pipefail else [])]
    start = " ".join(["bash", *options, "-c"])
    if "\n" not in found:
        return f'{start} "{inside(found)}"'
    end = "SCRIPT"
    while end in found:
        end += "_"
    return f"{start} \"$(cat <<'{end}'\n{found}\n{end}\n)\""


def _with_arguments(text: str) -> str:
    """The text with `$1` by the name that the pipeline gives it."""
    inert = _inert(text)
    found = [match for match in _ARGUMENT.finditer(text) if match.start() not in inert]
    if not found:
        return text
    if _FUNCTION.search(text) or "<<" in text or re.search(r"\bset --|\bshift\b", text):
        raise InexpressibleError(
            f"`{found[0].group()}` may be an argument of the script or of a part of it, and a pipeline has none"
        )
    pieces, start = [], 0
    for match in found:
        name = argument(match["bare"] or match["braced"] or match["edited"])
        pieces += [text[start : match.start()], f"${{{name}" + ("}" if match["bare"] else "")]
        start = match.end()
    return "".join(pieces) + text[start:]


def _inert(text: str) -> frozenset[int]:
    """Positions of the dollar signs that mean themselves."""
    states = Quoting(text).states
    return frozenset(index for index, sign in enumerate(text) if sign == "$" and states[index] in INERT)
