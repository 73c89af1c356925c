//! Whatever the code, an evaluation ends: soon, and on the stack of an ordinary thread.

use super::support::{Project, run, show_raise};
use crate::eval::Budget;

/// Runs on a stack of 2 MB, as threads have by default; how it ended.
fn ending(source: String, budget: Budget) -> String {
    let run = move || {
        let project = Project::new(&source);
        let (mut cx, result) = run(&project, budget);
        match result {
            Ok(_) => "ended".to_owned(),
            Err(raise) => show_raise(&mut cx, &raise),
        }
    };
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(run);
    thread.ok().and_then(|thread| thread.join().ok()).unwrap_or_else(|| "crashed".into())
}

const SMALL: Budget = Budget { steps: 100_000, depth: 100, forks: 12 };

#[track_caller]
fn check_stops(source: &str) {
    let source = format!("from lib import maybe, many\nfrom alembic import op\n{source}");
    assert_eq!(ending(source.clone(), SMALL), "stops ?budget", "{source}");
}

#[track_caller]
fn check_ends(source: &str) {
    let source = format!("from lib import maybe, many\nfrom alembic import op\n{source}");
    let ending = ending(source.clone(), SMALL);
    assert!(
        ending == "ended" || ending == "stops ?budget" || ending.starts_with("raises"),
        "{source}: {ending}"
    );
}

#[test]
fn endless_code_stops() {
    for source in [
        "while True: pass",
        "while True:\n  x = 1\n  continue",
        "while 1:\n  try: pass\n  finally: continue",
        "def f(): return f()\nf()",
        "def f(): return g()\ndef g(): return f()\nf()",
        "f = lambda: f()\nf()",
        "class A:\n  @property\n  def x(self): return self.x\nA().x",
        "class A:\n  def __str__(self): return str(self)\nx = str(A())",
        "class A:\n  def __init__(self): A()\nA()",
        "def g():\n  while True: yield 1\nlist(g())",
        "def g():\n  yield from g()\nlist(g())",
        "def f(n):\n  for i in range(1000): f(n + 1)\nf(0)",
        "x = [1]\nfor i in range(50000):\n  for j in range(50000): pass",
        "def d(f): return d(f)\n@d\ndef g(): pass",
    ] {
        check_stops(source);
    }
}

#[test]
fn forks_are_counted() {
    check_stops(&format!(
        "{}x = 1",
        (0..14).map(|n| format!("{}if maybe:\n", " ".repeat(n))).collect::<String>() + &" ".repeat(14)
    ));
    check_ends("def f(n):\n  if maybe: return f(n + 1)\n  return f(n + 2)\nf(0)");
    check_ends("def f(n):\n  if n == 0: return 0\n  return f(n - 1) if maybe else f(n - 1)\nx = f(40)");
    check_ends("def f(n):\n  for i in many:\n    f(n + 1)\nf(0)");
    check_ends(&"if maybe: x = 1\n".repeat(2_000));
    check_ends("for i in range(5000):\n  if maybe: x = [i]\n  else: y = [i]");
    check_ends("def f():\n  for i in range(5000):\n    if maybe: return i\nf()");
    check_ends("def f(a):\n  with a:\n    if maybe: return 1\nfor i in range(1000): f(op.block())");
}

#[test]
fn values_do_not_grow_without_bounds() {
    for source in [
        "x = 'a'\nwhile True: x = x + x",
        "x = 'a'\nfor i in range(100): x = x.replace('a', 'aa')",
        "x = 'a'\nfor i in range(100): x = f'{x}{x}'",
        "x = 'a'\nfor i in range(100): x = '%s%s' % (x, x)",
        "x = 'a'\nfor i in range(100): x = x.join([x, x, x])",
        "x = '{:>9999}'.format('a') * 100000",
        "x = [1]\nwhile True: x = x + x",
        "x = [1]\nwhile True: x += x",
        "x = [1]\nwhile True: x.extend(x)",
        "x = (1,)\nwhile True: x = x + x",
        "x = ()\nwhile True: x = (x,)",
        "x = ()\nfor i in range(100): x = (x, x)",
        "x = []\nfor i in range(100): x = [x, x]\nop.x(x)\ny = str(x)\nz = x == [x]",
        "x = {}\nfor i in range(100): x = {1: x, 2: x}\nop.x(x)\ny = x == dict(x)",
        "x = maybe\nwhile True: x = x + 1",
        "x = maybe\nwhile True: x = x.y",
        "x = maybe\nwhile True: x = x(x)",
        "x = maybe\nwhile True: x = -x",
        "x = maybe\nwhile True: x = x[x]",
        "x = maybe\nwhile True: x = x == 1",
        "from functools import partial\nx = maybe\nwhile True: x = partial(x, 1)",
        "from functools import partial\ndef f(): pass\nfor i in range(10000): f = partial(f)\nf()",
        "def f(): pass\nwhile True:\n  def f(x=f): pass",
        "x = 1\nwhile True:\n  class x(x): pass",
        "class A: pass\nfor i in range(10000):\n  class A(A): pass\na = A()\nb = a.x",
        "x = []\nx.append(x)\ny = str(x)\nz = x == [x]\nop.x(x)\nw = isinstance(1, x)",
        "x = {}\nx['x'] = x\ny = repr(x)\nop.x(x)",
        "x = 2\nfor i in range(100): x = x * x",
        "x = () * 10 ** 12\ny = '' * 10 ** 12\nz = b'a' * 10 ** 12",
        "x = 'a' * 1000000\ny = x.replace('', x)\nz = x.join(x)\nw = ','.join([x] * 90000)",
        "x = 'a' * 1000000\ny = '%r' * 50000 % ((x,) * 50000)\nz = str([x] * 90000)\nw = ('{0!r}' * 50000).format(x)",
        "x = [0] * 10 ** 9",
        "x = 'a' * 10 ** 12",
        "x = list(range(10 ** 12))",
        "x = [[0] * 1000] * 1000\nfor i in range(1000): x = x + x",
        "from itertools import product\nx = list(product(*[range(100)] * 10))",
        "x = list(range(50000))\nfor i in range(100000): len(x)",
        "x = 'abc' * 100000\nfor i in range(100000): x == x + 'a'",
        "class A:\n  def __iter__(self): return A()\nlist(A())",
        "class A:\n  def __getattr__(self, n): return A()\nx = A()\nfor i in range(100000): x = x.y",
        "x = 1\nfor i in range(100000): x = [x]\nop.x(x)",
        "try: raise ValueError()\nexcept ValueError as e:\n  while True:\n    try: raise ValueError(e)\n    except ValueError as f: e = f",
        "e = ValueError()\nwhile True: e = ValueError(e)",
        "x = '%1000000d' % 1\ny = '{:1000000}'.format(1)\nz = 'a'.ljust(10 ** 10)\nw = f'{1:.1000000f}'",
    ] {
        check_ends(source);
    }
}

#[test]
fn nested_code_does_not_overflow_the_stack() {
    const N: usize = 3_000;
    for source in [
        format!("x = {}1{}", "(".repeat(N), ")".repeat(N)),
        format!("x = {}1{}", "[".repeat(N), "]".repeat(N)),
        format!("x = {}1{}", "f(".repeat(N), ")".repeat(N)),
        format!("x = 1{}", " + 1".repeat(N)),
        format!("x = maybe{}", " + 1".repeat(N)),
        format!("x = maybe{}", ".y".repeat(N)),
        format!("x = maybe{}", "[0]".repeat(N)),
        format!("x = maybe{}", "()".repeat(N)),
        format!("x = {}1", "not ".repeat(N)),
        format!("x = {}1", "- ".repeat(N)),
        format!("x = {}1", "maybe and ".repeat(N)),
        format!("x = {}1", "maybe or ".repeat(N)),
        format!("x = {}1", "1 if maybe else ".repeat(N)),
        format!("x = {}1", "lambda: ".repeat(N)),
        format!("x = 1{}", " < 2".repeat(N)),
        format!("{} = 1", (0..N).map(|n| format!("x{n}")).collect::<Vec<_>>().join(" = ")),
        format!("if maybe: pass\n{}", "elif maybe: pass\n".repeat(N)),
        format!("if 0: pass\n{}", "elif 0: pass\n".repeat(N)),
        format!("match 5:\n{}", "  case 1: pass\n".repeat(N)),
        format!("match maybe:\n{}", "  case 1: pass\n".repeat(N)),
        format!("x = [1 {}]", "for i in (1,) ".repeat(N)),
        format!("try: raise ValueError()\n{}", "except KeyError: pass\n".repeat(N)),
        format!("with {}: pass", vec!["op.block()"; N].join(", ")),
        format!("x = {}1{}", "{1: ".repeat(N), "}".repeat(N)),
        format!("x = {}'a'{}", "f'{".repeat(3), "}'".repeat(3)),
        (0..90).map(|n| format!("{}for i{n} in (1,):\n", " ".repeat(n))).collect::<String>()
            + &" ".repeat(90)
            + "pass",
    ] {
        check_ends(&source);
    }
}
