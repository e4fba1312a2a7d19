"""The distribution a test belongs to: which plugin it brings, with which cases, and the instance it is tried in."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Engine

from bontot.db.models import Tenant
from bontot.db.tenancy import PLATFORM, scope
from bontot.errors import NotFound
from bontot.plugin import PROJECT, Policy
from bontot.registry import Registry, load, owns, plugin_entry_points
from bontot.testing.answers import metric_problems
from bontot.testing.case_records import Case, CaseFile
from bontot.testing.cases import read_case_file
from bontot.testing.worked import work_out


@dataclass(frozen=True, slots=True)
class Distribution:
    """A folder with a `pyproject.toml` that brings one plugin."""

    folder: Path
    name: str

    @classmethod
    def of(cls, path: Path) -> Distribution:
        """The one `path` lies in. Raises `NotFound` where there is none."""
        for folder in path.resolve().parents:
            names = _plugins(folder / "pyproject.toml")
            if len(names) == 1:
                return cls(folder, names[0])
        raise NotFound(f"{path} không nằm trong một thành phần nào có điểm vào “{PROJECT}”.")

    def cases(self) -> list[tuple[Path, CaseFile, Case]]:
        """Every worked case, file by file. Raises `CaseFileError`, and `NotFound` where there is none to judge."""
        files = self._case_files()
        if not files:
            raise NotFound(f"Chưa có ví dụ tính tay nào trong {self.folder / 'cases'}.")
        return [(path, file, case) for path, file in files for case in file.case]

    def _case_files(self) -> list[tuple[Path, CaseFile]]:
        return [(path, read_case_file(path)) for path in sorted(self.folder.glob("cases/*.toml"))]

    def registry(self) -> Registry:
        """The platform's own declarations, this plugin, and those whose plans it builds on or its cases are judged by;
        nothing else installed.

        Raises `NotFound` when it is not installed.
        """
        installed = {entry.name: entry for entry in plugin_entry_points()}
        if self.name not in installed:
            raise NotFound(f"Chưa cài thành phần “{self.name}”: chạy pip install -e {self.folder}.")
        own = {name for name, entry in installed.items() if entry.dist and entry.dist.name == PROJECT}
        judged_by = {file.policy for _, file in self._case_files()}
        beside = {name for name in installed for code in judged_by if owns(name, code)}
        return Registry.load(frozenset(installed) - own - _with_needed(installed, {self.name, *beside}))


@dataclass(frozen=True, slots=True)
class WorkedCase:
    """One case ready to be judged in a committee of its own."""

    engine: Engine
    registry: Registry
    plugin: str
    policy: str
    year: int
    case: Case

    def problems(self) -> list[str]:
        """Every expectation that does not come out, and whatever the plugin's own metrics do wrong on these records."""
        with scope(self.engine, PLATFORM) as session:
            tenant = Tenant(code=f"vi-du-{uuid4().hex[:12]}", name=self.case.name)
            session.add(tenant)
            session.flush()
            tenant_id = tenant.id
        with scope(self.engine, tenant_id) as session:
            world, wrong = work_out(session, self.registry, self.case, self.policy, self.year)
            own = next(one.metrics for one in self.registry.plugins if one.name == self.plugin)
            return [*wrong, *metric_problems(session, self.registry, world, own)]


def _plugins(project: Path) -> list[str]:
    if not project.is_file():
        return []
    stated = tomllib.loads(project.read_text(encoding="utf-8")).get("project", {})
    return list(stated.get("entry-points", {}).get(PROJECT, {}))


def _with_needed(installed: Mapping[str, EntryPoint], names: Iterable[str]) -> set[str]:
    """These plugins and those that bring the plans they refine or are judged beside."""
    needed = set(names)
    asked = list(needed)
    while asked:
        policies = _declared(installed[asked.pop()])
        codes = {code for policy in policies for code in (policy.refines, *policy.frames) if code}
        more = {other for other in installed for code in codes if owns(other, code)} - needed
        needed |= more
        asked += more
    return needed


def _declared(entry_point: EntryPoint) -> tuple[Policy, ...]:
    """The policies of a plugin; none of one that cannot be loaded: what is wrong with it is said when it is loaded for
    good."""
    try:
        return load(entry_point).policies
    except (Exception, SystemExit):  # noqa: BLE001 - a plugin may raise anything
        return ()
