"""The secretariat's archive: what is received, found again, copied, exported and, at its term, eliminated (I5–I8).

A noun a package: `tray/` (hand-over, search, one kept session), `copies/` (scans, hidden sentences, extracts),
`exports/` (files that stand by themselves), `retention/` (what reached its term). `access.py` says who may read what.
"""
