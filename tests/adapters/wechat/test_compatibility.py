"""Loading wechaty changes nothing but itself."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.wechat

ROOT = Path(__file__).parents[3]
PROBE = """
import logging, os, sys
import adapters.chat.wechat
assert "wechaty" not in sys.modules, "opening no chat must not load wechaty"
environment = dict(os.environ)
import adapters.chat.wechat.compatibility
assert "wechaty" in sys.modules
assert os.listdir() == [], os.listdir()
assert dict(os.environ) == environment
assert not logging.getLogger().handlers
assert logging.getLogger("anything").getEffectiveLevel() == logging.WARNING
logging.getLogger("wechaty.Message").error("what people say")
"""


def test_loading_leaves_folder_environment_and_logging_alone(tmp_path: Path) -> None:
    probe = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROBE], cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert (probe.returncode, probe.stdout, probe.stderr) == (0, "", "")
