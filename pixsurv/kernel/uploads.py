"""Files that browsers send stay in memory, and never more of them than the largest that we accept."""

from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler, SkipFile

MAX_REQUEST = 6 * 1024 * 1024  # a file of 5 MiB (mechanics §9) and its form
MAX_PHOTOGRAPHS = 26 * 1024 * 1024  # two photographs of 12 MiB, or more that are smaller, and their form


class BoundedUploadHandler(MemoryFileUploadHandler):
    """A request over MAX_REQUEST arrives without its file: the view says « too big », nothing was kept.

    Nothing ever touches the disk: a list of pupils left in /tmp by a killed process would be nobody's.
    """

    most = MAX_REQUEST

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],  # noqa: N803 — named by Django
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        self.activated = True
        self.too_big = content_length > self.most

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        if self.too_big:
            raise SkipFile
        super().new_file(*args, **kwargs)


class PhotographsUploadHandler(BoundedUploadHandler):
    """For the pages that take photographs of paper: phones make them larger than any list."""

    most = MAX_PHOTOGRAPHS
