use super::check_each;

#[test]
fn literals() {
    check_each(&[
        ("x", "x"),
        ("None", "None"),
        ("True", "True"),
        ("False", "False"),
        ("...", "..."),
        ("1_000", "1000"),
        ("0x1f", "31"),
        ("99999999999999999999", "<big>"),
        ("1.5", "1.5"),
        ("1e3", "1000.0"),
        ("2j", "<complex>"),
        ("1.5J", "<complex>"),
        ("-1", "(-1)"),
        ("größe", "größe"),
    ]);
}

#[test]
fn strings() {
    check_each(&[
        ("'a'", "\"a\""),
        ("\"it's\"", "\"it's\""),
        ("''", "\"\""),
        ("''''''", "\"\""),
        (r#"u"a\tb""#, r#""a\tb""#),
        (r#"r"a\tb""#, r#""a\\tb""#),
        (r#"R'\''"#, r#""\\'""#),
        (r"b'\x00a'", r#"b"\x00a""#),
        (r"rb'\x00'", r#"b"\\x00""#),
        ("'''a\r\nb'''", r#""a\nb""#),
        ("'a\\\nb'", "\"ab\""),
        ("'a' 'b' \"c\"", "\"abc\""),
        ("('a'\n 'b')", "\"ab\""),
        ("b'a' b'b'", "b\"ab\""),
        ("'# no comment'", "\"# no comment\""),
        ("'ünïcode \\u00e9'", "\"ünïcode é\""),
        ("r'\\N{x}'", r#""\\N{x}""#),
        ("'\\N{BULLET}'", "<error>"),
        ("'\\ud800'", "<error>"),
    ]);
}

#[test]
fn format_strings() {
    check_each(&[
        ("f''", "f[]"),
        ("f'a'", "f[\"a\"]"),
        ("f'{x}'", "f[x]"),
        ("f'a{x}b'", "f[\"a\", x, \"b\"]"),
        ("f'{x}{y}'", "f[x, y]"),
        ("f'{{{x}}}'", "f[\"{\", x, \"}\"]"),
        ("f'{x!r}'", "f[x!r]"),
        ("f'{x:>10}'", "f[x:[\">10\"]]"),
        ("f'{x!s:{width}.{digits}f}'", "f[x!s:[width, \".\", digits, \"f\"]]"),
        ("f'{x=}'", "f[\"x=\", x!r debug]"),
        ("f'{x = }'", "f[\"x = \", x!r debug]"),
        ("f'{x=!s}'", "f[\"x=\", x!s debug]"),
        ("f'a {x=} b {y=}'", "f[\"a x=\", x!r debug, \" b y=\", y!r debug]"),
        ("f'{x=:5}'", "f[\"x=\", x:[\"5\"] debug]"),
        ("f'{a, b}'", "f[(a, b)]"),
        ("f'{a if b else c}'", "f[(a if b else c)]"),
        ("f'{d[\"k\"]}'", "f[d[\"k\"]]"),
        ("f\"{d[\"k\"]}\"", "f[d[\"k\"]]"),
        ("f'{x!r}' 'a' f'{y}'", "f[x!r, \"a\", y]"),
        ("'a{' f'{y}' '}b'", "f[\"a{\", y, \"}b\"]"),
        (r"f'\n{x}\t'", r#"f["\n", x, "\t"]"#),
        (r"rf'\n{x}\d'", r#"f["\\n", x, "\\d"]"#),
        ("f'''a\n{x}\r\nb'''", r#"f["a\n", x, "\nb"]"#),
        ("f'{f\"{x}\"}'", "f[f[x]]"),
        ("f'{(lambda: 1)()}'", "f[(lambda : 1)()]"),
        ("f'{x:%Y-%m-%d}'", "f[x:[\"%Y-%m-%d\"]]"),
        ("f'{x!r:^{width}}'", "f[x!r:[\"^\", width]]"),
        ("f'{x == y}'", "f[(x == y)]"),
        ("f'{x != y}'", "f[(x != y)]"),
        ("f'{\nx\n}'", "f[x]"),
        ("f'{x:=5}'", "f[x:[\"=5\"]]"),
        ("f'{x:=+5} {y:=>10}'", "f[x:[\"=+5\"], \" \", y:[\"=>10\"]]"),
        ("f'{(x:=5)}'", "f[(x := 5)]"),
        ("f'\\N{BULLET} {x}'", "<error>"),
        ("t'{x}'", "<error>"),
    ]);
}

#[test]
fn operators() {
    check_each(&[
        ("a + b * c", "(a + (b * c))"),
        ("(a + b) * c", "((a + b) * c)"),
        ("a - b - c", "((a - b) - c)"),
        ("a ** b ** c", "(a ** (b ** c))"),
        ("-a ** b", "(-(a ** b))"),
        ("a // b % c @ d / e", "((((a // b) % c) @ d) / e)"),
        ("a << b >> c & d | e ^ f", "((((a << b) >> c) & d) | (e ^ f))"),
        ("a ^ b & c", "(a ^ (b & c))"),
        ("a & b ^ c", "((a & b) ^ c)"),
        ("a & b ^ c & d ^ e", "(((a & b) ^ (c & d)) ^ e)"),
        ("a ^ b & c & d", "(a ^ ((b & c) & d))"),
        ("a ^ b & c ^ d", "((a ^ (b & c)) ^ d)"),
        ("(a ^ b) & c", "((a ^ b) & c)"),
        ("a & (b ^ c)", "(a & (b ^ c))"),
        ("a & (b ^ c) ^ d", "((a & (b ^ c)) ^ d)"),
        ("a | b ^ c & d", "(a | (b ^ (c & d)))"),
        ("~a ^ 1 & b | c & 1 ^ -1", "(((~a) ^ (1 & b)) | ((c & 1) ^ (-1)))"),
        ("not a and b or c", "(((not a) and b) or c)"),
        ("a or b and c", "(a or (b and c))"),
        ("~a", "(~a)"),
        ("+a", "(+a)"),
        ("not not a", "(not (not a))"),
        ("a < b <= c", "(a < b <= c)"),
        ("a is not b", "(a is not b)"),
        ("a not in b", "(a not in b)"),
        ("a is b in c", "(a is b in c)"),
        ("a == b != c > d >= e", "(a == b != c > d >= e)"),
        ("a if b else c if d else e", "(a if b else (c if d else e))"),
        ("a + 1 if b else c", "((a + 1) if b else c)"),
        ("(y := f(x))", "(y := f(x))"),
        ("(y := a if b else c)", "(y := (a if b else c))"),
        ("((y := a) if b else c)", "((y := a) if b else c)"),
        ("(y := a or b)", "(y := (a or b))"),
        ("f(y := 1)", "f((y := 1))"),
        ("a + \\\n  b", "(a + b)"),
        ("(a +  # one\n b)", "(a + b)"),
    ]);
}

#[test]
fn collections() {
    check_each(&[
        ("()", "(,)"),
        ("a,", "(a,)"),
        ("(a,)", "(a,)"),
        ("(a)", "a"),
        ("a, b", "(a, b)"),
        ("(a, *b)", "(a, *b)"),
        ("[]", "[]"),
        ("[a, b,]", "[a, b]"),
        ("[*a, b]", "[*a, b]"),
        ("{a, b}", "{a, b}"),
        ("{}", "{:}"),
        ("{'a': 1, **b, 'c': 2,}", "{\"a\": 1, **b, \"c\": 2}"),
        ("{\n 'a': 1,  # one\n # two\n 'b': 2\n}", "{\"a\": 1, \"b\": 2}"),
    ]);
}

#[test]
fn comprehensions() {
    check_each(&[
        ("[x for x in y]", "[x for x in y]"),
        ("[x for x in y if a if b for z in x]", "[x for x in y if a if b for z in x]"),
        ("{x for x in y}", "{x for x in y}"),
        ("{k: v for k, v in d.items()}", "{k: v for (k, v) in d.items()}"),
        ("(x for x in y)", "(x for x in y)"),
        ("f(x for x in y)", "f((x for x in y))"),
        ("f(a, (x for x in y))", "f(a, (x for x in y))"),
        ("[x async for x in y]", "[x for x in y]"),
        ("[x for x, in y]", "[x for (x,) in y]"),
        ("[(a, b) for (a, b) in c]", "[(a, b) for (a, b) in c]"),
        ("[x for x in (1, 2)]", "[x for x in (1, 2)]"),
        ("[a if b else c for b in d]", "[(a if b else c) for b in d]"),
    ]);
}

#[test]
fn calls_attributes_and_subscripts() {
    check_each(&[
        ("f()", "f()"),
        ("f(a, b=1, *c, d=2, **e)", "f(a, b=1, *c, d=2, **e)"),
        ("f(*a, *b, **c, **d)", "f(*a, *b, **c, **d)"),
        ("f(a,)", "f(a)"),
        ("a.b.c(d).e", "a.b.c(d).e"),
        ("a.match.type.print", "a.match.type.print"),
        ("print(match, type, case)", "print(match, type, case)"),
        ("f(type=1, match=2, print=3)", "f(type=1, match=2, print=3)"),
        ("a[0]", "a[0]"),
        ("a[0, 1]", "a[(0, 1)]"),
        ("a[0,]", "a[(0,)]"),
        ("a[1:2]", "a[1:2]"),
        ("a[:]", "a[:]"),
        ("a[::2]", "a[::2]"),
        ("a[1:, :2]", "a[(1:, :2)]"),
        ("a[b:=1]", "a[(b := 1)]"),
        ("a[*b]", "a[(*b,)]"),
        ("a[0](b)[1].c", "a[0](b)[1].c"),
        ("(await f)(x)", "await f(x)"),
    ]);
}

#[test]
fn lambdas() {
    check_each(&[
        ("lambda: 0", "(lambda : 0)"),
        ("lambda x, y=1, *a, z, **k: x", "(lambda x, y = 1, *a, kw z, **k: x)"),
        ("lambda x, /, y, *, z: x", "(lambda pos x, y, kw z: x)"),
        ("lambda x: lambda y: x", "(lambda x: (lambda y: x))"),
    ]);
}

#[test]
fn a_long_chain_is_no_deep_nesting() {
    let sum = vec!["a"; 5000].join(" + ");
    let call = "q".to_owned() + &".f(x)[0]".repeat(2000);
    let text = "'a'\n".repeat(3000);
    let either = vec!["a"; 5000].join(" or ");
    let targets = "a = ".repeat(3000) + "1";
    for source in [sum, call, targets, format!("({text})"), either, format!("x = [{}]", "1,".repeat(20_000))]
    {
        let module = super::parse(&source);
        assert_eq!(module.errors, []);
        assert_eq!(module.items.len(), 1);
    }
}
