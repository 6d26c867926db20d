"""The name of a room on every page: `|room_title`, `|in_room` (builtins of every template, no `load`)."""

from django import template

from sessions_app import wording

register = template.Library()


@register.filter
def room_title(name: object) -> str:
    """« Salle B12 »."""
    return wording.room_title(str(name))


@register.filter
def in_room(name: object) -> str:
    """« salle B12 »."""
    return wording.in_room(str(name))
