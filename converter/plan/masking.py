"""Takes the secrets out of whatever is written or shown: texts, values, whole traces and plans."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeVar, cast

import msgspec

from converter.model.secret import FoundSecret
from converter.model.source import Span
from converter.model.value import CommandOutput, Glob, Literal, Part, Unknown, Value, Variable
from converter.plan.rewrite import deep

T = TypeVar("T")
_WEAK_BEFORE = (
    r"(?i:(?:pass\w*|pwd|secret\w*|token\w*|key\w*|credential\w*)[\"'\]]{0,2}\s*(?:=|:|\s|by)\s*\\?[\"']?|\s[\"']?-[pPa][\s=]*[\"']?"
    r"|://[^\s/:@'\"]*:|(?:\becho\s+|<<<\s*)[\"']?[\w.-]+:|\becho\s+[\"']?|<<<\s*[\"']?)"
)
_LINE = 20


class Secrets:
    """The secrets of one conversion, ready to be replaced by `${NAME}` in texts and by variables in values."""

    def __init__(self, found: Iterable[FoundSecret] = ()) -> None:
        self.found = tuple(found)
        self.names = tuple(dict.fromkeys(secret.name for secret in self.found))
        self._by_form = {form: secret.name for secret in self.found if not secret.weak for form in _forms(secret)}
        self._weak = {secret.value: secret.name for secret in self.found if secret.weak}
        longest = sorted(self._by_form, key=lambda form: (-len(form), form))
        self._strong = re.compile("|".join(map(re.escape, longest))) if longest else None
        words = "|".join(map(re.escape, sorted(self._weak, key=lambda word: (-len(word), word))))
        known = sorted({_lead(before) for secret in self.found if secret.weak for before in secret.before})
        before = "|".join((_WEAK_BEFORE, *known))
        self._plain = re.compile(rf"({before})({words})(?![\w.-])") if words else None

    def __bool__(self) -> bool:
        return bool(self.found)

    def mask(self, text: str) -> str:
        """The text with `${NAME}` in place of each secret."""
        if self._strong is not None:
            text = self._strong.sub(lambda found: f"${{{self._by_form[found.group()]}}}", text)
        if self._plain is not None:
            text = self._plain.sub(lambda found: f"{found[1]}${{{self._weak[found[2]]}}}", text)
        return text

    def conceal(self, thing: T) -> T:
        """The thing (a trace, matches, a plan, any part of one) without any secret."""
        return self._conceal(thing, "") if self.found else thing

    def leaks(self, text: str) -> tuple[str, ...]:
        """The names of the secrets that a text still holds."""
        if self._strong is None:
            return ()
        return tuple(dict.fromkeys(self._by_form[found.group()] for found in self._strong.finditer(text)))

    def _conceal(self, thing: T, field: str) -> T:
        if isinstance(thing, str):
            return cast(T, self.mask(thing)) if type(thing) is str else thing
        if isinstance(thing, Value):
            return cast(T, self._value(thing, field))
        if isinstance(thing, tuple):
            words = self._words(thing) if field == "argv" and self._plain is not None else thing
            inner = "argv" if field == "stages" else field
            items = tuple(self._conceal(item, inner) for item in words)
            return cast(T, items) if any(new is not old for new, old in zip(items, thing, strict=True)) else thing
        if isinstance(thing, msgspec.Struct) and not isinstance(thing, Span):
            changed = {}
            for name in thing.__struct_fields__:
                old = getattr(thing, name)
                new = self._conceal(old, name)
                if new is not old:
                    changed[name] = new
            return msgspec.structs.replace(thing, **changed) if changed else thing
        return thing

    def _words(self, argv: tuple[Value, ...]) -> tuple[Value, ...]:
        """The words of a command; what stands before a word that is a secret may be other words."""
        done, line = [], ""
        for word in argv:
            text = word.text
            line = f"{line} {text if text is not None else word.shell()}".lstrip()
            found = self._plain.sub(lambda match: f"{match[1]}\0{match[2]}\0", line) if self._plain else line
            hidden = text in self._weak and found.endswith(f"\0{text}\0")
            done.append(Value(Variable(self._weak[text or ""])) if hidden else word)
        return tuple(done)

    def _value(self, value: Value, field: str) -> Value:
        if field == "password" and value.text in self._weak:
            return Value(Variable(self._weak[value.text or ""]))
        return deep(value, self._part)

    def _part(self, part: Part) -> Part | Value:
        match part:
            case Variable(name=name, value=Value() as inner):
                return self._variable(part, name, inner)
            case Literal(text) | Glob(text):
                return self._split(part, text)
            case CommandOutput(text):
                masked = self.mask(text)
                return part if masked == text else msgspec.structs.replace(part, text=masked)
            case Unknown(reason, text):
                return Unknown(self.mask(reason), self.mask(text))
            case _:
                return part

    def _variable(self, part: Variable, name: str, inner: Value) -> Part:
        if len(inner.parts) == 1 and isinstance(inner.parts[0], Variable) and inner.parts[0].name in self.names:
            return inner.parts[0]
        weak = self._weak.get(inner.text or "")
        return Variable(weak) if weak == name else part

    def _split(self, part: Part, text: str) -> Part | Value:
        masked = text
        if self._strong is not None:
            masked = self._strong.sub(lambda found: f"\0{self._by_form[found.group()]}\0", masked)
        if self._plain is not None:
            masked = self._plain.sub(lambda found: f"{found[1]}\0{self._weak[found[2]]}\0", masked)
        if masked == text:
            return part
        pieces = masked.split("\0")
        return Value(*(Variable(piece) if index % 2 else Literal(piece) for index, piece in enumerate(pieces)))


def _lead(before: str) -> str:
    """What stands before a secret, as a pattern; the beginning of a line is one of a text too."""
    return f"(?m:^){re.escape(before[1:])}" if before.startswith("\n") else re.escape(before)


def _forms(secret: FoundSecret) -> Iterable[str]:
    """The ways in which the value may be written, and the long lines of one that has several."""
    forms = {secret.value, *secret.forms}
    for form in tuple(forms):
        forms.add(re.sub(r"([\"$`\\])", r"\\\1", form))
        forms.add(form.replace("'", "'\\''"))
        forms.add(form.replace("$", "$$"))
        lines = [line.strip() for line in form.splitlines()]
        if len(lines) > 1:
            forms.update(line for line in lines if len(line) >= _LINE and not line.startswith("-----"))
    return sorted(form for form in forms if form.strip())
