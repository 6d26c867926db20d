"""What a room sends up to an admin: asking, answering, taking back (R10, R12, R21)."""
