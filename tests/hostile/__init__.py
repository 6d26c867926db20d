"""Files that somebody made to harm: built here, sent as a browser sends them (issue 7, item 7)."""
