"""The Dockerfile of an application: a stage that builds, one that runs, and one for its web server."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Sequence

from converter.render.kubernetes.dockerfile.bases import language_of
from converter.render.kubernetes.dockerfile.stages import AND, OWN, Stages
from converter.render.kubernetes.processes.program import Program, Source, within
from converter.render.kubernetes.processes.steps import plain as plain_names

USER = "10001"
# That of the image, which listens on a port that anybody may open.
WEB_USER = "101"
WEB = "nginxinc/nginx-unprivileged:1.28"
_BARE = re.compile(r"[A-Za-z0-9_@%+=:,./-]+")
# Places of interpreters on hosts, which an image has on its PATH.
_OF_HOST = re.compile(r"/(usr|bin|snap|opt/(jdk|java|node))|.*/\.(nvm|rbenv|pyenv|sdkman)/")


def dockerfile(source: Source, made: Stages) -> str:
    """Two stages: one with compilers and sources, one that runs."""
    blocks = [_head(source), [f"ARG {name}={version}" for name, version in made.arguments.items()], made.extra]
    plain = not source.steps and not made.venv
    if not plain:
        blocks += [_build(source, made)]
    blocks += [_web(source, plain)] if source.webs else []
    blocks += [_final(source, made, plain)] if source.own else []
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _head(source: Source) -> list[str]:
    lines = dict.fromkeys(span.lines() for program in source.programs for span in program.by.origin.spans)
    names = listed(shown(program.name) for program in source.programs)
    where = f" ({shown(source.repository)})" if source.repository else ""
    return [
        f"# {shown(', '.join(lines))}",
        f"# {names}, as an image. It belongs into the repository of the application{where},",
        "# together with .dockerignore; the README.md beside it says how it is built.",
    ]


def shown(text: str) -> str:
    """On one line, whatever a script calls things."""
    return " ".join(text.replace("\x00", "").split())


def _build(source: Source, made: Stages) -> list[str]:
    lines = [f"FROM {made.build} AS build"]
    lines += _installed(source, [*made.packages, *made.compilers])
    lines += [*made.prepared, *made.tools]
    lines += [f"WORKDIR {_path(source.workdir)}", *_environment(source)]
    if made.venv:
        lines += [f"RUN python3 -m venv {OWN}", f'ENV PATH="{OWN}/bin:$PATH"']
    elif source.brought and not any(
        re.search(r"-m (venv|virtualenv)\b|^virtualenv\b", step.text) for step in source.steps
    ):
        lines += [f"RUN python3 -m venv {_shell(path)}" for path in source.brought]
    lines.append("COPY . .")
    known = ""
    for step in source.steps:
        if step.lines != known:
            lines.append(f"# {shown(step.lines)}")
        known = step.lines
        place = f"cd {_shell(step.cwd)} && " if step.cwd != source.workdir else ""
        lines.append(f"RUN {place}{step.text}")
    return lines


def _environment(source: Source) -> list[str]:
    return [f"ENV {name}={_word(value)}" for name, value in source.environment.items() if "\n" not in value]


def _word(text: str) -> str:
    """The text as a Dockerfile has it in quotes, where `$` would name a variable."""
    escaped = re.sub(r'[\\"$]', lambda found: "\\" + found.group(), text)
    return escaped if _BARE.fullmatch(text) else f'"{escaped}"'


def _path(text: str) -> str:
    return _word(shown(text))


def _shell(text: str) -> str:
    return shlex.quote(shown(text))


def _installed(source: Source, packages: Sequence[str]) -> list[str]:
    if not packages:
        return []
    option = "" if source.recommends else " --no-install-recommends"
    names = " ".join(map(_shell, dict.fromkeys(packages)))
    commands = ["apt-get update", f"apt-get install -y{option} {names}", "rm -rf /var/lib/apt/lists/*"]
    return [*_said(source.installed), f"RUN {AND.join(commands)}"]


def _said(lines: Sequence[str]) -> list[str]:
    """The lines of the script that the next instruction comes from."""
    return [f"# {shown(', '.join(dict.fromkeys(lines)))}"] if lines else []


def _final(source: Source, made: Stages, plain: bool) -> list[str]:
    lines = [f"FROM {made.final}{' AS app' if source.webs else ''}"]
    lines += _installed(source, made.packages)
    lines += made.prepared
    added = f"useradd --uid {USER} --gid {USER} --create-home --shell /usr/sbin/nologin app"
    lines.append(f"RUN groupadd --gid {USER} app{AND}{added}")
    if any("pm2-runtime" in program.argv for program in source.programs):
        lines.append("RUN npm install --global pm2@5")
    lines += _copied(source, made, plain)
    folders = [path for path in (*source.writes, *source.fleeting) if "\x00" not in path]
    if folders:
        places = " ".join(map(_shell, folders))
        lines += _said(source.making)
        lines.append(f"RUN mkdir -p {places}{AND}chown {USER}:{USER} {places}")
    given = [path for path in dict.fromkeys(source.given) if within(path, source.root) and path not in folders]
    if given and not owned(source):
        lines.append(f"RUN chown -R {USER}:{USER} {' '.join(map(_shell, given))}")
    path = [OWN + "/bin"] if made.venv else source.path
    lines += [f'ENV PATH="{":".join(path)}:$PATH"'] if path else []
    first = source.own[0]
    lines += [f"WORKDIR {_path(first.workdir or source.root)}"] if (first.workdir or not source.local) else []
    lines.append(f"USER {USER}:{USER}")
    ports = sorted({program.port for program in source.own if program.port})
    lines += [f"EXPOSE {' '.join(map(str, ports))}"] if ports else []
    command = command_of(first)
    if not any("\x00" in word for word in command):
        lines.append(f"CMD {json.dumps(list(command), ensure_ascii=False)}")
    return lines


def _web(source: Source, plain: bool) -> list[str]:
    """What the web server serves; its configuration is mounted."""
    lines = [f"FROM {WEB}{' AS web' if source.own else ''}"]
    for program in source.webs:
        if source.local:
            lines += _sent(source, "COPY" if plain else "COPY --from=build", plain)
        else:
            place = program.cwd.removeprefix(source.root).strip("/") if plain else program.cwd
            lines.append(f"COPY {'' if plain else '--from=build '}{_path(place or '.')} {_path(program.cwd)}")
    return lines


def _copied(source: Source, made: Stages, plain: bool) -> list[str]:
    """What the program needs of the build, in the places that the script has for it."""
    owner = f"--chown={USER}:{USER}" if owned(source) else ""
    start = "COPY" if plain else "COPY --from=build"
    start = f"{start} {owner}".rstrip()
    lines = []
    if source.local:
        lines += _sent(source, start, plain)
    else:
        lines.append(f"{start} {'.' if plain else _path(source.root)} {_path(source.root)}")
    outside = [path for path in source.brought if not within(path, source.root)]
    lines += [f"COPY --from=build {_path(path)} {_path(path)}" for path in outside]
    lines += [f"COPY --from=build {OWN} {OWN}"] if made.venv else []
    if "ruby" in made.final:
        lines.append("COPY --from=build /usr/local/bundle /usr/local/bundle")
    return lines


def _sent(source: Source, start: str, plain: bool) -> list[str]:
    """What the script sends to hosts, in its places there."""
    lines = _said(source.sending)
    for one in source.copied:
        place = one.source.removeprefix(source.workdir).lstrip("/") or "." if plain else one.source
        end = "/" if one.within else ""
        lines.append(f"{start} {_path(place)}{end} {_path(one.dest)}{end}")
    return lines


def owned(source: Source) -> bool:
    """Whether the program could write to its own files: it ran as whoever put them there."""
    theirs = all(program.user in ("", "root") for program in source.own)
    return theirs or any(within(source.root, path) for path in source.given)


def command_of(program: Program) -> tuple[str, ...]:
    """The command line with the names that programs have in an image; none where the image's own is meant."""
    words = list(program.argv)
    if words[:1] == ["/usr/bin/env"]:
        words = words[1:]
    if not words:
        return ()
    head = words[0]
    if language_of(head) and _OF_HOST.match(head):
        head = head.rpartition("/")[2]
    return (plain_names(head), *words[1:])


def listed(names: Iterable[str]) -> str:
    """`one, another and a third`."""
    *most, last = dict.fromkeys(names)
    return f"{', '.join(most)} and {last}" if most else last
