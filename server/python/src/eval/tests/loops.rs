use super::support::check_eval;
use expect_test::expect;

const HEAD: &str = "from lib import maybe, other, many\nfrom alembic import op\n";

macro_rules! check {
    ($($name:ident: $source:expr => $expected:expr;)*) => {
        $(#[test]
        fn $name() {
            check_eval(&format!("{HEAD}{}", $source), $expected);
        })*
    };
}

check! {
    known_rounds: "a = []\nfor i, (x, *y) in [(1, 'ab'), (2, 'cde')]:\n  if i == 2: continue\n  a.append(x)\nelse:\n  b = 1\nfor c in range(3):\n  if c == 1: break\nelse:\n  b = 2\ni = 0\nwhile i < 3:\n  i += 1\nelse: d = i" => expect![[r#"
        a = ["a"]
        i = 3
        x = "c"
        y = ["d", "e"]
        b = 1
        c = 1
        d = 3
    "#]];
    undecided_break: "for a in [1, 2, 3]:\n  op.a(a)\n  if maybe: break\nelse:\n  op.all()\nop.end()" => expect![[r#"
        a = ?outside-project:lib.maybe
        a(1)
        either outside-project
          a(2)
          either outside-project
            a(3)
            either outside-project
              all()
            or
          or
        or
        end()
    "#]];
    undecided_continue: "n = 0\nfor a in [1, 2]:\n  if maybe: continue\n  op.a(a)\n  n = 1\nop.end(n)" => expect![[r#"
        n = ?outside-project:lib.maybe
        a = 2
        either outside-project
          a(1)
        or
        either outside-project
          a(2)
        or
        end(?outside-project:lib.maybe)
    "#]];
    undecided_return: "def f():\n  for a in [1, 2]:\n    if maybe: return a\n    op.a(a)\n  else:\n    op.none()\nr = f()" => expect![[r#"
        r = ?outside-project:lib.maybe
        either outside-project
          a(1)
          either outside-project
            a(2)
            none()
          or
        or
    "#]];
    certain_exit_and_undecided_continue: "for a in [1, 2]:\n  if maybe: continue\n  op.a(a)\n  break\nelse: op.none()\nop.end()" => expect![[r#"
        a = ?outside-project:lib.maybe
        either outside-project
          a(1)
        or
          either outside-project
            a(2)
          or
            none()
        end()
    "#]];
    unknown_items: "n = 0\nm = 0\nk = [1]\nfor a in many:\n  op.a(a)\n  n = 1\n  k.append(2)\nop.end(n)" => expect![[r#"
        n = ?outside-project:lib.many
        m = 0
        k = ?outside-project:lib.many
        a = ?outside-project:lib.many
        either outside-project
          a(?outside-project:lib.many)
        or
        end(?outside-project:lib.many)
    "#]];
    what_rounds_change_is_unknown_inside_them: "x = 1\ny = 1\nfor a in many:\n  op.a(y)\n  y = x\n  x = 2\nfor b in many:\n  op.b(x)\n  if maybe:\n    z = 2\n    continue\nw = 1\nfor c in many:\n  op.c(w)\n  if maybe:\n    w = 2\n    continue" => expect![[r#"
        x = ?outside-project:lib.many
        y = ?outside-project:lib.many
        a = ?outside-project:lib.many
        b = ?outside-project:lib.many
        z = ?outside-project:lib.many
        w = ?outside-project:lib.many
        c = ?outside-project:lib.many
        either outside-project
          a(?outside-project:lib.many)
        or
        either outside-project
          b(?outside-project:lib.many)
        or
        either outside-project
          c(?outside-project:lib.many)
        or
    "#]];
    unknown_items_with_else: "for a in many:\n  if maybe: break\n  op.a()\nelse:\n  op.none()\nop.end()\nfor b in many: pass\nelse: c = 1" => expect![[r#"
        a = ?outside-project:lib.many
        b = ?outside-project:lib.many
        c = 1
        either outside-project
          a()
        or
        either outside-project
          none()
        or
        end()
    "#]];
    unknown_items_with_return: "def f():\n  for a in many:\n    op.a()\n    return 1\n  return 2\nr = f()" => expect![[r#"
        r = ?outside-project:lib.many
        either outside-project
          a()
        or
    "#]];
    undecided_while: "i = 0\nk = 5\nwhile maybe:\n  i += 1\n  op.a(k)\nelse:\n  op.e(i)" => expect![[r#"
        i = ?outside-project:lib.maybe
        k = 5
        either outside-project
          a(5)
        or
        e(?outside-project:lib.maybe)
    "#]];
    while_true: "def f():\n  n = 0\n  while True:\n    rows = maybe()\n    if not rows: break\n    op.a(n)\n    n += 1\n  op.end()\n  return n\nr = f()" => expect![[r#"
        r = ?outside-project:lib.maybe
        either outside-project
          a(0)
          either outside-project
            a(?outside-project:lib.maybe)
          or
        or
        end()
    "#]];
    while_true_with_return: "def f():\n  while True:\n    if maybe: return 1\n    op.a()\n  op.never()\nr = f()" => expect![[r#"
        r = 1
        either outside-project
          a()
          either outside-project
            a()
          or
        or
    "#]];
    bounded_while_with_doubt: "i = 0\nwhile i < 3:\n  i += 1\n  if maybe: break\n  op.a(i)\n" => expect![[r#"
        i = ?outside-project:lib.maybe
        either outside-project
          a(1)
          either outside-project
            a(2)
            either outside-project
              a(3)
            or
          or
        or
    "#]];
    while_until_known: "def f(n):\n  while n:\n    n -= 1\n    if n == 2:\n      return n\nr = f(5)\na = 3\nwhile (a := a - 1): op.a(a)" => expect![[r#"
        r = 2
        a = 0
        a(2)
        a(1)
    "#]];
    comprehensions: "a = [i * 2 for i in range(4) if i % 2]\nb = {k: v for k, v in [(1, 2)]}\nc = {i for i in (1, 1, 2)}\nd = list(x + y for x in 'ab' for y in 'cd')\ne = [(y := i) for i in (1, 2)]\nf = y\ndef g():\n  t = 5\n  return [t + i for i in (1, 2)]\nh = g()\nclass K:\n  xs = [1, 2]\n  ys = [x for x in xs]\nk = K.ys" => expect![[r#"
        a = [2, 6]
        b = {1: 2}
        c = {1, 2}
        d = ["ac", "ad", "bc", "bd"]
        e = [1, 2]
        y = 2
        f = 2
        h = [6, 7]
        k = [1, 2]
    "#]];
    unknown_comprehensions: "def f(x):\n  op.f(x)\n  return x\na = [f(i) for i in many]\nb = [f(i) for i in (1, 2) if maybe]\nc = {f(3): 1 for i in many if other}\nd = any(x for x in many)\ne = [i for i in (maybe, 2)]\ng = {maybe.x: 1}\nh = {many(), 2}" => expect![[r#"
        a = ?outside-project:lib.many
        b = ?outside-project:lib.maybe
        c = ?outside-project:lib.many
        d = ?outside-project:lib.many
        e = [lib.maybe, 2]
        g = {lib.maybe.x: 1}
        h = {lib.many(), 2}
        either outside-project
          f(?outside-project:lib.many)
        or
        either outside-project
          f(1)
        or
        either outside-project
          f(2)
        or
        either outside-project
          either outside-project
            f(3)
          or
        or
    "#]];
    nested_unknown_loops: "n = 0\nfor a in many:\n  for b in many:\n    op.x(n)\n    n += 1\n  m = n" => expect![[r#"
        n = ?outside-project:lib.many
        a = ?outside-project:lib.many
        b = ?outside-project:lib.many
        m = ?outside-project:lib.many
        either outside-project
          either outside-project
            x(?outside-project:lib.many)
          or
        or
    "#]];
    starred: "a, *b = [1, 2, 3]\n[c, d], e = (1, 2), 3\n*f, g = many\nh = [*b, 4]\ni = {**{'a': 1}, 'b': 2}\nj = (*b, *b)\nk = [*many]" => expect![[r#"
        a = 1
        b = [2, 3]
        c = 1
        d = 2
        e = 3
        f = ?outside-project:lib.many
        g = ?outside-project:lib.many
        h = [2, 3, 4]
        i = {"a": 1, "b": 2}
        j = (2, 3, 2, 3)
        k = ?outside-project:lib.many
    "#]];
    iterators_are_used_up: "it = iter([1, 2, 3])\na = next(it)\nb = list(it)\nc = list(it)\nd = next(it, 'end')\nz = zip([1, 2], 'ab')\ne = list(z)\nf = list(z)\ng = list(enumerate('ab', 1))\nh = [*map(str, (1, 2))]\ni = [*filter(None, (0, 1))]" => expect![[r#"
        it = []
        a = 1
        b = [2, 3]
        c = []
        d = "end"
        z = []
        e = [(1, "a"), (2, "b")]
        f = []
        g = [(1, "a"), (2, "b")]
        h = ["1", "2"]
        i = [1]
    "#]];
    endless_recursion: "def walk(node, out):\n  op.node(node.name)\n  out.append(node)\n  for child in node.children:\n    walk(child, out)\n  return 1\nfound = []\na = walk(maybe, found)\ndef f(n):\n  if maybe: return n\n  return f(n + 1)\nb = f(0)" => expect![[r#"
        found = ?outside-project:lib.maybe.children
        a = 1
        b = ?unknown-loop
        node(lib.maybe.name)
        either outside-project
          node(?outside-project:lib.maybe.children)
        or
    "#]];
    known_recursion: "def f(n):\n  if maybe: op.x(n)\n  return f(n - 1) if n else 'end'\na = f(3)" => expect![[r#"
        a = "end"
        either outside-project
          x(3)
        or
        either outside-project
          x(2)
        or
        either outside-project
          x(1)
        or
        either outside-project
          x(0)
        or
    "#]];
}
