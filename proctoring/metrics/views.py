"""`/metrics`."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from pixsurv.kernel import clock, crypto
from proctoring.metrics.collector import registry


@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For who holds METRICS_TOKEN; without that setting the page does not exist."""
    if not settings.METRICS_TOKEN:
        raise Http404("metrics")
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not crypto.equal(token.strip(), settings.METRICS_TOKEN):
        return HttpResponse(
            "jeton attendu\n",
            status=401,
            content_type="text/plain; charset=utf-8",
            headers={"WWW-Authenticate": 'Bearer realm="metrics"'},
        )
    body = generate_latest(registry(clock.now()))
    return HttpResponse(body, content_type=CONTENT_TYPE_PLAIN_0_0_4)
