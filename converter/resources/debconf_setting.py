"""An answer to a question that a package asks when it is installed."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value


class DebconfSetting(Spec, frozen=True, kw_only=True):
    """`echo "package question type value" | debconf-set-selections`."""

    kind: ClassVar[str] = "debconf_setting"

    package: Value
    question: Value
    vtype: Value
    value: Value

    def identity(self) -> str:
        """The package and the question."""
        return f"debconf:{self.package.key()}:{self.question.key()}"

    def summary(self) -> str:
        """`Answer postfix/mailname for postfix`."""
        return f"Answer {self.question.shell()} for {self.package.shell()}"

    def fold(self, later: Spec) -> Spec | None:
        """The last one said counts."""
        return later if isinstance(later, DebconfSetting) else None
