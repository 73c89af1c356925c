use super::support::check_eval;
use expect_test::expect;

const HEAD: &str = "\
from contextlib import contextmanager, suppress, nullcontext
from lib import maybe, other, Error
from alembic import op

@contextmanager
def managed(x=1):
    op.start(x)
    yield x
    op.stop()

@contextmanager
def guarded():
    op.start()
    try:
        yield 'g'
    except ValueError:
        op.caught()
    finally:
        op.stop()

class Manager:
    def __init__(self, quiet): self.quiet = quiet
    def __enter__(self):
        op.enter()
        return self
    def __exit__(self, kind, error, trace):
        op.exit(kind)
        return self.quiet

";

macro_rules! check {
    ($($name:ident: $source:expr => $expected:expr;)*) => {
        $(#[test]
        fn $name() {
            check_eval(&format!("{HEAD}{}", $source), $expected);
        })*
    };
}

check! {
    of_the_host: "with op.block() as b:\n  op.x(b)\nwith op.block(), op.block() as c: op.y(c)" => expect![[r#"
        b = "block"
        c = "block"
        enter
        x("block")
        exit
        enter
        enter
        y("block")
        exit
        exit
    "#]];
    a_generator: "with managed(2) as a:\n  op.x(a)\nwith managed() as (b): op.y()" => expect![[r#"
        a = 2
        b = 1
        start(2)
        x(2)
        stop()
        start(1)
        y()
        stop()
    "#]];
    a_generator_and_more: "with managed(2) as a, op.block() as b, guarded() as c:\n  op.x(a, b, c)" => expect![[r#"
        a = 2
        b = "block"
        c = "g"
        start(2)
        enter
        start()
        x(2, "block", "g")
        stop()
        exit
        stop()
    "#]];
    return_from_inside: "def f():\n  with managed():\n    with guarded():\n      return 1\n  op.never()\na = f()" => expect![[r#"
        a = 1
        start(1)
        start()
        stop()
    "#]];
    break_from_inside: "for a in (1, 2, 3):\n  with guarded():\n    if a == 2: break\n    if a == 1: continue\n  op.never()\nop.end()" => expect![[r#"
        a = 2
        start()
        stop()
        start()
        stop()
        end()
    "#]];
    raise_from_inside: "try:\n  with guarded():\n    raise ValueError('x')\n  op.after()\n  with guarded():\n    raise KeyError('x')\nexcept KeyError:\n  op.outer()" => expect![[r#"
        start()
        caught()
        stop()
        after()
        start()
        stop()
        outer()
    "#]];
    without_finally_the_end_is_not_reached: "def f():\n  with managed():\n    return 1\ntry:\n  with managed():\n    raise KeyError()\nexcept KeyError: op.outer()\na = f()" => expect![[r#"
        a = 1
        start(1)
        outer()
        start(1)
    "#]];
    undecided_return_from_inside: "def f():\n  with guarded():\n    if maybe: return 1\n    op.x()\n  op.y()\n  return 2\na = f()" => expect![[r#"
        a = ?outside-project:lib.maybe
        start()
        either outside-project
          stop()
        or
          x()
          stop()
          y()
    "#]];
    undecided_raise_from_inside: "def f():\n  with guarded():\n    if maybe: raise ValueError()\n    op.x()\n  op.y()\nf()" => expect![[r#"
        start()
        either outside-project
          caught()
        or
          x()
        stop()
        y()
    "#]];
    undecided_return_from_a_host_block: "def f():\n  with op.block():\n    if maybe: return 1\n    op.x()\n  op.y()\n  return 2\na = f()" => expect![[r#"
        a = ?outside-project:lib.maybe
        enter
        either outside-project
          exit
        or
          x()
          exit
          y()
    "#]];
    an_undecided_generator: "@contextmanager\ndef either():\n  if maybe:\n    op.a()\n    yield 1\n  else:\n    op.b()\n    yield 2\n  op.c()\nwith either() as x:\n  op.x()" => expect![[r#"
        x = ?outside-project:lib.maybe
        either outside-project
          a()
          x()
        or
          b()
          x()
        c()
    "#]];
    a_manager_in_a_manager: "@contextmanager\ndef outer():\n  with guarded() as g:\n    op.inner()\n    yield g\n  op.out()\ndef f():\n  with outer() as g:\n    op.x(g)\n    return 5\na = f()\nwith outer(): op.y()" => expect![[r#"
        a = 5
        start()
        inner()
        x("g")
        stop()
        start()
        inner()
        y()
        stop()
        out()
    "#]];
    a_manager_after_the_yield: "@contextmanager\ndef late():\n  try:\n    yield\n  finally:\n    with managed('late'): op.z()\ndef f():\n  with late():\n    if maybe: return 1\n    op.x()\n  return 2\na = f()" => expect![[r#"
        a = ?outside-project:lib.maybe
        either outside-project
          start("late")
          z()
          stop()
        or
          x()
          start("late")
          z()
          stop()
    "#]];
    no_yield: "@contextmanager\ndef none():\n  if False: yield\ntry:\n  with none(): op.never()\nexcept RuntimeError: op.caught()" => expect![[r#"
        caught()
    "#]];
    two_yields: "@contextmanager\ndef two():\n  yield 1\n  yield 2\nwith two() as a: op.x(a)" => expect![[r#"
        a = 1
        x(1)
    "#]];
    a_class: "with Manager(False) as m:\n  a = m.quiet\ndef f():\n  with Manager(False):\n    return 1\nb = f()" => expect![[r#"
        m = <Manager quiet=False>
        a = False
        b = 1
        enter()
        exit(None)
        enter()
        exit(None)
    "#]];
    a_class_that_swallows: "with Manager(True):\n  raise ValueError()\nop.after()\ntry:\n  with Manager(False): raise ValueError()\nexcept ValueError: op.caught()" => expect![[r#"
        enter()
        exit(ValueError)
        after()
        enter()
        exit(ValueError)
        caught()
    "#]];
    a_class_that_may_swallow: "def f():\n  with Manager(maybe):\n    op.x()\n    raise ValueError()\n  op.after()\nf()\nop.end()" => expect![[r#"
        enter()
        x()
        exit(ValueError)
        after()
        end()
    "#]];
    suppressed: "with suppress(KeyError, Error):\n  op.x()\n  op.fail()\nop.after()\ntry:\n  with suppress(KeyError): op.fail()\nexcept Error: op.caught()" => expect![[r#"
        x()
        after()
        caught()
    "#]];
    pending_suppressed: "with suppress(ValueError):\n  op.x()\n  if maybe: raise ValueError()\n  op.y()\nop.after()" => expect![[r#"
        x()
        either outside-project
          y()
        or
        after()
    "#]];
    null: "with nullcontext(5) as a: pass\nwith maybe() as b: pass" => expect![[r#"
        a = 5
        b = lib.maybe()
    "#]];
    a_method: "class A:\n  @contextmanager\n  def block(self, n):\n    op.start(n)\n    yield self\n    op.stop()\nwith A().block(n=3) as a: op.x()" => expect![[r#"
        a = <A>
        start(3)
        x()
        stop()
    "#]];
    a_file: "with open('/src/x.sql') as f:\n  a = f.read()" => expect![[r#"
        f = builtins.open("/src/x.sql")
        a = ?environment:a file
    "#]];
    in_a_generator: "def g():\n  with guarded() as x:\n    yield x\n    yield 2\na = list(g())\nwith managed() as y:\n  b = list(g())" => expect![[r#"
        a = ["g", 2]
        y = 1
        b = ["g", 2]
        start()
        stop()
        start(1)
        start()
        stop()
        stop()
    "#]];
    a_decorator_with_it: "def wrapped(f):\n  def inner(*args, **kwargs):\n    with guarded():\n      return f(*args, **kwargs)\n  return inner\n@wrapped\ndef f(x):\n  op.f(x)\n  return x\na = f(3)" => expect![[r#"
        a = 3
        start()
        f(3)
        stop()
    "#]];
}
