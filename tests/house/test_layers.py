"""Imports run downward only, and the contract that says so notices when they do not."""

import shutil
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "adapters", "casework", "monitoring", "retrieval", "knowledge_base", "language", "storage", "prompts")
FORBIDDEN_NAMES = {"core", "utils", "util", "common", "helpers", "helper", "manager", "managers", "misc", "base"}


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(folder), "PATH": ""})


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=lambda _, names: [n for n in names if "." in n and not n.endswith(".py")]
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_house_keeps_its_contract(copy: Path) -> None:
    result = _lint(copy)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("module", "violation"),
    [
        ("storage/clock.py", "import casework.case"),
        ("monitoring/item.py", "import retrieval.evidence"),
        ("casework/case.py", "import adapters.chat"),
        ("prompts/__init__.py", "import language.script"),
    ],
)
def test_a_planted_violation_breaks_it(copy: Path, module: str, violation: str) -> None:
    planted = copy / module
    planted.write_text(planted.read_text(encoding="utf-8") + f"\n{violation}\n", encoding="utf-8")
    result = _lint(copy)
    assert result.returncode == 1
    assert "BROKEN" in result.stdout


def test_no_module_imports_itself_through_others() -> None:
    graph = grimp.build_graph(*PACKAGES, include_external_packages=False, cache_dir=None)
    circles = [
        module
        for module in graph.modules
        for other in graph.find_modules_directly_imported_by(module)
        if module in graph.find_upstream_modules(other)
    ]
    assert circles == []


def test_every_module_is_named_after_what_it_holds() -> None:
    names = {path.stem for package in PACKAGES for path in (ROOT / package).rglob("*.py")}
    assert names & FORBIDDEN_NAMES == set()


def test_vendors_stay_at_the_border() -> None:
    """Chat, HTTP and model vendors appear in adapters only; the engines of search also in retrieval."""
    graph = grimp.build_graph(*PACKAGES, include_external_packages=True, cache_dir=None)
    allowed = {
        "telegram": ("adapters",), "wechaty": ("adapters",), "httpx": ("adapters",),
        "starlette": ("adapters",), "uvicorn": ("adapters",),
        "langchain_openai": ("adapters",), "langchain": ("adapters",), "chromadb": ("retrieval",), "tantivy": ("retrieval",),
        "langchain_core": ("adapters", "retrieval"),
    }  # fmt: skip
    strays = {
        (importer, vendor)
        for vendor, places in allowed.items()
        if vendor in graph.modules
        for importer in graph.find_modules_that_directly_import(vendor)
        if not importer.startswith(places)
    }
    assert strays == set()
