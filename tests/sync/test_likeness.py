import pytest

from sync.likeness import likeness


@pytest.mark.parametrize(
    ("name", "likely", "unlikely"),
    [
        ("Assembly 1", "Assembly station 1", "Press line no. 1"),
        ("Assembly 1", "Assembly station 1", "Assembly station 2"),
        ("Drill 1", "Drilling machine", "Press line no. 1"),
        ("Press Line 1", "Press line no. 01", "Assembly station 1"),
        ("Hydraulic Press P-101", "Hydraulic press 101", "Hydraulic press 102"),
        ("Presse Nord", "Press North", "Mixer"),
        ("Marc Demo", "Demo, Marc", "Mitchell Admin"),
        ("4711", "4711-2", "Mixer"),
    ],
)
def test_words_count_first_and_numbers_tell_apart(name: str, likely: str, unlikely: str) -> None:
    assert likeness(name, likely) > likeness(name, unlikely)
    assert likeness(name, likely) > 60


def test_a_name_is_like_itself_however_it_is_written() -> None:
    assert likeness("PRESS  LINE 01", "Press line 1") == 100
    assert likeness("Mixer", "Press 1", score_cutoff=90) == 0
