use super::support::check_eval;
use expect_test::expect;

macro_rules! check {
    ($($name:ident: $source:expr => $expected:expr;)*) => {
        $(#[test]
        fn $name() {
            check_eval($source, $expected);
        })*
    };
}

check! {
    attributes_and_methods: "class A:\n  x = 1\n  def __init__(self, y=2): self.y = y\n  def get(self): return self.x + self.y\n  @classmethod\n  def make(cls, n): return cls(n)\n  @staticmethod\n  def add(a, b): return a + b\n  @property\n  def both(self): return (self.x, self.y)\na = A()\nb = a.get(), A.make(5).get(), A.add(1, 2), a.both, A.x\nA.x = 10\nc = a.x\na.x = 3\nd = A.x, a.x\ne = A.get(a)" => expect![[r#"
        a = <A y=2 x=3>
        b = (3, 6, 3, (1, 2), 1)
        c = 10
        d = (10, 3)
        e = 5
    "#]];
    order_of_look_up: "class A:\n  def who(self): return 'A'\nclass B(A): pass\nclass C(A):\n  def who(self): return 'C' + super().who()\nclass D(B, C):\n  def who(self): return 'D' + super().who()\na = D().who()\nclass M:\n  n = 'M'\nclass E(B, M): pass\nb = E.n, E().who()" => expect![[r#"
        a = "DCA"
        b = ("M", "A")
    "#]];
    super_calls: "class A:\n  def __init__(self, x): self.x = x\n  @classmethod\n  def make(cls): return cls(1)\nclass B(A):\n  def __init__(self, x, y):\n    super().__init__(x)\n    self.y = y\n  @classmethod\n  def make(cls): return cls(2, 3)\nclass C(A):\n  @classmethod\n  def make(cls): return super().make()\na = B(1, 2)\nb = B.make()\nc = C.make()\nd = isinstance(a, A), isinstance(a, (str, B)), isinstance(c, B), type(a) is B, type(a).__name__, a.__class__ is B" => expect![[r#"
        a = <B x=1 y=2>
        b = <B x=2 y=3>
        c = <C x=1>
        d = (True, True, False, True, "B", True)
    "#]];
    enums: "import enum\nfrom enum import Enum, auto\nclass Color(Enum):\n  RED = 'red'\n  BLUE = 'blue'\n  ROUGE = 'red'\n  def describe(self): return self.name + '/' + self.value\na = [c.value for c in Color], [c.name for c in Color], len(Color)\nb = Color.ROUGE is Color.RED, Color('blue') is Color.BLUE, Color['RED'].value, Color.RED.describe(), Color.RED == 'red'\nclass N(enum.IntEnum):\n  A = 1\n  B = auto()\n  C = auto()\nc = N.B + 1, N.C == 3, N.B < N.C, [int(n) for n in N], f'{N.A}'\nclass S(str, Enum):\n  X = 'x'\n  Y = 'y'\nd = S.X == 'x', S.X + '!', ','.join(S), S.X.upper(), {'x': 1}[S.X], S.X in ('x',), str(S.X), f'{S.X}'\nclass T(enum.StrEnum):\n  ONE = auto()\n  TWO = 'zwei'\ne = [*T][0] == 'one', str(T.TWO), f'{T.ONE}', list(T.__members__)\nf = Color.RED in Color, Color.RED != Color.BLUE, isinstance(Color.RED, Color), isinstance(S.X, str)" => expect![[r#"
        a = (["red", "blue"], ["RED", "BLUE"], 2)
        b = (True, True, "red", "RED/red", False)
        c = (3, True, True, [1, 2, 3], "1")
        d = (True, "x!", "x,y", "X", 1, True, "S.X", ?unsupported-syntax:an enum's format, which differs between versions of Python)
        e = (True, "zwei", "one", ["ONE", "TWO"])
        f = (True, True, True, True)
    "#]];
    enums_with_methods: "from enum import Enum, auto\nclass Base(Enum):\n  def _generate_next_value_(name, start, count, last): return name.lower()\nclass E(Base):\n  ONE = auto()\n  TWO = auto()\na = [e.value for e in E]\nclass P(Enum):\n  EARTH = (1, 'e')\n  MARS = (2, 'm')\n  def __init__(self, n, label):\n    self.n = n\n    self.label = label\n  @classmethod\n  def values(cls): return [p.label for p in cls]\n  @property\n  def double(self): return self.n * 2\n  def __str__(self): return self.label\nb = P.MARS.label, P.values(), P.MARS.double, P.EARTH.value, str(P.MARS), f'{P.EARTH}'\nclass W(Enum):\n  A = 1\n  def __new__(cls, v): return object.__new__(cls)\nc = W.A.value\ntry: P(3)\nexcept ValueError: d = 'no'\ne = E('one').name" => expect![[r#"
        a = ["one", "two"]
        b = ("m", ["e", "m"], 4, (1, "e"), "m", "e")
        c = ?unsupported-syntax:an enum with __new__
        d = "no"
        e = "ONE"
    "#]];
    data_classes: "from dataclasses import dataclass, field\nfrom typing import ClassVar, NamedTuple\n@dataclass\nclass A:\n  x: int\n  y: list = field(default_factory=list)\n  z: int = 5\n  k: ClassVar[int] = 9\n@dataclass(frozen=True)\nclass B(A):\n  w: int = 1\n  def __post_init__(self): self.sum = self.x + self.w\na = A(1), A(1, [2], z=3), B(1, w=4)\nb = A(1) == A(1), A(1) == A(2)\nc = A(1).y is A(1).y\nclass N(NamedTuple):\n  p: int\n  q: str = 'q'\nn = N(1)\nd, e = n\nf = n[0], n.q, len(n), [*n], n == (1, 'q')\ntry: A()\nexcept TypeError: g = 'missing'\nfrom collections import namedtuple\nP = namedtuple('P', 'x y')\nh = P(1, y=2).y, P(3, 4)[0]\nQ = namedtuple('Q', ['a', 'b'], defaults=[7])\ni = Q(1).b" => expect![[r#"
        a = (<A x=1 y=[] z=5>, <A x=1 y=[2] z=3>, <B x=1 y=[] z=5 w=4 sum=5>)
        b = (True, False)
        c = False
        n = <N p=1 q="q">
        d = 1
        e = "q"
        f = (1, "q", 2, [1, "q"], True)
        g = "missing"
        h = (2, 3)
        i = 7
    "#]];
    classes_from_outside: "from lib import Base, Mixin, deco\n@deco\nclass A(Base, Mixin):\n  x = Base(1)\n  def f(self): return 1\na = A.x\nb = A.metadata\nc = A().f()\nd = A().nothing\ne = A(q=1)" => expect![[r#"
        a = lib.Base(1)
        b = ?outside-project:lib.Base
        c = 1
        d = ?outside-project:lib.Base
        e = <A>
    "#]];
    decorators: "def register(cls):\n  seen.append(cls.__name__)\n  return cls\nseen = []\n@register\nclass A: pass\ndef double(f):\n  def inner(*args): return f(*args) * 2\n  return inner\ndef times(n):\n  def wrap(f):\n    def inner(*args, **kw): return f(*args, **kw) * n\n    return inner\n  return wrap\n@double\n@times(3)\ndef f(x, y=1): return x + y\na = f(1)\nfrom functools import wraps, lru_cache\ndef log(f):\n  @wraps(f)\n  def inner(*args): return ('log', f(*args))\n  return inner\n@log\ndef g(x): return x\nb = g(1)\n@lru_cache(maxsize=None)\ndef h(x, y=2): return x + y\nc = h(1)\nfrom lib import session\n@session\ndef k(x, s): return (x, s)\nd = k(1)" => expect![[r#"
        seen = ["A"]
        a = 12
        b = ("log", 1)
        c = 3
        d = (1, ?outside-project:lib.session)
    "#]];
    attributes_made_on_demand: "from lib import Base\nclass A:\n  x = 1\n  def __getattr__(self, name):\n    if name == 'y': return 2\n    raise AttributeError(name)\na = A().x, A().y, getattr(A(), 'z', 3)\nclass B(Base):\n  def __getattr__(self, name):\n    if name == 'y': return 2\n    return super().__getattr__(name)\nb = B().y\nc = B().z" => expect![[r#"
        a = (1, 2, 3)
        b = 2
        c = ?outside-project:lib.Base
    "#]];
    special_methods: "class A:\n  def __init__(self, items): self.items = items\n  def __len__(self): return len(self.items)\n  def __iter__(self): return iter(self.items)\n  def __getitem__(self, i): return self.items[i]\n  def __contains__(self, x): return x == 'in'\n  def __eq__(self, other): return self.items == other.items\n  def __call__(self, x): return x + 1\n  def __str__(self): return 'A!'\n  def __repr__(self): return 'A()'\n  def __bool__(self): return bool(self.items)\na = A([1, 2])\nb = len(a), [*a], a[1], 'in' in a, 'x' in a, a == A([1, 2]), a != A([1]), a(1), str(a), repr(a), f'{a}', f'{a!r}', bool(A([])), [a]\nc = 1 if A([]) else 2\nclass L:\n  def __len__(self): return 0\nd = bool(L())" => expect![[r#"
        a = <A items=[1, 2]>
        b = (2, [1, 2], 2, True, False, True, True, 2, "A!", "A()", "A!", "A()", False, [<A items=[1, 2]>])
        c = 2
        d = False
    "#]];
    class_bodies: "class A:\n  n = 2\n  xs = [i for i in range(n)]\n  if n > 1:\n    big = True\n  else:\n    big = False\n  for i in range(2): last = i\n  def f(self): return n\n  class B: m = 1\nn = 7\na = A.xs, A.big, A.last, A().f(), A.B.m" => expect![[r#"
        n = 7
        a = ([0, 1], True, 1, 7, 1)
    "#]];
    properties_with_setters: "class A:\n  @property\n  def x(self): return self._x * 2\n  @x.setter\n  def x(self, v): self._x = v\na = A()\na._x = 2\nb = a.x\na.x = 5\nc = a.x" => expect![[r#"
        a = <A>
        b = 4
        c = 10
    "#]];
    functions: "def f(a, b=2, *args, c, d=4, **kw): return (a, b, args, c, d, kw)\na = f(1, c=3)\nb = f(1, 2, 3, 4, c=5, e=6)\nc = f(*[1, 2], **{'c': 3, 'z': 4})\ndef g(x, /, y): return (x, y)\nd = g(1, y=2)\ndef t(f):\n  try: return f()\n  except TypeError: return 'TypeError'\ne = [t(lambda: g(x=1, y=2)), t(lambda: g(1)), t(lambda: g(1, 2, 3)), t(lambda: g(1, y=2, z=3)), t(lambda: g(1, 2, y=3)), t(lambda: f(1))]\ndef h(x, seen=[]):\n  seen.append(x)\n  return list(seen)\ni = h(1), h(2)\nj = (lambda x, *y, z=1: (x, y, z))(1, 2, z=3)\nfrom lib import many\nk = f(1, *many, c=2)\nl = g(*many, 5)\nm = f(1, c=2, **many)" => expect![[r#"
        a = (1, 2, (), 3, 4, {})
        b = (1, 2, (3, 4), 5, 4, {"e": 6})
        c = (1, 2, (), 3, 4, {"z": 4})
        d = (1, 2)
        e = ["TypeError", "TypeError", "TypeError", "TypeError", "TypeError", "TypeError"]
        i = ([1], [1, 2])
        j = (1, (2), 3)
        k = (1, ?outside-project:lib.many, ?outside-project:lib.many, 2, ?outside-project:lib.many, ?outside-project:lib.many)
        l = (?outside-project:lib.many, ?outside-project:lib.many)
        m = (1, ?outside-project:lib.many, ?outside-project:lib.many, 2, ?outside-project:lib.many, ?outside-project:lib.many)
    "#]];
    scopes: "x = 1\ndef f():\n  x = 2\n  def g():\n    nonlocal x\n    x += 1\n    return x\n  g()\n  return x, g()\na = f()\nb = x\ndef h():\n  global x\n  x = 5\n  return x\nc = h()\nd = x\ndef counter():\n  n = 0\n  def up():\n    nonlocal n\n    n = n + 1\n    return n\n  return up\nu = counter()\ne = u(), u(), counter()()\nfs = [lambda: i for i in range(3)]\nf2 = [f() for f in fs]\nfs3 = [lambda i=i: i for i in range(3)]\nf3 = [f() for f in fs3]\ndef fact(n): return 1 if n < 2 else n * fact(n - 1)\ng2 = fact(10)" => expect![[r#"
        x = 5
        a = (3, 4)
        b = 1
        c = 5
        d = 5
        e = (1, 2, 1)
        fs = [<function <lambda>>, <function <lambda>>, <function <lambda>>]
        f2 = [2, 2, 2]
        fs3 = [<function <lambda>>, <function <lambda>>, <function <lambda>>]
        f3 = [0, 1, 2]
        g2 = 3628800
    "#]];
    generators: "def g(n):\n  for i in range(n):\n    yield i\n    yield from (i, i)\n  return 5\na = list(g(2))\ndef h():\n  x = yield 1\n  yield x\nb = [*h()]\nc = sum(i for i in g(3))\nd = dict(zip('ab', g(1)))\ndef e():\n  if False: yield\nf = list(e())\ni = next(g(1))" => expect![[r#"
        a = [0, 0, 0, 1, 1, 1]
        b = [1, None]
        c = 9
        d = {"a": 0, "b": 0}
        f = []
        i = 0
    "#]];
    partial: "from functools import partial, reduce\ndef f(a, b, c=3): return (a, b, c)\np = partial(f, 1, c=5)\na = p(2), partial(p, 7)()\nb = reduce(lambda x, y: x + y, [1, 2, 3]), reduce(lambda x, y: x * y, [], 1)\nfrom itertools import chain, product\nc = list(chain([1], (2, 3))), list(product('ab', (1, 2))), [*chain.from_iterable([[1], [2]])]" => expect![[r#"
        p = partial(<function f>, 1, c=5)
        a = ((1, 2, 5), (1, 7, 5))
        b = (6, 1)
        c = ([1, 2, 3], [("a", 1), ("a", 2), ("b", 1), ("b", 2)], [1, 2])
    "#]];
}
