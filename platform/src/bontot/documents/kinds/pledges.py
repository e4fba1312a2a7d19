"""The yearly pledge on paper, a cell's with its members' list or one member's own (dossier documents §5.4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bontot.db.models.member import RATINGS as RATING_LEVELS
from bontot.documents.asking import Asked
from bontot.documents.forms import form_of, subject_in
from bontot.documents.office import Office, office_of
from bontot.documents.paper import Annex, Block, Centred, Grid, Paper, Signer, Text
from bontot.documents.phrases import header, people
from bontot.errors import NotFound
from bontot.policy.terms import Subject
from bontot.policy.words import RATINGS
from bontot.services import members, pledges, year_start
from bontot.services.judgment_rules import JudgedSubject
from bontot.services.pledges import AskedPledge, Pledge
from bontot.services.year_start import MemberPledge

COLUMNS = ("TT", "Tiêu chí", "Nội dung đăng ký", "Chỉ tiêu", "Thời gian", "Người phụ trách")
SHARES = (5, 26, 30, 22, 13, 16)
TITLE = "BẢN ĐĂNG KÝ PHẤN ĐẤU"


def of_cell(asked: Asked) -> Paper:
    """A cell's pledge of a year, with the list of members who pledge. Raises NotFound where none is on record."""
    year = asked.year
    subject = JudgedSubject(id=asked.organisation_id, of_member=False, place_id=asked.organisation_id)
    found, wanted = _found(asked, subject, year)
    office, day = _dated(asked, found)
    signed = year_start.of_members(asked.session, asked.organisation_id, year, office.day)
    pledged = [one for one in signed if one.signed_on]
    form = form_of(asked, "commitment_registration")
    named = f"xây dựng {_titles(wanted, with_members=True)}" if wanted else "xây dựng chi bộ bốn tốt"
    subject_words = subject_in(form, TITLE) if form else named
    return Paper(
        kind="commitment_registration",
        day=day,
        header=office.header(day=day),
        title=TITLE,
        subject=f"{subject_words} năm {year}",
        body=(
            *_addressed(office.above),
            *_facts(asked, office, year),
            *_table(found, wanted),
            Text(
                f"{len(pledged)}/{people(len(signed))}{', có danh sách kèm theo' if pledged else ''}.",
                "Số đảng viên đăng ký phấn đấu đạt danh hiệu:",
            ),
            Text("Chi bộ quyết tâm lãnh đạo thực hiện đúng các nội dung đã đăng ký."),
        ),
        signers=(
            Signer(lines=("XÁC NHẬN CỦA ĐẢNG ỦY",)),
            Signer(lines=office.signer().lines, name=found.signed_by or office.signer().name),
        ),
        annexes=tuple(_listed(pledged, wanted, year)),
    )


def of_member(asked: Asked, member_id: int, full_name: str) -> Paper:
    """A member's own pledge of a year, in the first person. Raises NotFound where none is on record."""
    year = asked.year
    subject = JudgedSubject(id=member_id, of_member=True, place_id=asked.organisation_id)
    found, wanted = _found(asked, subject, year)
    office, day = _dated(asked, found)
    title = f"“{wanted.title}”" if wanted else "“Đảng viên bốn tốt”"
    return Paper(
        kind="commitment_registration",
        day=day,
        header=header(office.superior, office.name, day=day),
        title=TITLE,
        subject=f"đạt danh hiệu {title} năm {year}",
        body=(
            *_addressed(office.name),
            Text(f"{full_name}, đảng viên {office.name}.", "Tôi là:"),
            *_table(found, wanted),
            Text("Tôi xin hứa phấn đấu thực hiện đúng các nội dung đã đăng ký."),
        ),
        signers=(
            Signer(lines=("XÁC NHẬN CỦA CHI BỘ",)),
            Signer(lines=("NGƯỜI ĐĂNG KÝ",), name=full_name),
        ),
    )


def _found(asked: Asked, subject: JudgedSubject, year: int) -> tuple[Pledge, AskedPledge | None]:
    found = pledges.pledge_of(asked.session, subject, year)
    if found is None:
        raise NotFound(f"Chưa có bản đăng ký phấn đấu năm {year}.")
    kind = Subject.MEMBER if subject.of_member else Subject.CELL
    return found, pledges.asked_pledge(asked.session, asked.registry, asked.organisation_id, year, kind)


def _dated(asked: Asked, found: Pledge) -> tuple[Office, date]:
    """The cell on the day of signing, and that day. A pledge signed before there was the cell, handed on to it or brought
    along by its member, names the cell as it is today."""
    day = min(found.signed_on, asked.today)
    try:
        return office_of(asked.session, asked.organisation_id, day), day
    except NotFound:
        return office_of(asked.session, asked.organisation_id, asked.today), day


def _titles(wanted: AskedPledge, *, with_members: bool) -> str:
    titles = [wanted.title, *([wanted.member_title] if with_members and wanted.member_title else [])]
    return ", ".join(f"“{title}”" for title in titles)


def _addressed(whom: str) -> tuple[Block, ...]:
    return (Centred(f"Kính gửi: {whom}"),) if whom else ()


def _facts(asked: Asked, office: Office, year: int) -> Iterator[Block]:
    count = members.headcount(asked.session, frozenset({office.id}), office.day)
    yield Text(f"{people(count.members)}; dự bị {count.probationary}.", "Tổng số đảng viên:")
    officers = [one for one in office.officers if one.kind in OFFICERS]
    if officers:
        named = "; ".join(f"{one.full_name}, {OFFICERS[one.kind]}" for one in officers)
        yield Text(f"{named}.", "Chi ủy:")
    rating = year_start.last_rating(asked.session, office.id, year)
    if rating:
        yield Text(f"{RATINGS[RATING_LEVELS.index(rating[0]) + 1].lower()}.", f"Xếp loại năm {rating[1]}:")


OFFICERS = {"secretary": "bí thư", "deputy_secretary": "phó bí thư", "committee_member": "chi ủy viên"}


def _table(found: Pledge, wanted: AskedPledge | None) -> Iterator[Block]:
    labels = {line.criterion: line.label for line in wanted.lines} if wanted else {}
    keys = [key for key in labels if key in found.promises] or list(found.promises)
    rows = [
        (labels.get(key, ""), one.content, one.target, one.due, one.carrier)
        for key in keys
        for one in (found.promises[key],)
    ]
    if rows:
        yield Grid(COLUMNS, tuple((str(place), *row) for place, row in enumerate(rows, 1)), shares=SHARES)
    else:
        yield Text("Nội dung từng tiêu chí theo bản đăng ký đã ký trên giấy.")


def _listed(pledged: list[MemberPledge], wanted: AskedPledge | None, year: int) -> Iterator[Block]:
    if not pledged:
        return
    title = f" “{wanted.member_title}”" if wanted and wanted.member_title else ""
    yield Annex(f"DANH SÁCH ĐẢNG VIÊN ĐĂNG KÝ PHẤN ĐẤU NĂM {year}")
    yield Grid(
        ("TT", "Họ và tên", "Nội dung đăng ký", "Ký"),
        tuple(
            (
                str(place),
                one.full_name,
                f"Đạt danh hiệu{title}, theo bản đăng ký ngày {one.signed_on:%d/%m/%Y}",
                "",
            )
            for place, one in enumerate(pledged, 1)
        ),
        shares=(5, 26, 44, 16),
    )
