"""Every kind of paper, made from records and set in both formats; a few of them whole."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from bontot.access import Role
from bontot.clock import today
from bontot.db.models import Member, OrganisationPeriod, Registration
from bontot.db.tenancy import TenantSession, scope
from bontot.documents.docx import docx
from bontot.documents.forms import authority_in
from bontot.documents.kinds import KINDS, MEMBER_KINDS, Asked, Kind, MemberKind, kind_of, member_kind_of
from bontot.documents.kinds.declared import kinds_in
from bontot.documents.paper import Centred, Grid, Header, Heading, Paper, Points, Signer, Text
from bontot.documents.pdf import pdf
from bontot.documents.phrases import written_day
from bontot.documents.profiles import profile_of
from bontot.documents.setting import ended
from bontot.errors import NotFound
from bontot.plugin import ReportFormat
from bontot.registry import Registry
from bontot.services.meetings import MeetingEntry, record_meeting
from bontot.services.planning import Document, Plan, prepare
from bontot.services.recognition.lists import decided_under
from tests.factories import Committee, make_committee
from tests.isolation.golden.asking import World
from tests.isolation.world import world_of
from tests.unit.documents.papers import bare, said_by, text_of_docx, text_of_pdf

POLICY = "hanoi_tayho"
OF = {
    "meeting_minutes": "meeting in parts",
    "cell_resolution": "meeting in parts",
    "attendance_list": "meeting in parts",
    "meeting_self_score": "scored meeting",
    "meeting_invitation": "planned",
    "agenda": "planned",
    "sign_in_list": "planned",
}
ABOUT = {
    "report": "2026-Q1",
    "fee_report": "2026-09",
    "commitment_registration": "2025",
    "score_sheet": "2023",
    "vote_minutes": "2023",
    "recognition_proposal": "2023",
    "consolidated_table": "2023",
    "objectives_table": "2023",
}
OF_A_MEMBER = {"commitment_registration": "2025", "member_score_sheet": "2023", "residence_remark": "2025"}
OF_THE_WARD = {"recognition_decision", "consolidated_table", "objectives_table"}


EVERY = (*KINDS, *kinds_in(Registry.load()))
HOSTILE = "Bà & <b>Ông</b> “Đỗ” 'x' #set $y$ {{z}} \\u{41} Q\u0301uy"
ENDLESS = "ộ" * 140
SOFFICE = shutil.which("soffice")


@pytest.fixture(scope="module")
def hostile_world(engine: Engine, worker_id: str) -> World:
    """A committee in which everybody and everything is called what programs stumble over."""
    made = world_of(make_committee(engine, f"ten-kho-{worker_id}", HOSTILE, policy=POLICY), POLICY)
    with scope(made.committee.engine, made.committee.tenant_id) as session:
        session.execute(update(Member).values(full_name=Member.full_name + ENDLESS))
    return made


@pytest.fixture(scope="module")
def world(engine: Engine, worker_id: str) -> World:
    """A committee with a record of each kind."""
    return world_of(make_committee(engine, f"cac-loai-{worker_id}", "nhà", policy=POLICY), POLICY)


@pytest.fixture
def session(world: World) -> Iterator[TenantSession]:
    with scope(world.committee.engine, world.committee.tenant_id) as opened:
        yield opened
        opened.rollback()


def asked_of(session: TenantSession, committee: Committee, of: str, *, ward: bool = False) -> Asked:
    """A paper of the first cell, or of the ward above it, asked for by the administrator."""
    place = committee.ward if ward else committee.cells[0]
    return Asked(
        session=session,
        registry=Registry.load(),
        actor=committee.actor(Role.TENANT_ADMIN),
        reach=frozenset({committee.ward.id, *(cell.id for cell in committee.cells)}),
        today=today(session),
        organisation_id=place.id,
        of=of,
    )


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.slug)
def test_every_kind_says_the_same_in_both_formats(session: TenantSession, world: World, kind: Kind) -> None:
    paper = made(session, world, kind)
    assert paper.kind == kind.key
    assert_set(paper)


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.slug)
def test_every_kind_holds_whatever_people_and_places_are_called(hostile_world: World, kind: Kind) -> None:
    committee = hostile_world.committee
    with scope(committee.engine, committee.tenant_id) as session:
        paper = made(session, hostile_world, kind)
    assert HOSTILE.upper() in paper.header.issuer
    assert_set(paper)
    assert_set(replace(paper, day=date(2025, 1, 1)))


@pytest.mark.parametrize("kind", MEMBER_KINDS, ids=lambda kind: kind.slug)
def test_every_kind_about_a_member_says_the_same_in_both_formats(
    session: TenantSession, world: World, kind: MemberKind
) -> None:
    member_id, _ = world.committee.cells[0].members[0]
    member = session.get_one(Member, (session.tenant_id, member_id))
    for name in (member.full_name, f"Nguyễn {HOSTILE}{ENDLESS}"):
        member.full_name = name
        session.flush()
        paper = kind.build(asked_of(session, world.committee, OF_A_MEMBER[kind.key]), member_id)
        assert paper.kind == kind.key
        assert any(name in said for said in said_by(paper))
        assert_set(paper)


@pytest.mark.skipif(SOFFICE is None, reason="máy này không có LibreOffice để đọc lại tệp DOCX")
def test_another_word_processor_reads_the_same_words_out_of_every_office_file(
    session: TenantSession, world: World, tmp_path: Path
) -> None:
    papers = {kind.slug: made(session, world, kind) for kind in EVERY}
    for slug, paper in papers.items():
        (tmp_path / f"{slug}.docx").write_bytes(docx(paper))
    own = f"-env:UserInstallation=file://{tmp_path}/profile"
    files = [str(path) for path in sorted(tmp_path.glob("*.docx"))]
    command = [
        str(SOFFICE),
        own,
        "--headless",
        "--convert-to",
        "txt:Text (encoded):UTF8",
        "--outdir",
        str(tmp_path),
        *files,
    ]
    subprocess.run(command, capture_output=True, check=True, timeout=300)
    for slug, paper in papers.items():
        read = (tmp_path / f"{slug}.txt").read_text(encoding="utf-8-sig")
        ours = text_of_pdf(pdf(paper), "-raw")
        lost = [word for word in {*ours.split()} - {*read.split()} if word not in bare(read)]
        added = [word for word in {*read.split()} - {*ours.split()} if word not in bare(ours)]
        assert (slug, [word for word in (*lost, *added) if not word.isdigit()]) == (slug, [])


def made(session: TenantSession, world: World, kind: Kind) -> Paper:
    """The paper of a kind of the world's first cell, or of the ward above it."""
    if kind.key == "recognition_decision":
        of = str(decided_under(session, world.committee.ward.id, 2023)[0][0])
    else:
        of = world[OF[kind.key]] if kind.key in OF else ABOUT[kind.key]
    return kind.build(asked_of(session, world.committee, of, ward=kind.key in OF_THE_WARD))


def test_a_pledge_from_before_there_was_the_cell_names_the_cell_of_today(
    session: TenantSession, world: World
) -> None:
    cell = world.committee.cells[0]
    member_id, _ = cell.members[0]
    signed_on = date(1930, 2, 3)
    session.execute(update(Registration).values(signed_on=signed_on))
    asked = asked_of(session, world.committee, "2025")
    for paper in (
        kind_of("dang-ky").build(asked),
        member_kind_of("dang-ky").build(asked, member_id),
    ):
        assert paper.day == signed_on
        assert paper.header.issuer == "CHI BỘ NHÀ SỐ 1"
        assert paper.header.place_and_day.endswith("ngày 03 tháng 02 năm 1930")


def assert_set(paper: Paper) -> None:
    """Both files hold every stretch of words of the paper, the office's in whole, the PDF letter by letter."""
    told, profile = bare(text_of_docx(docx(paper))), profile_of(paper.day)
    final = replace(paper, body=ended(paper, profile))
    said = [bare(words) for words in said_by(final)]
    assert [words for words in said if words not in told] == []
    printed = Counter(bare(text_of_pdf(pdf(paper))))
    assert Counter("".join(said)) - printed == Counter()
    assert paper.signers


def test_a_kind_asked_for_with_what_names_nothing_finds_nothing(session: TenantSession, world: World) -> None:
    tried = 0
    for kind in KINDS:
        for of in ("x", "2026-13", "0000", "99999", "2023-Q5", world["member"]):
            with pytest.raises(NotFound):
                kind.build(asked_of(session, world.committee, of))
            tried += 1
    assert tried == 6 * len(KINDS)


def test_the_invitation_and_the_agenda_whole(session: TenantSession, world: World) -> None:
    committee = world.committee
    plan = Plan(
        kind="extraordinary",
        held_on=date(2099, 3, 3),
        place="Nhà văn hóa",
        agenda=("Thời sự", "Nghị quyết"),
        documents=(Document("Hướng dẫn sinh hoạt", "15-HD/BTG"), Document("Dự thảo")),
        guests=("Đồng chí Phạm Thị Mẫu",),
        notified_on=date(2026, 6, 3),
    )
    actor = committee.actor(Role.CELL_SECRETARY)
    planned = prepare(
        session, actor, committee.cells[0].id, replace(plan, held_on=today(session).replace(day=28))
    )
    asked = asked_of(session, committee, str(planned.public_id))
    day = planned.plan.held_on
    head = Header(
        superior="PHƯỜNG NHÀ MỚI", issuer="CHI BỘ NHÀ SỐ 1", place_and_day="nhà mới, ngày 03 tháng 6 năm 2026"
    )
    invitation = kind_of("giay-moi").build(asked)
    assert (invitation.header, invitation.title, invitation.day) == (head, "GIẤY MỜI", date(2026, 6, 3))
    assert invitation.body[0] == Text(
        "Các đồng chí đảng viên Chi bộ nhà số 1; Đồng chí Phạm Thị Mẫu.", "Kính mời:"
    )
    assert invitation.body[2:] == (
        Text("Nhà văn hóa.", "Địa điểm:"),
        Text("", "Nội dung:"),
        Text("1. Thời sự"),
        Text("2. Nghị quyết"),
        Text("", "Tài liệu:"),
        Points(("Hướng dẫn sinh hoạt, số 15-HD/BTG;", "Dự thảo.")),
        Text(
            "Đề nghị các đồng chí dự họp đầy đủ, đúng giờ; vắng mặt có lý do xin báo trước cho bí thư chi bộ."
        ),
    )
    assert invitation.recipients == ("Các đồng chí đảng viên,", "Đồng chí Phạm Thị Mẫu,", "Lưu Chi bộ.")
    agenda = kind_of("chuong-trinh").build(asked)
    assert agenda.subject == f"sinh hoạt chi bộ bất thường {written_day(day)}"
    assert agenda.body[2] == Grid(
        ("TT", "Nội dung", "Người thực hiện", "Thời lượng"),
        (("1", "Thời sự", "", ""), ("2", "Nghị quyết", "", "")),
        shares=(5, 48, 22, 14),
    )


def test_the_report_of_a_cell_has_its_numbers_and_leaves_the_words_to_be_written(
    session: TenantSession, world: World
) -> None:
    report = kind_of("bao-cao").build(asked_of(session, world.committee, "2026-02"))
    assert isinstance(report.body[0], Centred)
    assert [block.words for block in report.body if isinstance(block, Heading)] == [
        "I- KẾT QUẢ THỰC HIỆN",
        "1. Số liệu",
        "2. Đánh giá chung",
        "II- HẠN CHẾ, NGUYÊN NHÂN",
        "III- NHIỆM VỤ KỲ TỚI",
        "IV- KIẾN NGHỊ",
    ]
    [numbers] = [block for block in report.body if isinstance(block, Grid)]
    assert {label: said for _, label, said in numbers.rows} == {
        "Số đảng viên đến cuối kỳ": "10 đồng chí",
        "Trong đó: dự bị; miễn sinh hoạt": "0; 0",
        "Đảng viên chuyển đến, kết nạp; chuyển đi, ra khỏi danh sách": "0; 0",
        "Tháng sinh hoạt đúng kỳ hạn; muộn; không sinh hoạt": "1; 0; 0",
        "Số buổi sinh hoạt: thường kỳ; chuyên đề; khác": "5; 0; 0",
        "Lượt đảng viên dự họp trên lượt phải dự": "10/50 (20,0 %)",
        "Số nghị quyết, kết luận đã ban hành": "1",
        "Nhiệm vụ đến hạn: xong đúng hạn; xong trễ; quá hạn chưa xong": "0; 0; 3 (trên 3)",
        "Đảng phí đã thu trên phải thu (đồng)": "0/0",
    }
    assert report.signers == (Signer(lines=("T/M CHI BỘ", "BÍ THƯ"), name="Nguyễn nhà An"),)


def test_a_committee_does_not_sign_in_the_name_of_a_cell(session: TenantSession, world: World) -> None:
    form = ReportFormat(key="report", title="Báo cáo", signers=("T/M CHI BỘ – BÍ THƯ",))
    assert [authority_in(form, is_cell=alone) for alone in (True, False)] == ["T/M CHI BỘ", ""]
    report = kind_of("bao-cao").build(asked_of(session, world.committee, "2026-02", ward=True))
    assert report.signers[0].lines[0] == "T/M ĐẢNG ỦY"


def test_the_attendance_list_has_everybody_called_with_how_they_came(
    session: TenantSession, world: World
) -> None:
    paper = kind_of("diem-danh").build(asked_of(session, world.committee, world["meeting in parts"]))
    [grid] = [block for block in paper.body if isinstance(block, Grid)]
    assert grid.columns == (
        "TT", "Họ và tên", "Có mặt", "Vắng có lý do", "Vắng không lý do", "Miễn", "Ký nhận",
    )  # fmt: skip
    assert (len(grid.rows), sum(row[2] == "x" for row in grid.rows)) == (10, 2)
    assert paper.body[-1] == Text(
        "Tổng hợp: 10 đồng chí phải dự, 2 có mặt, 0 vắng; 0 đồng chí được miễn sinh hoạt."
    )


def test_where_nobody_was_called_the_attendance_list_counts_nobody(
    session: TenantSession, world: World
) -> None:
    paper = kind_of("diem-danh").build(asked_of(session, world.committee, world["meeting"]))
    assert paper.body[-1] == Text(
        "Tổng hợp: 10 đồng chí phải dự, …… có mặt, …… vắng; 0 đồng chí được miễn sinh hoạt."
    )


def test_a_resolution_goes_to_the_committee_above_by_its_own_name(
    session: TenantSession, world: World
) -> None:
    above = update(OrganisationPeriod).where(OrganisationPeriod.organisation_id == world.committee.ward.id)
    session.execute(above.values(name="Đảng bộ quận Ví Dụ", type="upper_committee"))
    paper = kind_of("nghi-quyet").build(asked_of(session, world.committee, world["meeting in parts"]))
    assert paper.recipients == (
        "Quận ủy Ví Dụ (để báo cáo),",
        "Các đồng chí đảng viên,",
        "Lưu Chi bộ.",
    )
    assert paper.signers == (Signer(lines=("T/M CHI BỘ", "BÍ THƯ"), name="Nguyễn nhà An"),)


def test_the_minutes_of_a_committee_do_not_speak_of_a_cell(session: TenantSession, world: World) -> None:
    ward = world.committee.ward.id
    named = update(OrganisationPeriod).where(OrganisationPeriod.organisation_id == ward)
    session.execute(named.values(name="Đảng bộ phường Ví Dụ"))
    entry = MeetingEntry(kind="cell_committee_meeting", held_on=date(2026, 2, 28), marks={})
    held = record_meeting(session, world.committee.actor(Role.TENANT_ADMIN), ward, entry)
    session.flush()
    asked = asked_of(session, world.committee, str(held.public_id), ward=True)
    for slug in ("bien-ban", "diem-danh"):
        paper = kind_of(slug).build(asked)
        assert (paper.header.issuer, paper.subject) == (
            "ĐẢNG ỦY PHƯỜNG VÍ DỤ",
            "họp đảng ủy ngày 28 tháng 02 năm 2026",
        )
    assert [said for said in said_by(kind_of("bien-ban").build(asked)) if "chi bộ" in said.lower()] == []
