"""From a model's answer to a plan and the content to run; never an exception.

An answer should be a plan in prose and then one fenced block, but models also write several blocks,
no fence, only prose, or stop half-way. Of several complete blocks the longest that compiles is
taken: snippets that go with the prose are shorter. What cannot be used becomes a `problem`, a
sentence the model is shown, so that code which cannot run is never run.
"""

from __future__ import annotations

import ast
import re
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

# Info strings that mean the same language; an unlabelled block may be in any.
ALIASES = {"python": frozenset({"python", "python3", "py", "py3", "ipython", "ipython3"})}
MAX_BLOCKS = 100  # read of one answer
MAX_CLOSINGS = 20  # tried for one block whose own text holds fences

_OPENING = re.compile(r"([ \t]*)(`{3,}|~{3,})[ \t]*([^`\n]*)")
_CODE_START = re.compile(r"^(?:import[ \t]+\w|from[ \t]+[\w.]+[ \t]+import\b|#!)", re.MULTILINE)
_THINKING = re.compile(r"\s*<(think|thinking)>.*?</\1>", re.DOTALL)
_UNENDED_THINKING = re.compile(r"\s*<(?:think|thinking)>")
_END_OF_THINKING = re.compile(r"^[ \t]*</(?:think|thinking)>[ \t]*$", re.MULTILINE)
_warnings_lock = threading.Lock()

_NO_ANSWER = "the answer was empty."
_NO_BLOCK = (
    "no code block was found in the answer. "
    "Write the plan in prose, then exactly one ```{language} block with the complete solution."
)
_CUT_OFF = (
    "the answer was cut off before its code block ended. "
    "Write a shorter plan and a shorter solution."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """`problem` is None when the content can be run; otherwise it says what is wrong, and `content`
    is what was found nevertheless, if anything."""

    plan: str
    content: str
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """A fenced block: the lines `start` to `end` of the answer, fences excluded. `fault` says why
    it is not valid in its language."""

    start: int
    end: int
    content: str
    is_closed: bool
    fault: str | None


def parse(completion: str, language: str = "python", *, truncated: bool = False) -> Parsed:
    """The plan and the content of an answer; `truncated` is whether the provider cut it off."""
    text = _without_thinking(_normalised(completion))
    if not text.strip():
        return Parsed(plan="", content="", problem=_CUT_OFF if truncated else _NO_ANSWER)
    lines = text.split("\n")
    blocks = list(_blocks(lines, language))
    if not blocks:
        return _unfenced(text, language, truncated=truncated)
    block = max(blocks, key=_fitness)
    plan = _join(lines[: block.start - 1]) or _join(lines[block.end + 1 :])
    return Parsed(plan=plan, content=block.content, problem=_problem(block, truncated))


def syntax_error(code: str) -> str | None:
    """Why the code is not valid Python, in one sentence; None where it is."""
    try:
        _python(code)
    except SyntaxError as error:
        line = (error.text or "").strip()
        shown = f", at `{line[:120]}`" if line and "`" not in line else ""
        return f"{error.msg} (line {error.lineno}{shown})"
    except (ValueError, RecursionError, MemoryError) as error:
        return str(error) or "it is nested too deeply"
    return None


def _python(code: str) -> ast.Module:
    """The syntax tree. What the compiler only warns about is the script's own business."""
    with _warnings_lock, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(code)


def _normalised(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return lines.encode("utf-8", "replace").decode("utf-8")  # no lone surrogates


def _without_thinking(text: str) -> str:
    """The answer proper: without a leading block of reasoning, whose opening tag may be missing."""
    if match := _THINKING.match(text):
        return text[match.end() :]
    if _UNENDED_THINKING.match(text):
        return ""
    ends = list(_END_OF_THINKING.finditer(text))
    return text[ends[-1].end() :] if ends else text


def _blocks(lines: list[str], language: str) -> Iterator[_Block]:
    """The fenced blocks that can be in `language`, as they follow each other."""
    position = num_found = 0
    while position < len(lines) and num_found < MAX_BLOCKS:
        opening = _OPENING.fullmatch(lines[position])
        position += 1
        if opening is None:
            continue
        num_found += 1
        block = _block_after(lines, position, opening, language)
        position = block.end + 1 if block.is_closed else block.end
        if _may_be(language, opening[3]):
            yield block


def _block_after(lines: list[str], start: int, opening: re.Match[str], language: str) -> _Block:
    """The block that begins at `start`.

    A string in the code may hold fences of its own: of the lines that could close the block, the
    first is taken before which the code is valid. Where there is none, the first ends it, or a
    fence that opens a block of this very language, if that comes earlier.
    """

    def until(end: int, *, is_closed: bool) -> _Block:
        content = "\n".join(line.removeprefix(opening[1]) for line in lines[start:end]).strip("\n")
        content = f"{content}\n" if content else ""
        fault = syntax_error(content) if language == "python" else None
        return _Block(start=start, end=end, content=content, is_closed=is_closed, fault=fault)

    closings = _closings(lines, start, opening[2])
    if language == "python" and _may_be(language, opening[3]):
        for end in closings:
            if (block := until(end, is_closed=True)).fault is None:
                return block
    first = closings[0] if closings else len(lines)
    for number in range(start, first):
        inner = _OPENING.fullmatch(lines[number])
        if inner and inner[3].strip() and _may_be(language, inner[3]):
            return until(number, is_closed=False)
    return until(first, is_closed=bool(closings))


def _closings(lines: list[str], start: int, fence: str) -> list[int]:
    found: list[int] = []
    for number in range(start, len(lines)):
        line = lines[number].strip()
        if len(line) >= len(fence) and not line.strip(fence[0]):
            found.append(number)
            if len(found) == MAX_CLOSINGS:
                break
    return found


def _may_be(language: str, info: str) -> bool:
    label = info.strip().lower().strip("{}.").partition(" ")[0]
    return not label or label == language or label in ALIASES.get(language, ())


def _fitness(block: _Block) -> tuple[bool, bool, int, int]:
    """Valid before not, complete before not, long before short, late before early."""
    is_valid = block.fault is None and bool(block.content)
    return (is_valid, block.is_closed, len(block.content), block.start)


def _problem(block: _Block, truncated: bool) -> str | None:
    if not block.is_closed and (truncated or block.fault is not None):
        return _CUT_OFF
    if block.fault is not None:
        return f"the code is not valid Python: {block.fault}."
    return None if block.content else "the code block is empty."


def _unfenced(text: str, language: str, *, truncated: bool) -> Parsed:
    """An answer without a usable block: code all the same, or from some line on, or prose."""
    if language == "python":
        starts = [0, *(match.start() for match in _CODE_START.finditer(text))]
        for start in starts[:3]:
            code = text[start:].strip("\n") + "\n"
            if syntax_error(code) is None and _does_something(code):
                problem = _CUT_OFF if truncated else None
                return Parsed(plan=text[:start].strip(), content=code, problem=problem)
    problem = _CUT_OFF if truncated else _NO_BLOCK.format(language=language)
    return Parsed(plan=text.strip(), content="", problem=problem)


def _does_something(code: str) -> bool:
    """False for text that happens to be Python, such as one word."""
    return any(
        not isinstance(statement, ast.Expr) or isinstance(statement.value, ast.Call)
        for statement in _python(code).body
    )


def _join(lines: list[str]) -> str:
    return "\n".join(lines).strip()
