"""One JSON object a line: who (ids, never names), what, when."""

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

# Addresses that are keys: whoever reads one in a log could use it.
_KEY_IN_ADDRESS = re.compile(
    r"/(surveillance/passage|etablissement/agendas|etablissement/invitation|etablissement/nouveau-mot-de-passe)/[^\s?#]+"
)


# What is searched for stands behind the path: often somebody's name.
_QUERY = re.compile(r"(/[^\s?#]*)\?[^\s'\"]+")


def without_keys(text: str) -> str:
    return _QUERY.sub(r"\1?…", _KEY_IN_ADDRESS.sub(r"/\1/…", text))


class HideKeys(logging.Filter):
    """Django and gunicorn name the address of what failed. Never the key in it, nor what was asked behind it."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        hidden = without_keys(message)
        if hidden != message:
            record.msg, record.args = hidden, None
        return True


# PostgreSQL quotes the row that it refuses: « Key (email)=(…) already exists », « Failing row contains (…) ».
_QUOTED_ROW = re.compile(r"^(DETAIL|CONTEXT):.*$", re.MULTILINE)


class TextFormatter(logging.Formatter):
    """A trace without the values that a database quotes: a log holds ids, never names."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 (logging's own name)
        return _QUOTED_ROW.sub(r"\1: …", super().formatException(ei))


class JsonFormatter(TextFormatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, tz=UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
