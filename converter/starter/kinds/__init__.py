"""The kinds of application by name: adding one is a line here and a module of its own."""

from __future__ import annotations

from converter.starter.kinds.container import CONTAINER
from converter.starter.kinds.java import JAVA
from converter.starter.kinds.node import NODE
from converter.starter.kinds.php import PHP
from converter.starter.kinds.python import PYTHON
from converter.starter.kinds.static import STATIC
from converter.starter.recipe import Recipe

RECIPES: dict[str, Recipe] = {
    "node": NODE,
    "python": PYTHON,
    "php": PHP,
    "java": JAVA,
    "static": STATIC,
    "container": CONTAINER,
}
