"""What the watching knows about one department, compiled once: names, rules, gazetteer, grading policy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from monitoring.cues import Cues, load_cues
from monitoring.gazetteer import listed_places, read_gazetteer
from monitoring.lexicon import Lexicon, all_words
from monitoring.own_weights import OwnWeights, in_force
from monitoring.place import PlaceFinder
from monitoring.policy import GradingPolicy, load_policy
from monitoring.reading import Reading, read_post
from monitoring.relevance import PLACE_MARK
from monitoring.rulebook import Rulebook, load_rules
from storage.seal import Seal


@dataclass(frozen=True)
class Watch:
    """Everything that reading a post needs, compiled. Cheap to pass around, safe to share between threads.

    Attributes:
        rules: of relevance and line.
        cues: word lists of intent, attitude and grave factors.
        places: finds the place of a post, by the department's gazetteer and by the grammar.
        policy: what each factor weighs.
        names: what citizens call the department, besides 城管 and the like.
        salt: of the hash that authors are stored as.
        seal: closes the untouched originals; None where the department keeps none.
        own_weights: what the department's labels have taught; None before it has learned anything.
    """

    rules: Rulebook = field(repr=False)
    cues: Cues = field(repr=False)
    places: PlaceFinder = field(repr=False)
    policy: GradingPolicy = field(repr=False)
    names: tuple[str, ...] = ()
    salt: bytes = field(default=b"", repr=False)
    seal: Seal | None = field(default=None, repr=False)
    own_weights: OwnWeights | None = None

    @cached_property
    def lexicon(self) -> Lexicon:
        """All words of rules and cues, for one pass over a post."""
        words = all_words(rule.rule for rule in self.rules) | frozenset().union(*self.cues.values())
        return Lexicon(tuple(sorted(words)))

    def read(self, title: str, text: str) -> Reading:
        """A post as the rules of relevance see it, with the mark of the place that it names."""
        reading = read_post(title, text, self.lexicon.find)
        where = self.places.find(reading)
        return reading if where.offset is None else reading.marked(PLACE_MARK, where.offset)


def build_watch(
    *,
    names: Sequence[str] = (),
    province: str | None = None,
    city: str | None = None,
    gazetteer: Mapping[str, Sequence[str]] | None = None,
    gazetteer_file: Path | None = None,
    policy_file: Path | None = None,
    rules_file: Path | None = None,
    salt: bytes = b"",
    seal: Seal | None = None,
    learned_folder: Path | None = None,
) -> Watch:
    """Compile what one department watches.

    Args:
        names: what citizens call the department, besides 城管 and the like.
        province, city: the department's place; their names alone are no place to send someone to.
        gazetteer: district -> its known places (streets, estates, markets).
        gazetteer_file: further known places, as TOML or CSV.
        policy_file: the department's own grading policy, instead of the built-in one.
        rules_file: the department's own relevance rules and word lists, beside the built-in ones.
        salt: of the author hash.
        seal: for the originals.
        learned_folder: where `wensheng learn` keeps the department's own weights.

    Raises:
        PolicyError: a file cannot be used; the message says where and why.
    """
    return Watch(
        rules=load_rules(rules_file, names=tuple(names)),
        cues=load_cues(official=names),
        places=PlaceFinder(
            (*listed_places(gazetteer or {}), *(read_gazetteer(gazetteer_file) if gazetteer_file else ())),
            whole=(province or "", city or ""),
        ),
        policy=load_policy(policy_file),
        names=tuple(names),
        salt=salt,
        seal=seal,
        own_weights=in_force(learned_folder) if learned_folder else None,
    )
