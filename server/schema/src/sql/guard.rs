//! Tests and handlers that only ask whether an object is there: `IF NOT EXISTS (SELECT FROM pg_type ...) THEN CREATE
//! TYPE ...` is a longer spelling of `CREATE ... IF NOT EXISTS`.

use super::course::either;
use super::cursor::Cursor;
use super::lex::TokenKind;
use crate::Operation;
use fact::Place;

/// What a test says about the statements under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Guard {
    /// Something else.
    Undecided,
    /// They run where the objects with these names are missing; `None`: where theirs is.
    Missing(Option<Vec<String>>),
    /// They run where the objects with these names are there.
    Present(Option<Vec<String>>),
}

impl Guard {
    /// `[NOT] EXISTS (SELECT ... FROM catalog ...)`, `OBJECT_ID('t') IS [NOT] NULL`, `to_regclass('t') IS [NOT] NULL`.
    pub fn of_test(test: &Cursor<'_>) -> Guard {
        const CATALOGS: [&str; 11] = [
            "pg_",
            "information_schema",
            "sys.",
            "sysobjects",
            "syscolumns",
            "sysindexes",
            "sqlite_master",
            "sqlite_schema",
            "object_id",
            "col_length",
            "to_reg",
        ];
        let mut test = *test;
        while let Ok(inside) = test.clone().parens()
            && inside.end + 1 == test.end
        {
            test = inside;
        }
        let text = test.source_text().to_ascii_lowercase();
        if !CATALOGS.iter().any(|catalog| text.contains(catalog)) {
            return Guard::Undecided;
        }
        let names = Some(strings(&test));
        let asks_for_null = !text.starts_with("not") && !text.starts_with("exists");
        if asks_for_null {
            return if text.ends_with("is null") {
                Guard::Missing(names)
            } else if text.ends_with("is not null") {
                Guard::Present(names)
            } else {
                Guard::Undecided
            };
        }
        let negated = test.eat("NOT");
        let whole = test.eat("EXISTS") && test.parens().is_ok() && test.done();
        match (whole, negated) {
            (false, _) => Guard::Undecided,
            (true, true) => Guard::Missing(names),
            (true, false) => Guard::Present(names),
        }
    }

    /// Handlers that swallow "there already" or "not there".
    pub fn of_handlers(conditions: &[String]) -> Guard {
        const MISSING: [&str; 10] = [
            "duplicate_object",
            "duplicate_table",
            "duplicate_column",
            "duplicate_schema",
            "duplicate_function",
            "42710",
            "42p07",
            "42701",
            "42p06",
            "unique_violation",
        ];
        const PRESENT: [&str; 7] = [
            "undefined_table",
            "undefined_column",
            "undefined_object",
            "undefined_function",
            "42p01",
            "42703",
            "42704",
        ];
        let all = |words: &[&str]| {
            !conditions.is_empty()
                && conditions.iter().all(|c| c.split(" or ").all(|one| words.iter().any(|w| one.contains(w))))
        };
        if all(&MISSING) {
            Guard::Missing(None)
        } else if all(&PRESENT) {
            Guard::Present(None)
        } else {
            Guard::Undecided
        }
    }
}

fn strings(test: &Cursor<'_>) -> Vec<String> {
    let mut strings = Vec::new();
    let mut test = *test;
    while let Some(token) = test.peek(0) {
        if token.kind == TokenKind::Text {
            let value = test.text_value(token).to_ascii_lowercase();
            strings.extend(value.split('.').map(|part| part.trim_matches(['"', '[', ']', '`']).to_owned()));
            strings.push(value);
        }
        test.at += 1;
    }
    strings
}

/// What is certain of `yes` under `guard`, or of `no` without it.
pub(super) fn settle(guard: Guard, yes: Vec<Operation>, no: Vec<Operation>, place: Place) -> Vec<Operation> {
    let idle = |operations: &[Operation]| {
        operations.iter().all(|operation| matches!(operation, Operation::Nothing { .. }))
    };
    // `IF EXISTS (...) THEN nothing ELSE CREATE ...` is the same test the other way round.
    let (guard, guarded, rest) = match guard {
        Guard::Missing(names) if idle(&yes) && !idle(&no) => (Guard::Present(names), no, yes),
        Guard::Present(names) if idle(&yes) && !idle(&no) => (Guard::Missing(names), no, yes),
        guard => (guard, yes, no),
    };
    if idle(&rest) && !idle(&guarded) {
        let settled: Option<Vec<Operation>> =
            guarded.iter().filter(|o| !idle(std::slice::from_ref(*o))).map(|o| guard.tolerant(o)).collect();
        if let Some(settled) = settled {
            return settled;
        }
    }
    either(guarded, rest, place)
}

impl Guard {
    /// The operation with its own IF [NOT] EXISTS; `None` if this test is not about its object or it has none.
    fn tolerant(&self, operation: &Operation) -> Option<Operation> {
        let mut operation = operation.clone();
        let asks_for = |name: &str| match self {
            Guard::Missing(Some(names)) | Guard::Present(Some(names)) => {
                names.contains(&name.to_ascii_lowercase())
            }
            Guard::Missing(None) | Guard::Present(None) => true,
            Guard::Undecided => false,
        };
        let known = |name: Option<&fact::Name>| name.is_some_and(|n| asks_for(n));
        let missing = matches!(self, Guard::Missing(_));
        let settled = match &mut operation {
            Operation::CreateTable { table, if_not_exists } if missing && asks_for(&table.name.name) => {
                *if_not_exists = true;
                true
            }
            Operation::AddColumn { column, if_not_exists, .. } if missing && asks_for(&column.name) => {
                *if_not_exists = true;
                true
            }
            Operation::CreateIndex { index, if_not_exists, .. }
                if missing && known(index.name.known().and_then(Option::as_ref)) =>
            {
                *if_not_exists = true;
                true
            }
            Operation::AddConstraint { constraint, if_not_exists, .. }
                if missing && known(constraint.name().known().and_then(Option::as_ref)) =>
            {
                *if_not_exists = true;
                true
            }
            Operation::CreateEnum { name, check_first, .. } if missing && asks_for(&name.name) => {
                *check_first = true;
                true
            }
            Operation::AddEnumLabel { label, if_not_exists, .. }
                if missing && label.known().is_some_and(|l| asks_for(l)) =>
            {
                *if_not_exists = true;
                true
            }
            Operation::CreateSequence { name, if_not_exists } if missing && asks_for(&name.name) => {
                *if_not_exists = true;
                true
            }
            Operation::CreateObject { name, .. } => missing && asks_for(&name.name),
            Operation::DropTable { table, if_exists, .. } if !missing && asks_for(&table.name) => {
                *if_exists = true;
                true
            }
            Operation::DropColumn { column, if_exists, .. } if !missing && asks_for(column) => {
                *if_exists = true;
                true
            }
            Operation::DropIndex { name, if_exists, .. } if !missing && known(name.known()) => {
                *if_exists = true;
                true
            }
            Operation::DropConstraint { name, if_exists, .. }
                if !missing && known(name.known().and_then(Option::as_ref)) =>
            {
                *if_exists = true;
                true
            }
            Operation::DropSequence { name, if_exists } if !missing && asks_for(&name.name) => {
                *if_exists = true;
                true
            }
            Operation::DropEnum { name, check_first } if !missing && asks_for(&name.name) => {
                *check_first = true;
                true
            }
            Operation::DropObject { name, .. } => !missing && asks_for(&name.name),
            _ => false,
        };
        settled.then_some(operation)
    }
}
