"""The papers of the yearly recognition: the count of votes, the proposal, and the document that decides (dossier documents
§5.6–5.8)."""

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
from bontot.policy.model import ReportFormat
from bontot.policy.recognition import SECRET
from bontot.policy.terms import Reference, Subject
from bontot.services.paging import SIZE
from bontot.services.recognition.lines import Line, lines_of
from bontot.services.recognition.lists import Counted, Decided, counted_at, decided
from bontot.services.recognition.titles import Title, titles_of

FEW, FEW_PLACES = 10, 3
"""So many names stand in the article itself; of more there is a list."""
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
    found = [(title, _own(asked, title)) for title in _titles(asked)]
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
    yield from _bases(asked)
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


def decision_of(asked: Asked) -> Paper:
    """The document that grants a title, tells that it is not granted, or takes it back: of a decision on record, or by its
    year the draft of what is to be decided. Raises NotFound where there is nothing to decide."""
    if len(asked.of) == 4:
        return _to_decide(asked)
    found = decided(asked.session, asked.record, asked.reach)
    office = office_of(asked.session, asked.organisation_id, found.decided_on)
    if office.is_cell:
        raise NotFound
    return _decision(asked, office, found)


def _to_decide(asked: Asked) -> Paper:
    office = office_of(asked.session, asked.organisation_id, asked.today)
    for title in _titles(asked):
        deciding = title.deciding
        if deciding is None:
            continue
        page = lines_of(asked.session, title, asked.reach, awaited=deciding.key, place=asked.organisation_id)
        if page.lines:
            draft = Decided(
                kind="grant",
                year=title.year,
                policy=title.policy,
                scheme=title.scheme.key,
                title=title.name,
                number="",
                decided_on=asked.today,
                issuer="",
                signer="",
                reason="",
                named=tuple(
                    (line.name, line.place_name if title.of_members else "", line.superior)
                    for line in page.lines
                ),
            )
            return _decision(asked, office, draft)
    raise NotFound(f"Năm {asked.year} không có hồ sơ nào đang chờ quyết định.")


BOARD, OF_A_BOARD = "Ban Thường vụ", "T/M BAN THƯỜNG VỤ"
DOES = {"grant": "công nhận", "refusal": "việc không công nhận", "revocation": "thu hồi"}


def _decision(asked: Asked, office: Office, found: Decided) -> Paper:
    form = _form_of(asked, found)
    authority = authority_in(form, is_cell=False) or office.authority
    who = found.issuer or (f"{BOARD} {office.author}" if authority == OF_A_BOARD else office.author)
    if found.issuer:
        authority = OF_A_BOARD if found.issuer.startswith(BOARD) else office.authority
    notice = found.kind == "refusal"
    symbol, title = ("TB", "THÔNG BÁO") if notice else ("QĐ", "QUYẾT ĐỊNH")
    head = office.header(symbol, found.decided_on)
    numbered = f"Số {found.number}" if found.number else head.number
    many = len(found.named) > FEW
    above = [f"{office.above} (để báo cáo),"] if office.above else []
    whom = "Các đơn vị, cá nhân có tên," if notice else "Như Điều 3,"
    return Paper(
        kind="recognition_decision",
        day=found.decided_on,
        header=header(
            office.superior, office.author, number=numbered, day=found.decided_on, place=office.name
        ),
        title=title,
        subject=f"{DOES[found.kind]} danh hiệu “{found.title}” năm {found.year}",
        body=tuple(_articles(asked, office, found, who, many=many)),
        recipients=(*above, whom, office.recipients()[-1]),
        signers=(Signer(lines=office.signer(authority).lines, name=found.signer or office.signer().name),),
        annexes=_annex(found) if many else (),
    )


def _form_of(asked: Asked, found: Decided) -> ReportFormat | None:
    """The form of a decision; of base organisations one of its own where the plan has it."""
    offer = asked.registry.policies.get(found.policy)
    schemes = offer.policy.schemes if offer else ()
    of_base = any(one.key == found.scheme and one.subject is Subject.BASE_ORGANISATION for one in schemes)
    own = form_of(asked, "recognition_decision_base") if of_base else None
    return own or form_of(asked, "recognition_decision")


def _articles(asked: Asked, office: Office, found: Decided, who: str, *, many: bool) -> Iterator[Block]:
    proposed = [] if found.kind == "revocation" else [f"Xét tờ trình của {_proposers(found)};"]
    yield from _bases(asked, f"Căn cứ Quy chế làm việc của {office.author};", then=proposed)
    names = listed(_called(one) for one in found.named)
    count = f"{len(found.named)} {'đồng chí' if found.named[0][1] else 'tổ chức'}"
    whom = f"{count}, có danh sách kèm theo" if many else names
    if found.kind == "refusal":
        yield Text(f"{who} thông báo: {whom} chưa được công nhận danh hiệu “{found.title}” năm {found.year}.")
        yield Text("Đơn vị, cá nhân có ý kiến thì gửi bằng văn bản để được xem xét.")
        return
    yield Centred(f"{who.upper()}\nQUYẾT ĐỊNH", strong=True)
    does = DOES[found.kind].capitalize()
    yield Text(f"{does} danh hiệu “{found.title}” năm {found.year} đối với {whom}.", "Điều 1.")
    if found.kind == "revocation":
        yield Text(f"Lý do thu hồi: {found.reason or UNWRITTEN}.", "Điều 2.")
    else:
        yield Text(
            "Các tập thể, cá nhân được công nhận có trách nhiệm giữ vững và phát huy kết quả; việc khen thưởng "
            "thực hiện theo quy định.",
            "Điều 2.",
        )
    yield Text(
        f"Văn phòng, các ban tham mưu giúp việc, các đơn vị, cá nhân có tên tại Điều 1 chịu trách nhiệm thi hành. "
        f"Quyết định này có hiệu lực kể từ {written_day(found.decided_on)}.",
        "Điều 3.",
    )


def _annex(found: Decided) -> tuple[Block, ...]:
    under = f"(Kèm theo số {found.number}, ngày {found.decided_on:%d/%m/%Y})" if found.number else ""
    title = f"DANH SÁCH\n{DOES[found.kind]} danh hiệu “{found.title}” năm {found.year}"
    return (
        Annex(title),
        *((Centred(under),) if under else ()),
        Grid(
            ("TT", "Tên", "Đơn vị", "Cấp trên trực tiếp"),
            tuple((str(place), *one) for place, one in enumerate(found.named, 1)),
            shares=(5, 32, 28, 26),
        ),
    )


def _called(one: tuple[str, str, str]) -> str:
    name, place, _ = one
    return f"đồng chí {name}, {place}" if place else name


def _proposers(found: Decided) -> str:
    """Whose proposals were considered: the places of members, organisations themselves; of many, in common."""
    places = dict.fromkeys(place or name for name, place, _ in found.named)
    return ", ".join(places) if len(places) <= FEW_PLACES else "các tổ chức đảng"


def _bases(asked: Asked, *own: str, then: Sequence[str] = ()) -> Iterator[Block]:
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


def _titles(asked: Asked) -> list[Title]:
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
