"""Answers and refusals on questions of our own, and the making of the weights that decide between them.

    python -m benchmarks.answering [CORPUS.jsonl.gz [GOLD.jsonl]] [--write]

The questions on the sample city are asked of its rules alone, and with a corpus (format of `wensheng eval`) of both together;
then the questions on national laws are asked too. Annotated questions (format of `wensheng eval answer`, with gold) are learned
from as well. Of our own questions half are held out: the figures printed for
them are of weights that have not seen them. `--write` then learns from all and stores the weights
(docs/models/answering.md).
"""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.evaluation.clauses import region_of, shelved_clause
from bot.evaluation.json_lines import read_rows
from knowledge_base.document import ParsedDocument
from knowledge_base.reading_files import read_path
from knowledge_base.structure import PREAMBLE, split
from language.normalising import normalise
from retrieval.answering import MOST_CLAUSES, NEAR_THE_BEST, refused_by_form
from retrieval.candidates import candidates, read
from retrieval.library import Library
from retrieval.shortcut import same_article
from retrieval.weighing import WEIGHTS, Signs

QUESTIONS = Path(__file__).parent / "questions"
POLICIES = Path(__file__).parents[1] / "bot" / "sample_city" / "policies"
SAMPLE_PLACE = {"province": "江屿省", "city": "澜汀市"}
FOLDS = 5
ROUNDS = 3
HARDEST = 4
"""So many of the likeliest wrong clauses of each question are learned from in the last rounds."""
UNANSWERABLE_WEIGHT = 2.0
THRESHOLDS = (0.25, 0.3, 0.35, 0.4, 0.45, 0.5)
ENOUGH = 0.35
"""From which likelihood on is answered; chosen by cross-validation between answering nine of ten and refusing nineteen of twenty."""

Matrix = NDArray[np.float64]
Row = dict[str, Any]


@dataclass(frozen=True)
class Tried:
    """A question with the clauses that were weighed for it.

    Attributes:
        gold: keys of the clauses that answer it; none where nothing does.
        also: keys of clauses that support an answer: neither right nor wrong.
        beside: of the sets whose unanswerable questions lie beside a clause.
        refused: by its form or place, whatever was found.
    """

    question: str
    gold: frozenset[str]
    also: frozenset[str]
    held_out: bool
    beside: bool
    keys: tuple[str, ...]
    signs: Matrix
    refused: bool


@dataclass(frozen=True)
class Model:
    """Bias and weights, as `retrieval.weighing.likelihood` uses them."""

    bias: float
    weights: Matrix

    def likelihoods(self, tried: Tried) -> Matrix:
        found: Matrix = 1.0 / (1.0 + np.exp(-self.bias - tried.signs @ self.weights))
        return found

    def chosen(self, tried: Tried, enough: float) -> list[str]:
        """The keys that are cited."""
        if tried.refused or not len(tried.keys):
            return []
        likely = self.likelihoods(tried)
        order = [place for place in np.argsort(-likely) if likely[place] >= max(enough, NEAR_THE_BEST * likely.max())]
        return [tried.keys[place] for place in order][:MOST_CLAUSES]


Judged = Sequence[tuple[Tried, Model]]


def main(arguments: Sequence[str]) -> None:
    """Try all questions, print the figures, and store the weights where `--write` asks for it."""
    paths = [Path(name) for name in arguments if not name.startswith("--")]
    tried = [*_try_all(sample_clauses(), "city", "city_near")]
    if paths:
        clauses = [*sample_clauses(), *(row for row in read_rows(paths[0]) if row.get("in_force", True))]
        tried += [*_try_all(clauses, "city", "city_near", "nation", "nation_near", annotated=paths[1] if paths[1:] else None)]
    known = [each for each in tried if not each.held_out]
    model = learn(known)
    crossed, held_out = cross_validated(known), [(each, model) for each in tried if each.held_out]
    for name, judged in (
        ("cross-validated", crossed),
        ("held out", held_out),
        ("held out, beside", [(each, by) for each, by in held_out if each.beside]),
    ):
        for enough in THRESHOLDS:
            print(f"{name:16} from {enough:.2f}: {_figures(judged, enough)}")
    if "--write" in arguments:
        write(learn(tried))


def sample_clauses() -> list[Row]:
    """The clauses of the sample city's policies, as rows of a corpus; of two versions the newer."""
    parsed = [each for each in read_path(POLICIES) if isinstance(each, ParsedDocument) and each.repealed_on is None]
    return [
        {
            "id": f"{each.title}|{span.article}",
            "title": each.title,
            "article": span.article,
            "text": each.body[span.start : span.end],
            **SAMPLE_PLACE,
        }
        for each in parsed
        for span in split(each.body)
        if span.article != PREAMBLE
    ]


def learn(known: Sequence[Tried]) -> Model:
    """Logistic regression; after the first round only the likeliest wrong clauses of each question are learned from."""
    model = _fitted(known, None)
    for _ in range(ROUNDS):
        model = _fitted(known, model)
    return model


def cross_validated(known: Sequence[Tried]) -> Judged:
    """Each question with a model that has learned from the other folds; the same question in two libraries is in one fold."""
    folds = {question: number % FOLDS for number, question in enumerate(dict.fromkeys(each.question for each in known))}
    models = [learn([each for each in known if folds[each.question] != fold]) for fold in range(FOLDS)]
    return [(each, models[folds[each.question]]) for each in known]


def write(model: Model) -> None:
    """Store the weights."""
    names = (field.name for field in fields(Signs))
    weights = {name: round(float(weight), 4) for name, weight in zip(names, model.weights, strict=True)}
    WEIGHTS.write_text(json.dumps({"bias": round(model.bias, 4), "enough": ENOUGH, "weights": weights}, indent=1) + "\n", encoding="utf-8")


def _try_all(clauses: Sequence[Row], *sets: str, annotated: Path | None = None) -> Iterator[Tried]:
    library = Library.of([shelved_clause(number, row) for number, row in enumerate(clauses, 1)], [])
    for name in sets:
        for row in read_rows(QUESTIONS / f"{name}.jsonl"):
            place = SAMPLE_PLACE if name.startswith("city") else {}
            tried = _try(library, row["question"], {"region": place}, _gold(row, clauses, place))
            yield replace(tried, held_out=row.get("held_out", False), beside=name.endswith("_near"))
    for row in read_rows(annotated) if annotated else ():
        if row["kind"] != "complaint":
            grades = {each["id"]: each["grade"] for each in row["gold"]}
            yield _try(library, row["text"], row, frozenset(key for key in grades if grades[key] > 1), also=frozenset(grades))


def _try(library: Library, question: str, place: Row, gold: frozenset[str], *, also: frozenset[str] = frozenset()) -> Tried:
    plain, region = normalise(question).text, region_of(place)
    refused = refused_by_form(library, plain, region=region, on=date.max) is not None
    found = candidates(library, plain, read(library, plain), library.search_clauses, region=region, on=date.max)
    signs = np.array([each.signs.vector() for each in found]).reshape(len(found), len(fields(Signs)))
    return Tried(question, gold, also - gold, False, False, tuple(each.hit.key for each in found), signs, refused)


def _gold(row: Row, clauses: Sequence[Row], place: Row) -> frozenset[str]:
    if "title" not in row:
        return frozenset()
    fitting = [each for each in clauses if row["title"] in each["title"] and same_article(each["article"], row["article"])]
    fitting = [each for each in fitting if each.get("province") == place.get("province")]
    shortest = min(len(each["title"]) for each in fitting)
    return frozenset(each["id"] for each in fitting if len(each["title"]) == shortest)


def _fitted(known: Sequence[Tried], before: Model | None) -> Model:
    from sklearn.linear_model import LogisticRegression

    rows, right, weights = [], [], []
    for each in known:
        if each.refused:
            continue
        golden = [place for place, key in enumerate(each.keys) if key in each.gold]
        wrong = [place for place, key in enumerate(each.keys) if key not in each.gold | each.also]
        if before is not None:
            likely = before.likelihoods(each)
            wrong = sorted(wrong, key=lambda place: -likely[place])[:HARDEST]
        share = 1.0 if each.gold else UNANSWERABLE_WEIGHT
        rows += [each.signs[place] for place in (*golden, *wrong)]
        right += [*([1] * len(golden)), *([0] * len(wrong))]
        weights += [*([1 / len(golden)] * len(golden) if golden else []), *([share / len(wrong)] * len(wrong) if wrong else [])]
    fitted = LogisticRegression(max_iter=5_000).fit(np.array(rows), right, sample_weight=2 * np.array(weights))
    return Model(float(fitted.intercept_[0]), fitted.coef_[0])


def _figures(judged: Judged, enough: float) -> str:
    chosen = [(tried, model.chosen(tried, enough)) for tried, model in judged]
    answerable = [(tried, keys) for tried, keys in chosen if tried.gold]
    hopeless = [keys for tried, keys in chosen if not tried.gold]
    answered, cited = sum(bool(keys) for _, keys in answerable), sum(bool(tried.gold & set(keys)) for tried, keys in answerable)
    return (
        f"answered {_share(answered, len(answerable))}, right clause cited {_share(cited, len(answerable))}, "
        f"refused {_share(sum(not keys for keys in hopeless), len(hopeless))}"
    )


def _share(part: int, whole: int) -> str:
    """A share with its 95 % interval by Wilson."""
    if not whole:
        return "-"
    share, z = part / whole, 1.96
    middle, half = share + z * z / (2 * whole), z * np.sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    low, high = (middle - half) / (1 + z * z / whole), (middle + half) / (1 + z * z / whole)
    return f"{part}/{whole} = {share:.3f} ({low:.2f}-{high:.2f})"


if __name__ == "__main__":
    main(sys.argv[1:])
