"""Commands that only look: they change nothing, so that their output or exit code can be a test or a computed value."""

from __future__ import annotations

import re

from converter.model.paths import program_of
from converter.model.script import Assign, Block, Exec
from converter.model.value import Value
from converter.trace.walk import commands

ALWAYS = frozenset(
    """
    [ [[ (( test true false : cat cut grep egrep fgrep zgrep head tail wc sort uniq tr jq yq ls stat file du
    df free uname hostname whoami id groups date basename dirname realpath readlink pwd which type hash nproc
    lsb_release ps pgrep pidof lsof ss netstat ip ifconfig getent printenv md5sum sha1sum sha256sum sha512sum
    cmp diff echo printf seq base64 bc expr tty uptime who tput dig host nslookup ping nc lsblk findmnt
    mountpoint rev column nl awk gawk xargs arch getconf locale envsubst dpkg-query rpm xxd od hexdump lsmod
    md5 shasum dmesg fold paste comm tac strings less more getopt read export
    """.split()
)
VERBS: dict[str, frozenset[str]] = {
    name: frozenset(verbs.split())
    for name, verbs in {
        "git": "rev-parse describe log status diff show branch symbolic-ref rev-list ls-remote ls-files merge-base "
        "cat-file diff-index name-rev show-ref",
        "systemctl": "is-active is-enabled is-failed status show list-units list-unit-files cat is-system-running",
        "docker": "ps inspect images info version logs port top stats history search",
        "podman": "ps inspect images info version logs",
        "dpkg": "-l -s -L --print-architecture --list --status -S --compare-versions",
        "apt-cache": "show policy search madison",
        "apt": "list show search",
        "npm": "ls list view --version -v root prefix outdated",
        "pm2": "list ls status show describe id jlist pid info prettylist",
        "node": "-v --version -p -e --print",
        "python": "-V --version -c",
        "python3": "-V --version -c",
        "pip": "show list freeze --version",
        "pip3": "show list freeze --version",
        "php": "-v --version -r",
        "java": "-version --version",
        "nginx": "-v -V",
        "supervisorctl": "status pid avail",
        "kubectl": "get describe version logs cluster-info config",
        "ufw": "status",
        "crontab": "-l",
        "sysctl": "-n",
        "timedatectl": "status show",
        "hostnamectl": "status",
        "openssl": "version x509 s_client",
        "swapon": "--show -s",
        "service": "--status-all",
        "command": "-v -V",
        "heroku": "config:get info apps status",
    }.items()
}
# `log` as a word of its own: what goes to `catalog.json` is no log.
_LOG = re.compile(
    r"(.*/)?([^/]*[^/a-z])?logs?(/.*|[^/a-z].*)?|.*\.(out|err)|/dev/(null|stderr|stdout|tty)", re.IGNORECASE
)
AWS_LOOKS = ("describe-", "list-", "get-", "ls", "head-")
GCLOUD_LOOKS = ("describe", "list", "get-value", "print-access-token", "print-identity-token")
EFFECT_OPTIONS = {
    "sed": ("-i", "--in-place"),
    "find": ("-delete", "-exec", "-execdir", "-ok"),
    "awk": ("inplace",),
    "gawk": ("inplace",),
    "sort": ("-o", "--output"),
    "date": ("-s", "--set"),
    "dmesg": ("-C", "-c", "--clear"),
    "yq": ("-i", "--inplace"),
    # These stop the script where a file is not what it should be.
    **dict.fromkeys(("md5sum", "sha1sum", "sha256sum", "sha512sum", "shasum", "b2sum"), ("-c", "--check")),
    "xargs": (),
}


def only_looks(words: tuple[str, ...]) -> bool:
    """Whether a command of this text is known to change nothing."""
    if not words:
        return True
    name, rest = program_of(words[0]), words[1:]
    if name == "xargs":
        inner = tuple(word for word in rest if not word.startswith("-"))
        return not inner or only_looks(inner)
    if name in EFFECT_OPTIONS:
        return not any(word.startswith(EFFECT_OPTIONS[name]) for word in rest)
    if name in (".", "source"):
        return rest[:1] != () and rest[0].startswith("/etc/")
    if name in ("hostname", "mount"):
        return not rest or (name == "hostname" and rest[0].startswith("-"))
    if name in ALWAYS:
        return True
    if name in ("curl", "wget"):
        return _web_looks(name, rest)
    if name == "aws":
        return any(word.startswith(AWS_LOOKS) for word in rest[1:3]) or rest[:2] == ("configure", "get")
    if name == "gcloud":
        return any(word.startswith(GCLOUD_LOOKS) for word in rest)
    if name in ("docker", "podman") and rest[:1] in (
        ("compose",),
        ("image",),
        ("container",),
        ("volume",),
        ("network",),
    ):
        return rest[1:2] in (
            ("ps",),
            ("inspect",),
            ("ls",),
            ("version",),
            ("logs",),
            ("config",),
            ("images",),
            ("list",),
        )
    if name == "docker-compose":
        return any(word in ("ps", "version", "--version", "config", "logs", "images") for word in rest)
    if prints_version(words):
        return True
    if name == "git":
        return _git_looks(rest)
    return rest[:1] != () and rest[0] in VERBS.get(name, ())


def _git_looks(rest: tuple[str, ...]) -> bool:
    words = list(rest)
    while words and words[0].startswith("-"):
        words = words[2:] if words[0] in ("-C", "-c") else words[1:]
    if words[:1] == ["branch"]:
        return all(word.startswith("-") and word not in ("-D", "-d", "-m", "-M") for word in words[1:])
    if words[:1] == ["config"]:
        return any(word in ("--get", "--list", "-l", "--get-all") for word in words) or len(words) == 2
    if words[:1] == ["remote"]:
        return words[1:2] in ([], ["-v"], ["get-url"], ["show"])
    if words[:1] in (["tag"], ["stash"]):
        return words[1:2] in (["-l"], ["list"], ["--list"]) or (words == ["tag"])
    return bool(words) and words[0] in VERBS["git"]


def _web_looks(name: str, rest: tuple[str, ...]) -> bool:
    if name == "wget":
        return any(word in ("--spider", "-qO-", "-O-", "-O") and _to_output(word, rest) for word in rest)
    changing = (
        "-o",
        "-O",
        "--output",
        "-d",
        "--data",
        "-T",
        "--upload-file",
        "-F",
        "--form",
        "--remote-name",
        "--json",
    )
    for position, word in enumerate(rest):
        if word in ("-X", "--request") and rest[position + 1 : position + 2] not in (("GET",), ("HEAD",)):
            return False
        if word == "-o" and rest[position + 1 : position + 2] in (("/dev/null",), ("-",)):
            continue
        if word.startswith(changing) or (word[:1] == "-" and word[1:2] != "-" and ("o" in word[1:] or "O" in word[1:])):
            if word.endswith("o") and rest[position + 1 : position + 2] in (("/dev/null",), ("-",)):
                continue
            return False
    return True


def _to_output(word: str, rest: tuple[str, ...]) -> bool:
    if word == "-O":
        follows = rest[rest.index("-O") + 1 : rest.index("-O") + 2]
        return follows in (("-",), ("/dev/null",))
    return True


def block_looks(block: Block) -> bool:
    """Whether everything in the block only looks, writes no file and sets no more than its own variables."""
    for found in commands(block):
        if isinstance(found, Assign):
            continue
        if not isinstance(found, Exec) or not _quiet(found):
            return False
        if not only_looks(tuple(word.source.strip("\"'") for word in found.words)) and found.words[0].source != "cd":
            return False
    return True


def _quiet(found: Exec) -> bool:
    for redirect in found.redirects:
        writes = redirect.operator in (">", ">>", "&>", "&>>", ">|")
        if writes and redirect.target.source.strip("\"'") not in ("/dev/null", "/dev/stderr", "/dev/tty"):
            return False
    return bool(found.words) or bool(found.assigns)


def prints_version(words: tuple[str, ...]) -> bool:
    """`node --version`, `docker compose version`."""
    return len(words) in (2, 3) and words[-1] in ("--version", "-v", "version", "-V", "--help", "-version")


def is_log(target: Value) -> bool:
    """Whether what is written there is only a record of the run."""
    return _LOG.fullmatch(target.text if target.text is not None else target.shell()) is not None


def only_tells(body: Block) -> bool:
    """Whether a block only prints, and at most ends the script."""
    return all(
        isinstance(found, Assign)
        or (isinstance(found, Exec) and (block_looks((found,)) or found.words[0].source in ("exit", "return")))
        for found in commands(body)
    )
