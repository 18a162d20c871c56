"""The command line. Every command imports what it needs only when it runs, so that --help answers at once."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.command_line import DEFAULT_SETTINGS, AsJson, SettingsPath
from bot.command_line import finish as _finish
from bot.library_commands import kb

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="闻声：听见、分级、拟稿、签发、回访，都在值班群里。", pretty_exceptions_enable=False
)
audit = typer.Typer(no_args_is_help=True, help="审计链。")
case = typer.Typer(no_args_is_help=True, help="工单的卷宗。")
sources = typer.Typer(no_args_is_help=True, help="信源。")
staff = typer.Typer(no_args_is_help=True, help="人员与登录。")
alerts = typer.Typer(no_args_is_help=True, help="预警：发到哪里，何时响铃。")
rules = typer.Typer(no_args_is_help=True, help="本单位的相关性规则：检查文件，在存档上试跑。")
evaluate = typer.Typer(no_args_is_help=True, help="用自己标注的数据度量：JSON 行进，JSON 行出。")
GROUPS = (
    ("kb", kb), ("audit", audit), ("case", case), ("sources", sources), ("staff", staff), ("alerts", alerts), ("rules", rules),
    ("eval", evaluate),
)  # fmt: skip
for name, group in GROUPS:
    app.add_typer(group, name=name)

Out = Annotated[Path, typer.Option("--out", help="结果写到这里（.jsonl）。")]


@app.command()
def demo(
    headless: Annotated[bool, typer.Option("--headless", help="不开网页，把一条帖子的全程打印出来。")] = False,
    port: Annotated[int, typer.Option(help="网页值班室的端口。")] = 8765,
    browser: Annotated[bool, typer.Option(help="自动打开浏览器。")] = True,
) -> None:
    """样板城市「澜汀市」：全部内置，不用账号、模型和网络。"""
    if headless:
        from bot.transcript import headless as print_transcript

        _finish(print_transcript())
    from bot.demo import live

    _finish(live(port, open_browser=browser))


@app.command()
def init(path: Annotated[Path, typer.Argument(help="写到哪里。")] = DEFAULT_SETTINGS) -> None:
    """问几个问题，写出设置文件。"""
    from bot.init import write_settings

    _run(lambda: write_settings(path))


@app.command()
def doctor(settings: SettingsPath = DEFAULT_SETTINGS) -> None:
    """检查设置、数据库、账号和磁盘，逐项说明问题和办法。"""
    from bot.doctor import examine

    _finish(examine(settings))


@app.command()
def run(settings: SettingsPath = DEFAULT_SETTINGS) -> None:
    """开始值守：抓取、预警、收发群消息，直到 Ctrl-C。"""
    from bot.service import serve

    _finish(serve(settings))


@app.command()
def ask(question: str, settings: SettingsPath = DEFAULT_SETTINGS, as_json: AsJson = False) -> None:
    """向知识库提问：条款逐字引用；没有依据就直说。"""
    from bot import desk_work

    _finish(desk_work.ask(settings, question, as_json=as_json))


@app.command()
def draft(
    text: Annotated[str, typer.Argument(help="帖子原文；- 从标准输入读。")],
    settings: SettingsPath = DEFAULT_SETTINGS,
    as_json: AsJson = False,
) -> None:
    """为任意一条帖子拟三份候选回复（只显示，不入库）。"""
    from bot import desk_work

    _finish(desk_work.draft(settings, sys.stdin.read() if text == "-" else text, as_json=as_json))


@app.command()
def evidence(
    number: Annotated[str, typer.Argument(help="工单号，如 A12。")],
    settings: SettingsPath = DEFAULT_SETTINGS,
    out: Annotated[Path | None, typer.Option(help="把快照写到这个文件夹（含个人信息，只有本人可读）。")] = None,
) -> None:
    """原帖快照：何时看到、SHA-256 是否一致；原帖删了也拿得出证据。"""
    from bot import evidence_work

    _finish(evidence_work.show_evidence(settings, number, out))


@audit.command("verify")
def audit_verify(settings: SettingsPath = DEFAULT_SETTINGS) -> None:
    """重算整条审计链，并与数据库外的锚点核对。"""
    from bot import record_work

    _finish(record_work.verify_audit(settings))


@case.command("export")
def case_export(
    number: Annotated[str, typer.Argument(help="工单号，如 A12。")],
    out: Annotated[Path, typer.Option("--out", help="写到这个文件（只有本人可读）。")],
    settings: SettingsPath = DEFAULT_SETTINGS,
    by: Annotated[str, typer.Option(help="取阅人姓名（值班员、管理员或审计员），记入审计链。")] = "",
    as_json: AsJson = False,
) -> None:
    """导出一个工单的卷宗：何时得知、谁决定、依据、各版改动、签发、发布、审计链核对，一份可打印的网页。"""
    from bot import dossier_work

    _finish(dossier_work.export(settings, number, out, by, as_json=as_json))


@sources.command("list")
def sources_list(settings: SettingsPath = DEFAULT_SETTINGS, as_json: AsJson = False) -> None:
    """各信源的状态：抓取、产出、异常、分级建议。"""
    from bot import sources_work

    _finish(sources_work.show_board(settings, as_json=as_json))


@sources.command("test")
def sources_test(
    target: Annotated[str, typer.Argument(help="网址、文件，或设置里信源的名字。")],
    settings: SettingsPath = DEFAULT_SETTINGS,
    as_json: AsJson = False,
) -> None:
    """试读一次：会收到什么、哪些与我们有关、有什么不对。什么也不入库。"""
    from bot import sources_work

    _finish(sources_work.try_out(settings, target, as_json=as_json))


@sources.command("presets")
def sources_presets(as_json: AsJson = False) -> None:
    """现成的信源：各需要什么、有什么已知的毛病。"""
    from bot import sources_work

    _run(lambda: sources_work.list_presets(as_json=as_json))


@sources.command("add", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def sources_add(
    context: typer.Context,
    preset: Annotated[str, typer.Argument(help="现成信源的名字，见 wensheng sources presets；参数写在后面，如 --keyword 青禾城管。")],
    settings: SettingsPath = DEFAULT_SETTINGS,
    rsshub: Annotated[str, typer.Option(help="RSSHub 的网址。")] = "http://localhost:1200",
    name: Annotated[str, typer.Option(help="起个名字；缺省由参数得出。")] = "",
    tier: Annotated[str, typer.Option(help="监测等级 A、B、C；缺省按建议。")] = "",
    only_print: Annotated[bool, typer.Option("--print", help="只打印，不写进设置。")] = False,
) -> None:
    """把一个现成信源写进设置文件。"""
    from bot import sources_work

    _run(lambda: sources_work.add(settings, preset, context.args, rsshub=rsshub, name=name, tier=tier, only_print=only_print))


@sources.command("import")
def sources_import(
    file: Annotated[Path, typer.Argument(help="帖子或工单：.csv .xlsx .jsonl .jsonl.gz。")],
    settings: SettingsPath = DEFAULT_SETTINGS,
    ring_days: Annotated[int, typer.Option(min=0, help="早于这么多天的帖子只入库，不立工单、不预警。")] = 3,
    as_json: AsJson = False,
) -> None:
    """批量导入往年的帖子或工单。可中断，重跑同一命令接着来。"""
    from bot import importing_posts

    _finish(importing_posts.import_posts(settings, file, ring_days=ring_days, as_json=as_json))


@staff.command("login")
def staff_login(name: str, settings: SettingsPath = DEFAULT_SETTINGS) -> None:
    """给一位值班人员生成网页值班室的一次性登录链接。"""
    from bot import record_work

    _finish(record_work.login_link(settings, name))


@rules.command("check")
def rules_check(file: Annotated[Path, typer.Argument(help="规则文件（.toml）。")]) -> None:
    """检查一个规则文件：错在第几行第几列，或里面有多少条规则。"""
    from bot import rules_work

    _run(lambda: rules_work.check(file))


@rules.command("try")
def rules_try(
    rule: Annotated[str, typer.Argument(help="一条规则，如 '(城管 | 市容) & (打人 | 收费) - 招聘'。")],
    settings: SettingsPath = DEFAULT_SETTINGS,
    line: Annotated[str | None, typer.Option(help="这条规则打算归哪个条线。")] = None,
    days: Annotated[int, typer.Option(min=1, max=3650, help="看最近多少天。")] = 30,
    as_json: AsJson = False,
) -> None:
    """在存档上试跑一条规则：会命中几条，哪些已是我们的，哪些是新增。什么也不改。"""
    from bot import rules_work

    _finish(rules_work.try_on_archive(settings, rule, line, days, as_json=as_json))


@app.command()
def learn(
    by: Annotated[str, typer.Option(help="采用人姓名（管理员）；学权重时必填。")] = "",
    settings: SettingsPath = DEFAULT_SETTINGS,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问，有改善就采用。")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="撤回最近采用的一版。")] = False,
    replies: Annotated[bool, typer.Option("--replies", help="不学权重，只看从签发并发布的回复学到了什么。")] = False,
    as_json: AsJson = False,
) -> None:
    """从误报、漏报标注学习本单位的权重：先给出前后对比，确认才采用。--replies：看回复被怎样采用和改动。"""
    if replies:
        from bot import reply_lessons

        _finish(reply_lessons.show(settings, as_json=as_json))
    if not by:
        raise typer.BadParameter("请写明采用人：--by 姓名")
    from bot import learn_work

    _finish(learn_work.undo(settings, by) if undo else learn_work.learn_from_labels(settings, by, yes=yes, as_json=as_json))


@app.command()
def grade(
    what_if: Annotated[Path, typer.Option("--what-if", help="要试算的分级政策（.toml）。")],
    settings: SettingsPath = DEFAULT_SETTINGS,
    days: Annotated[int, typer.Option(min=1, max=3650, help="看最近多少天有动静的事件。")] = 30,
    as_json: AsJson = False,
) -> None:
    """用另一份分级政策重算存档里的事件，看哪些预警会变级。什么也不改。"""
    from bot import grade_work

    _finish(grade_work.what_if(settings, what_if, days, as_json=as_json))


@evaluate.command("sentiment")
def eval_sentiment(posts: Annotated[Path, typer.Option()], out: Out) -> None:
    """文本负面程度。"""
    from bot.evaluation.sentiment import run_sentiment

    _run(lambda: run_sentiment(posts, out))


@evaluate.command("triage")
def eval_triage(posts: Annotated[Path, typer.Option()], out: Out) -> None:
    """单帖分诊：相关性、条线、意图、态度、诉求、地点、等级。"""
    from bot.evaluation.triage import run_triage

    _run(lambda: run_triage(posts, out))


@evaluate.command("events")
def eval_events(posts: Annotated[Path, typer.Option()], out: Out) -> None:
    """按时间顺序归并事件。"""
    from bot.evaluation.events import run_events

    _run(lambda: run_events(posts, out))


@evaluate.command("retrieve")
def eval_retrieve(corpus: Annotated[Path, typer.Option()], queries: Annotated[Path, typer.Option()], out: Out) -> None:
    """检索条款。"""
    from bot.evaluation.retrieve import run_retrieve

    _run(lambda: run_retrieve(corpus, queries, out))


@evaluate.command("answer")
def eval_answer(corpus: Annotated[Path, typer.Option()], queries: Annotated[Path, typer.Option()], out: Out) -> None:
    """回答提问，或拒答。"""
    from bot.evaluation.answer import run_answer

    _run(lambda: run_answer(corpus, queries, out))


@evaluate.command("past")
def eval_past(cases: Annotated[Path, typer.Option()], queries: Annotated[Path, typer.Option()], out: Out) -> None:
    """检索历史答复。"""
    from bot.evaluation.past import run_past

    _run(lambda: run_past(cases, queries, out))


@evaluate.command("drafts")
def eval_drafts(
    corpus: Annotated[Path, typer.Option()], cases: Annotated[Path, typer.Option()], posts: Annotated[Path, typer.Option()], out: Out
) -> None:
    """拟稿。"""
    from bot.evaluation.drafts import run_drafts

    _run(lambda: run_drafts(corpus, cases, posts, out))


@alerts.command("route")
def alerts_route(
    line: Annotated[str, typer.Argument(help="条线，或其中几个字，如 油烟。")],
    level: Annotated[str, typer.Argument(help="等级：I、II、III、IV。")],
    district: Annotated[str, typer.Option(help="区；不写即区不明。")] = "",
    settings: SettingsPath = DEFAULT_SETTINGS,
) -> None:
    """一条预警现在会发到哪些群，是否响铃。"""
    from bot import desk_work

    _finish(desk_work.route(settings, line, level, district or None))


@evaluate.command("replay")
def eval_replay(
    feed: Annotated[Path, typer.Option(help="帖子（.jsonl 或 .jsonl.gz）。")],
    out: Out,
    settings: Annotated[Path | None, typer.Option(help="用哪个部门的设置；缺省为不带地名的通用部门。")] = None,
    database: Annotated[Path | None, typer.Option(help="回放用的数据库；中断后用同一个接着放。缺省为结果旁边。")] = None,
) -> None:
    """用虚拟时钟回放一批帖子，度量预警的延迟。"""
    from bot.replay import replay

    _finish(replay(feed, out, settings, database or out.with_suffix(".sqlite3")))


def main() -> None:
    """Run the command line; every known fault ends as one sentence and a non-zero exit."""
    app()


def _run(work: Any) -> None:
    from bot.faults import KNOWN_FAULTS, sentence_of

    try:
        work()
    except KNOWN_FAULTS as fault:
        typer.secho(sentence_of(fault), err=True, fg="red")
        raise typer.Exit(1) from fault
