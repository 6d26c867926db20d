"""The settings of production, with one address more. Keys come from the environment that `bench.server` makes."""

from pathlib import Path

from pixsurv.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
STATIC_ROOT = Path(__file__).resolve().parent.parent / "var" / "bench" / "static"
