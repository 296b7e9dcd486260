"""Short words for a row: how a node or an instruction is called in a pane, the link bar or a report."""

from __future__ import annotations

from flowtui.model.stages import CodeTable, TokenTable, TreeTable

#: Longer texts are cut for a label; a constant can be a megabyte.
LABEL_LIMIT = 120
#: Values that say nothing: what the field holds when the source says nothing of it.
_DEFAULTS = {
    "type_comment": ("None",),
    "kind": ("None",),
    "simple": ("1",),
    "conversion": ("-1",),
    "level": ("0",),
    "is_async": ("0",),
    "is_lazy": ("0",),
}


def shorten(text: str, limit: int = LABEL_LIMIT) -> str:
    """`text` with at most `limit` characters, the last one ``…`` when some are left out."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def node_attrs(tree: TreeTable, row: int) -> str:
    """What tells a node from others of its kind: ``'walk'`` of ``FunctionDef 'walk'``; empty for nothing.

    The first attribute stands alone, others carry their names; what the source does not say is left out.
    """
    parts: list[str] = []
    strings = tree.strings
    constant = tree.kind_of(row) in ("Constant", "MatchSingleton")  # there None is what the source says
    for entry in range(tree.attr_first[row], tree.attr_first[row + 1]):
        name, value = strings[tree.attr_name[entry]], strings[tree.attr_value[entry]]
        if value in _DEFAULTS.get(name, ()) or (value in ("None", "[]") and not constant):
            continue
        parts.append(shorten(value) if not parts else f"{name}={shorten(value)}")
    return " ".join(parts)


def node_label(tree: TreeTable, row: int) -> str:
    """A node's kind and what tells it from others: ``Name 'enumerate'``."""
    return f"{tree.kind_of(row)} {node_attrs(tree, row)}".rstrip()


def token_label(tokens: TokenTable, row: int) -> str:
    """A token's row and exact type: ``tok 86 NAME``."""
    return f"tok {row} {tokens.strings[tokens.exact_type[row]]}"


def argument_text(code: CodeTable, row: int) -> str:
    """What an instruction's argument means, in `dis`'s words; a jump's goal by the offset that stands beside the rows.

    From 3.13 on `dis` writes labels such as ``to L2``, which it shows beside the rows they stand for.
    """
    target = code.jump_target[row]
    return f"to {target}" if target >= 0 else code.strings[code.argrepr[row]]


def instruction_label(code: CodeTable, row: int) -> str:
    """An instruction's offset, name and argument in `dis`'s words: ``10 LOAD_GLOBAL NULL + enumerate``."""
    text = shorten(argument_text(code, row))
    return f"{code.offset[row]} {code.strings[code.opname[row]]} {text}".rstrip()
