"""What must hold of an act and of the tree it leaves behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import text

from bontot.db.models.organisation import CELL_TYPES, ORGANISATION_TYPES, SECTORS
from bontot.db.rolls import holds_on
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput, PluginUnavailable, noting, refuse_noted
from bontot.registry import Registry
from bontot.services.reorganising.acts import Changed, Founded, Reform
from bontot.services.reorganising.pen import Written
from bontot.text import clean

MOST_FOUNDED = 20
"""Organisations one act may found."""
LEAST_OFFICIAL = 3
"""Official members a cell needs, by Article 21 of the Party Charter (dossier, rules §4)."""


def checked(registry: Registry, reform: Reform, today: date) -> Reform:
    """The act with its texts cleaned; what can be said without the records is refused here, field by field. Of several
    founded or changed the fields are numbered: `name-1`."""
    errors: dict[str, str] = {}
    texts = {"document": "", "issued_by": ""}
    for name in texts:
        with noting(errors, name):
            texts[name] = clean(getattr(reform, name), longest=200, field=name)
    if not texts["document"]:
        errors.setdefault("document", "Cần ghi số, ký hiệu của văn bản.")
    if not texts["issued_by"]:
        errors.setdefault("issued_by", "Cần ghi cơ quan ban hành văn bản.")
    if reform.document_day is None:
        errors["document_day"] = "Cần ghi ngày của văn bản."
    for name, day in (("day", reform.day), ("document_day", reform.document_day)):
        if day is not None and day > today:
            errors.setdefault(
                name, f"Ngày này chưa đến (hôm nay là {today:%d/%m/%Y}); hãy ghi từ ngày ấy trở đi."
            )
    founded = tuple(_founded(registry, one, number, errors) for number, one in enumerate(reform.founded, 1))
    changed = tuple(_changed(registry, one, number, errors) for number, one in enumerate(reform.changed, 1))
    if len(founded) > MOST_FOUNDED:
        errors[""] = f"Mỗi lần lập tối đa {MOST_FOUNDED} tổ chức mới."
    refuse_noted(errors)
    return replace(
        reform,
        document=texts["document"],
        issued_by=texts["issued_by"],
        founded=founded,
        changed=changed,
    )


def _founded(registry: Registry, one: Founded, number: int, errors: dict[str, str]) -> Founded:
    name = _text(one.name, f"name-{number}", "Cần ghi tên tổ chức.", errors)
    code = _text(one.code, f"code-{number}", "Cần ghi mã tổ chức.", errors)
    if one.type not in ORGANISATION_TYPES:
        errors[f"type-{number}"] = "Xin chọn loại hình."
    if one.sector not in SECTORS:
        errors[f"sector-{number}"] = "Xin chọn lĩnh vực."
    _plan(registry, one.policy_code, f"plan-{number}", errors)
    return replace(one, name=name, code=code)


def _changed(registry: Registry, one: Changed, number: int, errors: dict[str, str]) -> Changed:
    name = _text(one.name, f"name-{number}", "", errors)
    code = _text(one.code, f"code-{number}", "", errors)
    if one.type and one.type not in ORGANISATION_TYPES:
        errors[f"type-{number}"] = "Xin chọn loại hình."
    if one.sector and one.sector not in SECTORS:
        errors[f"sector-{number}"] = "Xin chọn lĩnh vực."
    _plan(registry, one.policy_code, f"plan-{number}", errors)
    return replace(one, name=name, code=code)


def _text(value: str, field: str, missing: str, errors: dict[str, str]) -> str:
    with noting(errors, field):
        found = clean(value, longest=200, field=field)
        if missing and not found:
            raise InvalidInput(missing, field)
        return found
    return ""


def _plan(registry: Registry, code: str, field: str, errors: dict[str, str]) -> None:
    if not code:
        return
    try:
        registry.policy(code)
    except PluginUnavailable as refusal:
        errors[field] = str(refusal)


_LEFT = text(f"""
WITH touched AS (
    SELECT p.*, p.organisation_id = ANY(:named) AS named, p.type = ANY(:cells) AS cell
    FROM organisation_period AS p WHERE p.organisation_id = ANY(:ids) AND {holds_on("p", ":day")}
)
SELECT t.organisation_id, t.name, t.code, t.cell,
       t.named AND EXISTS (SELECT FROM organisation_period AS p WHERE p.code = t.code
           AND p.organisation_id <> t.organisation_id AND {holds_on("p", ":day")}) AS code_taken,
       t.named AND EXISTS (SELECT FROM organisation_period AS p WHERE p.name = t.name
           AND p.organisation_id <> t.organisation_id AND p.parent_id IS NOT DISTINCT FROM t.parent_id
           AND {holds_on("p", ":day")}) AS name_taken,
       t.parent_id IS NOT NULL AND up.type IS NULL AS orphaned,
       up.type = ANY(:cells) AND t.type <> 'party_group' AS below_cell, up.name AS above,
       t.cell AND EXISTS (SELECT FROM organisation_period AS p WHERE p.parent_id = t.organisation_id
           AND p.type <> 'party_group' AND (p.valid_to IS NULL OR p.valid_to > :day)) AS has_below,
       NOT t.cell AND EXISTS (SELECT FROM membership AS ms WHERE ms.organisation_id = t.organisation_id
           AND (ms.valid_to IS NULL OR ms.valid_to > :day)) AS has_members
FROM touched AS t
LEFT JOIN organisation_period AS up ON up.organisation_id = t.parent_id AND {holds_on("up", ":day")}
""")
_CIRCLE = text(f"""
WITH RECURSIVE up AS (
    SELECT p.organisation_id AS start, p.parent_id FROM organisation_period AS p
    WHERE p.organisation_id = ANY(:ids) AND {holds_on("p", ":day")}
    UNION
    SELECT up.start, p.parent_id FROM up JOIN organisation_period AS p ON p.organisation_id = up.parent_id
    WHERE {holds_on("p", ":day")} AND up.parent_id <> up.start
)
SELECT start FROM up WHERE start = parent_id LIMIT 1
""")
_STILL_BELOW = text("""
SELECT p.name, p.valid_from FROM organisation_period AS p
WHERE p.parent_id = ANY(:ended) AND (p.valid_to IS NULL OR p.valid_to > :day) ORDER BY p.valid_from LIMIT 1
""")


def check_left(session: TenantSession, written: Written) -> None:
    """The tree as the act leaves it holds together. Raises InvalidInput at the field that is wrong."""
    reform = written.reform
    told = [one.organisation_id for one in reform.changed]
    touched = {
        *written.founded,
        *written.changed,
        *(heir for heirs in written.heirs.values() for heir in heirs),
    }
    touched |= {written.id(one.to) for one in reform.moved}
    binds = {
        "ids": sorted(touched - written.heirs.keys()),
        "named": [*written.founded, *(one.organisation_id for one in reform.changed if one.name or one.code)],
        "cells": list(CELL_TYPES),
        "day": reform.day,
    }
    ended = {"ended": list(written.heirs), "day": reform.day}
    if late := session.execute(_STILL_BELOW, ended).first():
        raise InvalidInput(
            f"{late.name} trực thuộc nơi kết thúc từ ngày {late.valid_from:%d/%m/%Y}, sau ngày của việc; "
            "hãy kiểm tra lại ngày.",
            "day",
        )
    if session.execute(_CIRCLE, binds).first():
        raise InvalidInput("Tổ chức không thể trực thuộc chính nó hoặc nơi ở dưới nó.", "parent-1")
    for row in session.execute(_LEFT, binds):
        number = _number(row.organisation_id, written.founded, told)
        _refuse(row, number)


def _refuse(row: object, number: str) -> None:
    """The first thing that is wrong with one organisation of `_LEFT`."""
    sentences: Sequence[tuple[str, str, str]] = (
        ("code_taken", "code", "Mã {code} đang là mã của một tổ chức khác."),
        ("name_taken", "name", "Cấp trên này đã có tổ chức tên “{name}”."),
        ("orphaned", "parent", "Cấp trên của {name} không còn vào ngày ấy; hãy chọn cấp trên khác."),
        ("below_cell", "parent", "{above} là chi bộ nên không thể là cấp trên trực tiếp."),
        ("has_below", "type", "{name} là chi bộ nên không thể có tổ chức trực thuộc."),
        ("has_members", "type", "{name} không phải chi bộ nên không thể có đảng viên sinh hoạt."),
    )
    values = row._mapping  # type: ignore[attr-defined]
    for what, field, sentence in sentences:
        if values[what]:
            raise InvalidInput(sentence.format(**values), f"{field}-{number}")


def _number(organisation_id: int, founded: Sequence[int], told: Sequence[int]) -> str:
    for ids in (founded, told):
        if organisation_id in ids:
            return str(ids.index(organisation_id) + 1)
    return "1"
