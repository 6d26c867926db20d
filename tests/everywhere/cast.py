"""Who comes: each with what his browser, or his program, holds."""

from django.test import Client

from tests.everywhere.world import World
from tests.factories import ACCOUNT_PASSWORD

STRANGER = "stranger"
# Their keys open a room or a desk; everywhere else they are strangers.
CANDIDATE, PROCTOR, OTHER_PROCTOR, ENDED_PROCTOR = "candidate", "proctor", "other_proctor", "ended_proctor"
# Accounts. `disabled` signed in before his account was shut.
ADMIN, SECRETARIAT, PROCTOR_ACCOUNT, DISABLED = "admin", "secretariat", "proctor_account", "disabled"
OTHER_ADMIN, OTHER_SECRETARIAT = "other_admin", "other_secretariat"
SCHOOLLESS = "schoolless"  # of a school that was, or not yet of one
# Programs: a key of the school, the token of one entry, the token of the metrics.
PLATFORM, ENTRY = "platform", "entry"

OURS = (ADMIN, SECRETARIAT, PROCTOR_ACCOUNT)
THEIRS = (OTHER_ADMIN, OTHER_SECRETARIAT)
ACCOUNTS = (*OURS, *THEIRS, SCHOOLLESS)
UNKNOWN = (STRANGER, CANDIDATE, PROCTOR, OTHER_PROCTOR, ENDED_PROCTOR, DISABLED, PLATFORM, ENTRY)
CAST = (*UNKNOWN, *ACCOUNTS)


def sign_everybody_in(world: World) -> dict[str, Client]:
    """A browser for each of the cast; those with an account sign in on the page, as people do."""
    browsers = {}
    for member in CAST:
        client = Client(headers=headers_of(world, member))
        for name, token in _keys(world, member).items():
            client.cookies[name] = token
        account = world.accounts.get(member)
        if account is not None:
            answer = client.post("/etablissement/", {"email": account.email, "password": ACCOUNT_PASSWORD})
            assert answer.status_code == 303, f"{member} could not sign in"
        if account is not None and member == DISABLED:
            account.is_active = False
            account.save(update_fields=["is_active"])
        browsers[member] = client
    return browsers


def cookies_of(browser: Client) -> dict[str, str]:
    """Name and value, for a browser of another kind."""
    return {name: one.value for name, one in browser.cookies.items()}


def headers_of(world: World, member: str) -> dict[str, str]:
    bearer = {PLATFORM: world.key, ENTRY: world.bearer}.get(member)
    return {"Authorization": f"Bearer {bearer}"} if bearer else {}


def _keys(world: World, member: str) -> dict[str, str]:
    if member == CANDIDATE:
        return {"pupitre": world.desk}
    return {f"salle-{world.number(place)}": token for place, token in world.rooms.get(member, {}).items()}
