"""The only shared code, one noun a file. It imports nothing of ours."""
