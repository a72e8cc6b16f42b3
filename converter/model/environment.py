"""Environments by name: what people call them, and in which order a change passes through them."""

from __future__ import annotations

# From the first that gets a change to the last; each with the spellings that mean it.
NAMES: dict[str, tuple[str, ...]] = {
    "local": ("local",),
    "development": ("development", "dev", "devel", "develop"),
    "integration": ("integration", "int"),
    "test": ("test", "testing"),
    "sandbox": ("sandbox",),
    "qa": ("qa",),
    "demo": ("demo",),
    "preview": ("preview",),
    "uat": ("uat", "acceptance"),
    "staging": ("staging", "stage", "stg"),
    "preproduction": ("preproduction", "preprod", "pre-prod", "pre-production"),
    "canary": ("canary",),
    "production": ("production", "prod", "prd", "live"),
}
_BY_SPELLING = {spelling: name for name, spellings in NAMES.items() for spelling in spellings}
_ORDER = list(NAMES)


def canonical(text: str) -> str | None:
    """The environment that a word means (`prod` is production); None for a word that means none."""
    return _BY_SPELLING.get(text.lower())


def rank(text: str) -> int:
    """Where it stands in a promotion; what has no known place comes before staging, in the order of the script."""
    name = canonical(text)
    return _ORDER.index(name) if name is not None else _ORDER.index("staging")
