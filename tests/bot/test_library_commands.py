"""`wensheng kb`: a morning with two versions of one rule, from the folder to a search on an earlier day."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from tests.knowledge_base.made_files import docx, pdf, wrapped

SETTINGS = """
data_dir = "{folder}/data"
[department]
name = "东桥市城市管理局"
province = "禾川省"
city = "东桥市"
[[staff]]
name = "赵岩"
roles = ["admin"]
[[staff]]
name = "李雯"
roles = ["duty"]
"""
TITLE = "东桥市养犬管理办法"


def law(year: int, fine: str) -> list[str]:
    note, begins = f"（{year}年3月1日东桥市人民政府发布）", f"第三条 本办法自{year}年5月1日起施行。"
    return [TITLE, note, "第一条 养犬应当登记。", f"第二条 违者处{fine}元罚款。", begins]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "wensheng.toml").write_text(SETTINGS.format(folder=tmp_path), encoding="utf-8")
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a.pdf").write_bytes(pdf(wrapped(law(2019, "五十"), lines=3)))
    (tmp_path / "files" / "b.docx").write_bytes(docx(law(2024, "二百")))
    return tmp_path


def kb(folder: Path, *arguments: str) -> tuple[int, str]:
    """The exit code and what was printed."""
    result = CliRunner().invoke(app, ["kb", *arguments], env={"WENSHENG_SETTINGS": str(folder / "wensheng.toml")})
    return result.exit_code, result.output


def found(folder: Path, *arguments: str) -> list[dict[str, object]]:
    _, printed = kb(folder, "search", "养犬罚款", "--json", *arguments)
    hits: list[dict[str, object]] = json.loads(printed)
    return [hit for hit in hits if str(hit["name"]).endswith("第二条")]


def test_a_preview_stores_nothing(folder: Path) -> None:
    code, printed = kb(folder, "preview", str(folder / "files"))
    assert code == 0
    for words in (TITLE, "2019-03-01", "2019-05-01", "适用地：东桥", "第一条　养犬应当登记。"):
        assert words in printed
    assert not (folder / "data").exists()


def test_from_the_folder_to_a_search_on_an_earlier_day(folder: Path) -> None:
    assert kb(folder, "import", "--no-approve", str(folder / "files"))[0] == 0
    assert kb(folder, "search", "养犬罚款")[0] == 1, "nothing is cited before it is approved"
    assert kb(folder, "list", "--waiting")[1].count("待审") == 2
    code, printed = kb(folder, "approve", "1", "2", "--by", "李雯")
    assert (code, "赵岩" in printed) == (1, True)
    assert kb(folder, "approve", "1", "2", "--by", "赵岩")[0] == 0
    assert [hit["text"] for hit in found(folder)] == ["违者处二百元罚款。"]
    assert "违者处二百元罚款。" in kb(folder, "search", "养犬办法", "第二条")[1], "a title and an article, as people type them"
    (old,) = found(folder, "--on", "2020-01-01")
    assert (old["text"], old["in_force_today"], old["ended_on"]) == ("违者处五十元罚款。", False, "2024-05-01")
    assert "旧版，现已失效（2024-05-01 止）" in kb(folder, "search", "养犬罚款", "--on", "2020-01-01")[1]
    printed = kb(folder, "diff", "2")[1]
    assert "～ 第二条　违者处[-五十" in printed
    assert "第一条" not in printed


def test_rolling_back_repealing_deleting(folder: Path) -> None:
    kb(folder, "import", str(folder / "files"))
    assert "停用的较新版本：《东桥市养犬管理办法》（2）" in kb(folder, "rollback", "1", "--by", "赵岩")[1]
    assert [hit["text"] for hit in found(folder)] == ["违者处五十元罚款。"]
    kb(folder, "repeal", "1", "--by", "赵岩", "--on", "2025-01-01", "--reason", "东政发〔2025〕1号")
    assert found(folder) == []
    assert len(found(folder, "--on", "2024-12-31")) == 1
    kb(folder, "delete", "2", "--by", "赵岩")
    assert kb(folder, "show", "2")[0] == 1
    assert "已有而跳过 2 份" in kb(folder, "import", str(folder / "files"))[1], "the folder does not bring it back"
    assert "没有超过一年未复核的文件" in kb(folder, "review")[1]
    assert "赵岩" in kb(folder, "review", "1", "--by", "赵岩")[1]
