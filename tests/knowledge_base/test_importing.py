"""Taking documents in: keys, duplicates, supersession in any order, approval, withdrawal, past cases."""

import itertools
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import col, select

from knowledge_base.clause import Clause
from knowledge_base.document import DocumentState, ParsedDocument, PolicyDocument
from knowledge_base.errors import KnowledgeError, UnreadableDocument
from knowledge_base.importing import Outcome, add_past_case, import_document
from knowledge_base.importing_in_bulk import import_path
from knowledge_base.past_case import KnowledgeChange, PastCase, Pool
from knowledge_base.standing import approve_document, withdraw_document
from storage import audit
from storage.clock import ManualClock
from storage.engine import Database

TODAY = date(2026, 3, 6)
V2010 = ParsedDocument(
    "云川市养犬条例", "第一条 养犬应当登记。\n第二条 罚款五十元。\n第三条 本条例自2010年5月1日起施行。", version_date=date(2010, 2, 1)
)
V2020 = ParsedDocument(
    "云川市养犬条例", "第一条 养犬应当登记并免疫。\n第二条 罚款二百元。\n第三条 本条例自2020年7月1日起施行。", version_date=date(2020, 3, 1)
)
V2026 = ParsedDocument(
    "云川市养犬条例", "第一条 养犬应当申报。\n第二条 罚款五百元。\n第三条 本条例自2026年9月1日起施行。", version_date=date(2026, 2, 1)
)


async def _import(database: Database, clock: ManualClock, *documents: ParsedDocument, approve: bool = True) -> list[int]:
    async with database.transaction() as session:
        imported = [await import_document(session, parsed, actor="周明", now=clock.now(), approve=approve) for parsed in documents]
    return [document.document_id for document in imported]


async def _in_force(database: Database, day: date) -> set[str]:
    async with database.reading() as session:
        return {
            clause.text for clause in (await session.exec(select(Clause))).all() if clause.in_force_on(day) and clause.article == "第二条"
        }


@pytest.mark.parametrize("order", list(itertools.permutations([V2010, V2020, V2026])))
async def test_the_newest_that_has_begun_holds_whatever_the_order(
    database: Database, clock: ManualClock, order: tuple[ParsedDocument, ...]
) -> None:
    await _import(database, clock, *order)
    assert await _in_force(database, date(2009, 1, 1)) == set()
    assert await _in_force(database, date(2019, 1, 1)) == {"罚款五十元。"}
    assert await _in_force(database, TODAY) == {"罚款二百元。"}
    assert await _in_force(database, date(2026, 9, 1)) == {"罚款五百元。"}


@pytest.mark.both_databases
async def test_clauses_are_spans_with_stable_keys(database: Database, clock: ManualClock) -> None:
    undated = replace(V2010, title="云川市绿化办法", version_date=None)
    await _import(database, clock, V2020, undated)
    async with database.reading() as session:
        clauses = (await session.exec(select(Clause, PolicyDocument).where(Clause.document_id == PolicyDocument.id))).all()
    assert {clause.key for clause, _ in clauses if clause.ordinal == 1} == {
        "云川市养犬条例|2020-03-01|第一条",
        "云川市绿化办法|unknown|第一条",
    }
    assert all(document.body[clause.start_offset : clause.end_offset] == clause.text for clause, document in clauses)
    assert {(clause.province, clause.city) for clause, _ in clauses} == {(None, "云川")}


@pytest.mark.both_databases
async def test_a_text_that_is_there_already_changes_nothing(database: Database, clock: ManualClock) -> None:
    slip = replace(V2020, body=V2020.body.replace("二百元", "二百 元"))
    async with database.transaction() as session:
        first = await import_document(session, V2020, actor="周明", now=clock.now(), approve=True)
        written = (await audit.head(session))[0]
        again = [await import_document(session, parsed, actor="周明", now=clock.now(), approve=True) for parsed in (V2020, slip)]
        assert (await audit.head(session))[0] == written
    assert [(imported.outcome, imported.document_id) for imported in again] == [(Outcome.KNOWN, first.document_id)] * 2


async def test_a_text_with_slips_of_the_pen_is_the_same_version(database: Database, clock: ManualClock) -> None:
    body = "\n".join(f"第{number}条 单位应当做好第{number}项工作。" for number in range(1, 11))
    one = ParsedDocument("云川市工作条例", body, version_date=date(2020, 1, 1))
    async with database.transaction() as session:
        await import_document(session, one, actor="周明", now=clock.now(), approve=True)
        twin = await import_document(
            session, replace(one, body=body.replace("第3项", "第三项")), actor="周明", now=clock.now(), approve=True
        )
    assert twin.outcome is Outcome.KNOWN


@pytest.mark.both_databases
async def test_two_texts_that_contradict_wait_for_a_person(database: Database, clock: ManualClock) -> None:
    other = replace(V2020, body="第一条 犬只不必登记。\n第二条 罚款一元。\n第三条 不予免疫。")
    async with database.transaction() as session:
        await import_document(session, V2020, actor="周明", now=clock.now(), approve=True)
        imported = await import_document(session, other, actor="周明", now=clock.now(), approve=True)
    assert imported.outcome is Outcome.CONFLICTING
    assert await _in_force(database, TODAY) == {"罚款二百元。"}


async def test_parts_of_one_law_stand_beside_each_other(database: Database, clock: ManualClock) -> None:
    first = ParsedDocument("云川法典", "第一条 总则甲。\n第二条 总则乙。")
    second = ParsedDocument("云川法典", "第三条 分则甲。\n第四条 自2021年1月1日起施行。")
    await _import(database, clock, first, second)
    async with database.reading() as session:
        clauses = (await session.exec(select(Clause))).all()
    assert {clause.article for clause in clauses if clause.in_force_on(TODAY)} == {"第一条", "第二条", "第三条", "第四条"}


@pytest.mark.both_databases
async def test_a_named_document_is_ended_even_if_it_comes_later(database: Database, clock: ManualClock) -> None:
    new = ParsedDocument(
        "云川市犬只管理条例",
        "第一条 甲应当登记。\n第二条 本条例自2020年7月1日起施行。《云川市养犬条例》同时废止。",
        version_date=date(2020, 3, 1),
    )
    await _import(database, clock, new, V2010)
    assert await _in_force(database, date(2020, 6, 30)) == {"罚款五十元。"}
    assert "罚款五十元。" not in await _in_force(database, date(2020, 7, 1))


@pytest.mark.both_databases
async def test_versions_of_one_rule_in_two_scripts_are_one_work(database: Database, clock: ManualClock) -> None:
    new = ParsedDocument(
        "雲川市養犬條例", "第一條 養犬應當登記。\n第二條 罰款三百元。\n第三條 本條例自2021年7月1日起施行。", version_date=date(2021, 3, 1)
    )
    ending = ParsedDocument(
        "雲川市犬隻辦法", "第一條 甲。\n第二條 自2022年1月1日起施行。《雲川市養犬條例》同時廢止。", version_date=date(2021, 12, 1)
    )
    await _import(database, clock, V2020, new)
    assert await _in_force(database, date(2021, 6, 30)) == {"罚款二百元。"}
    assert await _in_force(database, date(2021, 7, 1)) == {"罰款三百元。"}
    await _import(database, clock, ending)
    assert "罰款三百元。" not in await _in_force(database, date(2022, 1, 1))


async def test_a_document_number_names_the_document_that_is_ended(database: Database, clock: ManualClock) -> None:
    old = replace(V2010, document_number="云政办[2010]3号")
    new = ParsedDocument(
        "关于犬只的通知", "一、登记。\n二、免疫。", version_date=date(2021, 1, 1), replaces=("云政办〔2010〕3号",), city="云川"
    )
    await _import(database, clock, old, new)
    assert await _in_force(database, TODAY) == set()


async def test_pending_documents_are_not_offered_and_end_nothing(database: Database, clock: ManualClock) -> None:
    await _import(database, clock, V2010)
    (pending,) = await _import(database, clock, V2020, approve=False)
    assert await _in_force(database, TODAY) == {"罚款五十元。"}
    async with database.transaction() as session:
        await approve_document(session, pending, actor="陈静", now=clock.now())
    assert await _in_force(database, TODAY) == {"罚款二百元。"}


@pytest.mark.both_databases
async def test_a_withdrawn_document_is_gone_at_once_and_what_it_ended_holds_again(database: Database, clock: ManualClock) -> None:
    _, newer = await _import(database, clock, V2010, V2020)
    async with database.transaction() as session:
        await withdraw_document(session, newer, actor="陈静", now=clock.now())
    assert await _in_force(database, TODAY) == {"罚款五十元。"}
    await _import(database, clock, V2020)
    assert await _in_force(database, TODAY) == {"罚款五十元。"}, "importing it again does not bring a withdrawn text back"


@pytest.mark.both_databases
async def test_every_change_is_audited_and_told_to_the_indexes(database: Database, clock: ManualClock) -> None:
    older, newer = await _import(database, clock, V2010, V2020)
    async with database.reading() as session:
        actions = [(entry.action, entry.subject) for entry in (await session.exec(select(audit.AuditEntry))).all()]
        changes = (await session.exec(select(KnowledgeChange).order_by(col(KnowledgeChange.id)))).all()
    assert ("document.approved", f"document:{newer}") in actions
    assert ("document.superseded", f"document:{older}") in actions
    assert [(change.pool, change.subject_id) for change in changes] == [(Pool.CLAUSES, older), (Pool.CLAUSES, newer), (Pool.CLAUSES, older)]


async def test_faults_are_sentences(database: Database, clock: ManualClock) -> None:
    async with database.transaction() as session:
        with pytest.raises(UnreadableDocument, match=r"空\.md"):
            await import_document(session, ParsedDocument("空", " \n", file_name="空.md"), actor="周明", now=clock.now(), approve=True)
        with pytest.raises(KnowledgeError, match="77"):
            await approve_document(session, 77, actor="周明", now=clock.now())


@pytest.mark.both_databases
async def test_past_cases_are_masked_and_told_once(database: Database, clock: ManualClock) -> None:
    async with database.transaction() as session:
        for _ in range(2):
            case = await add_past_case(
                session, key="c1", question="我的电话13812345678，狗叫", reply="已劝导", now=clock.now(), actor="周明"
            )
        changes = (await session.exec(select(KnowledgeChange))).all()
        assert len((await session.exec(select(PastCase))).all()) == 1
    assert "13812345678" not in case.question
    assert case.question.endswith("狗叫")
    assert [(change.pool, change.subject_id) for change in changes] == [(Pool.CASES, case.id)]


@pytest.mark.both_databases
async def test_a_broken_bulk_import_is_finished_by_the_next(database: Database, clock: ManualClock, tmp_path: Path) -> None:
    for number in range(120):
        (tmp_path / f"{number:03}.md").write_text(f"+++\ntitle = '云川第{number}号办法'\n+++\n第一条 第{number}项。\n", encoding="utf-8")
    (tmp_path / "bad.md").write_text("+++\ntitle = \n+++\n第一条 甲。\n", encoding="utf-8")

    async def run(stop_after: int | None = None) -> list[int]:
        seen = []
        async for progress in import_path(database.transaction, tmp_path, actor="周明", now=clock.now, approve=True):
            seen.append(progress.documents)
            if stop_after is not None and len(seen) == stop_after:
                return seen
        assert len(progress.faults) == 1
        assert "bad.md" in progress.faults[0]
        assert progress.documents + progress.known == 120
        return seen

    assert await run(stop_after=1) == [50]
    assert (await run())[-1] == 70
    async with database.reading() as session:
        assert len((await session.exec(select(PolicyDocument).where(PolicyDocument.state == DocumentState.APPROVED))).all()) == 120
