"""What every page may show above its header."""

from django.conf import settings
from django.http import HttpRequest


def banners(request: HttpRequest) -> dict[str, object]:
    return {"demo_banner": settings.DEMO, "plain_http_banner": settings.PLAIN_HTTP_IN_PUBLIC}
