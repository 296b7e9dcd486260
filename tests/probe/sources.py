"""Sources whose places are easy to get wrong, for every interpreter: what one refuses, it refuses in the probe too."""

# ruff: noqa: E501  # a source is easier to read as one line

from __future__ import annotations

SOURCES: dict[str, bytes] = {
    "empty": b"",
    "no line end": b"x = 1",
    "only a comment": b"# nothing",
    "tabs": b"if x:\n\ty = '\t'\n\tif z:\n\t\t\tw(y,\tz)\n",
    "form feeds": b"\x0cdef f():\n    pass\n\x0c\n\x0cclass C:\n    x = '\x0c'\n\x0b\n",
    "crlf": b"def f(a):\r\n    return a + \\\r\n        1\r\n\r\n'''a\r\nb'''; f(2)\r\n",
    "byte order mark": b"\xef\xbb\xbfx = '\xc3\xa9'; y = x\n",
    "latin-1 cookie": b"# -*- coding: latin-1 -*-\nx = '\xe9\xe8'; y = x + '\xfc'; z\n",
    "cp1252 cookie": b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '\x80'; y = x\n",
    "wide": "名前 = '漢字🐍'; print(名前, f(名前))\ndef 関数(引数, *他): return 引数\n".encode(),
    "combining": "e\u0301te\u0301 = 'a\u0308'; x = e\u0301te\u0301 + y\n".encode(),
    "compatibility forms": "ﬁ = 1; x = ﬁ\n".encode(),
    "separators in strings": "x = 'a\u2028b\x1c\x85c'; y = x\n# \u2029 and on\nz = y\n".encode(),
    "continued": b"x = (1 +\n     2)\ny = x \\\n  + 3\nassert (x and\n        y)\n",
    "strings": b"a = 'x' 'y' \"\"\"z\nw\"\"\"; b = br'\\d'; c = u'q'\n",
    "f-strings": (
        "x = f'{a!r:>{width}} {b + 1} {{}}' f\"{'é'}\" ; y = 'ü'; z = f'ü{y}'\n"
        "w = f'''\n{a}\n  {b:{c}} {d['k']}'''\nv = (f'{x}'\n     f'{y} 漢 {z}')\nu = f'{x=} {y = }'\n"
    ).encode(),
    "nested f-strings": b"x = f'{f\"{a}\"}' ; y = f'{a:{f\"{b}\"}}'\nz = f'{lambda_(x)(1)}' f'{[i for i in range(3)]}'\n",
    "new f-strings": b"x = f'{'a' + f'{'b'}'}'\ny = f'{\n  a  # why\n}'\n",
    "t-strings": b"x = t'hello {name!r:>3} {a + b}'\n",
    "match": (
        b"match p:\n    case [1, x, *rest] if x: pass\n    case {'k': v, **more}: pass\n"
        b"    case C(a=1, b=None) | 'q' as r: pass\n    case _: pass\n"
    ),
    "async": (
        b"async def f(a):\n    async with a as b, c: await b\n    async for x in a:\n        yield x\n    else: pass\n"
        b"    return_ = [y async for y in a if await y]\n    async for z in a: break\n"
        b"async def g():\n    try:\n        return await f(1)\n    finally:\n        await h()\n"
    ),
    "exceptions": (
        b"def f():\n    try:\n        a()\n    except (E, F) as e:\n        raise G from e\n    except H:\n        return 1\n"
        b"    else:\n        b()\n    finally:\n        c()\n    while x:\n        try: continue\n        finally: d()\n"
        b"def g():\n    with a as b, c(d) as (e, f):\n        with h: return b\n    for x in y:\n        with x: break\n"
        b"    try: return 1\n    finally:\n        try: q()\n        except: pass\n"
    ),
    "exception groups": b"try:\n    a()\nexcept* E as e:\n    b(e)\nexcept* (F, G):\n    raise\n",
    "decorators": b"@a\n@b.c(1)\nclass C(B, metaclass=M, k=1):\n    @property\n    def x(self): return __class__, super().x\n",
    "walrus": b"if (n := f(1)) > 2: print([y := n, y**2], [z for q in n if (z := q)])\n",
    "type parameters": b"def f[T: int, *Ts, **P](a: T) -> T: return a\nclass C[T](B): x: T\ntype A[T] = list[T]\n",
    "type defaults": b"class C[T = int]: pass\n",
    "annotations": b"a: int = 1\nb: 'x.y'\nclass C:\n    __p: a = 1\n    def m(self, q: a, *, r: b = 2) -> None: s: a = q\n",
    "arguments": b"def f(a, b=1, /, c=2, *d, e, f=3, **g): return lambda h, *i, j=a, **k: h\nf(1, *a, b=2, **c)\n",
    "comprehensions": b"[x for y in z for x in y if x]; {a: b for a, b in c}; {d for d in e}; (f for f in g)\n",
    "slices": b"x[1], x[1:2], x[::3], x[1:2, ...], x[*a]\ndel x[0], y.z\nx[1:2] = y\n",
    "targets": b"a, *b = c = d\n(e, f), [g, h] = i\nj.k += l[m]\nn: o = p\nfor q, r in s: t\n",
    "names": b"global a\nimport b.c, d as e\nfrom f import g, h as i\nfrom . import j\ndef k():\n    nonlocal_ = 1\n    def l():\n        nonlocal nonlocal_\n        global a\n        nonlocal_ = a = 2\n",
    "dictionary unpacking": b"x = {**a, 'b': 1, **c}\n",
    "numbers": b"x = 1_000, 0xff, 1e400, -1e400, 1j, 0b1, 1.5, 10**100, True, None, ...\n",
    "frozen": b"x = a in {1, 2, 'b'}; y = a in (1, 'c', (2, b'd'))\n",
    "long jumps": b"while a:\n" + b"    b = c + d * e\n" * 200 + b"    if f: break\n",
    "many names": b"\n".join(b"name_%d = %d" % (i, i * 1000) for i in range(400)),
    "barry": b"from __future__ import annotations\nx: y = 1\ndef f(a: b) -> c: d: e = a\n",
    "unclosed": b"x = (1,\n  [2\n",
    "unclosed string": b"x = '''abc\n  def\n",
    "bad indentation": b"if x:\n    a\n  b\n",
    "bad syntax": "é = '漢'; x = = 1\n".encode(),
    "bad later": b"def f(a):\n    global a\n",
    "bad outside": b"return 1\n",
    "null byte": b"x = 1\0\ny = 2\n",
    "bad bytes": b"x = '\xe9'\n",
    "bad cookie": b"# coding: no-such-codec\nx = 1\n",
    "surrogates": b"x = '\xed\xa0\x80'\n",
    "escaped surrogates": b"x = '\\ud800'; y = {'\\udfff': x}\n",
}
