"""`bontot plugin show`: the table a jurist signs, and two plans held against each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from bontot.commands.plan_table import WIDTH
from bontot.registry import Registry
from tests.unit.plugins.conftest import Install
from tests.unit.plugins.test_conformance import TWO, run
from tests.unit.plugins.test_registry import SHIPPED


@pytest.fixture(autouse=True)
def only_samples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BONTOT_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("BONTOT_PLUGINS_OFF", ",".join(SHIPPED))


FULL = """
    from dataclasses import replace
    from datetime import date
    from decimal import Decimal
    from bontot.plugin import (
        AllMet, At, Authority, Certainty, Chosen, Clause, Criterion, Dated, Enrolment, Evidence, Group, Kind, Measure,
        Operator, Origin, Points, Policy, Recognition, Reference, ReportFormat, Role, Roll, Scheme, Stage, Step, Subject,
        Threshold, Unit, derived, hookimpl, judged, measured, option, threshold, zero, none_allowed,
    )

    API = 1
    SINCE, JULY, NEXT = date(2024, 1, 1), date(2024, 7, 1), date(2025, 1, 1)

    def paper(key, number, since, issuer="Đảng ủy xã"):
        return Reference(
            key=key, kind="Kế hoạch", number=number, issuer=issuer, issued_on=since, subject="thử", in_force_from=since
        )

    PAPER, AMENDED = paper("plan", "1-KH/ĐU", SINCE), paper("more", "2-KH/ĐU", JULY)
    ABOVE = paper("above", "9-HD/TU", SINCE, issuer="Tỉnh ủy")
    AT, NEW = Clause("plan", "mục 1"), Clause("more", "mục 2")
    HEARD = Clause("above", "phần I", certainty=Certainty.UNVERIFIED)
    RATE = Threshold(
        key="x.rate", label="Tỷ lệ dự", unit=Unit.PERCENT, lowest=Decimal(80), highest=Decimal(100),
        frame="f.rate",
        values=(
            Dated(value=Decimal(85), valid_from=SINCE, origin=Origin.PLAN, clause=AT),
            Dated(value=Decimal(88), valid_from=JULY, origin=Origin.PLAN, clause=NEW),
            Dated(value=Decimal(90), valid_from=NEXT, origin=Origin.DEFAULT),
        ),
    )
    MODE = option("x.mode", "Cách tính", (("pooled", "gộp"), ("each_meeting", "từng buổi")), "pooled", SINCE)
    LEFT = option(
        "x.left", "Vắng có lý do", (("excused_counted", "tính"), ("excused_removed", "không tính")),
        "excused_counted", SINCE, AT,
    )
    METHOD = option("x.method", "Cách xét", (("all", "đủ mọi điều"), ("points", "chấm điểm")), "all", SINCE)
    READ = {"aggregation": "x.mode", "excused": "x.left"}
    ATTEND = replace(
        measured(
            "x.rate", "Đảng viên dự đủ", (AT, NEW, Clause("plan", "mục 3"), HEARD),
            Measure(metric="attendance", parameters=READ), Operator.AT_LEAST, at=At.EACH_MONTH,
        ),
        sectors=frozenset({"school"}), note="Tính từng tháng.",
    )
    CONDUCT = replace(
        judged(
            "x.conduct", "Gương mẫu", (AT,),
            Evidence(
                label="Việc đúng hạn", measure=Measure(metric="task_on_time"), operator=Operator.AT_LEAST,
                threshold="x.tasks",
            ),
            Evidence(label="Biên bản"),
            Evidence(label="Đủ chuyên đề", measure=Measure(metric="thematic_quarters", parameters={"per_quarter": "x.per"})),
            may_be_not_applicable=True, least_stage=Stage.APPRAISAL,
        ),
        met_unless_judged=True,
    )
    SCORE = Criterion(
        key="x.score", label="Điểm", kind=Kind.JUDGED, clauses=(), origin=Origin.DEFAULT, role=Role.INFORMS,
        points="x.points", when=("x.method", "points"),
    )
    DISCIPLINE = zero(
        "x.none", "Không kỷ luật", (AT,), Measure(metric="organisation_disciplined"), also_judged=True
    )
    BEHAVED = judged("x.behaved", "Chấp hành", (AT,))
    SHARE = derived("x.share", "Nửa số đảng viên đạt", (AT,), Roll(scheme="x.member"), Operator.AT_LEAST)
    POINTS = Points(pass_mark="x.pass", group_floor="x.floor", bands=(("x.good", "Tốt"), ("x.pass", "Đạt")))
    CELL = Scheme(
        key="x.cell", subject=Subject.CELL, title="Chi bộ tốt", clauses=(AT, HEARD), blockers=("x.none", "x.conduct"),
        groups=(
            Group(
                key="x.1", label="Nhóm một", criteria=("x.rate", "x.conduct", "x.share", "x.score"), clauses=(AT,),
                points="x.points",
            ),
        ),
        combination=Chosen(option="x.method", of=(("points", POINTS), ("all", AllMet()))),
        organisation_types=frozenset({"subordinate_cell"}),
        enrolment=Enrolment(mode="selection", registration_expected=True),
    )
    MEMBER = Scheme(
        key="x.member", subject=Subject.MEMBER, title="Đảng viên tốt",
        groups=(Group(key="x.3", label="Nhóm ba", criteria=("x.behaved",), clauses=()),),
    )
    GRANT = Recognition(
        scheme="x.cell", vote_rule="Quá nửa tán thành", majority="x.majority", quota="x.quota", validity="x.months",
        revocation="Bị kỷ luật", clauses=(AT,), origin=Origin.PLAN,
        steps=(
            Step(
                key="decide", label="Quyết định", due="x.due", clause=NEW, origin=Origin.PLAN,
                authorities=(
                    Authority(body="Huyện ủy", valid_from=SINCE), Authority(body="Đảng ủy xã", valid_from=JULY),
                    Authority(body="Tỉnh ủy", valid_from=NEXT),
                ),
            ),
        ),
    )

    def number(name, unit, value, clause=None, **more):
        return threshold(f"x.{name}", f"Mức {name}", unit, value, SINCE, clause, **more)

    FRAME = Policy(
        code="sample_frame", label="Khung", issuer="Tỉnh ủy", version="1", references=(ABOVE,), in_force_from=SINCE,
        thresholds=(threshold("f.rate", "Tỷ lệ", Unit.PERCENT, 92, SINCE, HEARD),),
    )
    PLAN = Policy(
        code="sample", label="Kế hoạch xã", issuer="Đảng ủy xã", version="1", references=(ABOVE, PAPER, AMENDED),
        in_force_from=SINCE, frames=("sample_frame",),
        thresholds=(
            RATE, number("tasks", Unit.PERCENT, 80), number("per", Unit.COUNT, 1, AT, lowest=1, highest=3),
            number("points", Unit.POINTS, 100, AT, highest=100), number("share", Unit.PERCENT, 50, AT),
            number("pass", Unit.POINTS, 70), number("good", Unit.POINTS, 90), number("floor", Unit.PERCENT, 60, AT),
            none_allowed("x.none", "Kỷ luật", SINCE), number("majority", Unit.PERCENT, 50),
            number("quota", Unit.PERCENT, None, suggestion=30), number("months", Unit.MONTHS, 12, AT, lowest=1),
            number("due", Unit.MONTH_DAY, 1130),
        ),
        options=(MODE, LEFT, METHOD), criteria=(ATTEND, CONDUCT, SCORE, DISCIPLINE, BEHAVED, SHARE), schemes=(CELL, MEMBER),
        recognitions=(GRANT,), report_formats=(ReportFormat(key="f", title="Tờ trình", signers=("BÍ THƯ",), clause=AT),),
    )

    EACH = option("x.mode", "Cách tính", MODE.choices, "each_meeting", SINCE)
    OTHER = replace(
        PLAN, code="sample_other", label="Kế hoạch khác", options=(EACH, LEFT, METHOD),
        thresholds=(replace(RATE, values=RATE.values[:2]), *PLAN.thresholds[1:]),
        criteria=(ATTEND, replace(CONDUCT, least_stage=Stage.CELL), *PLAN.criteria[2:]),
        schemes=(replace(CELL, combination=AllMet()), MEMBER),
    )

    @hookimpl
    def bontot_policies():
        return [FRAME, PLAN, OTHER]
"""


def shown(*arguments: str) -> list[str]:
    """What is printed, without the blanks between columns."""
    status, lines = run("show", *arguments)
    assert status == 0, lines
    return [" ".join(line.split()) for line in lines]


def test_everything_a_plan_states_is_shown(install: Install) -> None:
    """A figure that changed in July and will again, each with its document; who decided before; evidence; notes."""
    install("sample", FULL)
    digest = Registry.load(off=SHIPPED).offer("sample").digest[:12]
    assert shown("sample", "--on", "01/08/2024") == [
        f"Kế hoạch xã · sample · {digest} · giá trị ngày 01/08/2024",
        "Đảng ủy xã. Có hiệu lực từ 01/01/2024",
        "Xem bên cạnh: Khung · sample_frame",
        "[1] Kế hoạch số 2-KH/ĐU ngày 01/07/2024, Đảng ủy xã: thử",
        "[2] Kế hoạch số 1-KH/ĐU ngày 01/01/2024, Đảng ủy xã: thử",
        "[3] Kế hoạch số 9-HD/TU ngày 01/01/2024, Tỉnh ủy: thử",
        "",
        "Chi bộ tốt · x.cell",
        "Chỉ xét chi bộ được chọn làm điểm (chi bộ trực thuộc); chưa đăng ký phấn đấu vẫn xét, có ghi rõ.",
        "Đủ mọi điều (mặc định): đạt khi mọi tiêu chí quyết định đều đạt.",
        "Hoặc, nếu chọn “chấm điểm”: đạt khi tổng điểm từ 70 điểm trở lên và mỗi nhóm được từ 60 % trở lên "
        "số điểm tối đa của nhóm. Các bậc: “Tốt” từ 90 điểm trở lên; “Đạt” từ 70 điểm trở lên.",
        "Căn cứ: [2] mục 1; [3] phần I*",
        "Khóa Tiêu chí Cách xét Mức Nguồn Căn cứ",
        "x.1 NHÓM MỘT tối đa 100 điểm [2] mục 1",
        "x.rate Đảng viên dự đủ tính từ hồ sơ từ 88 % trở lên kế hoạch [1] mục 2",
        "– số liệu: lượt có mặt / lượt phải dự; Cách tính: gộp (mặc định); Vắng xét từng tháng [2] mục 1; "
        "mục 3",
        "có lý do: tính [3] phần I*",
        "– chỉ với trường học",
        "– ghi chú: Tính từng tháng.",
        "x.conduct Gương mẫu người xét kế hoạch [2] mục 1",
        "– được xét là không áp dụng từ bước thẩm định",
        "– coi là đạt nếu không ai kết luận khác chưa đạt thì loại",
        "– minh chứng: Việc đúng hạn; gợi ý từ 80 % trở lên (mặc định)",
        "– minh chứng: Biên bản",
        "– minh chứng: Đủ chuyên đề; Mức per: 1",
        "x.share Nửa số đảng viên đạt tổng hợp cấp dưới từ 50 % trở lên kế hoạch [2] mục 1",
        "– số liệu: đảng viên đạt “Đảng viên tốt” / đảng viên được tính",
        "x.score Điểm người xét tối đa 100 điểm mặc định",
        "– chỉ khi “Cách xét” là “chấm điểm” từ bước chi bộ",
        "tham khảo",
        "",
        "ĐIỀU KIỆN: CHƯA ĐẠT THÌ LOẠI",
        "x.none Không kỷ luật không được có và người không được có trường hợp nào kế hoạch [2] mục 1",
        "– số liệu: quyết định kỷ luật tổ chức đảng xét (mặc định)",
        "từ bước chi bộ",
        "",
        "Đảng viên tốt · x.member",
        "Xét mọi đảng viên.",
        "Đạt khi mọi tiêu chí quyết định đều đạt.",
        "Khóa Tiêu chí Cách xét Mức Nguồn Căn cứ",
        "x.3 NHÓM BA",
        "x.behaved Chấp hành người xét kế hoạch [2] mục 1",
        "từ bước chi bộ",
        "",
        "Giá trị",
        "Khóa Nội dung Giá trị Từ ngày Đảng bộ được đặt Nguồn Căn cứ",
        "XÉT “CHI BỘ TỐT”",
        "x.method Cách xét đủ mọi điều 01/01/2024 chấm điểm mặc định",
        "x.pass Mức pass 70 điểm 01/01/2024 từ 0 điểm mặc định",
        "x.floor Mức floor 60 % 01/01/2024 từ 0 % đến 100 % kế hoạch [2] mục 1",
        "x.good Mức good 90 điểm 01/01/2024 từ 0 điểm mặc định",
        "x.points Mức points 100 điểm 01/01/2024 từ 0 điểm đến 100 điểm kế hoạch [2] mục 1",
        "x.rate Tỷ lệ dự 85 % 01/01/2024 – 30/06/2024 từ 80 % đến 100 % kế hoạch [2] mục 1",
        "– khung yêu cầu 92 %",
        "▸ 88 % 01/07/2024 – 31/12/2024 kế hoạch [1] mục 2",
        "90 % 01/01/2025 mặc định",
        "x.mode Cách tính gộp 01/01/2024 từng buổi mặc định",
        "x.left Vắng có lý do tính 01/01/2024 không tính kế hoạch [2] mục 1",
        "x.tasks Mức tasks 80 % 01/01/2024 từ 0 % đến 100 % mặc định",
        "x.per Mức per 1 01/01/2024 từ 1 đến 3 kế hoạch [2] mục 1",
        "x.share Mức share 50 % 01/01/2024 từ 0 % đến 100 % kế hoạch [2] mục 1",
        "x.none Kỷ luật 0 01/01/2024 không mặc định",
        "",
        "XÉT CÔNG NHẬN",
        "x.majority Mức majority 50 % 01/01/2024 từ 0 % đến 100 % mặc định",
        "x.quota Mức quota chưa đặt, gợi ý 30 % từ 0 % đến 100 %",
        "x.months Mức months 12 tháng 01/01/2024 từ 1 tháng kế hoạch [2] mục 1",
        "x.due Mức due 30/11 01/01/2024 từ 01/01 đến 31/12 mặc định",
        "▸ áp dụng vào ngày 01/08/2024",
        "",
        "Xét công nhận “Chi bộ tốt” · kế hoạch · [2] mục 1",
        "Biểu quyết: Quá nửa tán thành",
        "Tán thành: trên 50 % (mặc định)",
        "Có giá trị: 12 tháng",
        "Thu hồi: Bị kỷ luật",
        "Bước Ai làm Hạn Nguồn Căn cứ",
        "Quyết định Đảng ủy xã 30/11 kế hoạch [1] mục 2",
        "– đến hết 30/06/2024: Huyện ủy",
        "– từ 01/01/2025: Tỉnh ủy",
        "",
        "Biểu mẫu Người ký Căn cứ",
        "Tờ trình BÍ THƯ [2] mục 1",
        "",
        "Nguồn “mặc định”: giá trị mặc định, kế hoạch không quy định.",
        "* chưa kiểm chứng",
    ]


def test_the_value_marked_is_the_one_of_the_day_asked_about(install: Install) -> None:
    install("sample", FULL)
    marked = {
        on: [line for line in shown("sample", "--on", on) if "▸" in line]
        for on in ("31/12/2023", "30/06/2024", "01/07/2024", "31/12/2024", "01/01/2025")
    }
    assert marked == {
        "31/12/2023": ["▸ áp dụng vào ngày 31/12/2023"],
        "30/06/2024": [
            "x.rate Tỷ lệ dự ▸ 85 % 01/01/2024 – 30/06/2024 từ 80 % đến 100 % kế hoạch [2] mục 1",
            "▸ áp dụng vào ngày 30/06/2024",
        ],
        "01/07/2024": ["▸ 88 % 01/07/2024 – 31/12/2024 kế hoạch [1] mục 2", "▸ áp dụng vào ngày 01/07/2024"],
        "31/12/2024": ["▸ 88 % 01/07/2024 – 31/12/2024 kế hoạch [1] mục 2", "▸ áp dụng vào ngày 31/12/2024"],
        "01/01/2025": ["▸ 90 % 01/01/2025 mặc định", "▸ áp dụng vào ngày 01/01/2025"],
    }


def test_no_line_is_cut_or_longer_than_the_table_is_wide(install: Install) -> None:
    install("sample", FULL)
    lines = run("show", "sample")[1]
    assert max(len(line) for line in lines) <= WIDTH
    assert not any("…" in line for line in lines)


def test_two_plans_are_set_side_by_side_where_they_differ(install: Install) -> None:
    install("sample", TWO)
    assert shown("sample", "--diff", "sample_other", "--on", "2024-08-01") == [
        "Kế hoạch · sample",
        "Kế hoạch khác · sample_other",
        "So giá trị ngày 01/08/2024",
        "",
        "Danh hiệu: khác 1, giống 1",
        "Khóa Nội dung sample sample_other",
        "sample.member Đảng viên tốt Xét mọi đảng viên · Đạt khi mọi tiêu chí quyết định đều đạt. —",
        "",
        "Tiêu chí: khác 4, giống 0",
        "Khóa Nội dung sample sample_other",
        "sample.line Chấp hành người xét, từ bước chi bộ · kế hoạch —",
        "sample.attendance Dự sinh hoạt tính từ hồ sơ · từ 88 % trở lên · kế hoạch · lượt có mặt / lượt phải "
        "dự tính từ hồ sơ · trên 90 % (mặc định) · kế hoạch · lượt có mặt / lượt phải dự",
        "sample.unity Đoàn kết người xét, từ bước chi bộ, chưa đạt thì loại · kế hoạch người xét, từ bước "
        "chi bộ · kế hoạch",
        "sample.share Tỷ lệ đạt tổng hợp cấp dưới · từ 50 % trở lên · kế hoạch · đảng viên đạt “Đảng viên "
        "tốt” / đảng —",
        "viên được tính",
        "",
        "Giá trị: khác 4, giống 0",
        "Khóa Nội dung sample sample_other",
        "sample.attendance Tỷ lệ dự 88 % · kế hoạch · 85 % từ 27/01/2023 đến hết 30/06/2024 —",
        "sample.share Tỷ lệ đạt 50 % · kế hoạch —",
        "sample.mode Cách tính gộp · mặc định —",
        "other.attendance Chuyên cần — 90 % · mặc định",
    ]


def test_a_parameter_a_stage_a_method_and_a_later_value_are_differences(install: Install) -> None:
    install("sample", FULL)
    assert shown("sample", "--diff", "sample_other", "--on", "2024-08-01") == [
        "Kế hoạch xã · sample",
        "Kế hoạch khác · sample_other",
        "So giá trị ngày 01/08/2024",
        "",
        "Danh hiệu: khác 1, giống 1",
        "Khóa Nội dung sample sample_other",
        "x.cell Chi bộ tốt Chỉ xét chi bộ được chọn làm điểm (chi bộ trực thuộc); chưa đăng ký phấn đấu vẫn "
        "xét, có Chỉ xét chi bộ được chọn làm điểm (chi bộ trực thuộc); chưa đăng ký phấn đấu vẫn xét, có",
        "ghi rõ · Đủ mọi điều (mặc định): đạt khi mọi tiêu chí quyết định đều đạt. · Hoặc, nếu ghi rõ · Đạt "
        "khi mọi tiêu chí quyết định đều đạt.",
        "chọn “chấm điểm”: đạt khi tổng điểm từ 70 điểm trở lên và mỗi nhóm được từ 60 % trở lên",
        "số điểm tối đa của nhóm. Các bậc: “Tốt” từ 90 điểm trở lên; “Đạt” từ 70 điểm trở lên.",
        "",
        "Tiêu chí: khác 2, giống 4",
        "Khóa Nội dung sample sample_other",
        "x.rate Đảng viên dự đủ tính từ hồ sơ, xét từng tháng · từ 88 % trở lên · kế hoạch · lượt có mặt / "
        "lượt phải tính từ hồ sơ, xét từng tháng · từ 88 % trở lên · kế hoạch · lượt có mặt / lượt phải",
        "dự; Cách tính: gộp (mặc định); Vắng có lý do: tính · chỉ với trường học dự; Cách tính: từng buổi "
        "(mặc định); Vắng có lý do: tính · chỉ với trường học",
        "x.conduct Gương mẫu người xét, từ bước thẩm định, chưa đạt thì loại · kế hoạch · được xét là không "
        "áp người xét, từ bước chi bộ, chưa đạt thì loại · kế hoạch · được xét là không áp dụng ·",
        "dụng · coi là đạt nếu không ai kết luận khác · minh chứng: Việc đúng hạn; gợi ý từ coi là đạt nếu "
        "không ai kết luận khác · minh chứng: Việc đúng hạn; gợi ý từ 80 % trở",
        "80 % trở lên (mặc định) · minh chứng: Biên bản · minh chứng: Đủ chuyên đề; Mức per: lên (mặc định) "
        "· minh chứng: Biên bản · minh chứng: Đủ chuyên đề; Mức per: 1",
        "1",
        "",
        "Giá trị: khác 2, giống 14",
        "Khóa Nội dung sample sample_other",
        "x.rate Tỷ lệ dự 88 % · kế hoạch · 85 % từ 01/01/2024 đến hết 30/06/2024 · 90 % từ 01/01/2025 88 % · "
        "kế hoạch · 85 % từ 01/01/2024 đến hết 30/06/2024",
        "x.mode Cách tính gộp · mặc định từng buổi · mặc định",
    ]


def test_a_plan_differs_from_itself_in_nothing(install: Install) -> None:
    install("sample", FULL)
    assert shown("sample", "--diff", "sample", "--on", "2024-08-01")[3:] == [
        "",
        "Danh hiệu: khác 0, giống 2",
        "",
        "Tiêu chí: khác 0, giống 6",
        "",
        "Giá trị: khác 0, giống 16",
    ]


def test_show_of_a_plan_that_cannot_be_used_says_why() -> None:
    assert run("show", "nowhere") == (
        1,
        ["Lỗi: Kế hoạch “nowhere” chưa dùng được: chưa cài thành phần nào khai kế hoạch này."],
    )
