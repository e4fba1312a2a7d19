"""The document that decides on the yearly recognition, or takes it back (dossier documents §5.8)."""

from __future__ import annotations

from collections.abc import Iterator

from bontot.documents.asking import Asked
from bontot.documents.forms import authority_in, form_of
from bontot.documents.kinds.recognition import bases, titles_in
from bontot.documents.office import Office, office_of
from bontot.documents.paper import Annex, Block, Centred, Grid, Paper, Signer, Text
from bontot.documents.phrases import UNWRITTEN, header, listed, written_day
from bontot.errors import NotFound
from bontot.policy.model import ReportFormat
from bontot.policy.terms import Subject
from bontot.services.paging import WHOLE
from bontot.services.recognition.lines import lines_of
from bontot.services.recognition.lists import Decided, decided

FEW, FEW_PLACES = 10, 3
"""So many names stand in the article itself; of more there is a list."""


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
    for title in titles_in(asked):
        deciding = title.deciding
        if deciding is None:
            continue
        page = lines_of(
            asked.session, title, asked.reach, WHOLE, awaited=deciding.key, place=asked.organisation_id
        )
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
            office.superior, office.author, number=numbered, day=found.decided_on, place=office.place
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
    yield from bases(asked, f"Căn cứ Quy chế làm việc của {office.author};", then=proposed)
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
