"""Finds secrets in texts: by names that tell, by flags of known commands, by shapes of tokens, and by a second net."""

from converter.plan.detection.names import literal, placeholder, telling
from converter.plan.detection.scan import Found, flagged, scan
from converter.plan.detection.second import second_net

__all__ = ["Found", "flagged", "literal", "placeholder", "scan", "second_net", "telling"]
