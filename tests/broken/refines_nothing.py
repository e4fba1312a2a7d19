"""refines_nothing: “tayho.cell.2.attendence” không có trong kế hoạch bên dưới và không được khai là thêm mới (adds)"""

from __future__ import annotations

from datetime import date

from bontot.plugin import Clause, Policy, Reference, Unit, hookimpl, threshold

API = 1
SINCE = date(2024, 1, 1)
PAPER = Reference(
    key="ward",
    kind="Kế hoạch",
    number="1-KH/ĐU",
    issuer="Đảng ủy xã",
    issued_on=SINCE,
    subject="thử",
    in_force_from=SINCE,
)


@hookimpl
def bontot_policies() -> list[Policy]:
    rate = threshold(
        "tayho.cell.2.attendence", "Tỷ lệ dự", Unit.PERCENT, 90, SINCE, Clause(PAPER.key, "mục 1")
    )
    return [
        Policy(
            code="refines_nothing",
            label="Kế hoạch xã",
            issuer=PAPER.issuer,
            version="1",
            references=(PAPER,),
            in_force_from=SINCE,
            thresholds=(rate,),
            refines="hanoi_tayho",
        )
    ]
