//! SQL in, operations out.

mod alter;
mod applied;
mod create;
mod data;
mod emitted;
mod guarded;
mod objects;
mod robust;
mod show;
mod statements;
mod transact;
mod types;

use super::*;
use fact::{FileId, NodeId};

fn place() -> Place {
    Place::new(FileId(0), 0, NodeId(0))
}

/// Reads `sql` and compares what it does, an operation a line.
#[track_caller]
fn check_sql(dialect: impl Into<Option<Kind>>, sql: &str, expected: &[&str]) {
    let read = read(sql, dialect.into(), place());
    let shown: Vec<String> = read.iter().map(|s| show::show(&s.operation)).collect();
    assert_eq!(shown, expected, "{sql}");
    for Statement { span: (start, end), .. } in read {
        assert!(sql.get(start..end).is_some(), "span {start}..{end} of {sql:?}");
    }
}

const PG: Kind = Kind::Postgresql;
const MY: Kind = Kind::Mysql;
const MARIA: Kind = Kind::Mariadb;
const LITE: Kind = Kind::Sqlite;
const MS: Kind = Kind::Mssql;
