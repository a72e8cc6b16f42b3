"""Compose files: the services of a project, each as the container that `docker run` would start."""

from converter.render.kubernetes.compose.asked import compose_spec
from converter.render.kubernetes.compose.project import Project, Projects
from converter.render.kubernetes.compose.service import Service

__all__ = ["Project", "Projects", "Service", "compose_spec"]
