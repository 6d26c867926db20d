#!/usr/bin/env python
"""Command line of Pixsurv."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pixsurv.settings")
    if sys.argv[1:2] == ["serve"]:
        # The settings need the secrets, so a first start makes them before the settings are read.
        from pixsurv.secrets import ensure

        ensure()
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # Nonsense in the environment: the line that says which, without our twenty lines around it.
        sys.exit(f"Pixsurv: {error}")


if __name__ == "__main__":
    main()
