"""Organisations: the tree as it is or was on a day."""

from __future__ import annotations

from bontot.access import Permission, Scope
from bontot.errors import NotFound
from bontot.policy.words import ORGANISATION_TYPES
from bontot.services.listing.organisations import ORGANISATIONS
from bontot.web import words
from bontot.web.api.asking import day_of
from bontot.web.api.blueprint import api
from bontot.web.api.fields import AsOfQuery, Choice, Day, Form, Id, Told, asked, maybe, said
from bontot.web.api.resource import Answer, PageQuery, Resource, listed, page, resource
from bontot.web.database import session
from bontot.web.request import Place, narrowed, place_by_public_id, this_day


class OrganisationSchema(Form):
    """An organisation on the day asked about."""

    id = Id(**said("Mã của tổ chức"))
    name = Told(**said("Tên gọi"))
    code = Told(**said("Mã trong đảng bộ"))
    type = Choice(*ORGANISATION_TYPES, words=words.ORGANISATION_TYPES, **said("Loại hình"))
    sector = Told(**said("Lĩnh vực"))
    parent = Id(**maybe("Tổ chức cấp trên trực tiếp, khi trong phạm vi của mã truy cập"))
    founded_on = Day(**said("Ngày thành lập"))
    ended_on = Day(**maybe("Ngày không còn hoạt động"))
    paper_place = Told(
        **maybe("Địa danh ghi trên văn bản, khi tổ chức ghi riêng cho mình và tổ chức trực thuộc")
    )


class OrganisationQuery(PageQuery, AsOfQuery):
    """Which organisations."""

    type = Choice(*ORGANISATION_TYPES, words=words.ORGANISATION_TYPES, **asked("Loại hình"))
    parent = Id(**asked("Chỉ tổ chức trực thuộc tổ chức này"))


@resource(
    api,
    "/organisations",
    permission=Permission.VIEW_ORGANISATION,
    scope=Scope.TENANT,
    says=Resource(
        noun="organisations",
        method="GET",
        summary="Các tổ chức đảng, theo tên",
        answer=OrganisationSchema,
        many=True,
        query=OrganisationQuery,
    ),
)
def organisations(query: dict[str, object]) -> Answer:
    """The organisations within reach that existed on the day."""
    parent = query["parent"]
    binds = _binds(query) | {
        "type": query["type"],
        "parent": None if parent is None else place_by_public_id(session(), parent).id,  # type: ignore[arg-type]
    }
    return page(listed(ORGANISATIONS, binds, query))


@resource(
    api,
    "/organisations/<uuid:organisation>",
    permission=Permission.VIEW_ORGANISATION,
    scope=Scope.ORGANISATION,
    says=Resource(
        noun="organisations",
        method="GET",
        summary="Một tổ chức đảng",
        answer=OrganisationSchema,
        query=AsOfQuery,
    ),
)
def organisation(organisation: Place, query: dict[str, object]) -> Answer:
    """One organisation on the day."""
    binds = _binds(query) | {"type": None, "parent": None, "only": organisation.id}
    found = ORGANISATIONS.read(session(), binds, after=None, size=1).rows
    if not found:
        raise NotFound("Tổ chức này chưa có hoặc không còn vào ngày đã chọn.")
    return Answer(found[0])


def _binds(query: dict[str, object]) -> dict[str, object]:
    return {"within": narrowed(), "day": day_of(query), "today": this_day(), "only": None}
