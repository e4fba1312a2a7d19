"""Reading worked cases.

The format is described in `plugins/README.md`. Reading is strict: an unknown key, a wrong type or a code
nobody declared is an error that names the file, the case and the record.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from decimal import Decimal
from pathlib import Path
from types import NoneType
from typing import TypeVar, Union, get_args, get_origin, get_type_hints

from bontot.errors import CaseFileError
from bontot.testing.case_records import Case, CaseFile, MemberCode, OrganisationCode, SubjectCode

T = TypeVar("T")


def read_case_file(path: Path) -> CaseFile:
    """The cases of a TOML file. Raises `CaseFileError` with the first thing that is wrong and where."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise CaseFileError(f"{path.name}: {error}") from error
    cases = _record(content, CaseFile, path.name)
    for number, case in enumerate(cases.case, 1):
        _check_codes(case, f"{path.name}, ví dụ {number} “{case.name}”")
    return cases


def _record(content: object, kind: type[T], place: str) -> T:
    if not isinstance(content, Mapping):
        raise CaseFileError(f"{place}: cần một bảng.")
    known = {field.name: field for field in fields(kind)}  # type: ignore[arg-type]
    for key in content:
        if key not in known:
            raise CaseFileError(f"{place}: không có trường “{key}”.")
    for name, field in known.items():
        if name not in content and field.default is MISSING:
            raise CaseFileError(f"{place}: thiếu trường “{name}”.")
    hints = get_type_hints(kind)
    return kind(**{name: _value(content[name], hints[name], f"{place}, {name}") for name in content})


def _value(value: object, hint: object, place: str) -> object:
    if get_origin(hint) is tuple:
        if not isinstance(value, list):
            raise CaseFileError(f"{place}: cần một danh sách.")
        item = get_args(hint)[0]
        return tuple(_value(each, item, f"{place} {number}") for number, each in enumerate(value, 1))
    choices = [choice for choice in get_args(hint) if choice is not NoneType] or [hint]
    kind = choices[0]
    if isinstance(value, Mapping):
        return _record(value, kind, place)
    if kind is Decimal and isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if type(value) is not kind:
        raise CaseFileError(f"{place}: cần {kind.__name__}, nhận được {value!r}.")
    return value


def _check_codes(case: Case, place: str) -> None:
    organisations = [item.code for item in case.organisation]
    members = [item.code for item in case.members()]
    known: dict[object, set[str]] = {
        OrganisationCode: set(organisations),
        MemberCode: set(members),
        SubjectCode: {*organisations, *members},
    }
    everyone = [*organisations, *members]
    for code in sorted({code for code in everyone if everyone.count(code) > 1}):
        raise CaseFileError(f"{place}: mã “{code}” dùng hai lần.")
    for field in fields(case):
        records = getattr(case, field.name)
        for number, record in enumerate(records if isinstance(records, tuple) else (), 1):
            for kind, code in _codes(record):
                if code not in known[kind]:
                    raise CaseFileError(f"{place}, {field.name} {number}: không ai mang mã “{code}”.")


def _codes(record: object) -> Iterator[tuple[object, str]]:
    """Every code a record names, with what it must be the code of."""
    for name, hint in get_type_hints(type(record), include_extras=True).items():
        value = getattr(record, name)
        kind = get_args(hint)[0] if get_origin(hint) in (tuple, Union) else hint
        if kind in (OrganisationCode, MemberCode, SubjectCode) and value is not None:
            yield from ((kind, code) for code in (value if isinstance(value, tuple) else (value,)))
