"""What the watching knows about one department, compiled once: names, rules, gazetteer, grading policy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from storage.seal import Seal


@dataclass(frozen=True)
class Watch:
    """Everything that reading a post needs, compiled. Cheap to pass around, safe to share between threads.

    Attributes:
        salt: of the hash that authors are stored as.
        seal: closes the untouched originals; None where the department keeps none.
    """

    names: tuple[str, ...] = ()
    province: str | None = None
    city: str | None = None
    salt: bytes = b""
    seal: Seal | None = None


def build_watch(
    *,
    names: Sequence[str] = (),
    province: str | None = None,
    city: str | None = None,
    gazetteer: Mapping[str, Sequence[str]] | None = None,
    policy_file: Path | None = None,
    rules_file: Path | None = None,
    salt: bytes = b"",
    seal: Seal | None = None,
) -> Watch:
    """Compile what one department watches.

    Args:
        names: what citizens call the department, besides 城管 and the like.
        province, city: the department's place; their names alone are no place to send someone to.
        gazetteer: district -> its known places (streets, estates, markets).
        policy_file, rules_file: the department's own grading policy and relevance rules, instead of the built-in ones.
        salt: of the author hash.
        seal: for the originals.

    Raises:
        PolicyError: a file cannot be used; the message says where and why.
    """
    return Watch(names=tuple(names), province=province, city=city, salt=salt, seal=seal)
