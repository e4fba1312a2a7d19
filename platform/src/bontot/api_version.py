"""The edition of the plugin vocabulary a plugin says it was written for, read before it is imported.

Reading it afterwards would be too late: a plugin for a newer edition fails on the first name it does not find here.
"""

from __future__ import annotations

import ast
from importlib.metadata import EntryPoint
from importlib.util import find_spec
from pathlib import Path

from bontot.errors import DeclarationError

NAME = "API"


def declared_api(entry_point: EntryPoint) -> int | None:
    """The number assigned to `API` in the entry point's module; None where it says nothing or has no source. Raises
    `DeclarationError` when it is not written as a number."""
    source = _source(entry_point.module)
    for statement in _statements(source) if source else []:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and _assigns(statement):
            if isinstance(statement.value, ast.Constant) and type(statement.value.value) is int:
                return statement.value.value
            raise DeclarationError((f"{NAME} phải là một số viết thẳng, ví dụ {NAME} = 1",))
    return None


def _assigns(statement: ast.Assign | ast.AnnAssign) -> bool:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return any(isinstance(target, ast.Name) and target.id == NAME for target in targets)


def _statements(source: Path) -> list[ast.stmt]:
    """The statements of a file; none of one that cannot be read: importing it says why."""
    try:
        return ast.parse(source.read_bytes()).body
    except (SyntaxError, ValueError, OSError):
        return []


def _source(module: str) -> Path | None:
    """The file of a module, found without importing it or the package it is in."""
    package, *rest = module.split(".")
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return None
    if not rest:
        return Path(spec.origin)
    folder = Path(spec.origin).parent.joinpath(*rest)
    return next(
        (path for path in (folder.with_suffix(".py"), folder / "__init__.py") if path.is_file()), None
    )
