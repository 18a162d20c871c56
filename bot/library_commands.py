"""The commands of the knowledge base: `wensheng kb …`."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.command_line import DEFAULT_SETTINGS, AsJson, SettingsPath, finish

kb = typer.Typer(no_args_is_help=True, help="知识库：导入、搜索、批准、比较、废止政策文件。")

Day = Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="哪一天，如 2019-05-01；缺省为今天。")]
By = Annotated[str, typer.Option("--by", help="经办人姓名（管理员）。")]
Query = Annotated[list[str], typer.Argument(help="要找的话，或名称和条号，如 噪声法 第四十三条。", metavar="QUERY")]
Numbers = Annotated[list[int], typer.Argument(help="文件编号，见 wensheng kb list。")]


@kb.command("import")
def kb_import(
    paths: Annotated[list[Path], typer.Argument(help="文件或文件夹。")],
    settings: SettingsPath = DEFAULT_SETTINGS,
    approve: Annotated[bool, typer.Option(help="导入即生效；否则等管理员批准。")] = True,
) -> None:
    """导入政策文件（PDF、DOCX、HTML、MD、TXT、JSONL）和历史答复（JSONL、CSV）。可中断，重跑接着来。"""
    from bot import library_work

    finish(library_work.import_paths(settings, paths, approve=approve))


@kb.command("preview")
def kb_preview(paths: Annotated[list[Path], typer.Argument(help="文件或文件夹。")], as_json: AsJson = False) -> None:
    """看看会认出什么：标题、文号、日期、条款，和要人核对的地方。什么也不入库。"""
    from bot import library_review

    finish(library_review.preview(paths, as_json=as_json))


@kb.command("search")
def kb_search(words: Query, settings: SettingsPath = DEFAULT_SETTINGS, limit: int = 10, on: Day = None, as_json: AsJson = False) -> None:
    """搜索本地适用、那一天有效的条款；旧版会标明。"""
    from bot import library_work

    finish(library_work.search(settings, " ".join(words), limit, on=on.date() if on else None, as_json=as_json))


@kb.command("list")
def kb_list(
    settings: SettingsPath = DEFAULT_SETTINGS,
    waiting: Annotated[bool, typer.Option("--waiting", help="只列待批准的，连同要核对的地方。")] = False,
    as_json: AsJson = False,
) -> None:
    """列出政策文件及其状态。"""
    from bot import library_work

    finish(library_work.list_documents(settings, waiting=waiting, as_json=as_json))


@kb.command("show")
def kb_show(document: int, settings: SettingsPath = DEFAULT_SETTINGS, as_json: AsJson = False) -> None:
    """一份文件认出了什么、切成了哪些条款。"""
    from bot import library_review

    finish(library_review.show(settings, document, as_json=as_json))


@kb.command("approve")
def kb_approve(documents: Numbers, by: By, settings: SettingsPath = DEFAULT_SETTINGS) -> None:
    """批准待审的政策文件。"""
    from bot import library_review

    finish(library_review.approve(settings, documents, by))


@kb.command("withdraw")
def kb_withdraw(documents: Numbers, by: By, settings: SettingsPath = DEFAULT_SETTINGS) -> None:
    """停用：立即不再引用，文字保留。被它取代的旧版重新有效。"""
    from bot import library_review

    finish(library_review.withdraw(settings, documents, by))


@kb.command("delete")
def kb_delete(documents: Numbers, by: By, settings: SettingsPath = DEFAULT_SETTINGS) -> None:
    """删除：立即不再引用，文字抹去，只留编号和标题。"""
    from bot import library_review

    finish(library_review.delete(settings, documents, by))


@kb.command("repeal")
def kb_repeal(
    document: int,
    by: By,
    reason: Annotated[str, typer.Option(help="依据，如废止决定的文号。")] = "",
    on: Day = None,
    lift: Annotated[bool, typer.Option("--lift", help="撤销先前的废止。")] = False,
    settings: SettingsPath = DEFAULT_SETTINGS,
) -> None:
    """废止：从某日起不再引用，没有别的文件取代它。"""
    from bot import library_review

    finish(library_review.repeal(settings, document, by, reason, on=on.date() if on else None, lift=lift))


@kb.command("rollback")
def kb_rollback(document: int, by: By, settings: SettingsPath = DEFAULT_SETTINGS) -> None:
    """退回到较早的一版：取代它的版本停用，它重新有效。"""
    from bot import library_review

    finish(library_review.rollback(settings, document, by))


@kb.command("diff")
def kb_diff(
    document: int,
    other: Annotated[int | None, typer.Argument(help="和哪一份比；缺省为它前面的一版。")] = None,
    settings: SettingsPath = DEFAULT_SETTINGS,
    as_json: AsJson = False,
) -> None:
    """两个版本逐条比较：新增、删去、修改（标出改了的字）。"""
    from bot import library_review

    finish(library_review.diff(settings, document, other, as_json=as_json))


@kb.command("review")
def kb_review(
    documents: Annotated[list[int] | None, typer.Argument(help="复核过的文件编号；不写则列出一年未复核的。")] = None,
    by: Annotated[str, typer.Option("--by", help="复核人姓名（管理员）。")] = "",
    settings: SettingsPath = DEFAULT_SETTINGS,
) -> None:
    """列出一年未复核的文件，或记下已经复核。"""
    from bot import library_review

    finish(library_review.review(settings, documents or [], by))
