"""Hand-over to the secretariat, and one session as it is kept (I5, I8)."""
