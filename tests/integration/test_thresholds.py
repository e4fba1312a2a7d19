"""A committee sets its own values for what its plan leaves open: within bounds, dated, with a decision, withdrawn again."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from bontot.access import Role
from bontot.db.models import AuditEvent, ThresholdOverride
from bontot.db.tenancy import scope
from bontot.errors import InvalidInput, NotAllowed, PluginUnavailable, ValueRefused, ValueUnknown
from bontot.policy.grounds import ground, source
from bontot.policy.resolve import Layer, Rung, check_override, read_value
from bontot.policy.words import value_words
from bontot.services.thresholds import ValueLine, set_value, value_lines, withdraw_value
from tests.factories import Committee, make_committee
from tests.sample_plans import AMENDED, BROKEN, ISSUED, PLAN, WARD, frame, plan, sample_registry

KEY = "vidu.cell.attendance"
REGISTRY = sample_registry()
DECISION = "Nghị quyết 05-NQ/ĐU ngày 01/3/2023"
FROM = date(2023, 4, 1)


@pytest.fixture
def committee(engine: Engine, unique: str) -> Committee:
    return make_committee(engine, unique, "nhà", members=2, policy=PLAN)


@pytest.fixture
def decoy(engine: Engine, unique: str) -> Committee:
    made = make_committee(engine, f"{unique}-moi", "MỒI", members=2, policy=PLAN)
    put(made, value="99", document="MỒI quyết định")
    return made


def put(
    committee: Committee,
    *,
    key: str = KEY,
    value: str = "80",
    valid_from: date = FROM,
    document: str = DECISION,
    role: Role = Role.TENANT_ADMIN,
    policy: str = PLAN,
) -> Rung | None:
    with scope(committee.engine, committee.tenant_id) as session:
        return set_value(
            session,
            committee.actor(role),
            REGISTRY,
            policy_code=policy,
            key=key,
            value=value,
            valid_from=valid_from,
            document=document,
        )


def withdraw(committee: Committee, valid_from: date, document: str = DECISION) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        withdraw_value(
            session,
            committee.actor(Role.TENANT_ADMIN),
            REGISTRY,
            policy_code=PLAN,
            key=KEY,
            valid_from=valid_from,
            document=document,
        )


def line(committee: Committee, on: date, key: str = KEY, policy: str = PLAN) -> ValueLine:
    with scope(committee.engine, committee.tenant_id) as session:
        [found] = [each for each in value_lines(session, REGISTRY, policy, on) if each.declaration.key == key]
    return found


def rungs(found: ValueLine) -> list[tuple[Layer, str, str]]:
    """The ladder in words: layer, value, where it comes from."""
    return [
        (rung.layer, value_words(found.declaration, rung.value), ground(rung) or source(rung))
        for rung in found.rungs
    ]


def rows(committee: Committee) -> int:
    with scope(committee.engine, committee.tenant_id) as session:
        return session.scalar(select(func.count()).select_from(ThresholdOverride)) or 0


def test_every_value_of_a_plan_is_read_in_its_order_with_who_decided_it(committee: Committee) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        lines = value_lines(session, REGISTRY, PLAN, FROM)
    assert [
        (
            found.declaration.label,
            value_words(found.declaration, found.resolved.value),
            source(found.resolved.rung) if found.resolved.rung else "",
        )
        for found in lines
    ] == [
        ("Tỷ lệ đảng viên tham gia sinh hoạt", "85 %", "theo kế hoạch"),
        ("Tỷ lệ đảng viên đạt danh hiệu", "50 %", "theo kế hoạch"),
        ("Số lần vắng không lý do", "0", "giá trị mặc định, kế hoạch không quy định"),
        ("Chi bộ gửi hồ sơ đề nghị trước ngày", "30/11", "giá trị mặc định, kế hoạch không quy định"),
        ("Số người phát biểu mỗi buổi", "chưa đặt", ""),
        ("Vắng có lý do", "vẫn tính là phải dự", "giá trị mặc định, kế hoạch không quy định"),
        ("Cách tính tỷ lệ của năm", "cộng cả năm", "giá trị mặc định, kế hoạch không quy định"),
    ]


def test_an_own_value_holds_from_its_day_and_not_the_day_before(
    committee: Committee, decoy: Committee
) -> None:
    put(committee, value="95 %")
    before, after = line(committee, FROM - timedelta(days=1)), line(committee, FROM)
    frame_and_plan = [
        (Layer.FRAME, "90 %", "phần II, Đề án số 11-ĐA/VD ngày 06/12/2021"),
        (Layer.PLAN, "85 %", "mục 2, khoản 2, Kế hoạch số 01-KH/VD ngày 27/01/2023"),
    ]
    assert rungs(before) == frame_and_plan
    assert rungs(after) == [*frame_and_plan, (Layer.TENANT, "95 %", DECISION)]
    assert (before.resolved.value, after.resolved.value) == (Decimal(85), Decimal(95))
    assert after.resolved.rung is not None
    assert (after.resolved.rung.valid_from, after.resolved.rung.who) == (FROM, "")
    assert (before.weaker_than is not None, after.weaker_than) == (True, None)


def test_before_the_plan_nothing_of_it_is_in_force_and_the_frame_stands_alone(committee: Committee) -> None:
    found = line(committee, ISSUED - timedelta(days=1))
    assert found.resolved.value is None
    assert rungs(found) == [(Layer.FRAME, "90 %", "phần II, Đề án số 11-ĐA/VD ngày 06/12/2021")]


@pytest.mark.parametrize(
    ("value", "weaker"), [("89,99", True), ("90", False), ("85,5", True), ("100", False)]
)
def test_a_value_below_the_frame_is_taken_with_a_warning_that_stays(
    committee: Committee, value: str, weaker: bool
) -> None:
    figure = put(committee, value=value)
    found = line(committee, FROM)
    with scope(committee.engine, committee.tenant_id) as session:
        stored = session.scalars(select(ThresholdOverride.warning)).one()
    assert (figure is not None, found.weaker_than is not None) == (weaker, weaker)
    assert stored == ("Yêu cầu thấp hơn mức của khung (90 %)" if weaker else None)


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        (KEY, "49,99", "“Tỷ lệ đảng viên tham gia sinh hoạt” không được dưới 50 %."),
        (KEY, "100,01", "“Tỷ lệ đảng viên tham gia sinh hoạt” không được trên 100 %."),
        (KEY, "-1", "“Tỷ lệ đảng viên tham gia sinh hoạt” không được dưới 50 %."),
        (KEY, "85.500", "“85.500” không phải là một số; hãy ghi bằng chữ số, ví dụ 85 hoặc 85,5."),
        (KEY, "8_5", "“8_5” không phải là một số; hãy ghi bằng chữ số, ví dụ 85 hoặc 85,5."),
        (KEY, "NaN", "“NaN” không phải là một số; hãy ghi bằng chữ số, ví dụ 85 hoặc 85,5."),
        (KEY, "", "“” không phải là một số; hãy ghi bằng chữ số, ví dụ 85 hoặc 85,5."),
        ("vidu.member.absences", "1,5", "“Số lần vắng không lý do” phải là số nguyên."),
        ("vidu.member.absences", "4", "“Số lần vắng không lý do” không được trên 3."),
        ("vidu.file_by", "31/11", "“31/11” không phải là ngày trong năm; hãy ghi ngày/tháng, ví dụ 30/11."),
        (
            "attendance.excused",
            "có lẽ",
            "Hãy chọn một cách cho “Vắng có lý do”: vẫn tính là phải dự; không tính là phải dự.",
        ),
    ],
)
def test_a_value_outside_the_plans_bounds_is_refused_in_words(
    committee: Committee, key: str, value: str, sentence: str
) -> None:
    with pytest.raises(ValueRefused) as refused:
        put(committee, key=key, value=value)
    assert (str(refused.value), refused.value.field) == (sentence, "value")
    assert rows(committee) == 0


def test_a_day_of_the_year_and_a_choice_are_set_as_people_write_them(committee: Committee) -> None:
    put(committee, key="vidu.file_by", value="15/12")
    put(committee, key="attendance.excused", value="excused_removed")
    put(committee, key="vidu.speakers", value="3")
    shown = {
        key: value_words(found.declaration, found.resolved.value)
        for key in ("vidu.file_by", "attendance.excused", "vidu.speakers")
        for found in [line(committee, FROM, key)]
    }
    assert shown == {
        "vidu.file_by": "15/12",
        "attendance.excused": "không tính là phải dự",
        "vidu.speakers": "3",
    }


@pytest.mark.parametrize(
    ("valid_from", "document", "sentence", "field"),
    [
        (FROM, " ", "Cần ghi số, ngày của văn bản quyết định.", "document"),
        (
            ISSUED - timedelta(days=1),
            DECISION,
            "Kế hoạch có hiệu lực từ 27/01/2023; chọn ngày từ đó trở đi.",
            "valid_from",
        ),
    ],
)
def test_a_decision_needs_a_document_and_a_day_of_its_plan(
    committee: Committee, valid_from: date, document: str, sentence: str, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        put(committee, valid_from=valid_from, document=document)
    assert (str(refused.value), refused.value.field) == (sentence, field)
    with pytest.raises(InvalidInput, match=sentence.split(";")[0]):
        withdraw(committee, valid_from, document)
    assert rows(committee) == 0


def test_the_first_day_of_the_plan_is_early_enough(committee: Committee) -> None:
    put(committee, valid_from=ISSUED)
    assert line(committee, ISSUED).resolved.value == Decimal(80)


def test_withdrawing_returns_to_the_plan_from_its_day_on(committee: Committee, decoy: Committee) -> None:
    put(committee)
    withdraw(committee, FROM + timedelta(days=30))
    during, after = line(committee, FROM + timedelta(days=29)), line(committee, FROM + timedelta(days=30))
    assert (during.resolved.value, during.resolved.layer) == (Decimal(80), Layer.TENANT)
    assert (after.resolved.value, after.resolved.layer) == (Decimal(85), Layer.PLAN)
    assert [(rung.layer, rung.value) for rung in after.rungs] == [
        (Layer.FRAME, Decimal(90)),
        (Layer.PLAN, Decimal(85)),
        (Layer.TENANT, None),
    ]
    assert rows(committee) == 2


def test_of_two_values_for_one_day_the_later_entry_holds(committee: Committee) -> None:
    put(committee, value="80")
    put(committee, value="82")
    assert line(committee, FROM).resolved.value == Decimal(82)


def test_another_committees_values_never_show(committee: Committee, decoy: Committee) -> None:
    put(committee, value="95")
    assert line(decoy, FROM).resolved.value == Decimal(99)
    assert line(committee, FROM).resolved.value == Decimal(95)
    assert "MỒI" not in repr(line(committee, FROM))


def test_a_refinement_wins_over_its_plan_and_tells_what_changed_beneath_an_own_value(
    engine: Engine, unique: str
) -> None:
    committee = make_committee(engine, unique, "nhà", members=2, policy=WARD)
    key = "vidu.cell.members"
    assert line(committee, AMENDED - timedelta(days=1), key, WARD).resolved.layer is Layer.PLAN
    assert line(committee, AMENDED, key, WARD).resolved.layer is Layer.REFINEMENT
    with scope(engine, committee.tenant_id) as session:
        session.add(
            ThresholdOverride(
                policy_code=WARD, key=key, value="55", valid_from=FROM, document=DECISION, entered_by="An"
            )
        )
    found = line(committee, AMENDED, key, WARD)
    assert found.resolved.value == Decimal(55)
    assert [(rung.layer, rung.value, rung.valid_from) for rung in found.resolved.lower_changed] == [
        (Layer.REFINEMENT, Decimal(60), AMENDED)
    ]


@pytest.mark.parametrize("role", [Role.COMMITTEE, Role.CELL_SECRETARY, Role.MEMBER])
def test_only_the_committees_administrator_sets_values(committee: Committee, role: Role) -> None:
    with pytest.raises(NotAllowed):
        put(committee, role=role)
    assert rows(committee) == 0


def test_a_key_the_plan_does_not_have_and_a_plan_without_its_plugin_are_refused(committee: Committee) -> None:
    with pytest.raises(ValueUnknown) as unknown:
        put(committee, key="khong.co")
    with pytest.raises(PluginUnavailable) as unavailable:
        put(committee, policy=BROKEN)
    assert str(unknown.value) == "Kế hoạch không có giá trị mang khóa “khong.co”."
    assert str(unavailable.value) == "Kế hoạch “vidu_hong” chưa dùng được: ImportError: thiếu tệp."


def test_each_change_leaves_its_trail(committee: Committee) -> None:
    put(committee, value="95")
    with scope(committee.engine, committee.tenant_id) as session:
        row = session.scalars(select(ThresholdOverride)).one()
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "set_threshold")).one()
        assert (event.subject, event.subject_id) == ("threshold_override", row.id)
        assert event.detail == {"key": KEY, "value": "95"}
        assert event.account_id == committee.accounts[Role.TENANT_ADMIN]


@pytest.mark.parametrize("text", ["5/12", "05/12", "5 - 12", "1205"])
def test_a_day_of_the_year_is_read_as_written_and_as_kept(text: str) -> None:
    assert read_value(plan.thresholds[3], text) == Decimal(1205)


@given(st.decimals(min_value=0, max_value=150, places=2))
def test_a_typed_percentage_is_taken_exactly_when_it_is_within_bounds(value: Decimal) -> None:
    declaration = plan.thresholds[0]
    read = read_value(declaration, f"{value}".replace(".", ","))
    assert read == value
    if Decimal(50) <= value <= Decimal(100):
        figure = check_override((plan,), (frame,), KEY, read, FROM)
        assert (figure is not None) == (value < 90)
    else:
        with pytest.raises(ValueRefused):
            check_override((plan,), (frame,), KEY, read, FROM)
