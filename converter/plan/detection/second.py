"""The second net: a maintained library looks at the words that look random and that nothing of ours has explained."""

from __future__ import annotations

import re
from collections.abc import Iterator

from converter.plan.detection.names import RANDOM, changes
from converter.plan.detection.scan import Found

# A random word: long, of letters and digits, and no piece of a path, an address or a version.
_CANDIDATE = re.compile(r"(?<![\w/.@:+%-])(?=[A-Za-z+/_-]*\d)[A-Za-z0-9+/_-]{20,512}={0,2}(?![\w/@%])(?!\.\w)")
# What has random words and is public: digests, keys that everybody may know, images in a page.
_PUBLIC = re.compile(
    r"sha\d+[-:]|\bssh-(?:rsa|ed25519|dss)\b|\becdsa-|AAAA[BCE]3Nz|-----BEGIN (?:PUBLIC|CERT)|;base64,|\biVBORw|\b/9j/"
    r"|\bR0lGOD|fingerprint|--recv-keys|checksum|integrity",
    re.IGNORECASE,
)
_BLOCK = re.compile(
    r"-----BEGIN (?:(?:RSA )?PUBLIC KEY|CERTIFICATE[^-]*|PGP PUBLIC[^-]*)-----[\s\S]*?-----END [^-]+-----"
)
_HEX = re.compile(r"[0-9a-fA-F-]+")


def second_net(text: str) -> Iterator[Found]:
    """What detect-secrets finds in a text from which our own findings are gone. Importing it takes a third of a
    conversion, so it is asked only where a word is left that could be a secret."""
    if candidates := list(_candidates(text)):
        from converter.plan.detection.library import judged

        yield from judged(candidates)


def _candidates(text: str) -> Iterator[tuple[str, str, int]]:
    """The line, the word in it, and where it starts."""
    public = [block.span() for block in _BLOCK.finditer(text)]
    for match in _CANDIDATE.finditer(text):
        word = match.group()
        if _HEX.fullmatch(word) or changes(word) < RANDOM or any(a <= match.start() < b for a, b in public):
            continue
        start = text.rfind("\n", 0, match.start()) + 1
        line = text[start : text.find("\n", match.end()) if "\n" in text[match.end() :] else len(text)]
        if not _PUBLIC.search(line):
            yield line, word, match.start()
