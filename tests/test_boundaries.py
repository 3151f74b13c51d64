"""The import arrows of the design: mfgportal → sync → kpis, and what each part may not know."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
WEB_FRAMEWORKS = {"django", "celery", "rest_framework"}


def modules(folder: str) -> Iterator[Path]:
    path = ROOT / folder
    return iter([path]) if path.suffix == ".py" else path.rglob("*.py")


def imports(module: Path) -> set[str]:
    """Dotted names that the module imports, wherever in it; relative ones made absolute."""
    package = module.relative_to(ROOT).with_suffix("").parts[:-1]
    names: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text(), str(module))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            start = ".".join((*package[: len(package) - node.level + 1], *filter(None, [node.module])))
            base = start if node.level else node.module or ""
            names |= {f"{base}.{alias.name}" for alias in node.names}
    return names


def breaches(folder: str, forbidden: set[str]) -> list[str]:
    return sorted(
        f"{module.relative_to(ROOT)} imports {name}"
        for module in modules(folder)
        for name in imports(module)
        if any(name == banned or name.startswith(f"{banned}.") for banned in forbidden)
    )


@pytest.mark.parametrize(
    ("folder", "forbidden"),
    [
        ("kpis", {"sync", "mfgportal", "celery", "rest_framework", "plotly"}),
        ("kpis/definitions", {"django"}),
        ("kpis/intervals.py", {"django"}),
        ("sync", {"mfgportal", "rest_framework", "plotly"}),
        ("sync/records", WEB_FRAMEWORKS | {"kpis", "mfgportal"}),
        ("sync/errors.py", WEB_FRAMEWORKS | {"kpis", "mfgportal"}),
        ("sync/connectors", WEB_FRAMEWORKS | {"kpis", "mfgportal", "sync.models"}),
        ("sync/sandbox", WEB_FRAMEWORKS | {"kpis", "mfgportal", "sync.models", "sync.connectors"}),
    ],
)
def test_a_part_does_not_know_what_it_must_not(folder: str, forbidden: set[str]) -> None:
    assert (ROOT / folder).exists()
    assert not breaches(folder, forbidden)


@pytest.mark.parametrize(
    ("library", "home"),
    [("odoorpc", "sync/connectors/odoo"), ("plotly", "mfgportal/web/charts")],
)
def test_a_library_has_one_home(library: str, home: str) -> None:
    found = [breach for folder in ("kpis", "sync", "mfgportal") for breach in breaches(folder, {library})]
    assert not [breach for breach in found if not breach.startswith(home)]


def test_only_load_writes_the_reporting_schema() -> None:
    """A write is `.objects.create(…)` and the like on a name that came from kpis.models."""
    writes = {"create", "bulk_create", "update_or_create", "get_or_create", "bulk_update"}
    for module in modules("sync"):
        ours = {name.rsplit(".", 1)[-1] for name in imports(module) if name.startswith("kpis.models")}
        calls = {
            f"{module.relative_to(ROOT)}: {ast.unparse(node.func)}"
            for node in ast.walk(ast.parse(module.read_text()))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in writes
            and ast.unparse(node.func).split(".")[0] in ours
        }
        assert module.name == "load.py" or "load" in module.parts or not calls


def test_relative_imports_are_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    module = tmp_path / "sync" / "connectors" / "odoo" / "streams.py"
    module.parent.mkdir(parents=True)
    module.write_text(
        "from ..base import Stream\nfrom ...models import Source\nfrom . import fields\nimport ast\n"
    )
    assert imports(module) == {
        "sync.connectors.base.Stream",
        "sync.models.Source",
        "sync.connectors.odoo.fields",
        "ast",
    }
