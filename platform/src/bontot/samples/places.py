"""The three invented committees: their trees, how large their cells are, and in which manner each cell works."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

RESIDENTIAL, SCHOOL, AGENCY = "Khu dân cư", "Trường học", "Cơ quan nhà nước"
UPPER, BASE, CELL = "Đảng bộ cấp trên trực tiếp cơ sở", "Đảng bộ cơ sở", "Chi bộ trực thuộc"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a cell works, so that the samples hold what passes, what is at the edge, what fails and what is unknown.

    `absent` is the chance of an excused absence in percent, `exactly` the same number away at every meeting instead (in
    percent); `careless` members stay away without a reason, `debtors` owe fees; `weak` percent of the members fall short
    of one criterion. Months are of the judged year.
    """

    absent: int = 6
    exactly: int | None = None
    careless: int = 0
    debtors: int = 0
    weak: int = 12
    late_months: frozenset[int] = frozenset()
    missing_months: frozenset[int] = frozenset()
    no_theme_in: frozenset[int] = frozenset()
    combined_themes: bool = False
    judged: bool = True
    fails: str = ""
    regulated: bool = True
    secretary_disciplined: bool = False
    complaint: bool = False
    rating: str = "Hoàn thành tốt nhiệm vụ"
    points: int = 95
    still: bool = False
    """Nobody is exempt, comes or goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellPlan:
    """A cell: name, members, field of work, manner; `founded` only for one that was split off within the judged year,
    as month and day, from the cell before it."""

    name: str
    size: int
    sector: str = RESIDENTIAL
    manner: Manner = Manner()
    founded: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WardPlan:
    """A base organisation with its cells, judged by `policy`."""

    name: str
    short: str
    policy: str
    cells: tuple[CellPlan, ...]
    points: int = 94
    selects: tuple[str, ...] = ()
    """Names of the cells it chose for a pilot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantPlan:
    """A committee with its base organisations; `day` is the day of the month its plan fixes, if any; `symbol` is what it
    signs with, `paper_place` where its papers are dated, if no name says it."""

    code: str
    name: str
    digits: str
    wards: tuple[WardPlan, ...]
    sent_by: str
    policy: str
    policy_from: date
    day: int | None = None
    deadline: int | None = None
    frame: str = ""
    pledged: tuple[int, int] | None = None
    in_points: bool = False
    committees_meet: bool = False
    symbol: str = "QU"
    paper_place: str | None = None
    founded: date = field(default=date(1996, 1, 1))


def _group(
    number: int, size: int, manner: Manner = Manner(), founded: tuple[int, int] | None = None
) -> CellPlan:
    return CellPlan(name=f"Chi bộ Tổ dân phố số {number}", size=size, manner=manner, founded=founded)


def _school(name: str, size: int, manner: Manner = Manner(absent=4)) -> CellPlan:
    return CellPlan(name=f"Chi bộ Trường {name}", size=size, sector=SCHOOL, manner=manner)


EDGE = Manner(exactly=15, weak=50, still=True)
THIN = Manner(absent=19, careless=4)

BUOI = WardPlan(
    name="Đảng bộ phường Bưởi",
    short="phường Bưởi",
    policy="hanoi_tayho_buoi",
    cells=(
        _group(1, 62),
        _group(2, 48, Manner(late_months=frozenset({4}))),
        _group(3, 30, Manner(absent=5)),
        _group(4, 40, EDGE),
        _group(5, 57, THIN),
        _group(6, 71, Manner(debtors=3)),
        _group(7, 44, Manner(missing_months=frozenset({8}))),
        _group(8, 38, Manner(no_theme_in=frozenset({3}))),
        _group(9, 66, Manner(weak=62)),
        _group(10, 52, Manner(judged=False)),
        _group(11, 47, Manner(fails="solidarity")),
        _group(12, 58, Manner(combined_themes=True)),
        _group(13, 35, Manner(regulated=False, fails="regulation")),
        _group(14, 60, Manner(secretary_disciplined=True)),
        _group(15, 43, Manner(rating="Hoàn thành nhiệm vụ")),
        _group(16, 51),
        _group(17, 45, Manner(), founded=(5, 15)),
        _school("Mầm non Sao Mai", 28),
        _school("Mầm non Hoa Ban", 24),
        _school("Tiểu học Hồ Sen", 41, Manner(absent=3, rating="Hoàn thành xuất sắc nhiệm vụ")),
        _school("THCS Ánh Dương", 34, Manner(late_months=frozenset({2, 11}))),
        _school("THPT Bình Minh", 32),
    ),
)
THUY_KHUE = WardPlan(
    name="Đảng bộ phường Thụy Khuê",
    short="phường Thụy Khuê",
    policy="hanoi_tayho",
    cells=(
        _group(1, 33),
        _group(2, 27, Manner(late_months=frozenset({9}), weak=20)),
        _school("Mầm non Họa Mi", 19),
    ),
)
PHUC_LOI = WardPlan(
    name="Đảng bộ phường Phúc Lợi",
    short="phường Phúc Lợi",
    policy="hanoi_longbien",
    cells=(
        _group(1, 34),
        _group(2, 30, Manner(points=90, exactly=10, still=True)),
        _group(3, 26, Manner(points=89)),
        _group(4, 31, Manner(absent=15, points=84)),
        _group(5, 22, Manner(points=92, missing_months=frozenset({7}))),
        _group(6, 27, Manner(complaint=True, points=91)),
        _group(7, 24, Manner(secretary_disciplined=True, points=90)),
        _group(8, 30, Manner(judged=False)),
        _group(9, 18, Manner(points=93), founded=(8, 15)),
        _school("Mầm non Nắng Hồng", 17, Manner(absent=3, points=96)),
        _school("Tiểu học Cây Bàng", 25, Manner(absent=4, points=97, rating="Hoàn thành xuất sắc nhiệm vụ")),
        _school("THCS Sông Xanh", 21, Manner(points=78, rating="Hoàn thành nhiệm vụ")),
    ),
)
PILOT_CELL = "Chi bộ Phòng Tổng hợp - Văn xã"
OFFICE = WardPlan(
    name="Đảng bộ Văn phòng",
    short="Văn phòng",
    policy="provincial_pilot",
    cells=(
        CellPlan(
            name=PILOT_CELL,
            size=10,
            sector=AGENCY,
            manner=Manner(absent=4, weak=0, rating="Hoàn thành xuất sắc nhiệm vụ"),
        ),
        CellPlan(name="Chi bộ Phòng Hành chính - Tổ chức", size=12, sector=AGENCY, manner=Manner(absent=8)),
        CellPlan(name="Chi bộ Phòng Kinh tế", size=9, sector=AGENCY, manner=Manner(absent=10, debtors=1)),
    ),
    selects=(PILOT_CELL,),
)

TENANTS = (
    TenantPlan(
        code="tayho",
        name="Đảng bộ quận Tây Hồ",
        digits="01.005",
        wards=(BUOI, THUY_KHUE),
        sent_by="Đảng ủy phường",
        policy="hanoi_tayho",
        policy_from=date(2023, 1, 27),
        day=3,
        deadline=7,
        frame="hanoi_city",
        pledged=(2, 27),
    ),
    TenantPlan(
        code="longbien",
        name="Đảng bộ quận Long Biên",
        digits="01.004",
        wards=(PHUC_LOI,),
        sent_by="Đảng ủy phường",
        policy="hanoi_longbien",
        policy_from=date(2023, 8, 8),
        frame="hanoi_city",
        in_points=True,
        committees_meet=True,
        founded=date(2004, 1, 1),
    ),
    TenantPlan(
        code="vanphong",
        name="Đảng bộ Các cơ quan tỉnh",
        digits="99.900",
        wards=(OFFICE,),
        sent_by="Đảng ủy Văn phòng",
        policy="provincial_pilot",
        policy_from=date(2023, 4, 7),
        committees_meet=True,
        symbol="ĐU",
        paper_place="An Bình",
    ),
)
