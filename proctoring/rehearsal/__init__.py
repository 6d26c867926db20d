"""« Entraînement du surveillant » (R19, decision 0025): a room of invented pupils, played through the real services."""
