"""What the documentation says is there."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import typer

import bot.metrics
from bot.commands import app
from bot.config import PREFIX
from scheduler import JOBS
from tests import generate_docs
from tests.docs_parts.commands import config
from tests.docs_parts.settings import known_keys

ROOT = generate_docs.ROOT
PAGES = generate_docs.pages()
HOUSE = ("bot", "handlers", "scheduler", "models", "tests")
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")
_NAMED = re.compile(r"((?:bot|handlers|scheduler|models|tests)/[\w/.-]*)(?::([\w.]+))?")
_FILE_ENDINGS = (".py", ".md", ".yaml", ".xlsx", ".toml", ".lock", ".sqlite", ".env")


def test_generated_parts_are_what_the_code_says() -> None:
    stale = [page.name for page in generate_docs.outdated()]
    assert not stale, f"run `make docs`: {stale}"


def test_every_part_that_can_be_made_stands_on_some_page() -> None:
    assert generate_docs.parts_used() == set(generate_docs.PARTS)


def test_check_tells_of_a_stale_page_and_leaves_it_alone(
    tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- generated: jobs -->\nold\n<!-- end -->\n", encoding="utf-8")
    monkeypatch.setattr(generate_docs, "ROOT", tmp_path)

    assert generate_docs.main(["--check"]) == 1
    assert "page.md" in capsys.readouterr().out
    assert "old" in page.read_text(encoding="utf-8")

    assert generate_docs.main([]) == 0
    assert "forms.forget" in page.read_text(encoding="utf-8")
    assert generate_docs.main(["--check"]) == 0


def test_every_relative_link_leads_somewhere() -> None:
    broken = [
        f"{page.name}: {link}"
        for page in PAGES
        for link in _LINK.findall(_text(page))
        if not re.match(r"https?:|mailto:|#", link)
        and not (page.parent / unquote(link.split("#")[0])).exists()
    ]
    assert not broken


def test_every_link_inside_a_page_names_a_heading() -> None:
    broken = [
        f"{page.name}: #{anchor}"
        for page in PAGES
        for link in _LINK.findall(_text(page))
        if (anchor := unquote(link.partition("#")[2])) and link.startswith("#")
        if anchor not in _anchors(page)
    ]
    assert not broken


def test_every_command_line_named_exists_with_its_options() -> None:
    root = typer.main.get_command(app)
    faults = [
        f"{page.name}: {line}: {fault}"
        for page in PAGES
        for line in _command_lines(_text(page))
        if (fault := _fault(root, line))
    ]
    assert not faults


def test_every_make_target_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        (page.name, target)
        for page in PAGES
        for target in re.findall(r"(?:^|`|\d )make ([a-z-]+)", _text(page), re.MULTILINE)
    }
    assert named
    assert not [each for each in named if each[1] not in targets]


def test_every_dotted_name_is_a_setting_a_permission_or_a_job() -> None:
    sections = {key.split(".")[0] for key in known_keys()}
    permissions = {name for granted in config().roles.values() for name in granted}
    known = known_keys() | permissions | {job.name for job in JOBS}
    unknown = [
        f"{page.name}: {name}"
        for page in PAGES
        for name in _CODE.findall(_text(page))
        if re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", name) and not name.endswith(_FILE_ENDINGS)
        if name.split(".")[0] in sections and name not in known
    ]
    assert not unknown


def test_every_environment_variable_named_is_a_setting() -> None:
    unknown = [
        f"{page.name}: {name}"
        for page in PAGES
        for name in re.findall(rf"{PREFIX}[A-Z_]+", _text(page))
        if name != PREFIX and name.removeprefix(PREFIX).lower().replace("__", ".") not in known_keys()
    ]
    assert not unknown


def test_every_file_and_function_named_exists() -> None:
    missing = [
        f"{page.name}: {name}" for page in PAGES for name in _CODE.findall(_text(page)) if not _is_there(name)
    ]
    assert not missing


def test_every_method_named_exists() -> None:
    files = [path for folder in HOUSE for path in (ROOT / folder).rglob("*.py")]
    known = {name for path in files for name in _names(path) if "." in name}
    missing = [
        f"{page.name}: {name}"
        for page in PAGES
        for name in _CODE.findall(_text(page))
        if re.fullmatch(r"[A-Z]\w*[a-z]\w*\.[a-z_]+", name) and name not in known
    ]
    assert not missing


def test_every_metric_named_exists() -> None:
    counted = "\n".join(
        f"{each._name}_total" for each in vars(bot.metrics).values() if hasattr(each, "_name")
    )
    unknown = [
        f"{page.name}: {name}"
        for page in PAGES
        for name in re.findall(r"guanjia_[a-z_]+_total", _text(page))
        if name not in counted
    ]
    assert not unknown


def test_the_front_pages_are_short_and_open_with_the_two_commands() -> None:
    for name in ("README.md", "README.zh-CN.md"):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        assert len(lines) <= 120, name
        assert lines.index("```sh") < 15, name
        assert any(line.startswith("make run") for line in lines[:16]), name
        assert any(line.startswith("make test") for line in lines[:16]), name


@cache
def _text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", _text(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _command_lines(text: str) -> Iterator[str]:
    """What follows "python -m bot" where it stands as code, in a line or in a block."""
    spans = _CODE.findall(text)
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    for line in [*spans, *(line for block in blocks for line in block.splitlines())]:
        for part in re.split(r"&&|\||;", line):
            _, found, rest = part.partition("python -m bot")
            if found and not rest.startswith("."):
                yield rest.partition("#")[0].strip()


def _fault(command: Any, line: str) -> str:
    """What of a command line does not exist; "" when all does."""
    words = [word for word in shlex.split(line) if word != "…"]
    while words:
        word = words.pop(0)
        options = {name: each for each in command.params for name in each.opts}
        if word.startswith("--"):
            if word not in options:
                return f"no option {word}"
            if not options[word].is_flag and words:
                words.pop(0)
        elif hasattr(command, "commands"):
            if word not in command.commands:
                return f"no command {word}"
            command = command.commands[word]
        elif not any(each.param_type_name == "argument" for each in command.params):
            return f"no argument {word}"
    return ""


def _is_there(name: str) -> bool:
    """Whether `folder/file.py:Class.method` exists; names of other forms are not ours to judge."""
    found = _NAMED.fullmatch(name)
    if found is None:
        return True
    path = ROOT / found[1]
    return path.exists() and (not found[2] or found[2] in _names(path))


@cache
def _names(path: Path) -> set[str]:
    """Everything a module defines at its top, and what its classes define: "Class.method"."""
    names = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        own = _defined(node)
        names |= own
        if isinstance(node, ast.ClassDef):
            names |= {f"{node.name}.{inner}" for below in node.body for inner in _defined(below)}
    return names


def _defined(node: ast.stmt) -> set[str]:
    match node:
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return {name}
        case ast.AnnAssign(target=ast.Name(id=name)):
            return {name}
        case ast.Assign(targets=targets):
            return {target.id for target in targets if isinstance(target, ast.Name)}
    return set()
