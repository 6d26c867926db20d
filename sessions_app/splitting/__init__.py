"""« Créer les séances d’une ou plusieurs classes »: the pupils of a day over its rooms (P5, decision 0012)."""
