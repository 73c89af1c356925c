use super::{check, check_each};

#[test]
fn assignments() {
    check_each(&[
        ("a = 1", "a = 1"),
        ("a = b = c", "a = b = c"),
        ("a, b = c", "(a, b) = c"),
        ("a, = c", "(a,) = c"),
        ("(a, b), c = d", "((a, b), c) = d"),
        ("[a, *b] = c", "[a, *b] = c"),
        ("a, *b = c", "(a, *b) = c"),
        ("a = b, c = d", "a = (b, c) = d"),
        ("a = b, *c", "a = (b, *c)"),
        ("(a) = 1", "a = 1"),
        ("(a.b)[0] = (c) = 1", "a.b[0] = c = 1"),
        ("(a,) = 1", "(a,) = 1"),
        ("a.b = a[0] = 1", "a.b = a[0] = 1"),
        ("a = yield", "a = (yield)"),
        ("a: int", "a: int"),
        ("a: int = 1", "a: int = 1"),
        ("a.b: int = 1", "a.b: int = 1"),
        ("a: 'List[int]' = b, c", "a: \"List[int]\" = (b, c)"),
        ("type = 1", "type = 1"),
        ("match = case = 1", "match = case = 1"),
        ("print = exec = 1", "print = exec = 1"),
        ("a += 1", "a += 1"),
        ("a.b -= 1", "a.b -= 1"),
        ("a **= b, c", "a **= (b, c)"),
        ("a //= 1", "a //= 1"),
        ("a >>= 1; a <<= 2", "a >>= 1\na <<= 2"),
        ("a |= b; a &= b; a ^= b; a %= b; a /= b; a *= b; a @= b", {
            "a |= b\na &= b\na ^= b\na %= b\na /= b\na *= b\na @= b"
        }),
    ]);
}

#[test]
fn annotations() {
    check_each(&[
        ("a: list[int]", "a: list[int]"),
        ("a: dict[str, list[int]] = {}", "a: dict[(str, list[int])] = {:}"),
        ("a: Mapped[Optional['User']]", "a: Mapped[Optional[\"User\"]]"),
        ("a: int | None", "a: (int | None)"),
        ("a: list[int] | None = None", "a: (list[int] | None) = None"),
        ("a: list[int] | str | None", "a: ((list[int] | str) | None)"),
        ("a: list[int] | (str | None)", "a: (list[int] | (str | None))"),
        ("a: list[int] | (b | c  # x\n) | d", "a: ((list[int] | (b | c)) | d)"),
        ("a: list[int] | b.c[d] | e | f", "a: (((list[int] | b.c[d]) | e) | f)"),
        ("a: list[int] | dict[b, c] | tuple[d] | e", "a: (((list[int] | dict[(b, c)]) | tuple[d]) | e)"),
        ("a: list[(b | c) | d]", "a: list[((b | c) | d)]"),
        ("a: dict[str: int]", "a: dict[str:int]"),
        ("a: Select[*Ts]", "a: Select[(*Ts,)]"),
        ("a: Select[*tuple[b, ...]]", "a: Select[(*tuple[(b, ...)],)]"),
        ("a = [*b[0].c]", "a = [*b[0].c]"),
        ("a = f(*b.c(d) + e)", "a = f(*(b.c(d) + e))"),
        ("a: x.Select[*Ts, int]", "a: x.Select[(*Ts, int)]"),
        ("a: orm.Mapped[int]", "a: orm.Mapped[int]"),
        ("a: orm.Mapped[list[int]] = 1", "a: orm.Mapped[list[int]] = 1"),
        ("a: Callable[[int, str], None]", "a: Callable[([int, str], None)]"),
        ("a: tuple[int, ...]", "a: tuple[(int, ...)]"),
        ("a: Annotated[str, Field(max_length=3)]", "a: Annotated[(str, Field(max_length=3))]"),
        ("a: Literal['x', 1]", "a: Literal[(\"x\", 1)]"),
        ("a: type[int]", "a: type[int]"),
        ("a: 'x' = None", "a: \"x\" = None"),
    ]);
}

#[test]
fn imports() {
    check_each(&[
        ("import a", "import a"),
        ("import a.b.c as d, e", "import a.b.c as d, e"),
        ("from a import b", "from a import b"),
        ("from a.b import (c as d, e,)", "from a.b import c as d, e"),
        ("from . import a", "from . import a"),
        ("from .a import b", "from .a import b"),
        ("from ...a.b import c", "from ...a.b import c"),
        ("from .... import a", "from .... import a"),
        ("from a import *", "from a import *"),
        ("from .a import *", "from .a import *"),
        ("from __future__ import annotations", "from __future__ import annotations"),
        ("from a import (\n  b,  # one\n  c\n)", "from a import b, c"),
        ("import a . b", "import a.b"),
        ("from type import match as case", "from type import match as case"),
    ]);
}

#[test]
fn simple_statements() {
    check_each(&[
        ("pass", "pass"),
        ("return", "return"),
        ("return a, b", "return (a, b)"),
        ("return *a, b", "return (*a, b)"),
        ("raise", "raise"),
        ("raise A", "raise A"),
        ("raise A(b) from c", "raise A(b) from c"),
        ("assert a", "assert a"),
        ("assert a, 'b'", "assert a, \"b\""),
        ("del a", "del a"),
        ("del a.b, c[0]", "del a.b, c[0]"),
        ("del (a, b)", "del a, b"),
        ("del ()", "del "),
        ("global a, b", "global a, b"),
        ("nonlocal a", "nonlocal a"),
        ("break", "break"),
        ("continue", "continue"),
        ("a; b; c;", "a\nb\nc"),
        ("type A = int", "type A = int"),
        ("type A[T] = list[T]", "type A = list[T]"),
        ("type A = int | str", "type A = (int | str)"),
        ("type(a).b = 1", "type(a).b = 1"),
        ("type(a, *b).c = 1", "type(a, *b).c = 1"),
        ("type(a)[0] = b", "type(a)[0] = b"),
        ("type[a].b = c", "type[a].b = c"),
        ("type(a.b)(c).d = e", "type(a.b)(c).d = e"),
        ("print >>out, a", "((print >> out), a)"),
        ("print >> out", "(print >> out)"),
        ("yield a", "(yield a)"),
        ("await a", "await a"),
    ]);
}

#[test]
fn functions() {
    check_each(&[
        ("def f(): pass", "def f() { pass }"),
        ("def f(a, b: int, c=1, d: str = 'x') -> None: pass", {
            "def f(a, b: int, c = 1, d: str = \"x\") -> None { pass }"
        }),
        ("def f(a, /, b, *, c, d=1): pass", "def f(pos a, b, kw c, kw d = 1) { pass }"),
        ("def f(*a, b, **c): pass", "def f(*a, kw b, **c) { pass }"),
        ("def f(*a: int, **c: str): pass", "def f(*a: int, **c: str) { pass }"),
        ("def f[T: int, *U, **V](a: T) -> T: pass", "def f(a: T) -> T { pass }"),
        ("async def f(): await x", "async def f() { await x }"),
        ("def f(): yield", "def f() generator { (yield) }"),
        ("def f():\n  def g(): yield 1\n  return g", "def f() { def g() generator { (yield 1) }; return g }"),
        ("def f():\n  x = [(yield from y)]", "def f() generator { x = [(yield from y)] }"),
        ("def f(): return lambda: (yield)", "def f() { return (lambda : (yield)) }"),
        ("@a\n@b.c(d)\ndef f(): pass", "@a @b.c(d) def f() { pass }"),
        ("@a\nasync def f(): pass", "@a async def f() { pass }"),
        ("@a[0] or b\nclass A: pass", "@(a[0] or b) class A() { pass }"),
        ("def match(type, case): pass", "def match(type, case) { pass }"),
    ]);
    check("def f():\n    '''doc'''\n    # comment\n    a\n\n    b  # end\n", "def f() { \"doc\"; a; b }");
}

#[test]
fn classes() {
    check_each(&[
        ("class A: pass", "class A() { pass }"),
        ("class A(): x = 1", "class A() { x = 1 }"),
        ("class A(B, c.D, metaclass=M, **k): pass", "class A(B, c.D, metaclass=M, **k) { pass }"),
        ("class A[T](Base[T]): ...", "class A(Base[T]) { ... }"),
        ("class A:\n  x: int = 1\n  def f(self): pass\n", "class A() { x: int = 1; def f(self) { pass } }"),
        ("class A:\n  def f(self): yield\n  x = 1", "class A() { def f(self) generator { (yield) }; x = 1 }"),
    ]);
}

#[test]
fn conditions_and_loops() {
    check_each(&[
        ("if a: b", "if a { b }"),
        ("if a:\n  b\nelse:\n  c", "if a { b } else { c }"),
        ("if a: b\nelif c: d\nelif e: f\nelse: g", {
            "if a { b } else { if c { d } else { if e { f } else { g } } }"
        }),
        ("if a: b\nelif c: d", "if a { b } else { if c { d } }"),
        ("if (x := f()): pass", "if (x := f()) { pass }"),
        ("for a in b: c", "for a in b { c }"),
        ("for (a) in b: c", "for a in b { c }"),
        ("for a, b in c, d:\n  e\nelse:\n  f", "for (a, b) in (c, d) { e } else { f }"),
        ("for a.b, *c[0] in d: pass", "for (a.b, *c[0]) in d { pass }"),
        ("for x in *a, b: pass", "for x in (*a, b) { pass }"),
        ("async for a in b: c", "async for a in b { c }"),
        ("while a:\n  b\nelse: c", "while a { b } else { c }"),
        ("while True: break", "while True { break }"),
    ]);
}

#[test]
fn try_statements() {
    check_each(&[
        ("try: a\nexcept: b", "try { a } except { b }"),
        ("try: a\nexcept E: b", "try { a } except E { b }"),
        ("try: a\nexcept E as e: b", "try { a } except E as e { b }"),
        ("try: a\nexcept (E, F) as e: b\nexcept G: c\nelse: d\nfinally: f", {
            "try { a } except (E, F) as e { b } except G { c } else { d } finally { f }"
        }),
        ("try: a\nexcept E, F: b", "try { a } except (E, F) { b }"),
        ("try: a\nfinally: b", "try { a } finally { b }"),
        ("try: a\nexcept* E as e: b", "try { a } except E as e { b }"),
        ("try: a\nexcept *E: b", "try { a } except E { b }"),
    ]);
}

#[test]
fn with_statements() {
    check_each(&[
        ("with a: b", "with a { b }"),
        ("with a as b: c", "with a as b { c }"),
        ("with a as b, c as d: e", "with a as b, c as d { e }"),
        ("with a() as (b, c): d", "with a() as (b, c) { d }"),
        ("with (a as b, c): d", "with a as b, c { d }"),
        ("with (a as b): c", "with a as b { c }"),
        ("with (a as b, c as d,): e", "with a as b, c as d { e }"),
        ("with (\n  a as b,\n  c,\n): d", "with a as b, c { d }"),
        ("with (a, b): c", "with a, b { c }"),
        ("with (a): c", "with a { c }"),
        ("with (a, b) as c: d", "with (a, b) as c { d }"),
        ("with a.b(c) as d.e: f", "with a.b(c) as d.e { f }"),
        ("with a if b else c as d: e", "with (a if b else c) as d { e }"),
        ("with (a if b else c as d, e): f", "with (a if b else c) as d, e { f }"),
        ("with lambda: a as b: c", "with (lambda : a) as b { c }"),
        ("with a or b as c: d", "with (a or b) as c { d }"),
        ("async with a as b: c", "async with a as b { c }"),
    ]);
}

#[test]
fn match_statements() {
    check_each(&[
        ("match a:\n  case 1: b\n  case _: c", "match a case [1] { b } case _ { c }"),
        ("match a:\n  case 'x' | 'y': b", "match a case [\"x\", \"y\"] { b }"),
        ("match a:\n  case -1 | None | True: b", "match a case [(-1), None, True] { b }"),
        ("match a:\n  case B.C: d\n  case x: e", "match a case [B.C] { d } case x { e }"),
        ("match a:\n  case x if x > 1: b", "match a case x if (x > 1) { b }"),
        ("match a:\n  case (B.C | B.D): e", "match a case [B.C, B.D] { e }"),
        ("match a:\n  case (1 | 2) | 3: b", "match a case [1, 2, 3] { b }"),
        ("match a:\n  case (x): b", "match a case x { b }"),
        ("match a:\n  case (1, 2): b", "match a case <pattern> { b }"),
        ("match a:\n  case (1,): b", "match a case <pattern> { b }"),
        ("match a:\n  case (): b", "match a case <pattern> { b }"),
        ("match a:\n  case [x, y]: b", "match a case <pattern> { b }"),
        ("match a:\n  case x, y: b", "match a case <pattern> { b }"),
        ("match a:\n  case B(c=1): b", "match a case <pattern> { b }"),
        ("match a:\n  case {'k': v}: b", "match a case <pattern> { b }"),
        ("match a:\n  case 1 as x: b", "match a case <pattern> { b }"),
        ("match a:\n  case 1 | x: b", "match a case <pattern> { b }"),
        ("match a, b:\n  case _: c", "match (a, b) case _ { c }"),
        ("match (a):\n  case 1:\n    b\n    c", "match a case [1] { b; c }"),
        ("match a:\n  case 1.5: b", "match a case [1.5] { b }"),
        ("match(a)", "match(a)"),
        ("match[a]", "match[a]"),
    ]);
}

#[test]
fn line_ends_tabs_and_marks() {
    check_each(&[
        ("\u{feff}a = 1\n", "a = 1"),
        ("\u{feff}\nif a:\n  b\n", "if a { b }"),
        ("if a:\r\n  b\r\n  c\r\nd\r\n", "if a { b; c }\nd"),
        ("if a:\r  b\r  c\rd", "if a { b; c }\nd"),
        ("if a:\n\tb\n\tc\nd", "if a { b; c }\nd"),
        ("if a:\n    \tb\n\tc\nd", "if a { b; c }\nd"),
        ("if a:\n  if b:\n\tc\n  d\n", "if a { if b { c }; d }"),
        ("a\n\x0c\nb\n", "a\nb"),
        ("if a:\n  b\n\x0c  c\n", "if a { b; c }"),
        ("# only a comment", ""),
        ("", ""),
        ("\n\n", ""),
        ("a = 1 \\\n  + 2\n", "a = (1 + 2)"),
        ("x = 1;\\\n  y = 2\n", "x = 1\ny = 2"),
        ("if a: \\\n  b\n", "if a { b }"),
        ("'''a\n\tb\r\n'''", r#""a\n\tb\n""#),
        ("if a:\n    b\n  # odd comment\n    c\n", "if a { b; c }"),
        ("def f():\n    (a.\nb)\n    c(d.\ne(  # )\n))\n", "def f() { a.b; c(d.e()) }"),
        ("if a:\n    b\n# flush comment\n    c\n", "if a { b; c }"),
    ]);
}
