"""A program that the script keeps running on a host, and the application that it is a part of; texts are marked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from converter.model.resource import Resource
from converter.model.value import Value


@dataclass(slots=True, kw_only=True)
class Program:
    """`by` is the resource that starts it, `used` are the files that say how, `left` is for a person, `assumed` what
    its manifests say and the script does not. A web server `serves` by that configuration, for `domains`, and passes
    PHP on to the program `fpm`."""

    name: str
    by: Resource
    argv: tuple[str, ...]
    cwd: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    env_files: tuple[str, ...] = ()
    user: str = ""
    times: int = 1
    memory: str = ""
    port: int | None = None
    public: bool = False
    serves: str = ""
    domains: tuple[str, ...] = ()
    fpm: str = ""
    used: list[Resource] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)

    @property
    def workdir(self) -> str:
        """Where it runs; for what serves a folder it is of no matter."""
        return "" if self.serves or self.argv == ("php-fpm",) else self.cwd

    @property
    def paths(self) -> list[str]:
        """The places of the host that its command line names, and where it runs."""
        words = [piece for word in self.argv for piece in re.findall(r"(?:^|(?<=[\s=\"']))/[^\s\"':;]+", word)]
        here = [f"{self.cwd}/{word}" for word in self.argv if re.fullmatch(r"[\w.-]+(/[\w.*-]+)*", word) and self.cwd]
        return [path for path in (self.cwd, *words, *here) if path not in ("", "/")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of the build: the commands, where, and the lines of the script that they come from."""

    text: str
    cwd: str
    lines: str
    by: Resource


@dataclass(frozen=True, slots=True)
class Copied:
    """What the script sends to the host: from the build, to its place; `within` means the content of a folder."""

    source: str
    dest: str
    within: bool = False


@dataclass(slots=True, kw_only=True)
class Source:
    """An application that becomes an image. `root` is its folder on the host, `workdir` where it is built, `repository`
    where its source is kept; `brought` is what the build leaves elsewhere than in `root`,
    `given` what the script gives to the user that it runs as.
    `making` and `sending` are the lines of the script that make folders and send files."""

    name: str
    root: str
    workdir: str
    programs: list[Program] = field(default_factory=list)
    repository: str = ""
    checkout: Resource | None = None
    copied: list[Copied] = field(default_factory=list)
    brought: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    packages: list[str] = field(default_factory=list)
    recommends: bool = True
    installed: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)
    fleeting: list[str] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    making: list[str] = field(default_factory=list)
    sending: list[str] = field(default_factory=list)
    path: list[str] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)
    assumed: list[str] = field(default_factory=list)

    @property
    def webs(self) -> list[Program]:
        """The web servers among its programs, which have an image of their own."""
        return [each for each in self.programs if each.serves]

    @property
    def own(self) -> list[Program]:
        """The programs that run in the image of the application itself."""
        return [each for each in self.programs if not each.serves]

    def image(self, program: Program) -> str:
        """The name of the image that a program runs in."""
        return f"{self.name}-web" if program.serves and self.own else self.name

    @property
    def local(self) -> bool:
        """Whether it is built where the script runs, and sent to the host."""
        return bool(self.copied)


@dataclass(frozen=True, slots=True)
class Line:
    """A command line, where it runs, and at which times, "" for once."""

    words: tuple[Value, ...]
    cwd: str
    times: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What becomes of a resource. `covered` and `left` are reasons; `part` that the rest of it is expressed; `jobs` run
    in the image of `source`."""

    programs: tuple[Program, ...] = ()
    source: Source | None = None
    covered: str = ""
    left: str = ""
    part: bool = False
    jobs: tuple[Line, ...] = ()


def within(path: str, folder: str) -> bool:
    """Whether the path is the folder or lies below it."""
    return bool(folder) and (path == folder or path.startswith(f"{folder.rstrip('/')}/"))
