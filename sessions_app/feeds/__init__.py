"""Calendars for programs (RFC 5545): the sessions of a school, or those that one person watches (P11, ADR 0013)."""
