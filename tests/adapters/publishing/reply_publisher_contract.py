"""What every ReplyPublisher keeps, and tests that show it. Inherit, and give the fixtures `platform` and `publisher`."""

from dataclasses import replace
from datetime import timedelta

import pytest

from casework.approval import ApprovedReply
from casework.errors import PublishError
from casework.publication import ReplyPublisher
from storage.clock import ManualClock
from tests.adapters.publishing.platforms import ACCEPTED, NOT_OUT, Fault, Platform

TEXT = "我们看到了视频，正在现场核实。\n\n结果会在今晚 22:00 前在这里公布 <不回避> & 不拖延。"
REPLY = ApprovedReply("A12", 7, 3, "微博评论", TEXT, "ab" * 32, ("郑三", "何四"))
KEY = "A12-3-abababababababab"
LONG_ENOUGH = timedelta(minutes=30)


class ReplyPublisherContract:
    """A text is out once, exactly as approved; what is not known is called uncertain; nothing is tried again by the publisher itself."""

    async def test_it_stands_there_word_for_word(self, publisher: ReplyPublisher, platform: Platform) -> None:
        link = await publisher.publish(REPLY, KEY)
        assert platform.texts == [TEXT]
        assert link.startswith("https://")

    async def test_two_texts_stand_at_two_places(self, publisher: ReplyPublisher, platform: Platform) -> None:
        first = await publisher.publish(REPLY, KEY)
        second = await publisher.publish(replace(REPLY, text="结果如下。", version_number=4), "A12-4-cd")
        assert (len({first, second}), platform.texts) == (2, [TEXT, "结果如下。"])

    @pytest.mark.parametrize("fault", NOT_OUT)
    async def test_a_refusal_says_that_nothing_is_out_and_may_be_tried_again(
        self, publisher: ReplyPublisher, platform: Platform, fault: Fault
    ) -> None:
        platform.faults = [fault]
        with pytest.raises(PublishError) as refused:
            await publisher.publish(REPLY, KEY)
        assert (refused.value.uncertain, platform.texts) == (False, [])
        assert "没有发出" in str(refused.value)
        await publisher.publish(REPLY, KEY)
        assert platform.texts == [TEXT]

    @pytest.mark.parametrize("fault", [*ACCEPTED, Fault.BROKEN, Fault.LOST])
    async def test_without_a_clear_answer_it_is_uncertain_and_was_tried_once(
        self, publisher: ReplyPublisher, platform: Platform, fault: Fault
    ) -> None:
        platform.faults = [fault]
        with pytest.raises(PublishError) as failed:
            await publisher.publish(REPLY, KEY)
        assert (failed.value.uncertain, platform.attempts) == (True, 1)
        assert platform.texts == ([TEXT] if fault in ACCEPTED else [])

    async def test_behind_a_closed_door_nothing_was_sent(self, publisher: ReplyPublisher, platform: Platform) -> None:
        await platform.__aexit__()
        with pytest.raises(PublishError) as failed:
            await publisher.publish(REPLY, KEY)
        assert not failed.value.uncertain


class FindingContract(ReplyPublisherContract):
    """Also for publishers that can be asked what stands there: found, surely absent, or not to be told; never a wrong answer."""

    @pytest.mark.parametrize("fault", ACCEPTED)
    async def test_what_was_accepted_without_an_answer_is_found(
        self, publisher: ReplyPublisher, platform: Platform, clock: ManualClock, fault: Fault
    ) -> None:
        platform.faults, since = [fault], clock.now()
        with pytest.raises(PublishError):
            await publisher.publish(REPLY, KEY)
        assert await publisher.find(TEXT, KEY, since) == platform.posted[0].link

    @pytest.mark.parametrize("fault", [Fault.BROKEN, Fault.LOST])
    async def test_what_was_lost_is_absent_once_it_can_no_longer_appear(
        self, publisher: ReplyPublisher, platform: Platform, clock: ManualClock, fault: Fault
    ) -> None:
        platform.faults, since = [fault], clock.now()
        with pytest.raises(PublishError):
            await publisher.publish(REPLY, KEY)
        clock.move_to(since + LONG_ENOUGH)
        assert await publisher.find(TEXT, KEY, since) is None

    async def test_another_text_is_not_taken_for_it(self, publisher: ReplyPublisher, platform: Platform, clock: ManualClock) -> None:
        since = clock.now()
        platform.post(TEXT.replace("22:00", "23:00"), "another")
        clock.move_to(since + LONG_ENOUGH)
        assert await publisher.find(TEXT, KEY, since) is None

    @pytest.mark.parametrize("answer", [(500, "{}"), (404, "{}"), (401, "{}"), (200, "<html>"), (200, '"ok"'), (200, "[1]"), (200, "{}")])
    async def test_an_answer_that_tells_nothing_is_no_absence(
        self, publisher: ReplyPublisher, platform: Platform, clock: ManualClock, answer: tuple[int, str]
    ) -> None:
        since, platform.look_fault = clock.now(), answer
        clock.move_to(since + LONG_ENOUGH)
        with pytest.raises(PublishError) as untold:
            await publisher.find(TEXT, KEY, since)
        assert untold.value.uncertain

    async def test_behind_a_closed_door_nothing_can_be_told(
        self, publisher: ReplyPublisher, platform: Platform, clock: ManualClock
    ) -> None:
        await platform.__aexit__()
        with pytest.raises(PublishError):
            await publisher.find(TEXT, KEY, clock.now() - LONG_ENOUGH)
