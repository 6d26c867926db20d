"""Its addresses where the platform puts them, and the services that it asks for, in each process."""

from django.urls import include, path
from edx_proctoring.runtime import set_runtime_service
from edx_proctoring.tests.test_services import MockCreditService, MockInstructorService

set_runtime_service("credit", MockCreditService())
set_runtime_service("instructor", MockInstructorService(is_user_course_staff=True))

urlpatterns = [path("api/", include("edx_proctoring.urls", namespace="edx_proctoring"))]
