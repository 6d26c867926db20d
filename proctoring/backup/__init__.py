"""One file for the whole database, of either kind, that restores into either kind (mechanics §14, decision 0023).

A ZIP of one text file a table (`tables/<name>.jsonl`: the names of the columns, then a list of values a row, bytes in
base64) and `manifest.json`, which counts and digests them. Neither keys nor sign-ins are in it.
"""
