"""Straight functions put in where they are called, in a syntax tree: for the classroom page.

A browser boxes every number that it hands to a function, which costs more than a rule does. What
is put in, and how a rule becomes JavaScript, is in :mod:`sim.transpile`.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Mapping
from typing import Any


class Inlining(ast.NodeTransformer):
    """Puts the lines of a rule where a stage calls it: a call would box each of its numbers.

    Rules are straight lines that change nothing, so that their lines may go before the statement.
    Names of a rule's own get a number, so that two calls do not meet.

    Args:
        rules: bodies without a docstring, by the names under which they are called.
    """

    def __init__(self, rules: Mapping[str, ast.FunctionDef]) -> None:
        self.rules = rules
        self.n_calls = 0
        self.lines: list[ast.stmt] = []

    def block(self, body: list[ast.stmt]) -> list[ast.stmt]:
        """Return statements with the lines of the rules that they call."""
        made: list[ast.stmt] = []
        for statement in body:
            outer, self.lines = self.lines, []
            if isinstance(statement, ast.For):
                statement.body = self.block(statement.body)
            elif isinstance(statement, ast.If):
                statement.test = self.visit(statement.test)
                lines, self.lines = self.lines, []
                statement.body, statement.orelse = map(
                    self.block, (statement.body, statement.orelse)
                )
                self.lines = lines
            else:
                statement = self.visit(statement)
            made += [*self.lines, statement]
            self.lines = outer
        return made

    def visit_Call(self, node: ast.Call) -> Any:
        """Put in the lines of a rule, and return the name of its answer."""
        node = self.generic_visit(node)  # type: ignore[assignment]
        name = ast.unparse(node.func)
        if name in ("least", "most"):
            given = [self._named(f"{name}_{k}", value) for k, value in enumerate(node.args)]
            return better(name, given)
        rule = self.rules.get(name)
        if rule is None:
            return node
        known = {
            argument.arg: self._named(argument.arg, value)
            for argument, value in zip(rule.args.args, node.args, strict=True)
        }
        self.n_calls += 1
        mark = f"_{self.n_calls}"
        for part in copy.deepcopy(rule.body):
            renamed = _Rename(known, mark).visit(part)
            if isinstance(renamed, ast.Return):
                renamed = _assign(f"{rule.name}{mark}", renamed.value)
            self.lines += self.block([renamed])
        return ast.Name(f"{rule.name}{mark}", ast.Load())

    def _named(self, name: str, value: ast.expr) -> ast.expr:
        """Return a value that may stand twice, giving it a name if need be."""
        if isinstance(value, ast.Name | ast.Constant):
            return value
        self.n_calls += 1
        self.lines.append(_assign(f"{name}_{self.n_calls}", value))
        return ast.Name(f"{name}_{self.n_calls}", ast.Load())


class _Rename(ast.NodeTransformer):
    """Gives the names of a rule's own a mark, and puts in its arguments."""

    def __init__(self, known: dict[str, ast.expr], mark: str) -> None:
        self.known, self.mark = known, mark

    def visit_Call(self, node: ast.Call) -> Any:
        """Leave the names of functions."""
        node.args = [self.visit(argument) for argument in node.args]
        return node

    def visit_Name(self, node: ast.Name) -> Any:
        """Return an argument's value, or the name with the mark."""
        if node.id in self.known:
            if not isinstance(node.ctx, ast.Load):
                raise ValueError(f"a rule sets its own argument {node.id}")
            return copy.deepcopy(self.known[node.id])
        return ast.Name(f"{node.id}{self.mark}", node.ctx)


def _assign(name: str, value: Any) -> ast.stmt:
    return ast.Assign([ast.Name(name, ast.Store())], value)


def better(name: str, given: list[ast.expr]) -> ast.expr:
    """Return ``least`` or ``most`` of two values that may stand twice."""
    beats = ast.Lt() if name == "least" else ast.Gt()
    return ast.IfExp(ast.Compare(given[0], [beats], [given[1]]), *copy.deepcopy(given))
