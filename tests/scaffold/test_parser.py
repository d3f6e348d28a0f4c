"""Whatever a model writes, the parser finds the code in it or says why there is none."""

from __future__ import annotations

import time
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.parser import parse

CODE = "import pandas as pd\n\nprint(pd.__version__)\n"
LONG = CODE + "print('more')\n" * 5


def fence(code: str, info: str = "python", mark: str = "```") -> str:
    return f"{mark}{info}\n{code}{mark}\n"


@pytest.mark.parametrize(
    "answer",
    [
        fence(CODE),
        fence(CODE, "py"),
        fence(CODE, "Python3"),
        fence(CODE, ""),
        fence(CODE, " python title=x.py"),
        fence(CODE, "{.python}"),
        fence(CODE, mark="````"),
        fence(CODE, mark="~~~"),
        fence(CODE).replace("\n", "\r\n"),
        fence(CODE).rstrip(),
        "\n".join("   " + line for line in fence(CODE).splitlines()),
        fence("pip install pandas\n", "bash") + fence(CODE),
        "```bash\npip install pandas\n" + fence(CODE),
        f"```markdown\nThe plan.\n{fence(CODE)}```\n",
        f"```\nThe plan is prose.\n{fence(CODE)}```\n",
        f"````markdown\nThe plan.\n{fence(CODE)}````\n",
        fence("x = 1\n") + fence(CODE),
        fence(CODE)
        + "Try it with:\n"
        + fence("python solution.py --folds 5 --seed 1 --fast\n", ""),
        fence(LONG.replace("(", "((")) + "Corrected:\n" + fence(CODE),
        f"<think>\nFirst {fence(LONG)}\n</think>\n" + fence(CODE),
        f"First I thought {fence(LONG)}</think>\n" + fence(CODE),
        fence(CODE) + "```python\nprint('unfinished",
        CODE,
        "The plan.\n\n" + CODE,
    ],
)
def test_the_code_is_found(answer: str) -> None:
    parsed = parse(answer)
    assert (parsed.content, parsed.problem) == (CODE, None)


def test_the_plan_is_the_prose_before_the_code_or_else_after_it() -> None:
    assert parse(f"My plan.\n\n{fence(CODE)}\nGood luck.").plan == "My plan."
    assert parse(f"{fence(CODE)}\nIt does this.").plan == "It does this."
    assert parse(f"<think>hidden</think>My plan.\n{fence(CODE)}").plan == "My plan."


def test_of_several_valid_blocks_the_longest_is_taken() -> None:
    assert parse(fence(LONG) + fence(CODE)).content == LONG
    assert parse(fence(CODE) + fence(LONG)).content == LONG


def test_a_fence_inside_a_string_of_the_code_does_not_end_it() -> None:
    code = 'text = """\n```python\nx\n```\n"""\nprint(text)\n'
    parsed = parse(f"Plan.\n{fence(code)}Done.")
    assert (parsed.content, parsed.problem) == (code, None)


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ("", "the answer was empty"),
        (" \n", "the answer was empty"),
        ("<think>only thoughts", "the answer was empty"),
        ("I would use a random forest.", "no code block was found"),
        ("Done", "no code block was found"),
        ("import the data first, then fit", "no code block was found"),
        (fence("echo 1\n", "bash"), "no code block was found"),
        (fence("\n\n"), "the code block is empty"),
        ("Plan.\n```python\nprint('hello", "cut off"),
        (fence("print('a'\nx = 2\n"), "not valid Python: '(' was never closed (line 1, at `print("),
        (fence("x = '\0'\n"), "not valid Python"),
        (fence("(" * 5_000 + ")" * 5_000 + "\n"), "not valid Python"),
    ],
)
def test_what_cannot_be_run_is_said_in_a_sentence(answer: str, problem: str) -> None:
    assert problem in (parse(answer).problem or "")


def test_an_unclosed_block_is_used_only_if_whole_and_not_cut_off_by_the_provider() -> None:
    answer = f"Plan.\n```python\n{CODE}"
    assert parse(answer).problem is None
    assert "cut off" in (parse(answer, truncated=True).problem or "")
    assert "cut off" in (parse("Plan", truncated=True).problem or "")
    assert "cut off" in (parse(CODE, truncated=True).problem or "")
    assert parse(f"{answer}```\nAnd so on", truncated=True).problem is None


def test_what_is_found_is_kept_with_its_problem() -> None:
    parsed = parse("Plan.\n```python\nprint('a\n```")
    assert parsed.content == "print('a\n"
    assert parsed.plan == "Plan."


def test_a_warning_of_the_compiler_is_neither_an_error_nor_shown() -> None:
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("always")
        assert parse(fence("import re\nre.compile('\\d')\n")).problem is None
        assert parse("print('\\d')").problem is None
    assert not shown


def test_another_language_is_not_checked_as_python() -> None:
    parsed = parse("So:\n```text\nx = (\n```", "text")
    assert (parsed.content, parsed.problem) == ("x = (\n", None)
    assert "```text block" in (parse("prose", "text").problem or "")


@pytest.mark.parametrize(
    "answer",
    [
        "```python\n" * 20_000,
        "```\n" * 20_000,
        "\n" * 100_000,
        "<think>" * 20_000,
        "import a\n(" * 9_000,
    ],
)
def test_a_hostile_answer_takes_no_time(answer: str) -> None:
    start = time.monotonic()
    parse(answer)
    assert time.monotonic() - start < 2


pieces = st.sampled_from(
    [
        "```",
        "~~~",
        "````",
        "python",
        "\n",
        "\r\n",
        " ",
        "<think>",
        "</think>",
        "x = 1",
        "(",
        "'",
        "\0",
    ]
)


@given(st.one_of(st.text(), st.lists(pieces).map("".join)), st.booleans())
def test_it_never_raises_and_content_without_a_problem_is_never_empty(
    answer: str, truncated: bool
) -> None:
    parsed = parse(answer, truncated=truncated)
    assert parsed.problem is not None or parsed.content.strip()


printable = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]))


@given(st.lists(printable.filter(lambda line: "```" not in line and "</think" not in line)))
def test_any_code_without_a_fence_comes_back(lines: list[str]) -> None:
    code = "\n".join(lines).strip("\n")
    assert parse(f"A plan.\n```python\n{code}\n```\nThe end.").content.strip("\n") == code
