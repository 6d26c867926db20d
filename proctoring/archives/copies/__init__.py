"""Copies of what is kept: signed papers, passages hidden in copies, what concerns one candidate alone (I3, I5, I7)."""
