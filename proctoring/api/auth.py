"""Who calls: a platform with its establishment key, or one entry with its token."""

import uuid

from django.http import HttpRequest
from ninja.security import HttpBearer

from proctoring.services.entries import entry_id_of
from sessions_app.models import ApiKey


class EstablishmentKey(HttpBearer):
    """`pxs_…`, stored hashed. A revoked key opens nothing any more."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        if not token.startswith(ApiKey.PREFIX):
            return None
        return ApiKey.objects.filter(fingerprint=ApiKey.fingerprint_of(token), revoked_at=None).first()


class EntryToken(HttpBearer):
    """`pxe_…`: our signature alone is looked at, so that a forged token costs no query.

    Whether the entry still stands, and its key with it, is told by the one read that every call makes.
    """

    def authenticate(self, request: HttpRequest, token: str) -> uuid.UUID | None:
        return entry_id_of(token)
