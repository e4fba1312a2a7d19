"""Biến động: transfers between cells, and the ends of membership."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from bontot.db.models import Member, Membership, MemberState, Post
from bontot.imports.columns import Column, choice, day, last_day, words
from bontot.imports.intake import Intake, SheetKind
from bontot.imports.kinds.common import CARD, CELL_IF_NEEDED, MEMBER, reporting
from bontot.imports.kinds.people import DOCUMENT, free, hold_state, join
from bontot.imports.on_record import Said
from bontot.imports.register import Person, Span
from bontot.imports.table import Row
from bontot.services.people.rules import check_leaving, check_new_cell

Dated = Membership | MemberState | Post

CHANGES = {
    "Chuyển chính thức": "official_transfer",
    "Chuyển tạm thời": "temporary_transfer",
    "Chuyển đi": "transferred_out",
    "Xóa tên": "removed",
    "Khai trừ": "expelled",
    "Xin ra khỏi Đảng": "resigned",
    "Từ trần": "deceased",
}


def take_changes(rows: list[Row], intake: Intake) -> None:
    """Transfers and ends of membership, oldest first; on the day of a transfer the member already belongs to the new
    cell, and one who died is off the roll from that day. Posts of the old cell end with a transfer, and all with the end."""
    for row in sorted(rows, key=lambda row: row.values["day"]):
        person = intake.person(row, intake.organisation(row))
        if person is None:
            continue
        on = row.values["day"]
        if (there := _there(row, person, on)) is not None:
            _hold(row, person, there, intake)
            continue
        home = next((span for span in person.memberships if span.kind == "home" and span.holds(on)), None)
        with reporting(row) as rules:
            check_leaving(person.full_name, (home.since, home.until) if home else None, on, "day")
        if home is None or not rules.kept:
            continue
        if row.values["kind"] in ("official_transfer", "temporary_transfer"):
            _transfer(row, person, home, intake)
        else:
            held = ((person.memberships, Membership), (person.states, MemberState), (person.posts, Post))
            if all(_end(row, spans, table, on, intake) for spans, table in held):
                person.ended_on = on
                _amend_member(person, intake, ended_on=on, end_kind=row.values["kind"])


def _there(row: Row, person: Person, on: date) -> Span | None:
    """The membership, or for an end the last one at home, that says on record what the row says: begun or ended that day."""
    kinds = {"official_transfer": "home", "temporary_transfer": "temporary"}
    kind = kinds.get(row.values["kind"])
    if kind is None:
        return person.home if person.id is not None and person.ended_on == on else None
    begun = (
        span for span in person.memberships if span.id is not None and span.since == on and span.kind == kind
    )
    return next(begun, None)


def _hold(row: Row, person: Person, there: Span, intake: Intake) -> None:
    """Holds a row against what is on record of the change."""
    where = {"id": there.id}
    if row.values["kind"] not in ("official_transfer", "temporary_transfer"):
        intake.on_record.hold(
            row, [Said("kind", row.values["kind"], Member, {"id": person.id}, ("end_kind",))]
        )
        return
    until = row.get("until") if row.values["kind"] == "temporary_transfer" else None
    said = [
        Said("until", until, Membership, where, ("valid_to",)),
        Said("document", row.get("document"), Membership, where, ("document",)),
        Said("target", intake.organisation(row, "target"), Membership, where, ("organisation_id",)),
    ]
    intake.on_record.hold(row, said)


def _transfer(row: Row, person: Person, home: Span, intake: Intake) -> None:
    target = intake.organisation(row, "target")
    on, until, document = row.values["day"], row.get("until"), row.get("document")
    if "target" not in row.values:
        row.error("target", "Chuyển sinh hoạt trong đảng bộ thì phải ghi chi bộ mới.")
    if target is None:
        return
    there = [(span.since, span.until) for span in person.memberships if span.organisation is target]
    with reporting(row) as rules:
        check_new_cell(person.full_name, target, home.organisation or target, there, on, until, "target")
    if not rules.kept:
        return
    if row.values["kind"] == "official_transfer":
        posts = [post for post in person.posts if post.organisation is home.organisation]
        if _end(row, [home], Membership, on, intake) and _end(row, posts, Post, on, intake):
            join(person, target, "home", on, None, intake, document=document)
    elif free(
        row, [s for s in person.states if s.kind == "temporarily_out"], on, until, "Thời gian chuyển", "day"
    ):
        hold_state(row, person, "temporarily_out", on, until, intake, document)
        join(person, target, "temporary", on, until, intake, document=document)


def _end(row: Row, spans: Iterable[Span], table: type[Dated], on: date, intake: Intake) -> bool:
    """Ends on a day what still holds then; whether all of it began before, which is reported when not."""
    held = [span for span in spans if span.until is None or on < span.until]
    late = next((span for span in held if span.since >= on), None)
    if late is not None:
        row.error("day", f"Có việc đã ghi bắt đầu ngày {late.since:%d/%m/%Y}, không trước ngày này.")
        return False
    for span in held:
        span.until = on
        if span.row is not None:
            span.row["valid_to"] = on
        elif span.id is not None:
            intake.plan.change(table, span.id, valid_to=on)
    return True


def _amend_member(person: Person, intake: Intake, **values: Any) -> None:
    if person.row is not None:
        person.row.update(values)
    elif person.id is not None:
        intake.plan.change(Member, person.id, **values)


CHANGES_OF_MEMBERS = SheetKind(
    "member_change",
    "Biến động",
    (
        CELL_IF_NEEDED,
        MEMBER,
        CARD,
        Column(
            "kind",
            "Hình thức",
            choice(
                CHANGES,
                ("Chuyển sinh hoạt chính thức", "official_transfer"),
                ("Chuyển sinh hoạt tạm thời", "temporary_transfer"),
            ),
            required=True,
        ),
        Column("day", "Ngày", day, required=True, past=True, also=("Ngày chuyển", "Từ ngày")),
        Column("until", "Đến hết ngày", last_day, also=("Đến ngày",)),
        Column("target", "Chi bộ mới", words, also=("Chi bộ đến", "Chuyển đến")),
        DOCUMENT,
    ),
    take_changes,
    ("Chuyển sinh hoạt", "Biến động đảng viên"),
)
