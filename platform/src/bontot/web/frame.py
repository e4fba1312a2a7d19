"""What stands around every page: whose committee, who is working as what, and where to go from here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask, current_app, g, request, url_for

from bontot.access import ROLE_WORDS, Actor, Permission, Role
from bontot.web.months import left_words, mark_of, misfit_mark, misfit_words, plan_words
from bontot.web.request import visitor
from bontot.web.sheets import may_send_in, sheet_address
from bontot.web.trail import place_address

PRODUCT = "Bốn Tốt"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the navigation: shown to roles with the permission (and among `roles`, if given), marked as current on the
    pages of `blueprints`."""

    words: str
    endpoint: str
    permission: Permission
    blueprints: frozenset[str]
    roles: frozenset[Role] = frozenset(Role)


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as this reader sees it."""

    words: str
    address: str
    current: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """The head of a page. `person` is empty for someone who is not logged in."""

    committee: str
    person: str = ""
    role: str = ""
    place: str = ""
    links: tuple[Link, ...] = ()
    reminds: bool = False
    """Whether the reader is one a committee may remind."""


_OF_FEES = ("fee", "target")
_OF_MEETINGS = (
    "planning",
    "meeting",
    "score",
    "part",
    "review",
    "handover",
    "paper",
    "issued",
    "task",
    "directive",
)
_OVERSEERS = frozenset({Role.TENANT_ADMIN, Role.COMMITTEE})
NAVIGATION = (
    Entry("Việc hôm nay", "home.show", Permission.VIEW_HOME, frozenset({"home"})),
    Entry(
        "Lịch",
        "schedule.index",
        Permission.VIEW_ORGANISATION,
        frozenset({"schedule", "day_off"}),
        _OVERSEERS,
    ),
    Entry(
        "Tổ chức",
        "organisation.tree",
        Permission.VIEW_ORGANISATION,
        frozenset(
            {
                *(
                    "organisation",
                    "board",
                    "cell",
                    "guide",
                    "preference",
                    "fee_board",
                    "reform",
                    "reorganising",
                ),
                *_OF_FEES,
                *_OF_MEETINGS,
            }
        ),
        _OVERSEERS,
    ),
    Entry(
        "Chi bộ",
        "cell.own",
        Permission.VIEW_ORGANISATION,
        frozenset({"cell", "guide", "preference", *_OF_FEES, *_OF_MEETINGS}),
        frozenset({Role.CELL_SECRETARY}),
    ),
    Entry(
        "Đảng viên",
        "member.index",
        Permission.VIEW_ORGANISATION,
        frozenset({"member", "people", "fee_basis"}),
    ),
    Entry(
        "Hồ sơ của tôi", "member.own", Permission.VIEW_MEMBER, frozenset({"member"}), frozenset({Role.MEMBER})
    ),
    Entry("Đăng ký", "first_days.index", Permission.PLEDGE, frozenset({"first_days", "pledge"})),
    Entry("Xét tiêu chí", "judgment.index", Permission.JUDGE, frozenset({"judgment"})),
    Entry(
        "Công nhận",
        "recognition.index",
        Permission.RECOGNISE,
        frozenset({"recognition", "dossier", "recognised", "rating"}),
    ),
    Entry("Đánh giá", "evaluation.index", Permission.VIEW_EVALUATION, frozenset({"evaluation", "job"})),
    Entry(
        "Kế hoạch",
        "plan.index",
        Permission.VIEW_THRESHOLD,
        frozenset({"plan", "own_value", "frame", "pilot"}),
    ),
    Entry("Nhập dữ liệu", "imports.index", Permission.IMPORT, frozenset({"imports"})),
    Entry("Tài khoản", "grant.index", Permission.MANAGE_ACCOUNTS, frozenset({"grant", "token", "webhook"})),
    Entry("Vận hành", "operator.show", Permission.OPERATE, frozenset({"operator", "late_work"})),
)


def install(app: Flask) -> None:
    """Makes `frame()` available to the base template, and addresses and months in words to every one."""
    app.context_processor(lambda: {"frame": frame})
    app.jinja_env.globals.update(
        place_address=place_address,
        plan_words=plan_words,
        left_words=left_words,
        misfit_words=misfit_words,
        misfit_mark=misfit_mark,
        month_mark=mark_of,
        sheet_address=sheet_address,
        may_send_in=may_send_in,
    )


def frame() -> Frame:
    """The head for the present reader; the product's name alone before anyone is known."""
    actor: Actor | None = g.get("actor")
    visit = visitor()
    if actor is None or visit is None or g.get("bare"):
        return Frame(committee=PRODUCT, person=visit.name if visit else "")
    committee = PRODUCT if actor.tenant_id is None else visit.committee
    return Frame(
        committee=committee,
        person=actor.name,
        role=ROLE_WORDS[actor.role],
        place=actor.place if actor.place != committee else "",
        links=tuple(_links(actor)),
        reminds=actor.tenant_id is not None,
    )


def _links(actor: Actor) -> Iterator[Link]:
    for entry in NAVIGATION:
        known = entry.endpoint in current_app.view_functions
        if known and actor.may(entry.permission) and actor.role in entry.roles:
            yield Link(entry.words, url_for(entry.endpoint), request.blueprint in entry.blueprints)
