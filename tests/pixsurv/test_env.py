"""Readers of the environment: what they take, what they refuse, in one line (contract.md, Environment)."""

from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from pixsurv.settings import database, env

NAME = "PIXSURV_TEST_VARIABLE"


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.delenv(NAME, raising=False)
    monkeypatch.delenv(f"{NAME}_FILE", raising=False)
    return monkeypatch


@pytest.mark.parametrize(
    ("value", "read"),
    [("1", True), ("true", True), ("YES", True), (" on ", True), ("0", False), ("No", False), ("", False)],
)
def test_flag_is_read(given: pytest.MonkeyPatch, value: str, read: bool) -> None:
    given.setenv(NAME, value)
    assert env.flag(NAME, default=not read) is read


@pytest.mark.parametrize("default", [True, False])
def test_flag_that_is_unset_is_its_default(given: pytest.MonkeyPatch, default: bool) -> None:
    assert env.flag(NAME, default=default) is default


@pytest.mark.parametrize("value", ["2", "oui", "vrai"])
def test_flag_refuses_nonsense(given: pytest.MonkeyPatch, value: str) -> None:
    given.setenv(NAME, value)
    with pytest.raises(ImproperlyConfigured, match=f"{NAME} must be 0 or 1, not '{value}'"):
        env.flag(NAME)


@pytest.mark.parametrize(("value", "read"), [("1", 1), (" 65535 ", 65535), ("080", 80)])
def test_integer_is_read(given: pytest.MonkeyPatch, value: str, read: int) -> None:
    given.setenv(NAME, value)
    assert env.integer(NAME, 8000, low=1, high=65535) == read


@pytest.mark.parametrize("value", ["", "0", "65536", "-1", "8000.0", "abc", "1e3", "٣"])
def test_integer_refuses_nonsense(given: pytest.MonkeyPatch, value: str) -> None:
    given.setenv(NAME, value)
    with pytest.raises(ImproperlyConfigured, match=f"{NAME} must be a whole number from 1 to 65535"):
        env.integer(NAME, 8000, low=1, high=65535)


def test_words_are_cut_at_commas(given: pytest.MonkeyPatch) -> None:
    assert env.words(NAME) == []
    given.setenv(NAME, " a, b ,,c ")
    assert env.words(NAME) == ["a", "b", "c"]


@pytest.mark.parametrize(("value", "read"), [("", "text"), ("json", "json"), (" text ", "text")])
def test_choice_is_read(given: pytest.MonkeyPatch, value: str, read: str) -> None:
    given.setenv(NAME, value)
    assert env.choice(NAME, "text", "json") == read


def test_choice_refuses_nonsense(given: pytest.MonkeyPatch) -> None:
    given.setenv(NAME, "xml")
    with pytest.raises(ImproperlyConfigured, match=f"{NAME} must be text or json, not 'xml'"):
        env.choice(NAME, "text", "json")


def test_secret_comes_from_the_variable_first(given: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "made").write_text("of make run\n")
    assert env.secret(NAME, tmp_path / "made") == "of make run"
    (tmp_path / "named").write_text(" of the file \n")
    given.setenv(f"{NAME}_FILE", str(tmp_path / "named"))
    assert env.secret(NAME, tmp_path / "made") == "of the file"
    given.setenv(NAME, "of the variable")
    assert env.secret(NAME, tmp_path / "made") == "of the variable"


def test_secret_that_is_nowhere_says_what_to_do(given: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"run `make run` once, or set {NAME} or {NAME}_FILE"):
        env.secret(NAME, tmp_path / "missing")
    (tmp_path / "empty").write_text(" \n")
    with pytest.raises(ImproperlyConfigured, match="is empty"):
        env.secret(NAME, tmp_path / "empty")


def test_field_keys_are_read_newest_first(given: pytest.MonkeyPatch, tmp_path: Path) -> None:
    new, old = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    given.setenv(NAME, f" {new} , {old}")
    assert env.field_keys(NAME, tmp_path / "missing") == [new, old]


A_KEY = "QSBrZXkgb2YgdGhlIHRlc3RzLCBmb3Igbm90aGluZyE="


@pytest.mark.parametrize("keys", ["secret", "A" * 44, f"{A_KEY},", "é" * 44])
def test_field_keys_refuse_nonsense_without_repeating_it(
    given: pytest.MonkeyPatch, tmp_path: Path, keys: str
) -> None:
    given.setenv(NAME, keys)
    with pytest.raises(ImproperlyConfigured, match=f"{NAME} must be keys") as refusal:
        env.field_keys(NAME, tmp_path / "missing")
    assert keys not in str(refusal.value)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("https://pixsurv.example", "https://pixsurv.example"),
        ("https://pixsurv.example/", "https://pixsurv.example"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_url_is_read(given: pytest.MonkeyPatch, value: str, read: str) -> None:
    given.setenv(NAME, value)
    assert env.url(NAME, "http://default") == read


@pytest.mark.parametrize(
    "value",
    [
        "",
        "pixsurv.example",
        "ftp://pixsurv.example",
        "https://",
        "https://pixsurv.example/sous-dossier",
        "https://pixsurv.example?a=b",
        "https://pixsurv.example#a",
        "https://pixsurv.example:port",
        "https://pixsurv.example:99999",
        "https://moi:secret@pixsurv.example",
        "http://[::1",
    ],
)
def test_url_refuses_nonsense(given: pytest.MonkeyPatch, value: str) -> None:
    given.setenv(NAME, value)
    with pytest.raises(ImproperlyConfigured, match=f"{NAME} must look like"):
        env.url(NAME, "http://default")


def test_database_is_the_embedded_one_by_default(given: pytest.MonkeyPatch) -> None:
    entry = database.complete(env.database(NAME, "sqlite:////srv/x.sqlite3"), threads=8)
    assert (entry["ENGINE"], entry["NAME"]) == ("django.db.backends.sqlite3", "/srv/x.sqlite3")
    assert entry["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "recursive_triggers=ON"):
        assert pragma in entry["OPTIONS"]["init_command"]


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_database_of_postgresql_waits_two_seconds_for_a_lock(given: pytest.MonkeyPatch, scheme: str) -> None:
    given.setenv(NAME, f"{scheme}://moi:secret@base:5433/pixsurv")
    entry = database.complete(env.database(NAME, "sqlite://"), threads=8)
    assert (entry["HOST"], entry["PORT"], entry["NAME"]) == ("base", 5433, "pixsurv")
    assert "lock_timeout=2000" in entry["OPTIONS"]["options"]
    assert entry["OPTIONS"]["pool"]["max_size"] == 10
    # A page waits 8 s for its answer (base.html): whatever is away is told before.
    assert entry["OPTIONS"]["pool"]["timeout"] < 8
    assert entry["OPTIONS"]["connect_timeout"] == 2
    assert entry["CONN_MAX_AGE"] == 0


@pytest.mark.parametrize(("address", "threads"), [("sqlite:////srv/x.sqlite3", 8), ("postgres://base/x", 16)])
def test_threads_are_of_the_database(given: pytest.MonkeyPatch, address: str, threads: int) -> None:
    """Decision 0041: many wait for one row of PostgreSQL, one writes to SQLite."""
    assert database.usual_threads(env.database(NAME, address)) == threads


def test_database_options_of_the_address_stand(given: pytest.MonkeyPatch) -> None:
    given.setenv(NAME, "postgres://moi@base/pixsurv?connect_timeout=9&sslmode=verify-full")
    options = database.complete(env.database(NAME, "sqlite://"), threads=8)["OPTIONS"]
    assert (options["connect_timeout"], options["sslmode"]) == (9, "verify-full")


def test_database_on_several_hosts_is_the_one_that_writes(given: pytest.MonkeyPatch) -> None:
    given.setenv(NAME, "postgres://moi:s%40cret@un:5433,deux/pixsurv?sslmode=require")
    entry = env.database(NAME, "sqlite://")
    assert (entry["HOST"], entry["PORT"]) == ("un,deux", "5433,5432")
    assert (entry["USER"], entry["PASSWORD"], entry["NAME"]) == ("moi", "s@cret", "pixsurv")
    assert entry["OPTIONS"] == {"target_session_attrs": "read-write", "sslmode": "require"}


def test_database_behind_a_pooler_has_no_session_of_its_own(given: pytest.MonkeyPatch) -> None:
    given.setenv(NAME, "postgres://moi@base:6432/pixsurv?pool_mode=transaction")
    entry = database.complete(env.database(NAME, "sqlite://"), threads=8)
    assert "options" not in entry["OPTIONS"]
    assert "pool_mode" not in entry["OPTIONS"]
    assert entry["OPTIONS"]["prepare_threshold"] is None
    assert entry["DISABLE_SERVER_SIDE_CURSORS"] is True


@pytest.mark.parametrize(
    ("query", "read"),
    [
        ("", 3),
        ("?pool_mode=session", 3),
        ("?prepare_threshold=none", None),
        ("?prepare_threshold=5", 5),
        ("?pool_mode=transaction&prepare_threshold=3", 3),
    ],
)
def test_database_prepares_what_its_address_allows(
    given: pytest.MonkeyPatch, query: str, read: int | None
) -> None:
    given.setenv(NAME, f"postgres://moi@base/pixsurv{query}")
    entry = database.complete(env.database(NAME, "sqlite://"), threads=8)
    assert entry["OPTIONS"]["prepare_threshold"] == read


@pytest.mark.parametrize("query", ["pool_mode=statement", "prepare_threshold=often", "prepare_threshold=-1"])
def test_database_refuses_options_that_are_none(given: pytest.MonkeyPatch, query: str) -> None:
    given.setenv(NAME, f"postgres://moi@base/pixsurv?{query}")
    with pytest.raises(ImproperlyConfigured, match=f"{query.partition('=')[0]} of a database must be"):
        database.complete(env.database(NAME, "sqlite://"), threads=8)


def test_replica_is_only_read_and_given_up_sooner(given: pytest.MonkeyPatch) -> None:
    given.setenv(NAME, "postgres://moi@copie,autre:5433/pixsurv")
    primary = database.complete(env.database("UNSET", "postgres://moi@base/pixsurv"), threads=8)
    entry = database.replica(env.database(NAME, "", writes=False), primary, threads=8)
    assert (entry["HOST"], entry["PORT"]) == ("copie,autre", "5432,5433")
    assert "target_session_attrs" not in entry["OPTIONS"]
    assert "default_transaction_read_only=on" in entry["OPTIONS"]["options"]
    assert "lock_timeout=2000" in entry["OPTIONS"]["options"]
    assert (entry["OPTIONS"]["pool"]["min_size"], entry["OPTIONS"]["pool"]["max_size"]) == (0, 10)
    assert primary["OPTIONS"]["pool"]["min_size"] == 1


@pytest.mark.parametrize(
    ("primary", "copy"),
    [
        ("sqlite:////srv/x.sqlite3", "postgres://moi@copie/pixsurv"),
        ("postgres://moi@base/pixsurv", "sqlite:////srv/x.sqlite3"),
        ("sqlite:////srv/x.sqlite3", "sqlite:////srv/y.sqlite3"),
        ("postgres://moi@base/pixsurv", "postgres://autre@BASE:5432/pixsurv?sslmode=require"),
    ],
)
def test_replica_refuses_what_is_no_copy(primary: str, copy: str) -> None:
    first = database.complete(env.database("UNSET", primary), threads=8)
    with pytest.raises(ImproperlyConfigured, match="DATABASE_REPLICA_URL is"):
        database.replica(env.database("UNSET", copy, writes=False), first, threads=8)


@pytest.mark.parametrize(
    "value",
    ["mysql://base/pixsurv", "pixsurv", "http://base", "postgres://base:port/pixsurv", "postgres://[::1"],
)
def test_database_refuses_nonsense(given: pytest.MonkeyPatch, value: str) -> None:
    given.setenv(NAME, value)
    with pytest.raises(ImproperlyConfigured, match=f"{NAME} must"):
        env.database(NAME, "sqlite://")


def test_database_refusal_does_not_repeat_a_password(given: pytest.MonkeyPatch) -> None:
    given.setenv(NAME, "postgres://moi:secret@base:port/pixsurv")
    with pytest.raises(ImproperlyConfigured) as refusal:
        env.database(NAME, "sqlite://")
    assert "secret" not in str(refusal.value)


def test_long_secret_refuses_what_can_be_guessed(given: pytest.MonkeyPatch) -> None:
    assert env.long_secret("A_SECRET") == ""
    given.setenv("A_SECRET", "x" * 20)
    assert env.long_secret("A_SECRET") == "x" * 20
    given.setenv("A_SECRET", "x" * 19)
    with pytest.raises(ImproperlyConfigured, match="20 characters"):
        env.long_secret("A_SECRET")
