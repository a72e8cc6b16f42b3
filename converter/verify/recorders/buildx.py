"""Stands for the buildx plugin of docker's client: BuildKit has a protocol of its own, so the classic builder builds.

A program of its own on the hosts. What says how something is built, and not what, is left out.
https://docs.docker.com/reference/cli/docker/buildx/build/
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence

_METADATA = {"SchemaVersion": "0.1.0", "Vendor": "gitopsify recorder", "Version": "v0.13.1"}
_DOCKER = "/usr/bin/docker"
_WITH_VALUE = frozenset(
    "--progress --provenance --sbom --secret --ssh --cache-to --builder --output -o --attest --metadata-file".split()
)
_ALONE = frozenset(("--load", "--push"))
_BUILD_VALUES = frozenset(
    "-t --tag -f --file --build-arg --target --platform --network --cache-from --label --add-host --shm-size"
    " --iidfile --ulimit --memory -m --isolation --security-opt --cpu-shares -c".split()
)
_NOTHING = frozenset(("create", "use", "ls", "inspect", "rm", "stop", "du", "prune"))


def main() -> None:
    """What docker's client asks of a plugin, or the command itself."""
    words = sys.argv[1:]
    if words[:1] == ["docker-cli-plugin-metadata"]:
        print(json.dumps({**_METADATA, "ShortDescription": "Docker Buildx"}))
        return
    # What docker's client was told before: another host, another configuration.
    start = words.index("buildx") if "buildx" in words else -1
    client, words = [_DOCKER, *words[: max(start, 0)]], words[start + 1 :]
    if words[:1] == ["version"]:
        print("github.com/docker/buildx v0.13.1 recorder")
    elif words[:1] == ["build"]:
        sys.exit(build(client, words[1:]))
    elif not words or words[0] not in _NOTHING:
        print(f"the recorder that stands for buildx does not know {' '.join(words)}", file=sys.stderr)
        sys.exit(125)


def build(client: Sequence[str], words: Sequence[str]) -> int:
    """Builds, and pushes where that is said."""
    plain = list(classic(words))
    done = _run([*client, "build", *plain])
    outputs = [value for name, value in _options(words) if name in ("--output", "-o")]
    if done or ("--push" not in words and not any("push=true" in each or "type=registry" in each for each in outputs)):
        return done
    tags = [value for name, value in _options(plain) if name in ("-t", "--tag")]
    return max(_run([*client, "push", tag]) for tag in tags) if tags else 0


def classic(words: Sequence[str]) -> Iterator[str]:
    """The words that the classic builder knows, `--` apart."""
    for name, value in _options(words):
        if name in _WITH_VALUE or name in _ALONE:
            continue
        if name in ("--cache-from", "--platform") and ("type=" in value or "," in value):
            continue
        yield from (name, value) if name in _BUILD_VALUES else (name,)


def _options(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each option with its value, which may stand behind it in the same word; operands alone."""
    left = list(words)
    while left:
        word = left.pop(0)
        name, sign, value = word.partition("=")
        if word == "--":
            continue
        if name in _WITH_VALUE or name in _BUILD_VALUES:
            yield name, value if sign else left.pop(0)
        elif word[:2] in ("-t", "-f") and len(word) > 2 and not word.startswith("--"):
            yield word[:2], word[2:]
        else:
            yield word, ""


def _run(argv: list[str]) -> int:
    environment = {**os.environ, "DOCKER_BUILDKIT": "0"}
    return os.waitstatus_to_exitcode(os.waitpid(os.posix_spawn(argv[0], argv, environment), 0)[1])


if __name__ == "__main__":
    main()
