"""An account of a person or a program."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from converter.model.resource import Spec
from converter.model.trace import Subject
from converter.model.value import Value
from converter.resources import looking


class User(Spec, frozen=True, kw_only=True):
    """`useradd name`; what is None is left as it is; `append` keeps other groups; `remove` takes the home along;
    `hashed` tells that the password is given as its hash."""

    kind: ClassVar[str] = "user"

    name: Value
    home: Value | None = None
    create_home: bool | None = None
    move_home: bool = False
    shell: Value | None = None
    groups: tuple[Value, ...] = ()
    primary_group: Value | None = None
    append: bool = False
    system: bool = False
    uid: Value | None = None
    non_unique: bool = False
    comment: Value | None = None
    password: Value | None = None
    hashed: bool = False
    password_lock: bool | None = None
    expires: Value | None = None
    state: str = "present"
    remove: bool = False
    force: bool = False

    def identity(self) -> str:
        """The name."""
        return f"user:{self.name.key()}"

    def summary(self) -> str:
        """`Create user deploy`."""
        if self.state == "absent":
            return f"Remove user {self.name.shell()}"
        if self.create_home is not None or self.system:
            return f"Create user {self.name.shell()}"
        if self.groups and self.append:
            return f"Add user {self.name.shell()} to {', '.join(group.shell() for group in self.groups)}"
        return f"Set up user {self.name.shell()}"

    def ensures(self) -> tuple[tuple[Subject, bool], ...]:
        """`id` and `getent` know the name, or no longer do."""
        here = self.state == "present"
        ways = (("id",), ("id", "-u"), ("id", "-un"), ("id", "--user"), ("getent", "passwd"))
        tests = tuple(test for way in ways for test in looking.succeeds(here, *way, self.name))
        pattern = Value.of("^") + self.name + Value.of(":")
        for way in (("grep", "-q"), ("grep",), ("grep", "-qE")):
            tests += looking.succeeds(here, *way, pattern, "/etc/passwd")
        return tests

    def fold(self, later: Spec) -> Spec | None:
        """Made, then changed."""
        if not isinstance(later, User) or "absent" in (self.state, later.state):
            return self if later == self else None
        groups, append = self._groups_with(later)
        silent = msgspec.structs.asdict(User(name=later.name))
        changes = {name: value for name, value in msgspec.structs.asdict(later).items() if value != silent[name]}
        changes.update(groups=groups, append=append)
        return msgspec.structs.replace(self, **changes)

    def _groups_with(self, later: User) -> tuple[tuple[Value, ...], bool]:
        """The groups of both; a later list without `append` takes the place of the earlier one."""
        if not later.groups:
            return self.groups, self.append
        if not later.append:
            return later.groups, False
        return tuple(dict.fromkeys((*self.groups, *later.groups))), self.append or not self.groups
