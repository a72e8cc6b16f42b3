"""Compose files for containers that belong together: proposals beside the role, which nothing here applies."""

from converter.render.ansible.compose.proposal import FOLDER, proposals

__all__ = ["FOLDER", "proposals"]
