mod direct;
mod document;
mod dump;
mod errors;
mod expr;
mod items;
mod stmt;

use super::parse;
use crate::ast::Module;
use dump::dump;

fn dump_all(module: &Module) -> String {
    module.items.iter().map(|item| dump(&item.tree)).collect::<Vec<_>>().join("\n")
}

/// `source` parses without an error, and its statements are `expected`.
#[track_caller]
fn check(source: &str, expected: &str) {
    let module = parse(source);
    assert_eq!(module.errors, [], "{source}");
    direct::check_same_or_left(source);
    assert_eq!(dump_all(&module), expected, "{source}");
}

/// As [`check`], for several sources.
#[track_caller]
fn check_each(cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        check(source, expected);
    }
}
