"""THE TABLE: one row for every pattern of the resolver. How to add one: `tests/everywhere/__init__.py`."""

from tests.everywhere.rows import (
    ACT,
    ADMIN,
    ANY_ACCOUNT,
    ARCHIVIST,
    BOTH,
    DATA,
    DESK,
    ENTRY,
    EVERYBODY,
    FILE,
    FORBIDDEN,
    FRAGMENT,
    GET,
    IN,
    KEEPER,
    LOGIN,
    MANAGER,
    NOBODY,
    PAGE,
    PLATFORM,
    POST,
    ROOM,
    UNKNOWN,
    Area,
    Row,
    who,
)  # fmt: skip
from tests.everywhere.world import World

# ---- for everybody ----

_public = Area("", "live", EVERYBODY)

PUBLIC = [
    _public.row("home"),
    _public.row("help"),
    _public.row("accessibility"),
    _public.row("personal_data"),
    _public.row("legal"),
    _public.row("verify", place="closed"),
    _public.row("alive", kind=DATA),
    _public.row("ready", kind=DATA),
    _public.row("metrics", kind=DATA, who=NOBODY),  # without METRICS_TOKEN the page does not exist
    _public.row("api/v1/", kind=ACT),
    _public.row("api-docs"),
    _public.row("api-openapi", kind=DATA),
    _public.row("api:api-root", kind=ACT),  # hidden by the one above
    _public.row("api/v1/.*$", kind=DATA, who=NOBODY),
]

# ---- the room ----

_room = Area("room:", "live", ROOM, also=("closed",))
_r = _room.row

ROOMS = [
    _r("login", BOTH, who=EVERYBODY, also=()),
    _r("rehearse", BOTH, who=EVERYBODY, also=()),
    _r("take_over", BOTH, who=EVERYBODY, also=()),
    _r("room", BOTH, body={"q": "dup"}),
    _r("state", kind=FRAGMENT),
    _r("right_room", BOTH),
    _r("practice", place="rehearsal"),
    _r("around", place="rehearsal", kind=FRAGMENT),
    _r("view", kind=ACT),
    _r("projection"),
    _r("help"),
    _r("code"),
    _r("contacts"),
    _r("instructions", BOTH),
    _r("mask", POST),
    _r("unmask", POST),
    _r("leave", BOTH),
    _r("close", BOTH),
    _r("closing_gate", POST),
    _r("report"),
    _r("report_sheet", kind=FRAGMENT),
    _r("report_comment", POST),
    _r("report_pdf", kind=FILE),
    _r("scans", BOTH),
    _r("scan_page", BOTH, kind=FILE, body={"rang": "1"}),
    _r("bind_scan", POST),
    _r("scan", kind=FILE),
    _r("remove_scan", BOTH, also=()),
    _r("remove_scan", BOTH, place="closed", but={"proctor": FORBIDDEN}),  # after the closing, an admin alone
    _r("paper"),
    _r("end_overdue", BOTH),
    _r("undo_batch", POST),
    _r("minutes", BOTH),
    _r("take_minutes_back", BOTH),
    _r("start_all", BOTH, place="by_hand"),
    _r("not_listed", BOTH),
    _r("withdraw", POST),
    _r("incidents"),
    _r("report_incident", BOTH),
    _r("room_incident", BOTH),
    _r("undo_room_incident", POST, place="dark"),
    _r("end_room_incident", BOTH, place="dark"),
    _r("undo_room_incident_end", POST, place="dark"),
    _r("change_incident", BOTH),
    _r("delete_incident", BOTH),
    _r("candidate"),
    _r("candidate_help"),
    _r("presence", BOTH, candidate_id="expected"),
    _r("late", BOTH, candidate_id="expected"),
    _r("undo_late", POST, candidate_id="expected"),
    _r("certifiable", BOTH, candidate_id="not_certifiable"),
    _r("resume", BOTH),
    _r("cancel_resume", POST, candidate_id="authorised"),
    _r("dismiss_request", POST),
    _r("end", BOTH),
    _r("undo_end", POST, candidate_id="ended"),
    _r("go_out", POST),
    _r("come_back", POST),
    _r("extra_time", BOTH),
    _r("card"),
    _r("ticket", BOTH, candidate_id="present"),
    _r("workstation", BOTH),
    _r("swap", BOTH),
    _r("undo_swap", POST, candidate_id="moved", body={"incident": "swap"}, also=()),
    _r("alert", BOTH, candidate_id="alerted"),
    _r("ask_direction", BOTH, candidate_id="late"),
    _r("alert_category", candidate_id="alerted"),
    _r("undo_alert", POST, candidate_id="alerted", body={"alert": "alert"}, also=()),
    _r("candidate_incident", BOTH),
    _r("keep_proposal", BOTH, also=()),
    _r("dismiss_proposal", POST, also=()),
    _r("by_hand", BOTH, place="by_hand"),
]

# ---- the desk ----

_d = Area("desk:", "live", DESK).row

DESKS = [
    _d("join", BOTH, who=EVERYBODY),
    _d("ticket", BOTH, who=EVERYBODY),
    _d("forget", BOTH, who=EVERYBODY, kind=ACT),
    _d("test", BOTH),
    _d("state", BOTH, kind=FRAGMENT),
    _d("beat", BOTH, kind=ACT),
    *(
        _d(name, BOTH, kind=ACT)
        for name in ("ask", "start_question", "answer", "report", "finish", "back", "clock")
    ),
]

# ---- the establishment ----

_e = Area("establishment:", "school", ADMIN).row
_own = Area("establishment:", "school", MANAGER).row
_account = Area("establishment:", "school", ANY_ACCOUNT).row
_planned = Area("establishment:", "planned", ADMIN, also=("closed",)).row

ESTABLISHMENT = [
    _e("login", BOTH, who=EVERYBODY),
    _e("home", BOTH, who=EVERYBODY),
    _e("logout", POST, who=EVERYBODY),
    _e("forgotten", BOTH, who=EVERYBODY),
    _e("reset", BOTH, who=EVERYBODY, token="reset_token"),
    _e("second_factor", BOTH, who=EVERYBODY),
    _e("oidc", kind=ACT, who=NOBODY),  # without a provider there is nothing to go to
    _e("oidc_return", kind=ACT, who=NOBODY),
    _e("oidc_left", kind=ACT, who=EVERYBODY),
    _e("oidc_leave", kind=ACT, who=EVERYBODY),
    _e("invitation", who=EVERYBODY, token="invitation_token"),
    _e("invitation", POST, who=who(IN), token="invitation_token"),  # an account takes what is for its address
    _e("feed", kind=FILE, who=EVERYBODY, token="feed_token"),
    _account("account"),
    _account("change_password", BOTH),
    _account("set_up_second_factor", BOTH),
    _account("remove_second_factor", BOTH),
    _account("end_other_sign_ins", POST),
    _account("oidc_unlink", POST),
    _account("end_sign_in", POST, who=who(LOGIN, UNKNOWN, UNKNOWN, admin=IN)),  # one's own alone
    _account("own_feed", BOTH),
    _account("revoke_own_feed", BOTH),
    _own("sessions"),
    _own("planning"),
    _own("create", BOTH),
    _own("create_for_classes", BOTH),
    _own("create_feed", BOTH, kind=ACT),
    _own("import_sessions", BOTH),
    _own("sessions_model", kind=FILE),
    _own("sessions_filled", kind=FILE),
    _own("papers", BOTH),
    _own("check"),
    _own("team", BOTH),
    _own("settings", BOTH),
    _own("register_sheet", kind=FILE),
    _own("impact_sheet", kind=FILE),
    _own("add_contact", BOTH),
    _own("change_help", BOTH),
    _account("logo", kind=FILE, who=who(LOGIN, IN, UNKNOWN), query={"etablissement": "school"}),
    _own("change_logo", BOTH),
    _own("remove_logo", BOTH),
    _own("create_key", BOTH, kind=ACT),
    _own("pupils", BOTH, body={"q": "dup"}),
    _own("add_pupil", BOTH),
    _own("import_pupils", BOTH),
    _e("resend", POST),
    _e("revoke_invitation", BOTH),
    _e("change_contact", BOTH),
    _e("remove_contact", BOTH),
    _e("revoke_key", BOTH),
    _e("feed_link"),
    _e("revoke_feed", BOTH),
    _e("sessions_draft", BOTH),
    _e("sessions_report", kind=FILE),
    _e("correct_pupil", BOTH),
    _e("remove_pupil", BOTH),
    _e("pupil_draft", BOTH, draft_id="pupil_draft"),
    _e("match_pupils", BOTH, draft_id="profile_draft"),
    _e("pupil_report", kind=FILE, draft_id="pupil_draft"),
    _planned("session_password", BOTH, kind=ACT),
    _planned("change", BOTH),
    _planned("cancel", BOTH),
    _planned("postpone", BOTH, place="cancelled"),
    _planned("delete", BOTH),
    _planned("candidates", BOTH),
    _planned("candidates_file", kind=FILE),
    _planned("import", BOTH),
    _planned("import_draft", BOTH, also=()),
    _planned("import_report", kind=FILE, also=()),
    _planned("enrol_pupils", BOTH),
    _planned("confirm_pupils", POST),
    _planned("correct_candidate", BOTH),
    _planned("remove_candidate", BOTH),
    *(
        _planned(name, kind=FILE)
        for name in (
            "kit", "emargement", "secours", "pv-vierge", "convocations", "vie-scolaire",
        )
    ),
    _planned("session_check"),
    _planned("take_extra_time", BOTH),
    _planned("take_extra_time_of", BOTH),
    _planned("take_profiles", BOTH),
]  # fmt: skip

# ---- the day board, one session ----

_b = Area("dashboard:", "live", ADMIN, also=("closed",)).row
_board = Area("dashboard:", "live", MANAGER).row
_journal = Area("dashboard:", "school", ANY_ACCOUNT).row

DASHBOARD = [
    _board("board"),
    _board(
        "board_state",
        place="school",
        kind=FRAGMENT,
        but={"other_admin": FORBIDDEN},
        query={"etablissement": "school"},
    ),
    _board("absences"),
    _b("answer_case", POST, also=()),
    _b("session"),
    _b("live", kind=FRAGMENT),
    _b("open_room", BOTH, kind=ACT),
    _b("take_launch_back", BOTH, place="launched"),
    _b("revoke_access", BOTH),
    _b("offer", BOTH),
    _b("offered", also=()),
    _b("offered_state", kind=FRAGMENT, also=()),
    _b("reopen", BOTH, candidate_id="completed"),
    _b("certifiable", BOTH, candidate_id="not_certifiable"),
    _b("change_password", BOTH),
    _b("catch_up", BOTH),
    *(
        _b(name, methods, place=place, kind=kind, but=but)
        for name, methods, kind in (
            ("journal", BOTH, PAGE),
            ("journal_csv", GET, FILE),
            ("journal_ods", GET, FILE),
        )
        for place, but in (
            ("live", {}),
            ("closed", {"secretariat": IN}),
        )  # who keeps the papers reads it then
    ),
    _journal("own_journal", BOTH),
    _journal("own_journal_csv", kind=FILE),
    _journal("own_journal_ods", kind=FILE),
    *(
        _journal(name, methods, who=ADMIN, kind=kind)
        for name, methods, kind in (
            ("member_journal", BOTH, PAGE),
            ("member_journal_csv", GET, FILE),
            ("member_journal_ods", GET, FILE),
        )
    ),
    _b("results", place="white"),
    _b("results_file", place="white", kind=FILE),
    _b("suspicions", BOTH),
    _b("fraud_sheet", BOTH, incident_id="suspicion", also=()),
    _b("report"),
    _b("report_sheet", kind=FRAGMENT),
    _b("report_comment", POST),
    _b("report_pdf", kind=FILE),
    _b("close", BOTH),
    _b("closing_gate", POST),
    _b("addendum", BOTH, place="closed"),
    _b("addendum_pdf", place="closed", kind=FILE),
    _b("scans", BOTH),
    _b("scan_page", BOTH, kind=FILE, page_id="admin_page_id", body={"rang": "1"}, also=()),
    _b("bind_scan", POST),
    _b("scan", kind=FILE),
    _b("remove_scan", BOTH),
    _journal("remove_member", BOTH, who=ADMIN),
]

# ---- the archive ----

_a = Area("archives:", "closed", KEEPER, also=("eliminated",)).row
_shelf = Area("archives:", "school", ARCHIVIST).row
_slip = Area("archives:", "school", KEEPER).row
_ticked = Area(
    "archives:", "school", {**KEEPER, "schoolless": FORBIDDEN}
).row  # sessions of ours, on one's own shelves

ARCHIVES = [
    _shelf("tray", BOTH, body={"q": "dup"}),
    _ticked("receive", BOTH, query={"session": "kept"}),
    _ticked("label", kind=FILE, query={"session": "kept"}),
    _shelf("recap"),
    _shelf("recap_ods", kind=FILE),
    _shelf("recap_pdf", kind=FILE),
    _a("session"),
    _ticked("chase", place="owed"),
    _a("report", kind=FILE, also=()),
    _a("addendum", kind=FILE, also=()),
    _a("attendance", kind=FILE),
    _a("kit", kind=FILE),
    _shelf("retention"),
    _shelf("draft_slip", POST),
    _slip("slip"),
    _slip("slip_visa", BOTH, kind=ACT),
    _slip("cancel_slip", BOTH),
    _slip("eliminate", BOTH, slip_id="approved_slip"),
    _slip("slip_pdf", kind=FILE),
    _slip("slip_ods", kind=FILE),
    _slip("certificate", kind=FILE, slip_id="done_slip"),
    _shelf("exports"),
    _ticked("export_confirm", query={"session": "kept"}),
    _shelf("export_confirm", POST),
    _shelf("export_download", POST),
    _a("scans", BOTH),
    _a(
        "scan_page",
        BOTH,
        kind=FILE,
        page_id="admin_page_id",
        body={"rang": "1"},
        but={"secretariat": UNKNOWN},
        also=(),
    ),
    _a("bind_scan", POST),
    _a("scan", kind=FILE, also=()),
    _a("remove_scan", BOTH, but={"secretariat": FORBIDDEN}, also=()),  # an admin alone
    _a("passages"),
    _a("hide_passage", BOTH, also=()),
    _a("show_passage", BOTH, also=()),
    _a("redacted_copy", kind=FILE),
    _a("extracts"),
    _a("extract", also=()),
    _a("extract_pdf", kind=FILE, also=()),
]

# ---- the API ----

_api = Area("api:", "live", ENTRY, kind=DATA).row

API = [
    _api("enter", POST, who=PLATFORM),
    _api("look"),
    *(_api(name, POST) for name in ("start", "report_progress", "raise_alert", "leave", "complete")),
]

ROWS: list[Row] = [*PUBLIC, *ROOMS, *DESKS, *ESTABLISHMENT, *DASHBOARD, *ARCHIVES, *API]


def pages_of(world: World, member: str) -> list[tuple[str, str]]:
    """Name and address of every page that this member may open, each of its places in turn.

    Some answer 409: the page of a refusal is a page. `establishment:second_factor` leads on who is not half way in.
    """
    return [
        (f"{row.name} ({asked.place})", asked.address(world))
        for row in ROWS
        if row.kind == PAGE and "GET" in row.methods and row.who[member] == IN
        for asked in (row, *map(row.at, row.also))
    ]


__all__ = ["ROWS", "pages_of"]
