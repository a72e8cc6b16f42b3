"""What detect-secrets says of words: the plugins that know a shape, and the entropy of what has none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.filters.heuristic import is_likely_id_string, is_potential_uuid, is_sequential_string
from detect_secrets.plugins.base import BasePlugin, RegexBasedDetector
from detect_secrets.plugins.high_entropy_strings import Base64HighEntropyString

from converter.plan.detection.names import literal
from converter.plan.detection.scan import Found

_RANDOM = 4.2


def judged(candidates: Iterable[tuple[str, str, int]]) -> Iterator[Found]:
    """Those candidates (a line, a word of it, its place) that the library takes for secrets."""
    known: Iterable[type[BasePlugin]] = get_mapping_from_secret_type_to_class().values()
    plugins = [plugin() for plugin in known if issubclass(plugin, RegexBasedDetector)]
    entropy = Base64HighEntropyString()
    for line, word, start in candidates:
        if not literal(word) or is_potential_uuid(word) or is_sequential_string(word):
            continue
        shapes = (found for plugin in plugins for found in plugin.analyze_string(line) if found)
        random = entropy.calculate_shannon_entropy(word) >= _RANDOM and not is_likely_id_string(word, line)
        if random or any(word in found or found in word for found in shapes):
            yield Found("secret", word, word, start)
