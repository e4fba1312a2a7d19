"""Every kind of paper the product sets, each a builder from the records (dossier documents §5)."""

from __future__ import annotations

from bontot.documents.asking import Asked, Kind, MemberKind
from bontot.documents.kinds import (
    decisions,
    meetings,
    periods,
    planned,
    pledges,
    recognition,
    residence,
    sheets,
)
from bontot.documents.kinds.declared import in_force, kinds_in
from bontot.errors import NotFound
from bontot.registry import Registry

KINDS: tuple[Kind, ...] = (
    Kind(
        key="meeting_minutes",
        slug="bien-ban",
        label="Biên bản sinh hoạt",
        about="meeting",
        build=meetings.minutes_of,
    ),
    Kind(
        key="cell_resolution",
        slug="nghi-quyet",
        label="Nghị quyết chi bộ",
        about="meeting",
        build=meetings.resolution_of,
        symbol="NQ",
    ),
    Kind(
        key="attendance_list",
        slug="diem-danh",
        label="Danh sách điểm danh",
        about="meeting",
        build=meetings.attendance_of,
    ),
    Kind(
        key="meeting_self_score",
        slug="tu-cham-diem",
        label="Bảng tự chấm điểm buổi sinh hoạt",
        about="meeting",
        build=meetings.self_score_of,
    ),
    Kind(
        key="meeting_invitation",
        slug="giay-moi",
        label="Giấy mời",
        about="planned",
        build=planned.invitation_of,
    ),
    Kind(
        key="agenda",
        slug="chuong-trinh",
        label="Chương trình sinh hoạt",
        about="planned",
        build=planned.agenda_of,
    ),
    Kind(
        key="sign_in_list",
        slug="ky-ten",
        label="Danh sách ký tên dự họp",
        about="planned",
        build=planned.sign_in_list_of,
    ),
    Kind(
        key="report",
        slug="bao-cao",
        label="Báo cáo",
        about="period",
        build=periods.report_of,
        symbol="BC",
        parts=periods.parts_of,
    ),
    Kind(
        key="fee_report",
        slug="bao-cao-dang-phi",
        label="Báo cáo đảng phí",
        about="period",
        build=periods.fee_report_of,
        symbol="BC",
    ),
    Kind(
        key="commitment_registration",
        slug="dang-ky",
        label="Bản đăng ký phấn đấu",
        about="year",
        build=pledges.of_cell,
        by="cell",
    ),
    Kind(
        key="score_sheet",
        slug="bang-tu-danh-gia",
        label="Bảng tự đánh giá",
        about="year",
        build=sheets.score_sheet_of,
    ),
    Kind(
        key="vote_minutes",
        slug="bien-ban-kiem-phieu",
        label="Biên bản xét, kiểm phiếu",
        about="year",
        build=recognition.vote_minutes_of,
        parts=recognition.parts_of_vote_minutes,
    ),
    Kind(
        key="recognition_proposal",
        slug="to-trinh",
        label="Tờ trình đề nghị công nhận",
        about="year",
        build=recognition.proposal_of,
        symbol="TTr",
    ),
    Kind(
        key="recognition_decision",
        slug="quyet-dinh",
        label="Quyết định công nhận",
        about="decision",
        build=decisions.decision_of,
        symbol="QĐ",
        by="committee",
    ),
    Kind(
        key="consolidated_table",
        slug="bieu-tong-hop",
        label="Biểu tổng hợp",
        about="year",
        build=sheets.consolidated_table_of,
        by="committee",
    ),
)
MEMBER_KINDS: tuple[MemberKind, ...] = (
    MemberKind(
        key="commitment_registration", slug="dang-ky", label="Bản đăng ký phấn đấu", build=pledges.of_member
    ),
    MemberKind(
        key="member_score_sheet",
        slug="bang-tu-danh-gia",
        label="Bảng tự đánh giá",
        build=sheets.member_score_sheet_of,
    ),
    MemberKind(
        key="residence_remark",
        slug="nhan-xet-noi-cu-tru",
        label="Phiếu nhận xét nơi cư trú",
        build=residence.remark_of,
    ),
)
_BY_SLUG = {kind.slug: kind for kind in KINDS}
_OF_MEMBERS = {kind.slug: kind for kind in MEMBER_KINDS}


def kind_of(slug: str, registry: Registry | None = None) -> Kind:
    """The kind an address names, one of a plugin's own among them. Raises NotFound."""
    if slug in _BY_SLUG:
        return _BY_SLUG[slug]
    own = {kind.slug: kind for kind in kinds_in(registry)} if registry else {}
    if slug not in own:
        raise NotFound
    return own[slug]


def kind_called(key: str, registry: Registry) -> Kind:
    """The kind of a key, one of a plugin's own among them. Raises NotFound."""
    found = next((kind for kind in (*KINDS, *kinds_in(registry)) if kind.key == key), None)
    if found is None:
        raise NotFound
    return found


def kinds_for(asked: Asked) -> tuple[Kind, ...]:
    """The kinds an organisation can make papers of today, those of its plan's own among them."""
    return (*KINDS, *(kind for kind in kinds_in(asked.registry) if in_force(asked, kind)))


def labels(registry: Registry) -> dict[str, str]:
    """How each kind is called, by key."""
    return {kind.key: kind.label for kind in (*kinds_in(registry), *KINDS)}


def slug_of(key: str, registry: Registry) -> str:
    """A kind's name in addresses and files, by its key; the key itself of one whose plugin is gone."""
    return next((kind.slug for kind in (*KINDS, *kinds_in(registry)) if kind.key == key), key)


def member_kind_of(slug: str) -> MemberKind:
    """The kind about a member that an address names. Raises NotFound."""
    if slug not in _OF_MEMBERS:
        raise NotFound
    return _OF_MEMBERS[slug]


__all__ = [
    "KINDS",
    "MEMBER_KINDS",
    "Asked",
    "Kind",
    "MemberKind",
    "kind_called",
    "kind_of",
    "kinds_for",
    "labels",
    "member_kind_of",
    "slug_of",
]
