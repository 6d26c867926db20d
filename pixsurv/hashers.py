"""Argon2id at the OWASP setting: eight threads may hash at once, and 100 MiB each would not fit."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2Hasher(Argon2PasswordHasher):
    """19 MiB, two passes, one lane (reference/dependencies: 23 ms)."""

    memory_cost = 19_456
    time_cost = 2
    parallelism = 1
