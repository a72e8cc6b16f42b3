"""The trace against real bash: of each fixture, bash runs the commands that the trace says, where and in the order it says."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from cases import CASES, Case
from oracle.believed import Believed, Expected
from oracle.world import Ran, Way, World, chroot

from converter.model.trace import CommandOutputText, Disposition, Trace
