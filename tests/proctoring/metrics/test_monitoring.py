"""What `deploy/monitoring/` watches is what `/metrics` tells."""

import json
import re
from pathlib import Path

import pytest

from pixsurv.kernel import clock
from proctoring.metrics.collector import gauges

MONITORING = Path(__file__).parents[3] / "deploy" / "monitoring"
NAMES = re.compile(r"\bpixsurv_\w+")


def watched(text: str) -> set[str]:
    return set(NAMES.findall(text))


@pytest.mark.django_db
def test_rules_and_dashboard_name_gauges_that_exist() -> None:
    told = {f"pixsurv_{gauge.name}" for gauge in gauges(clock.now())} | {"pixsurv_scrape_seconds"}
    dashboard = json.loads((MONITORING / "grafana.json").read_text())
    expressions = " ".join(one["expr"] for panel in dashboard["panels"] for one in panel["targets"])
    rules = (MONITORING / "rules.yml").read_text()

    assert watched(expressions) <= told
    assert watched(rules) <= told
    assert watched(expressions) | watched(rules) == told
