"""The pupils of a school year: listed, typed, imported from the school's lists, completed from Pix Orga (P2)."""
