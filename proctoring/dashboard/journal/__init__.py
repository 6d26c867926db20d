"""The journal of a session and of an account, to read, filter and export (A2)."""
