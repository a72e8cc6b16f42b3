"""The Dockerfile of an application, what its build leaves out, and how both are used."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from converter.model.tree import TreeFile
from converter.render.kubernetes.dockerfile.stages import AND, OWN, Stages, stages
from converter.render.kubernetes.processes.program import Program, Source, within

USER = "10001"
_BARE = re.compile(r"[A-Za-z0-9_@%+=:,./-]+")
_NEVER = (".git", ".gitignore", ".env", ".env.*", "*.log", "*.pem", "*.key", "Dockerfile", ".dockerignore")
_OF_LANGUAGE = {
    "node": ("node_modules", "**/node_modules"),
    "python": ("**/__pycache__", "*.pyc", ".venv", "venv", "env"),
    "php": ("vendor",),
    "java": ("target", "build", ".gradle"),
    "ruby": ("vendor/bundle", "tmp", "log"),
}


def image_files(source: Source) -> list[TreeFile]:
    """Everything under `images/NAME`."""
    root, made = f"images/{source.name}", stages(source)
    return [
        TreeFile(path=f"{root}/Dockerfile", text=dockerfile(source, made)),
        TreeFile(path=f"{root}/.dockerignore", text=_ignored(source, made)),
        TreeFile(path=f"{root}/README.md", text=_readme(source, made)),
    ]


def assumed(source: Source) -> list[str]:
    """What the image has to assume."""
    own = [*source.assumed, *stages(source).assumed]
    return [*own, *(said for program in source.programs for said in program.assumed)]


def dockerfile(source: Source, made: Stages) -> str:
    """Two stages: one with compilers and sources, one that runs."""
    blocks = [_head(source), [f"ARG {name}={version}" for name, version in made.arguments.items()], made.extra]
    plain = not source.steps and not made.venv
    if not plain:
        blocks += [_build(source, made)]
    blocks += [_final(source, made, plain)]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _head(source: Source) -> list[str]:
    lines = dict.fromkeys(span.lines() for program in source.programs for span in program.by.origin.spans)
    names = " and ".join(dict.fromkeys(program.name for program in source.programs))
    where = f", {source.repository}" if source.repository else ""
    return [
        f"# {_shown(', '.join(lines))}: {_shown(names)} as an image. It belongs into the repository of the application{_shown(where)},",
        "# together with .dockerignore; the README.md beside it says how it is built.",
    ]


def _shown(text: str) -> str:
    """On one line, whatever a script calls things."""
    return " ".join(text.replace("\x00", "").split())


def _build(source: Source, made: Stages) -> list[str]:
    lines = [f"FROM {made.build} AS build"]
    lines += _installed([*made.packages, *made.compilers], source.recommends)
    lines += [*made.prepared, *made.tools]
    lines += [f"WORKDIR {_path(source.workdir)}", *_environment(source)]
    if made.venv:
        lines += [f"RUN python3 -m venv {OWN}", f'ENV PATH="{OWN}/bin:$PATH"']
    elif source.brought and not any(re.search(r"\bvenv\b", step.text) for step in source.steps):
        lines += [f"RUN python3 -m venv {_path(path)}" for path in source.brought]
    lines.append("COPY . .")
    known = ""
    for step in source.steps:
        if step.lines != known:
            lines.append(f"# {_shown(step.lines)}")
        known = step.lines
        place = f"cd {_path(step.cwd)} && " if step.cwd != source.workdir else ""
        lines.append(f"RUN {place}{_continued(step.text)}")
    return lines


def _continued(text: str) -> str:
    return AND.join(line for line in text.splitlines() if line.strip())


def _environment(source: Source) -> list[str]:
    return [f"ENV {name}={_word(value)}" for name, value in source.environment.items()]


def _word(text: str) -> str:
    """The text as a Dockerfile has it in quotes, where `$` would name a variable."""
    escaped = re.sub(r'[\\"$]', lambda found: "\\" + found.group(), text)
    return escaped if _BARE.fullmatch(text) else f'"{escaped}"'


def _path(text: str) -> str:
    return text if _BARE.fullmatch(text) else json.dumps(text)


def _installed(packages: Sequence[str], recommends: bool) -> list[str]:
    if not packages:
        return []
    option = "" if recommends else " --no-install-recommends"
    listed = " ".join(dict.fromkeys(packages))
    return [f"RUN apt-get update \\\n && apt-get install -y{option} {listed} \\\n && rm -rf /var/lib/apt/lists/*"]


def _final(source: Source, made: Stages, plain: bool) -> list[str]:
    lines = [f"FROM {made.final}"]
    lines += _installed(made.packages, source.recommends)
    lines += made.prepared
    lines.append(
        f"RUN groupadd --gid {USER} app \\\n && useradd --uid {USER} --gid {USER} --create-home --shell /usr/sbin/nologin app"
    )
    if any("pm2-runtime" in program.argv for program in source.programs):
        lines.append("RUN npm install --global pm2@5")
    lines += _copied(source, made, plain)
    folders = [path for path in (*source.writes, *source.fleeting) if "\x00" not in path]
    if folders:
        listed = " ".join(map(_path, folders))
        lines.append(f"RUN mkdir -p {listed} \\\n && chown {USER}:{USER} {listed}")
    path = [OWN + "/bin"] if made.venv else source.path
    lines += [f'ENV PATH="{":".join(path)}:$PATH"'] if path else []
    first = source.programs[0]
    lines += [f"WORKDIR {_path(first.cwd or source.root)}"] if (first.cwd or not source.local) else []
    lines.append(f"USER {USER}:{USER}")
    ports = sorted({program.port for program in source.programs if program.port})
    lines += [f"EXPOSE {' '.join(map(str, ports))}"] if ports else []
    command = command_of(first)
    if not any("\x00" in word for word in command):
        lines.append(f"CMD {json.dumps(list(command), ensure_ascii=False)}")
    return lines


def _copied(source: Source, made: Stages, plain: bool) -> list[str]:
    """What the program needs of the build, in the places that the script has for it."""
    owner = f"--chown={USER}:{USER}" if owned(source) else ""
    start = "COPY" if plain else "COPY --from=build"
    start = f"{start} {owner}".rstrip()
    lines = []
    if source.local:
        for one in source.copied:
            place = one.source.removeprefix(f"{source.workdir}/") if plain else one.source
            place = "." if place == source.workdir else place
            lines.append(
                f"{start} {_path(place)}{'/' if one.within else ''} {_path(one.dest)}{'/' if one.within else ''}"
            )
    else:
        lines.append(f"{start} {'.' if plain else _path(source.root)} {_path(source.root)}")
    outside = [path for path in source.brought if not within(path, source.root)]
    lines += [f"COPY --from=build {_path(path)} {_path(path)}" for path in outside]
    lines += [f"COPY --from=build {OWN} {OWN}"] if made.venv else []
    if "ruby" in made.final:
        lines.append("COPY --from=build /usr/local/bundle /usr/local/bundle")
    return lines


def owned(source: Source) -> bool:
    """Whether the program could write to its own files: it ran as whoever put them there."""
    return all(program.user in ("", "root") for program in source.programs)


def command_of(program: Program) -> tuple[str, ...]:
    """The command line with the names that programs have in an image."""
    from converter.render.kubernetes.dockerfile.bases import language_of
    from converter.render.kubernetes.processes.steps import plain

    words = list(program.argv)
    if words[:1] == ["/usr/bin/env"]:
        words = words[1:]
    head = words[0]
    if language_of(head) and re.match(r"/(usr|bin|snap|opt/(jdk|java|node))|.*/\.(nvm|rbenv|pyenv|sdkman)/", head):
        head = head.rpartition("/")[2]
    return (plain(head), *words[1:])


def _ignored(source: Source, made: Stages) -> str:
    own = [path[len(source.root) + 1 :] for path in (*source.writes, *source.fleeting) if within(path, source.root)]
    language = next((each for each in _OF_LANGUAGE if each.upper() in "".join(made.arguments)), "")
    built = bool(source.steps)
    more = _OF_LANGUAGE.get(language, ()) if built else ()
    names = dict.fromkeys((*_NEVER, *more, *(name for name in own if name), *source.ignored))
    return "# What no image of it may hold, or what its build makes anew.\n" + "".join(f"{name}\n" for name in names)


def _readme(source: Source, made: Stages) -> str:
    name, names = source.name, _listed(f"`{_shown(program.name)}`" for program in source.programs)
    where = f" (`{_shown(source.repository)}`)" if source.repository else ""
    said = "".join(f"- {_shown(line)}\n" for line in dict.fromkeys(assumed(source)))
    if source.local:
        place = "the folder in which the script runs"
    elif source.checkout is not None:
        place = f"a checkout of the repository{where}"
    else:
        place = "a copy of that folder"
    return (
        f"# The image of {names}\n\n"
        f"A proposal, made of what the script does on hosts: read it before you build it. `Dockerfile` and"
        f" `.dockerignore` belong to the root of the application's own repository{where}; nothing reads them here.\n\n"
        f"Built in {place}, and pushed to a registry that the cluster can pull from:\n\n"
        f"```sh\ndocker build --tag REGISTRY/{name}:VERSION .\ndocker push REGISTRY/{name}:VERSION\n```\n\n"
        f"Then put `newName: REGISTRY/{name}` and `newTag: VERSION` into `environments/*/versions/kustomization.yaml`."
        f" Until then no pod of it starts.\n" + (f"\n## Assumed\n\n{said}" if said else "")
    )


def _listed(names: Iterable[str]) -> str:
    return " and ".join(dict.fromkeys(names))
