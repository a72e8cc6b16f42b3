"""What secrets look like in the text of a script: telling names, password flags, addresses with a password, token
shapes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

_WHOLE = (
    r"password|passwd|passphrase|secret|token|api_?key|access_?key|private_?key|secret_?key|sshpass|webhook(?:_?url)?"
)
_BOUNDED = (
    r"pass|pwd|pw|psw|pswd|passwort|passcode|credentials?|(?:app|auth|encryption|signing|master|account|license)_?key"
)
_STAGE = r"(?:_?\d+)?(?:_(?:prod|production|staging|stage|dev|test|live|default|value))?"
_TELLING = re.compile(rf"(?:{_WHOLE}|(?:^|[_.\-])(?:{_BOUNDED})){_STAGE}$", re.IGNORECASE)
_NOT_TELLING = re.compile(r"^(?:pwd|oldpwd)$|bypass|tokeni[sz]e", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

_QUOTED = r"'(?P<{0}s>[^'\n]+)'|\"(?P<{0}d>(?:[^\"\\\n]|\\.)+)\""
_BARE = r"(?P<{0}b>(?:[^\s'\"`;|&()<>$\\]|\\.)+)"


def _word(label: str) -> str:
    return f"(?:{_QUOTED.format(label)}|{_BARE.format(label)})"


_GAP = r"(?:['\"][ \t]*,[ \t]*|[ \t=]*)"
_SAME = r"[^\n|;&]*?"
_ASSIGNED = re.compile(
    rf"(?P<name>[A-Za-z_][\w.\-]*)[\"'\]]{{0,2}}(?P<sign>[ \t]*:[ \t]+|[ \t]*(?:=>|:=|=)[ \t]*|:(?=[\"'])){_word('v')}"
)
_FLAGS = (
    (
        "mysql_password",
        rf"\b(?:mysql|mysqldump|mysqladmin|mysqlimport|mariadb|mariadb-dump|mariadb-admin)\b{_SAME}[\s'\",]-p{_word('v')}",
    ),
    ("ssh_password", rf"\bsshpass\b{_SAME}[\s'\",]-p{_GAP}{_word('v')}"),
    (
        "registry_password",
        (
            r"\b(?:docker|podman|buildah|helm registry|oc|az|skopeo|nerdctl)\s+(?:\w+\s+)?login\b"
            rf"{_SAME}[\s'\",](?:-p|-P){_GAP}{_word('v')}"
        ),
    ),
    ("redis_password", rf"\bredis-cli\b{_SAME}[\s'\",](?:-a|--pass){_GAP}{_word('v')}"),
    ("mongo_password", rf"\bmongo(?:sh|dump|restore|export|import)?\b{_SAME}[\s'\",]-p{_GAP}{_word('v')}"),
    ("archive_password", rf"\b(?:zip|unzip|7z[a]?)\b{_SAME}\s(?:-P\s*|-p){_word('v')}"),
    ("key_password", rf"-pass(?:in|out)?\s+['\"]?pass:{_word('v')}"),
    ("store_password", rf"-(?:store|key|src|dest)(?:store)?pass[\s=]+{_word('v')}"),
    ("htpasswd_password", rf"\bhtpasswd\b{_SAME}\s-\w*b\w*\s+\S+\s+\S+\s+{_word('v')}"),
    (
        "database_password",
        r"\bIDENTIFIED\s+(?:WITH\s+\S+\s+)?BY\s+(?:PASSWORD\s+)?\\?['\"](?P<vs>[^'\"\\\n]+)\\?['\"]",
    ),
    ("database_password", r"\b(?:ENCRYPTED\s+)?PASSWORD\s+\\?'(?P<vs>[^'\"\\\n]+)\\?'"),
    (
        "{}",
        rf"(?<![\w-])--?(?P<name>[\w-]*(?:password|passwd|passphrase|secret|token|api-?key|apikey|private-key|webhook)(?:-key)?){_GAP}{_word('v')}",
    ),
)
# Options by which a command reads a secret from its standard input.
STDIN_FLAG = r"--(?:pass(?:word|phrase)?-(?:stdin|fd[= ]0)|with-token)\b"
_PAIRS = (
    (
        "{}",
        (
            r"\bs(?P<cut>[/|#,@~!%])(?:(?!(?P=cut))[^\n])*?"
            rf"(?P<name>(?:[A-Za-z]\w*_)?(?:{_WHOLE}|{_BOUNDED}))[^\w\n]*?_*[^\w\n]*?"
            r"(?P=cut)(?:[\w.-]+[ \t]*[=:][ \t]*)?(?P<vb>(?:(?!(?P=cut))[^\s'\"$`\\])+)(?P=cut)"
        ),
    ),
    ("http_password", rf"\bcurl\b{_SAME}[\s'\",](?:-u|--user|--proxy-user)[\s=]*['\"]?[^\s:'\"$]+:(?P<vb>[^\s'\"$`]+)"),
    ("{}_password", r"\b[a-zA-Z][\w+.-]*://(?P<user>[^\s/:@'\"<>]*):(?P<vb>[^\s/@'\"$`<>{}]+)@[\w\[$%{<]"),
    (
        "authorization",
        r"\bAuthorization['\"]?\s*[:=]\s*['\"]?(?:Bearer|Basic|token|Token|ApiKey|Digest)\s+(?P<vb>[\w+/=.~:-]{6,})",
    ),
    (
        "api_token",
        r"\b(?:X-[\w-]*(?:Key|Token)|PRIVATE-TOKEN|JOB-TOKEN|Api-Key)['\"]?\s*:\s*['\"]?(?P<vb>[^\s'\"$`]{6,})",
    ),
    (
        "user_password",
        r"\b(?:echo|printf)\s+(?:-\w+\s+)*['\"]?[\w.${}-]+:(?P<vb>[^\s'\"$`|]+?)(?:\\n)?['\"]?\s*\|\s*(?:sudo\s+(?:-\w+\s+)*)?chpasswd\b",
    ),
    ("user_password", r"\bchpasswd\b[^\n]*<<<\s*['\"]?[\w.${}-]+:(?P<vb>[^\s'\"$`|]+)"),
    ("user_password", r"\bchpasswd\b[^\n]*<<-?\s*['\"]?\w+['\"]?\s*\n\s*[\w.${}-]+:(?P<vb>[^\s'\"$`|]+)"),
    (
        "user_password",
        r"\b(?:echo|printf)\s+(?:-\w+\s+)*['\"]?(?P<vb>[^\s'\"$`|\\]+)(?:\\n[^\s'\"]*)?['\"]?\s*\|\s*(?:sudo\s+(?:-\w+\s+)*)?passwd\b",
    ),
    (
        "sudo_password",
        r"\b(?:echo|printf)\s+(?:-\w+\s+)*['\"]?(?P<vb>[^\s'\"$`|\\]+)(?:\\n)?['\"]?\s*\|\s*sudo\s+(?:-\w+\s+)*-\w*S",
    ),
    (
        "registry_password",
        (
            r"\b(?:echo|printf)\s+(?:-\w+\s+|['\"]%s(?:\\n)?['\"]\s+)*['\"]?(?P<vb>[^\s'\"$`|\\]+)(?:\\n)?['\"]?\s*\|"
            rf"[^\n|;&]*\s{STDIN_FLAG}"
        ),
    ),
    ("registry_password", rf"\s{STDIN_FLAG}[^\n]*<<<\s*['\"]?(?P<vb>[^\s'\"$`|\\]+)"),
    ("sudo_password", r"\bsudo\s+-\w*S\b[^\n]*<<<\s*['\"]?(?P<vb>[^\s'\"$`|\\]+)"),
)
_TOKENS = (
    ("aws_access_key_id", r"\b(?P<vb>(?:AKIA|ASIA)[A-Z0-9]{16})\b"),
    ("github_token", r"\b(?P<vb>gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{22,})\b"),
    ("gitlab_token", r"\b(?P<vb>gl(?:pat|ptt|dt|rt|cbt|agent)-[A-Za-z0-9_-]{16,})"),
    ("slack_token", r"\b(?P<vb>xox[abeoprs]-[A-Za-z0-9-]{10,})"),
    ("slack_webhook", r"(?P<vb>https://hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9/_+-]{10,})"),
    ("discord_webhook", r"(?P<vb>https://(?:\w+\.)?discord(?:app)?\.com/api/webhooks/\d+/[\w-]{20,})"),
    ("teams_webhook", r"(?P<vb>https://[\w.-]+\.webhook\.office\.com/webhookb2/[\w@/.-]{20,})"),
    ("telegram_token", r"\b(?:bot)?(?P<vb>\d{8,10}:AA[A-Za-z0-9_-]{32,34})\b"),
    ("stripe_key", r"\b(?P<vb>[sr]k_(?:live|test)_[A-Za-z0-9]{16,})\b"),
    ("sendgrid_key", r"\b(?P<vb>SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,})"),
    ("google_api_key", r"\b(?P<vb>AIza[A-Za-z0-9_-]{35})"),
    ("npm_token", r"\b(?P<vb>npm_[A-Za-z0-9]{30,})\b"),
    ("pypi_token", r"\b(?P<vb>pypi-[A-Za-z0-9_-]{40,})"),
    ("openai_key", r"\b(?P<vb>sk-(?:proj-|ant-)?[A-Za-z0-9_-]{20,})"),
    ("digitalocean_token", r"\b(?P<vb>do[opr]_v1_[a-f0-9]{64})\b"),
    ("docker_token", r"\b(?P<vb>dckr_pat_[A-Za-z0-9_-]{20,})"),
    ("vault_token", r"\b(?P<vb>hv[sbr]\.[A-Za-z0-9_-]{20,})"),
    ("json_web_token", r"\b(?P<vb>eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,})"),
    (
        "private_key",
        (
            r"(?P<vb>-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----[\s\S]*?"
            r"-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----)"
        ),
    ),
)
# The beginning of a command of sed whose new text holds an assignment: the delimiter ends the value.
_SUBSTITUTED = re.compile(r"\bs([/|#,@~!%])(?=[^\n]*$)")
_HINT = re.compile(
    r"pass|pwd|secret|token|key|credential|webhook|sshpass|login|redis|mongo|zip|7z|identified|://|-p|-u|authorization|sudo",
    re.IGNORECASE,
)
_PATTERNS = tuple(
    (name, re.compile(pattern, re.IGNORECASE if name == "database_password" or "(?P<cut>" in pattern else 0))
    for name, pattern in (*_FLAGS, *_PAIRS, *_TOKENS)
)

# A variable where a password flag takes its argument.
_VARIABLE = r"['\"]?\$\{?(?P<name>[A-Za-z_]\w*)\}?"
_FLAG_VARIABLES = tuple(
    re.compile(pattern.replace(_word("v"), _VARIABLE))
    for name, pattern in _FLAGS
    if _word("v") in pattern and name != "{}"
)


def flagged(text: str) -> set[str]:
    """The variables that the text gives to a password flag of a known command: `mysql -p$DB`, `sshpass -p "$X"`."""
    return {match["name"] for pattern in _FLAG_VARIABLES for match in pattern.finditer(text)}


_FILE = re.compile(r"(?:[\w.-]+/)+[\w.-]+\.[a-z]{1,5}")
_PLACEHOLDER = re.compile(
    r"<.*>?|\{\{.*|\[.*\]|%\w+%?|.*[xX]{4,}.*|[xX]{3,}|[*.•_-]+|your[-_ ].*|"
    r".*(?:placeholder|example|replace[-_ ]?(?:me|this|with)|"
    r"change[-_ ]?(?:me|this|it)|to[-_]?do\b|dummy|redacted|insert|[-_ ]here\b).*|"
    r"none|null|nil|true|false|yes|no|on|off|undefined|required|optional|prompt|basic|bearer|str|string|self|stdin|\d{1,3}|.",
    re.IGNORECASE | re.DOTALL,
)


class Found(msgspec.Struct, frozen=True):
    """A secret in a text: a name for it, the value as written, what the shell makes of it, and where it starts."""

    name: str
    raw: str
    value: str
    start: int
    telling: bool = False


def telling(name: str) -> bool:
    """Whether a variable of that name holds a secret."""
    plain = _CAMEL.sub("_", name)
    return bool(_TELLING.search(plain)) and not _NOT_TELLING.search(plain)


def placeholder(value: str) -> bool:
    """Whether a text only stands where a secret will be."""
    return not value.strip() or bool(_PLACEHOLDER.fullmatch(value.strip()))


def literal(value: str) -> bool:
    """Whether a text is a secret written out, and not a path, a variable or a placeholder."""
    if "PRIVATE KEY" in value:
        return True
    return not (placeholder(value) or _FILE.fullmatch(value) or value.startswith(("/", "~/", "./", "$", "-")))


def scan(text: str, language: str = "shell") -> Iterator[Found]:
    """Every secret in a text, those with the author's own name first."""
    if not _HINT.search(text) and not any(
        shape in text for shape in ("AKIA", "xox", "gh", "gl", "sk", "AIza", "eyJ", "SG.", "npm_")
    ):
        return
    yield from _assigned(text, language)
    for name, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            found = _found(match, name)
            if found is not None:
                yield found


def _assigned(text: str, language: str) -> Iterator[Found]:
    position = 0
    while match := _ASSIGNED.search(text, position):
        position = match.end("name") + 1
        if not telling(match["name"].rpartition(".")[2].lstrip("-")):
            continue
        bare = match["vb"]
        if bare is not None and (
            _is_code(bare, match["sign"]) or (language == "python" and "=" in match["sign"] and " " in match["sign"])
        ):
            continue
        found = _found(match, match["name"].rpartition(".")[2].lstrip("-").replace("-", "_"))
        cut = _SUBSTITUTED.search(text, text.rfind("\n", 0, match.start()) + 1, match.start())
        if cut is not None and found is not None and bare is not None:
            found = msgspec.structs.replace(found, raw=found.raw.split(cut[1])[0], value=found.value.split(cut[1])[0])
        if found is not None and literal(found.value):
            yield msgspec.structs.replace(found, telling=True)


def _is_code(bare: str, sign: str) -> bool:
    if re.search(r"[(){}\[\]<>*`$]", bare) or bare.startswith(("/", "~", "./", "../", "=")):
        return True
    weak = not (len(bare) >= 6 and re.search(r"\d|[^\w.,-]", bare) and re.search(r"[A-Za-z]", bare))
    if weak and (":" in sign or " " in sign):
        return True
    return bool(re.fullmatch(r"\w+(?:\.\w+)+", bare)) and not re.search(r"\d", bare)


def _found(match: re.Match[str], name: str) -> Found | None:
    groups = match.groupdict()
    label = next((key for key in ("vs", "vd", "vb") if groups.get(key)), None)
    if label is None:
        return None
    raw = groups[label]
    value = raw if label == "vs" else re.sub(r"\\([\"$`\\])" if label == "vd" else r"\\(.)", r"\1", raw)
    if label == "vd" and re.search(r"(?<!\\)[$`]", raw):
        return None
    if label == "vb":
        raw, value = raw.rstrip(","), value.rstrip(",")
    if not literal(value):
        return None
    return Found(_name(name, groups), raw, value, match.start(label))


def _name(name: str, groups: dict[str, str | None]) -> str:
    if name == "{}":
        return (groups.get("name") or "secret").lstrip("-").replace("-", "_")
    if "{}" in name:
        user = re.sub(r"\W+", "_", groups.get("user") or "").strip("_").lower()
        return name.format(user or "url")
    return name
