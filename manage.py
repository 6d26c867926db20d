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
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
