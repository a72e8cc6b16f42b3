"""The programs that a script keeps running: units of systemd, programs of supervisor and pm2, and what nohup starts."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import Any

from converter.model.resource import Resource
from converter.model.trace import Succeeds
from converter.render.kubernetes.processes import webs
from converter.render.kubernetes.processes.program import Program
from converter.render.kubernetes.processes.trail import Trail
from converter.render.kubernetes.processes.units import Started, supervised, unit
from converter.render.kubernetes.quantities import memory, number
from converter.render.kubernetes.texts import UnknownTextError

_SUPERVISED = re.compile(r"/etc/supervisor(?:d|/conf)?\.d/.*\.(?:conf|ini)")
_UNITS = ("/etc/systemd/system", "/lib/systemd/system", "/usr/lib/systemd/system")
_OF_SHELL = ("PATH", "HOME", "VIRTUAL_ENV", "PWD", "USER", "SHELL", "DEBIAN_FRONTEND", "PS1", "LANG", "LC_ALL")
_ASKS = ("pm2", "pgrep", "pidof", "systemctl", "supervisorctl", "service", "ps", "test", "kill")
_LATER = "only what runs it already knows how it is started: write a Dockerfile with that command"
_INTERPRETERS = {"js": "node", "mjs": "node", "cjs": "node", "py": "python3", "sh": "bash", "rb": "ruby", "php": "php"}


class Starts:
    """Reads resources one by one; `left` says of each that starts a program why that is not known."""

    def __init__(self, trail: Trail) -> None:
        self._trail, self._marking = trail, trail.marking
        self.found: list[Program] = []
        self.left: dict[str, str] = {}

    def read(self, each: Resource) -> None:
        """Adds the programs that it starts."""
        read = getattr(self, f"_{each.kind}", None)
        if read is None or not self._unconditional(each):
            return
        try:
            self.found += [program for program in read(each, each.spec) if self._new(program)]
        except (UnknownTextError, ValueError) as problem:
            self.left[each.address] = str(problem)

    def _new(self, program: Program) -> bool:
        """A pattern of two starts is one program: the later one says how it runs."""
        same = [each for each in self.found if each.name == program.name]
        for each in same:
            each.used.append(program.by)
        return not same

    @staticmethod
    def _unconditional(each: Resource) -> bool:
        """Whether it runs anyway; whether it does already is no question where everything is started anew."""
        return all(
            isinstance(test.subject, Succeeds)
            and (test.subject.argv[0].text if test.subject.argv else test.subject.text.shell().split()[0]) in _ASKS
            for test in each.guard
        )

    def _service(self, each: Resource, spec: Any) -> Iterator[Program]:
        name = self._marking.text(spec.name).removesuffix(".service")
        if webs.is_fpm(name):
            yield from self._fpm(each)
            return
        paths = [f"{folder}/{name}.service" for folder in _UNITS]
        known = next((self._trail.texts[path] for path in paths if path in self._trail.texts), None)
        wanted = spec.state in ("started", "restarted") or spec.enabled
        if known is None or not wanted or spec.user_scope:
            brought = next((self._trail.arrived[path] for path in paths if path in self._trail.arrived), None)
            if brought is not None and wanted:
                raise UnknownTextError(
                    f"what it runs is said by `{_shown(brought.source)}`, which the script does not write: write a"
                    " Dockerfile with its `ExecStart`"
                )
            return
        found = unit(known[0])
        yield self._program(name, each, found, [known[1], *_bringing(self._trail, paths)])

    def _fpm(self, each: Resource) -> Iterator[Program]:
        served = [
            program for program in self.found if program.fpm and all(one.name != program.fpm for one in self.found)
        ]
        if not served and not any(program.fpm for program in self.found):
            raise UnknownTextError(
                "what php-fpm runs is said by the configuration of a web server, which is not in the script: write a"
                " Dockerfile for it, and one for the web server"
            )
        yield from (webs.fpm(program, each) for program in served)

    def finish(self) -> None:
        """A site whose php-fpm the script leaves alone needs one all the same."""
        for program in list(self.found):
            if program.fpm and all(one.name != program.fpm for one in self.found):
                self.found.append(webs.fpm(program, program.by))

    def _file(self, each: Resource, spec: Any) -> Iterator[Program]:
        path = self._marking.text(spec.path)
        served = webs.site(path, self._marking.text(spec.content), each)
        if served is not None:
            yield served
        if _SUPERVISED.fullmatch(path):
            for name, found in supervised(self._marking.text(spec.content)).items():
                yield self._program(name, each, found, [each])

    def _process(self, each: Resource, spec: Any) -> Iterator[Program]:
        if spec.state != "started":
            return
        environment = self._exported(each)
        line = self._marking.text(spec.command)
        words = shlex.split(line)
        if re.search(r"[|;&<>`]|\$\(", re.sub(r"'[^']*'|\"[^\"]*\"", "", line)):
            words = ["/bin/sh", "-c", line]
        found = Started(tuple(words), self._marking.text(spec.cwd), environment=environment)
        yield self._program(self._marking.text(spec.name), each, found, [])

    def _pm2_process(self, each: Resource, spec: Any) -> Iterator[Program]:
        if spec.state not in ("started", "restarted", "reloaded", "start_or_reload"):
            return
        name = self._marking.text(spec.name)
        if spec.ecosystem is None and spec.script is None:
            if all(other.name != name for other in self.found):
                raise UnknownTextError(f"pm2 restarts what it knows as `{_shown(name)}`: {_LATER}")
            return
        found = Started(self._of_pm2(spec), self._marking.text(spec.cwd), environment=self._exported(each))
        self._options(spec, found)
        yield self._program(name, each, found, [])

    def _of_pm2(self, spec: Any) -> tuple[str, ...]:
        """The command line that pm2 would start, or pm2 itself where a file of the application lists its programs."""
        arguments = self._marking.words(spec.arguments)
        if spec.ecosystem is not None:
            return ("pm2-runtime", "start", self._marking.text(spec.ecosystem), *self._marking.words(spec.options))
        script = self._marking.text(spec.script)
        given = dict(_named(self._marking.words(spec.options)))
        interpreter = given.get("interpreter") or _INTERPRETERS.get(script.rpartition(".")[2], "")
        if "/" not in script and "." not in script:
            return (script, *arguments)
        interpreter = "" if interpreter == "none" else interpreter or "node"
        more = shlex.split(given.get("node-args", "") or given.get("interpreter-args", ""))
        return tuple(word for word in (interpreter, *more, script, *arguments) if word)

    def _options(self, spec: Any, found: Started) -> None:
        if spec.ecosystem is not None:
            return
        for name, value in _named(self._marking.words(spec.options)):
            if name in ("i", "instances") and value.isdigit() and value != "0":
                found.times = number(value)
            elif name == "max-memory-restart":
                found.memory = memory(value)
            elif name == "cwd":
                found.cwd = value
            elif name not in ("interpreter", "node-args", "interpreter-args", "update-env", "name", "time", "f"):
                found.left.append(f"`--{name}{f' {value}' if value else ''}` of pm2 is left out: a pod has none of it")

    def _exported(self, each: Resource) -> dict[str, str]:
        known = {name: self._marking.text(value) for name, value in each.context.environment}
        return {name: text for name, text in known.items() if name not in _OF_SHELL}

    def _program(self, name: str, each: Resource, found: Started, used: list[Resource]) -> Program:
        if not found.argv:
            raise UnknownTextError("its command line is empty")
        return Program(
            name=name,
            by=each,
            argv=found.argv,
            cwd=found.cwd.rstrip("/"),
            environment=dict(found.environment),
            env_files=found.env_files,
            user=found.user,
            times=found.times,
            memory=found.memory,
            used=used,
            left=list(found.left),
        )


def _named(words: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Options with their values, which stand in the same word or in the next one."""
    index = 0
    while index < len(words):
        name, equals, value = words[index].lstrip("-").partition("=")
        following = words[index + 1] if index + 1 < len(words) else "-"
        if not equals and not following.startswith("-"):
            value, index = following, index + 1
        yield name, value
        index += 1


def _bringing(trail: Trail, paths: list[str]) -> list[Resource]:
    return [one for path in paths if path in trail.arrived for one in trail.arrived[path].by]


def _shown(text: str) -> str:
    return re.sub("\x00\\d+\x00", "..", text)
