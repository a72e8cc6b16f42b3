"""A site or configuration of Apache that is enabled or not."""

from __future__ import annotations

from typing import ClassVar

from converter.model.resource import Spec
from converter.model.value import Value


class ApacheSite(Spec, frozen=True, kw_only=True):
    """`a2ensite name`; `what` is site or conf."""

    kind: ClassVar[str] = "apache_site"

    name: Value
    state: str = "present"
    what: str = "site"

    def identity(self) -> str:
        """The site, without `.conf`."""
        return f"apache-{self.what}:{self.name.key().removesuffix('.conf')}"

    def summary(self) -> str:
        """`Enable the Apache site shop`."""
        return f"{'Enable' if self.state == 'present' else 'Disable'} the Apache {self.what} {self.name.shell()}"

    def fold(self, later: Spec) -> Spec | None:
        """The last one said counts."""
        return later if isinstance(later, ApacheSite) else None
