"""The recording: what a recorder writes while a program runs, and a reader reads while it is written.

A recording is a set of *streams*: files that the parent makes, sized in advance (sparse), and both sides map.
They are appended only and begin as zeros; all integers are little endian. The parent trusts none of it.

``steps``    one u32 a step: ``kind << 29 | code << 16 | where``. Steps are numbered from 1: step n is word n, word 0
             is ``MAGIC``. A step's word is written after everything that belongs to it: the first zero word is the
             end, whatever has happened to the program. Changes of a step beyond that end are to be ignored.
             ``code``: the code object's number, see ``code``. ``where``: a line (granularity ``line``) or half an
             offset (``instruction``); ``WIDE`` when that does not fit, the real one is a `D_WIDE` change.
``changes``  two u64 a change: ``step << 32 | what << 28 | index``, then a value. What a step changes is what is seen
             *at* that step: the state before the line or instruction of that step is executed.
``heap``     u64 words, a version of an object: ``step << 32 | object``, ``form << 56 | start << 28 | removed``,
             ``size << 32 | count``, then ``count`` values. See the ``H_…`` names.
``texts``    one behind the other: a kind (u8, see the ``T_…`` names), a length (u32), the text in UTF-8
             (``surrogatepass``). Texts are numbered from 1 in order, whatever their kind.
``code``     frames of `wire`, one a source file, in the order of registration, each written before the first step
             that names its code objects: ``{"kind": "code", "file": path, "base": b, "source": text or None, …}``
             and the header's keys and columns of the stage `bytecode`. The code object with the table's id i has
             the number b + i. Where the granularity is ``line`` the columns are there all the same.
``control``  u64 words, see the ``C_…`` names.

*Values* are u64 with a tag in the low 3 bits: `V_INT` (a signed integer of 61 bits above the tag), `V_TEXT` (the
number of a text: big integer, str, bytes, float, complex), `V_OBJECT` (the number of an object, from 1, never used
again), `V_CONST` (``None``, ``True``, ``False``, ``UNSET``, `NULL`). Objects are everything else.

*Frames* are numbered from 1 in the order of their `S_CALL` steps. The frame on top after a call is the new one, after
a `S_RESUME` the one that its `D_RESUMED` change names, after a `S_RETURN` or `S_YIELD` the one below it. The step of a
return, yield or raise itself is seen in the frame that returns. Each thread has a stack of frames of its own: a
`D_THREAD` change says that from its step on (included) another thread's steps follow. Thread 0 is the main thread.

*Slots* of a frame: first its fast locals as CPython lays them out (``co_varnames``, then the cell variables that are
no arguments, then the free variables; before 3.11 all cell variables), then the operand stack, bottom first. A slot
that holds a cell has the value of the cell's content. At granularity ``instruction`` only what a reader cannot work
out is recorded of the operand stack: results of instructions outside `DERIVED`, and the exception that a handler
begins with; the local slots are recorded always. `C_STACK` tells whether the results were read from the real frame.
"""

from __future__ import annotations

VERSION = 1
MAGIC = 0x464C5701
#: The streams, and what one item of each is, as an array's type code.
STREAMS = {"steps": "I", "changes": "Q", "heap": "Q", "texts": "B", "code": "B", "control": "Q"}

# ---- steps: kinds. `where` of the kinds without a place of their own says more.
S_AT = 0  # a line, or an instruction, is about to be executed
S_CALL = 1  # a frame begins; where: its first line. A slot change for each argument comes with it
S_RETURN = 2  # a frame ends; where: RETURNED or UNWOUND; D_VALUE has the result, or the exception
S_YIELD = 3  # a generator or coroutine gives a value (D_VALUE) and is suspended; where: 0
S_RESUME = 4  # a suspended frame goes on (D_RESUMED); where: 0, or THROWN when an exception is thrown into it
# an exception (D_VALUE) arises in, or comes up to, the frame on top; where: its line or half offset
S_RAISE = 5
S_COLLECT = 6  # the collector has run (D_COLLECTED, its step's H_FREED tell what is gone); code and where: 0
S_THREAD = 7  # where: THREAD_BEGINS, THREAD_ENDS; code: 0
RETURNED, UNWOUND = 0, 1
THROWN = 1
THREAD_BEGINS, THREAD_ENDS = 0, 1
MAX_CODE = (1 << 13) - 1  # code objects beyond this number are stepped over
WIDE = 0xFFFF

INDEX = (1 << 28) - 1  # masks of a word's fields: an index, a start, a count of what is removed
LOW = (1 << 32) - 1  # an object's number, a count of values

# ---- changes: what (4 bits); index is 28 bits
D_SLOT = 0  # index: the slot; of the frame on top, or of the one that a D_FRAME before it names
D_GLOBAL = 1  # index: module << 16 | name. module: the number of the source file (0 is the program itself)
D_NAME = 2  # index: a name; of the frame's own namespace (a class body)
D_FRAME = 3  # value: the frame's number; the next change of this step belongs to it
D_VALUE = 4  # value: returned, given, or raised
D_RESUMED = 5  # value: the frame's number
D_THREAD = 6  # value: the thread's number; the name is text number `index`, or 0
# index: 1 stdout, 2 stderr; value: how many bytes were written there so far, this write included
D_OUTPUT = 7
D_COLLECTED = 8  # value: generation << 56 | collected << 28 | uncollectable; index: candidates, or 0
D_WIDE = 9  # value: where the step really is

# ---- heap: forms of a version
H_BORN = 1  # start: the number of its type's name; refs: the address as a plain u64, then a text (or 0) that
#             describes what has no elements ("function norm", "module math"); size: bytes, 0 for unknown.
#             What the object is like follows as another version of the same step.
H_SEQUENCE = 2  # list, tuple: elements start … start+removed are replaced by the values
H_SET = 3  # set, frozenset: all elements anew
H_MAPPING = 4  # dict: all anew, key, value, key, value, …
H_MAPPING_ITEM = 5  # one key, one value: set it (at the end, when the key is new)
H_MAPPING_AT = 6  # start: an index in the order of insertion; one value: the key stays
# an instance's __dict__ or slots, all anew: name, value, …; names are texts (V_TEXT of T_STR)
H_ATTRIBUTES = 7
H_ATTRIBUTE = 8  # one name, one value: set it (at the end, when the name is new)
H_ATTRIBUTE_AT = 9  # like H_MAPPING_AT
H_FREED = 10  # start: FREED_BY_COUNT, or FREED_BY_COLLECTION + generation; no values: the object is gone from here on
# start: its true reference count at this step, the recorder's own references left out; no values
H_COUNT = 11
FREED_BY_COUNT, FREED_BY_COLLECTION = 0, 1
H_CUT = 12  # what is recorded of the object is cut here: removed: how many elements are left out at its end
H_ADDED = 13  # set: the values are added, at the end
H_REMOVED = 14  # set: the values are gone; mapping and attributes: the values are keys, these items are gone
#: Elements of one object that are recorded; an H_CUT says what is missing.
MAX_ELEMENTS = 10_000

# ---- texts: kinds
T_INT = 1  # digits of a big integer
T_STR = 2
T_STR_CUT = 3  # "LENGTH|beginning": a long string
T_FLOAT = 4  # as repr gives it
T_LEAF = 5  # what an object without elements is
T_TYPE = 6  # a type's name
T_NAME = 7  # a name; names are numbered from 0 in their own order
T_INT_CUT = 8  # "BITS": an integer of so many bits that its digits are not worth having
T_BYTES = 9  # as repr gives it
T_BYTES_CUT = 10  # "LENGTH|beginning of the repr"
T_COMPLEX = 11
#: Characters of a string that are kept.
MAX_TEXT = 200

# ---- values
V_INT, V_TEXT, V_OBJECT, V_CONST = 1, 2, 3, 4
INT_LIMIT = 1 << 60  # -INT_LIMIT < integer < INT_LIMIT
NONE, TRUE, FALSE = 0 << 3 | V_CONST, 1 << 3 | V_CONST, 2 << 3 | V_CONST
UNSET = 3 << 3 | V_CONST  # no value: a local before its first assignment, after del
NULL = 4 << 3 | V_CONST  # the NULL that CPython itself has on the operand stack
ELLIPSIS = 5 << 3 | V_CONST
UNKNOWN = 6 << 3 | V_CONST  # it could not be read

# ---- control: u64 words
C_MAGIC = 0  # MAGIC
C_STATE = 1  # see below
C_CUT = 2  # why the recording ended before the program: an index in CUTS
C_GRANULARITY = 3  # 0 line, 1 instruction
C_STOP = 4  # written by the parent: a one here ends the recording (not the program)
# events that could not be recorded since they happened inside the recorder (a __del__ that it set off)
C_LOST = 5
C_STACK = 6  # 0 no operand stack, 1 read from the real frames
STATE_NONE, STATE_RECORDING, STATE_ENDED = 0, 1, 2
#: Reasons, by their number in C_CUT; 0 is "not cut".
CUTS = (
    "",
    "steps",  # the limit of steps
    "bytes",  # a stream is full
    "seconds",  # the limit of time
    "stopped",  # the parent asked for it
    "untraced",  # the program took the trace function away, or the monitoring tool
    "codes",  # too many code objects: the others are stepped over (the recording goes on)
    "failed",  # the recorder itself failed
)

_DERIVED = """
    NOP RESUME CACHE EXTENDED_ARG POP_TOP PUSH_NULL COPY SWAP LOAD_CONST LOAD_SMALL_INT LOAD_FAST LOAD_FAST_CHECK
    LOAD_FAST_BORROW LOAD_FAST_LOAD_FAST LOAD_FAST_BORROW_LOAD_FAST_BORROW STORE_FAST STORE_FAST_STORE_FAST
    STORE_FAST_LOAD_FAST DELETE_FAST STORE_NAME STORE_GLOBAL STORE_DEREF DELETE_DEREF STORE_ATTR STORE_SUBSCR
    STORE_SLICE DELETE_ATTR DELETE_SUBSCR LIST_APPEND SET_ADD MAP_ADD LIST_EXTEND DICT_UPDATE SET_UPDATE DICT_MERGE
    JUMP_FORWARD JUMP_BACKWARD JUMP_ABSOLUTE POP_JUMP_IF_TRUE POP_JUMP_IF_FALSE POP_JUMP_IF_NONE
    POP_JUMP_IF_NOT_NONE POP_JUMP_FORWARD_IF_TRUE POP_JUMP_FORWARD_IF_FALSE POP_JUMP_BACKWARD_IF_TRUE
    POP_JUMP_BACKWARD_IF_FALSE POP_JUMP_FORWARD_IF_NONE POP_JUMP_FORWARD_IF_NOT_NONE POP_JUMP_BACKWARD_IF_NONE
    POP_JUMP_BACKWARD_IF_NOT_NONE RETURN_VALUE RETURN_CONST POP_ITER END_FOR NOT_TAKEN COPY_FREE_VARS MAKE_CELL
    PRECALL KW_NAMES JUMP_BACKWARD_NO_INTERRUPT DELETE_NAME DELETE_GLOBAL DUP_TOP DUP_TOP_TWO ROT_TWO ROT_THREE
    ROT_FOUR ROT_N JUMP_IF_TRUE_OR_POP JUMP_IF_FALSE_OR_POP
"""
#: Instructions whose results the reader works out, from the stack, the locals and the constants. A constant that
#: is no plain value is recorded like a result (a code object, a tuple), since it is an object.
DERIVED = frozenset(_DERIVED.split())
