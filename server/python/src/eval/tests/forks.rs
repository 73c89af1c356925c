use super::support::check_eval;
use expect_test::expect;

const HEAD: &str = "from lib import maybe, other\nfrom alembic import op\n";

macro_rules! check {
    ($($name:ident: $source:expr => $expected:expr;)*) => {
        $(#[test]
        fn $name() {
            check_eval(&format!("{HEAD}{}", $source), $expected);
        })*
    };
}

check! {
    both_courses_run: "a = 1\nif maybe:\n  a = 2\n  b = 3\n  op.x(1)\nelse:\n  op.y(1)\nop.z(a, b)" => expect![[r#"
        a = ?outside-project:lib.maybe
        b = ?outside-project:lib.maybe
        either outside-project
          x(1)
        or
          y(1)
        z(?outside-project:lib.maybe, ?outside-project:lib.maybe)
    "#]];
    what_both_bind_alike_is_known: "if maybe:\n  a = (1, 'x')\n  b = 1\nelse:\n  a = (1, 'y')\n  b = 1" => expect![[r#"
        a = (1, ?outside-project:lib.maybe)
        b = 1
    "#]];
    elif_chains: "if maybe:\n  a = 1\nelif other:\n  a = 1\nelif False:\n  a = 2\nelse:\n  a = 1" => expect![[r#"
        a = 1
    "#]];
    early_return: "def f():\n  if maybe:\n    op.x()\n    return 1\n  op.y()\n  return 2\na = f()\nop.z()" => expect![[r#"
        a = ?outside-project:lib.maybe
        either outside-project
          x()
        or
          y()
        z()
    "#]];
    early_return_of_the_same: "def f(x):\n  if maybe:\n    return x\n  return x\na = f(5)" => expect![[r#"
        a = 5
    "#]];
    two_early_returns: "def f():\n  if maybe:\n    return 1\n  op.b()\n  if other:\n    op.c()\n    return 1\n  op.d()\n  return 1\na = f()" => expect![[r#"
        a = 1
        either outside-project
          b()
          either outside-project
            c()
          or
            d()
        or
    "#]];
    return_on_both: "def f():\n  if maybe:\n    return 1\n  else:\n    return 2\n  op.never()\na = f()" => expect![[r#"
        a = ?outside-project:lib.maybe
    "#]];
    raise_on_one_course: "def upgrade():\n  if maybe:\n    op.x()\n    raise Exception('no')\n  op.y()" => expect![[r#"
        y()
    "#]];
    raise_on_both: "def upgrade():\n  if maybe:\n    raise Exception('a')\n  raise ValueError('b')" => expect![[r#"
        raises ValueError("b")
    "#]];
    nested: "def f():\n  if maybe:\n    if other:\n      op.a()\n      return 1\n    op.b()\n  else:\n    if other:\n      return 2\n    op.c()\n  op.d()\n  return 3\na = f()" => expect![[r#"
        a = ?outside-project:lib.other
        either outside-project
          a()
        or
          either outside-project
            either outside-project
              b()
            or
              c()
            d()
          or
    "#]];
    one_test_twice: "if maybe:\n  a = 1\nelse:\n  a = 2\nif maybe:\n  b = a\nelse:\n  b = a" => expect![[r#"
        a = ?outside-project:lib.maybe
        b = ?outside-project:lib.maybe
    "#]];
    and_or: "a = maybe and 1\nb = maybe or 1\nc = False and maybe\nd = 1 or maybe\ne = bool(maybe)\nf = not maybe" => expect![[r#"
        a = ?outside-project:lib.maybe
        b = ?outside-project:lib.maybe
        c = False
        d = 1
        e = ?outside-project:lib.maybe
        f = ?outside-project:lib.maybe
    "#]];
    tests_know_more_than_values: "if maybe and False: a = 1\nelse: a = 2\nif maybe or True: b = 1\nelse: b = 2\nif not (maybe and False): c = 1\nelse: c = 2\nd = 1 if not maybe and 0 else 2\ne = not (maybe or 1)" => expect![[r#"
        a = 2
        b = 1
        c = 1
        d = 2
        e = False
    "#]];
    effects_of_operands: "def f(x):\n  op.f(x)\n  return x\na = maybe and f(1)\nif maybe or f(0): op.yes()\nb = f(2) if maybe else f(2)" => expect![[r#"
        a = ?outside-project:lib.maybe
        b = 2
        either outside-project
          f(1)
        or
        either outside-project
          f(0)
        or
        either outside-project
          yes()
        or
        f(2)
    "#]];
    conditional: "a = 1 if maybe else 1\nb = 1 if maybe else 2\nc = [1] if maybe else [1]\nd = (1, 2) if maybe else (1, 3)" => expect![[r#"
        a = 1
        b = ?outside-project:lib.maybe
        c = [1]
        d = (1, ?outside-project:lib.maybe)
    "#]];
    comparisons: "a = maybe == 1\nb = maybe is None\nc = maybe < 1 < 0\nif maybe == 1: d = 1\nelse: d = 2\ne = 1 < 0 < maybe" => expect![[r#"
        a = (lib.maybe Eq 1)
        b = (lib.maybe Is None)
        c = (lib.maybe Lt 1)
        d = ?outside-project:lib.maybe
        e = False
    "#]];
    lists_that_differ: "a = [1]\nb = a\nif maybe:\n  a.append(2)\nc = [3]\nif maybe:\n  c[0] = 4\nd = {'x': 1, 'y': 2}\nif maybe:\n  d['x'] = 5\ne = {'x': 1}\nif maybe:\n  e['z'] = 1" => expect![[r#"
        a = ?outside-project:lib.maybe
        b = ?outside-project:lib.maybe
        c = [?outside-project:lib.maybe]
        d = {"x": ?outside-project:lib.maybe, "y": 2}
        e = ?outside-project:lib.maybe
    "#]];
    aliases_stay_aliases: "a = [1]\nif maybe:\n  b = a\nelse:\n  b = a\nb.append(2)\nif maybe:\n  c = [0]\nelse:\n  c = [0]\nd = c\nd.append(1)" => expect![[r#"
        a = [1, 2]
        b = [1, 2]
        c = [0, 1]
        d = [0, 1]
    "#]];
    aliases_that_differ: "a = [1]\nb = [1]\nif maybe:\n  c = a\nelse:\n  c = b\nif maybe:\n  x = y = [0]\nelse:\n  x = [0]\n  y = [0]\nx.append(1)" => expect![[r#"
        a = [1]
        b = [1]
        c = ?outside-project:lib.maybe
        x = [0, 1]
        y = ?outside-project:lib.maybe
    "#]];
    objects_of_one_course: "class A: pass\na = A()\na.x = 1\nif maybe:\n  a.y = a.x\n  b = A()\nelse:\n  a.x = 2" => expect![[r#"
        a = <A x=?outside-project:lib.maybe y=?outside-project:lib.maybe>
        b = ?outside-project:lib.maybe
    "#]];
    deletion: "a = 1\nb = {'k': 1, 'l': 2}\nif maybe:\n  del a\n  del b['k']\nc = b.get('l')" => expect![[r#"
        a = ?outside-project:lib.maybe
        b = ?outside-project:lib.maybe
        c = ?outside-project:lib.maybe
    "#]];
    closures: "if maybe:\n  n = 1\n  def f(): return 1\nelse:\n  n = 1\n  def f(): return 2\na = f()\ndef make(n):\n  def g(): return n\n  return g\nif maybe:\n  h = make(1)\nelse:\n  h = make(1)\nb = h()" => expect![[r#"
        n = 1
        f = ?outside-project:lib.maybe
        a = ?outside-project:lib.maybe
        b = 1
        ?outside-project()
    "#]];
    known_tests_do_not_fork: "if op.get_bind().name == 'postgresql':\n  op.x()\nelse:\n  op.y()\nif op.get_bind().rows:\n  op.z()" => expect![[r#"
        x()
        either rows
          z()
        or
    "#]];
    match_statement: "match maybe:\n  case 1:\n    a = 1\n  case 2 | 3:\n    a = 1\n  case _:\n    a = 1\nmatch 2:\n  case 1: b = 1\n  case 2 if maybe: b = 2\n  case c: b = 3\nmatch 5:\n  case [x, y]: d = 1\n  case _: d = 1" => expect![[r#"
        a = 1
        b = ?outside-project:lib.maybe
        c = ?outside-project:lib.maybe
        d = 1
    "#]];
    assertions: "def upgrade():\n  assert maybe\n  op.x()\n  assert 1 == 2, 'no'\n  op.y()" => expect![[r#"
        x()
        raises AssertionError(?raised:assertion failed)
    "#]];
    global_of_one_course: "a = 1\ndef f():\n  global a\n  if maybe:\n    a = 2\nf()\nb = a" => expect![[r#"
        a = ?outside-project:lib.maybe
        b = ?outside-project:lib.maybe
    "#]];
    generators: "def f():\n  yield 1\n  if maybe:\n    yield 2\n  yield 3\na = list(f())\ndef g():\n  yield 1\n  if maybe: return\n  op.x()\nb = [i for i in g()]" => expect![[r#"
        a = ?outside-project:lib.maybe
        b = [1]
        either outside-project
          x()
        or
    "#]];
    calls_of_unknown: "f = maybe.thing\nf(1)\nif maybe:\n  g = 1\nelse:\n  g = 2\ng.x(1)\nfor i in g: i.y(op)" => expect![[r#"
        g = ?outside-project:lib.maybe
        i = ?outside-project:lib.maybe
        ?outside-project(1)
        either outside-project
          ?outside-project(alembic.op)
        or
    "#]];
}
