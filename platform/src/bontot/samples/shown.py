"""What is shown whole of each committee: a cell with the record of its latest meeting, the next one prepared, its fees kept
and a pledge signed, so that every paper of the committee can be looked at."""

from __future__ import annotations

from dataclasses import dataclass

from bontot.samples import OPEN_CELL
from bontot.samples.places import BUOI, OFFICE, PHUC_LOI, PILOT_CELL, TENANTS, TenantPlan, WardPlan
from bontot.samples.proceedings import IN_THE_OFFICE, IN_THE_STREET, Talk


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A cell of a committee and its ward, with the log-ins of both, where they have any of their own; what is spoken of at
    its meetings, and where they are held.

    `inviting` cells have prepared next month's meeting, `pledged` ones signed for next year; `all_meet` says whether the
    other cells of the ward have records of their latest meetings too.
    """

    plan: TenantPlan
    ward: WardPlan
    cell: str
    talk: Talk
    place: str
    inviting: tuple[str, ...]
    pledged: tuple[str, ...]
    secretary: str = ""
    committee: str = ""
    all_meet: bool = False


_TAYHO, _LONGBIEN, _VANPHONG = TENANTS
_FIRST = PHUC_LOI.cells[0].name

SHOWN = (
    Shown(
        plan=_TAYHO,
        ward=BUOI,
        cell=OPEN_CELL[2],
        talk=IN_THE_STREET,
        place="Nhà sinh hoạt cộng đồng",
        inviting=(BUOI.cells[0].name, BUOI.cells[1].name, OPEN_CELL[2]),
        pledged=(BUOI.cells[0].name, BUOI.cells[1].name),
        secretary="bi-thu.tdp3",
        committee="phuong-buoi",
        all_meet=True,
    ),
    Shown(
        plan=_LONGBIEN,
        ward=PHUC_LOI,
        cell=_FIRST,
        talk=IN_THE_STREET,
        place="Nhà văn hoá tổ dân phố",
        inviting=(_FIRST,),
        pledged=(_FIRST,),
    ),
    Shown(
        plan=_VANPHONG,
        ward=OFFICE,
        cell=PILOT_CELL,
        talk=IN_THE_OFFICE,
        place="Phòng họp số 2",
        inviting=(PILOT_CELL,),
        pledged=(PILOT_CELL,),
    ),
)
