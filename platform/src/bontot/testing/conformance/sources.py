"""What a plugin's files import."""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from bontot.registry import Loaded


def foreign_imports(loaded: Loaded, counts: Counter[str]) -> Iterator[str]:
    """Imports of anything but `bontot.plugin`, the standard library and the plugin itself."""
    if loaded.own:
        return
    package = loaded.module.partition(".")[0]
    for source in _sources(sys.modules[package]):
        counts["tệp nguồn"] += 1
        for name in _imported(ast.parse(source.read_bytes())):
            allowed = name == "bontot.plugin" or name.partition(".")[0] in (package, *sys.stdlib_module_names)
            if not allowed:
                yield f"{source.name}: dùng {name}, ngoài bontot.plugin và thư viện chuẩn"


def _sources(module: ModuleType) -> Iterator[Path]:
    """The files of a module or of a whole package."""
    if module.__file__ and not hasattr(module, "__path__"):
        yield Path(module.__file__)
    for folder in getattr(module, "__path__", ()):
        yield from sorted(Path(folder).rglob("*.py"))


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module == "bontot":
            yield from (f"bontot.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module
