"""Several sessions at once, from one file (P5): upload, report, confirmation."""
