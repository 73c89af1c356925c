//! What CPython 3.11 makes of snippets (`snippets/record.py` wrote it down) is what the evaluator makes of them.

use super::support::{Project, run};
use crate::eval::Budget;
use crate::eval::format::text;
use crate::host::Raise;
use crate::value::Value;
use fact::{Place, name};

/// The repr of `result`, the class of the exception, or why neither is known.
fn outcome(code: &str) -> Result<String, String> {
    let project = Project::new(code);
    let main = project.module("main");
    assert_eq!(main.module.errors, [], "{code}");
    let (mut cx, ended) = run(&project, Budget::default());
    match ended {
        Err(Raise::Exception(exception)) => {
            let class = super::support::show(&mut cx, &exception.class);
            return Ok(format!("raises {class}"));
        }
        Err(raise) => return Err(super::support::show_raise(&mut cx, &raise)),
        Ok(_) => {}
    }
    let Some(value) = cx.module_attribute(&main, name("result")) else { return Err("no result".into()) };
    let place = Place::whole_file(main.file);
    match cx.repr(&value, place).map(text) {
        Ok(Value::Str(text)) => Ok(text.to_string()),
        _ => Err(super::support::show(&mut cx, &value)),
    }
}

#[track_caller]
fn check_snippets(recorded: &str) {
    let mut wrong = String::new();
    let mut count = 0;
    for block in recorded.trim().split("\n\n") {
        let Some((code, expected)) = block.rsplit_once("\n#=>") else { panic!("not recorded: {block}") };
        let (may_be_unknown, expected) = match expected.strip_prefix("? ") {
            Some(expected) => (true, expected),
            None => (false, expected.trim_start()),
        };
        count += 1;
        match outcome(code) {
            Ok(found) if found == expected => {}
            Err(_) if may_be_unknown => {}
            Ok(found) => wrong.push_str(&format!("{code}\n  CPython: {expected}\n  here:    {found}\n\n")),
            Err(found) => wrong.push_str(&format!("{code}\n  CPython: {expected}\n  unknown: {found}\n\n")),
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(count > 50, "{count} snippets");
}

#[test]
fn numbers() {
    check_snippets(include_str!("snippets/numbers.txt"));
}

#[test]
fn strings() {
    check_snippets(include_str!("snippets/strings.txt"));
}

#[test]
fn containers() {
    check_snippets(include_str!("snippets/containers.txt"));
}

#[test]
fn programs() {
    check_snippets(include_str!("snippets/programs.txt"));
}
