"""Pixsurv: the shell around the two applications, and the only shared code (`kernel`)."""

__version__ = "0.1.0"
