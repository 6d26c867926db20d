"""Every pattern of the resolver, by name."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True, slots=True)
class Pattern:
    """`name`: with its namespace; that of the route where it has none. `arguments`: what its address names."""

    name: str
    route: str
    arguments: tuple[str, ...]


def patterns() -> list[Pattern]:
    return list(_walk(get_resolver(), "", ""))


def _walk(resolver: URLResolver, route: str, namespace: str) -> Iterator[Pattern]:
    for one in resolver.url_patterns:
        whole = route + str(one.pattern).removeprefix("^")
        if isinstance(one, URLPattern):
            name = f"{namespace}{one.name}" if one.name else whole
            yield Pattern(name, whole, tuple(one.pattern.converters))
        else:
            within = f"{namespace}{one.namespace}:" if one.namespace else namespace
            yield from _walk(one, whole, within)
