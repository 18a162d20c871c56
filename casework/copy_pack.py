"""复制包: the approved text for a person's hand, with what to do in that channel, step by step."""

from sqlmodel.ext.asyncio.session import AsyncSession

from casework.ai_label import was_written_by_model
from casework.alert_card import case_page
from casework.approval import ApprovedReply
from casework.case import Case
from casework.desk import Desk
from casework.message import Card, CardKind, Row
from casework.situation import situation_of
from prompts import say, words


async def copy_card(session: AsyncSession, case: Case, reply: ApprovedReply, desk: Desk) -> Card:
    """The text word for word, where it goes, and what is asked back."""
    labels, first = words("publishing.labels"), (await situation_of(session, case)).first
    rows = [Row(labels["steps"], words("publishing.steps").get(reply.channel, say("publishing.steps_other")))]
    if first and first.url:
        rows.append(Row(labels["original"], first.source, link=first.url))
    if hosts := desk.channel_hosts.get(reply.channel):
        rows.append(Row(labels["hosts"], say("casework.comma").join(hosts)))
    if desk.ai_label and await was_written_by_model(session, reply.version_id):
        rows.append(Row(labels["ai"], say("publishing.ai_hint")))
    approvers = say("casework.comma").join(reply.approvers)
    return Card(
        CardKind.NOTICE, say("casework.offer_head", number=case.number, version=reply.version_number, approvers=approvers),
        title=say("casework.offer_title", channel=reply.channel), rows=tuple(rows), copy_text=reply.text,
        hint=say("casework.offer_hint", number=case.number), case_number=case.number, page=case_page(case.number),
    )  # fmt: skip
