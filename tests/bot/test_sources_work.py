"""`wensheng sources …` as an administrator types it."""

import json
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest
from typer.testing import CliRunner

from adapters.sources.presets import presets, source_of
from bot.cli import app
from bot.settings import load_settings
from monitoring.errors import SourceError

SETTINGS = """
[department]
name = "东桥市城市管理局"
names = ["东桥城管"]

[[sources]]
name = "厂商"
kind = "webhook"
"""
ITEMS = "".join(
    f"<item><guid>{number}</guid><title>柳岸夜市的摊贩又把盲道占了 {number}</title>"
    "<description>城管来了就走，走了又来，管管吧</description>"
    f"<pubDate>Fri, 06 Mar 2026 0{number}:00:00 GMT</pubDate></item>"
    for number in range(6)
)
RSS = f'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>{ITEMS}</channel></rss>'
API = {"data": {"list": [{"id": n, "content": "路灯坏了三天没人修，城管热线打不通…", "user": {"name": "某"}} for n in range(4)]}}
LIST = (
    '<html><head><link rel="alternate" type="application/rss+xml" href="/rss"></head>'
    '<body><nav><a href="/a">首页</a></nav><ul class="letters">'
    + "".join(
        f'<li><a href="/letter/{n}">关于柳岸路井盖缺失的来信 {n}</a><span class="date">2026-03-0{n + 1}</span></li>' for n in range(5)
    )
    + "</ul></body></html>"
)


class Town(BaseHTTPRequestHandler):
    """A site of the town."""

    pages: ClassVar[dict[str, tuple[str, str]]] = {
        "/rss": ("application/rss+xml", RSS), "/api": ("application/json", json.dumps(API)), "/letters": ("text/html", LIST),
        "/empty": ("text/html", "<html><body><p>请登录</p></body></html>"),
        "/robots.txt": ("text/plain", "User-agent: *\nDisallow: /letters\n"),
    }  # fmt: skip

    def do_GET(self) -> None:
        kind, body = self.pages.get(self.path, ("", ""))
        self.send_response(200 if kind else 404)
        self.send_header("content-type", kind)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture
def town() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Town)
    serving = Thread(target=server.serve_forever, daemon=True)
    serving.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    serving.join()
    server.server_close()


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    path = tmp_path / "wensheng.toml"
    path.write_text(SETTINGS, encoding="utf-8")
    return path


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["sources", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


def tried(settings: Path, target: str | Path) -> tuple[int, dict[str, Any]]:
    code, output = run("test", target, "-s", settings, "--json")
    return code, json.loads(output)


def test_a_feed(settings: Path, town: str) -> None:
    code, found = tried(settings, f"{town}/rss")
    assert (code, found["kind"], found["posts"], len(found["newest"])) == (0, "feed", 6, 5)
    assert found["newest"][0]["title"].endswith("5")
    assert found["ours"] == 6
    _, output = run("test", f"{town}/rss", "-s", settings)
    assert "类型 feed · 取到 6 条" in output
    assert "【市容秩序" in output


def test_a_json_interface_with_its_mapping(settings: Path, town: str) -> None:
    code, found = tried(settings, f"{town}/api")
    assert (code, found["kind"], found["posts"]) == (0, "api", 4)
    assert found["options"] == {"items": "data.list", "fields": {"key": "id", "text": "content", "author": "user.name"}}
    assert any("没有发布时间" in warning for warning in found["warnings"])
    assert any("截短" in warning for warning in found["warnings"])


def test_a_list_page_with_its_selectors(settings: Path, town: str) -> None:
    code, found = tried(settings, f"{town}/letters")
    assert (code, found["kind"], found["posts"]) == (0, "page", 5)
    assert found["options"] == {"list": "ul.letters > li", "title": "a", "time": "span.date"}
    assert found["newest"][0]["time"].startswith("2026-03-05")
    assert any(f"{town}/rss" in warning for warning in found["warnings"])
    assert any("robots.txt" in warning for warning in found["warnings"])


def test_what_cannot_be_read_is_one_sentence(settings: Path, town: str, tmp_path: Path) -> None:
    for target, sentence in (
        (f"{town}/empty", "也看不出是列表网页"), (f"{town}/none", "404"), (tmp_path / "none.csv", "找不到文件"), ("厂商", "由对方推送"),
    ):  # fmt: skip
        code, output = run("test", target, "-s", settings)
        assert (code, sentence in output, len(output.strip().splitlines())) == (1, True, 1)


def test_a_table_tells_which_column_became_what(settings: Path, tmp_path: Path) -> None:
    tickets = tmp_path / "工单.csv"
    tickets.write_text(
        "工单编号,诉求内容,受理时间,办理时限,联系电话,状态\n1,城管没来收垃圾 13800138000,2026-03-06 10:00,24小时,13800138000,办理中\n",
        "gb18030",
    )
    code, output = run("test", tickets, "-s", settings)
    assert code == 0
    assert "诉求内容 → 内容" in output
    assert "联系电话 → 电话（不入库）" in output
    assert "没用到：状态" in output
    assert "（办理时限 03-07 10:00）" in output
    assert "13800138000" not in output


def test_the_board_without_sources_and_with(settings: Path) -> None:
    code, output = run("list", "-s", settings, "--json")
    assert (code, [(view["name"], view["condition"]) for view in json.loads(output)]) == (0, [("厂商", "pushed")])
    assert "等对方推送" in run("list", "-s", settings)[1]


def test_every_preset_says_what_it_needs_and_makes_a_source(tmp_path: Path) -> None:
    output = run("presets")[1]
    assert [each["key"] for each in json.loads(run("presets", "--json")[1])] == list(presets())
    platforms = {"weibo-keyword", "weibo-user", "weibo-super-topic", "tieba-forum", "bilibili-search", "people-liuyan", "mastodon-tag"}
    assert platforms <= set(presets())
    written = ['[department]\nname = "东桥市城市管理局"\n']
    for key, preset in presets().items():
        assert f"{key} " in output
        assert preset.weakness
        arguments = [word for name in preset.parameters for word in (f"--{name}", f"值/{key} {name}")]
        code, block = run("add", key, *arguments, "--print", "--tier", "C")
        assert code == 0
        written.append(block)
    (tmp_path / "wensheng.toml").write_text("\n".join(written), encoding="utf-8")
    assert len(load_settings(tmp_path / "wensheng.toml").sources) == len(presets())


def test_a_preset_is_written_to_the_end_of_the_settings(settings: Path) -> None:
    code, output = run("add", "weibo-keyword", "--keyword", "东桥城管", "-s", settings)
    assert (code, "WEIBO_COOKIES" in output) == (0, True)
    added = tomllib.loads(settings.read_text(encoding="utf-8"))["sources"][-1]
    assert added == {
        "name": "微博-东桥城管", "kind": "feed",
        "address": "http://localhost:1200/weibo/keyword/%E4%B8%9C%E6%A1%A5%E5%9F%8E%E7%AE%A1", "tier": "A",
        "options": {"private_hosts": ["localhost"]},
    }  # fmt: skip
    before = settings.read_text(encoding="utf-8")
    for arguments in (
        ("weibo-keyword", "--keyword", "东桥城管"), ("weibo-keyword",), ("weibo-keyword", "--key", "x"), ("weibo-keyword", "东桥"),
        ("none", "--x", "y"),
        ("weibo-keyword", "--keyword", "别的", "--tier", "Z"),
    ):  # fmt: skip
        code, output = run("add", *arguments, "-s", settings)
        assert (code, len(output.strip().splitlines())) == (1, 1)
        assert settings.read_text(encoding="utf-8") == before


def test_only_a_private_rsshub_is_allowed_by_name() -> None:
    for address, hosts in (
        ("https://rsshub.example.com", None), ("http://rsshub:1200", ["rsshub"]), ("http://10.0.0.3:1200/", ["10.0.0.3"]),
        ("http://hub.lan", ["hub.lan"]),
    ):  # fmt: skip
        source = source_of("people-liuyan", {"fid": "539"}, rsshub=address)
        assert source["options"].get("private_hosts") == hosts
        assert source["address"] == f"{address.rstrip('/')}/people/liuyan/539"
    with pytest.raises(SourceError, match="keyword"):
        source_of("weibo-keyword", {"keyword": ""})
