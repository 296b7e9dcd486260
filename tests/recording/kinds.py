"""Programs of every kind that a recording must get right; small, printing what they do, the same on every run."""

from __future__ import annotations

import textwrap

#: By name: the source. None of them needs more than 3.8, except those in `NEEDS`.
KINDS: dict[str, str] = {
    name: textwrap.dedent(text).lstrip("\n")
    for name, text in {
        "recursion": """
            def fib(n):
                if n < 2:
                    return n
                return fib(n - 1) + fib(n - 2)

            def hanoi(n, a, b, c, moves):
                if n:
                    hanoi(n - 1, a, c, b, moves)
                    moves.append((a, b))
                    hanoi(n - 1, c, b, a, moves)
                return moves

            print(fib(7))
            print(len(hanoi(4, "A", "B", "C", [])))
            """,
        "sorting": """
            def bubble(a):
                for i in range(len(a)):
                    for j in range(len(a) - 1 - i):
                        if a[j] > a[j + 1]:
                            a[j], a[j + 1] = a[j + 1], a[j]
                return a

            def quick(a):
                if len(a) < 2:
                    return a
                p, *rest = a
                low = [x for x in rest if x < p]
                high = [x for x in rest if x >= p]
                return quick(low) + [p] + quick(high)

            data = [5, 3, 8, 1, 9, 2]
            print(bubble(data[:]), quick(data))
            data.sort(reverse=True)
            print(data, sorted(data, key=lambda x: -x))
            """,
        "classes": """
            class Shape:
                count = 0

                def __init__(self, name):
                    self.name = name
                    Shape.count += 1

                @property
                def area(self):
                    return 0

            class Square(Shape):
                def __init__(self, side):
                    super().__init__("square")
                    self.side = side

                @property
                def area(self):
                    return self.side ** 2

                def __add__(self, other):
                    return Square(self.side + other.side)

            shapes = [Square(n) for n in range(4)]
            total = sum(s.area for s in shapes)
            both = shapes[1] + shapes[2]
            both.label = "sum"
            del both.name
            print(total, Shape.count, both.side, vars(both))
            """,
        "slots": """
            class Node:
                __slots__ = ("value", "next")

                def __init__(self, value, next=None):
                    self.value = value
                    self.next = next

            head = None
            for n in range(4):
                head = Node(n, head)
            values = []
            while head is not None:
                values.append(head.value)
                head = head.next
            print(values)
            """,
        "strings": """
            words = "the quick brown fox jumps over the lazy dog".split()
            counts = {}
            for word in words:
                counts[word] = counts.get(word, 0) + 1
            line = ""
            for word, n in sorted(counts.items()):
                line += f"{word}={n:>2} "
                upper = word.upper()
            print(line.strip(), upper, "-".join(reversed(words)))
            text = "x" * 5 + "naïve 数 🐍" + "\\ud800"
            print(len(text), text[::-1].encode("utf-8", "replace"))
            """,
        "containers": """
            stack = []
            for n in range(3):
                stack.append([n])
            stack[0].extend([7, 8])
            alias = stack
            alias.insert(1, (1, 2))
            del stack[0]
            stack[-1] += [4]
            stack[1:2] = ["a", "b"]
            table = {"one": 1, 2: "two", (3, 4): [5]}
            table["one"] = 11
            table[(3, 4)].append(6)
            table.pop(2)
            table.update(x=1)
            table.setdefault("y", []).append(9)
            seen = {1, 2}
            seen.add(3)
            seen.discard(1)
            seen |= {5}
            frozen = frozenset(seen)
            nested = {"list": stack, "self": table}
            nested["me"] = nested
            print(stack, len(table), sorted(seen), sorted(frozen), len(nested))
            """,
        "comprehensions": """
            squares = [x * x for x in range(5) if x % 2]
            pairs = {a: b for a, b in zip("abc", range(3))}
            evens = {x for x in range(6) if not x % 2}
            table = [[i * j for j in range(3)] for i in range(3)]
            lazy = (x + 1 for x in squares)
            x = "outside"
            print(squares, pairs, sorted(evens), table, list(lazy), x)

            def inside(n):
                rows = [[c for c in str(i)] for i in range(n)]
                return [lambda: i for i in range(2)][0](), rows

            print(inside(3))
            """,
        "closures": """
            def counter(start):
                count = start

                def up(by=1):
                    nonlocal count
                    count += by
                    return count

                def reset():
                    nonlocal count
                    count = start

                return up, reset

            up, reset = counter(10)
            print(up(), up(5))
            reset()
            print(up())
            total = 0

            def add(*numbers, scale=1, **named):
                global total
                for number in numbers:
                    total += number * scale
                return named

            print(add(1, 2, scale=3, a=4), total)
            """,
        "generators": """
            def naturals(limit):
                n = 0
                try:
                    while n < limit:
                        sent = yield n
                        n += 2 if sent else 1
                finally:
                    print("closed at", n)
                return "done"

            def delegate():
                result = yield from naturals(3)
                yield result

            for value in delegate():
                print(value)
            g = naturals(10)
            print(next(g), g.send(True), next(g))
            g.close()
            h = naturals(5)
            next(h)
            try:
                h.throw(ValueError("thrown"))
            except ValueError as error:
                print("caught", error)
            a, b = naturals(9), naturals(9)
            print(next(a), next(b), next(a), next(b))
            """,
        "exceptions": """
            class Odd(Exception):
                pass

            def check(n):
                if n % 2:
                    raise Odd(n)
                return n

            def attempt(n):
                try:
                    value = check(n)
                except Odd as error:
                    value = -error.args[0]
                else:
                    value += 100
                finally:
                    last = n
                return value, last

            print([attempt(n) for n in range(3)])

            def nested():
                try:
                    try:
                        {}["missing"]
                    except KeyError as error:
                        raise ValueError("wrapped") from error
                    finally:
                        x = 1
                except ValueError as error:
                    return type(error.__cause__).__name__

            def early():
                for n in range(3):
                    try:
                        if n == 1:
                            return n
                    finally:
                        continue_at = n

            print(nested(), early())
            try:
                1 / 0
            except ZeroDivisionError:
                print("division")
            """,
        "with": """
            class Managed:
                def __init__(self, name, swallow=False):
                    self.name = name
                    self.swallow = swallow

                def __enter__(self):
                    print("enter", self.name)
                    return self

                def __exit__(self, kind, value, trace):
                    print("exit", self.name, kind and kind.__name__)
                    return self.swallow

            with Managed("a") as a, Managed("b", True) as b:
                names = a.name + b.name
                raise KeyError("swallowed")
            print(names)

            def returning():
                with Managed("c"):
                    return 5

            print(returning())
            """,
        "async": """
            import asyncio

            async def double(n):
                await asyncio.sleep(0)
                return 2 * n

            async def numbers():
                for n in range(3):
                    yield n

            class Lock:
                async def __aenter__(self):
                    return self

                async def __aexit__(self, *args):
                    await asyncio.sleep(0)

            async def main():
                results = []
                async for n in numbers():
                    results.append(await double(n))
                async with Lock() as lock:
                    results.append(type(lock).__name__)
                results += await asyncio.gather(double(10), double(20))
                return [x async for x in numbers()], results

            print(asyncio.run(main()))
            """,
        "match": """
            def area(shape):
                match shape:
                    case {"kind": "circle", "r": r}:
                        return 3 * r * r
                    case [w, h] if w == h:
                        return w ** 2
                    case [w, h, *rest]:
                        return w * h + len(rest)
                    case str() as name:
                        return len(name)
                    case 0 | 1:
                        return "bit"
                    case _:
                        return None

            for shape in ({"kind": "circle", "r": 2}, [3, 3], (2, 5, 1), "four", 1, 2.5):
                print(area(shape))
            """,
        "control": """
            total = 0
            for i in range(5):
                if i == 1:
                    continue
                for j in range(i):
                    if j == 2:
                        break
                    total += j
                else:
                    total += 10
            n = 5
            while n:
                n -= 1
                if n == 2: continue
            else:
                total *= 2
            while True:
                total += 1
                if total > 30: break
            x = total if total % 2 else -total
            a = b = [x]
            (c, d), *e = ((1, 2), 3, 4)
            y = (z := 3) + z
            del a
            ok = 1 < y < 10 and not x == 3 or "never"
            for k in range(3): total += k
            assert total, "not zero"
            print(total, x, b, c, d, e, y, ok)
            """,
        "names": """
            import math
            from collections import namedtuple, defaultdict, deque, OrderedDict

            Point = namedtuple("Point", "x y")
            p = Point(1, y=2)
            d = defaultdict(list)
            d["a"].append(1)
            q = deque([1, 2, 3], maxlen=3)
            q.append(4)
            o = OrderedDict(b=1)
            o["a"] = 2
            o.move_to_end("b")
            big = 2 ** 100
            neg = -7
            numbers = [1.5, 1e300, float("inf"), 3j, True, None, ..., b"bytes", range(3)]
            print(p, dict(d), list(q), list(o), big, neg, math.floor(2.5), len(numbers))

            class Body:
                first = 1
                second = [first, 2]
                for third in range(2):
                    second.append(third)
                del first

            print(Body.second, Body.third)
            """,
        "finalisers": """
            import gc, sys

            class Noisy:
                def __init__(self, name):
                    self.name = name

                def __del__(self):
                    print("gone", self.name)

            gc.disable()
            a = Noisy("a")
            print(sys.getrefcount(a))
            b = a
            print(sys.getrefcount(a))
            a = None
            del b
            ring = [Noisy("ring")]
            ring.append(ring)
            print(sys.getrefcount(ring))
            del ring
            print("collected", gc.collect() > 0)
            one, two = Noisy("one"), Noisy("two")
            one.other, two.other = two, one
            del one, two
            gc.collect()
            print("end")
            """,
        "threads": """
            import threading

            results = []
            lock = threading.Lock()

            def work(name, n):
                total = 0
                for i in range(n):
                    total += i
                with lock:
                    results.append((name, total))

            threads = [threading.Thread(target=work, args=(k, 5 + k)) for k in range(3)]
            for thread in threads:
                thread.start()
                thread.join()
            print(sorted(results))
            """,
        "operators": """
            class Vector:
                def __init__(self, *xs):
                    self.xs = list(xs)

                def __getitem__(self, i):
                    return self.xs[i]

                def __setitem__(self, i, x):
                    self.xs[i] = x

                def __len__(self):
                    return len(self.xs)

                def __iadd__(self, other):
                    self.xs = [a + b for a, b in zip(self.xs, other.xs)]
                    return self

                def __eq__(self, other):
                    return self.xs == other.xs

                def __call__(self, scale):
                    return Vector(*(scale * x for x in self.xs))

                def __contains__(self, x):
                    return x in self.xs

            v = Vector(1, 2, 3)
            v[0] = 9
            v += Vector(1, 1, 1)
            w = v(2)
            print(v.xs, w.xs, v == w, 3 in v, len(v), v[1:], -v[0], ~v[1], not v, v[0] << 2 | 1, 7 // 2, 7 % 4, 2 ** 5)
            """,
    }.items()
}
#: The version that a program's syntax needs.
NEEDS = {"match": (3, 10)}
