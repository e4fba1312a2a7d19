"""Whom a row of members is about: somebody on record, by card or by name and what is said of the birth, or somebody new."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial

from bontot.db.models import Member
from bontot.imports.columns import Known
from bontot.imports.intake import Intake
from bontot.imports.on_record import Said, Seen, Values, only
from bontot.imports.register import Org, Person
from bontot.imports.table import Row
from bontot.text import name_key

ON_ROLL = {"Chính thức": "official", "Dự bị": "probationary", "Bình thường": "", "Đang sinh hoạt": ""}
PRECISIONS = ("year", "month", "day")
"""How far a day is known, the least first."""


def is_new(row: Row, org: Org, intake: Intake) -> bool:
    """Whether the person is not yet entered: by card, or by name and what is said of the birth among those of the cell."""
    number, full_name = row.get("card"), row.values["full_name"]
    holder = intake.register.card_holder(number) if number else None
    if holder is not None and (holder.id is None or name_key(holder.full_name) != name_key(full_name)):
        row.error("card", f"Số thẻ {number} đã là của đồng chí {holder.full_name}.")
        return False
    there = [holder] if holder is not None else _of_cell(row, org, intake)
    if len(there) > 1:
        row.error(
            "full_name",
            f"{org.name} có {len(there)} đồng chí tên {full_name}; hãy ghi số thẻ hoặc đủ ngày sinh.",
        )
    elif not there:
        return _alone(row, org, intake)
    elif there[0].id is None:
        row.error("full_name", f"{org.name} đã có đồng chí {there[0].full_name}{_born(there[0])}.")
    elif there[0].ended_on is not None:
        ended = f"{there[0].ended_on:%d/%m/%Y}"
        sentence = f"Đồng chí {there[0].full_name} đã thôi sinh hoạt tại đảng bộ này từ ngày {ended}; hãy bỏ dòng này."
        row.error("full_name", sentence)
    else:
        intake.on_record.hold(row, _said(row, there[0]), _seen(row, there[0], org, intake.register.today))
    return False


def _of_cell(row: Row, org: Org, intake: Intake) -> list[Person]:
    """Who is, or ever was, of the cell and may be whom the row names; those fit best of whom more is the same."""
    birth, number = row.get("birth"), row.get("card")
    found = [
        other
        for other in intake.register.namesakes(row.values["full_name"])
        if other.ever_in(org) and _may_be_same(number, other) and _born_alike(birth, other)
    ]
    for fits in (
        lambda other: birth is not None and birth.day == other.birth_date,
        lambda other: number is None and other.card is None,
    ):
        found = [other for other in found if fits(other)] or found
    return found


def _born_alike(birth: Known | None, other: Person) -> bool:
    """Whether what is known of two births agrees, as far as both are known."""
    if birth is None or other.birth_date is None:
        return True
    exact = min(birth.precision, other.birth_precision, key=PRECISIONS.index)
    return _as_far(birth.day, exact) == _as_far(other.birth_date, exact)


def _as_far(day_: date, precision: str) -> date:
    """A day known as far as that."""
    return {"year": day_.replace(month=1, day=1), "month": day_.replace(day=1)}.get(precision, day_)


def _alone(row: Row, org: Org, intake: Intake) -> bool:
    """Whether nobody of the same name keeps a row out; tells of those who may be the same person."""
    number, birth = row.get("card"), row.get("birth")
    for other in intake.register.namesakes(row.values["full_name"]):
        same_birth = birth is not None and other.birth_date == birth.day
        at_home = other.id is not None and other.home is not None and other.home.organisation is org
        if at_home and same_birth:
            row.error(
                "card",
                f"{org.name} đã có đồng chí cùng họ tên và ngày sinh, mang số thẻ {other.card}; hãy kiểm tra số thẻ.",
            )
            return False
        if at_home:
            row.warn(
                "full_name",
                f"{org.name} đã có đồng chí cùng họ tên{_born(other)}; được nhập như người khác. "
                "Nếu là một người, hãy sửa ngày sinh hoặc bỏ dòng này.",
            )
        elif same_birth and not _may_be_same(number, other):
            row.warn(
                "card",
                f"Trùng họ tên và ngày sinh với đồng chí mang số thẻ {other.card}; được nhập như hai người. "
                "Nếu là một người, hãy sửa số thẻ hoặc bỏ dòng này.",
            )
        elif same_birth:
            place = other.home.organisation.name if other.home and other.home.organisation else "nơi khác"
            row.warn(
                "full_name",
                f"Trùng họ tên và ngày sinh với đồng chí ở {place}; được nhập như hai người. "
                "Nếu là một người, hãy bỏ dòng này và dùng trang Biến động.",
            )
    return True


def _said(row: Row, person: Person) -> Iterator[Said]:
    """What a list says of a member who is there."""
    where = {"id": person.id}
    for name in ("female", "official_date", "employment", "phone"):
        yield Said(name, row.get(name), Member, where, (name,))
    yield Said("card", row.get("card"), Member, where, ("card_number",))
    for name in ("birth", "admission"):
        said: Known | None = row.get(name)
        read = partial(_as_known, said)
        yield Said(name, said, Member, where, (f"{name}_date", f"{name}_precision"), read)
    if row.get("state") in ON_ROLL.values():
        yield Said("state", row.get("state") or None, Member, where, ("official_date",), _on_roll)


def _as_known(said: Known | None, found: Sequence[Values]) -> Known | None:
    """A recorded day as far as it is known, or only as far as a row says where it says less."""
    [(day_, precision)] = found
    if day_ is None:
        return None
    less = said is not None and PRECISIONS.index(said.precision) <= PRECISIONS.index(precision)
    return Known(_as_far(day_, said.precision), said.precision) if said and less else Known(day_, precision)


def _on_roll(found: Sequence[Values]) -> str:
    return "official" if only(found) else "probationary"


def _seen(row: Row, person: Person, org: Org, today: date) -> Iterator[Seen]:
    """What it says of where he or she is, in which state and post."""
    home = person.home
    yield Seen("organisation", org, home.organisation if home else None)
    yield Seen("since", row.get("since"), home.since if home else None)
    for name, spans in (("state", person.states), ("post", person.posts)):
        said, since, until = (row.get(each) for each in (name, f"{name}_since", f"{name}_until"))
        if said is None or said in ON_ROLL.values():
            continue
        held = [
            one
            for one in spans
            if one.kind == said
            and one.organisation in (None, org)
            and (one.since == since if since else one.holds(today))
        ]
        yield Seen(name, said, said if held else None)
        yield Seen(f"{name}_until", until, held[-1].until if held else until)


def _may_be_same(number: str | None, other: Person) -> bool:
    return number is None or other.card is None


def _born(person: Person) -> str:
    return f", sinh năm {person.birth_date.year}" if person.birth_date else ""
