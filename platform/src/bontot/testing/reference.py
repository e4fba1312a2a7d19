"""The vocabulary of `bontot.plugin` written out: as a reference for authors, and as the record that makes any change of it a
conscious one."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from functools import partial
from itertools import pairwise
from typing import Any

from bontot import plugin
from bontot.evaluation.metrics import bontot_metrics
from bontot.policy.counts import Metric
from bontot.policy.terms import At, Subject

MEMBER = re.compile(r"<(\w+\.\w+): [^>]*>")
HEAD = """# Reference for plugin authors

Written by `./bontot plugin reference --out docs/plugin-reference.md` from the docstrings of `bontot.plugin`; a test compares
it with them. The guide is [plugin-author.md](plugin-author.md).
"""
COUNTS = """## Counts

What `Measure.metric` may name without a metric of your own; without a whole, the part alone is compared. The shortest
stretch is the least that `at` may ask for.
"""
STRETCHES = {At.EACH_MONTH: "month", At.EACH_QUARTER: "quarter", At.END: "year"}


def hooks() -> dict[str, Callable[..., object]]:
    """Every hook by name, in the order of the module."""
    return {name: hook for name, hook in vars(plugin).items() if name.startswith(f"{plugin.PROJECT}_")}


def signatures() -> str:
    """Every name, field, value and argument a plugin may rely on, a line each."""
    lines = [f"API {plugin.NEWEST_API} (oldest supported: {plugin.OLDEST_API})"]
    for name, hook in hooks().items():
        lines += ["", f"hook {name}{_signature(hook)}"]
    for name in sorted(plugin.__all__, key=str.lower):
        lines += ["", _title(name), *(f"    {line}" for line, _ in _parts(getattr(plugin, name)))]
    return "\n".join(lines) + "\n"


def reference() -> str:
    """The reference in Markdown: hooks, then every word in alphabetical order."""
    blocks = [HEAD, "## Hooks\n"]
    for name, hook in hooks().items():
        blocks += [f"### `{name}{_signature(hook)}`\n", _prose(hook)]
    blocks.append("## Words\n")
    for name in sorted(plugin.__all__, key=str.lower):
        word = getattr(plugin, name)
        parts = [f"* `{line}`{_after(words)}" for line, words in _parts(word)]
        blocks += [f"### `{_title(name)}`\n", _prose(word), "\n".join(parts) + "\n" if parts else ""]
    blocks += [COUNTS, *(f"### {subject}\n\n{_table(subject)}" for subject in Subject)]
    return "\n".join(block for block in blocks if block)


def _table(subject: Subject) -> str:
    """The platform's own counts of one kind of subject."""
    rows = [
        f"| `{metric.key}` | {metric.label} | {metric.part_words} | {metric.whole_words} "
        f"| {'; '.join(map(partial(_parameter, metric), metric.parameters))} | {STRETCHES[metric.shortest]} |"
        for metric in sorted(bontot_metrics(), key=lambda metric: metric.key)
        if metric.subject is subject
    ]
    head = ["| key | | part | whole | parameters | shortest stretch |", "|---|---|---|---|---|---|"]
    return "\n".join([*head, *rows]) + "\n"


def _parameter(metric: Metric, name: str) -> str:
    """A parameter, with the choices it understands, and the one it has where a measure does not bind it."""
    choices, default = dict(metric.choices).get(name), dict(metric.defaults).get(name)
    said = [", ".join(f"`{choice}`" for choice in choices)] if choices else []
    said += [f"else `{default}`"] if default else []
    return f"{name} ({'; '.join(said)})" if said else name


def _title(name: str) -> str:
    word = getattr(plugin, name)
    if isinstance(word, type):
        return f"{'enum' if issubclass(word, Enum) else 'class'} {name}"
    if inspect.isfunction(word):
        return f"def {name}{_signature(word)}"
    return name if name == "hookimpl" else f"{name} = {_value(word)}"


def _parts(word: object) -> Iterator[tuple[str, str]]:
    """The fields, values or members of a word, each with what is said of it."""
    if not isinstance(word, type):
        return
    said = _said_of_members(word)
    if issubclass(word, Enum):
        yield from ((f"{member.name} = {member.value}", said.get(member.name, "")) for member in word)
    elif is_dataclass(word):
        yield from ((_field(field), said.get(field.name, "")) for field in fields(word))
    for name, member in vars(word).items():
        if not name.startswith("_") and isinstance(member, property) and member.fget:
            yield f"{name}: {_returned(member.fget)}", _plain(member.__doc__)
        elif not name.startswith("_") and inspect.isfunction(member):
            yield f"{name}{_signature(member)}", _plain(member.__doc__)


def _field(field: Field[Any]) -> str:
    if field.default is not MISSING:
        default = f" = {_value(field.default)}"
    elif field.default_factory is not MISSING:
        default = f" = {_value(field.default_factory())}"
    else:
        default = ""
    return f"{field.name}: {field.type}{default}"


def _said_of_members(word: type) -> dict[str, str]:
    """The string below a field or a member, where there is one."""
    (declared,) = ast.parse(textwrap.dedent(inspect.getsource(word))).body
    body = declared.body if isinstance(declared, ast.ClassDef) else []
    said = {}
    for statement, below in pairwise(body):
        target = getattr(statement, "target", None) or next(iter(getattr(statement, "targets", [])), None)
        if (
            isinstance(target, ast.Name)
            and isinstance(below, ast.Expr)
            and isinstance(below.value, ast.Constant)
        ):
            said[target.id] = _plain(str(below.value.value))
    return said


def _signature(function: Callable[..., object]) -> str:
    return MEMBER.sub(r"\1", str(inspect.signature(function)).replace("'", ""))


def _returned(function: Callable[..., object]) -> str:
    return str(inspect.signature(function).return_annotation)


def _value(value: object) -> str:
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    return MEMBER.sub(r"\1", repr(value))


def _after(words: str) -> str:
    return f": {words}" if words else ""


def _plain(docstring: str | None) -> str:
    """A docstring in one paragraph."""
    return " ".join((docstring or "").split())


def _prose(word: object) -> str:
    """A docstring as Markdown, where it is the word's own: examples stay indented, which makes them code."""
    if not isinstance(word, type) and not inspect.isfunction(word):
        return ""
    text = re.sub(r"^::\n\n", "", inspect.cleandoc(word.__doc__ or ""), flags=re.MULTILINE)
    return re.sub(r"::$", ":", text, flags=re.MULTILINE) + "\n"
