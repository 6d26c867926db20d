"""What an admin sees and does from the establishment area while a session lives (R2, R12, mechanics §7)."""
