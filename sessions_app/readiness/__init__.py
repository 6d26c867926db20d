"""The D-7 check: what is still missing, of one session or of all that come (P7, decision 0012)."""
