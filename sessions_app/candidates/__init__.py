"""The candidates of one session: listed, enrolled one by one, corrected, removed, imported from a file (P5, P6)."""
