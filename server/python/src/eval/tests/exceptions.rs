use super::support::check_eval;
use expect_test::expect;

const HEAD: &str = "from lib import maybe, other, Error, SubError, Different\nfrom alembic import op\n";

macro_rules! check {
    ($($name:ident: $source:expr => $expected:expr;)*) => {
        $(#[test]
        fn $name() {
            check_eval(&format!("{HEAD}{}", $source), $expected);
        })*
    };
}

check! {
    all_clauses: "def f(x):\n  try:\n    op.body()\n    if x == 1: raise ValueError('v', 2)\n    if x == 2: return 'returned'\n  except (KeyError, ValueError) as e:\n    return e.args\n  else:\n    op.no_error()\n  finally:\n    op.finally_()\n  return 'end'\na = f(0)\nb = f(1)\nc = f(2)" => expect![[r#"
        a = "end"
        b = ("v", 2)
        c = "returned"
        body()
        no_error()
        finally_()
        body()
        finally_()
        body()
        finally_()
    "#]];
    hierarchy: "def f(e):\n  try: raise e\n  except LookupError: return 1\n  except ArithmeticError: return 2\n  except Exception: return 3\n  except BaseException: return 4\na = [f(KeyError), f(IndexError('x')), f(ZeroDivisionError()), f(ValueError), f(KeyboardInterrupt)]" => expect![[r#"
        a = [1, 1, 2, 3, 4]
    "#]];
    own_classes: "class A(Exception): pass\nclass B(A):\n  def __init__(self, n):\n    super().__init__('b')\n    self.n = n\ntry:\n  raise B(3)\nexcept A as e:\n  a = e.n\ntry: raise A\nexcept B: b = 1\nexcept A as e: b = isinstance(e, A)\nc = issubclass(B, A), issubclass(B, Exception), issubclass(A, B)" => expect![[r#"
        e = <A>
        a = 3
        b = True
        c = (True, True, False)
    "#]];
    of_the_host: "try:\n  op.fail()\n  op.never()\nexcept Error as e:\n  a = str(e)\ntry:\n  try: op.fail()\n  except Different: op.different()\nexcept Error: op.caught()\ntry: op.fail()\nexcept ValueError: op.wrong()\nexcept Exception: op.right()" => expect![[r#"
        e = ?raised:lib.Error
        a = ?raised:lib.Error
        caught()
        right()
    "#]];
    of_a_class_nobody_knows: "from elsewhere import Strange\ntry:\n  op.x()\n  op.fail()\nexcept Strange:\n  op.strange()\nexcept Error:\n  op.error()\nop.end()" => expect![[r#"
        x()
        either undecided-test
          error()
        or
          strange()
        end()
    "#]];
    raise_again: "try:\n  try: raise ValueError('x')\n  except ValueError:\n    op.log()\n    raise\nexcept ValueError as e: a = str(e)\ntry:\n  try: op.fail()\n  except Error as e: raise RuntimeError('r') from e\nexcept RuntimeError as e: b = f'{e}'" => expect![[r#"
        e = RuntimeError("r")
        a = "x"
        b = "r"
        log()
    "#]];
    undecided_raise: "def f():\n  try:\n    op.a()\n    if maybe: raise ValueError()\n    op.b()\n  except ValueError:\n    op.caught()\n    return 1\n  else:\n    op.no_error()\n  finally:\n    op.fin()\n  return 2\na = f()\nop.end()" => expect![[r#"
        a = ?outside-project:lib.maybe
        a()
        either outside-project
          b()
          no_error()
          fin()
        or
          caught()
          fin()
        end()
    "#]];
    undecided_exits_pass_finally: "def f():\n  for i in (1, 2):\n    try:\n      if maybe: continue\n      if other: break\n      if maybe: return i\n      op.x(i)\n    finally:\n      op.fin(i)\n  op.end()\n  return 0\na = f()" => expect![[r#"
        a = ?outside-project:lib.maybe
        either outside-project
          fin(1)
        or
          either outside-project
            either outside-project
              fin(1)
            or
              x(1)
              fin(1)
            fin(2)
          or
            either outside-project
              fin(1)
            or
              either outside-project
                fin(1)
              or
                x(1)
                fin(1)
              either outside-project
                fin(2)
              or
                either outside-project
                  fin(2)
                or
                  x(2)
                  fin(2)
            end()
    "#]];
    undecided_raise_not_caught_here: "def f():\n  try:\n    if maybe: raise KeyError()\n    op.x()\n  except ValueError: op.wrong()\ndef g():\n  try: f()\n  except KeyError: op.right()\ng()" => expect![[r#"
        either outside-project
          right()
        or
          x()
    "#]];
    raise_in_handler_and_else: "try:\n  try: raise ValueError()\n  except ValueError: raise KeyError()\n  except KeyError: op.wrong()\nexcept KeyError: op.right()\ntry:\n  try: pass\n  except KeyError: op.wrong()\n  else: raise KeyError()\nexcept KeyError: op.right2()" => expect![[r#"
        right()
        right2()
    "#]];
    finally_decides: "def f():\n  try: return 1\n  finally: return 2\na = f()\ndef g():\n  for i in (1, 2):\n    try: raise ValueError()\n    finally: break\n  return i\nb = g()\ndef h():\n  try:\n    if maybe: return 1\n  finally:\n    if other: return 3\n  return 2\nc = h()" => expect![[r#"
        a = 2
        b = 1
        c = ?outside-project:lib.other
    "#]];
    in_expressions: "def f(x):\n  if x > 1: raise ValueError()\n  return x\ntry: a = [f(i) for i in (0, 1, 2)]\nexcept ValueError: a = 'raised'\ntry: b = maybe or f(5)\nexcept ValueError: b = 'b'\ntry: c = f(0) if maybe else f(3)\nexcept ValueError: c = 0" => expect![[r#"
        a = "raised"
        b = ?outside-project:lib.maybe
        c = 0
    "#]];
    of_the_interpreter: "def t(f):\n  try: return f()\n  except KeyError: return 'key'\n  except IndexError: return 'index'\n  except AttributeError: return 'attribute'\n  except TypeError: return 'type'\n  except ValueError: return 'value'\n  except ZeroDivisionError: return 'zero'\n  except StopIteration: return 'stop'\n  except NameError: return 'name'\nclass A: pass\na = [t(lambda: {}['x']), t(lambda: [][0]), t(lambda: A().x), t(lambda: None.x), t(lambda: None[0]), t(lambda: 1()), t(lambda: int('x')), t(lambda: 1 / 0), t(lambda: next(iter([]))), t(lambda: nowhere), t(lambda: len(5)), t(lambda: 'a' + 1), t(lambda: [].index(1)), t(lambda: 5 % 0), t(lambda: 'x'.nothing), t(lambda: A(1).y)]" => expect![[r#"
        a = ["key", "index", "attribute", "attribute", "type", "type", "value", "zero", "stop", "name", "type", "type", "value", "zero", "attribute", "type"]
    "#]];
    messages_are_not_made_up: "try: {}['x']\nexcept KeyError as e: a = str(e)\ntry: [][0]\nexcept IndexError as e: b = str(e)\ntry: raise ValueError('x', 1)\nexcept ValueError as e: c = str(e), e.args\ntry: raise ValueError\nexcept ValueError as e: d = str(e)" => expect![[r#"
        e = ValueError()
        a = "'x'"
        b = ?raised:index out of range
        c = ("('x', 1)", ("x", 1))
        d = ""
    "#]];
    nobody_catches: "op.x()\na = 1\nraise ValueError('end')\nb = 2" => expect![[r#"
        a = 1
        b = ?name-not-found:b
        x()
        raises ValueError("end")
    "#]];
    names_outside_of_try: "a = nowhere\nb = nowhere.x" => expect![[r#"
        a = ?name-not-found:nowhere
        b = ?name-not-found:nowhere
    "#]];
    python_2: "try: text = unicode\nexcept NameError: text = str\na = text('x')" => expect![[r#"
        a = "x"
    "#]];
}
