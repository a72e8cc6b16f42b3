"""Names that tell of a secret, and texts that only stand where one will be."""

from __future__ import annotations

import re
from itertools import pairwise

WHOLE = (
    r"password|passwd|passphrase|secret|token|api_?key|access_?key|private_?key|secret_?key(?:_base)?|sshpass|requirepass"
    r"|preshared_?key|routing_?key|webhook(?:_?url)?|(?:db|user|root|admin|smtp|mail|bind|login)_?pass"
)
BOUNDED = (
    r"pass|pwd|pw|psw|pswd|passwort|passcode|credentials?|_auth|salt"
    r"|(?:app|auth|encryption|signing|master|account|license|logged_in|nonce|integration)_?key"
)
_STAGE = r"(?:_?\d+)?(?:_(?:prod|production|staging|stage|dev|test|live|default|value))?"
_TELLING = re.compile(rf"(?:{WHOLE}|(?:^|[_.\-])(?:{BOUNDED})){_STAGE}$", re.IGNORECASE)
_NOT_TELLING = re.compile(r"(?-i:^PWD$)|^oldpwd$|bypass|tokeni[sz]e|existing|max_token", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

# From this share of changes on, a word is no name made of words.
RANDOM = 0.25
_FILE = re.compile(r"(?:[\w.-]+/)+[\w.-]+\.[a-z]{1,5}")
_PLACEHOLDER = re.compile(
    r"<.*>?|\{\{.*|\[.*\]|%\w+%?|@\w+@|__\w+__|.*[xX]{4,}.*|[xX]{3,}|[*.•_-]+|your[-_ ].*|"
    r".*(?:placeholder|example|replace[-_ ]?(?:me|this|with)|"
    r"change[-_ ]?(?:me|this|it)|to[-_]?do\b|dummy|redacted|insert|[-_ ]here\b).*|"
    r"none|null|nil|true|false|yes|no|on|off|undefined|required|optional|prompt|basic|bearer|str|string|self|stdin"
    r"|x-oauth-basic|\d{1,3}|.",
    re.IGNORECASE | re.DOTALL,
)


def telling(name: str) -> bool:
    """Whether a variable of that name holds a secret."""
    plain = _CAMEL.sub("_", name)
    return bool(_TELLING.search(plain)) and not _NOT_TELLING.search(plain)


def placeholder(value: str) -> bool:
    """Whether a text only stands where a secret will be: `<token>`, `xxxx`, the `PASSWORD` of a usage."""
    plain = value.strip()
    if not plain or _PLACEHOLDER.fullmatch(plain):
        return True
    return plain.isupper() and not re.search(r"\d", plain) and telling(plain)


def literal(value: str, quoted: bool = True) -> bool:
    """Whether a text is a secret written out, and not a path, a placeholder or, if not quoted, a variable or option."""
    if "PRIVATE KEY" in value:
        return True
    if value.startswith(("$(", "${")) or (not quoted and value.startswith(("$", "-"))):
        return False
    return not (placeholder(value) or _FILE.fullmatch(value) or path(value))


def path(value: str) -> bool:
    """Whether it is a path; what is written in base64 may begin like one."""
    if not value.startswith(("/", "~/", "./", "../")):
        return False
    return not (re.fullmatch(r"/[A-Za-z0-9+/]{30,}={0,2}", value) and changes(value) >= RANDOM)


def changes(word: str) -> float:
    """How often the kind of sign changes: seldom in names made of words, at every second sign in what is random."""
    kinds = ["d" if sign.isdigit() else "u" if sign.isupper() else "l" for sign in word if sign.isalnum()]
    return sum(one != other for one, other in pairwise(kinds)) / max(len(word) - 1, 1)
