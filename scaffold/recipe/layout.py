"""Lays a Python expression out in lines of bounded width, one argument a line where it is long."""

from __future__ import annotations

import ast
import json

WIDTH = 96
INDENT = "    "


def lay_out(code: str, *, prefix: str = "") -> str:
    """`prefix` and the expression, e.g. `model = ` and a pipeline."""
    return prefix + _lines(ast.parse(code, mode="eval").body, len(prefix), 0)


def _lines(node: ast.expr, used: int, depth: int) -> str:
    flat = _flat(node)
    parts = _parts(node)
    if used + len(flat) <= WIDTH or not parts:
        return flat
    opening, items, closing = parts
    inner = INDENT * (depth + 1)
    lines = [
        inner + label + _lines(item, len(inner + label) + 1, depth + 1) for label, item in items
    ]
    return opening + "\n" + "".join(f"{line},\n" for line in lines) + INDENT * depth + closing


def _parts(node: ast.expr) -> tuple[str, list[tuple[str, ast.expr]], str] | None:
    """Opening bracket, items with their keywords, closing bracket; None for what is not split."""
    match node:
        case ast.Call(func=func, args=args, keywords=keywords) if args or keywords:
            named = [(f"{k.arg}=" if k.arg else "**", k.value) for k in keywords]
            return f"{_flat(func)}(", [*(("", a) for a in args), *named], ")"
        case ast.List(elts=items) if items:
            return "[", [("", item) for item in items], "]"
        case ast.Tuple(elts=items) if len(items) > 1:
            return "(", [("", item) for item in items], ")"
    return None


def _flat(node: ast.expr) -> str:
    """The expression on one line, with double quotes."""
    match node:
        case ast.Constant(value=str(text)):
            return json.dumps(text, ensure_ascii=False)
        case ast.Tuple(elts=[item]):
            return f"({_flat(item)},)"
        case ast.Starred(value=value):
            return f"*{_flat(value)}"
        case ast.Dict(keys=keys, values=values):
            pairs = [f"{_flat(k)}: {_flat(v)}" for k, v in zip(keys, values, strict=True) if k]
            return f"{{{', '.join(pairs)}}}"
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return f"{_flat(left)} + {_flat(right)}"
    if parts := _parts(node):
        opening, items, closing = parts
        return opening + ", ".join(label + _flat(item) for label, item in items) + closing
    return ast.unparse(node)
