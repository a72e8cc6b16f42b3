"""What is wrong with an answer: everything that could not stand in a manifest as it is meant."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_NAME = r"[a-z][a-z0-9-]{0,30}"
_PATH = r"[A-Za-z0-9._/-]+"
# Accounts and groups that Debian's base has, which are never made for one application.
_TAKEN = frozenset(
    """root daemon bin sys sync games man lp mail news uucp proxy www-data backup list irc gnats nobody sshd
    messagebus""".split()
)


def anything(answer: str) -> str:
    """One line of text."""
    return "" if answer.isprintable() else "it has a character that can't be printed"


def name(answer: str) -> str:
    """Of an application, and with it of a unit, an account and a folder."""
    return _unless(rf"{_NAME}", answer, "small letters, digits and -, beginning with a letter, at most 31 of them")


def name_in(source: str) -> str:
    """The name that an address ends with: `shop` of `git@example.com:acme/Shop.git` or `https://x.org/shop-{version}.jar`."""
    last = re.split(r"[/:]", source.rstrip("/"))[-1]
    last = re.sub(r"[-_.]?\{version\}.*$|\.(git|jar)$", "", last)
    plain = re.sub(r"[^a-z0-9]+", "-", last.lower()).strip("-")
    return plain if not name(plain) else ""


def environment(answer: str) -> str:
    """A folder of inventories, an environment of the pipelines."""
    return _unless(_NAME, answer, "small letters, digits and -, such as production")


def repository(answer: str) -> str:
    """A remote of git that hosts can reach."""
    if _with_password(answer):
        return "it holds a password or a token, and every reader of the repository would see that"
    remote = rf"(?:https?|ssh|git)://[^\s/]+/\S+|[\w.-]+@[\w.-]+:{_PATH}|/{_PATH}"
    return _unless(
        remote, answer, "an address such as https://git.example.com/acme/shop.git or git@example.com:shop.git"
    )


def artifact(answer: str) -> str:
    """A download whose address says which version it is."""
    if _with_password(answer):
        return "it holds a password or a token, and every reader of the repository would see that"
    return _unless(
        r"https?://[^\s/]+/\S*\{version\}\S*",
        answer,
        "an address with {version} in it, https://example.com/shop-{version}.jar",
    )


def _with_password(answer: str) -> bool:
    parts = urlsplit(answer)
    return bool(parts.password) or ("://" in answer and parts.scheme in ("http", "https") and "@" in parts.netloc)


def image(answer: str) -> str:
    """The name of an image, whose tag is told apart."""
    if re.search(r"@|:[^/]*$", answer):
        return f"{answer!r} has a tag or a digest: leave it out, the version is asked for by itself"
    return _unless(
        r"(?:[a-z0-9.-]+(?::\d+)?/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*", answer, "a name such as ghcr.io/acme/shop"
    )


def version(answer: str) -> str:
    """A branch, a tag or a number."""
    return _unless(r"[A-Za-z0-9_][A-Za-z0-9._/+-]*", answer, "letters, digits and . _ / + -")


def command(answer: str) -> str:
    """A command line that systemd runs without a shell."""
    if anything(answer) or not answer.strip():
        return "it has to be one line"
    shell = re.search(r"[|;<>`]|&&|\$\(", answer)
    return f"no shell runs it, so {shell[0]!r} does not work: put it into a program of the application" if shell else ""


def port(answer: str) -> str:
    """A number of 16 bits."""
    return (
        "" if re.fullmatch(r"[0-9]{1,5}", answer) and 0 < int(answer) < 65536 else f"{answer!r} is no port: 1 to 65535"
    )


def php(answer: str) -> str:
    """Two numbers, as in the names of Debian's packages."""
    return _unless(r"[0-9]\.[0-9]{1,2}", answer, "two numbers, such as 8.2")


def folder(answer: str) -> str:
    """A folder in a working copy."""
    return (
        ""
        if re.fullmatch(_PATH, answer) and not answer.startswith("/") and ".." not in answer.split("/")
        else (f"{answer!r} is no folder in the repository")
    )


def health(answer: str) -> str:
    """The path of a URL."""
    return _unless(r"/[A-Za-z0-9._~/?&=%-]*", answer, "a path such as /healthz")


def secret(answer: str) -> str:
    """A variable of the environment."""
    return _unless(
        r"[A-Za-z_][A-Za-z0-9_]*", answer, "letters, digits and _: the name alone, the value is set in the store"
    )


def domain(answer: str) -> str:
    """Names of a web server, or any."""
    return _unless(
        r"_|(?:\*\.)?[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?", answer, "a name such as shop.example.com, or _"
    )


def user(answer: str) -> str:
    """An account of its own."""
    if answer in _TAKEN:
        return f"{answer!r} is an account of the system, and the application has to have one of its own"
    return _unless(r"[a-z_][a-z0-9_-]{0,30}", answer, "small letters, digits, _ and -")


def directory(answer: str) -> str:
    """A folder that is the application's alone: it is given to its account."""
    if not re.fullmatch(r"(?:/[A-Za-z0-9._-]+){2,}", answer) or ".." in answer.split("/"):
        return f"{answer!r} is no folder below another one, such as /srv/shop"
    return ""


def _unless(pattern: str, answer: str, wanted: str) -> str:
    return "" if re.fullmatch(pattern, answer) else f"{answer!r} does not do: {wanted}"
