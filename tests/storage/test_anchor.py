"""What was noted of the chain outside the database stays as it was first noted."""

from pathlib import Path

import pytest

from storage import anchor
from storage.clock import ManualClock

FIRST, OTHER = "a" * 64, "b" * 64


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "audit.anchor"


def test_a_chain_that_has_not_grown_is_noted_once(path: Path, clock: ManualClock) -> None:
    for number in (0, 7, 7, 30, 30):
        anchor.note(path, number, FIRST, clock.now())
    assert [line.split()[0] for line in path.read_text().splitlines()] == ["7", "30"]


def test_a_chain_that_was_cut_and_rewritten_does_not_replace_what_was_noted(path: Path, clock: ManualClock) -> None:
    for number in range(10, 1_000, 10):
        anchor.note(path, number, FIRST, clock.now())
    for number in range(15, 1_000, 5):
        anchor.note(path, number, OTHER, clock.now())
    noted = anchor.read(path)
    assert {noted[number] for number in range(10, 1_000, 10)} == {FIRST}
    assert {noted[number] for number in range(15, 1_000, 10)} == {OTHER}


def test_a_line_that_was_cut_short_is_passed_over(path: Path, clock: ManualClock) -> None:
    anchor.note(path, 5, FIRST, clock.now())
    path.write_text(path.read_text() + "9 abc\n")
    anchor.note(path, 9, FIRST, clock.now())
    assert anchor.read(path) == {5: FIRST, 9: FIRST}
