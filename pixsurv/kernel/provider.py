"""The OpenID Connect provider of this installation: whose people it signs in, as the operator described it."""

from dataclasses import dataclass, field

SCOPES = "openid email profile"


@dataclass(frozen=True, slots=True)
class Provider:
    """`issuer`: its address, exactly as it writes it itself; `name`: what the button says."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str
    scopes: str = SCOPES
    # It vouches for the addresses that it gives without saying `email_verified`.
    vouches: bool = False
    # Values of `acr` or `amr` that count as a second factor (decision 0034).
    strong: frozenset[str] = frozenset()
