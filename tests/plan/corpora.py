"""Lines with secrets and lines without: what finds secrets is measured on them."""

from __future__ import annotations

import random
import re
import string
from pathlib import Path

FOLDER = Path(__file__).parent / "corpus"
_WORD = string.ascii_letters + string.digits
# `{w12}` is twelve of these; a token that looks real in a file of ours would alarm the detectors of others.
_SIGNS = {
    "w": _WORD,
    "l": string.ascii_lowercase + string.digits,
    "U": string.ascii_uppercase + string.digits,
    "x": "0123456789abcdef",
    "d": string.digits,
    "b": _WORD + "+/",
    "p": _WORD + "!#%+@^*_-",
}
_HOLE = re.compile(r"\{([wlUxdbp])(\d+)\}")


def paragraphs(name: str) -> list[str]:
    """The samples of a corpus: pieces of scripts with an empty line between them."""
    return (FOLDER / name).read_text(encoding="utf-8").rstrip("\n").split("\n\n")


def planted(sample: str, seed: object) -> tuple[str, list[str]]:
    """The piece of script with random secrets in it, and these."""
    dice = random.Random(f"{sample}{seed}")
    filled = _HOLE.sub(lambda hole: _random(dice, _SIGNS[hole[1]], int(hole[2])), sample)
    secrets = re.findall(r"⟦(.*?)⟧", filled, re.DOTALL)
    return re.sub("[⟦⟧]", "", filled), [line for secret in secrets for line in secret.split("\n")]


def _random(dice: random.Random, signs: str, length: int) -> str:
    """Not all letters or all digits: nobody could tell that from a word or a number."""
    while True:
        text = "".join(dice.choice(signs) for _ in range(length))
        kinds = [any(sign in kind for sign in text) for kind in (string.ascii_letters, string.digits)]
        if all(kinds) or signs == string.digits:
            return text


SECRET = paragraphs("secrets.txt")
ORDINARY = paragraphs("ordinary.txt")
