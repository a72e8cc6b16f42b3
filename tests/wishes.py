"""Starters of every kind, as their answers come out when only what has no usual answer is given."""

from __future__ import annotations

from converter.model.starter import Starter
from converter.pipeline import offers
from converter.starter.answers import settle

SOURCES = {
    "node": {"repository": "https://git.example.com/acme/shop.git"},
    "python": {"repository": "https://git.example.com/acme/shop.git"},
    "php": {"repository": "https://git.example.com/acme/shop.git"},
    "java": {"artifact": "https://repo.example.com/shop/{version}/shop-{version}.jar", "version": "1.2.0"},
    "static": {"repository": "git@git.example.com:acme/shop.git"},
    "container": {"image": "ghcr.io/acme/shop", "version": "1.2.0"},
}


def given(application: str, **more: str) -> dict[str, str]:
    """The answers of somebody who says as little as possible."""
    hosts = {"hosts.production": "deploy@app1.example.com"}
    return {"application": application, **hosts, **SOURCES[application], **more}


def starter(application: str, **more: str) -> Starter:
    """The same, settled."""
    return settle(given(application, **more), offers()).starter
