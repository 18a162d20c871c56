"""Every sentence that code asks for stands in a file, with exactly the fields that code gives; none stands there for nobody."""

import ast
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "adapters", "casework", "monitoring", "retrieval", "knowledge_base")
TEXTS = ROOT / "prompts" / "texts" / "zh-CN"


def _sentences() -> dict[str, str]:
    found = {}
    for path in TEXTS.glob("*.toml"):
        for name, value in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if isinstance(value, str):
                found[f"{path.stem}.{name}"] = value
    return found


def _calls() -> Iterator[tuple[Path, ast.Call]]:
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and _name(node.func) == "say" and node.args:
                    yield path, node


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""


def _fields(sentence: str) -> set[str]:
    return {field.split(".")[0].split("[")[0] for _, field, _, _ in string.Formatter().parse(sentence) if field}


def _faults() -> Iterator[str]:
    sentences = _sentences()
    for path, call in _calls():
        if not isinstance(call.args[0], ast.Constant):
            continue
        key, given = call.args[0].value, {keyword.arg for keyword in call.keywords}
        if key not in sentences:
            yield f"{path.name}:{call.lineno}: {key} stands nowhere"
        elif None not in given and not _fields(sentences[key]) <= given:  # no **fields among them
            yield f"{path.name}:{call.lineno}: {key} is not given {_fields(sentences[key]) - given}"


def test_a_sentence_that_is_asked_for_exists_and_gets_its_fields() -> None:
    assert list(_faults()) == []


def test_no_sentence_is_left_over() -> None:
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("*") if path.suffix in (".py", ".html")]
    whole = "\n".join(path.read_text(encoding="utf-8") for path in files).replace("'", '"')
    computed = tuple(
        "".join(str(part.value) if isinstance(part, ast.Constant) else "\0" for part in call.args[0].values).split("\0")[0]
        for _, call in _calls()
        if isinstance(call.args[0], ast.JoinedStr)
    )
    unused = [key for key in _sentences() if f'"{key}"' not in whole and not key.startswith(tuple(start for start in computed if start))]
    assert unused == []
