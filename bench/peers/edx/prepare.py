"""A course with one exam that forty learners take, and tests that wait to be resumed. Prints how to ask, as JSON."""

import json
import os
import sys

import django

ROOM = 40
RESUMABLE_EXAMS = 100  # each attempt is resumed once: enough of them for every round


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.peers.edx.settings"
    django.setup()
    from django.contrib.auth import get_user_model
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command
    from django.utils import timezone
    from edx_proctoring.models import ProctoredExam, ProctoredExamStudentAttempt

    call_command("migrate", interactive=False, verbosity=0)
    users = get_user_model().objects
    learners = [users.create_user(f"learner{n}", f"learner{n}@example.org") for n in range(ROOM)]
    staff = users.create_user("staff", "staff@example.org", is_staff=True)

    def exam(course: str, number: int) -> "ProctoredExam":
        return ProctoredExam.objects.create(
            course_id=course,
            content_id=f"content{number}",
            exam_name=f"Exam {number}",
            time_limit_mins=105,
            is_active=True,
            is_proctored=True,
            backend="null",
        )

    def attempt(of: "ProctoredExam", learner: object, status: str) -> "ProctoredExamStudentAttempt":
        return ProctoredExamStudentAttempt(
            proctored_exam=of,
            user=learner,
            status=status,
            started_at=timezone.now(),
            allowed_time_limit_mins=105,
            attempt_code=f"code-{of.pk}-{learner.pk}",
            external_id=f"id-{of.pk}-{learner.pk}",
            taking_as_proctored=True,
            is_resumable=status == "error",
        )

    room = exam("bench/room/2026", 0)
    states = ("created", "ready_to_start", "started", "submitted")
    for number, learner in enumerate(learners):
        attempt(room, learner, states[number % len(states)]).save()
    waiting = [
        attempt(one, learner, "error")
        for one in (exam("bench/resume/2026", n) for n in range(1, RESUMABLE_EXAMS + 1))
        for learner in learners
    ]
    made = ProctoredExamStudentAttempt.objects.bulk_create(waiting)
    session = SessionStore()
    session["_auth_user_id"] = str(staff.pk)
    session["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
    session["_auth_user_hash"] = staff.get_session_auth_hash()
    session.save()
    told = {"session": session.session_key, "resumable": [[one.pk, one.user_id] for one in made]}
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
