"""Base images by what an application is written in, and what they bring that a host got as packages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

RELEASE = "bookworm"


@dataclass(frozen=True, slots=True)
class Base:
    """Images of one language at a version: the one that builds, and the one that runs. `brings` are packages of the
    system that the images have in another way, `called` the programs that tell the language of a command."""

    language: str
    argument: str
    version: str
    build: str
    final: str
    brings: str
    called: str
    told: str


BASES = {
    each.language: each
    for each in (
        Base(
            "node",
            "NODE_VERSION",
            "22",
            f"node:${{NODE_VERSION}}-{RELEASE}",
            f"node:${{NODE_VERSION}}-{RELEASE}-slim",
            r"nodejs(=.*)?|npm|yarn|nodejs-legacy",
            r"node|npm|npx|yarn|pnpm|pm2|pm2-runtime|next|nuxt|serve|ts-node|vite|http-server",
            r"(?:setup_|node_?)(\d+)\.x|nvm (?:install|use) v?(\d+)|nodejs=(\d+)|n install (\d+)",
        ),
        Base(
            "python",
            "PYTHON_VERSION",
            "3.12",
            f"python:${{PYTHON_VERSION}}-{RELEASE}",
            f"python:${{PYTHON_VERSION}}-slim-{RELEASE}",
            r"python3?(\.\d+)?(-(venv|pip|dev|virtualenv|setuptools|wheel|distutils|full))?|virtualenv",
            r"python[\d.]*|pip[\d.]*|gunicorn|uvicorn|uwsgi|celery|flask|hypercorn|daphne|streamlit|waitress-serve"
            r"|poetry|pipenv|uv|django-admin|manage\.py|alembic|virtualenv",
            r"python(3\.\d+)",
        ),
        Base(
            "java",
            "JAVA_VERSION",
            "21",
            "eclipse-temurin:${JAVA_VERSION}-jdk",
            "eclipse-temurin:${JAVA_VERSION}-jre",
            r"(openjdk-\d+|default)-(jre|jdk)(-headless)?|java-\d+.*|maven|gradle|oracle-java\d+-installer",
            r"java|mvn|mvnw|gradle|gradlew|ant",
            r"(?:openjdk|java|temurin|zulu)-(\d+)|java(\d+)",
        ),
        Base(
            "php",
            "PHP_VERSION",
            "8.3",
            f"php:${{PHP_VERSION}}-cli-{RELEASE}",
            f"php:${{PHP_VERSION}}-cli-{RELEASE}",
            r"php[\d.]*(-(cli|fpm|common|opcache|readline|curl|mbstring|tokenizer|fileinfo|json|ctype|phar))?|composer"
            r"|libapache2-mod-php[\d.]*",
            r"php[\d.]*|composer|artisan|php-fpm[\d.]*",
            r"php(\d\.\d)",
        ),
        Base(
            "ruby",
            "RUBY_VERSION",
            "3.3",
            f"ruby:${{RUBY_VERSION}}-{RELEASE}",
            f"ruby:${{RUBY_VERSION}}-slim-{RELEASE}",
            r"ruby[\d.]*(-(dev|full))?|bundler|ruby-bundler",
            r"ruby|bundle|bundler|rails|rake|puma|sidekiq|unicorn|thin|rackup|gem",
            r"ruby-?(\d\.\d)|rbenv \w+ (\d\.\d)",
        ),
        Base(
            "go",
            "GO_VERSION",
            "1.24",
            f"golang:${{GO_VERSION}}-{RELEASE}",
            f"debian:{RELEASE}-slim",
            r"golang(-go)?(-\d.*)?",
            r"go",
            r"go(1\.\d+)",
        ),
    )
}
# Builds nothing, and runs what is brought to it.
PLAIN = f"debian:{RELEASE}-slim"
MAVEN = "maven:3.9-eclipse-temurin-${JAVA_VERSION}"
GRADLE = "gradle:8-jdk${JAVA_VERSION}"

# Of the machine: servers of their own, and what looks after it.
_OF_HOST = re.compile(
    r"nginx.*|apache2.*|httpd|ufw|fail2ban|certbot|python3-certbot.*|supervisor|docker.*|containerd.*|postgresql(-\d+)?"
    r"|postgresql-contrib|mysql-server.*|mariadb-server.*|redis(-server)?|rabbitmq-server|mongodb.*|memcached|cron"
    r"|logrotate|openssh-.*|sudo|software-properties-common|apt-transport-https|unattended-upgrades|htop|vim|nano|tmux"
    r"|screen|snapd|haproxy|varnish|iptables.*|rsyslog|acl|lsb-release|caddy|monit|ntp|chrony|net-tools|bash-completion"
    r"|phpmyadmin|git(-core)?|gnupg.*|debian-.*-keyring|systemd.*"
)
_ONLY_TO_BUILD = re.compile(
    r"gcc(-\d+)?|g\+\+(-\d+)?|make|cmake|build-essential|pkg-config|autoconf|automake|libtool|clang|rustc|cargo"
    r"|python3?[\d.]*-dev|nasm|bison|flex"
)


def language_of(word: str) -> str:
    """What a program is written in, or "" where its name does not tell."""
    name = word.rpartition("/")[2]
    return next((each.language for each in BASES.values() if re.fullmatch(each.called, name)), "")


def language(argv: Sequence[str]) -> str:
    """What a command line starts, also one that a shell reads."""
    words = (word for text in argv for word in text.split())
    return next((found for word in words if (found := language_of(word))), "")


def of_host(package: str) -> bool:
    """Whether it is about the machine, and no part of any application."""
    return _OF_HOST.fullmatch(package) is not None


def only_to_build(package: str) -> bool:
    """Whether nothing needs it once the application is built."""
    return _ONLY_TO_BUILD.fullmatch(package) is not None
