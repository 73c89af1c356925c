//! SQL text in the dialect that the first byte says, run over a schema.

use fact::{FileId, Place};
use schema::report::{changes, reported};
use schema::sql::{Statement, read, select};
use schema::{Context, Dialect, Kind, Schema, Step, Written, apply, invert_all};

const BASE: &str = "\
CREATE TABLE t (id integer NOT NULL PRIMARY KEY, a integer DEFAULT 1, b varchar(20));
CREATE TABLE u (id integer NOT NULL, t_id integer REFERENCES t (id), CONSTRAINT uq_u UNIQUE (id, t_id));
CREATE INDEX ix_u ON u (t_id);
";

pub fn run(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    let kind = Kind::ALL.get(usize::from(*first) % (Kind::ALL.len() + 1)).copied();
    let text = String::from_utf8_lossy(rest);
    let _ = select(&text);
    let place = Place::whole_file(FileId(0));
    let step =
        |operation| Step { operation, place, call_site: None, written: Written::Sql, autocommit: false };
    let context = Context::new(kind.map(Dialect::from));
    let mut schema = Schema::default();
    for statement in read(BASE, kind, place) {
        apply(&mut schema, &step(statement.operation), &context);
    }
    let before = schema.clone();
    let mut steps = Vec::new();
    for Statement { operation, span: (start, end) } in read(&text, kind, place) {
        assert!(start <= end && text.get(start..end).is_some(), "{start}..{end} is not in the text");
        steps.push(step(operation));
    }
    let _ = invert_all(&steps, &before, &context);
    for step in &steps {
        apply(&mut schema, step, &context);
    }
    let _ = (reported(&schema, context.dialect), changes(&before, &schema, context.dialect));
}
