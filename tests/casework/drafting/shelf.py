"""A small library that keeps what it is given: clauses of invented regulations, past cases, and their validity."""

from collections.abc import Collection
from datetime import date, timedelta

from knowledge_base.clause import Clause
from knowledge_base.region import NATIONAL, Region
from retrieval.evidence import CaseHit, ClauseHit


class SmallLibrary:
    """Searches by shared pairs of characters; offers only what holds at that place on that day."""

    def __init__(self) -> None:
        self.clauses: list[Clause] = []
        self.cases: list[CaseHit] = []

    def add(self, title: str, article: str, text: str, *, region: Region = NATIONAL, ended_on: date | None = None) -> Clause:
        """Take a clause in; returns its row."""
        number = len(self.clauses) + 1
        clause = Clause(
            id=number, key=f"{title}|2024-01-01|{article}", document_id=number, ordinal=number, article=article, text=text, start_offset=0,
            end_offset=len(text), text_hash=f"hash{number}", title=title, province=region.province, city=region.city,
            effective_on=date(2024, 1, 1), ended_on=ended_on, usable=True,
        )  # fmt: skip
        self.clauses.append(clause)
        return clause

    def search_clauses(self, query: str, *, region: Region, on: date, limit: int = 10) -> list[ClauseHit]:
        offered = [clause for clause in self.clauses if clause.in_force_on(on) and clause.region.covers(region)]
        ranked = sorted(offered, key=lambda clause: -_alike(query, clause.title + clause.text))
        return [_hit(clause, _alike(query, clause.title + clause.text)) for clause in ranked[:limit]]

    def search_cases(self, query: str, *, limit: int = 5, without: Collection[str] = ()) -> list[CaseHit]:
        kept = [case for case in self.cases if case.key not in without]
        return sorted(kept, key=lambda case: -_alike(query, case.question))[:limit]


def _alike(query: str, text: str) -> float:
    return float(len(_pairs(query) & _pairs(text)))


def _pairs(text: str) -> set[str]:
    return {text[place : place + 2] for place in range(len(text) - 1)}


def _hit(clause: Clause, score: float) -> ClauseHit:
    return ClauseHit(
        clause.key,
        clause.id or 0,
        clause.title,
        clause.article,
        clause.text,
        clause.text_hash,
        clause.version_date,
        clause.effective_on,
        score,
    )


SMOKE = "排放油烟的餐饮服务业经营者应当安装油烟净化设施并保持正常使用，使油烟达标排放。\n禁止在居民住宅楼新建产生油烟的餐饮服务项目。"
NIGHT_WORK = "在噪声敏感建筑物集中区域，禁止夜间进行产生噪声的建筑施工作业，但抢修、抢险施工作业除外。"
FINE = "排放油烟的餐饮服务业经营者未安装油烟净化设施的，责令改正，处五千元以上五万元以下的罚款。"
BORDER = Region("云边省", "河湾市")
TODAY = date(2026, 3, 6)


def stocked() -> SmallLibrary:
    """Three clauses that hold everywhere, one repealed, one of another place, and two past cases."""
    library = SmallLibrary()
    library.add("云边大气油烟防治条例", "第八十一条", SMOKE)
    library.add("云边大气油烟防治条例", "第一百一十八条", FINE)
    library.add("云边噪声管理条例", "第四十三条", NIGHT_WORK)
    library.add("旧油烟管理办法", "第三条", "排放油烟的餐饮服务应当配备油烟净化设施。", ended_on=TODAY - timedelta(days=1))
    library.add("远山市油烟管理办法", "第五条", "餐饮服务排放油烟应当经专用烟道。", region=Region("远山省", "远山市"))
    for number, reply in enumerate(("我们到现场核查，责令店家改正，随后复查。", "已约谈店家并复查。")):
        library.cases.append(CaseHit(f"past{number}", "烧烤店油烟扰民", reply, "噪声油烟扬尘", "", None, 0.0))
    return library
