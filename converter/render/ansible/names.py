"""Names in Ansible's form: variables, roles, registered results."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from converter.model.plan import PlanVariable
from converter.model.value import Variable

# Keywords of plays and tasks, Ansible's own variables, and words of Jinja and Python.
RESERVED = frozenset(
    """action any_errors_fatal args async become become_exe become_flags become_method become_user block
    changed_when check_mode collections connection debugger delay delegate_facts delegate_to diff environment
    fact_path failed_when force_handlers gather_facts gather_subset gather_timeout group_names groups handlers
    hosts hostvars ignore_errors ignore_unreachable import_playbook include inventory_dir inventory_file
    inventory_hostname inventory_hostname_short item listen local_action loop loop_control max_fail_percentage
    module_defaults name namespace no_log notify omit order play_hosts playbook_dir poll port post_tasks
    pre_tasks register remote_user retries role_name role_names role_path roles run_once serial strategy tags
    tasks throttle timeout until user vars vars_files vars_prompt vars_from when with_items yes no true false
    null none and or not in is if else elif for import from as with lambda class def return global nonlocal try
    except finally raise assert break continue del pass while yield loop self super caller varargs kwargs lookup
    query q now range dict lipsum cycler joiner undef environ""".split()
)


def snake(text: str) -> str:
    """Lower case letters, digits and `_`, beginning with a letter."""
    plain = re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_").lower()
    plain = re.sub(r"__+", "_", plain)
    if plain.isdigit():
        return f"argument_{plain}"
    return plain if plain[:1].isalpha() else f"v_{plain}" if plain else "value"


def variables(given: Iterable[PlanVariable], prefix: str) -> dict[str, str]:
    """The Ansible name of each variable of the plan: the author's in lower case.

    Names that differ in their case alone are one where one variable only holds the other."""
    unique = Unique()
    found: dict[str, str] = {}
    for variable in given:
        plain = _variable(variable.name, prefix)
        other = _held(variable)
        found[variable.name] = plain if found.get(other) == plain else unique.name(plain)
    return found


def is_alias(variable: PlanVariable, names: Mapping[str, str]) -> bool:
    """Whether the variable only holds another one of the same name."""
    return names.get(_held(variable)) == names[variable.name]


def _held(variable: PlanVariable) -> str:
    """The other variable that is all of its value."""
    parts = variable.value.parts if variable.value is not None else ()
    only = parts[0] if len(parts) == 1 else None
    return only.name if isinstance(only, Variable) and only.name != variable.name else ""


def _variable(name: str, prefix: str) -> str:
    plain = snake(name)
    return f"{prefix}_{plain}" if plain in RESERVED or plain.startswith("ansible_") else plain


def slug(text: str) -> str:
    """A name for a role, a file or a registered result."""
    return snake(text)[:40].strip("_") or "app"


class Unique:
    """Gives each thing a name that no other has."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = dict.fromkeys(taken, 1)

    def name(self, wanted: str) -> str:
        """The wanted name, with a number behind it where it is taken."""
        count, free = 1, wanted
        while free in self._taken:
            count += 1
            free = f"{wanted} ({count})" if " " in wanted else f"{wanted}_{count}"
        self._taken[free] = 1
        return free

    def first(self, wanted: Sequence[str]) -> str:
        """The first of the wanted names that is free."""
        return self.name(next((name for name in wanted if name not in self._taken), wanted[0]))
