"""The small kinds of AST nodes: operators, contexts, the grammar's groups, and kinds that are no longer made."""

from __future__ import annotations

OPERATORS: dict[str, str] = {
    "And": "The operator `and`.",
    "Or": "The operator `or`.",
    "Add": "The operator `+`.",
    "Sub": "The operator `-` between two values.",
    "Mult": "The operator `*`.",
    "MatMult": "The operator `@`, the product of matrices.",
    "Div": "The operator `/`.",
    "Mod": "The operator `%`, the remainder.",
    "Pow": "The operator `**`, the power.",
    "LShift": "The operator `<<`, a shift of bits to the left.",
    "RShift": "The operator `>>`, a shift of bits to the right.",
    "BitOr": "The operator `|`, the bitwise or.",
    "BitXor": "The operator `^`, the bitwise exclusive or.",
    "BitAnd": "The operator `&`, the bitwise and.",
    "FloorDiv": "The operator `//`, a division that rounds down.",
    "Invert": "The operator `~`, which inverts all bits.",
    "Not": "The operator `not`.",
    "UAdd": "The sign `+` before a value.",
    "USub": "The sign `-` before a value.",
    "Eq": "The comparison `==`.",
    "NotEq": "The comparison `!=`.",
    "Lt": "The comparison `<`.",
    "LtE": "The comparison `<=`.",
    "Gt": "The comparison `>`.",
    "GtE": "The comparison `>=`.",
    "Is": "The comparison `is`: the very same object.",
    "IsNot": "The comparison `is not`: two different objects.",
    "In": "The comparison `in`: membership.",
    "NotIn": "The comparison `not in`: no membership.",
}

CONTEXTS: dict[str, str] = {
    "Load": "The context of an expression that is read.",
    "Store": "The context of an expression that is assigned to.",
    "Del": "The context of an expression that is deleted.",
}

#: Base classes: no tree has a node of just this kind.
GROUPS: dict[str, str] = {
    "AST": "The base class of all kinds of nodes.",
    "mod": "The base class of the roots, such as Module.",
    "stmt": "The base class of all statements.",
    "expr": "The base class of all expressions.",
    "expr_context": "The base class of Load, Store and Del.",
    "boolop": "The base class of And and Or.",
    "operator": "The base class of the operators between two values.",
    "unaryop": "The base class of the operators before one value.",
    "cmpop": "The base class of the comparisons.",
    "excepthandler": "The base class of ExceptHandler.",
    "pattern": "The base class of the patterns of a `case`.",
    "type_ignore": "The base class of TypeIgnore.",
    "type_param": "The base class of the type parameters.",
    "slice": "The base class of the kinds of slices, up to 3.8; kept by later versions for old programs.",
}

#: Old kinds that versions keep for old programs; which parser still made them is in the sentence.
DEPRECATED: dict[str, str] = {
    "Num": "A number, up to 3.7; now a Constant.",
    "Str": "A string, up to 3.7; now a Constant.",
    "Bytes": "A bytes literal, up to 3.7; now a Constant.",
    "NameConstant": "True, False or None, up to 3.7; now a Constant.",
    "Ellipsis": "The literal `...`, up to 3.7; now a Constant.",
    "Index": "A single index in square brackets, up to 3.8; now the expression stands there itself.",
    "ExtSlice": "Several slices in square brackets, up to 3.8; now a Tuple of them.",
    "AugLoad": "An old context, for a target that an assignment such as `+=` reads; no parser makes it now.",
    "AugStore": "An old context, for a target that an assignment such as `+=` writes; no parser makes it now.",
    "Param": "An old context, for parameters; no parser of Python 3 makes it.",
    "Suite": "An old root for statements, once used by Jython; no parser makes it.",
    "RevDBMetaVar": "PyPy: a variable of its reverse debugger, such as `$5`; ordinary code has none.",
}
