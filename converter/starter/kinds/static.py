"""A site of files alone, which nginx shows."""

from __future__ import annotations

from converter.model.starter import Starter
from converter.starter.parts import account, check, checkout, literal, packages, site
from converter.starter.recipe import Recipe
from converter.starter.steps import Steps

_BODY = """
    root {root};
    index index.html;

    location / {{
        try_files $$uri $$uri/ =404;
    }}

    # What belongs to the working copy alone is nobody's business.
    location ~ /\\. {{
        deny all;
    }}"""


def folder(wanted: Starter) -> str:
    """The folder of the checkout that the web server shows."""
    inside = "" if wanted.public in ("", ".") else f"/{literal(wanted.public)}"
    return f"${{APP_DIR}}/app{inside}"


def _resources(wanted: Starter, steps: Steps) -> None:
    packages(steps, wanted)
    account(steps, wanted)
    checkout(steps, wanted)
    site(steps, wanted, _BODY.format(root=folder(wanted)))
    check(steps, wanted)


STATIC = Recipe(
    about="a site of files, as they are in the repository",
    source="repository",
    asks=("public",),
    defaults={"version": "main", "public": ".", "nginx": "yes"},
    resources=_resources,
)
