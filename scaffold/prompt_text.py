"""Foreign text inside a prompt: bounded, and unable to break the prompt's structure.

A prompt's sections are the level-1 headings outside fences. Whatever comes from a program, a model
or a competition passes through one of these: `fenced` for code and output, `quoted` for prose of a
model or a judge, `demoted` for a document with headings of its own, `one_line` for lists.
"""

from __future__ import annotations

import re

CHARS_PER_TOKEN = 4

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_HEADING = re.compile(r"( {0,3})(#{1,5})(?=\s|$)")
_SETEXT_LEVEL_1 = re.compile(r" {0,3}=+\s*")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_ABSURD_RUN = re.compile(r"`{33,}")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s")
_LIST_MARKS = re.compile(r"^[\s#>*\-]+")


def num_chars(num_tokens: int) -> int:
    """About how many characters so many tokens are."""
    return num_tokens * CHARS_PER_TOKEN


def clip(text: str, max_chars: int, *, head: float = 0.5) -> str:
    """At most `max_chars` of the text: its head, which gets that share, and its tail."""
    if len(text) <= max_chars:
        return text
    note = f"\n... [{len(text) - max_chars} characters left out] ...\n"
    room = max_chars - len(note)
    if room < 0:
        return text[:max_chars]
    num_head = int(room * head)
    return text[:num_head] + note + text[len(text) - (room - num_head) :]


def printable(text: str) -> str:
    """Line ends as newlines, other control characters as escapes, no lone surrogates."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    whole = lines.encode("utf-8", "replace").decode("utf-8")
    return _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", whole)


def excerpt(text: str, max_chars: int, *, head: float = 0.5) -> str:
    """The text made printable, at most `max_chars` of it."""
    near = clip(text, max_chars, head=head)  # first, so that the work is bounded too
    return clip(printable(near), max_chars, head=head)


def fenced(text: str, info: str) -> str:
    """A code block whose fence is longer than any run of backticks in the text.

    Runs of more than 32 are shown as 32, or the fence could be as long as the text.
    """
    body = _ABSURD_RUN.sub("`" * 32, printable(text).rstrip())
    longest = max((len(run) for run in re.findall(r"`+", body)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{info}\n{body}\n{fence}"


def quoted(text: str) -> str:
    """A block quote: neither headings nor fences inside it count outside."""
    return "\n".join(f"> {line}".rstrip() for line in printable(text).strip().split("\n"))


def demoted(text: str) -> str:
    """A markdown document one level down: no heading of level 1, no fence left open."""
    lines: list[str] = []
    fence = ""  # the one that is open
    for line in printable(text).strip().split("\n"):
        match = _FENCE.fullmatch(line)
        if match and not fence:
            fence = match[1]
        elif match and fence and match[1].startswith(fence) and not match[2].strip():
            fence = ""
        elif not fence and _SETEXT_LEVEL_1.fullmatch(line):
            line = "-" * len(line)
        elif not fence:
            line = _HEADING.sub(r"\1\2#", line, count=1) if _HEADING.match(line) else line
        lines.append(line)
    return "\n".join([*lines, fence] if fence else lines)


def one_line(text: str, *, max_chars: int = 200) -> str:
    """The first sentence of a text, on one line, without marks that begin a block."""
    line = " ".join(printable(text[: 20 * max_chars]).split())
    sentence = _SENTENCE_END.split(_LIST_MARKS.sub("", line), maxsplit=1)[0].replace("```", "`")
    return sentence if len(sentence) <= max_chars else sentence[: max_chars - 3] + "..."
