"""What a person should know about the script or the request, with its place and a next step."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from converter.model.source import Span


class Severity(StrEnum):
    """How much a diagnostic matters: an error leaves something out, a note only informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Diagnostic(msgspec.Struct, frozen=True, kw_only=True):
    """Something about the *script*; it travels with the result. `name` is kebab-case and documented."""

    name: str
    severity: Severity
    message: str
    span: Span | None = None
    hint: str | None = None

    def __str__(self) -> str:
        place = f"{self.span}: " if self.span else ""
        hint = f"\n  hint: {self.hint}" if self.hint else ""
        return f"{place}{self.severity}[{self.name}]: {self.message}{hint}"


class ConverterError(Exception):
    """Something wrong with the *request*: shown as one line and a hint, exit code 2."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
