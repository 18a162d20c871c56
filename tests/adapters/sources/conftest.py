"""What the tests of sources share: the child that parses is ended with them."""

from collections.abc import Iterator

import pytest

from tests.adapters.sources.site import READING


@pytest.fixture(scope="session", autouse=True)
def _reading() -> Iterator[None]:
    yield
    READING.close()
