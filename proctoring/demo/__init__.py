"""The demonstration school (mechanics §16): everything in it is invented, and its secrets are derived."""
