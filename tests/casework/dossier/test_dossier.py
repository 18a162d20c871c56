"""卷宗: the same rows give the same document; what it says can be proven from what stands in it; it needs nothing else."""

import hashlib
import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from casework import deputising, publishing
from casework.case import add_step
from casework.dossier.card import dossier_card
from casework.dossier.dossier import Dossier, gather_dossier, note_export
from casework.dossier.page import page
from casework.drafting.draft import FactSlot, ReplyVersion
from casework.drafting.editing import edit_candidate
from casework.signing import approved_reply, submit
from monitoring.item import Attitude, Item, Relevance
from storage import audit
from storage.audit import GENESIS, entry_hash
from tests.casework.room import Room
from tests.casework.test_signing import Desk, holds

PHONE = "13800138000"
HOSTILE = "<script>alert(1)</script>秤都摔了"
LINK = "https://example.org/post/1"


@pytest.fixture
async def desk(room: Room) -> Desk:
    """A case of level II from the first post to the publication: edited twice, signed by one approver and one deputy."""
    desk = await Desk(room).version()
    async with room.database.transaction() as session:
        case, person = await room.case(session), await room.person(session, "吴二")
        session.add(FactSlot(case_id=case.id or 0, ordinal=1, name="谁到场", value="中队长", verified_how="现场电话", verified_by="林一"))
        add_step(session, case, f"摊主电话 {PHONE}", room.now, "林一")
        source = (await room.event(session, case)).first_item_id
        item = await session.get_one(Item, source)
        session.add(
            Item(
                source_id=item.source_id, source_key="x", text=HOSTILE, posted_at=room.now, observed_at=room.now + timedelta(minutes=3),
                relevance=Relevance.YES, line=item.line, intent="投诉", attitude=Attitude.NEGATIVE, event_id=item.event_id,
            )
        )  # fmt: skip
        version = await edit_candidate(session, case, 1, "我们看到了视频，中队长已到现场核实。", person, room.now, room.desk)
        await submit(session, version, person, room.now, (), room.desk)
        desk.version_id = version.id or 0
        people = [await room.person(session, name) for name in ("何四", "林一", "许五")]
        await deputising.name_deputy(session, people[0], people[1], timedelta(days=1), people[0], room.now)
        await deputising.confirm(session, 1, people[2], room.now)
    await desk.approve("郑三")
    desk.version_id = (await _again(desk)).id or 0
    await desk.approve("郑三")
    await desk.approve("何四")
    async with room.database.transaction() as session:
        reply = await approved_reply(session, await session.get_one(ReplyVersion, desk.version_id), room.now, holds)
        person, case = await room.person(session, "吴二"), await room.case(session)
        await publishing.offer(session, reply, person, room.now, room.desk)
        await publishing.record_link(session, case, LINK, person, room.now, room.desk)
        await room.send_all(session)
    return desk


async def _again(desk: Desk) -> ReplyVersion:
    async with desk.room.database.transaction() as session:
        case, person = await desk.room.case(session), await desk.room.person(session, "吴二")
        version = await edit_candidate(session, case, 1, "我们看到了视频，正在现场核实。", person, desk.room.now, desk.room.desk)
        await submit(session, version, person, desk.room.now, (), desk.room.desk)
        return version


async def gathered(desk: Desk, anchors: dict[int, str] | None = None) -> Dossier:
    async with desk.room.database.reading() as session:
        return await gather_dossier(session, await desk.room.case(session), anchors or {})


async def told(desk: Desk) -> dict[str, Any]:
    return dict(json.loads((await gathered(desk)).to_json()))


async def test_the_same_rows_give_the_same_document_to_the_byte(desk: Desk) -> None:
    first = await gathered(desk)
    desk.room.wait(days=3)
    second = await gathered(desk)
    assert (first.to_json(), page(first), first.digest) == (second.to_json(), page(second), second.digest)


async def test_it_says_what_was_known_when_and_who_decided(desk: Desk) -> None:
    file = await told(desk)
    assert [post["observed_at"] for post in file["posts"]] == ["2026-03-06 18:42:00", "2026-03-06 18:45:00"]
    assert file["facts"][0] | {"ordinal": 1} == {
        "ordinal": 1, "name": "谁到场", "value": "中队长", "verified_how": "现场电话", "verified_by": "林一",
    }  # fmt: skip
    assert [(version["number"], version["state"]) for version in file["versions"]] == [(1, "已作废"), (2, "已作废"), (3, "已发布")]
    second, third = file["versions"][1:]
    assert [(one["actor"], one["voided_at"], one["note"]) for one in second["approvals"]] == [
        ("郑三", "2026-03-06 18:42:00", second["note"])
    ]
    assert [one["actor"] for one in third["approvals"]] == ["郑三", "何四"]
    assert (third["made_of"], third["needed"]) == ("第 2 版", 2)
    assert {run["change"] for run in third["changes"]} == {"kept", "struck", "added"}
    assert file["publications"][0]["link"] == LINK
    assert [delivery["state"] for delivery in file["deliveries"]].count("已送达") == 3


async def test_every_hash_can_be_computed_again_from_what_stands_in_it(desk: Desk) -> None:
    file = await told(desk)
    published = file["publications"][0]
    text_ = next(version["text"] for version in file["versions"] if version["number"] == published["version"])
    assert hashlib.sha256(text_.encode()).hexdigest() == published["sha256"]
    assert {one["bound_hash"] for one in file["versions"][2]["approvals"]} == {file["versions"][2]["bound_hash"]}
    for entry in file["audit"]:
        details = json.loads(entry.get("details", "{}"))
        at = datetime.fromisoformat(entry["at"])
        fields = (entry["number"], at, entry["actor"], entry["action"], entry["subject"], details)
        assert entry_hash(*fields, entry["previous_hash"]) == entry["hash"]
    assert file["audit"][0]["previous_hash"] == GENESIS
    actions = {entry["action"] for entry in file["audit"]}
    assert {"case.opened", "case.claimed", "version.written", "version.approved", "version.released", "publication.published"} <= actions


async def test_personal_data_is_masked_but_the_words_that_were_signed_stand(desk: Desk) -> None:
    whole = (await gathered(desk)).to_json()
    assert PHONE not in whole
    assert "我们看到了视频，正在现场核实。" in whole


async def test_the_page_needs_nothing_else_and_runs_nothing(desk: Desk) -> None:
    html = page(await gathered(desk))
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert not re.search(r"(?:src|href)\s*=", html)
    assert re.search(r"<del>[^<]+</del>", html)
    assert re.search(r"<ins>[^<]+</ins>", html)
    assert html.count("<h2") == len((await gathered(desk)).sections)


async def test_a_chain_that_was_changed_is_said_to_be(desk: Desk) -> None:
    async with desk.room.database.reading() as session:
        head = await audit.head(session)
    assert "与库外锚点一致" in page(await gathered(desk, {head[0]: head[1]}))
    async with desk.room.database.transaction() as session:
        await (await session.connection()).execute(text("UPDATE audit_entry SET actor = '别人' WHERE number = 3"))
    dossier = await gathered(desk)
    assert dossier.sections["chain"]["verdict"] == "已被改动"  # type: ignore[call-overload]
    assert dossier.sections["chain"]["broken_at"] == 3  # type: ignore[call-overload]


async def test_taking_it_is_noted_and_belongs_to_the_file_from_then_on(desk: Desk) -> None:
    first = await gathered(desk)
    async with desk.room.database.transaction() as session:
        await note_export(session, first, "许五", desk.room.now)
    second = await gathered(desk)
    assert second.digest != first.digest
    last = (await told(desk))["audit"][-1]
    assert (last["actor"], last["action"], json.loads(last["details"])) == ("许五", "dossier.exported", {"sha256": first.digest})


async def test_the_card_says_what_it_holds(desk: Desk) -> None:
    dossier = await gathered(desk)
    card = dossier_card(dossier, "许五", desk.room.now)
    assert card.rows[0].text.startswith("信息 2 条、版本 3 个、签发 3 份、发布 1 次、审计 ")
    assert (card.page, dossier.digest in card.as_text()) == ("/cases/A1/dossier", True)
