"""Images and containers of the build, as docker commands."""

from __future__ import annotations

from converter.model.value import Value
from converter.render.delivery.shell.text import InexpressibleError
from converter.render.delivery.shell.words import option, options, path, relative, understood, word, words
from converter.resources.compose_command import ComposeCommand
from converter.resources.compose_project import ComposeProject
from converter.resources.container import Container
from converter.resources.container_command import ContainerCommand
from converter.resources.container_prune import ContainerPrune
from converter.resources.image import Image
from converter.resources.image_archive import ImageArchive
from converter.resources.image_push import ImagePush
from converter.resources.image_tag import ImageTag
from converter.resources.registry_login import RegistryLogin

# What a container of a build may have; `restart` and `tty` mean nothing to one that ends.
_RUN = (
    *("state", "image", "remove", "volumes", "environment", "env_files", "workdir", "user", "networks", "entrypoint"),
    *("ports", "command", "runtime", "restart", "tty", "interactive", "flags"),
)


def image(spec: Image, cwd: Value) -> str:
    """`docker build`, `docker pull` or `docker rmi`, and `docker push` where the build had it."""
    if spec.source == "pull":
        return words(spec.runtime, "pull", option("--platform", spec.platform), spec.name)
    if spec.source == "absent":
        return words(spec.runtime, "rmi", "-f" if spec.force else "", spec.name)
    arguments = " ".join(f"--build-arg {word(Value.of(f'{name}=') + value)}" for name, value in spec.arguments)
    dockerfile = f"-f {path(spec.dockerfile, cwd)}" if spec.dockerfile is not None else ""
    flags = words(
        dockerfile,
        arguments,
        option("--target", spec.target),
        option("--platform", spec.platform),
        "" if spec.cache else "--no-cache",
        "--pull" if spec.pull else "",
        option("--network", spec.network),
        options("--cache-from", spec.cache_from),
        options("--label", [Value.of(f"{name}=") + value for name, value in spec.labels]),
    )
    context = path(spec.path, cwd) if spec.path is not None else "."
    build = words(spec.runtime, "build -t", spec.name, flags, context)
    return f"{build}\n{words(spec.runtime, 'push', spec.name)}" if spec.push else build


def image_tag(spec: ImageTag, _cwd: Value) -> str:
    """`docker tag`."""
    return words("docker tag", spec.name, spec.target)


def image_push(spec: ImagePush, _cwd: Value) -> str:
    """`docker push`."""
    return words("docker push", spec.name)


def registry_login(spec: RegistryLogin, _cwd: Value) -> str:
    """`docker login`, with the password from standard input, where no list of processes shows it."""
    login = words("docker login", spec.registry, option("-u", spec.username), "--password-stdin")
    return f"printf '%s' {word(spec.password)} | {login}"


def container(spec: Container, _cwd: Value) -> str:
    """`docker run` of a container that ends by itself, as builds use it."""
    if spec.state == "absent":
        return words(spec.runtime, "rm -f", spec.name)
    understood(spec, *_RUN)
    if spec.state != "started" or spec.image is None:
        raise InexpressibleError("a pipeline has no containers that stay")
    flags = words(
        "--rm" if spec.remove else "",
        options("-v", spec.volumes),
        " ".join(f"-e {word(Value.of(f'{name}=') + value)}" for name, value in spec.environment),
        options("--env-file", spec.env_files),
        option("-w", spec.workdir),
        option("-u", spec.user),
        options("--network", spec.networks),
        option("--entrypoint", spec.entrypoint),
        "" if spec.remove else f"--name {word(spec.name)} -d",
        options("-p", spec.ports),
        " ".join(f"--{name}={word(value)}" for name, value in spec.flags),
    )
    return words(spec.runtime, "run", flags, spec.image, *spec.command)


def container_prune(spec: ContainerPrune, _cwd: Value) -> str:
    """`docker system prune` and the like."""
    what = {"images": "image", "containers": "container", "volumes": "volume", "networks": "network"}
    flags = words(
        "-a" if spec.all else "",
        "--volumes" if spec.volumes else "",
        options("--filter", [Value.of(f"{name}=") + value for name, value in spec.filters]),
    )
    return words("docker", what.get(spec.what, spec.what), "prune -f", flags)


def compose_project(spec: ComposeProject, cwd: Value) -> str:
    """`docker compose` with the verb of its state."""
    understood(spec, "files", "project_name", "env_files", "services", "state", "build", "standalone", "dependencies")
    verbs = {"built": "build", "pulled": "pull", "absent": "down", "stopped": "stop", "restarted": "restart"}
    verb = verbs.get(spec.state, words("up -d", "--build" if spec.build == "always" else ""))
    no_deps = "" if spec.dependencies else "--no-deps"
    return _composed(spec, cwd, words(verb, no_deps, *spec.services))


def compose_command(spec: ComposeCommand, cwd: Value) -> str:
    """`docker compose exec` or `docker compose run`."""
    if spec.stdin is not None:
        raise InexpressibleError("the pipeline's step can't say what a command reads")
    flags = words(
        "" if spec.tty else "-T",
        "-d" if spec.detach else "",
        "--rm" if spec.remove else "",
        "" if spec.dependencies else "--no-deps",
        option("--index", spec.index),
        option("--entrypoint", spec.entrypoint),
        options("-v", spec.volumes),
        _surroundings(spec),
    )
    return _composed(spec, cwd, words("run" if spec.fresh else "exec", flags, spec.service, *spec.argv))


def container_command(spec: ContainerCommand, _cwd: Value) -> str:
    """`docker exec`."""
    if spec.stdin is not None:
        raise InexpressibleError("the pipeline's step can't say what a command reads")
    flags = words("-d" if spec.detach else "", _surroundings(spec))
    return words(spec.runtime, "exec", flags, spec.container, *spec.argv)


def image_archive(spec: ImageArchive, cwd: Value) -> str:
    """`docker load` or `docker save`."""
    if spec.state == "loaded":
        return words("docker load -i", path(spec.path, cwd))
    return words("docker save -o", path(spec.path, cwd), *spec.names)


def _surroundings(spec: ComposeCommand | ContainerCommand) -> str:
    variables = " ".join(f"-e {word(Value.of(f'{name}=') + value)}" for name, value in spec.environment)
    return words(option("-u", spec.user), option("-w", spec.workdir), variables)


def _composed(spec: ComposeProject | ComposeCommand, cwd: Value, command: str) -> str:
    """The command of compose for this project, where its files are."""
    files = " ".join(f"-f {path(value, cwd)}" for value in spec.files)
    flags = words(files, option("-p", spec.project_name), options("--env-file", spec.env_files))
    profiles = options("--profile", spec.profiles)
    line = words("docker-compose" if spec.standalone else "docker compose", flags, profiles, command)
    return line if relative(spec.project_src, cwd).text == "." else f"(cd {path(spec.project_src, cwd)} && {line})"
