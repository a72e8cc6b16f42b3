"""Look-ups of conditions: each test of a host is asked once, before the first task that depends on it or alters it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from converter.model.paths import absolute
from converter.model.trace import Guard, PathTest, Succeeds, Test
from converter.model.value import Value, Variable
from converter.render.ansible.conditions import conditions, leaves
from converter.render.ansible.names import Unique, slug
from converter.render.ansible.task import OF_MODULES, Task, by_shell
from converter.render.ansible.value import UnrenderableError, shell, template

_QUIET: dict[str, Any] = {"changed_when": False, "failed_when": False, "check_mode": False}
# What these say and do does not depend on the directory, unless they are given files.
_ANYWHERE = re.compile(
    r"(command|which|type|hash|id|systemctl|service|supervisorctl|pgrep|pidof|getent|groups|dpkg-query|nc|ufw|mountpoint"
    r"|swapon|hostname|nginx|apachectl)\b"
    r"|dpkg\b(?! (-i|--install))|rpm\b(?! -[iUF])|snap\b(?!.* [./])"
    r"|curl\b(?!.*( -[a-zA-Z]*[oOTJ]| --output| --remote-name| --upload-file|@))|wget\b(?=.*(-O ?-|--spider|/dev/null))"
    r"|(docker|podman) (ps|images|logs|inspect|info|version|stats|exec|stop|start|restart|kill|rm|rmi|pull|push|tag"
    r"|login|logout|update|rename|pause|unpause|network|volume|node|swarm|system|service (ls|ps|rm|scale|update)"
    r"|(image|container) (ls|inspect|rm|prune|pull|push|tag|stop|start|restart|kill))\b"
)
# Not programs, so that only a shell has them.
_BUILTINS = frozenset("command type hash ulimit umask alias test [ [[ true false compgen declare shopt set".split())


class Checks:
    """The evaluations of one role: each gets a variable when it is first asked for."""

    def __init__(self, names: Mapping[str, str], role: str, registers: Unique, known: Mapping[str, str]) -> None:
        self.names, self.role, self.registers = names, role, registers
        self._known = dict(known)

    def before(self, guard: Guard, skip: Callable[[Test], bool] = lambda test: False) -> list[tuple[Task, Test]]:
        """The tasks that look up what the guard needs and nothing has looked up yet."""
        found: list[tuple[Task, Test]] = []
        for test in guard:
            for inner in leaves(test):
                if isinstance(inner.subject, PathTest | Succeeds) and inner.id not in self._known and not skip(inner):
                    self._known[inner.id] = self.registers.name(f"{self.role}_{_purpose(inner)}")
                    found.append((self._look(inner, self._known[inner.id]), inner))
        return found

    def when(self, guard: Guard) -> list[str]:
        """The conditions, one a test."""
        return conditions(guard, self.names, self._known)

    def _look(self, test: Test, register: str) -> Task:
        subject = test.subject
        if isinstance(subject, PathTest):
            args = {"path": template(absolute(test.context.cwd, subject.path), self.names)}
            follow = {"follow": True} if subject.state != "link" else {}
            title = f"Look at {subject.path.shell()}"
            return Task("ansible.builtin.stat", {**args, **follow}, {"register": register}, suffix=title)
        if not isinstance(subject, Succeeds):
            raise UnrenderableError("a test that can't be looked up")
        extra = {"register": register, **_QUIET}
        place = self._place(test, subject)
        program = subject.argv[0].text if subject.argv else None
        title = f"Ask {_short(subject.text.shell())}"
        if program is not None and program not in _BUILTINS and not any(word.has_glob for word in subject.argv):
            argv = [template(word, self.names) for word in subject.argv]
            return Task("ansible.builtin.command", words(argv, subject.argv) | place, extra, suffix=title)
        text, environment = shell(subject.text, self.names)
        module, args = by_shell(text, pipefail=subject.pipefail)
        return Task(module, {**args, **place}, extra, suffix=title, own=environment)

    def _place(self, test: Test, subject: Succeeds) -> dict[str, str]:
        cwd = test.context.cwd
        if anywhere(subject.text) or cwd in (Value(), Value.of("/"), Value(Variable("HOME"))):
            return {}
        return {"chdir": template(cwd, self.names)}


def anywhere(text: Value) -> bool:
    """Whether what a command says and does is the same in every directory."""
    return _ANYWHERE.match(text.shell()) is not None


def words(argv: list[str], values: tuple[Value, ...]) -> dict[str, Any]:
    """Arguments of the command module, which must not see `$` and `~` of the script as its own.

    Programs that have a module of their own are started through `env`: here the module can't do what the script
    asks."""
    args: dict[str, Any] = {"argv": [*_through(argv), *argv]}
    if any("$" in word or word.startswith("~") for word in (value.text or value.shell() for value in values)):
        args["expand_argument_vars"] = False
    return args


def _through(argv: list[str]) -> list[str]:
    program = argv[0].rpartition("/")[2]
    return ["env"] if program in OF_MODULES or "=" in program else []


def _purpose(test: Test) -> str:
    if isinstance(test.subject, PathTest):
        return slug(f"stat {test.subject.path.shell().rstrip('/').rpartition('/')[2]}")
    text = test.subject.text.shell() if isinstance(test.subject, Succeeds) else ""
    return slug("ask " + " ".join(re.findall(r"[A-Za-z]\w+", text)[:3]))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 50 else f"{line[:47]}..."
