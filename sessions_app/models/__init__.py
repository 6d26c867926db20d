"""What is planned, and the event model that everything else hangs on."""

from sessions_app.models.account import Account, Membership
from sessions_app.models.calendar_feed import CalendarFeed
from sessions_app.models.candidate import Candidate
from sessions_app.models.establishment import ApiKey, Contact, Establishment
from sessions_app.models.event import Event
from sessions_app.models.guess_pool import Door, GuessPool
from sessions_app.models.help_text import HelpText
from sessions_app.models.import_draft import ImportDraft, ImportMapping, PupilDraft, UploadedList
from sessions_app.models.invitation import Invitation
from sessions_app.models.linked_identity import LinkedIdentity
from sessions_app.models.pupil import Pupil
from sessions_app.models.second_factor import SecondFactor
from sessions_app.models.session import Session
from sessions_app.models.sessions_draft import SessionsDraft
from sessions_app.models.sign_in import SignIn
from sessions_app.models.stored_file import FilePurpose, StoredFile

__all__ = [
    "Account",
    "ApiKey",
    "CalendarFeed",
    "Candidate",
    "Contact",
    "Door",
    "Establishment",
    "Event",
    "FilePurpose",
    "GuessPool",
    "HelpText",
    "ImportDraft",
    "ImportMapping",
    "Invitation",
    "LinkedIdentity",
    "Membership",
    "Pupil",
    "PupilDraft",
    "SecondFactor",
    "Session",
    "SessionsDraft",
    "SignIn",
    "StoredFile",
    "UploadedList",
]
