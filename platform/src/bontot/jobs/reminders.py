"""Reminding a committee's people on a day, as a piece of background work."""

from __future__ import annotations

from datetime import date
from typing import Any

from bontot.db.models import Job
from bontot.db.tenancy import TenantSession
from bontot.evaluation.runs import Progress
from bontot.jobs import letters
from bontot.jobs.outbox import enqueue
from bontot.registry import Registry
from bontot.services import reminders
from bontot.services.webhooks.telling import forget_old, overdue_tasks

KIND = "reminders"


def perform(session: TenantSession, registry: Registry, job: Job, progress: Progress) -> dict[str, Any]:
    """Writes the reminders of the day a job names, asks for their letters to be sent, and has other programs told of tasks
    overdue; how many reminders and letters."""
    day = date.fromisoformat(job.arguments["day"])
    made = reminders.remind(session, registry, day, by_mail=bool(job.arguments["by_mail"]))
    overdue_tasks(session, day)
    forget_old(session)
    if made.letters:
        enqueue(session, letters.KIND, {"day": day.isoformat()}, job.requested_by, background=True)
    progress(1, 1, "")
    return {"reminders": made.reminders, "letters": made.letters}
