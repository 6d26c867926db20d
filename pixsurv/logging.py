"""One JSON object a line: who (ids, never names), what, when."""

import json
import logging
import re
from datetime import UTC, datetime

# Addresses that are keys: whoever reads one in a log could use it.
_KEY_IN_ADDRESS = re.compile(
    r"/(surveillance/passage|etablissement/agendas|etablissement/invitation|etablissement/nouveau-mot-de-passe)/[^\s?#]+"
)


def without_keys(text: str) -> str:
    return _KEY_IN_ADDRESS.sub(r"/\1/…", text)


class HideKeys(logging.Filter):
    """Django names the address of what failed: a page that broke, a form without its token. Never the key in it."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        hidden = without_keys(message)
        if hidden != message:
            record.msg, record.args = hidden, None
        return True


class JsonFormatter(logging.Formatter):
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
