"""The machines of a world: those of an inventory, and one that stands for all the rest."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

OUTSIDE = "outside"
WORKSTATION = "workstation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A host of the inventory: its name there, the address that it is reached by, the login, the port."""

    name: str
    address: str
    user: str = "root"
    port: int = 22

    @property
    def short(self) -> str:
        """What it calls itself."""
        first = self.address if _is_address(self.address) else self.address.partition(".")[0]
        return re.sub(r"[^A-Za-z0-9]+", "-", first).strip("-") or "host"


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Addresses of machines and of the names that all lead to the one outside."""

    addresses: Mapping[str, str]
    names: tuple[str, ...]

    def hosts_file(self, own: Machine | None) -> str:
        """/etc/hosts of a machine (hosts(5))."""
        lines = ["127.0.0.1 localhost", "::1 localhost ip6-localhost"]
        if own:
            lines.append(f"127.0.1.1 {own.short}")
        lines += [f"{ip} {name}" for name, ip in self.addresses.items() if name != ip and not _is_address(name)]
        lines += [f"{self.addresses[OUTSIDE]} {name}" for name in self.names]
        return "\n".join(lines) + "\n"


def network(machines: Iterable[Machine], names: Iterable[str]) -> Network:
    """An address for each: the script's own where it is one, else one of a private range."""
    addresses = {}
    for number, machine in enumerate(machines, 10):
        addresses[machine.address] = machine.address if _is_address(machine.address) else f"10.77.0.{number}"
    addresses[OUTSIDE] = "10.77.1.1"
    return Network(addresses=addresses, names=tuple(name for name in names if name not in addresses))


def _is_address(text: str) -> bool:
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return True
