//! SQL text -> operations.
//!
//! A text is cut into tokens by the rules of its dialect, the tokens into statements, and each statement is read by its
//! leading words. Values and names keep the spelling they have in the text. sqlparser reads the expressions of which
//! the columns are asked for. What no reader understands becomes [`Operation::Opaque`] on the tables that it names.

mod alter_column;
mod alter_table;
mod block;
mod column;
mod constraint;
mod course;
mod create_table;
mod cursor;
mod data;
mod dynamic;
mod guard;
mod index;
mod lex;
mod mssql;
mod noun;
mod object;
mod pieces;
mod reads;
mod select;
mod sources;
mod split;
mod statement;
#[cfg(test)]
mod tests;
mod text;
mod types;
mod variables;

use crate::{Kind, Operation, TableName};
use cursor::{Cursor, Source};
use dynamic::{Dynamic, Variables};
use fact::Place;
use lex::{Lexis, lex};
pub(crate) use pieces::{Piece, pieces};
use rustc_hash::FxHashMap;
pub use select::{Select, select};

/// Stands in a text for a part whose value is not known: the name or label that it is part of becomes unknown, the
/// rest is read.
pub const HOLE: char = '\u{fffc}';

/// How deep blocks, calls and quoted programs may lie in each other.
const DEEPEST: usize = 32;

/// How many bytes of SQL a short text may run by way of strings, variables and routines; a long one may run more.
const NESTED: usize = 1 << 17;

/// One operation of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    pub operation: Operation,
    /// The bytes of the text that say so. The actions of one `ALTER TABLE` have a span each; several operations out
    /// of one block share the block's.
    pub span: (usize, usize),
}

/// Everything that `sql` does, in order.
///
/// The text is one that SQLAlchemy's `text()` takes: `\:` is a colon, `:name`, `%(name)s`, `%s` and `?` are bind
/// parameters. `place` is put into everything that is made of it. Without a dialect, names keep their case and the
/// rules of every dialect are tried for what cannot be read otherwise.
pub fn read(sql: &str, dialect: Option<Kind>, place: Place) -> Vec<Statement> {
    let received = text::Received::new(sql);
    let found = read_text(&received.text, dialect, place);
    found
        .into_iter()
        .map(|Found { operation, span: (start, end) }| Statement {
            operation,
            span: (received.written(start), received.written(end)),
        })
        .collect()
}

fn read_text(text: &str, dialect: Option<Kind>, place: Place) -> Vec<Found> {
    let read_as = |syntax: Option<Kind>| {
        let mut session = Session::new(text, syntax == Some(Kind::Mssql));
        session.text(text, syntax, Source { text, tokens: &[], dialect, place, depth: 0 })
    };
    let found = read_as(dialect);
    if dialect.is_some() || !found.iter().any(|f| is_opaque(&f.operation)) {
        return found;
    }
    Kind::ALL
        .into_iter()
        .map(|kind| read_as(Some(kind)))
        .find(|other| !other.iter().any(|f| is_opaque(&f.operation)))
        .unwrap_or(found)
}

fn is_opaque(operation: &Operation) -> bool {
    match operation {
        Operation::Opaque { .. } => true,
        Operation::Either { left, right, .. } => {
            left.iter().chain(right).any(|step| is_opaque(&step.operation))
        }
        _ => false,
    }
}

/// An operation and its bytes in the text that is being read.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    operation: Operation,
    span: (usize, usize),
}

/// What earlier statements of a text mean for later ones.
#[derive(Debug, Default)]
struct Session {
    /// SQL Server's batches, IF and variables.
    batches: bool,
    variables: Variables,
    prepared: FxHashMap<String, Dynamic>,
    /// Bodies of the functions and procedures that the text makes.
    routines: FxHashMap<String, String>,
    temporary: Vec<TableName>,
    depth: usize,
    /// How many bytes of SQL may yet be run by SQL: routines that call themselves twice never end otherwise.
    budget: usize,
}

impl Session {
    fn new(text: &str, batches: bool) -> Session {
        Session {
            batches,
            budget: NESTED.saturating_add(text.len().saturating_mul(16)),
            ..Session::default()
        }
    }

    /// The statements of `text`, cut by the rules of `syntax`.
    fn text(&mut self, text: &str, syntax: Option<Kind>, source: Source<'_>) -> Vec<Found> {
        let tokens = lex(text, Lexis::of(syntax));
        let source = Source { text, tokens: &tokens, ..source };
        let mut found = Vec::new();
        for range in split::split(text, &tokens, self.batches) {
            found.extend(self.statement(&Cursor::new(source, range.start, range.end)));
        }
        found
    }

    /// One statement, opaque if no reader understands it.
    fn statement(&mut self, statement: &Cursor<'_>) -> Vec<Found> {
        self.note_temporary(statement);
        let mut found = statement::read(statement, self).unwrap_or_else(|cursor::Unreadable| {
            vec![Found { operation: statement::opaque(statement), span: statement.span() }]
        });
        for one in &mut found {
            if target(&one.operation).is_some_and(|table| self.temporary.contains(&table)) {
                one.operation = nothing(&text::in_short(statement.source_text(), 100));
            }
        }
        found
    }

    /// Text that a statement runs.
    fn nested(&mut self, text: &str, at: &Cursor<'_>) -> Vec<Operation> {
        if !self.may_run(text) {
            return vec![statement::opaque_anything(at, "SQL that runs SQL")];
        }
        self.depth += 1;
        let found = self.text(text, at.source.dialect, at.source);
        self.depth -= 1;
        found.into_iter().map(|f| f.operation).collect()
    }

    /// A program in a string; opaque on the tables that it names if it cannot be read.
    fn program_text(&mut self, text: &str, at: &Cursor<'_>) -> Vec<Operation> {
        if !self.may_run(text) {
            return vec![statement::opaque_anything(at, "SQL that runs SQL")];
        }
        let tokens = lex(text, Lexis::of(at.source.dialect));
        let source = Source { text, tokens: &tokens, ..at.source };
        self.depth += 1;
        let program = Cursor::new(source, 0, tokens.len());
        let operations = block::program(&program, self);
        self.depth -= 1;
        operations.unwrap_or_else(|cursor::Unreadable| vec![statement::opaque_program(&program)])
    }

    fn may_run(&mut self, text: &str) -> bool {
        self.budget = self.budget.saturating_sub(text.len() + 1);
        self.budget > 0 && self.depth < DEEPEST
    }

    fn note_temporary(&mut self, statement: &Cursor<'_>) {
        let mut cursor = *statement;
        if !cursor.eat("CREATE") {
            return;
        }
        cursor.eat_any(&["LOCAL", "GLOBAL"]);
        if cursor.eat_any(&["TEMP", "TEMPORARY"]) && cursor.eat("TABLE") {
            cursor.if_not_exists();
            self.temporary.extend(cursor.table());
        }
    }

    /// Keeps the body of a routine, so that a call of it can be followed.
    fn note_routine(&mut self, statement: &Cursor<'_>) {
        let mut cursor = *statement;
        while !cursor.done() && !cursor.is_any(&["FUNCTION", "PROCEDURE", "PROC"]) {
            if cursor.is_any(&["TABLE", "INDEX", "VIEW", "TYPE", "TRIGGER"]) || cursor.symbol(0) == "(" {
                return;
            }
            cursor.at += 1;
        }
        cursor.at += 1;
        let Ok(name) = cursor.table() else { return };
        while let Some(token) = cursor.peek(0) {
            let quoted = token.kind == lex::TokenKind::Text && cursor.text_of(token).starts_with('$');
            if quoted || cursor.is("BEGIN") {
                let body = if quoted { cursor.text_value(token) } else { cursor.source_text().to_owned() };
                self.routines.insert(name.name.to_ascii_lowercase(), body);
                return;
            }
            cursor.skip();
        }
    }

    fn routine(&self, name: &str) -> Option<String> {
        self.routines.get(name).cloned()
    }
}

/// The table that an operation is about, where it is about one.
fn target(operation: &Operation) -> Option<TableName> {
    match operation {
        Operation::DropTable { table, .. }
        | Operation::AddColumn { table, .. }
        | Operation::DropColumn { table, .. }
        | Operation::AlterColumn { table, .. }
        | Operation::AddConstraint { table, .. }
        | Operation::DropConstraint { table, .. }
        | Operation::CreateIndex { table, .. } => Some(*table),
        Operation::Data(change) => change.table,
        _ => None,
    }
}

fn nothing(what: &str) -> Operation {
    Operation::Nothing { what: what.into() }
}
