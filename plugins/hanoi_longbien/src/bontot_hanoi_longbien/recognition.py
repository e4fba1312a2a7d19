"""Who recognises, when, on which forms. The plan has its own rules for all of it, not quoted: these are
defaults."""

from __future__ import annotations

from datetime import date

from bontot.plugin import (
    Act,
    Authority,
    Holder,
    Option,
    Recognition,
    ReportFormat,
    Step,
    Threshold,
    Unit,
    ballot_option,
    leave_options,
    same_hand_option,
    threshold,
)
from bontot_hanoi_longbien import base, cell
from bontot_hanoi_longbien import documents as at

ON = at.SINCE
WITHOUT_DISTRICT = date(2025, 7, 1)
"""The district committee ended on 30/6/2025."""

WARD = (Authority(body="Đảng ủy phường (đảng ủy cơ sở)", valid_from=ON),)
ABOVE = (
    Authority(body="Ban Thường vụ Quận ủy Long Biên", valid_from=ON),
    Authority(body="Ban Thường vụ đảng ủy cấp trên trực tiếp của đảng bộ cơ sở", valid_from=WITHOUT_DISTRICT),
)
ADVISERS = (Authority(body="Ban tổ chức, ủy ban kiểm tra của cấp công nhận", valid_from=ON),)


def _steps(own: str, own_due: str, authorities: tuple[Authority, ...], due: str) -> tuple[Step, ...]:
    itself = (Authority(body=own, valid_from=ON),)
    return (
        Step(
            key="self_assessment",
            label="Tự đánh giá, tự chấm điểm",
            authorities=itself,
            due=own_due,
            holder=Holder.SUBJECT,
            acts=frozenset({Act.SHEET}),
        ),
        Step(
            key="file",
            label="Lập biên bản, bảng điểm, tờ trình đề nghị công nhận",
            authorities=itself,
            due=own_due,
            holder=Holder.SUBJECT,
            acts=frozenset({Act.SHEET, Act.PROPOSAL}),
        ),
        Step(
            key="appraisal",
            label="Thẩm định, cho ý kiến",
            authorities=ADVISERS,
            due=due,
            acts=frozenset({Act.OPINION}),
        ),
        Step(
            key="vote",
            label="Cấp ủy biểu quyết",
            authorities=authorities,
            due=due,
            acts=frozenset({Act.BALLOT}),
        ),
        Step(
            key="decide",
            label="Quyết định công nhận",
            authorities=authorities,
            due=due,
            acts=frozenset({Act.DECISION}),
        ),
        Step(
            key="publish",
            label="Công bố",
            authorities=authorities,
            due=due,
            acts=frozenset({Act.PUBLICATION}),
        ),
    )


VOTE = "Quá nửa số cấp ủy viên tán thành"
RECOGNITIONS = (
    Recognition(
        scheme=cell.SCHEME.key,
        steps=_steps("Chi bộ", "longbien.recognition.cell", WARD, "longbien.recognition.ward"),
        vote_rule=VOTE,
        ballot="longbien.recognition.ballot",
        majority="longbien.recognition.majority",
        validity="longbien.recognition.validity",
        exception="longbien.recognition.exception",
        over_quota="longbien.recognition.over_quota",
        clauses=(at.METHOD,),
    ),
    Recognition(
        scheme=base.SCHEME.key,
        steps=_steps("Đảng ủy phường", "longbien.recognition.ward", ABOVE, "longbien.recognition.upper"),
        vote_rule=VOTE,
        ballot="longbien.recognition.ballot",
        majority="longbien.recognition.majority",
        validity="longbien.recognition.validity",
        exception="longbien.recognition.exception",
        over_quota="longbien.recognition.over_quota",
        clauses=(at.METHOD,),
    ),
)
THRESHOLDS: tuple[Threshold, ...] = (
    threshold("longbien.recognition.cell", "Hạn chi bộ hoàn thành", Unit.MONTH_DAY, 1130, ON),
    threshold("longbien.recognition.ward", "Hạn đảng ủy phường hoàn thành", Unit.MONTH_DAY, 1210, ON),
    threshold("longbien.recognition.upper", "Hạn cấp trên hoàn thành", Unit.MONTH_DAY, 1231, ON),
    threshold("longbien.recognition.majority", "Tỷ lệ tán thành phải vượt", Unit.PERCENT, 50, ON),
    threshold(
        "longbien.recognition.validity", "Số tháng danh hiệu có giá trị", Unit.MONTHS, 12, ON, lowest=1
    ),
)
OPTIONS: tuple[Option, ...] = (
    ballot_option("longbien.recognition.ballot", "Cách biểu quyết", ON),
    same_hand_option(ON),
    *leave_options("longbien.recognition", ON),
)

CELL_SIGNS = "T/M CHI BỘ – BÍ THƯ"
COMMITTEE_SIGNS = "T/M ĐẢNG ỦY – BÍ THƯ"
FORMATS = (
    ReportFormat(
        key="score_sheet", title="Bảng chấm điểm “Chi bộ bốn tốt”", signers=(CELL_SIGNS, "NGƯỜI THẨM ĐỊNH")
    ),
    ReportFormat(
        key="score_sheet_base",
        title="Bảng chấm điểm “Đảng bộ cơ sở bốn tốt”",
        signers=(COMMITTEE_SIGNS, "NGƯỜI THẨM ĐỊNH"),
    ),
    ReportFormat(
        key="vote_minutes", title="Biên bản xét, kiểm phiếu", symbol="BB", signers=("THƯ KÝ", "CHỦ TRÌ")
    ),
    ReportFormat(
        key="recognition_proposal",
        title="Tờ trình đề nghị công nhận “Chi bộ bốn tốt”",
        symbol="TTr",
        signers=(CELL_SIGNS,),
    ),
    ReportFormat(
        key="recognition_proposal_base",
        title="Tờ trình đề nghị công nhận “Đảng bộ cơ sở bốn tốt”",
        symbol="TTr",
        signers=(COMMITTEE_SIGNS,),
    ),
    ReportFormat(
        key="recognition_decision",
        title="Quyết định công nhận danh hiệu “Chi bộ bốn tốt”",
        symbol="QĐ",
        signers=(COMMITTEE_SIGNS,),
    ),
    ReportFormat(
        key="recognition_decision_base",
        title="Quyết định công nhận danh hiệu “Đảng bộ cơ sở bốn tốt”",
        symbol="QĐ",
        signers=("T/M BAN THƯỜNG VỤ – BÍ THƯ",),
    ),
    ReportFormat(
        key="consolidated_table",
        title="Biểu tổng hợp “Chi bộ bốn tốt”, “Đảng bộ cơ sở bốn tốt”",
        signers=(COMMITTEE_SIGNS,),
    ),
)
