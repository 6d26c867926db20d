"""Exports that stand by themselves: a ZIP that opens, is searched and is verified without Pixsurv, and lists (I5)."""
