"""The report (PV d’incident): a fold over the journal of one session, and the paper made of it (I2)."""
