"""Builtins of every template, no `load`: the name of a room (`|room_title`, `|in_room`), and French plurals."""

from collections.abc import Sized

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


@register.filter
def pluralize(value: object, forms: str = "s") -> str:
    """Django's own, counted in French: « 0 présent », « 1 présent », « 2 présents »; `forms` as there."""
    singular, _, plural = forms.rpartition(",")
    if isinstance(value, str):
        count = float(value) if value.isdecimal() else 1
    else:
        count = value if isinstance(value, int | float) else len(value) if isinstance(value, Sized) else 1
    return plural if count >= 2 else singular
