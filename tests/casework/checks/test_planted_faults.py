"""Planted faults, a small share of what `python -m benchmarks.planted_faults` counts."""

from itertools import islice

import pytest

from benchmarks.faults.clean import Clean, clean_drafts, own_places
from benchmarks.faults.plants import KINDS, Planted
from benchmarks.planted_faults import DECIDABLE, checked, is_blocked, is_found, planted

DRAFTS, PLANTED = 60, 4 * len(KINDS)


@pytest.fixture(scope="module")
def drafts() -> list[Clean]:
    return list(islice((clean for clean in clean_drafts(own_places(), seed=7) if clean.fits), DRAFTS))


@pytest.fixture(scope="module")
def spoilt(drafts: list[Clean]) -> list[Planted]:
    return list(planted(drafts, PLANTED, seed=7))


def test_clean_drafts_pass(drafts: list[Clean]) -> None:
    blocked = {clean.text: names for clean in drafts if (names := [f.name for f in checked(clean.text, clean) if f.blocking])}
    assert len(blocked) <= 0.02 * len(drafts), blocked


def test_faults_that_the_evidence_decides_are_blocked(spoilt: list[Planted]) -> None:
    due = [each for each in spoilt if each.kind in DECIDABLE]
    missed = [(each.kind, each.words) for each in due if not is_blocked(each, checked(each.text, each.clean))]
    assert len({each.kind for each in due}) == len(DECIDABLE)
    assert len(missed) <= 0.03 * len(due), missed


def test_the_others_are_found(spoilt: list[Planted]) -> None:
    others = [each for each in spoilt if each.kind not in DECIDABLE]
    missed = [(each.kind, each.words or each.ask) for each in others if not is_found(each, checked(each.text, each.clean))]
    assert len(missed) <= 0.06 * len(others), missed
