"""Acts on organisations: those recorded, what one would change, and one recorded upon the last that was seen."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, ClassVar
from uuid import UUID

from marshmallow import fields

from bontot.access import Permission, Scope
from bontot.db.models import OrganisationEvent
from bontot.db.models.organisation import ORGANISATION_EVENTS
from bontot.errors import InvalidFields, Stale
from bontot.policy.words import ORGANISATION_TYPES
from bontot.services import organisations
from bontot.services.listing.trail import ACTS
from bontot.services.reorganising.acts import Changed, Ended, Founded, Moved, Reform
from bontot.services.reorganising.preview import Consequences
from bontot.services.reorganising.recording import consider, version_of
from bontot.services.reorganising.recording import record as record_act
from bontot.services.reorganising.rules import MOST_FOUNDED
from bontot.web import words
from bontot.web.api.asking import PlacesQuery, SinceQuery, binds_of, row_of
from bontot.web.api.blueprint import api
from bontot.web.api.fields import (
    Choice,
    Day,
    Form,
    Id,
    Part,
    Several,
    Shaped,
    Told,
    Words,
    asked,
    messages,
    optional,
    said,
)
from bontot.web.api.resource import Answer, Resource, listed, lists, number_to_correct, once, page, resource
from bontot.web.database import session
from bontot.web.places import parents
from bontot.web.request import actor, person_by_public_id, reach, registry, this_day

NOUN = "organisations"
MOST, MOST_MOVED = 200, 2_000
NEW = "new-"
_REF = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|new-(?:[1-9]|1[0-9]|20)")
Resolve = Callable[[str, str], int]
"""The id of an organisation named at a field."""


class Ref(Shaped):
    """An organisation by its id, or `new-1` for the first that the act founds."""

    shape: ClassVar[re.Pattern[str]] = _REF
    default_error_messages = messages(
        invalid="Phải là mã của tổ chức, hoặc new-1 là tổ chức lập mới thứ nhất."
    )

    def __init__(self, **options: Any) -> None:
        options["metadata"] = {"pattern": f"^(?:{_REF.pattern})$", **options.get("metadata", {})}
        super().__init__(**options)

    def _read(self, value: str) -> str:
        return value


class ActsQuery(PlacesQuery, SinceQuery):
    """Which acts."""

    kind = Choice(*ORGANISATION_EVENTS, words=words.ORGANISATION_EVENTS, **asked("Việc gì"))


class OrganisationActSchema(Form):
    """An act that was recorded, with the organisations it is about."""

    id = Id(**said("Mã của việc"))
    kind = Choice(
        *ORGANISATION_EVENTS,
        words=words.ORGANISATION_EVENTS,
        **said("Việc gì"),
    )
    day = Day(**said("Có hiệu lực từ ngày"))
    document = Told(**said("Văn bản"))
    entered_by = Told(**said("Ai ghi"))
    entered_at = fields.DateTime(**said("Ghi lúc"))
    organisations = fields.List(Id(), **said("Các tổ chức được lập, đổi, kết thúc, tiếp nhận"))


class FoundedSchema(Form):
    """An organisation that begins with the act."""

    name = Words(**said("Tên gọi"))
    code = Words(**said("Mã trong đảng bộ"))
    type = Choice(*ORGANISATION_TYPES, words=words.ORGANISATION_TYPES, **said("Loại hình"))
    sector = Words(**optional("Lĩnh vực", ""))
    parent = Ref(**optional("Cấp trên trực tiếp; null là đứng đầu"))
    plan = Words(**optional("Mã kế hoạch riêng; trống là theo cấp trên", ""))


class ChangedSchema(Form):
    """An organisation that goes on otherwise; what is left out stays."""

    organisation = Ref(**said("Tổ chức"))
    name = Words(**optional("Tên mới", ""))
    code = Words(**optional("Mã mới", ""))
    type = Choice(*ORGANISATION_TYPES, words=words.ORGANISATION_TYPES, **optional("Loại hình mới"))
    sector = Words(**optional("Lĩnh vực mới", ""))
    parent = Ref(**optional("Cấp trên mới"))
    plan = Words(**optional("Mã kế hoạch riêng từ ngày ấy", ""))


class EndedSchema(Form):
    """An organisation that ends; the first of its heirs takes over what is not told otherwise."""

    organisation = Ref(**said("Tổ chức"))
    heirs = Several(Ref(), MOST_FOUNDED, **optional("Nơi kế tục", default=()))


class MovedSchema(Form):
    """Members whose cell is another from the act on."""

    members = Several(Id(), MOST_MOVED, **said("Đảng viên"))
    to = Ref(**said("Chi bộ mới"))


class ActEntrySchema(Form):
    """One act with its document."""

    kind = Choice(*ORGANISATION_EVENTS, words=words.ORGANISATION_EVENTS, **said("Việc gì"))
    day = Day(**said("Có hiệu lực từ ngày"))
    document = Words(longest=200, **said("Số, ký hiệu văn bản"))
    document_day = Day(**said("Ngày của văn bản"))
    issued_by = Words(longest=200, **said("Cơ quan ban hành"))
    founded = Several(Part(FoundedSchema), MOST_FOUNDED, **optional("Lập mới", default=()))
    changed = Several(Part(ChangedSchema), MOST, **optional("Đổi", default=()))
    ended = Several(Part(EndedSchema), MOST, **optional("Kết thúc", default=()))
    moved = Several(Part(MovedSchema), MOST, **optional("Chuyển đảng viên", default=()))


class ConsequencesSchema(Form):
    """What an act would change, as its page shows it before it is recorded; its parts are objects of words and numbers."""

    alterations = fields.List(fields.Dict(keys=fields.String()), **said("Tổ chức nào thành thế nào"))
    flows = fields.List(fields.Dict(keys=fields.String()), **said("Ai, việc gì chuyển từ đâu sang đâu"))
    posts = fields.List(fields.Dict(keys=fields.String()), **said("Chức vụ kết thúc"))
    grants = fields.List(fields.Dict(keys=fields.String()), **said("Vai trò kết thúc"))
    plans = fields.List(fields.Dict(keys=fields.String()), **said("Chi bộ đổi kế hoạch"))
    alike = fields.List(Told(), **said("Tên trùng nhau dưới một cấp trên"))


@lists(
    "/organisation-acts",
    permission=Permission.VIEW_ORGANISATION,
    noun=NOUN,
    summary="Các lần lập, đổi, sáp nhập, giải thể tổ chức, mới nhất trước",
    row=OrganisationActSchema,
    query=ActsQuery,
)
def organisation_acts(query: dict[str, Any]) -> Answer:
    """The acts on organisations within reach."""
    return page(listed(ACTS, binds_of(query) | {"one": None}, query))


@resource(
    api,
    "/organisation-acts/preview",
    permission=Permission.RECORD_ORGANISATION,
    scope=Scope.TENANT,
    says=Resource(
        noun=NOUN,
        method="POST",
        summary="Xem trước một việc về tổ chức sẽ đổi gì; không ghi",
        answer=ConsequencesSchema,
        body=ActEntrySchema,
    ),
)
def preview_act(body: dict[str, Any]) -> Answer:
    """What an act would change, with the tag to record it upon; nothing is kept."""
    version = version_of(session())
    found = consider(session(), registry(), actor(), _reform(body))
    return Answer(_told(found), version)


@resource(
    api,
    "/organisation-acts",
    permission=Permission.RECORD_ORGANISATION,
    scope=Scope.TENANT,
    says=Resource(
        noun=NOUN,
        method="POST",
        summary="Ghi một việc về tổ chức: lập, đổi, sáp nhập, chia tách, giải thể",
        answer=OrganisationActSchema,
        body=ActEntrySchema,
        status=201,
        versioned=True,
        keyed=True,
    ),
)
def record_organisation_act(body: dict[str, Any]) -> Answer:
    """Records an act upon the last that the program has seen, in the tag of a preview."""

    def act() -> str:
        version = number_to_correct()
        if version != version_of(session()):
            raise Stale  # rather than that what it names is no more
        number, _ = record_act(session(), registry(), actor(), _reform(body), version)
        row = session().get_one(OrganisationEvent, (session().tenant_id, number))
        return str(row.public_id)

    made = UUID(once(act))
    session().flush()
    return Answer(row_of(ACTS, made, "since", "until", "kind"))


def _reform(body: Mapping[str, Any]) -> Reform:
    """The act as it is recorded. Raises InvalidFields for what it names and is not within reach."""
    tree = organisations.tree(session(), reach(), this_day())
    known = {str(node.public_id): node.id for node, _ in parents(tree)}
    errors: dict[str, str] = {}

    def of(word: str | None, field: str) -> int | None:
        if word is None:
            return None
        if word.startswith(NEW):
            number = int(word.removeprefix(NEW))
            if number > len(body["founded"]):
                errors[field] = "Không có tổ chức lập mới thứ ấy."
            return -number
        if word not in known:
            errors[field] = "Xin chọn tổ chức trong danh sách."
        return known.get(word)

    def there(word: str, field: str) -> int:
        return of(word, field) or 0

    founded = tuple(
        Founded(
            **{name: one[name] for name in ("name", "code", "type", "sector")},
            parent=of(one["parent"], f"founded.{place}.parent"),
            policy_code=one["plan"],
        )
        for place, one in enumerate(body["founded"])
    )
    changed = tuple(
        Changed(
            organisation_id=there(one["organisation"], f"changed.{place}.organisation"),
            **{name: one[name] or "" for name in ("name", "code", "type", "sector")},
            parent=of(one["parent"], f"changed.{place}.parent"),
            policy_code=one["plan"],
        )
        for place, one in enumerate(body["changed"])
    )
    ended = tuple(
        Ended(
            organisation_id=there(one["organisation"], f"ended.{place}.organisation"),
            heirs=tuple(
                there(heir, f"ended.{place}.heirs.{number}") for number, heir in enumerate(one["heirs"])
            ),
        )
        for place, one in enumerate(body["ended"])
    )
    moved = tuple(
        Moved(
            members=tuple(person_by_public_id(session(), who).id for who in one["members"]),
            to=there(one["to"], f"moved.{place}.to"),
        )
        for place, one in enumerate(body["moved"])
    )
    if errors:
        raise InvalidFields(errors)
    plain = {name: body[name] for name in ("kind", "day", "document", "document_day", "issued_by")}
    return Reform(**plain, founded=founded, changed=changed, ended=ended, moved=moved)


def _told(found: Consequences) -> dict[str, Any]:
    parts = ("alterations", "flows", "posts", "grants", "plans")
    return {name: [asdict(one) for one in getattr(found, name)] for name in parts} | {
        "alike": list(found.alike)
    }
