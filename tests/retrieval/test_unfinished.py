"""Reading an answer while it is being said."""

import json

from hypothesis import given
from hypothesis import strategies as st

from retrieval.unfinished import finished_items

ITEMS = st.lists(st.fixed_dictionaries({"text": st.text(), "refs": st.lists(st.text(max_size=3), max_size=2)}), max_size=4)


@given(ITEMS, st.booleans(), st.data())
def test_what_is_said_to_its_end_is_read_and_nothing_else(items: list[dict[str, object]], escaped: bool, data: st.DataObject) -> None:
    whole = "好的：" + json.dumps({"note": "[{", "sentences": items, "more": [{"text": "no"}]}, ensure_ascii=escaped)
    told = data.draw(st.integers(0, len(whole)))
    read = finished_items(whole[:told], "sentences")
    assert read == items[: len(read)]
    assert finished_items(whole, "sentences") == items
    assert len(finished_items(whole[:told], "sentences")) <= len(finished_items(whole[: told + 1], "sentences"))


def test_what_is_no_list_gives_nothing() -> None:
    for said in ("", "我是模型", '{"sentences": "不"}', '{"sentences"', '{"sentences": [1, 2]}', '{"sentences": [' + '{"a":' * 5000):
        assert finished_items(said, "sentences") == []
