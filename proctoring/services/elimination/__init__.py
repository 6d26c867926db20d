"""Elimination at its term, with its slip, its visa and its proof (I6, decision 0023)."""
