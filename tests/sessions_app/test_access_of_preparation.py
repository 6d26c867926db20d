"""Who may open which page of people, settings and planning: every role, another school, nobody (P1)."""

from collections.abc import Callable

import pytest
from django.test import Client

from sessions_app.models import Account, Session
from tests import factories

AREA = "/etablissement/"


def _on_session(act: str) -> Callable[[Session], str]:
    return lambda session: f"{AREA}sessions/{session.number}/{act}"


def _owned(path: str, factory: type) -> Callable[[Session], str]:
    return lambda session: AREA + path.format(factory(establishment=session.establishment).pk)


# Pages of « the school that one manages »: anybody's own, 403 for a member who manages none.
OWN = (
    *("equipe/", "reglages/", "reglages/contacts/ajouter/", "reglages/aide/poste/"),
    *("reglages/logo/changer/", "reglages/logo/retirer/", "sessions/creer/"),
    *("equipe/", "reglages/", "reglages/contacts/ajouter/", "sessions/creer/"),
    *("planning/", "sessions/importer/", "sessions/importer/modele.csv", "sessions/importer/a-completer.csv"),
    *("equipe/", "reglages/", "reglages/contacts/ajouter/", "sessions/creer/"),
    *("sessions/creer/classes/", "verification/"),
)
# Pages about one thing of this school: 404 for a stranger, 403 for another role.
OF_SCHOOL: dict[str, Callable[[Session], str]] = {
    "change": _on_session("modifier/"),
    "cancel": _on_session("annuler/"),
    "delete": _on_session("supprimer/"),
    "postpone": _on_session("reporter/"),
    "password": _on_session("mot-de-passe/changer/"),
    "catch_up": _on_session("rattrapage/"),
    "enrol_pupils": _on_session("candidats/eleves/"),
    "check": _on_session("verification/"),
    "take_extra_time": _on_session("verification/temps-majore/"),
    "take_extra_time_of": lambda session: _on_session(
        f"verification/temps-majore/{factories.CandidateFactory(session=session).pk}/"
    )(session),
    "take_profiles": _on_session("verification/profils/"),
    "create_for_classes": lambda session: (
        f"{AREA}sessions/creer/classes/?etablissement={session.establishment_id}"
    ),
    "check_all": lambda session: f"{AREA}verification/?etablissement={session.establishment_id}",
    "team": lambda session: f"{AREA}equipe/?etablissement={session.establishment_id}",
    "settings": lambda session: f"{AREA}reglages/?etablissement={session.establishment_id}",
    "help": lambda session: f"{AREA}reglages/aide/poste/?etablissement={session.establishment_id}",
    "logo": lambda session: f"{AREA}reglages/logo/changer/?etablissement={session.establishment_id}",
    "no_logo": lambda session: f"{AREA}reglages/logo/retirer/?etablissement={session.establishment_id}",
    "invitation": _owned("equipe/invitations/{}/annuler/", factories.InvitationFactory),
    "resend": _owned("equipe/invitations/{}/renvoyer/", factories.InvitationFactory),
    "member": _owned("equipe/{}/retirer/", factories.MembershipFactory),
    "contact": _owned("reglages/contacts/{}/", factories.ContactFactory),
    "remove_contact": _owned("reglages/contacts/{}/retirer/", factories.ContactFactory),
    "planning": lambda session: f"{AREA}planning/?etablissement={session.establishment_id}",
    "create_feed": lambda session: f"{AREA}planning/agendas/creer/?etablissement={session.establishment_id}",
    "feed": _owned("planning/agendas/{}/", factories.CalendarFeedFactory),
    "revoke_feed": _owned("planning/agendas/{}/revoquer/", factories.CalendarFeedFactory),
    "import_sessions": lambda session: f"{AREA}sessions/importer/?etablissement={session.establishment_id}",
    "sessions_filled": lambda session: (
        f"{AREA}sessions/importer/a-completer.csv?etablissement={session.establishment_id}"
    ),
    "sessions_draft": _owned("sessions/importer/{}/", factories.SessionsDraftFactory),
    "sessions_report": _owned("sessions/importer/{}/rapport.ods", factories.SessionsDraftFactory),
    "key": _owned("reglages/cles/{}/revoquer/", factories.ApiKeyFactory),
}
POST_ONLY = {"resend"}
GOES_BACK = {"create_feed"}  # made by a POST with a name: asked for, it leads back to its page
REFUSED_AS_IT_IS = {"postpone", "catch_up"}  # 409: neither cancelled nor launched


def ask(client: Client, name: str, address: str) -> int:
    return (client.post if name in POST_ONLY else client.get)(address).status_code


@pytest.mark.parametrize("name", OF_SCHOOL)
def test_page_of_a_school_is_for_its_admins(
    client: Client,
    session: Session,
    admin: Account,
    secretariat: Account,
    proctor_account: Account,
    other_admin: Account,
    name: str,
) -> None:
    address = OF_SCHOOL[name](session)
    anonymous = ask(client, name, address)
    assert anonymous == 302
    for account, expected in ((other_admin, 404), (secretariat, 403), (proctor_account, 403)):
        browser = Client()
        browser.force_login(account)
        assert ask(browser, name, address) == expected, account.name
    client.force_login(admin)
    expected = 409 if name in REFUSED_AS_IT_IS else 303 if name in POST_ONLY | GOES_BACK else 200
    assert ask(client, name, address) == expected


@pytest.mark.parametrize("path", OWN)
def test_page_of_ones_own_school_is_for_admins(
    client: Client, admin: Account, secretariat: Account, path: str
) -> None:
    assert client.get(AREA + path).status_code == 302
    client.force_login(secretariat)
    assert client.get(AREA + path).status_code == 403
    client.force_login(factories.AccountFactory())
    assert client.get(AREA + path).status_code == 403
    client.force_login(admin)
    assert client.get(AREA + path).status_code == 200


@pytest.mark.parametrize("path", ["compte/", "compte/mot-de-passe/", "compte/agenda/"])
def test_account_pages_are_for_whoever_signed_in(client: Client, db: None, path: str) -> None:
    assert client.get(AREA + path).status_code == 302
    client.force_login(factories.AccountFactory())
    assert client.get(AREA + path).status_code == 200


def test_posts_of_strangers_change_nothing(
    session: Session, other_admin: Account, secretariat: Account
) -> None:
    for account in (other_admin, secretariat):
        browser = Client()
        browser.force_login(account)
        for act in (
            *("annuler/", "supprimer/", "modifier/", "mot-de-passe/changer/", "candidats/eleves/"),
            *("candidats/eleves/inscrire/", "verification/temps-majore/", "verification/profils/"),
        ):
            answer = browser.post(_on_session(act)(session), {"reason": "x"})
            assert answer.status_code in {403, 404}
    before = session.sealed_password
    session.refresh_from_db()
    assert (session.state, session.sealed_password) == ("planned", before)
