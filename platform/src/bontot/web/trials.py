"""Trials on their pages: found at once or followed as background work, and read back from it in the same place."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from bontot.errors import BontotError, NotFound
from bontot.jobs.reading import JobView
from bontot.jobs.trials import Kept, asked_of, kept, tried
from bontot.policy.resolve import declared, read_value
from bontot.policy.words import value_words
from bontot.services.trials import LISTED, Asked, PlanAsked, Trial, ValueAsked
from bontot.web.database import session
from bontot.web.request import actor, afterwards, registry, wake_worker


def preview(asked: Asked, typed: Mapping[str, str], *, most: int = LISTED) -> Trial | Response:
    """Who would come out otherwise, or the way to the work that finds it. `typed` is shown again with its answer."""
    found = tried(session(), actor(), registry(), asked, typed, most=most)
    if isinstance(found, Trial):
        return found
    if found.work:
        afterwards(partial(wake_worker, found.work))
    return _followed(found.public_id)


def asked_work() -> Kept | Response | None:
    """The work an address names (`?viec=`), if any; while it goes on, the way to its progress. Raises NotFound."""
    given = request.args.get("viec")
    if given is None:
        return None
    try:
        found = kept(session(), actor(), registry(), UUID(given))
    except ValueError:
        raise NotFound from None
    return found if found.job.ended else _followed(found.job.public_id)


def address(job: JobView) -> str:
    """Where a trial was asked for: there its answer is read, and it is asked for again."""
    asked = asked_of(job.arguments)
    if isinstance(asked, PlanAsked):
        return url_for("plan.compare", code=asked.policy_code, viec=job.public_id)
    where = "own_value.withdraw" if asked.value is None else "own_value.set_own"
    return url_for(where, code=asked.policy_code, key=asked.key, viec=job.public_id)


def title(arguments: Mapping[str, Any]) -> str:
    """`Tính thử “Tỷ lệ dự sinh hoạt”: 85,5 % từ ngày 01/04/2026`; less where this instance no longer has the plan."""
    asked = asked_of(arguments)
    try:
        return _value_title(asked) if isinstance(asked, ValueAsked) else _plan_title(asked)
    except BontotError:
        return "Tính thử một giá trị" if isinstance(asked, ValueAsked) else "So sánh hai kế hoạch"


def _value_title(asked: ValueAsked) -> str:
    declaration = declared(registry().stack(asked.policy_code), asked.key)
    shown = "trở về kế hoạch"
    if asked.value is not None:
        shown = value_words(declaration, read_value(declaration, asked.value))
    return f"Tính thử “{declaration.label}”: {shown} từ ngày {asked.valid_from:%d/%m/%Y}"


def _plan_title(asked: PlanAsked) -> str:
    one, other = (registry().policy(code).label for code in asked.plans)
    return f"So sánh {one} với {other}, năm {asked.year}"


def _followed(public_id: UUID) -> Response:
    return redirect(url_for("job.show", job=public_id))
