"""Training of the likeness model. Needs scikit-learn; running it does not.

Use: `python -m monitoring.likeness_training FEED EVENTS SINGLES APART WEIGHTS`: posts in time order ({"pid", "title", "text", "time"}),
events ({"members"}), pids of posts that belong to no event, pairs of posts that must stay apart ({"pair"}). Prints what a model
reaches on events that it has not seen, each fold with the whole feed gathered anew, then trains on everything and stores.
"""

import asyncio
import gzip
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitoring.assignment import VOICES, assign, keys_of, likeliest, voice_of
from monitoring.likeness import FEATURES, PRODUCTS, LikenessModel, features, with_products
from monitoring.recollection import Recollection
from monitoring.voices import Numbers, Voice

INVERSE_REGULARISATION = 0.03
"""Best of 0.01, 0.03, 0.1, 1 by cross-validation."""
SHORT_CHARACTERS = 110
"""Letters are long and titled, most posts are neither: the model is trained on each letter in both forms."""
APART_WEIGHT = 3.0
"""So many times an ordinary pair weighs one that annotators found worth noting as a look-alike."""
FOLDS = 5
SEEDS = 3
RESAMPLES = 1000


@dataclass(frozen=True)
class Sample:
    """A feed and what is known of it.

    Attributes:
        voices: the posts in time order.
        labels: of each post, the event it belongs to; None where nobody looked.
        apart: places of two posts that must stay apart.
    """

    voices: Sequence[Voice]
    labels: Sequence[str | None]
    apart: Sequence[tuple[int, int]]

    def folds(self, seed: int) -> NDArray[np.intp]:
        """The fold of each post: one for all posts of an event, and for events that look alike."""
        chance = np.random.default_rng(seed)
        fold = {name: int(chance.integers(FOLDS)) for name in dict.fromkeys(self._families.values())}
        return np.array([fold[self._families[name]] for name in self._names])

    @cached_property
    def _names(self) -> Sequence[str]:
        return [label or f"post {place}" for place, label in enumerate(self.labels)]

    @cached_property
    def _families(self) -> Mapping[str, str]:
        """Each event with the first one that it is tied to by look-alike pairs."""
        family = {name: name for name in self._names}
        for one, other in self.apart:
            mine, theirs = family[self._names[one]], family[self._names[other]]
            family = {name: mine if tied == theirs else tied for name, tied in family.items()}
        return family


@dataclass(frozen=True)
class Pairs:
    """Posts that the program would compare, with their features."""

    first: NDArray[np.intp]
    second: NDArray[np.intp]
    found: Numbers
    same: NDArray[np.bool_]
    weight: Numbers


def read_sample(feed: Path, events: Path, singles: Path, apart: Path, *, short: bool = False) -> Sample:
    """The files as they are described above.

    Args:
        short: every post without its title and cut to the length of a microblog post.
    """
    posts = list(_rows(feed))
    label = {str(pid): f"event {number}" for number, row in enumerate(_rows(events)) for pid in row["members"]}
    label |= {pid: f"single {pid}" for pid in singles.read_text(encoding="utf-8").split()}
    place = {str(post["pid"]): number for number, post in enumerate(posts)}
    times = [datetime.fromisoformat(post["time"]) for post in posts]
    voices = [voice_of(post.get("title") or "", post["text"], time) for post, time in zip(posts, times, strict=True)]
    if short:
        told = [f"{post.get('title') or ''}，{post['text'].strip()}"[:SHORT_CHARACTERS] for post in posts]
        voices = [voice_of("", text, time) for text, time in zip(told, times, strict=True)]
    pairs = [(place[str(one)], place[str(other)]) for one, other in (row["pair"] for row in _rows(apart))]
    return Sample(voices, [label.get(str(post["pid"])) for post in posts], pairs)


def pairs_of(sample: Sample, model: LikenessModel) -> Pairs:
    """Every labelled post with the remembered posts that it would be compared with, if all before it had been gathered rightly."""
    return asyncio.run(_collected(sample, model))


def train(pairs: Pairs, chosen: NDArray[np.bool_], model: LikenessModel) -> LikenessModel:
    """Fit a logistic regression on the chosen pairs.

    Args:
        model: whose rarities of troubles are kept.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(with_products(pairs.found[chosen]))
    scaled = scaler.transform(with_products(pairs.found[chosen]))
    fitted = LogisticRegression(C=INVERSE_REGULARISATION, max_iter=2000).fit(scaled, pairs.same[chosen], sample_weight=pairs.weight[chosen])
    weights = fitted.coef_[0] / scaler.scale_
    return LikenessModel(weights, float(fitted.intercept_[0] - weights @ scaler.mean_), model.trouble_numbers, model.trouble_rarity)


def count_troubles(voices: Sequence[Voice]) -> LikenessModel:
    """A model that knows only how rare each kind of trouble is."""
    seen = Counter(int(number) for voice in voices for number in voice.matter.troubles)
    numbers = sorted(seen)
    rarity = [float(np.log(len(voices) / (1 + seen[number]))) for number in numbers]
    return LikenessModel(np.zeros(len(FEATURES) + len(PRODUCTS)), 0.0, np.array(numbers, np.uint32), np.maximum(np.array(rarity), 0.1))


def gather(voices: Sequence[Voice], model: LikenessModel) -> NDArray[np.intp]:
    """The event of each post, gathered one after the other as the program does."""
    return asyncio.run(_gathered(voices, model))


def cross_validate(sample: Sample, pairs: Pairs, blank: LikenessModel, seed: int) -> "Measured":
    """What models reach on events that they were not trained on."""
    folds, parts = sample.folds(seed), []
    for fold in range(FOLDS):
        unseen = folds == fold
        model = train(pairs, ~unseen[pairs.first] & ~unseen[pairs.second], blank)
        parts.append(measure(sample, gather(sample.voices, model), unseen))
    return Measured(*(np.concatenate([getattr(part, name) for part in parts]) for name in Measured.__dataclass_fields__))


@dataclass(frozen=True)
class Measured:
    """One row for each labelled post, event and look-alike pair, so that they can be drawn again.

    Attributes:
        precision, recall: B-cubed, of each post.
        split: of each event of two posts or more, whether it was torn.
        joined: of each look-alike pair, whether it was put together.
    """

    precision: Numbers
    recall: Numbers
    split: Numbers
    joined: Numbers

    def figures(self) -> tuple[float, float, float]:
        """B-cubed F1, share of events torn, share of look-alikes joined."""
        precision, recall = float(self.precision.mean()), float(self.recall.mean())
        return 2 * precision * recall / (precision + recall), float(self.split.mean()), float(self.joined.mean())

    def drawn(self, chance: np.random.Generator) -> "Measured":
        """As many rows of each kind, drawn with replacement; precision and recall of a post stay together."""
        posts, events, pairs = (chance.integers(len(rows), size=len(rows)) for rows in (self.precision, self.split, self.joined))
        return Measured(self.precision[posts], self.recall[posts], self.split[events], self.joined[pairs])


def measure(sample: Sample, events: NDArray[np.intp], chosen: NDArray[np.bool_]) -> Measured:
    """Hold the gathered events of the chosen posts against their labels; all labelled posts count as neighbours."""
    places = defaultdict(list)
    for place, label in enumerate(sample.labels):
        if label is not None:
            places[label].append(place)
    gathered = defaultdict(set)
    for members in places.values():
        for place in members:
            gathered[int(events[place])].add(place)
    mine = [(set(members), place) for members in places.values() for place in members if chosen[place]]
    shared = np.array([len(members & gathered[int(events[place])]) for members, place in mine], float)
    return Measured(
        shared / [len(gathered[int(events[place])]) for _, place in mine],
        shared / [len(members) for members, _ in mine],
        np.array([len(set(events[members])) > 1 for members in places.values() if len(members) > 1 and chosen[members[0]]], float),
        np.array([events[one] == events[other] for one, other in sample.apart if chosen[one]], float),
    )


def together(parts: Sequence[Pairs]) -> Pairs:
    """The pairs of several forms of one feed as one."""
    return Pairs(*(np.concatenate([getattr(part, name) for part in parts]) for name in Pairs.__dataclass_fields__))


def main(feed: Path, events: Path, singles: Path, apart: Path, weights: Path) -> None:
    """Cross-validate, train on everything, store; prints what was reached."""
    forms = {name: read_sample(feed, events, singles, apart, short=name == "short") for name in ("whole", "short")}
    blank = count_troubles(forms["whole"].voices)
    pairs = together([pairs_of(sample, blank) for sample in forms.values()])
    sys.stdout.write(f"{len(pairs.same)} pairs, {int(pairs.same.sum())} of one event\n")
    for name, sample in forms.items():
        for seed in range(SEEDS):
            _tell(f"{name} posts, {FOLDS} folds, drawn {seed}", cross_validate(sample, pairs, blank, seed))
    model = train(pairs, np.ones(len(pairs.same), bool), blank)
    model.save(weights)
    everything = np.ones(len(forms["whole"].labels), bool)
    _tell("on what it was trained on", measure(forms["whole"], gather(forms["whole"].voices, model), everything))
    for name, weight in zip((*FEATURES, *("*".join(pair) for pair in PRODUCTS)), model.weights, strict=True):
        sys.stdout.write(f"  {name} {weight:.3f}\n")


def _tell(what: str, measured: Measured) -> None:
    chance = np.random.default_rng(0)
    bounds = np.percentile([measured.drawn(chance).figures() for _ in range(RESAMPLES)], [2.5, 97.5], axis=0)
    names = ("F1", f"torn of {len(measured.split)}", f"joined of {len(measured.joined)}")
    told = [f"{name} {value:.4f} ({low:.3f}-{high:.3f})" for name, value, low, high in zip(names, measured.figures(), *bounds, strict=True)]
    sys.stdout.write(f"{what}: {', '.join(told)}\n")


async def _collected(sample: Sample, model: LikenessModel) -> Pairs:
    index, numbers = Recollection(), dict[str | None, int]()
    spoken: dict[int, list[int]] = defaultdict(list)
    first, second, found = list[int](), list[int](), list[Numbers]()
    for place, (voice, label) in enumerate(zip(sample.voices, sample.labels, strict=True)):
        keys = keys_of(voice.wording)
        old = [other for event in likeliest(await index.holders(keys)) for other in spoken[event] if sample.labels[other]]
        if label is not None and old:
            found.append(features(voice, [sample.voices[other] for other in old], model)[0])
            first += [place] * len(old)
            second += old
        event = numbers.setdefault(label, place) if label is not None else place
        if len(spoken[event]) < VOICES:
            spoken[event].append(place)
            await index.remember(event, place, voice, keys)
    return _weighed(sample, np.array(first), np.array(second), np.concatenate(found))


def _weighed(sample: Sample, first: NDArray[np.intp], second: NDArray[np.intp], found: Numbers) -> Pairs:
    """Pairs of one large event count less each; noted look-alikes more."""
    size, apart = Counter(sample.labels), {frozenset(pair) for pair in sample.apart}
    same = np.array([sample.labels[one] == sample.labels[other] for one, other in zip(first, second, strict=True)])
    of_event = np.array([3 / size[sample.labels[one]] for one in first])
    noted = np.array([frozenset(pair) in apart for pair in zip(first.tolist(), second.tolist(), strict=True)])
    return Pairs(first, second, found, same, np.where(same, of_event, np.where(noted, APART_WEIGHT, 1.0)))


async def _gathered(voices: Sequence[Voice], model: LikenessModel) -> NDArray[np.intp]:
    index, events = Recollection(), list[int]()
    for place, voice in enumerate(voices):
        keys = keys_of(voice.wording)
        found = await assign(index, voice, keys, model)
        events.append(place if found.event is None else found.event)
        if found.worth_remembering:
            await index.remember(events[-1], place, voice, keys)
    return np.array(events)


def _rows(path: Path) -> list[dict[str, Any]]:
    opener: Any = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:6]))
