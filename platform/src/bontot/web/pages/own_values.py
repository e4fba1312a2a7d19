"""A committee's decisions on values: setting one of its own within the plan's bounds, and returning to the plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.errors import InvalidInput, NotFound
from bontot.jobs.trials import Kept
from bontot.policy.model import Policy
from bontot.policy.resolve import Rung, Value
from bontot.policy.words import bounds, value_words
from bontot.services import thresholds
from bontot.services.plans import PlanEntry
from bontot.services.thresholds import FIRST_DAY, ValueLine
from bontot.services.trials import PATIENCE, Trial, ValueAsked, expected_seconds
from bontot.text import clean
from bontot.web.database import session
from bontot.web.decisions import DAY_FIELDS, DecisionFields, DecisionForm, typed
from bontot.web.fields import Read
from bontot.web.forms import KEY, new_key
from bontot.web.pages.plans import above_value, may_set, value_of
from bontot.web.plan_words import SPEECH, offered
from bontot.web.request import actor, registry, this_day
from bontot.web.routing import page
from bontot.web.trials import asked_work, preview
from bontot.web.words import OUTCOMES

own_value = Blueprint("own_value", __name__)
AGAIN = "again"
"""The button that asks for a trial once more instead of deciding."""
IN_ORDER = ("value", FIRST_DAY, "document")
"""The fields as the form has them, and so their errors."""
KNOWN = frozenset({"csrf_token", KEY, "agreed", AGAIN, "value", "document", *DAY_FIELDS})


class ValueFields(DecisionFields):
    """A decision on a value: the value too, when one is set."""

    value = Read(clean, load_default="")


@dataclass(slots=True)
class ValueForm(DecisionForm):
    """With the frame's figure once the value asks for less, and once all is sound who would come out otherwise, with the
    words to be sent back to say that this was seen. `kept` is the background work it comes from."""

    weaker: Rung | None = None
    trial: Trial | None = None
    seen: str = ""
    kept: Kept | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """The value a decision is about, which the reader may decide."""

    entry: PlanEntry
    policy: Policy
    line: ValueLine

    @property
    def key(self) -> str:
        """The value's key."""
        return self.line.declaration.key

    @property
    def address(self) -> str:
        """The value's page."""
        return url_for("plan.value", code=self.entry.code, key=self.key)


@page(
    own_value,
    "/ke-hoach/<code>/gia-tri/<key>/dat",
    permission=Permission.SET_THRESHOLD,
    scope=Scope.TENANT,
    methods=("GET", "POST"),
    fields=None,
)
def set_own(code: str, key: str) -> tuple[str, int] | Response:
    """The form for a value of the committee's own; before it is written, who comes out otherwise is shown."""
    opened, kept = _open(code, key), asked_work()
    if isinstance(kept, Response):
        return kept
    form = _form(opened, kept, back=False)
    if request.method == "GET" and kept is None:
        return _page("plan/set.html", opened, form)
    decision = _read(form, code)
    read = _check(opened, form, decision.get(FIRST_DAY) or this_day())
    if form.errors:
        return _page("plan/set.html", opened, form, 422)
    if read is not None and not _seen(form, decision[FIRST_DAY]):
        return _preview("plan/set.html", opened, form, str(read), decision[FIRST_DAY])

    def act() -> str:
        thresholds.set_value(session(), actor(), registry(), policy_code=code, key=key, **decision)
        return _receipt(opened, value_words(opened.line.declaration, read), decision[FIRST_DAY])

    return form.send(act, partial(_page, "plan/set.html", opened, form))


@page(
    own_value,
    "/ke-hoach/<code>/gia-tri/<key>/thoi-dat",
    permission=Permission.SET_THRESHOLD,
    scope=Scope.TENANT,
    methods=("GET", "POST"),
    fields=None,
)
def withdraw(code: str, key: str) -> tuple[str, int] | Response:
    """The form for returning to the plan's own value."""
    opened, kept = _open(code, key), asked_work()
    if isinstance(kept, Response):
        return kept
    form = _form(opened, kept, back=True)
    if request.method == "GET" and kept is None:
        return _page("plan/withdraw.html", opened, form)
    decision = _read(form, code)
    if form.errors:
        return _page("plan/withdraw.html", opened, form, 422)
    if not _seen(form, decision[FIRST_DAY]):
        return _preview("plan/withdraw.html", opened, form, None, decision[FIRST_DAY])
    decision.pop("value")

    def act() -> str:
        thresholds.withdraw_value(session(), actor(), registry(), policy_code=code, key=key, **decision)
        return _receipt(opened, "trở về kế hoạch", decision[FIRST_DAY])

    return form.send(act, partial(_page, "plan/withdraw.html", opened, form))


def _open(code: str, key: str) -> Open:
    entry, policy, line = value_of(code, key, this_day())
    if not may_set(entry, line):
        raise NotFound
    return Open(entry, policy, line)


def _form(opened: Open, kept: Kept | None, *, back: bool) -> ValueForm:
    """The form as it was sent, or as it was when the work that an address names was asked for. Raises NotFound for work
    about another value, or about a return to the plan (`back`) where none is meant."""
    if request.method == "POST" or kept is None:
        return ValueForm(_typed())
    asked = kept.asked
    if not isinstance(asked, ValueAsked) or (asked.policy_code, asked.key) != (opened.entry.code, opened.key):
        raise NotFound
    if (asked.value is None) != back:
        raise NotFound
    day = asked.valid_from
    boxes = {"day": day.day, "month": day.month, "year": day.year}
    return ValueForm(
        {**kept.typed, FIRST_DAY: {part: str(number) for part, number in boxes.items()}}, kept=kept
    )


def _seen(form: ValueForm, first_day: date) -> bool:
    """Whether what this very decision would change was shown before; else it is to be shown."""
    form.seen = f"{form.values['value']}|{first_day.isoformat()}"
    return request.form.get("agreed") == form.seen and AGAIN not in request.form


def _preview(
    template: str, opened: Open, form: ValueForm, value: str | None, first_day: date
) -> tuple[str, int] | Response:
    """Who comes out otherwise, beside the form that now decides; or the way to the work that finds it. What was found
    another day, and what failed, is no ground to decide on."""
    if form.kept is not None:
        form.trial = None if form.kept.earlier else form.kept.trial
        form.seen = form.seen if form.trial else ""
        return _page(template, opened, form)
    asked = ValueAsked(
        policy_code=opened.entry.code, key=opened.key, value=value, valid_from=first_day, day=this_day()
    )
    found = preview(asked, {name: form.values[name] for name in ("value", "document")})
    if isinstance(found, Response):
        return found
    form.trial = found
    return _page(template, opened, form)


def _typed() -> dict[str, Any]:
    """What was sent, as it was typed; a part the form does not have stays in, to be refused."""
    sent = request.form
    strange = {name: sent[name] for name in sent if name not in KNOWN}
    return {"value": sent.get("value", "")} | typed() | strange


def _read(form: ValueForm, code: str) -> dict[str, Any]:
    """The fields that can be read, and a first day that its plan allows; the others leave their sentences in the form."""
    decision = form.read(ValueFields())
    if FIRST_DAY in decision:
        try:
            thresholds.check_first_day(registry(), code, decision[FIRST_DAY])
        except InvalidInput as refusal:
            form.errors[refusal.field] = str(refusal)
    return decision


def _check(opened: Open, form: ValueForm, first_day: date) -> Value | None:
    """The value understood; held against the plan's bounds (an error) and the frame (a warning)."""
    typed: str = form.values["value"]
    if not typed.strip():
        form.errors.setdefault("value", "Nhập hoặc chọn giá trị.")
        return None
    try:
        read, form.weaker = thresholds.check_value(
            registry(), opened.entry.code, opened.key, typed, first_day
        )
    except InvalidInput as refusal:
        form.errors["value"] = str(refusal)
        return None
    return read


def _receipt(opened: Open, shown: str, first_day: date) -> str:
    flash(f"Đã ghi quyết định: {shown} từ ngày {first_day:%d/%m/%Y}.", "good")
    return opened.address


def _page(template: str, opened: Open, form: ValueForm, status: int = 200) -> tuple[str, int]:
    declaration, seconds = opened.line.declaration, expected_seconds(session())
    form.errors = {name: form.errors[name] for name in (*IN_ORDER, "") if name in form.errors}
    shown = render_template(
        template,
        opened=opened,
        line=opened.line,
        form=form,
        form_key=new_key(),
        choices=offered(declaration),
        bounds=bounds(declaration),
        outcomes=OUTCOMES,
        seconds=seconds,
        in_background=seconds >= PATIENCE,
        trail=[*above_value(opened.entry, opened.policy), (declaration.label, opened.address)],
        **SPEECH,
    )
    return shown, status
