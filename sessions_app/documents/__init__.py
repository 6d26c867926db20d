"""The papers of a session (P8): data → typst → tagged PDF/A. Nothing here writes to the database."""
