"""Images and containers of the build, as docker commands."""

from __future__ import annotations

from converter.model.value import Value
from converter.render.delivery.shell.text import InexpressibleError
from converter.render.delivery.shell.words import option, options, path, relative, understood, word, words
from converter.resources.compose_project import ComposeProject
from converter.resources.container import Container
from converter.resources.container_prune import ContainerPrune
from converter.resources.image import Image
from converter.resources.image_push import ImagePush
from converter.resources.image_tag import ImageTag
from converter.resources.registry_login import RegistryLogin

# What a container of a build may have; `restart` and `tty` mean nothing to one that ends.
_RUN = (
    *("state", "image", "remove", "volumes", "environment", "env_files", "workdir", "user", "networks", "entrypoint"),
    *("ports", "command", "runtime", "restart", "tty", "interactive"),
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
    files = " ".join(f"-f {path(value, cwd)}" for value in spec.files)
    flags = words(files, option("-p", spec.project_name), options("--env-file", spec.env_files))
    tool = "docker-compose" if spec.standalone else "docker compose"
    no_deps = "" if spec.dependencies else "--no-deps"
    command = words(tool, flags, verb, no_deps, *spec.services)
    return (
        command if relative(spec.project_src, cwd).text == "." else f"(cd {path(spec.project_src, cwd)} && {command})"
    )
