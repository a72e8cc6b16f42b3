"""Names in Ansible's form: variables, roles, registered results."""

from __future__ import annotations

import re
from collections.abc import Iterable

RESERVED = frozenset(
    """action async become block changed_when check_mode connection debugger delegate_to diff environment failed_when gather_facts
    handlers hosts ignore_errors import_playbook include item local_action loop module_defaults name no_log notify order poll
    port post_tasks pre_tasks register remote_user retries role_path roles run_once serial strategy tags tasks throttle timeout
    until user vars vars_files vars_prompt when with_items any_errors_fatal args become_user become_method collections delay
    fact_path force_handlers group_names groups hostvars inventory_hostname playbook_dir omit version yes no true false null
    none and or not in is if else for import from as with lambda class def return global nonlocal try except finally raise
    assert break continue del elif pass while yield""".split()
)


def snake(text: str) -> str:
    """Lower case letters, digits and `_`, beginning with a letter."""
    plain = re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_").lower()
    plain = re.sub(r"__+", "_", plain)
    return plain if plain[:1].isalpha() else f"v_{plain}" if plain else "value"


def variables(names: Iterable[str], secrets: Iterable[str], prefix: str) -> dict[str, str]:
    """The Ansible name of each variable of the plan: the author's in lower case, `vault_` before a secret's."""
    hidden = set(secrets)
    taken: set[str] = set()
    found: dict[str, str] = {}
    for name in names:
        plain = snake(name)
        plain = f"vault_{plain}" if name in hidden else f"{prefix}_{plain}" if plain in RESERVED else plain
        number, free = 2, plain
        while free in taken:
            free, number = f"{plain}_{number}", number + 1
        taken.add(free)
        found[name] = free
    return found


def slug(text: str) -> str:
    """A name for a role or file."""
    return snake(text)[:40].strip("_") or "app"


class Unique:
    """Gives each thing a name that no other has."""

    def __init__(self) -> None:
        self._taken: dict[str, int] = {}

    def name(self, wanted: str) -> str:
        """The wanted name, with a number behind it where it is taken."""
        count = self._taken.get(wanted, 0) + 1
        self._taken[wanted] = count
        return wanted if count == 1 else self.name(f"{wanted} ({count})" if " " in wanted else f"{wanted}_{count}")
