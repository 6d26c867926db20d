"""The test-platform API (contract.md): JSON in, JSON out, a bearer token, no cookie."""
