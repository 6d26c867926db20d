"""An event with one check-in list of forty. Prints how to ask, as JSON. Runs where pretix is installed."""

import json
import os
import sys
from datetime import timedelta
from decimal import Decimal

import django

ROOM = 40


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "pretix.settings"
    django.setup()
    from django.core.management import call_command
    from django.utils.timezone import now
    from django_scopes import scopes_disabled

    call_command("migrate", interactive=False, verbosity=0)
    with scopes_disabled():
        told = _made(now())
    json.dump(told, sys.stdout)


def _made(now: "object") -> dict:
    from django.contrib.sessions.backends.base import SessionBase
    from django.utils.module_loading import import_string
    from pretix.base.models import Event, Order, OrderPosition, Organizer, Team, User

    organizer = Organizer.objects.create(name="Bench", slug="bench")
    event = Event.objects.create(
        organizer=organizer,
        name="Room",
        slug="room",
        currency="EUR",
        date_from=now,
        live=True,
        plugins="pretix.plugins.checkinlists",
    )
    user = User.objects.create_user("staff@example.org", "bench bench bench", fullname="Staff")
    team = Team.objects.create(
        organizer=organizer,
        name="Staff",
        all_events=True,
        all_event_permissions=True,
        all_organizer_permissions=True,
    )
    team.members.add(user)
    token = team.tokens.create(name="bench")
    item = event.items.create(name="Seat", default_price=Decimal(0), admission=True)
    channel = organizer.sales_channels.get(identifier="web")
    secrets = []
    for number in range(ROOM):
        order = Order.objects.create(
            event=event,
            status=Order.STATUS_PAID,
            code=f"BEN{number:03d}",
            email=f"guest{number}@example.org",
            datetime=now,
            expires=now + timedelta(days=10),
            total=Decimal(0),
            sales_channel=channel,
            locale="en",
        )
        position = OrderPosition.objects.create(
            order=order,
            item=item,
            price=Decimal(0),
            secret=f"bench-secret-{number}",
            attendee_name_parts={
                "_scheme": "given_family",
                "given_name": "Guest",
                "family_name": f"N{number}",
            },
        )
        secrets.append(position.secret)
    checkins = event.checkin_lists.create(name="Room", all_products=True, allow_multiple_entries=True)

    from django.conf import settings

    store: type[SessionBase] = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
    session = store()
    session["_auth_user_id"] = str(user.pk)
    session["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session["pretix_auth_login_time"] = session["pretix_auth_last_used"] = int(now.timestamp())
    session["pretix_auth_long_session"] = True
    session.save()
    return {
        "session": session.session_key,
        "cookie": settings.SESSION_COOKIE_NAME,
        "list": checkins.pk,
        "token": token.token,
        "secrets": secrets,
    }


if __name__ == "__main__":
    main()
