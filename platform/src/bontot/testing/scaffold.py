"""A new distribution for a plan, complete and working, that its author then makes into the plan of the place."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from enum import Enum
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

from bontot.errors import InvalidInput
from bontot.plugin import Dated, Direction, Operator, Origin, Points, Scheme, Subject, Threshold
from bontot.policy.resolve import Rung, history
from bontot.registry import Offer, Registry, plugin_entry_points

NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LONGEST = 40
FILES = {
    "pyproject.toml": "both/pyproject.toml.template",
    "README.md": "{kind}/README.md.template",
    "src/{package}/__init__.py": "both/__init__.py.template",
    "src/{package}/plan.py": "{kind}/plan.py.template",
    "cases/{name}.toml": "{kind}/cases.toml.template",
    "tests/test_kept.py": "both/test_kept.py.template",
}
"""Each file of a distribution, and the template it is made from."""
CODES = ("A", "B", "C")
DECIMAL = "Decimal"
PREFERRED_TYPE = "subordinate_cell"


def new_plugin(registry: Registry, name: str, to: Path, year: int, extends: str | None = None) -> Path:
    """Writes a distribution for the plugin `name` into a new folder of that name under `to`, all or nothing: a plan of its
    own, or a refinement of the plan `extends`, in force from the first day of `year`.

    Raises `InvalidInput` for a name that cannot be used or a folder that exists, `PluginUnavailable` for a plan that
    cannot be had.
    """
    _check_name(name)
    folder = to / name
    if folder.exists():
        raise InvalidInput(f"Thư mục {folder} đã có; chọn tên khác hoặc nơi khác bằng --to.")
    if not to.is_dir():
        raise InvalidInput(f"Không có thư mục {to}.")
    values = _common(name, year)
    values |= _refinement(registry.offer(extends), year) if extends else _plan(year)
    with tempfile.TemporaryDirectory(dir=to, prefix=f".{name}-") as work:
        written = Path(work, name)
        _write(written, "refinement" if extends else "plan", values)
        written.rename(folder)
    return folder


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name) or len(name) > LONGEST:
        raise InvalidInput(
            f"Tên “{name}” không dùng được: cần chữ thường không dấu, số và dấu gạch dưới, bắt đầu bằng chữ, "
            f"dài nhất {LONGEST} ký tự, ví dụ tinh_xa."
        )
    if any(entry.name == name for entry in plugin_entry_points()):
        raise InvalidInput(f"Đã cài một thành phần tên là “{name}”.")


def _common(name: str, year: int) -> dict[str, str]:
    distribution = f"bontot-{name.replace('_', '-')}"
    return {"name": name, "package": f"bontot_{name}", "distribution": distribution, "year": str(year)}


def _plan(year: int) -> dict[str, str]:
    days = ", ".join(f"{year}-{month:02}-05" for month in range(1, 13))
    return {"about": "Kế hoạch của Đảng ủy xã Ví Dụ", "days": days}


def _write(folder: Path, kind: str, values: Mapping[str, str]) -> None:
    templates = files("bontot.testing") / "templates"
    for path, template in FILES.items():
        target = folder / path.format(**values)
        target.parent.mkdir(parents=True, exist_ok=True)
        text = (templates / template.format(kind=kind)).read_text(encoding="utf-8")
        target.write_text(Template(text).substitute(values), encoding="utf-8")


def _refinement(offer: Offer, year: int) -> dict[str, str]:
    """What a refinement of this plan restates: one scheme with a criterion more, and one figure made stricter."""
    policy = offer.policy
    scheme = next((one for one in policy.schemes if one.subject is Subject.CELL), policy.schemes[0])
    group = scheme.groups[0]
    longer = replace(
        group, criteria=(*group.criteria, _name("PREPARATION.key")), clauses=(*group.clauses, _name("CLAUSE"))
    )
    restated = replace(scheme, groups=(longer,))
    if isinstance(
        scheme.combination, Points
    ):  # where points decide, a line without points must be a blocker to decide
        restated = replace(restated, blockers=(*scheme.blockers, _name("PREPARATION.key")))
    stricter = _stricter(offer, scheme, date(year, 1, 1))
    used = {"Clause", "Policy", "Reference", "judged"}
    comment = "# The same figure, stricter from each day on which it changes."
    threshold = f"{comment}\nSTRICTER = {_literal(stricter, used)}\n" if stricter else ""
    written = _literal(restated, used)
    types = sorted(scheme.organisation_types)
    return {
        "about": f"Kế hoạch của Đảng ủy phường Ví Dụ, cụ thể hóa “{policy.label}”",
        "extends": policy.code,
        "decimal": "from decimal import Decimal\n" if DECIMAL in used else "",
        "imports": "\n".join(f"    {word}," for word in sorted(used - {DECIMAL}, key=_import_order)),
        "threshold": threshold,
        "thresholds": "STRICTER," if stricter else "",
        "scheme": written,
        "type": PREFERRED_TYPE if PREFERRED_TYPE in types or not types else types[0],
        **_subjects(scheme, year),
    }


def _subjects(scheme: Scheme, year: int) -> dict[str, str]:
    """Three who are judged by the scheme, and the records that make them so."""
    one, two, three = CODES if scheme.subject is not Subject.MEMBER else ("A1", "A2", "A3")
    enrolled = ""
    if scheme.enrolment.mode == "selection":
        record = '[[case.selection]]\norganisation = "{}"\non = {}-01-02\nby = "Quyết định chọn thí điểm"\n'
        enrolled = "".join(record.format(code, year) for code in CODES)
    elif scheme.enrolment.mode == "registration":
        enrolled = f'[[case.registration]]\nsubjects = ["{one}", "{two}", "{three}"]\non = {year}-01-02\n'
    return {"one": one, "two": two, "three": three, "enrolled": enrolled}


def _stricter(offer: Offer, scheme: Scheme, since: date) -> Threshold | None:
    """The first figure of the scheme that its bounds let a lower committee make stricter by one, from `since` on."""
    criteria = {criterion.key: criterion for criterion in offer.policy.criteria}
    named = [criteria[key] for key in scheme.criterion_keys if criteria[key].operator is not Operator.EQUAL]
    for threshold in (item for item in offer.policy.thresholds for one in named if one.threshold == item.key):
        values = _restated(threshold, history(offer.stack, threshold.key), since)
        low, high = threshold.lowest, threshold.highest
        if values and all(
            (low is None or dated.value >= low) and (high is None or dated.value <= high) for dated in values
        ):
            return replace(threshold, values=values)
    return None


def _restated(threshold: Threshold, rungs: Sequence[Rung], since: date) -> tuple[Dated[Decimal], ...]:
    """The value that holds when the refinement begins, and every later one on its own day, each a step stricter: a figure
    left out would be covered by the one before it."""
    step = 1 if threshold.stricter is Direction.HIGHER else -1
    begun = [rung for rung in rungs if rung.valid_from <= since]
    later = [rung for rung in rungs if rung.valid_from > since]
    return tuple(
        Dated(
            value=rung.value + step,
            valid_from=rung.valid_from if rung in later else _name("SINCE"),
            origin=Origin.PLAN,
            clause=_name("CLAUSE"),
        )
        for rung in (*begun[-1:], *later)
        if isinstance(rung.value, Decimal)
    )


class _Name(str):
    """A name of the written module, where a value stands otherwise."""

    __slots__ = ()


def _name(words: str) -> Any:  # noqa: ANN401 - it stands for a value of any type
    return _Name(words)


def _literal(value: object, used: set[str], depth: int = 0) -> str:
    """A declaration as source text, fields that have their default left out. `used` gathers the words to import."""
    if isinstance(value, _Name):
        return str(value)
    if isinstance(value, Enum):
        used.add(type(value).__name__)
        return f"{type(value).__name__}.{value.name}"
    if isinstance(value, Decimal):
        used.add(DECIMAL)
        return f'Decimal("{value}")'
    if isinstance(value, date):
        return f"date({value.year}, {value.month}, {value.day})"
    if isinstance(value, frozenset):
        return f"frozenset({{{', '.join(_literal(item, used, depth) for item in sorted(value))}}})"
    if isinstance(value, tuple):
        return _lines("(", [_literal(item, used, depth + 1) for item in value], ")", depth)
    if is_dataclass(value) and not isinstance(value, type):
        used.add(type(value).__name__)
        stated = [field for field in fields(value) if getattr(value, field.name) != _default(field)]
        arguments = [
            f"{field.name}={_literal(getattr(value, field.name), used, depth + 1)}" for field in stated
        ]
        return _lines(f"{type(value).__name__}(", arguments, ")", depth)
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _lines(opening: str, items: list[str], closing: str, depth: int) -> str:
    """Items on a line each, the deeper the further in; a tuple of one keeps its comma."""
    if not items:
        return opening + closing
    indent = "    " * (depth + 1)
    return f"{opening}\n" + "".join(f"{indent}{item},\n" for item in items) + "    " * depth + closing


def _default(field: Field[Any]) -> object:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return field.default


def _import_order(word: str) -> tuple[bool, str]:
    """Classes before functions."""
    return word[0].islower(), word
