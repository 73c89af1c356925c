//! Any text ends: no panic, no endless evaluation, and both courses of a fork are kept apart.

use super::support::{Project, run};
use crate::eval::Budget;
use proptest::prelude::*;

const BUDGET: Budget = Budget { steps: 20_000, depth: 30, forks: 8 };

fn evaluate(text: &str) {
    let mut project = Project::default();
    project.add("main.py", text);
    project.add("other.py", text);
    let (mut cx, _) = run(&project, BUDGET);
    let main = project.module("main");
    for name in main.bindings.names() {
        if let Some(value) = cx.module_attribute(&main, name) {
            let _ = cx.display(&value, fact::Place::whole_file(main.file));
        }
    }
}

/// Programs that parse more often than not.
fn program() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec!["a", "b", "c", "f", "maybe", "many", "op", "other", "self", "x"]);
    let leaf = prop_oneof![
        name.prop_map(str::to_owned),
        prop::sample::select(vec![
            "1", "0", "-1", "'s'", "''", "None", "True", "[]", "{}", "()", "1.5", "...", "b'x'", "{1, 2}",
            "f'{a}'", "10 ** 9",
        ])
        .prop_map(str::to_owned),
    ];
    let expr = leaf.prop_recursive(4, 24, 4, |inner| {
        let op = prop::sample::select(vec![
            "+", "-", "*", "/", "%", "==", "<", "in", "is", "and", "or", "|", "//", "<<", "**",
        ]);
        let method = prop::sample::select(vec![
            "append", "x", "join", "get", "update", "format", "split", "items", "pop", "y", "extend",
            "__init__", "keys", "insert", "union", "replace", "sort",
        ]);
        let function = prop::sample::select(vec![
            "f",
            "len",
            "str",
            "list",
            "sorted",
            "dict",
            "range",
            "zip",
            "map",
            "int",
            "isinstance",
            "op.x",
            "maybe",
            "next",
            "iter",
            "enumerate",
            "repr",
            "set",
            "max",
            "sum",
            "getattr",
            "super",
            "type",
            "tuple",
            "globals",
            "format",
            "abs",
        ]);
        prop_oneof![
            (inner.clone(), op, inner.clone()).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            (inner.clone(), method, inner.clone()).prop_map(|(a, m, b)| format!("{a}.{m}({b})")),
            (function, inner.clone(), inner.clone()).prop_map(|(f, a, b)| format!("{f}({a}, {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a}[{b}]")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a}[{b}:]")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("[{a}, *{b}]")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{{{a}: {b}}}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}, {b})")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("({a} if {b} else {c})")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("[{a} for x in {b} if {c}]")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("'%s {{}}'.format({a}) % {b}")),
            inner.clone().prop_map(|a| format!("(lambda x=1: {a})")),
            inner.clone().prop_map(|a| format!("f'{{{a}!r:>5}}'")),
            inner.clone().prop_map(|a| format!("(not {a})")),
        ]
    });
    let simple = {
        let target = prop::sample::select(vec!["a", "b", "c", "a.x", "b[0]", "a, b", "*c, a", "x"]);
        prop_oneof![
            (target.clone(), expr.clone()).prop_map(|(t, e)| format!("{t} = {e}\n")),
            (prop::sample::select(vec!["a", "b", "a.x"]), expr.clone())
                .prop_map(|(t, e)| format!("{t} += {e}\n")),
            expr.clone().prop_map(|e| format!("{e}\n")),
            expr.clone().prop_map(|e| format!("return {e}\n")),
            expr.clone().prop_map(|e| format!("raise {e}\n")),
            expr.clone().prop_map(|e| format!("yield {e}\n")),
            expr.clone().prop_map(|e| format!("del {e}\n")),
            expr.clone().prop_map(|e| format!("assert {e}\n")),
            Just("break\n".to_owned()),
            Just("continue\n".to_owned()),
            Just("global a\n".to_owned()),
            Just("import other\n".to_owned()),
            Just("from other import a, b, f\n".to_owned()),
            Just("from other import *\n".to_owned()),
        ]
    };
    let statement = simple.prop_recursive(4, 24, 3, move |inner| {
        let block = prop::collection::vec(inner, 1..4).prop_map(|statements| {
            statements.concat().lines().map(|line| format!("  {line}\n")).collect::<String>()
        });
        prop_oneof![
            (expr.clone(), block.clone(), block.clone())
                .prop_map(|(e, a, b)| format!("if {e}:\n{a}else:\n{b}")),
            (expr.clone(), block.clone()).prop_map(|(e, a)| format!("for x in {e}:\n{a}")),
            (expr.clone(), block.clone(), block.clone())
                .prop_map(|(e, a, b)| format!("while {e}:\n{a}else:\n{b}")),
            (block.clone(), block.clone(), block.clone())
                .prop_map(|(a, b, c)| format!("try:\n{a}except KeyError as x:\n{b}finally:\n{c}")),
            (block.clone(), expr.clone(), block.clone())
                .prop_map(|(a, e, b)| format!("try:\n{a}except {e}:\n{b}")),
            (expr.clone(), block.clone()).prop_map(|(e, a)| format!("with {e} as b:\n{a}")),
            block.clone().prop_map(|a| format!("def f(x=a, *c):\n{a}")),
            block.clone().prop_map(|a| format!("@contextmanager\ndef f(x=a, *c):\n{a}")),
            block.clone().prop_map(|a| format!("class f(a):\n{a}")),
            (expr.clone(), block.clone()).prop_map(|(e, a)| format!("match {e}:\n  case 1:\n{}", indent(&a))),
        ]
    });
    prop::collection::vec(statement, 1..12).prop_map(|statements| {
        format!(
            "from lib import maybe, many\nfrom alembic import op\nfrom contextlib import contextmanager\n{}",
            statements.concat()
        )
    })
}

fn indent(block: &str) -> String {
    block.lines().map(|line| format!("  {line}\n")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        evaluate(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn text(text in "[a-c=+*()\\[\\]{}:, \\n'\"0-9.%#@]{0,200}") {
        evaluate(&text);
    }

    #[test]
    fn programs(program in program()) {
        evaluate(&program);
    }
}
