"""Pages of the report and of the closing, the same in the room and in the establishment area."""
