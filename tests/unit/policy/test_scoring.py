"""A score sheet adds up exactly, whatever the points, and its bands begin exactly where they say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bontot.policy.scoring import BANDS, band, items_of, most, scale_on, score, shown, suggested
from bontot.policy.sheets import MeetingCount, Scale, ScoreSheet, SheetGroup, SheetItem, Tier
from bontot.policy.terms import Certainty, Clause, Dated, Origin, Reference
from bontot.policy.validate import sheet_problems
from bontot.policy.words import clause

DAY = date(2025, 10, 28)
LIMITS = {"s.good": Decimal(90), "s.fair": Decimal(70), "s.average": Decimal(50)}
TIERS = tuple(Tier(Decimal(least), Decimal(points)) for least, points in ((90, 4), (75, 3), (65, 2), (0, 1)))
SCALE = Scale(tiers=TIERS, lowest_if_unexcused=True)
NAMES = [f"s.{number}" for number in range(6)]


def sheet_of(maxima: list[Decimal], thematic: frozenset[int] = frozenset()) -> ScoreSheet:
    """One group; the items whose number is in `thematic` only apply with a thematic part."""
    items = tuple(
        SheetItem(
            key=f"s.{number}", label="Mục", maximum=maximum, clauses=(), thematic_only=number in thematic
        )
        for number, maximum in enumerate(maxima)
    )
    bands = (("s.good", "good"), ("s.fair", "fair"), ("s.average", "average"))
    group = SheetGroup(key="s.group", label="Nhóm", items=items)
    return ScoreSheet(key="s", label="Phiếu", groups=(group,), bands=bands, lowest="poor")


maxima = st.lists(st.decimals("0.25", 40, places=2), min_size=1, max_size=8)


@given(maxima, st.data())
def test_the_total_is_the_sum_of_the_points_where_every_item_applies(
    given_maxima: list[Decimal], data: st.DataObject
) -> None:
    sheet = sheet_of(given_maxima)
    points = {item.key: data.draw(st.decimals(0, item.maximum, places=2)) for item in sheet.items}
    assert score(sheet, points, thematic=False) == sum(Fraction(each) for each in points.values())


@given(maxima, st.decimals("0.25", 40, places=2), st.data())
def test_items_that_do_not_apply_leave_the_sheets_total_in_reach(
    given_maxima: list[Decimal], thematic: Decimal, data: st.DataObject
) -> None:
    sheet = sheet_of([*given_maxima, thematic], frozenset({len(given_maxima)}))
    plain = items_of(sheet, thematic=False)
    full = {item.key: item.maximum for item in plain}
    assert score(sheet, full, thematic=False) == Fraction(most(sheet.items))
    assert score(sheet, dict.fromkeys(full, Decimal(0)), thematic=False) == 0
    points = {item.key: data.draw(st.decimals(0, item.maximum, places=2)) for item in plain}
    reached = score(sheet, points, thematic=False)
    assert reached * Fraction(most(plain)) == sum(map(Fraction, points.values())) * Fraction(
        most(sheet.items)
    )
    assert 0 <= reached <= Fraction(most(sheet.items))


@given(st.integers(0, 10_000), st.integers(1, 97))
def test_a_band_begins_exactly_at_its_limit(numerator: int, denominator: int) -> None:
    reached, sheet = Fraction(numerator, denominator), sheet_of([Decimal(100)])
    by_hand = next(
        (name for limit, name in ((90, "good"), (70, "fair"), (50, "average")) if reached >= limit), "poor"
    )
    assert band(sheet, LIMITS, reached) == by_hand


def test_a_hair_below_a_limit_is_the_band_below_though_it_would_round_up() -> None:
    sheet, hair = sheet_of([Decimal(100)]), Fraction(1, 10**12)
    found = {
        limit: [band(sheet, LIMITS, limit - hair), band(sheet, LIMITS, Fraction(limit))]
        for limit in (90, 70, 50)
    }
    assert found == {90: ["fair", "good"], 70: ["average", "fair"], 50: ["poor", "average"]}
    assert shown(90 - hair) == Decimal("90.00")


def test_a_band_without_a_value_in_force_is_not_given() -> None:
    assert band(sheet_of([Decimal(100)]), {"s.fair": Decimal(70)}, Fraction(100)) == "fair"


@given(st.integers(0, 300), st.integers(0, 300))
def test_a_share_suggests_the_points_of_the_tier_it_reaches(part: int, away: int) -> None:
    whole = part + away
    tiers = ((90, 4), (75, 3), (65, 2), (0, 1))
    by_hand = next((points for least, points in tiers if part * 100 >= least * whole), 0) if whole else None
    assert suggested(SCALE, part, whole) == by_hand
    assert suggested(SCALE, part, whole, unexcused=1) == (1 if whole else None)
    assert suggested(replace(SCALE, lowest_if_unexcused=False), part, whole, unexcused=1) == by_hand


def test_the_scale_is_the_one_in_force_on_the_day_of_the_meeting() -> None:
    later = Scale(tiers=(Tier(Decimal(0), Decimal(3)),))
    scales = (
        Dated(value=SCALE, valid_from=DAY, origin=Origin.DEFAULT),
        Dated(value=later, valid_from=date(2026, 1, 1), origin=Origin.DEFAULT),
    )
    item = SheetItem(
        key="s.a",
        label="Dự họp",
        maximum=Decimal(4),
        clauses=(),
        count=MeetingCount.ATTENDANCE,
        scales=scales,
    )
    days = (date(2025, 10, 27), DAY, date(2025, 12, 31), date(2026, 1, 1))
    assert [scale_on(item, day) for day in days] == [None, SCALE, SCALE, later]


GOOD = sheet_of([Decimal(95), Decimal(5)], frozenset({1}))


def faulty(**changes: object) -> ScoreSheet:
    """The sheet with its first item changed."""
    (group,) = GOOD.groups
    first = replace(group.items[0], **changes)  # type: ignore[arg-type]
    return replace(GOOD, groups=(replace(group, items=(first, *group.items[1:])),))


def scaled(*tiers: Tier) -> dict[str, object]:
    dated = Dated(value=Scale(tiers=tiers), valid_from=DAY, origin=Origin.DEFAULT)
    return {"count": MeetingCount.ATTENDANCE, "scales": (dated,)}


FAULTS: list[tuple[ScoreSheet, str]] = [
    (faulty(key="s.1"), "s: khóa “s.1” lặp lại"),
    (faulty(key="Mục"), "s: khóa “Mục” viết sai dạng"),
    (faulty(maximum=Decimal(0)), "s.0: điểm tối đa phải lớn hơn 0, nhiều nhất hai chữ số thập phân"),
    (faulty(count=MeetingCount.SPEAKERS), "s.0: thang điểm gợi ý phải đi cùng số đếm của buổi họp"),
    (faulty(**scaled(*TIERS[::-1])), "s.0: thang điểm phải giảm dần, bậc cuối từ 0 %"),
    (faulty(**scaled(Tier(Decimal(0), Decimal(96)))), "s.0: điểm gợi ý vượt điểm tối đa"),
    (faulty(thematic_only=True), "s: không có mục nào chấm được mọi buổi"),
    (replace(GOOD, lowest="good"), "s: các mức phải khác nhau và thuộc good, fair, average, poor"),
    (
        replace(GOOD, groups=(*GOOD.groups, SheetGroup(key="s.n", label="N", items=()))),
        "s.n: nhóm không có mục chấm",
    ),
]


def test_a_sheet_that_holds_together_has_no_problems() -> None:
    assert list(sheet_problems(GOOD)) == []
    assert BANDS == ("good", "fair", "average", "poor")


@pytest.mark.parametrize(("sheet", "said"), FAULTS, ids=[said for _, said in FAULTS])
def test_a_sheet_that_does_not_hold_together_is_refused_with_the_reason(sheet: ScoreSheet, said: str) -> None:
    assert list(sheet_problems(sheet)) == [said]


def test_a_clause_says_how_certain_it_is_unless_it_stands_in_a_seed() -> None:
    paper = Reference(
        key="hd",
        kind="Hướng dẫn",
        number="42-HD/BTCTW",
        issuer="Ban Tổ chức Trung ương",
        issued_on=DAY,
        subject="",
        in_force_from=DAY,
    )
    said = {each: clause(Clause("hd", "mục 2", certainty=each), (paper,)) for each in Certainty}
    cited = "mục 2, Hướng dẫn số 42-HD/BTCTW ngày 28/10/2025"
    assert said == {
        Certainty.SEED: cited,
        Certainty.TEXT: f"{cited} (theo nguyên văn)",
        Certainty.FOUND: f"{cited} (theo trang công khai, chưa đối chiếu văn bản gốc)",
        Certainty.SECONDARY: f"{cited} (nguồn thứ cấp, chưa đối chiếu văn bản gốc)",
        Certainty.UNVERIFIED: f"{cited} (chưa kiểm chứng)",
    }
    assert clause(Clause("hd", "mục 2"), (paper,)) == cited
