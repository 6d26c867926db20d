"""The API put together, and its OpenAPI document."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from proctoring.api import attempt, entries, errors


class TestPlatformAPI(NinjaAPI):
    __test__ = False  # for pytest: a name, not a test

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """As ninja makes it, with refusals under their true media type."""
        schema = super().get_openapi_schema(**options)
        for operations in schema["paths"].values():
            for operation in operations.values():
                for status, answer in operation["responses"].items():
                    if status >= 400:
                        answer["content"] = {errors.MEDIA_TYPE: answer["content"]["application/json"]}
        return schema


api = TestPlatformAPI(
    title="Pixsurv — test-platform API",
    version="1",
    description=(
        "How a test platform lets candidates in, tells how they do, and learns what the proctor decided."
    ),
    urls_namespace="api",
    # Both are pages of ours (`documents`): ninja's own load scripts from elsewhere.
    openapi_url=None,
    docs_url=None,
)
errors.install(api)
api.add_router("", entries.router)
api.add_router("/attempt", attempt.router)
