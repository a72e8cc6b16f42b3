"""What is written of an image: its Dockerfile, what its build leaves out, and how both are used."""

from __future__ import annotations

from converter.model.tree import TreeFile
from converter.render.kubernetes.dockerfile.stages import Stages, stages
from converter.render.kubernetes.dockerfile.writing import dockerfile, listed, shown
from converter.render.kubernetes.processes.program import Source, within

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
        TreeFile(path=f"{root}/README.md", text=_readme(source)),
    ]


def assumed(source: Source) -> list[str]:
    """What the image has to assume."""
    own = [*source.assumed, *stages(source).assumed]
    return [shown(said) for said in (*own, *(said for program in source.programs for said in program.assumed))]


def _ignored(source: Source, made: Stages) -> str:
    own = [path[len(source.root) + 1 :] for path in (*source.writes, *source.fleeting) if within(path, source.root)]
    language = next((each for each in _OF_LANGUAGE if each.upper() in "".join(made.arguments)), "")
    more = _OF_LANGUAGE.get(language, ()) if source.steps else ()
    names = dict.fromkeys((*_NEVER, *more, *(name for name in own if name), *source.ignored))
    return "# What no image of it may hold, or what its build makes anew.\n" + "".join(f"{name}\n" for name in names)


def _readme(source: Source) -> str:
    names = listed(f"`{shown(program.name)}`" for program in source.programs)
    where = f" (`{shown(source.repository)}`)" if source.repository else ""
    said = "".join(f"- {shown(line)}\n" for line in dict.fromkeys(assumed(source)))
    return (
        f"# The image of {names}\n\n"
        "A proposal, made of what the script does on hosts: read it before you build it. `Dockerfile` and"
        f" `.dockerignore` belong to the root of the application's own repository{where}; nothing reads them here.\n\n"
        f"Built in {_place(source)}, and pushed to a registry that the cluster can pull from:\n\n"
        f"```sh\n{_commands(source)}```\n\n"
        "Then put `newName: REGISTRY/..` and `newTag: VERSION` of each into"
        " `environments/*/versions/kustomization.yaml`. Until then no pod of it starts.\n"
        + (f"\n## Assumed\n\n{said}" if said else "")
    )


def _place(source: Source) -> str:
    if source.local:
        return "the folder in which the script runs"
    return "a checkout of that repository" if source.checkout is not None else f"a copy of `{source.root}`"


def _commands(source: Source) -> str:
    found = {source.image(program): "web" if program.serves else "app" for program in source.programs}
    lines = []
    for image, stage in found.items():
        target = f" --target {stage}" if len(found) > 1 else ""
        lines.append(f"docker build{target} --tag REGISTRY/{image}:VERSION .\ndocker push REGISTRY/{image}:VERSION\n")
    return "".join(lines)
