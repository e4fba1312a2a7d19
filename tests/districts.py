"""The two districts whole, with invented people, as they stood before the reform of 1 July 2025, and where each ward and
cell went: eight wards into two, fourteen into four (dossier, rules §6; where the sources do not say, it is invented)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bontot.samples.places import CellPlan, Manner, TenantPlan, WardPlan

REFORM = date(2025, 7, 1)
DECIDED = ("1656/NQ-UBTVQH15", date(2025, 6, 16), "Ủy ban Thường vụ Quốc hội")
_DIGITS = {"tayho": "01.005", "longbien": "01.004"}
_MANNERS = (Manner(debtors=2, absent=4), Manner(absent=14, careless=1), Manner(weak=40))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWard:
    """A ward that began with the reform: the wards whose committees it took over, and single cells of others, each as
    `(ward, place in it)`."""

    name: str
    takes: tuple[str, ...]
    cells: tuple[tuple[str, int], ...] = ()


def _ward(name: str, policy: str, place: int) -> WardPlan:
    cells = tuple(
        CellPlan(
            name=f"Chi bộ Tổ dân phố số {number}", size=8 + (place + number) % 3, manner=_MANNERS[place % 3]
        )
        for number in (1, 2)
    )
    return WardPlan(name=f"Đảng bộ phường {name}", short=f"phường {name}", policy=policy, cells=cells)


def _wards(policy: str, *names: str, own: dict[str, str] | None = None) -> tuple[WardPlan, ...]:
    return tuple(_ward(name, (own or {}).get(name, policy), place) for place, name in enumerate(names))


TAY_HO = TenantPlan(
    code="tayho8",
    name="Đảng bộ quận Tây Hồ",
    digits=_DIGITS["tayho"],
    wards=_wards(
        "hanoi_tayho",
        "Bưởi",
        "Thụy Khuê",
        "Xuân La",
        "Quảng An",
        "Phú Thượng",
        "Nhật Tân",
        "Tứ Liên",
        "Yên Phụ",
        own={"Bưởi": "hanoi_tayho_buoi"},
    ),
    sent_by="Đảng ủy phường",
    policy="hanoi_tayho",
    policy_from=date(2023, 1, 27),
    day=3,
    deadline=7,
    frame="hanoi_city",
    pledged=(2, 27),
)
LONG_BIEN = TenantPlan(
    code="longbien14",
    name="Đảng bộ quận Long Biên",
    digits=_DIGITS["longbien"],
    wards=_wards(
        "hanoi_longbien",
        "Long Biên",
        "Thạch Bàn",
        "Cự Khối",
        "Phúc Đồng",
        "Gia Thụy",
        "Bồ Đề",
        "Ngọc Lâm",
        "Ngọc Thụy",
        "Việt Hưng",
        "Đức Giang",
        "Thượng Thanh",
        "Giang Biên",
        "Phúc Lợi",
        "Sài Đồng",
    ),
    sent_by="Đảng ủy phường",
    policy="hanoi_longbien",
    policy_from=date(2023, 8, 8),
    frame="hanoi_city",
    in_points=True,
    founded=date(2004, 1, 1),
)
DISTRICTS = (TAY_HO, LONG_BIEN)
AFTERWARDS = {
    TAY_HO.code: (
        NewWard(
            name="Tây Hồ",
            takes=("Bưởi", "Thụy Khuê", "Xuân La", "Quảng An", "Tứ Liên", "Yên Phụ"),
            cells=(("Phú Thượng", 1), ("Nhật Tân", 1)),
        ),
        NewWard(name="Phú Thượng", takes=("Phú Thượng", "Nhật Tân")),
    ),
    LONG_BIEN.code: (
        NewWard(
            name="Long Biên",
            takes=("Long Biên", "Thạch Bàn", "Cự Khối"),
            cells=(("Phúc Đồng", 1), ("Gia Thụy", 1), ("Bồ Đề", 1)),
        ),
        NewWard(name="Bồ Đề", takes=("Bồ Đề", "Gia Thụy", "Ngọc Lâm", "Ngọc Thụy")),
        NewWard(name="Việt Hưng", takes=("Việt Hưng", "Đức Giang", "Thượng Thanh", "Giang Biên")),
        NewWard(name="Phúc Lợi", takes=("Phúc Lợi", "Sài Đồng", "Phúc Đồng")),
    ),
}
"""The wards of each district from the day of the reform on."""
