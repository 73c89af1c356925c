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
    only_what_is_needed_runs: "//- main.py\nfrom m import a, f\nb = f()\n//- m.py\nfrom alembic import op\nop.never()\nraise ValueError()\na = 1\nx = a + 1\ndef f(): return x\nx += 10\nlist_ = [1]\n" => expect![[r#"
        a = 1
        b = 12
    "#]];
    changes_are_included: "//- main.py\nfrom m import items, table, D\na = items, table, D\n//- m.py\nitems = []\nitems.append(1)\nother = items\nfor i in (2, 3):\n  items.append(i)\ntable = {}\ntable['x'] = 1\ntable.update(y=2)\nD = {}\nif True:\n  D['k'] = 'v'\n" => expect![[r#"
        items = [1, 2, 3]
        table = {"x": 1, "y": 2}
        D = {"k": "v"}
        a = ([1, 2, 3], {"x": 1, "y": 2}, {"k": "v"})
    "#]];
    ways_to_import: "//- main.py\nimport p\nimport p.q\nimport p.q as r\nfrom p import q as s, V\nfrom p.q import W as w, f\na = p.V, p.q.W, r.W, s.W, V, w, f()\n//- p/__init__.py\nV = 'v'\n//- p/q.py\nfrom . import V\nfrom .. import nothing\nfrom ..m import never\nW = V + 'w'\ndef f():\n  from .z import Z\n  return Z\n//- p/z.py\nfrom p.q import W\nfrom .q import V as Z\n" => expect![[r#"
        V = "v"
        w = "vw"
        a = ("v", "vw", "vw", "vw", "v", "vw", "v")
    "#]];
    star_imports: "//- main.py\nfrom p import *\nfrom lib import *\na = A, B, _c, D, len([1])\nz = Zed\n//- p/__init__.py\nfrom .q import *\nA = 1\n//- p/q.py\nB = 2\n_c = 3\nfrom . import *\nfrom ..nowhere import *\n" => expect![[r#"
        a = (1, 2, ?name-not-found:_c, nowhere.D, 1)
    "#]];
    cycles: "//- main.py\nfrom a import x\nfrom b import z\nr = x, z\n//- a.py\nfrom b import y\nx = y + 1\nw = 5\n//- b.py\nimport a\nfrom a import w\ny = a.w + w\nz = a.x\n" => expect![[r#"
        x = 11
        z = 11
        r = (11, 11)
    "#]];
    true_cycles: "//- main.py\nfrom a import x\nr = x\n//- a.py\nfrom b import y\nx = y\n//- b.py\nfrom a import x\ny = x\n" => expect![[r#"
        x = ?name-not-found:x
        r = ?name-not-found:x
    "#]];
    missing: "//- main.py\ntry:\n  from p.nowhere import x\nexcept ImportError:\n  x = 'none'\ntry:\n  from p import gone\nexcept ImportError:\n  gone = 'gone'\ntry: import p.nope\nexcept ModuleNotFoundError: y = 1\nimport outside.thing\nfrom outside import other\na = outside.thing.x, other\nb = p.nope2\n//- p/__init__.py\n" => expect![[r#"
        x = "none"
        gone = "gone"
        p = ?name-not-found:p
        y = 1
        a = (outside.thing.x, outside.other)
        b = ?name-not-found:p
    "#]];
    an_import_that_fails: "//- main.py\ntry:\n  from p import x\nexcept ImportError:\n  x = 'failed'\n//- p/__init__.py\nfrom .nowhere import y\nx = y\n//- p/q.py\n" => expect![[r#"
        x = "failed"
    "#]];
    an_import_that_fails_unguarded: "//- main.py\nfrom p import x\na = x\n//- p/__init__.py\nx = {}['k']\n//- p/q.py\n" => expect![[r#"
        x = ?raised:KeyError
        a = ?raised:KeyError
    "#]];
    namespaces: "//- main.py\nimport n.m\nfrom n import m, elsewhere\nfrom n.deep.er import v\na = n.m.x, m.x, v, elsewhere\n//- n/m.py\nx = 1\n//- n/deep/er.py\nv = 2\n" => expect![[r#"
        v = 2
        a = (1, 1, 2, n.elsewhere)
    "#]];
    modules_by_their_text: "//- main.py\nimport importlib\nm = importlib.import_module('p.q')\na = m.x, importlib.import_module(name='outside.y').z\ntry: importlib.import_module('p.nope')\nexcept ImportError: b = 1\n//- p/__init__.py\n//- p/q.py\nx = 1\n" => expect![[r#"
        a = (1, outside.y.z)
        b = 1
    "#]];
    special_names: "//- main.py\nfrom p import where\na = __name__, __file__, where()\nif __name__ == '__main__': b = 1\nelse: b = 2\n//- p/__init__.py\ndef where(): return __name__, __file__\n" => expect![[r#"
        a = ("main", "/src/main.py", ("p", "/src/p/__init__.py"))
        b = 2
    "#]];
    undecided_in_a_module: "//- main.py\nfrom m import a, b, c\nr = a, b, c\n//- m.py\nfrom lib import maybe\nif maybe:\n  a = 1\n  b = 2\nelse:\n  a = 1\n  b = 3\nif maybe:\n  c = 1\n" => expect![[r#"
        a = 1
        b = ?outside-project:lib.maybe
        c = ?outside-project:lib.maybe
        r = (1, ?outside-project:lib.maybe, ?outside-project:lib.maybe)
    "#]];
    needed_on_both_courses: "//- main.py\nfrom lib import maybe\nfrom alembic import op\nimport m\ndef f():\n  for t in m.TABLES: op.x(t)\nif maybe:\n  f()\nelse:\n  f()\nf()\nm.TABLES.append('c')\na = m.TABLES, m.COPY\n//- m.py\nTABLES = ['a', 'b']\nCOPY = TABLES\n" => expect![[r#"
        a = (["a", "b", "c"], ["a", "b", "c"])
        x("a")
        x("b")
        x("a")
        x("b")
    "#]];
    needed_on_one_course: "//- main.py\nfrom lib import maybe\nimport m\nif maybe:\n  a = m.V\nelse:\n  a = 1\nb = m.V\nif maybe:\n  m.W = 2\nc = m.W\n//- m.py\nV = 1\nW = 1\n" => expect![[r#"
        a = 1
        b = 1
        c = ?outside-project:lib.maybe
    "#]];
    globals_of_a_module: "//- main.py\nfrom m import get, put\nimport m\na = get()\nput(5)\nb = get(), m.current\n//- m.py\ncurrent = None\ncount = 0\ndef get():\n  global current, count\n  count += 1\n  if current is None:\n    current = 'made'\n  return current, count\ndef put(x):\n  global current\n  current = x\n" => expect![[r#"
        a = ("made", 1)
        b = ((5, 2), 5)
    "#]];
    set_before_it_was_read: "//- main.py\nimport m\nm.x = 5\nfrom m import put\nput(1)\na = m.x, m.y\n//- m.py\nx = 1\ny = 2\ndef put(v):\n  global y\n  y = v\n" => expect![[r#"
        a = (5, 1)
    "#]];
    syntax_errors: "//- main.py\nfrom m import a, c\nr = a, c\n//- m.py\na = 1\nb = = 2\n" => expect![[r#"
        a = 1
        c = ?syntax-error
        r = (1, ?syntax-error)
    "#]];
    a_syntax_error_in_the_main_file: "a = 1\nb = (\nc = 2\n" => expect![[r#"
        a = 1
        c = ?name-not-found:c
        stops ?syntax-error
    "#]];
    type_checking: "//- main.py\nfrom typing import TYPE_CHECKING\nimport sys\nif TYPE_CHECKING:\n  a = 1\nelse:\n  a = 2\nif sys.version_info >= (3, 7): b = 1\nelse: b = 2\nif sys.version_info[0] == 2: c = 1\nelse: c = 2\nif sys.version_info < (3, 12): d = 1\nelse: d = 2\n" => expect![[r#"
        TYPE_CHECKING = False
        a = 2
        b = 1
        c = 2
        d = ?outside-project:sys.version_info
    "#]];
    files: "//- main.py\nimport os\nfrom pathlib import Path\nhere = os.path.dirname(__file__)\na = open(os.path.join(here, 'sql', 'x.sql')).read()\nb = Path(__file__).parent / 'sql' / 'x.sql'\nc = b.read_text(), b.name, b.stem, b.suffix, str(b.parent), str(b)\nwith open(b) as f: d = f.read()\nwith b.open() as f: e = f.readlines()\ng = Path(__file__).resolve().parents[1].joinpath('y').with_suffix('.sql')\nh = str(g), os.path.basename(here), os.path.splitext('/a/b.tar.gz'), os.path.join('a', '/b'), os.path.abspath('x')\ni = Path('nowhere.txt').read_text()\nj = os.path.exists(here)\nk = os.environ['X'], os.environ.get('Y', 1), os.getenv('Z')\n//- sql/x.sql\nselect 1;\nselect 2;\n" => expect![[r#"
        here = "/src"
        a = "select 1;\nselect 2;\n"
        b = pathlib.Path("/src/sql/x.sql")
        c = ("select 1;\nselect 2;\n", "x.sql", "x", ".sql", "/src/sql", "/src/sql/x.sql")
        f = builtins.open("/src/sql/x.sql")
        d = "select 1;\nselect 2;\n"
        e = ["select 1;\n", "select 2;\n"]
        g = pathlib.Path("/y.sql")
        h = ("/y.sql", "src", ("/a/b.tar", ".gz"), "/b", os.path.abspath("x"))
        i = ?environment:a file
        j = ?environment:the file system
        k = (?environment:an environment variable, ?environment:an environment variable, ?environment:an environment variable)
    "#]];
    answers_of_a_host_can_be_changed: "from alembic import op\na = op.rows()\na.append(3)\na[1].append(4)" => expect![[r#"
        a = [1, [2, 4], 3]
    "#]];
    an_import_that_does_not_end: "//- main.py\nfrom m import a, b, c\nfrom alembic import op\nop.x(a, b, c)\n//- m.py\nfrom n import deep\na = 1\nb = [i for i in range(100000)]\nwhile True: c = 1\n//- n.py\nwhile True: deep = 1\n" => expect![[r#"
        a = 1
        b = ?budget
        c = ?budget
        x(1, ?budget, ?budget)
    "#]];
    names_made_on_demand: "//- main.py\nfrom p import q, later\nfrom p import never\na = later, q.x\n//- p/__init__.py\nfrom . import q\ndef __getattr__(name):\n  if name == 'later': return 'made'\n  raise AttributeError(name)\n//- p/q.py\nx = 1\n" => expect![[r#"
        later = "made"
        never = ?raised:ImportError
        a = ?name-not-found:a
        raises ImportError(?raised:cannot import name 'never' from 'p')
    "#]];
}
