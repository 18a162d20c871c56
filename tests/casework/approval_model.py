"""What an approval is, told a second time in plain Python: no database, nothing of the house but its words."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

ROLES = {
    "林一": {"duty", "drafter"}, "吴二": {"duty", "drafter"}, "郑三": {"duty", "approver"}, "何四": {"approver"}, "许五": {"admin"},
    "孙六": {"drafter", "approver"},
}  # fmt: skip
PUBLISHERS = {"duty", "drafter", "approver"}
SLOT = "【待核实：处理结果】"
QUOTE = "执法人员应当出示证件，说明理由。"
COMPOSED = f"我们看到了视频。{SLOT}。"
VALID = {1: timedelta(hours=12), 2: timedelta(hours=12), 3: timedelta(hours=24), 4: timedelta(hours=24)}
ON_THE_WAY = ("submitted", "approved")
STANDING = ("editing", *ON_THE_WAY)
IN_DOUBT = ("publishing", "uncertain")


def sentences(text: str) -> set[str]:
    return {part.strip() for part in re.split(r"[。！？；\n]+", text) if part.strip()}


@dataclass
class Text:
    """One version. `hands`: those who certainly wrote some of it; `authors`: whom the house holds for its authors, at least these."""

    number: int
    text: str
    revision: int
    level: int
    hands: set[str]
    authors: set[str]
    state: str = "editing"
    signed: list[tuple[str, str | None]] = field(default_factory=list)
    ends: datetime | None = None
    publication: str | None = None

    @property
    def needed(self) -> int:
        return 2 if self.level in (1, 2) else 1

    @property
    def people(self) -> list[str]:
        """Everybody whose word it is, as often as it is given."""
        return [name for signer, principal in self.signed for name in {signer, principal or signer}]

    def end(self, state: str) -> None:
        self.state, self.signed = state, []


@dataclass
class Mandate:
    principal: str
    deputy: str
    begins: datetime
    ends: datetime
    named_by: str
    confirmed: bool = False
    ended: bool = False

    def holds(self, now: datetime) -> bool:
        return self.confirmed and not self.ended and self.begins <= now < self.ends


@dataclass
class World:
    """One case. Every method says whether the act is to be done and, if so, does it."""

    now: datetime
    level: int
    revision: int = 1
    live: bool = True
    repealed: bool = False
    fact: tuple[str, str] | None = None
    texts: list[Text] = field(default_factory=list)
    mandates: list[Mandate] = field(default_factory=list)
    typed: dict[str, set[str]] = field(default_factory=dict)
    lowered: set[str] = field(default_factory=set)
    """Who lowered the case from I or II, and therefore never is the only one who signs."""

    def filled(self, text: str) -> str:
        return text.replace(SLOT, self.fact[0]) if self.fact else text

    def has_moved_on(self, text: Text) -> bool:
        return text.revision != self.revision or (self.repealed and QUOTE in text.text)

    def write(self, who: str, text: str, typed: bool) -> Text:
        for old in self.texts:
            if old.state in STANDING:
                old.end("void")
        text = self.filled(text)
        hands = {"林一", who} | {name for part in sentences(text) for name in self.typed.get(part, ())}
        if self.fact and self.fact[0] in text:
            hands.add(self.fact[1])
        if typed:
            for part in sentences(text) - sentences(self.filled(COMPOSED)):
                self.typed.setdefault(part, set()).add(who)
        self.texts.append(Text(len(self.texts) + 1, text, self.revision, self.level, hands, set(hands)))
        return self.texts[-1]

    def edit(self, who: str, text: str) -> bool:
        if not self.live:
            return False
        self.write(who, text, typed=True)
        return True

    def fill(self, who: str, value: str) -> bool:
        self.fact, self.revision = (value, who), self.revision + 1
        standing = [text for text in self.texts if text.state in STANDING]
        for old in standing:
            old.end("void")
        if standing:
            old = standing[-1]
            self.texts.append(
                Text(len(self.texts) + 1, self.filled(old.text), self.revision, self.level, old.hands | {who}, old.authors | {who})
            )
        return True

    def submit(self, who: str) -> bool:
        if not ROLES[who] & {"drafter", "duty"} or not self.live:
            return False
        newest = self.texts[-1] if self.texts else None
        if newest and (newest.state in ("returned", "published") or (newest.state in ON_THE_WAY and newest.revision == self.revision)):
            return False
        ready = newest is not None and newest.state == "editing" and newest.revision == self.revision
        if SLOT in (newest.text if ready and newest else self.filled(newest.text if newest else COMPOSED)):
            return False
        text = newest if ready and newest else self.write(who, newest.text if newest else COMPOSED, typed=False)
        for other in self.texts:
            if other is not text and other.state in ON_THE_WAY:
                other.end("void")
        text.state = "submitted"
        return True

    def word_of(self, who: str, text: Text) -> tuple[str, str | None] | None:
        """By what the person may sign now."""
        barred = text.authors | (self.lowered if text.needed == 1 else set())
        if who in barred or who in text.people:
            return None
        if "approver" in ROLES[who]:
            return who, None
        held = sorted((m for m in self.mandates if m.deputy == who and m.holds(self.now)), key=lambda m: m.ends)
        free = [m.principal for m in held if m.principal not in barred and m.principal not in text.people]
        return (who, free[0]) if free else None

    def approve(self, who: str, text: Text) -> str:
        word = self.word_of(who, text)
        if word is None or text.state != "submitted":
            return "refused"
        if self.has_moved_on(text):
            text.end("void")
            return "void"
        text.signed.append(word)
        if len(text.signed) < text.needed:
            return "partly"
        text.state, text.ends = "approved", self.now + VALID[text.level]
        return "fully"

    def send_back(self, who: str, text: Text) -> bool:
        if "approver" not in ROLES[who] or text.state != "submitted":
            return False
        text.end("returned")
        return True

    def withdraw(self, who: str, text: Text) -> bool:
        may = "approver" in ROLES[who] or who in text.authors or who in [signer for signer, _ in text.signed]
        if not may or text.publication in (*IN_DOUBT, "published") or text.state not in STANDING:
            return False
        text.end("withdrawn")
        return True

    def moved(self, revision: int, level: int) -> None:
        """The event has another revision: what was on its way for an older one is void."""
        self.revision, self.level = revision, level
        for text in self.texts:
            if text.state in ON_THE_WAY and text.revision != revision:
                text.end("void")

    def step(self) -> None:
        for text in self.texts:
            if text.state == "approved" and text.ends and text.ends <= self.now and text.publication not in IN_DOUBT:
                text.end("void")

    def may_go_out(self, text: Text) -> bool:
        return text.state == "approved" and text.ends is not None and self.now < text.ends and not self.has_moved_on(text)

    def publish(self, who: str, text: Text, by_machine: bool, looked: bool) -> bool:
        others = any(other.publication in IN_DOUBT for other in self.texts if other is not text)
        if not self.may_go_out(text) or others or not ROLES[who] & PUBLISHERS or text.publication == "published":
            return False
        if text.publication == "publishing" or (text.publication == "uncertain" and not (by_machine and looked)):
            return False
        if by_machine and text.publication == "offered" and not looked:
            return False  # somebody may have posted it by hand
        text.publication = "publishing" if by_machine else "offered"
        return True

    def answered(self, text: Text, state: str) -> None:
        """How a publication by machine ended."""
        if text.publication == "publishing":
            text.publication = state
            if state == "published" and text.state == "approved":
                text.state = "published"

    def register(self, who: str) -> bool:
        """已发: the newest publication that waits for its link."""
        waiting = [text for text in self.texts if text.publication in ("offered", *IN_DOUBT, "failed")]
        if not waiting or not ROLES[who] & PUBLISHERS:
            return False
        last = max(waiting, key=lambda text: text.number)
        last.publication = "published"
        if last.state == "approved":
            last.state = "published"
        return True

    def name(self, principal: str, deputy: str, by: str, days: int) -> bool:
        may = by == principal or "admin" in ROLES[by]
        eligible = "approver" in ROLES[principal] and "approver" not in ROLES[deputy] and ROLES[deputy] & {"duty", "drafter"}
        standing = [m for m in self.mandates if not m.ended and m.ends > self.now and (m.principal, m.deputy) == (principal, deputy)]
        if not may or not eligible or standing:
            return False
        self.mandates.append(Mandate(principal, deputy, self.now, self.now + timedelta(days=days), by))
        return True

    def confirm(self, mandate: Mandate, by: str) -> bool:
        may = ROLES[by] & {"admin", "approver"} and by not in (mandate.named_by, mandate.deputy)
        if not may or mandate.confirmed or mandate.ended or mandate.ends <= self.now:
            return False
        mandate.confirmed = True
        return True

    def end_mandate(self, mandate: Mandate, by: str) -> bool:
        may = by in (mandate.principal, mandate.deputy, mandate.named_by) or ROLES[by] & {"admin", "approver"}
        if not may or mandate.ended or mandate.ends <= self.now:
            return False
        mandate.ended = True
        return True

    def over(self) -> None:
        """The case ends: nothing is on its way any more."""
        self.live = False
        for text in self.texts:
            if text.state in ON_THE_WAY:
                text.end("void")
