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
    names_of_a_class_body: "class A:\n  for n in ('a', 'b'): locals()[n] = n + 'x'\n  vars()['c'] = 3\na = A.a + A.b, A.c\ndef f():\n  locals()['z'] = 1\n  return 'z' in locals()\nb = f()" => expect![[r#"
        a = ("axbx", 3)
        b = False
    "#]];
    setters: "class P:\n  @property\n  def v(self): return self._v\n  @v.setter\n  def v(self, x): self._v = x + '!'\n  @property\n  def only(self): return 1\nclass Q(P): pass\np = Q()\np.v = 'q'\na = p.v\nsetattr(p, 'v', 'r')\nb = p.v" => expect![[r#"
        p = <Q>
        a = "q!"
        b = "r!"
    "#]];
    slices: "a = [1, 2, 3, 4]\na[1:3] = ['x']\nb = [1, 2, 3]\nb[:0] = (8, 9)\nc = [1, 2, 3]\ndel c[-2:]\nd = [1, 2]\nd[5:] = [3]\ne = [1, 2, 3]\ne[::2] = [0, 0]" => expect![[r#"
        a = [1, "x", 4]
        b = [8, 9, 1, 2, 3]
        c = [1]
        d = [1, 2, 3]
        e = ?unsupported-syntax:an assignment to every other item
    "#]];
    making_instances: "class One:\n  made = None\n  def __new__(cls, *args):\n    if cls.made is None: cls.made = super().__new__(cls)\n    return cls.made\n  def __init__(self, v): self.v = v\na = One(1) is One(2), One(3).v\nclass Two:\n  def __new__(cls, v):\n    self = object.__new__(cls)\n    self.v = v\n    return self\nb = Two(5).v\nclass Three:\n  def __new__(cls): return 'three'\nc = Three()\nclass Four(str):\n  def __new__(cls, v): return str.__new__(cls, v)\nd = Four('x')" => expect![[r#"
        a = (True, 3)
        b = 5
        c = "three"
        d = ?unsupported-syntax:this __new__
    "#]];
    regular_expressions: "import re\na = re.sub(r'[^a-z]+', '_', 'ab-cd ef'), re.sub(r'(\\w)(\\d)', r'\\2\\g<1>', 'a1b2', count=1)\nm = re.match(r'(?P<t>\\w+)_(\\d+)', 'tab_12 x')\nb = m.group(), m.group(1), m[2], m['t'], m.groups(), m.groupdict(), m.span(2), bool(m)\nc = re.match('b', 'ab'), re.search('b', 'ab').start(), re.fullmatch('a', 'ab')\nP = re.compile('^V(.)', re.I | re.M)\nd = P.findall('v1\\nv2'), P.sub(lambda m: m.group(1), 'v1'), P.split('v1x')\ne = re.split(r'\\s*,\\s*', 'a , b,c'), re.findall(r'\\d', 'a1b2'), re.escape('a.b_c')\nf = [m[0] for m in re.finditer('..', 'abcd')]\ng = re.sub('x*', '-', 'abx'), re.sub(r'(?<=a)b', '', 'ab'), re.sub('a$', '', 'a\\n')\nh = 'yes' if re.search('q', 'abc') else 'no'" => expect![[r#"
        a = ("ab_cd_ef", "1ab2")
        m = re.Match(("tab_12", "tab", "12"), (None, "t", None), ((0, 6), (0, 3), (4, 6)))
        b = ("tab_12", "tab", "12", "tab", ("tab", "12"), {"t": "tab"}, (4, 6), True)
        c = (None, 1, None)
        P = re.compile("^V(.)", (re.I BitOr re.M))
        d = (["1", "2"], "1", ["", "1", "x"])
        e = (["a", "b", "c"], ["1", "2"], "a\\.b_c")
        f = ["ab", "cd"]
        g = (?unsupported-syntax:this regular expression, ?unsupported-syntax:this regular expression, ?unsupported-syntax:this regular expression)
        h = "no"
    "#]];
}
