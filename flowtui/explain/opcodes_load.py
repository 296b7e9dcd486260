"""Names and constants: opcodes that load, store and delete them, and that move the stack's items about.

An entry is the general sentence, or that and a second one with the values of the instruction at hand (see `values`).
"""

from __future__ import annotations

from flowtui.explain.values import Entry

LOAD: dict[str, Entry] = {
    "LOAD_CONST": (
        "Pushes a constant of the code object on the stack.",
        "Pushes the {value} on the stack.",
    ),
    "LOAD_SMALL_INT": (
        "Pushes a small int, which stands in the instruction itself, on the stack.",
        "Pushes the small int {arg}, which stands in the instruction itself, on the stack.",
    ),
    "LOAD_COMMON_CONSTANT": (
        "Pushes one of the objects that the interpreter keeps at hand for every program, such as AssertionError.",
        "Pushes {shown}, one of the objects that the interpreter keeps at hand for every program.",
    ),
    "LOAD_FAST": (
        "Pushes the value of a local variable on the stack.",
        "Pushes the value of the local variable {name} on the stack.",
    ),
    "LOAD_FAST_BORROW": (
        "Pushes the value of a local variable, without counting the new reference, for the variable outlives its use.",
        "Pushes the value of the local variable {name} without counting the new reference.",
    ),
    "LOAD_FAST_CHECK": (
        "Pushes the value of a local variable, or raises UnboundLocalError when it has none.",
        "Pushes the value of the local variable {name}, or raises UnboundLocalError when it has none.",
    ),
    "LOAD_FAST_AND_CLEAR": (
        "Pushes the value of a local variable (NULL if it has none) and empties it, for a comprehension to use the name.",
        "Pushes the value of the local variable {name} (NULL if it has none) and empties the variable.",
    ),
    "LOAD_FAST_LOAD_FAST": (
        "Pushes the values of two local variables on the stack.",
        "Pushes the values of the local variables {first} and {second} on the stack.",
    ),
    "LOAD_FAST_BORROW_LOAD_FAST_BORROW": (
        "Pushes the values of two local variables without counting the new references.",
        "Pushes the values of the local variables {first} and {second} without counting the new references.",
    ),
    "STORE_FAST_LOAD_FAST": (
        "Pops a value into a local variable, then pushes the value of a local variable.",
        "Pops a value into the local variable {first}, then pushes the value of {second}.",
    ),
    "STORE_FAST_STORE_FAST": (
        "Pops two values, each into a local variable.",
        "Pops a value into the local variable {first}, then the next one into {second}.",
    ),
    "STORE_FAST": (
        "Pops a value into a local variable.",
        "Pops a value into the local variable {name}.",
    ),
    "STORE_FAST_MAYBE_NULL": (
        "Compiler's own form of STORE_FAST: gives a local variable back what it held before a comprehension, even nothing.",
        "Compiler's own form of STORE_FAST: gives the local variable {name} back what it held before a comprehension.",
    ),
    "DELETE_FAST": (
        "Empties a local variable: the work of `del` in a function.",
        "Empties the local variable {name}: the work of `del` in a function.",
    ),
    "LOAD_NAME": (
        "Looks a name up among the locals, then the globals, then the built-ins, and pushes its value.",
        "Looks {name} up among the locals, then the globals, then the built-ins, and pushes its value.",
    ),
    "STORE_NAME": (
        "Pops a value and binds a name to it in the namespace of the module or class.",
        "Pops a value and binds the name {name} to it in the namespace of the module or class.",
    ),
    "DELETE_NAME": (
        "Removes a name from the namespace of the module or class: the work of `del`.",
        "Removes the name {name} from the namespace of the module or class: the work of `del`.",
    ),
    "LOAD_GLOBAL": (
        "Looks a name up among the globals, then the built-ins, and pushes its value.",
        "Looks {name} up among the globals, then the built-ins, and pushes its value{null}.",
    ),
    "STORE_GLOBAL": (
        "Pops a value and binds a global name to it.",
        "Pops a value and binds the global name {name} to it.",
    ),
    "DELETE_GLOBAL": (
        "Removes a name from the module's globals.",
        "Removes the name {name} from the module's globals.",
    ),
    "LOAD_DEREF": (
        "Pushes what is in a cell, that is, the value of a variable that an inner function shares with an outer one.",
        "Pushes the value of {name}, a variable that an inner function shares with an outer one.",
    ),
    "STORE_DEREF": (
        "Pops a value into a cell, that is, a variable that an inner function shares with an outer one.",
        "Pops a value into {name}, a variable that an inner function shares with an outer one.",
    ),
    "DELETE_DEREF": (
        "Empties a cell, that is, a variable that an inner function shares with an outer one.",
        "Empties {name}, a variable that an inner function shares with an outer one.",
    ),
    "LOAD_CLOSURE": (
        "Pushes a cell itself, not what is in it, to be shared with the inner function that is being made.",
        "Pushes the cell of {name} itself, not its value, to be shared with the inner function that is being made.",
    ),
    "LOAD_CLASSDEREF": (
        "Looks a shared variable up in the class body's namespace first, then in its cell, and pushes its value.",
        "Looks {name} up in the class body's namespace first, then in its cell, and pushes its value.",
    ),
    "LOAD_FROM_DICT_OR_DEREF": (
        "Pops a namespace and looks a shared variable up in it, then in its cell, and pushes the value.",
        "Pops a namespace and looks {name} up in it, then in its cell, and pushes the value.",
    ),
    "LOAD_FROM_DICT_OR_GLOBALS": (
        "Pops a namespace and looks a name up in it, then among the globals and built-ins, and pushes the value.",
        "Pops a namespace and looks {name} up in it, then among the globals and built-ins, and pushes the value.",
    ),
    "LOAD_LOCALS": "Pushes the namespace of the class body or module, a mapping, for a lookup that starts there.",
    "MAKE_CELL": (
        "Turns a local variable into a cell, so that inner functions can share it.",
        "Turns the local variable {name} into a cell, so that inner functions can share it.",
    ),
    "COPY_FREE_VARS": (
        "Copies the cells of the closure into the frame, so that the function can reach its outer variables.",
        "Copies the cells of {cells} from the closure into the frame.",
    ),
    "LOAD_BUILD_CLASS": "Pushes `__build_class__`, the built-in that will run the class body and make the class.",
    "LOAD_ASSERTION_ERROR": "Pushes AssertionError, for an `assert` whose condition is false.",
    "LOAD_ATTR": (
        "Replaces the object on top of the stack by one of its attributes.",
        "Replaces the object on top of the stack by its attribute {name}.",
    ),
    "STORE_ATTR": (
        "Pops an object and then a value, and sets an attribute of the object to the value.",
        "Pops an object and then a value, and sets the object's attribute {name} to the value.",
    ),
    "DELETE_ATTR": (
        "Pops an object and deletes one of its attributes.",
        "Pops an object and deletes its attribute {name}.",
    ),
    "LOAD_METHOD": (
        "Looks a method up on the object on top of the stack, for a call that makes no bound-method object.",
        "Looks the method {name} up on the object on top of the stack, for a call that makes no bound-method object.",
    ),
    "LOAD_SUPER_ATTR": (
        "Looks an attribute up on the parent classes: `super()` and the attribute access in one step.",
        "Looks the attribute {name} up on the parent classes: `super()` and the access in one step.",
    ),
    "LOAD_SUPER_METHOD": "Compiler's own form of LOAD_SUPER_ATTR: a method of two-argument `super()` is going to be called.",
    "LOAD_ZERO_SUPER_ATTR": "Compiler's own form of LOAD_SUPER_ATTR: an attribute of `super()` written without arguments.",
    "LOAD_ZERO_SUPER_METHOD": "Compiler's own form of LOAD_SUPER_ATTR: a method of `super()` without arguments is going to be called.",
    "LOAD_SPECIAL": (
        "Looks a special method up on the type of the object on top of the stack, as `with` statements do.",
        "Looks the special method {shown} up on the type of the object on top of the stack, ready for a call.",
    ),
    "IMPORT_NAME": (
        "Pops the names wanted and the level of a relative import, imports a module and pushes it.",
        "Pops the names wanted and the level of a relative import, imports the module {name} and pushes it.",
    ),
    "IMPORT_FROM": (
        "Pushes an attribute of the module on top of the stack, which stays there: the work of `from … import`.",
        "Pushes {name} from the module on top of the stack, which stays there: the work of `from … import`.",
    ),
    "IMPORT_STAR": "Pops a module and copies its public names into the namespace: the work of `from … import *`.",
    "SETUP_ANNOTATIONS": "Makes sure that the namespace has an `__annotations__` dict for the annotated variables to come.",
    "ANNOTATIONS_PLACEHOLDER": "Compiler's own mark of where the code for annotations goes; no finished code holds it.",
}

STACK: dict[str, Entry] = {
    "POP_TOP": "Throws away the value on top of the stack.",
    "PUSH_NULL": "Pushes a NULL, which says that a call has no `self` to pass (or, in 3.15, that an iterator needs no index).",
    "COPY": (
        "Pushes once more an item that is on the stack already.",
        "Pushes once more the item at place {arg}, counted from the top of the stack.",
    ),
    "SWAP": (
        "Swaps the item on top of the stack with a deeper one.",
        "Swaps the item on top of the stack with the one at place {arg}, counted from the top.",
    ),
    "NOP": "Does nothing; it keeps a place, often a line on which a debugger can stop.",
    "CACHE": "No instruction of its own: room after one, where the interpreter keeps what it learns while running.",
    "RESERVED": "A number that no instruction uses and that finished code never holds.",
    "EXTENDED_ARG": (
        "Gives the higher bits of the next instruction's argument, which is too big for one byte.",
        "Gives higher bits of the next instruction's argument, which is too big for one byte; so far they are {arg}.",
    ),
}
