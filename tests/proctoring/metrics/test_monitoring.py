"""What `deploy/monitoring/` watches is what `/metrics` tells."""

import json
import re
from pathlib import Path

import pytest
from django.db import connections

from pixsurv.kernel import clock
from proctoring.archives import replica
from proctoring.metrics.collector import gauges

MONITORING = Path(__file__).parents[3] / "deploy" / "monitoring"
NAMES = re.compile(r"\bpixsurv_\w+")


def watched(text: str) -> set[str]:
    return set(NAMES.findall(text))


@pytest.fixture
def copied(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The archives have a replica, twelve bytes behind."""
    monkeypatch.setitem(connections.settings, replica.ALIAS, {**connections.settings["default"]})
    monkeypatch.setattr(replica, "behind", lambda: 12.0)
    return monkeypatch


@pytest.mark.django_db
def test_replica_that_is_gone_is_told(copied: pytest.MonkeyPatch) -> None:
    found = {gauge.name: dict(gauge.values) for gauge in gauges(clock.now())}
    assert (found["replica_up"], found["replica_behind_bytes"]) == ({"": 1}, {"": 12.0})
    copied.setattr(replica, "behind", lambda: None)
    found = {gauge.name: dict(gauge.values) for gauge in gauges(clock.now())}
    assert found["replica_up"] == {"": 0}
    assert "replica_behind_bytes" not in found


@pytest.mark.django_db
def test_rules_and_dashboard_name_gauges_that_exist(copied: pytest.MonkeyPatch) -> None:
    told = {f"pixsurv_{gauge.name}" for gauge in gauges(clock.now())} | {"pixsurv_scrape_seconds"}
    dashboard = json.loads((MONITORING / "grafana.json").read_text())
    expressions = " ".join(one["expr"] for panel in dashboard["panels"] for one in panel["targets"])
    rules = (MONITORING / "rules.yml").read_text()

    assert watched(expressions) <= told
    assert watched(rules) <= told
    assert watched(expressions) | watched(rules) == told
