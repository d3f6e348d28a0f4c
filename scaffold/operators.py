"""The one prompt operator: it puts a prompt together, asks the model and parses the answer.

A prompt is a system message and one user message. The user message consists of level-1 sections in
a fixed order: the task's brief (Task, Metric, Data, Limits), Instruction, Previous solution (or
Solution 1, Solution 2, ...), Memory, Answer format. docs/concepts.md shows one; the recipe model
reads it as a language model does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scaffold.memory import attempts, in_scope, remember, score_of
from scaffold.models.base import Model
from scaffold.parser import parse
from scaffold.prompt_text import excerpt, fenced, num_chars, quoted
from scaffold.prompts import OPERATORS, SYSTEM, Template, complexity_hint
from scaffold.task import Task
from search.metric import Direction
from search.node import Expansion, Message, Node, Proposal, Status, StepContext
from search.tree import SearchTree

MAX_PLAN_CHARS = 1_500
MAX_FEEDBACK_CHARS = 2_000
MIN_SOLUTION_CHARS = 2_000  # shown of a solution even where the brief has taken all the room


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptSizes:
    """How long a prompt and its parts may be. `max_prompt_tokens` holds as long as the task's brief
    leaves room for the rest; what is cut then are the earlier solutions."""

    max_prompt_tokens: int = 24_000
    memory_tokens: int = 1_500
    output_tokens: int = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptOperator:
    """Implements `search.protocols.Operator` for every operator of a table.

    `template` finds the row of an operator's name.
    """

    task: Task
    model: Model
    sizes: PromptSizes = PromptSizes()
    system: str = SYSTEM
    template: Callable[[str], Template] = OPERATORS.load

    def prompt(
        self, tree: SearchTree, expansion: Expansion, context: StepContext
    ) -> tuple[Message, ...]:
        """The messages for an expansion. Reads the tree; the same tree gives the same prompt.

        Raises:
            ScaffoldError: no operator has this name.
        """
        template = self.template(expansion.operator)
        before = [
            _with_budget(self.task.brief(), context),
            _section("Instruction", self._instruction(tree, expansion, template)),
        ]
        memory = remember(
            in_scope(tree, expansion, template.memory), max_tokens=self.sizes.memory_tokens
        )
        after = [
            *([_section("Memory", memory)] if memory else []),
            _section("Answer format", self.task.answer_format()),
        ]
        room = num_chars(self.sizes.max_prompt_tokens) - len(self.system)
        room -= sum(len(part) + 2 for part in (*before, *after))
        solutions = self._solutions([tree[parent] for parent in expansion.parents], room)
        user = "\n\n".join([*before, *solutions, *after])
        return (Message("system", self.system), Message("user", user))

    def propose(self, messages: Sequence[Message], context: StepContext) -> Proposal:
        """Asks the model for one answer and parses it.

        Raises:
            ModelUnavailableError: the provider failed after all retries.
            ScaffoldError: the user must change a setting (key, model, base URL).
        """
        completion = self.model.complete(messages, 1, seed=context.seed)[0]
        parsed = parse(completion.text, self.task.language, truncated=completion.truncated)
        return Proposal(
            plan=parsed.plan,
            content=parsed.content,
            messages=tuple(messages),
            completion=completion.text,
            usage=completion.usage,
            problem=parsed.problem,
        )

    def _instruction(self, tree: SearchTree, expansion: Expansion, template: Template) -> str:
        parts = [f"operator: {expansion.operator}", template.instruction]
        if template.hints_complexity:
            parts.append(complexity_hint(len(attempts(tree, expansion))))
        return "\n\n".join(parts)

    def _solutions(self, parents: Sequence[Node], room: int) -> list[str]:
        """One section a parent, each with an equal share of the room."""
        single = len(parents) == 1
        return [
            _section(
                "Previous solution" if single else f"Solution {number}",
                self._solution(node, max(MIN_SOLUTION_CHARS, room // len(parents))),
            )
            for number, node in enumerate(parents, start=1)
        ]

    def _solution(self, node: Node, max_chars: int) -> str:
        """An earlier attempt in full: plan, code, output, feedback, score."""
        better = "higher" if self.task.direction is Direction.MAXIMIZE else "lower"
        score = f"{score_of(node)} ({better} is better)" if node.metric else "failed"
        told = node.status is not Status.ERROR  # an error of ours is no feedback on the program
        max_output = min(num_chars(self.sizes.output_tokens), max_chars // 3)
        output = excerpt(node.output, max_output, head=0.25) if told else ""
        feedback = excerpt(node.feedback, MAX_FEEDBACK_CHARS, head=0.75) if told else ""
        around = [
            f"step {node.id} ({node.operator}): {score}",
            *(["Plan:", quoted(excerpt(node.plan, MAX_PLAN_CHARS))] if node.plan else []),
        ]
        below = [
            *(["Output:", fenced(output, "text")] if output.strip() else []),
            *(["Feedback:", quoted(feedback)] if feedback else []),
        ]
        taken = sum(len(part) + 2 for part in (*around, *below)) + 100  # fences and headings
        code = excerpt(node.content, max(MIN_SOLUTION_CHARS // 2, max_chars - taken))
        shown = fenced(code, self.task.language) if code.strip() else "(no code)"
        return "\n\n".join([*around, shown, *below])


def _section(title: str, body: str) -> str:
    return f"# {title}\n\n{body}"


def _with_budget(brief: str, context: StepContext) -> str:
    """The brief with what the search has left. Lines go under Limits, its last section."""
    lines = []
    if context.remaining_steps is not None:
        lines.append(f"steps left: {context.remaining_steps}")
    if context.remaining_seconds is not None:
        lines.append(f"time left: {context.remaining_seconds:.0f} seconds")
    if not lines:
        return brief
    if not brief.rpartition("\n# ")[2].startswith("Limits\n"):
        lines.insert(0, "\n# Limits\n")
    return "\n".join([brief, *lines])
