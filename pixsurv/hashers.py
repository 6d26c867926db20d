"""Passwords of accounts under the Argon2id setting of this installation."""

from django.contrib.auth.hashers import Argon2PasswordHasher

from pixsurv.kernel.crypto import ARGON2_KIB, ARGON2_LANES, ARGON2_PASSES


class Argon2Hasher(Argon2PasswordHasher):
    """19 MiB, two passes, one lane (reference/dependencies: 23 ms)."""

    memory_cost = ARGON2_KIB
    time_cost = ARGON2_PASSES
    parallelism = ARGON2_LANES
