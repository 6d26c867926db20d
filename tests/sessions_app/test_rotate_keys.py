"""A new field key, the old one taken away: kits still print the password, codes still let in (issue 7)."""

from io import StringIO
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django.fixtures import Settings

from pixsurv.kernel import crypto
from proctoring.backup.dump import write_backup
from sessions_app.enums import SessionKind
from sessions_app.models import Account, SecondFactor, Session
from sessions_app.selectors.kit import kit_mark, kit_mark_valid
from sessions_app.services import field_keys, second_factor
from tests import factories
from tests.factories import PASSWORD

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture
def old_key(settings: Settings) -> Settings:
    settings.FIELD_KEYS = [OLD]
    return settings


def rotated(settings: Settings) -> str:
    settings.FIELD_KEYS = [NEW, OLD]
    said = StringIO()
    call_command("rotate_keys", stdout=said)
    settings.FIELD_KEYS = [NEW]
    return said.getvalue()


@pytest.fixture
def session(db: None, old_key: Settings) -> Session:
    """Sealed under the old key."""
    return factories.SessionFactory()


@pytest.fixture
def guarded(session: Session) -> Account:
    """An admin whose second factor is sealed under the old key too."""
    account = factories.MembershipFactory(establishment=session.establishment).account
    second_factor.begin(account)
    return account


def test_old_key_can_go(old_key: Settings, guarded: Account, session: Session, client: Client) -> None:
    rehearsal = factories.SessionFactory(kind=SessionKind.REHEARSAL)

    said = rotated(old_key)

    assert "2 mots de passe de session, 1 secrets" in said
    assert "peuvent être retirées" in said
    for one in (session, rehearsal):
        assert Session.with_rehearsals.get(pk=one.pk).password() == PASSWORD
    typed = {"number": session.number, "password": PASSWORD, "name": "Perrine Essai"}
    assert client.post("/surveillance/", typed).status_code == 303
    assert crypto.unseal(SecondFactor.objects.get(account=guarded).sealed_secret)


def test_kit_still_prints_the_password(
    old_key: Settings, guarded: Account, session: Session, client: Client
) -> None:
    rotated(old_key)
    client.force_login(guarded)
    shown = client.post(f"/etablissement/sessions/{session.number}/mot-de-passe/")
    assert PASSWORD in shown.content.decode()
    assert client.get(f"/etablissement/sessions/{session.number}/kit.pdf").content.startswith(b"%PDF")


def test_again_changes_nothing(old_key: Settings, session: Session) -> None:
    rotated(old_key)
    before = Session.objects.get(pk=session.pk).sealed_password
    old_key.FIELD_KEYS = [NEW, OLD]
    assert field_keys.seal_all_again().passwords == 0
    assert Session.objects.get(pk=session.pk).sealed_password == before


def test_password_changed_meanwhile_stands(
    old_key: Settings, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    old_key.FIELD_KEYS = [NEW, OLD]
    again = crypto.seal_again

    def beaten(sealed: str) -> str:
        Session.objects.filter(pk=session.pk).update(sealed_password=crypto.seal("C-NEWONE"))
        return again(sealed)

    monkeypatch.setattr(crypto, "seal_again", beaten)
    assert field_keys.seal_all_again().passwords == 0
    assert Session.objects.get(pk=session.pk).password() == "C-NEWONE"


def test_what_no_key_opens_is_named_and_left(old_key: Settings, session: Session) -> None:
    before = session.sealed_password
    old_key.FIELD_KEYS = [NEW]
    with pytest.raises(CommandError, match=str(session.number)):
        call_command("rotate_keys", stdout=StringIO())
    assert Session.objects.get(pk=session.pk).sealed_password == before


def test_backup_of_before_needs_the_key_of_then(old_key: Settings, session: Session, tmp_path: Path) -> None:
    """A backup keeps what it holds: the old key stays in the safe as long as it does (`restore` warns)."""
    write_backup(tmp_path / "before.zip", now=session.starts_at)
    held = session.sealed_password
    rotated(old_key)
    with pytest.raises(crypto.Unreadable):
        crypto.unseal(held)


def test_mark_of_a_printed_kit_goes_with_the_key(old_key: Settings, session: Session) -> None:
    """Said by the command: the QR opens the page, and no longer says that who holds it holds the kit."""
    printed = kit_mark(session)
    assert kit_mark_valid(str(session.number), printed)
    rotated(old_key)
    assert not kit_mark_valid(str(session.number), printed)


def test_draw_makes_a_key_that_the_settings_take() -> None:
    said = StringIO()
    call_command("rotate_keys", "--draw", stdout=said)
    assert Fernet(said.getvalue().strip())
