"""A recipe and its one-line text form.

    tabular | scale=standard | drop=ticket | model=hgb(lr=0.1,leaves=31)
    blend | how=mean & tabular | model=ridge(alpha=1.0) & tabular | model=knn(k=10)

A recipe is a kind of data, a choice for each slot that is not left at `none`, columns to ignore,
and for a blend its members. Only the syntax is here; grammar.py knows which words exist.
`parse(str(recipe)) == recipe` for every recipe.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

Value = int | float | str

_WORD = re.compile(r"[A-Za-z_]\w*")
_INTEGER = re.compile(r"-?\d+")
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][-+]?\d+)?")
_CHOICE = re.compile(r"(?P<name>[A-Za-z_]\w*)(?:\((?P<params>[^()]*)\))?")
_COLUMN = re.compile(r"[^\s|&,`()](?:[^\n\r\t|&,`()]*[^\s|&,`()])?")


class RecipeSyntaxError(ValueError):
    """The text is not a recipe."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One option with its parameters: `hgb(lr=0.1,leaves=31)`."""

    name: str
    params: tuple[tuple[str, Value], ...] = ()

    def __str__(self) -> str:
        if not self.params:
            return self.name
        return f"{self.name}({','.join(f'{name}={value}' for name, value in self.params)})"

    def get(self, name: str, default: Value) -> Value:
        return dict(self.params).get(name, default)

    def with_param(self, name: str, value: Value) -> Choice:
        return Choice(self.name, tuple((n, value if n == name else v) for n, v in self.params))


NONE = Choice("none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """`choices` is ordered as in the grammar; a slot not named in it stands at `none`."""

    kind: str
    choices: tuple[tuple[str, Choice], ...] = ()
    drop: tuple[str, ...] = ()
    members: tuple[Recipe, ...] = ()

    def __str__(self) -> str:
        parts = [self.kind, *(f"{slot}={choice}" for slot, choice in self.choices)]
        if self.drop:
            parts.insert(1, f"drop={','.join(self.drop)}")
        return " & ".join([" | ".join(parts), *map(str, self.members)])

    def __getitem__(self, slot: str) -> Choice:
        return dict(self.choices).get(slot, NONE)

    @property
    def fingerprint(self) -> str:
        """Six characters that stand for the recipe where the text is too long."""
        return hashlib.sha256(str(self).encode()).hexdigest()[:6]

    @property
    def singles(self) -> tuple[Recipe, ...]:
        """The pipelines a blend consists of; a recipe that is no blend is its only one."""
        return self.members or (self,)

    def with_member(self, index: int, member: Recipe) -> Recipe:
        members = (*self.members[:index], member, *self.members[index + 1 :])
        return replace(self, members=members)


@dataclass(frozen=True, slots=True)
class Change:
    """One element in which two recipes differ: `model.lr` from `0.1` to `0.05`."""

    element: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.element}: {self.before} -> {self.after}"


def differences(before: Recipe, after: Recipe) -> tuple[Change, ...]:
    """The elements that differ: slots, parameters of the same option, dropped columns, members."""
    if len(before.singles) != len(after.singles) or before.kind != after.kind:
        old, new = (Counter(str(_bare(s)) for s in r.singles) for r in (before, after))
        joined = [Change("member", "none", text) for text in (new - old).elements()]
        return (*joined, *(Change("member", text, "none") for text in (old - new).elements()))
    found = list(_slot_changes(before, after))
    for i, (old_member, new_member) in enumerate(
        zip(before.members, after.members, strict=True), start=1
    ):
        inner = differences(old_member, new_member)
        found += [Change(f"member {i} {c.element}", c.before, c.after) for c in inner]
    return tuple(found)


def _bare(single: Recipe) -> Recipe:
    """Without how it decides: in a blend that is the blend's choice, not the member's."""
    kept = tuple((slot, choice) for slot, choice in single.choices if slot != "decide")
    return replace(single, choices=kept)


def _slot_changes(before: Recipe, after: Recipe) -> Iterator[Change]:
    for column in sorted(set(before.drop) ^ set(after.drop)):
        words = ("kept", "dropped") if column in after.drop else ("dropped", "kept")
        yield Change(f"column {column}", *words)
    slots = dict.fromkeys([slot for slot, _ in (*before.choices, *after.choices)])
    for slot in slots:
        old, new = before[slot], after[slot]
        if old.name != new.name or len(old.params) != len(new.params):
            yield Change(slot, str(old), str(new))
            continue
        for (name, was), (_, now) in zip(old.params, new.params, strict=True):
            if was != now:
                yield Change(f"{slot}.{name}", str(was), str(now))


def parse(text: str) -> Recipe:
    """The recipe a line stands for.

    Raises:
        RecipeSyntaxError: it stands for none.
    """
    first, *members = (_parse_single(part) for part in text.strip().split(" & "))
    if members and first.kind != "blend":
        raise RecipeSyntaxError(f"only a blend has members: {text!r}")
    if any(member.kind == "blend" for member in members):
        raise RecipeSyntaxError(f"a blend inside a blend: {text!r}")
    return replace(first, members=tuple(members))


def _parse_single(text: str) -> Recipe:
    kind, *parts = (part.strip() for part in text.split("|"))
    if not _WORD.fullmatch(kind):
        raise RecipeSyntaxError(f"not a kind of recipe: {kind!r}")
    drop: tuple[str, ...] = ()
    choices = []
    for part in parts:
        slot, _, value = part.partition("=")
        if slot == "drop":
            drop = tuple(value.split(","))
        elif _WORD.fullmatch(slot):
            choices.append((slot, _parse_choice(value)))
        else:
            raise RecipeSyntaxError(f"not a slot: {part!r}")
    if not all(is_droppable(column) for column in drop):
        raise RecipeSyntaxError(f"not a list of columns: {drop}")
    if len({slot for slot, _ in choices}) < len(choices):
        raise RecipeSyntaxError(f"a slot is named twice: {text!r}")
    return Recipe(kind=kind, choices=tuple(choices), drop=drop)


def _parse_choice(text: str) -> Choice:
    if not (match := _CHOICE.fullmatch(text)):
        raise RecipeSyntaxError(f"not a choice: {text!r}")
    params = []
    for part in filter(None, (match["params"] or "").split(",")):
        name, _, value = part.partition("=")
        if not _WORD.fullmatch(name.strip()):
            raise RecipeSyntaxError(f"not a parameter: {part!r}")
        params.append((name.strip(), _parse_value(value.strip())))
    return Choice(match["name"], tuple(params))


def _parse_value(text: str) -> Value:
    if _INTEGER.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text):
        return float(text)
    if _WORD.fullmatch(text):
        return text
    raise RecipeSyntaxError(f"not a value: {text!r}")


def is_droppable(column: str) -> bool:
    """Whether a column's name can be written in a recipe."""
    return bool(_COLUMN.fullmatch(column))
