"""Which value holds on a day, and from which layer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bontot.errors import ValueRefused, ValueUnknown
from bontot.policy.model import AllMet, Chosen, Points
from bontot.policy.resolve import (
    Layer,
    Override,
    Resolved,
    Rung,
    check_override,
    declared,
    frame_figure,
    ladder,
    read_value,
    resolve,
    resolve_all,
    settled,
    weaker_than_frame,
)
from bontot.policy.standard import judged, threshold
from bontot.policy.terms import Direction, Origin, Unit
from tests.unit.policy.samples import (
    CELL,
    CLAUSE,
    FIRST,
    FRAME,
    MODE,
    PLAN,
    PLAN_PAPER,
    RATE,
    SECOND,
    WARD,
    WARD_CLAUSE,
    WARD_PAPER,
)

KEY = "sample.attendance"
DAY = timedelta(days=1)
STACK = (PLAN, WARD)
FRAMES = (FRAME,)


def own(value: str | None, since: date, layer: Layer = Layer.TENANT, decision: str = "QĐ 5") -> Override:
    number = None if value is None else Decimal(value)
    return Override(key=KEY, value=number, valid_from=since, decision=decision, who="bí thư", layer=layer)


PLAN_FIRST = Rung(
    layer=Layer.PLAN,
    value=Decimal(85),
    valid_from=FIRST,
    origin=Origin.PLAN,
    clause=CLAUSE,
    reference=PLAN_PAPER,
    policy="sample",
)
PLAN_SECOND = replace(PLAN_FIRST, value=Decimal(88), valid_from=SECOND)
WARD_RUNG = Rung(
    layer=Layer.REFINEMENT,
    value=Decimal(87),
    valid_from=SECOND,
    origin=Origin.PLAN,
    clause=WARD_CLAUSE,
    reference=WARD_PAPER,
    policy="sample_ward",
)
FRAME_RUNG = Rung(
    layer=Layer.FRAME,
    value=Decimal(90),
    valid_from=FIRST,
    origin=Origin.PLAN,
    clause=CLAUSE,
    reference=PLAN_PAPER,
    policy="frame",
)


def own_rung(value: str, since: date, layer: Layer = Layer.TENANT, decision: str = "QĐ 5") -> Rung:
    return Rung(layer=layer, value=Decimal(value), valid_from=since, decision=decision, who="bí thư")


def test_the_plans_value_of_the_day_holds_with_its_clause_and_document() -> None:
    assert resolve((PLAN,), (), KEY, SECOND - DAY) == Resolved(key=KEY, rung=PLAN_FIRST)
    assert resolve((PLAN,), (), KEY, SECOND) == Resolved(key=KEY, rung=PLAN_SECOND)


def test_before_the_plan_nothing_holds() -> None:
    nothing = resolve((PLAN,), (), KEY, FIRST - DAY)
    assert (nothing.value, nothing.layer, nothing.rung) == (None, None, None)


def test_the_refinement_holds_from_its_own_day_on() -> None:
    assert resolve(STACK, (), KEY, SECOND - DAY) == Resolved(key=KEY, rung=PLAN_FIRST)
    assert resolve(STACK, (), KEY, SECOND) == Resolved(key=KEY, rung=WARD_RUNG)


def test_a_committees_value_wins_and_says_what_moved_underneath_since() -> None:
    since = date(2023, 6, 1)
    before = resolve(STACK, [own("90", since)], KEY, SECOND - DAY)
    after = resolve(STACK, [own("90", since)], KEY, SECOND)
    assert before == Resolved(key=KEY, rung=own_rung("90", since))
    assert after == Resolved(key=KEY, rung=own_rung("90", since), lower_changed=(PLAN_SECOND, WARD_RUNG))


def test_a_committees_value_waits_for_its_day() -> None:
    assert resolve((PLAN,), [own("90", SECOND)], KEY, SECOND - DAY).layer is Layer.PLAN


def test_of_two_rows_of_one_day_the_later_entry_holds() -> None:
    rows = [own("90", SECOND, decision="QĐ 5"), own("92", SECOND, decision="QĐ 6")]
    assert resolve((PLAN,), rows, KEY, SECOND).rung == own_rung("92", SECOND, decision="QĐ 6")
    assert resolve((PLAN,), rows[::-1], KEY, SECOND).rung == own_rung("90", SECOND)


def test_a_row_without_a_value_returns_to_the_plan() -> None:
    rows = [own("90", FIRST), own(None, SECOND)]
    assert resolve((PLAN,), rows, KEY, SECOND - DAY).value == Decimal(90)
    assert resolve((PLAN,), rows, KEY, SECOND) == Resolved(key=KEY, rung=PLAN_SECOND)


def test_a_trial_stands_above_everything() -> None:
    rows = [own("95", FIRST, Layer.WHAT_IF), own("90", SECOND)]
    resolved = resolve((PLAN,), rows, KEY, SECOND)
    assert (resolved.value, resolved.layer) == (Decimal(95), Layer.WHAT_IF)
    assert resolved.lower_changed == (PLAN_SECOND, own_rung("90", SECOND))


def test_a_frame_is_resolved_for_itself_and_never_wins_over_a_plan() -> None:
    assert resolve((FRAME,), (), "frame.attendance", SECOND, base=Layer.FRAME).rung == FRAME_RUNG
    assert ladder(STACK, FRAMES, [own("89", SECOND)], KEY, SECOND) == (
        FRAME_RUNG,
        PLAN_SECOND,
        WARD_RUNG,
        own_rung("89", SECOND),
    )
    assert resolve(STACK, [own("89", SECOND)], KEY, SECOND).layer is Layer.TENANT


def test_a_dropped_or_unknown_key_has_no_value() -> None:
    assert declared((PLAN,), "sample.mode") is MODE
    for key in ("sample.mode", "sample.nothing"):
        with pytest.raises(ValueUnknown) as refused:
            resolve(STACK, (), key, SECOND)
        assert str(refused.value) == f"Kế hoạch không có giá trị mang khóa “{key}”."


def test_everything_resolves_at_once_in_the_order_declared() -> None:
    values = {key: resolved.value for key, resolved in resolve_all((PLAN,), (), SECOND).items()}
    assert values == {KEY: Decimal(88), "sample.share": Decimal(50), "sample.mode": "a"}
    assert list(resolve_all(STACK, (), SECOND)) == [KEY, "sample.share"]


def test_the_bounds_are_those_of_the_most_specific_declaration() -> None:
    assert check_override((PLAN,), FRAMES, KEY, Decimal("80"), SECOND) == FRAME_RUNG
    with pytest.raises(ValueRefused) as refused:
        check_override(STACK, FRAMES, KEY, Decimal("84.9"), SECOND)
    assert str(refused.value) == "“Tỷ lệ dự (phường)” không được dưới 85 %."


def test_weaker_than_the_frame_is_accepted_with_its_figure_and_stricter_without() -> None:
    assert check_override(STACK, FRAMES, KEY, Decimal("89.99"), SECOND) == FRAME_RUNG
    assert check_override(STACK, FRAMES, KEY, Decimal(90), SECOND) is None
    assert weaker_than_frame(STACK, FRAMES, KEY, resolve(STACK, (), KEY, SECOND).value, SECOND) == FRAME_RUNG


def test_where_lower_is_stricter_a_higher_value_is_the_weaker_one() -> None:
    lower = replace(PLAN, thresholds=(replace(RATE, stricter=Direction.LOWER), *PLAN.thresholds[1:]))
    assert check_override((lower,), FRAMES, KEY, Decimal(91), SECOND) == FRAME_RUNG
    assert check_override((lower,), FRAMES, KEY, Decimal(89), SECOND) is None


def test_without_the_frame_there_is_nothing_to_warn_of() -> None:
    assert frame_figure(STACK, (), KEY, SECOND) is None
    assert check_override(STACK, (), KEY, Decimal(85), SECOND) is None
    assert frame_figure((PLAN,), FRAMES, "sample.mode", SECOND) is None


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        (KEY, Decimal("79.99"), "“Tỷ lệ dự” không được dưới 80 %."),
        (KEY, Decimal("100.01"), "“Tỷ lệ dự” không được trên 100 %."),
        (KEY, Decimal("85.001"), "“Tỷ lệ dự” phải có nhiều nhất hai chữ số thập phân."),
        (KEY, Decimal("NaN"), "“NaN” không phải là một số."),
        (KEY, "cao", "“cao” không phải là một số."),
        ("sample.mode", "c", "Hãy chọn một cách cho “Cách tính”: gộp; từng buổi."),
    ],
)
def test_a_value_outside_what_the_plan_allows_is_refused(
    key: str, value: Decimal | str, sentence: str
) -> None:
    with pytest.raises(ValueRefused) as refused:
        check_override((PLAN,), FRAMES, key, value, SECOND)
    assert (str(refused.value), refused.value.field) == (sentence, "value")


def test_a_count_takes_only_whole_numbers() -> None:
    count = replace(
        PLAN, thresholds=(threshold("sample.share", "Số buổi", Unit.COUNT, 1, FIRST, CLAUSE), RATE)
    )
    with pytest.raises(ValueRefused) as refused:
        check_override((count,), FRAMES, "sample.share", Decimal("1.5"), SECOND)
    assert str(refused.value) == "“Số buổi” phải là số nguyên."


@pytest.mark.parametrize(
    ("text", "value"), [("85", "85"), (" 85,5 ", "85.5"), ("85 %", "85"), ("85.25%", "85.25")]
)
def test_a_number_is_read_as_people_write_it(text: str, value: str) -> None:
    assert read_value(RATE, text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "tám", "1,2,3", "∞", "inf"])
def test_what_is_not_a_number_is_refused(text: str) -> None:
    with pytest.raises(ValueRefused) as refused:
        read_value(RATE, text)
    assert str(refused.value) == f"“{text}” không phải là một số; hãy ghi bằng chữ số, ví dụ 85 hoặc 85,5."


YEAR_DAY = threshold("sample.due", "Hạn", Unit.MONTH_DAY, 1130, FIRST)


@pytest.mark.parametrize(("text", "value"), [("30/11", 1130), ("5-1", 105), (" 29/2 ", 229), ("1130", 1130)])
def test_a_day_of_the_year_is_read_as_people_write_it(text: str, value: int) -> None:
    assert read_value(YEAR_DAY, text) == Decimal(value)


@pytest.mark.parametrize("text", ["31/11", "30.11", "0/5", "1332", "tháng 11"])
def test_what_is_no_day_of_the_year_is_refused(text: str) -> None:
    with pytest.raises(ValueRefused) as refused:
        read_value(YEAR_DAY, text)
    sentence = f"“{text}” không phải là ngày trong năm; hãy ghi ngày/tháng, ví dụ 30/11."
    assert str(refused.value) == sentence


def test_an_option_is_read_as_it_stands() -> None:
    assert read_value(MODE, " b ") == "b"


def test_a_number_and_a_choice_are_not_mistaken_for_each_other() -> None:
    values = resolve_all((PLAN,), (), SECOND)
    assert (values[KEY].number, values["sample.mode"].choice) == (Decimal(88), "a")
    with pytest.raises(TypeError, match=r"sample\.mode is an option"):
        _ = values["sample.mode"].number
    with pytest.raises(TypeError, match=r"sample\.attendance has no choice in force"):
        _ = values[KEY].choice


def test_a_scheme_settles_to_the_chosen_method_and_its_criteria() -> None:
    points = Points(pass_mark=KEY, group_floor=KEY)
    extra = replace(judged("sample.extra", "Điểm", (CLAUSE,)), when=("sample.mode", "b"))
    scheme = replace(
        CELL,
        groups=(replace(CELL.groups[0], criteria=(*CELL.groups[0].criteria, extra.key)), CELL.groups[1]),
        blockers=(extra.key,),
        combination=Chosen(option="sample.mode", of=(("a", AllMet()), ("b", points))),
    )
    policy = replace(PLAN, criteria=(*PLAN.criteria, extra))
    by_default = settled(policy, scheme, resolve_all((policy,), (), SECOND))
    assert by_default == replace(CELL, combination=AllMet(), blockers=())
    chosen = Override(key="sample.mode", value="b", valid_from=SECOND, decision="QĐ", who="bí thư")
    by_choice = settled(policy, scheme, resolve_all((policy,), [chosen], SECOND))
    assert by_choice == replace(scheme, combination=points)


DAYS = st.dates(date(2022, 1, 1), date(2026, 12, 31))
ROWS = st.lists(
    st.builds(
        own,
        value=st.none() | st.integers(80, 100).map(str),
        since=DAYS,
        layer=st.sampled_from([Layer.TENANT, Layer.WHAT_IF]),
        decision=st.uuids().map(str),
    ),
    max_size=6,
)


@given(rows=ROWS, on=DAYS)
def test_whatever_is_entered_the_winner_is_the_most_specific_in_force(rows: list[Override], on: date) -> None:
    resolved = resolve(STACK, rows, KEY, on)
    in_force = ladder(STACK, (), rows, KEY, on)
    standing = [rung for rung in in_force if rung.value is not None]
    assert resolved.rung == (standing[-1] if standing else None)
    assert list(in_force) == sorted(in_force, key=lambda rung: rung.layer)
    for rung in resolved.lower_changed:
        assert resolved.rung
        assert resolved.rung.valid_from < rung.valid_from <= on
        assert rung.layer < resolved.rung.layer
    assert resolve(STACK, [row for row in rows if row.valid_from <= on], KEY, on) == resolved
