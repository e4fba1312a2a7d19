"""The broken sample plugins of `tests/broken`, made known as installed ones are. The docstring of each is the sentence its
check must fail with."""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SAMPLES = {path.stem: path for path in sorted((Path(__file__).parent / "broken").glob("*.py"))}


def stated(name: str) -> str:
    """The sentence a sample must fail with."""
    return " ".join((ast.get_docstring(ast.parse(SAMPLES[name].read_text(encoding="utf-8"))) or "").split())


@contextmanager
def installed(folder: Path) -> Iterator[None]:
    """All of them at once, found in `folder`, an empty one."""
    for name, path in SAMPLES.items():
        (folder / path.name).write_bytes(path.read_bytes())
        metadata = folder / f"{name}-1.0.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (metadata / "entry_points.txt").write_text(f"[bontot]\n{name} = {name}\n")
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name in SAMPLES:
            sys.modules.pop(name, None)
