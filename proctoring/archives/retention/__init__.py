"""What reached its term, the slips of elimination, and the elimination (I6)."""
