"""What authors rely on stays as it is: the vocabulary on record, the edition each plugin says it was written for, and
retirement with a warning."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from bontot import plugin
from bontot.cli import main
from bontot.registry import Failure, Registry
from bontot.testing import reference
from tests.unit.plugins.conftest import Install
from tests.unit.plugins.test_registry import GOOD, SHIPPED, own_failures

DOCS = Path(__file__).parents[3] / "docs"
RENEW = "./bontot plugin reference {}--out {}"


def test_the_vocabulary_is_the_one_on_record() -> None:
    """Whoever changes a name, a field, a value or an argument changes the record too, and sees what it is to authors."""
    recorded = (DOCS / "plugin-api.txt").read_text(encoding="utf-8")
    assert reference.signatures() == recorded, RENEW.format("--signatures ", "docs/plugin-api.txt")


def test_the_reference_says_what_the_docstrings_say() -> None:
    written = (DOCS / "plugin-reference.md").read_text(encoding="utf-8")
    assert reference.reference() == written, RENEW.format("", "docs/plugin-reference.md")


def test_the_record_holds_every_name_hook_field_and_value() -> None:
    lines = reference.signatures().splitlines()
    names = {line.split("(")[0].split(" = ")[0].split()[-1] for line in lines[1:] if line[:1].strip()}
    assert names == {*plugin.__all__, *reference.hooks()}
    assert lines[lines.index("class Clause") + 1 :][:3] == [
        "    reference: str",
        "    place: str",
        "    seed: str = ''",
    ]
    assert lines[lines.index("enum Origin") + 1 :][:2] == ["    PLAN = plan", "    DEFAULT = default"]


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("Clause", plugin.Chosen),
        ("Origin", plugin.Role),
        ("judged", plugin.zero),
        ("NO_DATA", plugin.NONE_OF_ONE),
        ("bontot_metrics", plugin.bontot_holidays),
    ],
)
def test_other_fields_values_and_arguments_are_noticed(
    name: str, changed: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = reference.signatures()
    monkeypatch.setattr(plugin, name, changed)
    assert reference.signatures() != before


def load() -> Registry:
    return Registry.load(off=SHIPPED)


def written_for(api: object, source: str = GOOD) -> str:
    """The good sample, written for an edition."""
    return f"    API = {api}\n{source}"


def test_a_plugin_for_a_newer_edition_is_left_out_before_it_is_imported(install: Install) -> None:
    install("sample", written_for(2, "\n    from bontot.plugin import SomethingNew\n"))
    registry = load()
    assert own_failures(registry) == (
        Failure(plugin="sample", reasons=("viết cho API 2, hệ thống này chỉ có API 1",)),
    )


def test_a_plugin_for_an_older_edition_is_still_supported(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("sample", written_for(1))
    monkeypatch.setattr(plugin, "NEWEST_API", 2)
    registry = load()
    assert list(registry.policies) == ["sample"]
    assert [loaded.api for loaded in registry.plugins if loaded.name == "sample"] == [1]


def test_a_plugin_for_a_retired_edition_is_left_out(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("sample", written_for(1))
    monkeypatch.setattr(plugin, "OLDEST_API", 2)
    monkeypatch.setattr(plugin, "NEWEST_API", 3)
    assert own_failures(load()) == (
        Failure(plugin="sample", reasons=("viết cho API 1, hệ thống này chỉ có API 2, 3",)),
    )


@pytest.mark.parametrize("api", ["'1'", "True", "int('1')", "1.0"])
def test_an_edition_must_be_readable_without_running_anything(install: Install, api: str) -> None:
    install("sample", written_for(api))
    (failure,) = own_failures(load())
    assert failure.reason == "API phải là một số viết thẳng, ví dụ API = 1"


def test_the_edition_of_a_module_inside_a_package_is_read_without_importing_it(
    install: Install, tmp_path: Path
) -> None:
    install("sample", "")
    folder = tmp_path / "sample_package"
    folder.mkdir()
    (folder / "__init__.py").write_text("raise RuntimeError('imported')")
    (folder / "plan.py").write_text("API: int = 7\n")
    metadata = tmp_path / "sample_plugin_sample-1.0.dist-info" / "entry_points.txt"
    metadata.write_text("[bontot]\nsample = sample_package.plan\n")
    assert own_failures(load()) == (
        Failure(plugin="sample", reasons=("viết cho API 7, hệ thống này chỉ có API 1",)),
    )


def checked(name: str) -> tuple[int, list[str]]:
    result = CliRunner().invoke(main, ["plugin", "check", name])
    return result.exit_code, result.output.splitlines()[1:-1]


def test_a_plugin_that_says_nothing_of_its_edition_serves_and_is_told(
    install: Install, data_dir: Path
) -> None:
    install("sample", "")
    assert own_failures(load()) == ()
    assert checked("sample") == (
        1,
        ["  • chưa khai viết cho API nào; thêm API = 1 vào mô-đun của điểm vào"],
    )


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A command line that sees the samples alone."""
    monkeypatch.setenv("BONTOT_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("BONTOT_PLUGINS_OFF", ",".join(SHIPPED))
    return tmp_path


HOOK = """
    from bontot.plugin import hookimpl

    API = 1

    @hookimpl
    def bontot_holidays({arguments}):
        return []
"""


def test_a_hook_may_have_more_arguments_than_a_plugin_takes(install: Install) -> None:
    install("sample", HOOK.format(arguments=""))
    registry = load()
    assert own_failures(registry) == ()
    (sample,) = (loaded for loaded in registry.plugins if loaded.name == "sample")
    assert sample.hooks.bontot_holidays(year=2024) == [[]]


def test_a_plugin_cannot_ask_for_an_argument_the_hook_does_not_have(install: Install) -> None:
    install("sample", HOOK.format(arguments="year, lunar"))
    assert own_failures(load()) == (
        Failure(plugin="sample", reasons=("bontot_holidays không có tham số lunar",)),
    )


def test_a_hook_to_be_retired_still_serves_and_says_so_when_checked(
    install: Install, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("sample", HOOK.format(arguments="year"))
    words = "bontot_holidays sẽ bỏ từ API 3; hãy dùng bontot_days_off"
    monkeypatch.setitem(_options(), "warn_on_impl", DeprecationWarning(words))
    assert checked("sample") == (0, [f"  ○ {words}"])


def test_an_argument_to_be_retired_is_told_only_to_those_who_take_it(
    install: Install, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("taking", HOOK.format(arguments="year"))
    install("leaving", HOOK.format(arguments=""))
    words = "tham số year sẽ bỏ từ API 3"
    monkeypatch.setitem(_options(), "warn_on_impl_args", {"year": DeprecationWarning(words)})
    assert checked("taking") == (0, [f"  ○ {words}"])
    assert checked("leaving") == (0, [])


def _options() -> dict[str, object]:
    options: dict[str, object] = plugin.bontot_holidays.bontot_spec  # type: ignore[attr-defined]
    return options
