"""Verify: does a generated repository hold what it promises?

In: its folder. Out: a `Report`. It never changes the folder.
"""

from __future__ import annotations

from converter.verify.lint import lint

__all__ = ["lint"]
