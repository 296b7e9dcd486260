"""Watch expressions and the conditions of breakpoints, worked out over recorded values.

An expression is parsed with `ast` and interpreted by us: nothing is evaluated by Python, nothing of the learner's runs
again. What it may use stands in `expression_tree` and `expression_calls`; what a recording cannot tell is an
`ExpressionError` of one line.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable
from typing import Any, Protocol

from flowtui.engine.recording.expression_tree import Walk, kind_in_words
from flowtui.engine.recording.expression_values import ExpressionError, Handle, shown, type_of
from flowtui.engine.recording.recorded_values import Seen, Source
from flowtui.model.trace import State, Value

__all__ = ["Expression", "ExpressionError", "compile", "find"]

#: Characters of an expression.
LONGEST = 500
#: Visits of a line at which a condition is worked out in one search.
MOST_VISITS = 200_000
#: How often a search asks whether it is still wanted.
_BETWEEN = 64


class Visits(Source, Protocol):
    """What a search needs of a recording."""

    def at_line(self, file: int, line: int, n: int, direction: int) -> int | None:
        """The next or last visit of a line."""
        ...

    def state(self, n: int, heap_limit: int = 200) -> State:
        """The state at a step."""
        ...


class Expression:
    """A parsed expression.

    Attributes:
        text: as it was typed.
    """

    def __init__(self, text: str, node: ast.expr) -> None:
        self.text = text
        self._node = node

    def value(self, state: State, recording: Source) -> Value:
        """What it gives at a state: seen from the frame on top.

        Raises:
            ExpressionError: a name has no value there, or it cannot be worked out.
        """
        found = self._worked_out(state, recording)
        if isinstance(found, Handle):
            return Value(shown(found), found.type, found.number)
        return Value(shown(found), type_of(found))

    def holds(self, state: State, recording: Source) -> bool:
        """Whether it is true at a state.

        Raises:
            ExpressionError: see `value`.
        """
        found = self._worked_out(state, recording)
        return bool(_guarded(lambda: bool(found)))

    def _worked_out(self, state: State, recording: Source) -> Any:
        walk = Walk(Seen(state, recording).name)
        return _guarded(lambda: walk.value(self._node))


def _guarded(work: Callable[[], Any]) -> Any:
    """What `work` gives; whatever Python raises in it becomes an `ExpressionError` of one line."""
    try:
        return work()
    except ExpressionError:
        raise
    except (RecursionError, MemoryError):
        raise ExpressionError("the expression goes too deep") from None
    except KeyError as error:
        raise ExpressionError(f"KeyError: {error}") from None
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        line = " ".join(str(error).split())
        raise ExpressionError(f"{type(error).__name__}: {line}"[:200]) from None


def compile(text: str) -> Expression:  # what it does has this name
    """Parse an expression.

    Raises:
        ExpressionError: it is none, or holds what is never worked out.
    """
    text = text.strip()
    if not text:
        raise ExpressionError("there is no expression")
    if len(text) > LONGEST:
        raise ExpressionError(f"an expression has at most {LONGEST} characters")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an odd escape in a text is told by nobody to nobody
            node = ast.parse(text, mode="eval").body
        for each in ast.walk(node):
            if isinstance(each, ast.Lambda | ast.NamedExpr | ast.Await | ast.Yield | ast.YieldFrom):
                raise ExpressionError(f"{kind_in_words(each)} cannot be worked out over a recording")
    except SyntaxError as error:
        raise ExpressionError(f"this is no expression: {error.msg}") from None
    except (ValueError, RecursionError, MemoryError) as error:
        if isinstance(error, ExpressionError):
            raise
        raise ExpressionError("this is no expression that could be parsed") from None
    return Expression(text, node)


def find(
    recording: Visits,
    n: int,
    direction: int,
    file: int,
    line: int,
    condition: Expression | None = None,
    *,
    stop: Callable[[], bool] = lambda: False,
    most: int = MOST_VISITS,
) -> int | None:
    """The next (+1) or last (-1) step at a line for which a condition holds.

    Args:
        recording: where to look.
        n: the step to begin behind.
        direction: +1 or -1.
        file: the number of the source file.
        line: the line.
        condition: None is "always". Where it cannot be worked out it does not hold.
        stop: asked now and then; True ends the search without a result.
        most: visits that are looked at.

    Returns:
        The step; None when there is none, or when the search was stopped.

    Raises:
        ExpressionError: it holds nowhere and could not be worked out somewhere (the first such error), or there are
            more visits than `most`.
    """
    refused: ExpressionError | None = None
    at: int | None = n
    for visit in range(most):
        if visit % _BETWEEN == 0 and stop():
            return None
        assert at is not None
        at = recording.at_line(file, line, at, direction)
        if at is None:
            if refused is not None:
                raise ExpressionError(f"the condition never holds: {refused}")
            return None
        if condition is None:
            return at
        try:
            if condition.holds(recording.state(at, heap_limit=0), recording):
                return at
        except ExpressionError as error:
            refused = refused or error
    raise ExpressionError(f"the condition does not hold at {most} visits of the line; there are more")
