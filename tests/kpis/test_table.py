"""The catalogue for people: README table and command."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from kpis.definitions import CATALOGUE
from kpis.definitions.table import BEGIN, END, markdown, placed

README = Path(__file__).parents[2] / "README.md"


def test_the_readme_is_up_to_date() -> None:
    text = README.read_text()
    assert placed(text) == text, "Run: manage.py kpi_table --write README.md"


def test_every_kpi_has_its_row() -> None:
    rows = [line for line in markdown().splitlines() if line.startswith("| ") and "`" in line]
    assert len(rows) == len(CATALOGUE)
    assert all(row.count(" | ") == 5 for row in rows)


def test_the_command_prints_and_writes(tmp_path: Path) -> None:
    out = StringIO()
    call_command("kpi_table", stdout=out)
    assert out.getvalue().strip() == markdown()
    file = tmp_path / "text.md"
    file.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    call_command("kpi_table", write=file)
    assert file.read_text() == f"before\n{BEGIN}\n\n{markdown()}\n\n{END}\nafter\n"
    file.write_text("nothing")
    with pytest.raises(CommandError, match="kpi_table: begin"):
        call_command("kpi_table", write=file)
