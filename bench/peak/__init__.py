"""`make bench-load`: the peak of an académie, and of a school, played with real pages and real calls (quality §1)."""
