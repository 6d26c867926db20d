"""What becomes of each row of an eliminated session: data, so that a test can ask whether anything was forgotten.

A model of the two applications stands in one of these tables, or is named in the test as holding no session's text.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import CharField, Model, Value
from django.db.models.functions import Cast, Concat

from proctoring.models import (
    Alert,
    Answer,
    Attempt,
    Case,
    Entry,
    FraudSheet,
    HandOver,
    Incident,
    PaperPage,
    ProctorAccess,
    Proposal,
    Receipt,
    Ticket,
    TicketDoor,
)
from sessions_app.models import Candidate, ImportDraft, Session, StoredFile

# A candidate is never deleted: the journal points to him. His test, his alerts and his incidents are: their hours alone
# would tell of an extra time, or of what befell whom, and the line of the ledger holds their counts (I6).
# This is what a list then shows of him.
NOBODY_LAST, NOBODY_FIRST = "Candidat", "éliminé"
NO_BIRTH_DATE = date(1900, 1, 1)

# Model, and how its rows lead to their session. In this order: what points goes before what it points to.
DELETED: tuple[tuple[type[Model], str], ...] = (
    (StoredFile, "session_id"),
    (ImportDraft, "session_id"),
    (Answer, "attempt__session_id"),
    (Proposal, "attempt__session_id"),
    (FraudSheet, "incident__session_id"),
    (Incident, "session_id"),
    (Alert, "attempt__session_id"),
    (Attempt, "session_id"),
    (Case, "session_id"),
    (Ticket, "session_id"),
    (TicketDoor, "session_id"),
    (HandOver, "session_id"),
    (Entry, "session_id"),
    (ProctorAccess, "session_id"),
    (Receipt, "session_id"),
    (PaperPage, "session_id"),
)

BLANKED: tuple[tuple[type[Model], str, Mapping[str, Any]], ...] = (
    (
        Candidate,
        "session_id",
        {
            "pupil": None,
            "last_name": NOBODY_LAST,
            "first_name": NOBODY_FIRST,
            "birth_date": NO_BIRTH_DATE,
            "class_name": "",
            "local_id": "",
            "extra_time_percent": 0,
            "certifiable_competences": None,
            "became_certifiable_at": None,
            "sign_in_mode": "",
            "sort_key": "",
            "last_name_key": "",
            "last_first_key": "",
            "first_last_key": "",
            # Unique in its session.
            "identity_key": Concat(Value("eliminated-"), Cast("pk", CharField())),
        },
    ),
    (
        Session,
        "pk",
        {
            "proctor_names": "",
            "observations": "",
            "cancel_reason": "",
            "sealed_password": "",
            "access_code": "",
        },
    ),
)
