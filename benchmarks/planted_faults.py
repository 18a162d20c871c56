"""How many planted faults the checks find, and how many clean replies they block.

python -m benchmarks.planted_faults [--drafts 300] [--seed 1] [--corpus C --posts P] [--show]

Drafts are composed for the posts of the sample city and of generated cities (or of the files) and filled with facts that count as
verified; one fault is planted in each. A fault counts as found when a finding of the right kind stands on the planted words. Half of the
wordings were held back while the checks were tuned; `--show` prints misses of the other half only.
"""

import argparse
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path

from benchmarks.faults.clean import NOW, Clean, clean_drafts, own_places, place_of_files
from benchmarks.faults.plants import KINDS, Planted, plant, plant_late
from casework.check import check_reply
from casework.checks.finding import Finding

CLEAN = 1_000
"""At most so many clean drafts are looked at."""
TRIES = 60
LATE_ROUNDS = 10
"""Each late wording is planted so often, with other names and numbers."""

_FACT = {"unfounded", "stranger", "organisation_unknown", "place_unknown", "personal_data"}
_CLAUSE = {"clause_unknown", "quote_altered", "clause_not_in_force", "clause_elsewhere"}
_WORDS = {"blame", "threat", "evasive", "overpromise", "inflame", "playing_down", "officialese", "promise_vague"}
ANSWERS: dict[str, set[str]] = {
    **dict.fromkeys(("clause_number", "quote_slipped", "quote_negated"), _CLAUSE),
    **dict.fromkeys(("figure_changed", "organisation", "place", "number", "date", "document_number"), _FACT),
    **dict.fromkeys(("evasive", "blame", "threat", "overpromise", "playing_down", "inflame"), _WORDS),
    "clause_repealed": {"clause_not_in_force"}, "clause_elsewhere": {"clause_elsewhere"}, "missing_ask": {"ask_missing"},
    "phone": {"personal_data", "diversion"}, "url": {"link"}, "diversion": {"diversion", "link"}, "person": {"stranger", "personal_data"},
    "promise": {"promise"}, "vague_promise": {"promise_vague", "officialese", "evasive"},
}  # fmt: skip
"""Which findings answer which plant."""
DECIDABLE = (
    "clause_number", "quote_slipped", "quote_negated", "clause_repealed", "clause_elsewhere", "figure_changed", "phone", "url", "diversion",
    "person", "organisation", "place", "number", "date", "document_number",
)  # fmt: skip
"""Kinds where a blocking finding is due: whether it is a fault can be read from the evidence alone."""


def main() -> None:
    """Print the table of kinds and the share of clean drafts that are blocked."""
    asked = _arguments()
    places = place_of_files(asked.corpus, asked.posts) if asked.corpus else own_places()
    drafts = list(islice((clean for clean in clean_drafts(places, asked.seed) if clean.fits), CLEAN))
    spoilt = list(planted(drafts, asked.drafts, asked.seed))
    found = {id(each): (is_found(each, findings := checked(each.text, each.clean)), is_blocked(each, findings)) for each in spoilt}
    for kind in KINDS:
        _show_kind(kind, [each for each in spoilt if each.kind == kind], found)
    _show("decidable, blocked", [found[id(each)][1] for each in spoilt if each.kind in DECIDABLE])
    _show("decidable, blocked, held back", [found[id(each)][1] for each in spoilt if each.kind in DECIDABLE and each.held])
    _show("others, found", [found[id(each)][0] for each in spoilt if each.kind not in DECIDABLE])
    _show("others, found, held back", [found[id(each)][0] for each in spoilt if each.kind not in DECIDABLE and each.held])
    _show_late(drafts, asked.seed)
    blocked = [(clean, blocking) for clean in drafts if (blocking := [f for f in checked(clean.text, clean) if f.blocking])]
    _show("clean drafts blocked", [True] * len(blocked) + [False] * (len(drafts) - len(blocked)))
    if asked.show:
        _explain(spoilt, found, blocked)


def interval(hits: int, total: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    if not total:
        return 0.0, 1.0
    z, share = 1.96, hits / total
    middle, width = share + z * z / (2 * total), z * ((share * (1 - share) + z * z / (4 * total)) / total) ** 0.5
    return (middle - width) / (1 + z * z / total), (middle + width) / (1 + z * z / total)


def planted(drafts: Sequence[Clean], count: int, seed: int) -> Iterator[Planted]:
    """So many spoilt drafts, one fault in each, the kinds in turn; a kind that nothing can be spoilt by is left out."""
    chance, pool = random.Random(seed), cycle(drafts)  # noqa: S311  # the same faults each time
    for kind in islice(cycle(KINDS), count):
        yield from islice((spoilt for _ in range(TRIES) if (spoilt := plant(next(pool), kind, chance))), 1)


def checked(text: str, clean: Clean) -> tuple[Finding, ...]:
    """What the checks say of a text in the place of a clean draft."""
    return check_reply(text, clauses=clean.clauses, matter=clean.matter, channel=clean.channel, desk=clean.desk, now=NOW)


def is_found(planted: Planted, findings: Sequence[Finding]) -> bool:
    """Whether a finding is about the fault."""
    return any(_answers(planted, finding) for finding in findings)


def is_blocked(planted: Planted, findings: Sequence[Finding]) -> bool:
    """Whether a blocking finding is about the fault."""
    return any(finding.blocking and _answers(planted, finding) for finding in findings)


def _answers(planted: Planted, finding: Finding) -> bool:
    """Whether a finding is of the right kind and about the planted words, or about the clause whose words they are."""
    if finding.name not in ANSWERS[planted.kind]:
        return False
    if planted.ask:
        return planted.ask in finding.message
    start = planted.text.find(planted.words)
    near = 30 if planted.kind in ("clause_number", "quote_slipped", "quote_negated") else 0
    return finding.start < start + len(planted.words) + near and finding.end > start - near


def _show_kind(kind: str, planted: Sequence[Planted], found: dict[int, tuple[bool, bool]]) -> None:
    hits, blocks = (sum(found[id(each)][place] for each in planted) for place in (0, 1))
    held = [each for each in planted if each.held]
    low, high = interval(hits, len(planted))
    in_held = f"{sum(found[id(each)][0] for each in held)}/{len(held)}"
    print(f"{kind:18} {len(planted):4}  found {hits:4} ({low:.3f}-{high:.3f})  blocked {blocks:4}  held back {in_held}")


def _show_late(drafts: Sequence[Clean], seed: int) -> None:
    """The wordings that were written when the checks were done, by kind."""
    chance = random.Random(seed)  # noqa: S311  # the same faults each time
    found: dict[str, list[bool]] = defaultdict(list)
    for each in (each for _ in range(LATE_ROUNDS) for each in plant_late(chance.choice(drafts), chance)):
        found[each.kind].append(is_found(each, checked(each.text, each.clean)))
    for kind, hits in found.items():
        print(f"late {kind:18} {sum(hits)}/{len(hits)}")


def _show(name: str, hits: Sequence[bool]) -> None:
    low, high = interval(sum(hits), len(hits))
    print(f"{name}: {sum(hits)}/{len(hits)} = {sum(hits) / max(1, len(hits)):.3f} ({low:.3f}-{high:.3f})")


def _explain(planted: Sequence[Planted], found: dict[int, tuple[bool, bool]], blocked: Sequence[tuple[Clean, list[Finding]]]) -> None:
    for each in planted:
        if not each.held and not found[id(each)][0]:
            print("MISSED", each.kind, "|", each.words or each.ask)
    for clean, findings in blocked:
        print("BLOCKED", [(f.name, f.span, clean.text[max(0, f.start - 12) : f.end + 8].replace("\n", "/")) for f in findings])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Planted faults.")
    parser.add_argument("--drafts", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--posts", type=Path)
    parser.add_argument("--show", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
