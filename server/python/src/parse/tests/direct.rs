use super::document::{BASE, PIECES, check_equal};
use crate::parse::{parse_directly, parse_with_grammar};
use proptest::prelude::*;
use std::path::{Path, PathBuf};

/// What is read directly is what the grammar's way comes to. Answers whether `text` is read directly.
#[track_caller]
pub fn check_same_or_left(text: &str) -> bool {
    let Some(module) = parse_directly(text) else { return false };
    check_equal(&module, &parse_with_grammar(text), text);
    true
}

#[track_caller]
fn check_direct(texts: &[&str]) {
    for text in texts {
        assert!(check_same_or_left(text), "not read directly: {text}");
    }
}

#[track_caller]
fn check_left(texts: &[&str]) {
    for text in texts {
        assert!(parse_directly(text).is_none(), "read directly: {text}");
    }
}

#[test]
fn expressions() {
    check_direct(&[
        "a + b * c ** -d ** e // f % g @ h",
        "(a & b) | c ^ d << 1 >> 2 - ~e",
        "(a) & (b) | (c)",
        "a and not b or c if d else lambda x, *y, z=1, **w: x",
        "a < b == c is not d not in e in f",
        "a.b(c, *d, e=f, **g)[1:2, ::3, :, -1][0,](h for h in i if j if k)",
        "x = {**a, 'b': c, **d}; y = {1, *z}; z = {k: v for k, (v, w) in x.items()}",
        "[], (), {}, [*a, b], (*a, b,), [x for x in y for z in x]",
        "(yield), (x := 1), (a, b), ((a)), ((a, b), c)",
        "1, 0x1F, 0b1, 0o7, 1_000, 1., .5, 1e-5, 2j, 1.5J, 9999999999999999999999",
        "f(x := 1, y=lambda: (yield))",
        "f(*g(), *(a.b), *[c])",
        "...",
        "await a.b(c)",
    ]);
}

#[test]
fn strings() {
    check_direct(&[
        r#"'a' "b" '''c''' """d""" r'\d' u'e' '\N{DASH}'"#,
        r#"b'\x00' rb"\d" Rb''"#,
        "'it\\'s' '\\\\' '\\\n' \"\"\"a\"b\"\"c\\\"\"\"\"",
        "f'{a}b{{c}}{d.e!r:>{f}}{g:%Y-%m-%d}' 'h' f''",
        "f\"{a['b']}{c + 1}{d if e else f}\" rf'\\{a}'",
        "f'''\n{a}\n\"'''",
        "f'{a=}{b = !s:>{c}}d{e=:f}{g.h=!r}'",
        "('a'\n  # c\n  'b')",
        "'\\ud800'",
        "x = 'é'  # ü",
    ]);
}

#[test]
fn statements() {
    check_direct(&[
        "import a, b.c as d\nfrom . import e\nfrom ...f.g import (h as i, j,)\nfrom k import *\nfrom __future__ import l",
        "a = b, *c = d = yield e\na, b = c\n[a, b.c] = d[e] = f\nx += 1, 2\nx @= y",
        "a: int\nb.c: Mapped[int | None] = d()\ne: dict[str, list[int]] | None = None\nf: a.B[c.D] = yield",
        "return\nreturn a, b\nreturn *a, b\nraise\nraise a\nraise a from b\nassert a\nassert a, b",
        "del a, b.c, d[e]\ndel (a, [b])\nglobal a, b\npass\nbreak\ncontinue",
        "a; b;\nc  # d\n",
        "print(a)\ntype = Column(a)\ntype: str\nmatch = x\nmatch.group(1)\nexec(a)\nx.type, x.print",
        "\"\"\"doc\"\"\"\n",
        "a = \\\n    b\n",
        "",
        "# c",
        "\n\n  # c\n\t\na\r\nb  # d\r\n",
    ]);
}

#[test]
fn blocks() {
    check_direct(&[
        "if a: b\nelif c: d; e  # f\nelse:\n  g\n",
        "if a:\n  b\n  # in\n # out\nelif c:\n    d\n    # in\n  # out\n# out\nelse: e  # in\n",
        "for a, b in c, d:\n\te\nelse:\n\tf\nwhile (g := h): pass\nelse: i\n",
        "async def f(a, /, b: int = 1, *c: str, d, e=2, **g) -> list[int]:\n    async for x in y: await z\n    async with v as w, u: yield\n",
        "def f(a, *, b): return\n\n    # in\n\n\n\n# out\ndef g():\n    def h():\n        yield\n        # h's\n    # g's\n",
        "try:\n  a\nexcept B: c\nexcept (D, E) as f:\n  g\nexcept:\n  h\nelse:\n  i\nfinally:\n  j\n",
        "try: a\nfinally: b",
        "with a as b, c() as (d, e), f: g\nwith h as i.j: pass\n",
        "with (a as b): c\nwith (\n    a.b() as c,\n    d,\n    e as (f, g),\n): h\n",
        "@a\n# c\n\n@b.c(d)\nclass E(F, metaclass=G):\n    x = 1\n\n    @e\n    async def f(self): pass\n\nclass H: pass\nclass I(): pass\n",
        "class A:\r\n    b = 1  # c\r\n    # d\r\n\r\ne\r\n",
        "if a:\n    if b:\n        c\n      # between\n    # in\nd",
    ]);
    let nested = |depth: usize| format!("{}x{}", "(".repeat(depth), ")".repeat(depth));
    for depth in [10, 100] {
        check_direct(&[&nested(depth)]);
    }
    check_left(&[&nested(1000)]);
}

/// Statements that the grammar reads by themselves, whatever stands around them.
#[test]
fn statements_that_are_left_to_the_grammar() {
    for text in [
        "match x:\n    case 1: pass\n    # c\n",
        "type X = int",
        "type(x).y = 1",
        "print >> f, a",
        "with (a, b): pass",
        "def f[T](a): pass",
        "f'{a:=5}'",
        "f'''{\na}'''",
        "(t'{a}')",
        "a\x0c",
        "a & b ^ c",
        "await a ** b",
        "(a := b if c else d)",
        "x: a[b] | c | d",
        "x: a[b] | (c | d)",
        "f(*a.b)",
        "[*a[0].b]",
        "x = é",
        "x = 1; type y = 2",
        "@a\n# c\n@b\ndef f[T](a):\n    x\n  # c\n# c",
    ] {
        check_direct(&[text, &format!("# c\nx = 1\n{text}\n\n# c\ndef g():\n    y\n")]);
    }
}

#[test]
fn texts_that_are_left_to_the_grammar() {
    check_left(&["print 'a'", "t'{a}'", "é = 1", "a\rb", "if a:\n \tb", "x = '\0'", "x = 1\n  type y = 2"]);
}

#[test]
fn errors_are_left_to_the_grammar() {
    check_left(&[
        "a b",
        "f(",
        ")",
        "'a",
        "'''a",
        "'\\x4'",
        "'a' b'b'",
        "0777",
        "1_",
        "1a",
        "f(a=1, b)",
        "f(a=1, a=2)",
        "f(**a, *b)",
        "def f(a, a): pass",
        "def f(a=1, b): pass",
        "def f(**a, b): pass",
        "*a",
        "*a = b",
        "a = *b",
        "(*b)",
        "a, b += 1",
        "a, b: int",
        "f() = 1",
        "del f()",
        "assert a, b, c",
        "raise a, b",
        "import a,",
        "import sqlalchemyreturn  sa",
        "from a import b,",
        "from a import b.c",
        "[*a for a in b]",
        "[a for b in c, d]",
        "if a:\nb",
        "if a:\n    b\n  c",
        "  a",
        "a\n  b",
        "try: a",
        "@a\nx = 1",
        "a <> b",
        "a = b as c",
        "a \\ b",
        "lambda: x: y",
        "x: a[b]*c(d=e)",
        "x: a[b] and c()",
        "x: a[b].c(d=e)",
    ]);
}

fn python_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            python_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "py") {
            files.push(path);
        }
    }
}

#[test]
fn the_fixtures() {
    let mut files = Vec::new();
    python_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures"), &mut files);
    assert!(!files.is_empty());
    for path in files {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let text = text.trim_start_matches('\u{feff}');
        let is_direct = check_same_or_left(text);
        let is_broken = !parse_with_grammar(text).errors.is_empty();
        assert!(is_direct != is_broken, "{}", path.display());
    }
}

const TOKENS: &[&str] = &[
    " ",
    "\n",
    "\n    ",
    "\n        ",
    "a",
    "b.c",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "=",
    "==",
    "+",
    "-",
    "*",
    "**",
    "&",
    "^",
    "|",
    "~",
    "@",
    "%",
    " if ",
    " else ",
    " for x in ",
    " in ",
    " not ",
    " is ",
    " and ",
    " or ",
    "lambda ",
    "await ",
    "yield ",
    ":=",
    "1",
    "2.5",
    "'s'",
    "f'{a}'",
    "f'{",
    "}'",
    "!r",
    "b'x'",
    "'''",
    "\\\n",
    "# c",
    ";",
    "def f(",
    "class A",
    "if a:",
    "elif b:",
    "else:",
    "try:",
    "except E as e:",
    "finally:",
    "with a as b:",
    "for x in y:",
    "while a:",
    "return ",
    "raise ",
    "assert ",
    "del ",
    "import a",
    "from a import b",
    "global a",
    "pass",
    "->",
    "...",
    "*a",
    "**k",
    "x: int",
    "print",
    "type",
    "match",
    "async ",
    "->int:",
    "a[b]",
    "|None",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_tokens(tokens in prop::collection::vec(0..TOKENS.len(), 1..14)) {
        let text: String = tokens.into_iter().map(|token| TOKENS[token]).collect();
        check_same_or_left(&text);
    }

    #[test]
    fn any_edits(edits in prop::collection::vec((0.0..1.0f64, 0..6usize, 0..PIECES.len()), 1..4)) {
        let mut text = BASE.to_owned();
        for (at, removed, piece) in edits {
            let at = (text.len() as f64 * at) as usize;
            let boundary = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap();
            let range = boundary(at)..boundary(at + removed);
            text.replace_range(range, PIECES[piece]);
        }
        check_same_or_left(&text);
    }
}
