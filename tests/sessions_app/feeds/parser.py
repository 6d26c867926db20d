"""A minimal reader of iCalendar, written from RFC 5545 and knowing nothing of our writer."""

import re
from dataclasses import dataclass, field


@dataclass
class Component:
    name: str
    properties: list[tuple[str, dict[str, str], str]] = field(default_factory=list)
    children: list["Component"] = field(default_factory=list)

    def one(self, name: str) -> str:
        """The value of a property that must stand exactly once."""
        [value] = [value for found, _, value in self.properties if found == name]
        return value

    def text(self, name: str) -> str:
        """§3.3.11, undone."""
        value = self.one(name)
        assert not re.search(r"(?<!\\)(?:\\\\)*[;,]", value), value  # every one is escaped
        assert not re.search(r"(?<!\\)(?:\\\\)*\\[^\\;,nN]", value), value
        return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


def parse(body: bytes) -> Component:
    """One VCALENDAR; raises where the bytes are not what RFC 5545 asks for."""
    assert body.endswith(b"\r\n")
    assert b"\n" not in body.replace(b"\r\n", b"") and b"\r" not in body.replace(b"\r\n", b"")
    physical = body.split(b"\r\n")[:-1]
    assert all(0 < len(line) <= 75 for line in physical), [line for line in physical if len(line) > 75]
    for line in physical:
        line.decode()  # no character is cut in two
    lines = body.decode().replace("\r\n ", "").split("\r\n")[:-1]
    root = Component("")
    open_ones = [root]
    for line in lines:
        found = re.fullmatch(r"([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=[^;:]*)*):(.*)", line)
        assert found is not None, line
        name, raw, value = found.groups()
        parameters = dict(part.split("=", 1) for part in raw.split(";") if part)
        assert not re.search(r"[\x00-\x08\x0a-\x1f\x7f]", value)
        if name == "BEGIN":
            made = Component(value)
            open_ones[-1].children.append(made)
            open_ones.append(made)
        elif name == "END":
            assert open_ones.pop().name == value
        else:
            open_ones[-1].properties.append((name, parameters, value))
    assert open_ones == [root]
    [calendar] = root.children
    assert calendar.name == "VCALENDAR" and calendar.one("VERSION") == "2.0" and calendar.one("PRODID")
    assert calendar.children  # §3.6: at least one component
    return calendar


def events(body: bytes) -> list[Component]:
    found = [one for one in parse(body).children if one.name == "VEVENT"]
    assert len({one.one("UID") for one in found}) == len(found)
    for one in found:
        for name in ("DTSTAMP", "DTSTART", "DTEND", "CREATED", "LAST-MODIFIED"):
            assert re.fullmatch(r"\d{8}T\d{6}Z", one.one(name)), one.one(name)
        assert one.one("DTSTART") < one.one("DTEND")
        assert one.one("STATUS") in {"CONFIRMED", "CANCELLED"}
    return found
