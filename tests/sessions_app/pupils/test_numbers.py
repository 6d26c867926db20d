"""Numbers that no page ever sent."""

from django.test import Client
from django.urls import reverse

from pixsurv.kernel import clock
from sessions_app.models import Account, PupilDraft, Session


def test_number_of_thousands_of_digits_is_nobody_and_no_year(
    client: Client, session: Session, admin: Account
) -> None:
    client.force_login(admin)
    digits, school = "9" * 5000, session.establishment
    draft = PupilDraft.objects.create(
        establishment=school,
        school_year=2026,
        kind="pupils",
        header_line=1,
        labels=["Nom", "Prénom", "Date de naissance"],
        columns={"last_name": 0, "first_name": 1, "birth_date": 2},
        rows=[[2, ["DUPONT", "Paul", "21/05/2011"]]],
        created_at=clock.now(),
    )
    assert (
        client.get(f"{reverse('establishment:pupils')}?etablissement={school.pk}&annee={digits}").status_code
        != 500
    )
    sent = {"confirm": "1", "seen": "", "remove": digits}
    assert client.post(reverse("establishment:pupil_draft", args=[draft.pk]), sent).status_code == 409
