"""Many organisations becoming others in one act: what begins, where each that there is goes, what it changes, the record."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.errors import InvalidInput
from bontot.services import organisations
from bontot.services.organisations import Node
from bontot.services.reorganising import recording
from bontot.services.reorganising.rules import MOST_FOUNDED
from bontot.web import reform_form, trail, words
from bontot.web.database import session
from bontot.web.forms import new_key, sent_version
from bontot.web.pages.reorganising import answer, plans_offered
from bontot.web.places import offered, parents
from bontot.web.reform_form import Shown
from bontot.web.reorganising_form import Shown as Entered
from bontot.web.request import actor, reach, registry, this_day
from bontot.web.routing import page

reform = Blueprint("reform", __name__)
TITLE = words.ORGANISATION_EVENTS[reform_form.KIND]


@page(
    reform,
    "/to-chuc/sap-xep",
    permission=Permission.RECORD_ORGANISATION,
    scope=Scope.TENANT,
    methods=("GET", "POST"),
    fields=None,
)
def record() -> tuple[str, int] | Response:
    """The two forms of the act, one after the other; then what it changes; then it is written."""
    form = reform_form.shown(request.form)
    action = request.form.get("action", "")
    if request.method == "GET" or action == "edit-new":
        return _beginning(form)
    if action == "more":
        form.rows = min(form.rows + 1, MOST_FOUNDED)
        blank = {f"{name}-{form.rows}": "" for name in ("name", "code", "plan")}
        return _beginning(Shown({**blank, **form.values}, form.rows))
    places = {str(node.public_id): node for node, _ in parents(_tree())}
    try:
        reform_form.founded(form.values, form.numbers, places)
    except InvalidInput as refusal:
        form.errors = refusal.errors
        return _beginning(form, refusal.status)
    if action in ("next", "edit"):
        return _going(form)
    entered = Entered(form.values)

    def again(status: int) -> tuple[str, int]:
        form.errors = entered.errors
        return _going(form, status) if set(form.errors) <= {""} else _beginning(form, status)

    return answer(
        entered,
        lambda: reform_form.read(form, places),
        lambda said: recording.consider(session(), registry(), actor(), said),
        lambda said: recording.record(session(), registry(), actor(), said, sent_version()),
        again=again,
        back=lambda: url_for("organisation.tree"),
        title=TITLE,
        steps=_trail(),
    )


def _beginning(form: Shown, status: int = 200) -> tuple[str, int]:
    told = render_template(
        "reorganising/beginning.html",
        form=form,
        values=form.values,
        errors=form.ordered(),
        most=MOST_FOUNDED,
        types=[(key, said) for key, said in words.ORGANISATION_TYPES.items() if "cell" not in key],
        places=[(str(node.public_id), node.name) for _, node in offered() if not node.is_cell],
        plans=plans_offered(),
        kept=[(name, value) for name, value in form.values.items() if name.startswith("to-")],
        title=TITLE,
        form_key=new_key(),
        trail=_trail(),
    )
    return told, status


def _going(form: Shown, status: int = 200) -> tuple[str, int]:
    told = render_template(
        "reorganising/going.html",
        form=form,
        errors=form.ordered(),
        roots=_tree(),
        kept=[
            (name, value)
            for name, value in request.form.items()
            if not name.startswith("to-") and name not in ("action", "form_key", "csrf_token", "version")
        ],
        names=[(str(number), form.values[f"name-{number}"]) for number in form.numbers],
        end=reform_form.END,
        version=recording.version_of(session()),
        title=TITLE,
        form_key=new_key(),
        trail=_trail(),
    )
    return told, status


def _tree() -> tuple[Node, ...]:
    return organisations.tree(session(), reach(), this_day())


def _trail() -> list[trail.Step]:
    return [("Tổ chức", url_for("organisation.tree"))]
