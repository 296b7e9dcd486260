"""One sentence for each kind of AST node: what it stands for, and where its parts are."""

from __future__ import annotations

from flowtui.explain.instructions import unknown
from flowtui.explain.nodes_small import CONTEXTS, DEPRECATED, GROUPS, OPERATORS

ROOTS: dict[str, str] = {
    "Module": "A whole source file: its statements, in order, in `body`.",
    "Interactive": "One input at the interactive prompt: its statements in `body`.",
    "Expression": "A single expression, as `eval` takes it, in `body`.",
    "FunctionType": "A function's signature from a type comment: `argtypes` and what it `returns`.",
}

STATEMENTS: dict[str, str] = {
    "FunctionDef": "A `def`: the function's `name`, its parameters in `args`, its statements in `body`.",
    "AsyncFunctionDef": "An `async def`: the coroutine function's `name`, its parameters in `args`, its statements in `body`.",
    "ClassDef": "A `class`: its `name`, base classes in `bases`, and statements in `body`.",
    "Return": "A `return`, with what it hands back in `value`, or nothing.",
    "Delete": "A `del`, with what it deletes in `targets`.",
    "Assign": "An assignment: `value` goes to each of `targets`, of which `a = b = 1` has two.",
    "TypeAlias": "A `type` statement: an alias `name`, its `type_params` and the type it stands for in `value`.",
    "AugAssign": "An assignment such as `+=`: the `target` is changed by `op` with `value`.",
    "AnnAssign": "An annotated variable: `target`, its `annotation`, and perhaps a `value`.",
    "For": "A `for` loop: each item of `iter` goes to `target`, then `body` runs; `orelse` runs if no `break` did.",
    "AsyncFor": "An `async for` loop: each item awaited from `iter` goes to `target`, then `body` runs.",
    "While": "A `while` loop: `body` runs as long as `test` is true; `orelse` runs if no `break` did.",
    "If": "An `if`: `body` runs when `test` is true, else `orelse`, where an `elif` is one more If.",
    "With": "A `with`: `body` runs between the entry and the exit of the managers in `items`.",
    "AsyncWith": "An `async with`: like a With, but the entry and the exit of its managers are awaited.",
    "Match": "A `match`: the `subject` is tried against the patterns of `cases`, in order.",
    "Raise": "A `raise`: the exception in `exc`, and after `from` its `cause`.",
    "Try": "A `try`: `body`, its `handlers`, then `orelse` and `finalbody`.",
    "TryStar": "A `try` with `except*` handlers, each of which takes its part of an exception group.",
    "Assert": "An `assert`: AssertionError is raised, with `msg`, when `test` is false.",
    "Import": "An `import` of the modules in `names`; since 3.15 `is_lazy` says whether it is a `lazy import`.",
    "ImportFrom": "A `from … import`: `names` out of `module`; `level` counts the dots of a relative import.",
    "Global": "A `global`: the `names` belong to the module.",
    "Nonlocal": "A `nonlocal`: the `names` belong to an enclosing function.",
    "Expr": "An expression that stands as a statement; its value is thrown away.",
    "Pass": "A `pass`: a statement that does nothing.",
    "Break": "A `break`: leaves the nearest loop.",
    "Continue": "A `continue`: goes on with the next turn of the nearest loop.",
}

EXPRESSIONS: dict[str, str] = {
    "BoolOp": "Conditions joined by `and` or `or`, which is `op`; a chain of the same one is one node with several `values`.",
    "NamedExpr": "A `:=`: `value` is assigned to `target`, and is the value of the expression too.",
    "BinOp": "An operator between two values: `left`, `op`, `right`.",
    "UnaryOp": "An operator before one value: `op`, `operand`.",
    "Lambda": "A `lambda`: a function without a name, its parameters in `args` and one expression as `body`.",
    "IfExp": "A conditional expression: `body` if `test` is true, else `orelse`.",
    "Dict": "A dict display: `keys` and `values` side by side; a key of None marks a `**` mapping.",
    "Set": "A set display, its items in `elts`.",
    "ListComp": "A list comprehension: `elt` for each turn of its `generators`.",
    "SetComp": "A set comprehension: `elt` for each turn of its `generators`.",
    "DictComp": "A dict comprehension: `key` and `value` for each turn of its `generators`; in 3.15 a `**` mapping has no `value`.",
    "GeneratorExp": "A generator expression: makes `elt` for each turn of its `generators`, when asked.",
    "Await": "An `await` of what is in `value`.",
    "Yield": "A `yield`: hands out `value` and pauses the generator.",
    "YieldFrom": "A `yield from`: hands out all that the iterable in `value` gives.",
    "Compare": "A comparison: `left`, then `ops` and `comparators` in pairs; `a < b < c` is one node.",
    "Call": "A call of `func` with the positional `args` and the `keywords`.",
    "FormattedValue": "A field in braces of an f-string: its `value`, `conversion` and format.",
    "Interpolation": "A field in braces of a t-string: its `value`, its source text in `str`, `conversion` and format.",
    "JoinedStr": "An f-string: its plain texts and its fields, in order, in `values`.",
    "TemplateStr": "A t-string: its plain texts and its fields, in order, in `values`.",
    "Constant": "A literal: a number, string, bytes, True, False, None or `...`, as the object in `value`.",
    "Attribute": "An attribute access: the name `attr` of the object that `value` gives.",
    "Subscript": "Square brackets after an object: `value` is the container, `slice` what is asked of it.",
    "Starred": "A `*` before an iterable in a call, display or assignment: `value` is unpacked or collects the rest.",
    "Name": "A variable's name, `id`; `ctx` says whether it is read, assigned or deleted.",
    "List": "A list display, or a list of targets; its items are in `elts`.",
    "Tuple": "A tuple, or several targets of an assignment; its items are in `elts`.",
    "Slice": "A slice inside square brackets: `lower`, `upper` and `step`, each of which may be missing.",
}

PARTS: dict[str, str] = {
    "comprehension": "One `for` of a comprehension: `target`, `iter`, and its conditions in `ifs`.",
    "ExceptHandler": "An `except`: the `type` that it handles, the `name` after `as`, and its `body`.",
    "arguments": "All parameters of a function, sorted by kind, with their defaults.",
    "arg": "One parameter: its name, and perhaps its annotation.",
    "keyword": "One keyword argument of a call or class: `arg` is its name, None for a `**` mapping.",
    "alias": "One name of an import: `name`, and `asname` after `as`.",
    "withitem": "One manager of a `with`: `context_expr`, and the target after `as` in `optional_vars`.",
    "match_case": "One `case`: its `pattern`, its `guard` after `if`, and its `body`.",
    "TypeIgnore": "A `# type: ignore` comment, kept when the parser is asked for type comments.",
    "TypeVar": "A type parameter, as in `def f[T]()`: its `name`, and perhaps a `bound` and a `default_value` (3.13 on).",
    "ParamSpec": "A type parameter for a whole parameter list, as in `def f[**P]()`.",
    "TypeVarTuple": "A type parameter for any number of types, as in `def f[*Ts]()`.",
}

PATTERNS: dict[str, str] = {
    "MatchValue": "A pattern that fits when the subject equals `value`.",
    "MatchSingleton": "A pattern that fits when the subject is None, True or False itself.",
    "MatchSequence": "A pattern for a sequence: each of its items must fit one of `patterns`.",
    "MatchMapping": "A pattern for a mapping: it must have the `keys`, and their values must fit `patterns`.",
    "MatchClass": "A pattern for an object of the class `cls`, whose attributes must fit patterns of their own.",
    "MatchStar": "A `*name` in a sequence pattern: takes all the items that the others leave.",
    "MatchAs": "A pattern that binds what it fits to `name`; without a name it is the wildcard `_`.",
    "MatchOr": "Patterns joined by `|`, of which the first that fits is taken.",
}

KINDS: dict[str, str] = {
    **ROOTS,
    **STATEMENTS,
    **EXPRESSIONS,
    **PARTS,
    **PATTERNS,
    **OPERATORS,
    **CONTEXTS,
    **GROUPS,
    **DEPRECATED,
}


def node(kind: str) -> str:
    """One sentence for a kind of AST node.

    Args:
        kind: the class's name in `ast`, such as `BinOp`.

    Returns:
        A sentence of at most 160 characters that ends with a full stop.
    """
    return KINDS.get(kind) or unknown(kind)
