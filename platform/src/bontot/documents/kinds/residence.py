"""The remark of the cell where a working member lives, to be filled in there (dossier documents §5.9)."""

from __future__ import annotations

from dataclasses import replace

from bontot.documents.asking import Asked
from bontot.documents.forms import form_of, subject_in
from bontot.documents.office import office_of
from bontot.documents.paper import Block, Centred, Heading, Paper, Signer, Text
from bontot.documents.phrases import UNWRITTEN, header
from bontot.services import members

TITLE = "PHIẾU NHẬN XÉT"
ASKED = (
    "1. Chấp hành chủ trương của Đảng, chính sách, pháp luật của Nhà nước và quy định của địa phương",
    "2. Dự họp và tham gia ý kiến khi được chi ủy nơi cư trú mời",
    "3. Thực hiện nghĩa vụ công dân, tham gia các phong trào ở nơi cư trú; vận động gia đình và Nhân dân",
    "4. Đạo đức, lối sống, quan hệ với Nhân dân nơi cư trú",
)
BLANK = "………………………"
WHERE_AND_WHEN = "…………, ngày …… tháng …… năm {}"


def remark_of(asked: Asked, member_id: int) -> Paper:
    """The form for one member and year, with what is known of the member filled in."""
    year = asked.year
    office = office_of(asked.session, asked.organisation_id, asked.today)
    profile = members.profile(asked.session, member_id)
    born = f", sinh năm {profile.birth_date.year}" if profile.birth_date else ""
    body: list[Block] = [
        Centred(f"Kính gửi: {office.name}"),
        Text(f"Theo đề nghị của chi bộ nơi công tác, chi ủy {BLANK} (nơi cư trú) nhận xét:"),
        Text(f"{profile.full_name}{born}.", "Đồng chí:"),
        Text(f"{office.name}{f', {office.superior}' if office.superior else ''}.", "Đang sinh hoạt tại:"),
        Text(f"{BLANK}{BLANK}", "Nơi cư trú:"),
    ]
    for words in ASKED:
        body += [Heading(words, 2), Text(UNWRITTEN)]
    body.append(
        Text("hoàn thành tốt / hoàn thành / chưa hoàn thành (gạch bỏ mức không chọn).", "Nhận xét chung:")
    )
    form = form_of(asked, "residence_remark")
    subject = subject_in(form, TITLE) if form else "đảng viên giữ mối liên hệ với chi ủy, Nhân dân nơi cư trú"
    return Paper(
        kind="residence_remark",
        day=asked.today,
        header=replace(
            header(f"ĐẢNG BỘ {BLANK}", f"CHI BỘ {BLANK}"), place_and_day=WHERE_AND_WHEN.format(year)
        ),
        title=TITLE,
        subject=f"{subject} năm {year}",
        body=tuple(body),
        signers=(Signer(lines=("XÁC NHẬN CỦA ĐẢNG ỦY\nNƠI CƯ TRÚ",)), Signer(lines=("T/M CHI BỘ", "BÍ THƯ"))),
    )
