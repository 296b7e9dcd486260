"""Generators, coroutines, async loops."""

from __future__ import annotations

from flowtui.explain.values import Entry

ASYNC: dict[str, Entry] = {
    "RETURN_GENERATOR": "Makes a generator or coroutine of this frame and returns it; the body runs only when it is asked.",
    "YIELD_VALUE": "Hands the value on top to whoever runs the generator or coroutine, and waits here to be resumed.",
    "YIELD_FROM": "Sends a value into the iterator below it and yields what it gives, until it ends and leaves its result.",
    "SEND": (
        "Sends the value on top into the iterator below it; when that one ends, leaves the waiting loop with its result.",
        "Sends the value on top into the iterator below it; when that one ends, goes to offset {target} with its result.",
    ),
    "END_SEND": "Ends a `yield from` or `await`: drops the iterator and leaves its result on top of the stack.",
    "CLEANUP_THROW": "Handles an exception thrown into a `yield from` or `await`: StopIteration gives its value, others are raised again.",
    "GET_YIELD_FROM_ITER": "Gets what `yield from` runs: a generator or coroutine stays as it is, else an iterator replaces it.",
    "GET_AWAITABLE": "Replaces the object on top by the iterator that `await` runs, as `__await__` gives it; a coroutine stays.",
    "GET_AITER": "Replaces the object on top by its async iterator, as `__aiter__` gives it: the start of an `async for`.",
    "GET_ANEXT": "Pushes the awaitable that `__anext__` gives for the next item of an `async for`.",
    "END_ASYNC_FOR": "Ends an `async for`: StopAsyncIteration is swallowed, any other exception is raised again.",
    "ASYNC_GEN_WRAP": "Wraps the value on top, so that it is known as one that an async generator yields.",
    "GEN_START": "Starts a generator or coroutine: pops the None that was sent to it.",
}
