"""What happens to one organisation: choosing the act, its form, what it will change, and the record; correcting and taking
back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from bontot.access import Permission, Scope
from bontot.errors import InvalidInput, NotFound
from bontot.services import members, organisations
from bontot.services.organisations import Node
from bontot.services.plans import label_of
from bontot.services.reorganising import recording
from bontot.services.reorganising.acts import Reform
from bontot.services.reorganising.preview import Consequences
from bontot.web import reorganising_form, trail, words
from bontot.web.database import session
from bontot.web.forms import answered, new_key, sent_again, sent_version
from bontot.web.places import parents
from bontot.web.reorganising_form import BY_SLUG, Asked, Form, Shown
from bontot.web.request import Place, actor, reach, registry, this_day
from bontot.web.routing import page

reorganising = Blueprint("reorganising", __name__)
BEFORE_YOU = "Vừa có việc khác về tổ chức được ghi. Xin xem lại rồi bấm lần nữa; nội dung đã nhập vẫn còn."
PATH = "/to-chuc/<uuid:organisation>"


@page(reorganising, f"{PATH}/viec-moi", permission=Permission.RECORD_ORGANISATION, scope=Scope.ORGANISATION)
def choose(organisation: Place) -> str:
    """What can be recorded of the organisation."""
    node, above = _stands(organisation)
    return render_template(
        "reorganising/choose.html",
        place=organisation,
        forms=reorganising_form.open_forms(node, _siblings(node, above)),
        trail=_trail(organisation),
    )


@page(
    reorganising,
    f"{PATH}/viec-moi/<event>",
    permission=Permission.RECORD_ORGANISATION,
    scope=Scope.ORGANISATION,
    methods=("GET", "POST"),
    fields=reorganising_form.FIELDS,
)
def record(organisation: Place, event: str) -> tuple[str, int] | Response:
    """The form of one act; before it is written, what it changes is shown."""
    form = BY_SLUG.get(event)
    if form is None:
        raise NotFound
    shown = Shown(reorganising_form.typed(request.form))
    if request.method == "GET":
        return _form(organisation, form, shown)
    return answer(
        shown,
        lambda: reorganising_form.read(form, _asked(organisation, form), shown.values),
        lambda reform: recording.consider(session(), registry(), actor(), reform),
        lambda reform: recording.record(session(), registry(), actor(), reform, sent_version()),
        again=lambda status: _form(organisation, form, shown, status),
        back=lambda: after(organisation),
        title=form.title,
        steps=_trail(organisation),
    )


@page(
    reorganising,
    f"{PATH}/viec/<uuid:act>/sua",
    permission=Permission.RECORD_ORGANISATION,
    scope=Scope.ORGANISATION,
    methods=("GET", "POST"),
    fields=(*reorganising_form.BOXES, *reorganising_form.PAPER, "version", "action", "reason"),
)
def correct(organisation: Place, act: UUID) -> tuple[str, int] | Response:
    """The day and the document of an act once more, to be written otherwise, with a reason."""
    if request.method == "GET":
        entry = recording.entry_of(session(), _line(organisation, act).id)
        return _correcting(organisation, act, Shown(reorganising_form.of_entry(entry)))
    shown = Shown(reorganising_form.typed(request.form))
    if request.form.get("action") == "edit":
        return _correcting(organisation, act, shown)

    def read() -> Reform:
        line = _line(organisation, act)
        if not shown.values["reason"].strip():
            raise InvalidInput("Cần ghi lý do.", "reason")
        entry = recording.entry_of(session(), line.id)
        return recording.otherwise(entry, **reorganising_form.paper(shown.values))

    return answer(
        shown,
        read,
        lambda reform: recording.consider_instead(
            session(), registry(), actor(), _line(organisation, act).id, reform
        ),
        lambda reform: recording.record_instead(
            session(),
            registry(),
            actor(),
            _line(organisation, act).id,
            reform,
            sent_version(),
            shown.values["reason"],
        ),
        again=lambda status: _correcting(organisation, act, shown, status),
        back=lambda: url_for("organisation.tree"),
        title="Sửa ngày, văn bản",
        steps=_trail(organisation),
        button="Ghi bản sửa",
    )


@page(
    reorganising,
    f"{PATH}/viec/<uuid:act>/bo",
    permission=Permission.RECORD_ORGANISATION,
    scope=Scope.ORGANISATION,
    methods=("GET", "POST"),
    fields=("version", "reason"),
)
def take_back(organisation: Place, act: UUID) -> tuple[str, int] | Response:
    """Takes back an act, with a reason."""
    if request.method == "GET":
        return _taking_back(organisation, act, {})

    def undo() -> str:
        line = _line(organisation, act)
        kind = recording.take_back_event(
            session(), actor(), line.id, sent_version(), request.form.get("reason", "")
        )
        flash(
            f"Đã bỏ việc “{words.ORGANISATION_EVENTS[kind]}”. Bản đã ghi được giữ trong nhật ký cùng lý do.",
            "good",
        )
        return url_for("organisation.tree") if line.part == "founded" else after(organisation)

    return answered(undo, partial(_taking_back, organisation, act), BEFORE_YOU)


def answer(
    shown: Shown,
    read: Callable[[], Reform],
    consider: Callable[[Reform], Consequences],
    write: Callable[[Reform], object],
    *,
    again: Callable[[int], tuple[str, int]],
    back: Callable[[], str],
    title: str,
    steps: list[trail.Step],
    button: str = "Ghi việc này",
) -> tuple[str, int] | Response:
    """The form again with what must be mended, or what the act changes, or, once that was seen, the page it leads to."""

    def preview() -> tuple[str, int]:
        reform = read()
        return confirm(reform, consider(reform), title, button, steps, shown.values.get("reason", ""))

    def refused(errors: dict[str, str], status: int) -> tuple[str, int]:
        shown.errors = {"moving" if name == "members" else name: said for name, said in errors.items()}
        return again(status)

    return answered(lambda: _write(read(), write, back), refused, BEFORE_YOU, preview=preview)


def _write(reform: Reform, write: Callable[[Reform], object], back: Callable[[], str]) -> str:
    said = reorganising_form.said(reform, _names())
    write(reform)
    flash(f"Đã ghi: {said}", "good")
    return back()


def confirm(
    reform: Reform, found: Consequences, title: str, button: str, steps: list[trail.Step], reason: str = ""
) -> tuple[str, int]:
    """What an act would change, to be agreed to."""
    told = render_template(
        "reorganising/confirm.html",
        said=reorganising_form.said(reform, _names()),
        reform=reform,
        found=found,
        title=title,
        button=button,
        reason=reason,
        sent=sent_again("version"),
        version=request.form.get("version", ""),
        form_key=new_key(),
        words=words,
        plan_label=lambda code: label_of(registry(), code) if code else "chưa theo kế hoạch nào",
        trail=steps,
    )
    return told, 200


def _form(organisation: Place, form: Form, shown: Shown, status: int = 200) -> tuple[str, int]:
    node, above = _open(organisation, form)
    if form.kind == "retype" and request.method == "GET":
        shown.values = {**shown.values, "type-1": node.type, "sector-1": node.sector}
    told = render_template(
        "reorganising/form.html",
        place=organisation,
        node=node,
        details=organisations.details(session(), organisation.id, this_day()),
        form=form,
        values=shown.values,
        errors=shown.ordered(),
        siblings=_named(_siblings(node, above)),
        people=_people(organisation) if "two" in form.asks and node.is_cell else [],
        below=_named(node.below),
        parents=_superiors(node),
        heirs=_heirs(node),
        plans=plans_offered(),
        types=list(words.ORGANISATION_TYPES.items()),
        sectors=list(words.SECTORS.items()),
        version=recording.version_of(session()),
        form_key=new_key(),
        trail=_trail(organisation),
    )
    return told, status


def _correcting(organisation: Place, act: UUID, shown: Shown, status: int = 200) -> tuple[str, int]:
    line = _line(organisation, act)
    told = render_template(
        "reorganising/correct.html",
        place=organisation,
        line=line,
        title=words.ORGANISATION_EVENTS[line.kind],
        values=shown.values,
        errors=shown.ordered(),
        version=recording.version_of(session()),
        form_key=new_key(),
        trail=_trail(organisation),
    )
    return told, status


def _taking_back(
    organisation: Place, act: UUID, errors: dict[str, str], status: int = 200
) -> tuple[str, int]:
    line = _line(organisation, act)
    told = render_template(
        "reorganising/take_back.html",
        place=organisation,
        line=line,
        title=words.ORGANISATION_EVENTS[line.kind],
        errors=errors,
        reason=request.form.get("reason", ""),
        version=recording.version_of(session()),
        form_key=new_key(),
        back=after(organisation),
        trail=_trail(organisation),
    )
    return told, status


def _line(organisation: Place, act: UUID) -> recording.EventLine:
    """An act of the organisation. Raises NotFound."""
    for line in recording.events_of(session(), organisation.id, this_day()):
        if line.public_id == act:
            return line
    raise NotFound


def plans_offered() -> list[tuple[str, str]]:
    """The plans an organisation may be put under, by name."""
    plans = (offer.policy for offer in registry().policies.values())
    return sorted(
        ((plan.code, plan.label) for plan in plans if any(scheme.title for scheme in plan.schemes)),
        key=lambda plan: plan[1],
    )


def after(organisation: Place) -> str:
    """The organisation's own page."""
    return trail.place_address(organisation.public_id, is_cell=organisation.is_cell)


def _tree() -> tuple[Node, ...]:
    return organisations.tree(session(), reach(), this_day())


def _names() -> dict[int, str]:
    return {node.id: node.name for node, _ in parents(_tree())}


def _stands(organisation: Place) -> tuple[Node, Node | None]:
    """The organisation in today's tree, and the one above. Raises NotFound for one that is no more."""
    for node, above in parents(_tree()):
        if node.id == organisation.id:
            return node, above
    raise NotFound


def _open(organisation: Place, form: Form) -> tuple[Node, Node | None]:
    """The same, where the form is one for it as it stands. Raises NotFound."""
    node, above = _stands(organisation)
    if form not in reorganising_form.open_forms(node, _siblings(node, above)):
        raise NotFound
    return node, above


def _siblings(node: Node, above: Node | None) -> list[Node]:
    """Those of its kind beside it."""
    beside = above.below if above else ()
    return [one for one in beside if one.is_cell == node.is_cell and one.id != node.id]


def _superiors(node: Node) -> list[Node]:
    """Those it could stand below."""
    own = node.ids
    return [one for one, _ in parents(_tree()) if not one.is_cell and one.id not in own]


def _heirs(node: Node) -> list[Node]:
    """Those that could take over from it."""
    own = node.ids
    return [one for one, _ in parents(_tree()) if one.is_cell == node.is_cell and one.id not in own]


def _asked(organisation: Place, form: Form) -> Asked:
    (node, above), day = _open(organisation, form), this_day()
    people: list[Any] = members.at_home(session(), organisation.id, day) if node.is_cell else []
    return Asked(
        node,
        above.id if above else None,
        organisations.details(session(), organisation.id, day).code,
        {str(one.public_id): one for one, _ in parents(_tree())},
        {str(person.public_id): person.id for person in people},
    )


def _named(nodes: Iterable[Node]) -> list[tuple[str, str]]:
    return [(str(node.public_id), node.name) for node in nodes]


def _people(organisation: Place) -> list[tuple[str, str]]:
    """Everyone at home in a cell today, told apart by the year of birth."""
    found = members.at_home(session(), organisation.id, this_day())
    return [
        (str(one.public_id), f"{one.full_name} ({one.birth_year})" if one.birth_year else one.full_name)
        for one in found
    ]


def _trail(organisation: Place) -> list[trail.Step]:
    return trail.above(organisation, this_day(), itself=True)
