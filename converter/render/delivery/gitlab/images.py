"""Images and packages for the jobs of GitLab's pipeline."""

from __future__ import annotations

from collections.abc import Iterable

from converter.render.delivery.programs import Needs, words

PYTHON = "python:3.12-slim"
CURL = "buildpack-deps:trixie-curl"
DAEMON = "docker:28-dind"
_DEBIAN = "debian:trixie"

# The version is a variable of the pipeline, with this default.
VERSIONS = {"node": ("NODE_VERSION", "22"), "php": ("PHP_VERSION", "8.3"), "java": ("JAVA_VERSION", "21")}
_IMAGES = {
    "node": "node:${NODE_VERSION}",
    "python": "python:3.12",
    "java": "maven:3-eclipse-temurin-${JAVA_VERSION}",
    "go": "golang:1",
    "ruby": "ruby:3.4",
}
_PACKAGES = {
    "node": "nodejs npm",
    "php": "php-cli php-mbstring php-xml php-zip composer",
    "python": "python3 python3-pip python3-venv",
    "java": "default-jdk-headless maven gradle",
    "go": "golang",
    "ruby": "ruby-full bundler build-essential",
    "docker": "docker-cli docker-buildx docker-compose",
    "aws": "awscli",
}
# What the images lack of what the runners of other services have.
_TOOLS = {
    "make": "make",
    "cmake": "cmake",
    **dict.fromkeys(("gcc", "g++", "cc"), "build-essential"),
    "cargo": "cargo",
    "rustc": "rustc",
    "jq": "jq",
    "wget": "wget",
    "envsubst": "gettext-base",
    "gpg": "gnupg",
    "xz": "xz-utils",
    "bzip2": "bzip2",
    "zstd": "zstd",
    "file": "file",
    "openssl": "openssl",
    "convert": "imagemagick",
}
_ALWAYS = ("ca-certificates", "curl", "git", "rsync", "unzip", "zip")


def image(needs: Needs) -> str:
    """The image of the one toolchain that a build needs, or a plain one to install several in."""
    chains = needs.toolchains
    return _IMAGES.get(chains[0], _DEBIAN) if len(chains) == 1 else _DEBIAN


def packages(needs: Needs, scripts: Iterable[str]) -> str:
    """Installs what the image lacks."""
    wanted = list(_ALWAYS)
    if image(needs) == _DEBIAN:
        wanted += [name for chain in needs.toolchains for name in _PACKAGES.get(chain, "").split()]
    scripts = tuple(scripts)
    wanted += [package for name, package in _TOOLS.items() if name in words(scripts) and package not in wanted]
    if any("sudo " in script for script in scripts):
        wanted.append("sudo")
    return install(wanted)


def install(names: Iterable[str]) -> str:
    """Debian's packages, without what they only recommend."""
    return f"apt-get update -qq\napt-get install -qq -y --no-install-recommends {' '.join(names)} > /dev/null"
