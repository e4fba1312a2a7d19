"""The plans a committee works by: documents, values with who decided each, criteria."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.errors import NotFound, PlanNotThen, PluginUnavailable
from bontot.policy.model import Policy, Recognition
from bontot.policy.recognition_table import StepRow, step_rows
from bontot.policy.resolve import Layer, Resolved
from bontot.policy.sheet_table import SheetRow, band_words, sheet_rows
from bontot.policy.sheets import ScoreSheet
from bontot.policy.table import condition
from bontot.policy.words import bounds, is_fixed
from bontot.services import plans, thresholds
from bontot.services.evaluations import recorded_years
from bontot.services.paging import MOST
from bontot.services.pilots import by_selection
from bontot.services.trials import LISTED, PATIENCE, PlanAsked, check_asked, comparable, expected_seconds
from bontot.web.database import session
from bontot.web.plan_sheet import criteria_sheet, values_sheet
from bontot.web.plan_words import SPEECH
from bontot.web.query import asked_day, asked_sheet, asked_year
from bontot.web.request import actor, registry, this_day
from bontot.web.routing import page
from bontot.web.trail import Step
from bontot.web.trial_sheet import trial_sheet
from bontot.web.trials import asked_work, preview
from bontot.web.words import OUTCOMES

plan = Blueprint("plan", __name__)


@plan.errorhandler(PlanNotThen)
def not_then(refusal: PlanNotThen) -> tuple[str, int]:
    """The page of a plan on a day before or after it: when it stands, with the way there."""
    address = f"{request.path}?ngay={refusal.day}" if refusal.day <= this_day() else ""
    text = render_template(
        "plan/not_then.html", said=str(refusal), day=refusal.day, address=address, trail=[_root()]
    )
    return text, refusal.status


@page(plan, "/ke-hoach", permission=Permission.VIEW_THRESHOLD, scope=Scope.TENANT)
def index() -> str:
    """The plans in force."""
    day = asked_day()
    entries = plans.plans_in_force(session(), registry(), day)
    return render_template("plan/index.html", entries=entries, day=day, today=this_day(), **SPEECH)


@page(plan, "/ke-hoach/<code>", permission=Permission.VIEW_THRESHOLD, scope=Scope.TENANT)
def show(code: str) -> str | tuple[str, int] | Response:
    """Every value of a plan as of a day, with who decided it."""
    day = asked_day()
    entry = plans.plan_of(session(), registry(), code, day)
    if entry.policy is None:
        return _closed(entry)
    begun = day >= entry.policy.in_force_from
    comparisons, lines = plans.comparisons(entry.policy), _lines(entry, day)
    sections = plans.sections(entry.policy, lines)
    if asked_sheet():
        declared = () if entry.is_frame else [line.declaration for line in lines]
        decided = thresholds.own_values(session(), code, declared, MOST)
        return values_sheet(entry.policy, day, sections if begun else (), comparisons, decided)
    return render_template(
        "plan/show.html",
        entry=entry,
        policy=entry.policy,
        documents=plans.documents(entry.policy),
        comparisons=comparisons,
        sections=sections,
        begun=begun,
        chosen_only=by_selection(entry.policy) and actor().may(Permission.VIEW_ORGANISATION),
        may_compare=not entry.is_frame and actor().may(Permission.SET_THRESHOLD),
        day=day,
        today=this_day(),
        trail=[_root()],
        **SPEECH,
    )


@page(plan, "/ke-hoach/<code>/tieu-chi", permission=Permission.VIEW_THRESHOLD, scope=Scope.TENANT)
def criteria(code: str) -> str | tuple[str, int] | Response:
    """Every criterion of a plan as a jurist reads it: group, way of deciding, demand, clause."""
    day = asked_day()
    entry = plans.plan_of(session(), registry(), code, day)
    if entry.policy is None:
        return _closed(entry)
    lines = {line.declaration.key: line for line in _lines(entry, day)}
    values = {key: line.resolved for key, line in lines.items()}
    begun = day >= entry.policy.in_force_from
    readings = plans.readings(entry.policy, values) if begun else []
    procedures = _procedures(entry.policy, values, day) if begun else []
    sheets = _sheets(entry.policy, values, day) if begun else []
    if asked_sheet():
        return criteria_sheet(entry.policy, day, lines, readings, sheets, procedures)
    return render_template(
        "plan/criteria.html",
        entry=entry,
        policy=entry.policy,
        documents=plans.documents(entry.policy),
        lines=lines,
        readings=readings,
        procedures=procedures,
        sheets=sheets,
        condition=condition,
        values=values,
        day=day,
        today=this_day(),
        trail=[_root()],
        **SPEECH,
    )


@page(plan, "/ke-hoach/<code>/gia-tri/<key>", permission=Permission.VIEW_THRESHOLD, scope=Scope.TENANT)
def value(code: str, key: str) -> str:
    """One value: what holds and why, the layers around it, what the committee decided when."""
    day = asked_day()
    entry, policy, line = value_of(code, key, day)
    return render_template(
        "plan/value.html",
        entry=entry,
        policy=policy,
        line=line,
        comparisons=plans.comparisons(policy),
        history=thresholds.own_history(session(), registry(), code, key),
        purpose=plans.purpose_of(policy, key),
        used_by=plans.criteria_using(policy, key),
        bounds=bounds,
        may_set=may_set(entry, line),
        day=day,
        today=this_day(),
        trail=above_value(entry, policy),
        **SPEECH,
    )


@page(
    plan,
    "/ke-hoach/<code>/so-sanh",
    permission=Permission.SET_THRESHOLD,
    scope=Scope.TENANT,
    methods=("GET", "POST"),
    fields=("voi", "nam"),
)
def compare(code: str) -> str | tuple[str, int] | Response:
    """The committee's year judged by this plan and by another: who comes out otherwise. Asked by the address where it is
    found at once; by a form where it becomes work in the background."""
    entry = plans.plan_of(session(), registry(), code, this_day())
    if entry.policy is None:
        return _closed(entry)
    if entry.is_frame:
        raise NotFound
    kept, seconds = asked_work(), expected_seconds(session())
    if isinstance(kept, Response):
        return kept
    asked = _compared(code) if kept is None else kept.asked
    if asked is not None and (not isinstance(asked, PlanAsked) or asked.policy_code != code):
        raise NotFound
    trial = kept.trial if kept else None
    if kept is None and asked is not None:
        check_asked(registry(), asked)
        if request.method == "POST" or seconds < PATIENCE:
            found = preview(asked, {}, most=MOST if asked_sheet() else LISTED)
            if isinstance(found, Response):
                return found
            trial = found
    other = registry().policy(asked.other) if asked else None
    if request.method == "GET" and asked_sheet():
        if trial is None or other is None:
            raise NotFound
        return trial_sheet(trial, entry.policy.label, other.label)
    year = asked.year if asked else asked_year()
    return render_template(
        "plan/compare.html",
        entry=entry,
        policy=entry.policy,
        offered=[(one.code, one.label) for one in comparable(registry(), code)],
        other=other,
        year=year,
        years=[(str(each), str(each)) for each in sorted({year, *recorded_years(session())}, reverse=True)],
        kept=kept,
        trial=trial,
        outcomes=OUTCOMES,
        seconds=seconds,
        in_background=seconds >= PATIENCE,
        trail=[_root(), (entry.policy.label, url_for("plan.show", code=code))],
        **SPEECH,
    )


def _compared(code: str) -> PlanAsked | None:
    """The other plan and the year asked for. Raises NotFound for what is no year."""
    other = request.values.get("voi")
    if other is None:
        return None
    return PlanAsked(policy_code=code, other=other, year=asked_year(), day=this_day())


def _procedures(
    policy: Policy, values: dict[str, Resolved], day: date
) -> list[tuple[str, Recognition, list[StepRow]]]:
    titles = {scheme.key: scheme.title or scheme.key for scheme in policy.schemes}
    return [(titles[one.scheme], one, step_rows(policy, one, values, day)) for one in policy.recognitions]


def _sheets(
    policy: Policy, values: dict[str, Resolved], day: date
) -> list[tuple[ScoreSheet, str, list[SheetRow]]]:
    return [(sheet, band_words(policy, sheet, values), sheet_rows(sheet, day)) for sheet in policy.sheets]


def value_of(code: str, key: str, day: date) -> tuple[plans.PlanEntry, Policy, thresholds.ValueLine]:
    """A value of one of the committee's plans. Raises NotFound, PluginUnavailable."""
    entry = plans.plan_of(session(), registry(), code, day)
    if entry.policy is None:
        raise PluginUnavailable(entry.reason)
    for line in _lines(entry, day):
        if line.declaration.key == key:
            return entry, entry.policy, line
    raise NotFound


def may_set(entry: plans.PlanEntry, line: thresholds.ValueLine) -> bool:
    """Whether the reader may decide on a value; a frame's only where the committee switched it on itself, and some the plan
    fixes for good."""
    open_to_committee = (entry.adopted or not entry.is_frame) and not is_fixed(line.declaration)
    return open_to_committee and actor().may(Permission.SET_THRESHOLD)


def above_value(entry: plans.PlanEntry, policy: Policy) -> list[Step]:
    """The lines above a value's page."""
    return [_root(), (policy.label, url_for("plan.show", code=entry.code))]


def _root() -> Step:
    return "Kế hoạch", url_for("plan.index")


def _lines(entry: plans.PlanEntry, day: date) -> list[thresholds.ValueLine]:
    base = Layer.FRAME if entry.is_frame else Layer.PLAN
    return thresholds.value_lines(session(), registry(), entry.code, day, base=base)


def _closed(entry: plans.PlanEntry) -> tuple[str, int]:
    """The page of a plan whose plugin is not available: the reason, and that the records are safe."""
    return render_template("plan/closed.html", entry=entry, trail=[_root()]), PluginUnavailable.status
