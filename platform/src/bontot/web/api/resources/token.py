"""The token itself: what a program asks first."""

from __future__ import annotations

from marshmallow import fields

from bontot.access import Permission, Scope
from bontot.web.api.blueprint import api
from bontot.web.api.fields import Day, Form, Id, Told, maybe, said
from bontot.web.api.resource import Answer, Resource, resource
from bontot.web.database import session
from bontot.web.request import bearer, place_by_id


class TokenSchema(Form):
    """An access token as its bearer sees it."""

    id = Id(**said("Mã của mã truy cập"))
    name = Told(**said("Tên khi cấp"))
    role = Told(**said("Vai trò"))
    organisation = Id(**maybe("Tổ chức của vai trò; null là toàn đảng bộ"))
    scopes = fields.List(fields.String(), **said("Các quyền được cấp"))
    expires_on = Day(**said("Ngày hết hạn"))


@resource(
    api,
    "/token",
    permission=Permission.USE_ACCOUNT,
    scope=Scope.TENANT,
    says=Resource(noun="", method="GET", summary="Mã truy cập đang dùng", answer=TokenSchema),
)
def token() -> Answer:
    """What the token may do, and until when."""
    found = bearer()
    place = found.actor.organisation_id
    return Answer(
        {
            "id": found.public_id,
            "name": found.name,
            "role": found.actor.role.value,
            "organisation": None if place is None else place_by_id(session(), place).public_id,
            "scopes": found.scopes,
            "expires_on": found.expires_on,
        }
    )
