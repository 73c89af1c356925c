use super::{dump_all, parse};

/// `source` has exactly these errors, each as `text under the span: message`.
#[track_caller]
fn check_errors(source: &str, expected: &[&str]) {
    let found: Vec<String> = parse(source)
        .errors
        .iter()
        .map(|error| {
            let text = source.get(error.span.start as usize..error.span.end as usize);
            format!("{}: {}", text.expect("the span is in the text"), error.message)
        })
        .collect();
    assert_eq!(found, expected, "{source}");
}

#[test]
fn python_2() {
    check_errors("print 'a'", &["print 'a': the print statement is Python 2; write print(...)"]);
    check_errors("exec 'a'", &["exec 'a': the exec statement is Python 2; write exec(...)"]);
    check_errors("a <> b", &["<>: `<>` is Python 2; write `!=`"]);
    check_errors("a = 10L", &["10L: `L` after a number is Python 2"]);
    check_errors("a = 0777", &["0777: a decimal number cannot start with 0; an octal one starts with 0o"]);
    check_errors("a = `b`", &["`b`: backquotes are Python 2; write repr(...)"]);
    check_errors("raise A, 'b'", &["A, 'b': raise with a comma is Python 2; write raise Error(message)"]);
    check_errors("def f(a, (b, c)): pass", &["(b, c): this is not a parameter"]);
}

#[test]
fn arguments_and_parameters() {
    check_errors("f(a=1, b)", &["b: a positional argument cannot follow a keyword argument"]);
    check_errors("f(**a, b)", &["b: a positional argument cannot follow a keyword argument"]);
    check_errors("f(**a, *b)", &["*b: `*` unpacking cannot follow `**` unpacking"]);
    check_errors("f(a=1, a=2)", &["a=2: the argument a is given twice"]);
    check_errors(
        "def f(a=1, b): pass",
        &["b: a parameter without a default cannot follow one with a default"],
    );
    check_errors("def f(a, a): pass", &["a: the parameter a is declared twice"]);
    check_errors("def f(**a, b): pass", &["b: no parameter can follow `**`"]);
    check_errors("def f(a, *, b=1, c): pass", &[]);
    check_errors("def f(a=1, *, c): pass", &[]);
}

#[test]
fn strings() {
    check_errors("'\\x4'", &["\\x: `\\x` needs two hexadecimal digits"]);
    check_errors("f'{a}\\x4'", &["\\x: `\\x` needs two hexadecimal digits"]);
    check_errors("b'é'", &["é: bytes can only hold ASCII characters; write the others as escapes"]);
    check_errors("'a' b'b'", &["'a' b'b': bytes and text cannot be joined"]);
    check_errors("a = '\nb'", &["\nb: the string is not closed on its line"]);
}

#[test]
fn targets_and_stars() {
    check_errors("*a", &["*a: a starred expression cannot stand alone"]);
    check_errors("*a = b", &["*a: a starred target must be in a list or tuple"]);
    check_errors("a = *b", &["*b: a starred expression cannot stand alone"]);
    check_errors("a = (*b)", &["(*b): a starred expression cannot stand alone in parentheses"]);
    check_errors("a, b += 1", &["a, b: this target cannot be changed in place"]);
    check_errors("a, b: int", &["a, b: this target cannot be annotated"]);
    check_errors("del f()", &["f(): this cannot be deleted"]);
    check_errors("assert a, b, c", &["assert a, b, c: assert takes a test and a message"]);
    check_errors("a = b as c", &["b as c: `as` is not allowed here"]);
    check_errors("[*a for a in b]", &["*a: a comprehension cannot unpack its element"]);
    check_errors("from a import b.c", &["b.c: an imported name cannot be dotted"]);
}

#[test]
fn blocks() {
    check_errors("if a:\nb\n", &[":: an indented block must follow"]);
    check_errors("def f():\n    # todo\n", &[":: an indented block must follow"]);
    check_errors("  a\n", &["  : this line is indented too far"]);
    check_errors("a\n  b\n", &["  : this line is indented too far"]);
    check_errors("if a:\n    b\n  c\n", &["  : this line is indented too far"]);
    check_errors("try: a\nb", &["try: `try` needs an `except` or a `finally`"]);
}

#[test]
fn missing_line_ends() {
    check_errors("import sqlalchemyreturn  sa", &["sa: `sa` is not expected here"]);
    check_errors("if b:\n    import sqlalchemyreturn  sa\n", &["sa: `sa` is not expected here"]);
}

#[test]
fn characters() {
    check_errors("a = 1\u{a0}\n", &["\u{a0}: this invisible character is not allowed here"]);
    check_errors("a = '\u{a0}'  # \u{a0}\n", &[]);
    check_errors("a = f'\u{a0}{b:\u{a0}}'\n", &[]);
    check_errors("a = 1\0\n", &["\0: the file holds a null byte"]);
}

#[test]
fn nesting() {
    for (open, close) in [("(", ")"), ("[", "]"), ("f(", ")"), ("-", ""), ("not ", ""), ("lambda: ", "")] {
        let deep = format!("{}x{}", open.repeat(10_000), close.repeat(10_000));
        let module = parse(&deep);
        assert_eq!(module.errors.len(), 1, "{open}");
        assert_eq!(module.errors[0].message, "the code is nested too deeply");
        let fine = format!("{}x{}", open.repeat(90), close.repeat(90));
        assert_eq!(parse(&fine).errors, [], "{open}");
    }
    for (open, close) in [("f'{x:{y:", "}}'"), ("match a:\n case ", ": pass")] {
        let (inner, outer) = if open.starts_with('f') { ("{z:", "}") } else { ("(", ")") };
        let deep = format!("{open}{}1{}{close}", inner.repeat(5000), outer.repeat(5000));
        assert!(!parse(&deep).errors.is_empty(), "{open}");
    }
    let blocks: String = (0..1000).map(|depth| " ".repeat(depth) + "if a:\n").collect();
    assert!(!parse(&blocks).errors.is_empty());
}

/// The statements of `source`, and its only error.
#[track_caller]
fn check_recovery(source: &str, expected: &str, message: &str) {
    let module = parse(source);
    assert_eq!(dump_all(&module), expected, "{source}");
    let messages: Vec<&str> = module.errors.iter().map(|error| error.message.as_str()).collect();
    assert_eq!(messages, [message], "{source}");
    for error in &module.errors {
        assert!(
            source.get(error.span.start as usize..error.span.end as usize).is_some(),
            "{source}: {error:?}"
        );
    }
}

#[test]
fn the_rest_is_still_read() {
    check_recovery("a = 1\nb = = 2\nc = 3\n", "a = 1\n<error>\nc = 3", "`=` is not expected here");
    check_recovery("def f(:\n  pass\n\nc = 3\n", "def f() { pass }\nc = 3", "`)` is missing");
    check_recovery("f(a b)\nc = 3\n", "f(a, <error>)\nc = 3", "`b` is not expected here");
    check_recovery("a = 1\nf(\n", "a = 1\n<error>", "`(` is never closed");
    check_recovery(
        "a = 1\nop.add_column('t', \n\ndef downgrade():\n    pass\n",
        "a = 1\n<error>\ndef downgrade() { pass }",
        "`(` is never closed",
    );
    check_recovery(
        "def upgrade():\n    a\n    op.add_column('t', \n\ndef downgrade():\n    pass\n",
        "def upgrade() { a; <error> }\ndef downgrade() { pass }",
        "`(` is never closed",
    );
    check_recovery(
        "class A:\n    x = \n    y = 1\nz = 2\n",
        "class A() { <error> }\nz = 2",
        "the line ends too early",
    );
    check_recovery(
        "class A:\n    x = f(\n    y = 1\nz = 2\nclass B: pass\n",
        "class A() { <error> }\nz = 2\nclass B() { pass }",
        "`(` is never closed",
    );
    check_recovery(
        "class A:\n    x = 1\n    def f(self):\n        self.\n\n    y = 2\n",
        "class A() { x = 1; def f(self) { <error> }; y = 2 }",
        "the line ends too early",
    );
    check_recovery("a.\nb = 1\n", "<error>\nb = 1", "the line ends too early");
    check_recovery("a = 'open\nb = 2\n", "<error>\nb = 2", "the string is never closed");
    check_recovery("a = )\nb = 2\n", "<error>\nb = 2", "`)` closes nothing");
    check_recovery("if a\n  b\nc = 2\n", "<error>\nc = 2", "`:` is missing at the end of this line");
    check_recovery(
        "def f():\n    if x\n        pass\n\ndef g():\n    pass\n",
        "def f() { <error> }\ndef g() { pass }",
        "`:` is missing at the end of this line",
    );
    check_recovery("@a\n\nx = 1\n", "<error>\nx = 1", "a function or class must follow the decorator");
    check_recovery("import\nx = 1\n", "<error>\nx = 1", "the line ends too early");
    check_recovery(
        "x = {\n  'a': 1,\n\ndef f():\n    pass\n",
        "<error>\ndef f() { pass }",
        "`{` is never closed",
    );
    check_recovery("$$$", "<error>", "`$$$` is not expected here");
    let open = "def f():\n    a\n    b = '''c\n\ndef g():\n    pass\n";
    check_recovery(open, "def f() { a }\n<error>", "the string is never closed");
    check_recovery("a\n\"\"\"doc\n\nb = 1\n", "a\n<error>", "the string is never closed");
}
