"""`make bench`: what our pages cost on this machine, beside what others cost on it, in one run (quality §1)."""
