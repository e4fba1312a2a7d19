"""The papers that lead to the yearly recognition: the count of votes and the proposal (dossier documents §5.6–5.7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bontot.documents.asking import Asked, Part
from bontot.documents.forms import authority_in, form_of, plans_of, signers_in, subject_in
from bontot.documents.kinds.sheets import group_rows, judged
from bontot.documents.office import Office, office_of
from bontot.documents.paper import Annex, Block, Centred, Grid, Heading, Paper, Signer, Text
from bontot.documents.phrases import UNWRITTEN, header, listed, people, written_day
from bontot.documents.writing import Written, written
from bontot.errors import NotFound
from bontot.evaluation.words import percent
from bontot.policy.recognition import SECRET
from bontot.policy.terms import Reference
from bontot.services.paging import SIZE
from bontot.services.recognition.lines import Line, lines_of
from bontot.services.recognition.lists import Counted, counted_at
from bontot.services.recognition.titles import Title, titles_of

ENCLOSED = ("Biên bản xét, kiểm phiếu", "Bảng tự đánh giá", "Báo cáo kết quả thực hiện")
LIST_OF_MEMBERS = "Danh sách đảng viên đề nghị công nhận"


def vote_minutes_of(asked: Asked) -> Paper:
    """The count of votes on the titles of a year at a place. Raises NotFound where nobody voted."""
    counts = counted_at(asked.session, asked.organisation_id, asked.year)
    if not counts:
        raise NotFound(f"Đơn vị này chưa ghi lần biểu quyết nào năm {asked.year}.")
    office = office_of(asked.session, asked.organisation_id, counts[-1].held_on)
    form, words = form_of(asked, "vote_minutes"), written(asked, "vote_minutes")
    titles = listed(dict.fromkeys(f"“{each.title}”" for one in counts for each in one.named)).replace(
        "; ", ", "
    )
    return Paper(
        kind="vote_minutes",
        day=counts[-1].held_on,
        header=header(office.superior, office.author),
        title="BIÊN BẢN",
        subject=f"xét, kiểm phiếu đề nghị công nhận {titles} năm {asked.year}",
        body=(
            *_opened(words),
            *(block for one in counts for block in _counted(one)),
            Text("Tỷ lệ tính trên tổng số người được biểu quyết."),
            Text(f"{words.words.get('tellers', TO_BE_NAMED)}.", "Tổ kiểm phiếu:"),
        ),
        signers=tuple(
            Signer(lines=lines, name=words.words.get(SIGNS.get(lines[0], ""), ""))
            for lines in signers_in(form) or [("THƯ KÝ",), ("CHỦ TRÌ",)]
        ),
    )


SIGNS = {"THƯ KÝ": "secretary", "CHỦ TRÌ": "chair"}
"""Which part names who signs under such a line."""
TO_BE_NAMED = "đồng chí ……………………, đồng chí ……………………"


def parts_of_vote_minutes(_: Asked) -> list[Part]:
    """What people write into the count of votes: where it was, and who led, wrote and counted."""
    return [
        Part("where", "Địa điểm, thời gian", line=True),
        Part("chair", "Chủ trì", line=True),
        Part("secretary", "Thư ký", line=True),
        Part("tellers", "Tổ kiểm phiếu", line=True),
        Part("course", "Diễn biến, ý kiến"),
    ]


def _opened(words: Written) -> Iterator[Block]:
    for key, label in (("where", "Địa điểm, thời gian:"), ("chair", "Chủ trì:"), ("secretary", "Thư ký:")):
        yield Text(f"{words.words.get(key, '………………')}.", label)
    if "course" in words.words:
        yield from words.blocks("course")


def _counted(one: Counted) -> Iterator[Block]:
    ballot = one.ballot
    yield Heading(f"{written_day(one.held_on).capitalize()}", 2)
    method = "bỏ phiếu kín" if ballot.method == SECRET else "giơ tay"
    yield Text(
        f"{people(ballot.entitled)} được biểu quyết, {ballot.present} có mặt; biểu quyết bằng {method}.",
        "Thành phần:",
    )
    if ballot.method == SECRET:
        yield Text(
            f"phát ra {ballot.issued}, thu về {ballot.returned}, hợp lệ {ballot.valid}, "
            f"không hợp lệ {ballot.invalid}.",
            "Số phiếu:",
        )
    yield Text("", "Kết quả:")
    yield Grid(
        ("TT", "Tập thể, cá nhân", "Danh hiệu", "Số phiếu", "Tỷ lệ", "Kết quả"),
        tuple(
            (
                str(place),
                each.name,
                each.title,
                str(each.votes),
                percent(each.votes, ballot.entitled),
                each.came,
            )
            for place, each in enumerate(one.named, 1)
        ),
        figures=frozenset({3, 4}),
        shares=(5, 30, 22, 9, 11, 15),
    )


def proposal_of(asked: Asked) -> Paper:
    """What a cell, or a base organisation for itself, puts forward in a year: those who meet the conditions or were put
    forward for a reason. Raises NotFound where no evaluation gives a title to put forward for."""
    office = office_of(asked.session, asked.organisation_id, asked.today)
    found = [(title, _own(asked, title)) for title in titles_in(asked)]
    forward = [
        (title, line)
        for title, lines in found
        for line in lines
        if (line.eligible or line.exceptional) and not line.stopped
    ]
    if not any(lines for _, lines in found):
        raise NotFound(f"Năm {asked.year} chưa có kết quả đánh giá của đơn vị này để đề nghị công nhận.")
    form = form_of(asked, "recognition_proposal" if office.is_cell else "recognition_proposal_base")
    titles = ", ".join(dict.fromkeys(f"“{title.name}”" for title, lines in found if lines))
    subject = subject_in(form, "Tờ trình") if form else f"đề nghị công nhận {titles}"
    votes = counted_at(asked.session, asked.organisation_id, asked.year)
    return Paper(
        kind="recognition_proposal",
        day=asked.today,
        header=office.header("TTr", asked.today),
        title="TỜ TRÌNH",
        subject=f"{subject} năm {asked.year}",
        body=tuple(_put_forward(asked, office, found, forward, votes)),
        recipients=office.recipients(),
        signers=(office.signer(authority_in(form, is_cell=office.is_cell)),),
        annexes=tuple(_people(forward, asked.year)),
        lacks=""
        if forward
        else "Chưa ai đủ điều kiện hoặc được đề nghị theo lý do riêng, nên chưa có gì để trình.",
    )


def _put_forward(
    asked: Asked,
    office: Office,
    found: list[tuple[Title, list[Line]]],
    forward: list[tuple[Title, Line]],
    votes: list[Counted],
) -> Iterator[Block]:
    if office.above:
        yield Centred(f"Kính trình: {office.above}")
    yield from bases(asked)
    yield Text(f"{office.author} báo cáo kết quả và đề nghị như sau:")
    yield Heading("1. Kết quả tự đánh giá", 2)
    for title, lines in found:
        yield from _standing(title, lines)
    yield from _by_group(asked)
    yield Heading("2. Kết quả biểu quyết", 2)
    yield from _votes(votes)
    yield Heading("3. Đề nghị", 2)
    places = [(title, line) for title, line in forward if not title.of_members]
    members = [line for title, line in forward if title.of_members]
    for title, line in places:
        yield Text(f"Công nhận danh hiệu “{title.name}” năm {title.year} cho {line.name}.")
    if members:
        name = next(title.name for title, _ in forward if title.of_members)
        yield Text(
            f"Công nhận danh hiệu “{name}” năm {asked.year} cho {people(len(members))}, có danh sách kèm theo."
        )
    if not forward:
        yield Text(UNWRITTEN)
    yield Text("", "Hồ sơ kèm theo:")
    enclosed = (*ENCLOSED, LIST_OF_MEMBERS) if members else ENCLOSED
    for place, words in enumerate(enclosed, 1):
        yield Text(f"{place}. {words}{'.' if place == len(enclosed) else ';'}")


def _standing(title: Title, lines: list[Line]) -> Iterator[Block]:
    """How those considered stand for a title."""
    if not title.of_members:
        for line in lines:
            said = "đủ điều kiện" if line.eligible else "chưa đủ điều kiện"
            yield Text(f"{line.name} {said}.", f"“{title.name}”:")
    elif lines:
        eligible = sum(line.eligible for line in lines)
        share = percent(eligible, len(lines))
        yield Text(f"{eligible}/{len(lines)} đảng viên được xét đủ điều kiện ({share}).", f"“{title.name}”:")


def _by_group(asked: Asked) -> Iterator[Block]:
    """The results of the organisation itself, heading by heading."""
    try:
        _, explained = judged(asked)
    except NotFound:
        return
    rows = group_rows(explained)
    if rows:
        yield Grid(("TT", "Nội dung", "Kết quả"), rows, shares=(6, 60, 24))
        yield Text(explained.sentence, "Kết quả chung:")


def _votes(counts: list[Counted]) -> Iterator[Block]:
    """What came of the votes: of each organisation, and of members how many had enough."""
    named = [(one.ballot, each) for one in counts for each in one.named]
    if not named:
        yield Text(UNWRITTEN)
    for ballot, each in named:
        if not each.of_member:
            yield Text(f"{each.name}, “{each.title}”: {each.told(ballot)}.")
    members = [each for _, each in named if each.of_member]
    for title in dict.fromkeys(each.title for each in members):
        of_title = [each for each in members if each.title == title]
        carried = sum(each.outcome == "carried" for each in of_title)
        yield Text(
            f"Đảng viên được đề nghị “{title}”: {carried}/{people(len(of_title))} đủ phiếu, "
            "theo biên bản kiểm phiếu kèm theo."
        )


def _people(forward: list[tuple[Title, Line]], year: int) -> Iterator[Block]:
    members = [line for title, line in forward if title.of_members]
    if members:
        yield Annex(f"DANH SÁCH ĐẢNG VIÊN ĐỀ NGHỊ CÔNG NHẬN NĂM {year}")
        yield Grid(
            ("TT", "Họ và tên", "Chi bộ", "Ghi chú"),
            tuple(
                (
                    str(place),
                    line.name,
                    line.place_name,
                    "Đề nghị theo lý do riêng" if line.exceptional else "",
                )
                for place, line in enumerate(members, 1)
            ),
            shares=(5, 30, 34, 20),
        )


def bases(asked: Asked, *own: str, then: Sequence[str] = ()) -> Iterator[Block]:
    """On which documents it rests: the Charter, `own` ones, those of the plan, `then` what was considered."""
    plans = plans_of(asked)[:1]
    stated = (f"Căn cứ {_cited(one)};" for plan in plans for one in plan.references)
    cited = ["Căn cứ Điều lệ Đảng;", *own, *stated, *then]
    for place, words in enumerate(cited, 1):
        yield Text(f"- {words}" if place < len(cited) else f"- {words[:-1]},")


def _cited(one: Reference) -> str:
    """A first citation in full: `Kế hoạch số 118-KH/QU, ngày 27/01/2023 của Ban Thường vụ Quận ủy về …`."""
    about = f" về {one.subject}" if one.subject else ""
    return f"{one.kind} số {one.number}, ngày {one.issued_on:%d/%m/%Y} của {one.issuer}{about}"


def titles_in(asked: Asked) -> list[Title]:
    """The titles of the year asked for."""
    return titles_of(asked.session, asked.registry, asked.year, asked.today)


def _own(asked: Asked, title: Title) -> list[Line]:
    """Those of a title who belong to the organisation itself: it, or its own members; at most a thousand."""
    place, found = asked.organisation_id, list[Line]()
    for number in range(1, 1000 // SIZE + 1):
        page = lines_of(asked.session, title, frozenset({place}), number, place=place)
        found += [line for line in page.lines if line.place_id == place and line.considered]
        if number * SIZE >= page.total:
            break
    return found
