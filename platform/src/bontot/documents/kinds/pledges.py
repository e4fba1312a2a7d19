"""The yearly pledge on paper, a cell's with its members' list or one member's own (dossier documents §5.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from bontot.db.models.member import RATINGS as RATING_LEVELS
from bontot.documents.asking import Asked, Papers, Together
from bontot.documents.forms import Forms, subject_in
from bontot.documents.office import Office, offices_of
from bontot.documents.paper import Annex, Block, Centred, Grid, Paper, Signer, Text
from bontot.documents.phrases import header, people
from bontot.policy.model import ReportFormat
from bontot.policy.terms import Subject
from bontot.policy.words import RATINGS
from bontot.services import members, pledges, year_start
from bontot.services.members import Headcount
from bontot.services.pledges import AskedPledge, Pledge
from bontot.services.proceedings.reading import names_of
from bontot.services.year_start import MemberPledge

COLUMNS = ("TT", "Tiêu chí", "Nội dung đăng ký", "Chỉ tiêu", "Thời gian", "Người phụ trách")
SHARES = (5, 26, 30, 22, 13, 16)
TITLE = "BẢN ĐĂNG KÝ PHẤN ĐẤU"
NONE = "Chưa có bản đăng ký phấn đấu năm {year}."


def of_cell(asked: Asked) -> Paper:
    """A cell's pledge of a year, with the list of members who pledge. Raises NotFound where none is on record."""
    return asked.alone(of_cells, asked.organisation_id, NONE.format(year=asked.year))


def of_cells(asked: Together) -> Papers:
    """The pledges of those cells that have one."""
    year, session = asked.year, asked.session
    found = pledges.pledges_of(session, asked.subjects, year, of_members=False)
    if not found:
        return
    wanted = pledges.asked_pledges(session, asked.registry, sorted(found), year, Subject.CELL)
    offices = _dated(asked, {id_: (id_, one) for id_, one in found.items()})
    standing = [(office.id, office.day) for office in offices.values()]
    signed = year_start.of_members_of(session, standing, year)
    counts = members.headcounts(session, standing)
    ratings = year_start.last_ratings(session, found, year)
    forms = Forms(session, asked.registry, asked.today, found)
    for id_ in filter(offices.__contains__, asked.subjects):
        office = offices[id_]
        facts = tuple(_facts(office, counts[id_, office.day], ratings.get(id_)))
        form = forms.of(id_, "commitment_registration")
        day = min(found[id_].signed_on, asked.today)
        yield (
            id_,
            _of_cell(office, year, day, found[id_], wanted.get(id_), facts, signed[id_, office.day], form),
        )


def _of_cell(
    office: Office,
    year: int,
    day: date,
    found: Pledge,
    wanted: AskedPledge | None,
    facts: tuple[Block, ...],
    signed: Sequence[MemberPledge],
    form: ReportFormat | None,
) -> Paper:
    pledged = [one for one in signed if one.signed_on]
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
            *facts,
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


def of_member(asked: Asked, member_id: int) -> Paper:
    """A member's own pledge of a year, in the first person. Raises NotFound where none is on record."""
    return asked.alone(of_members, member_id, NONE.format(year=asked.year))


def of_members(asked: Together) -> Papers:
    """The pledges of those members of a cell that have one."""
    year, session, cell = asked.year, asked.session, asked.place_id
    found = pledges.pledges_of(session, asked.subjects, year, of_members=True)
    if not found:
        return
    wanted = pledges.asked_pledge(session, asked.registry, cell, year, Subject.MEMBER)
    offices = _dated(asked, {id_: (cell, one) for id_, one in found.items()})
    names = names_of(session, set(found))
    for id_ in filter(offices.__contains__, asked.subjects):
        day = min(found[id_].signed_on, asked.today)
        yield id_, _of_member(offices[id_], year, day, found[id_], wanted, names[id_])


def _of_member(
    office: Office, year: int, day: date, found: Pledge, wanted: AskedPledge | None, full_name: str
) -> Paper:
    title = f"“{wanted.title}”" if wanted else "“Đảng viên bốn tốt”"
    return Paper(
        kind="commitment_registration",
        day=day,
        header=header(office.superior, office.name, day=day, place=office.place),
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


def _dated(asked: Together, found: Mapping[int, tuple[int, Pledge]]) -> dict[int, Office]:
    """The cell of each pledge on the day of its signing. A pledge signed before there was the cell, handed on to it or
    brought along by its member, names the cell as it is today."""
    days = {id_: (cell, min(one.signed_on, asked.today)) for id_, (cell, one) in found.items()}
    today = {id_: (cell, asked.today) for id_, (cell, _) in found.items()}
    offices = offices_of(asked.session, [*days.values(), *today.values()])
    standing = {id_: offices.get(days[id_]) or offices.get(today[id_]) for id_ in found}
    return {id_: office for id_, office in standing.items() if office}


def _titles(wanted: AskedPledge, *, with_members: bool) -> str:
    titles = [wanted.title, *([wanted.member_title] if with_members and wanted.member_title else [])]
    return ", ".join(f"“{title}”" for title in titles)


def _addressed(whom: str) -> tuple[Block, ...]:
    return (Centred(f"Kính gửi: {whom}"),) if whom else ()


def _facts(office: Office, count: Headcount, rating: tuple[str, int] | None) -> Iterator[Block]:
    yield Text(f"{people(count.members)}; dự bị {count.probationary}.", "Tổng số đảng viên:")
    officers = [one for one in office.officers if one.kind in OFFICERS]
    if officers:
        named = "; ".join(f"{one.full_name}, {OFFICERS[one.kind]}" for one in officers)
        yield Text(f"{named}.", "Chi ủy:")
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


def _listed(pledged: Sequence[MemberPledge], wanted: AskedPledge | None, year: int) -> Iterator[Block]:
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
