"""Who runs this server, as the legal notice must say it. What is empty is said to be missing, never invented."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Operator:
    """`name`: school, académie or firm that publishes; `host`: who keeps the machine, with its address."""

    name: str = ""
    address: str = ""
    director: str = ""
    contact: str = ""
    host: str = ""
    accessibility_contact: str = ""
