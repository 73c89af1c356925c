//! The columns that an expression reads, by sqlparser's reading of it.

use super::cursor::Cursor;
use super::lex::{TokenKind, has_hole};
use crate::Kind;
use fact::Name;
use sqlparser::ast::{Expr, Ident, ObjectName, visit_expressions, visit_relations};
use sqlparser::dialect::{
    Dialect, GenericDialect, MsSqlDialect, MySqlDialect, PostgreSqlDialect, SQLiteDialect,
};
use sqlparser::parser::Parser;
use std::ops::ControlFlow;

/// Longer expressions are not read: their parse may nest as deep as they are long.
const LONGEST: usize = 400;

/// Which columns belong to the table that is asked about.
pub(super) struct Own {
    pub table: Name,
    pub aliases: Vec<Name>,
    /// No other table is in sight, so a bare name is a column of this one.
    pub only_target: bool,
}

/// Adds to `names` what `expression` certainly reads of the table. What cannot be parsed adds nothing.
pub(super) fn columns(expression: &Cursor<'_>, own: &Own, names: &mut Vec<Name>) {
    let Some(parsed) = parse(expression) else { return };
    // Inside a query of its own, a bare name may be a column of any table.
    let queries = visit_relations(&parsed, |_: &ObjectName| ControlFlow::Break(())).is_break();
    let _ = visit_expressions(&parsed, |expr: &Expr| {
        let name = match expr {
            Expr::Identifier(ident) if own.only_target && !queries && !is_system(ident) => {
                Some(name(expression, ident))
            }
            Expr::CompoundIdentifier(parts) => match parts.as_slice() {
                [.., table, column] => {
                    let table = name(expression, table);
                    let ours = table == own.table || own.aliases.contains(&table);
                    ours.then(|| name(expression, column))
                }
                _ => None,
            },
            _ => None,
        };
        if let Some(name) = name
            && !names.contains(&name)
        {
            names.push(name);
        }
        ControlFlow::<()>::Continue(())
    });
}

fn parse(expression: &Cursor<'_>) -> Option<Expr> {
    if expression.done() || expression.end - expression.at > LONGEST {
        return None;
    }
    let text = text(expression)?;
    let dialect: &dyn Dialect = match expression.source.dialect {
        None => &GenericDialect {},
        Some(Kind::Postgresql) => &PostgreSqlDialect {},
        Some(Kind::Mysql | Kind::Mariadb) => &MySqlDialect {},
        Some(Kind::Sqlite) => &SQLiteDialect {},
        Some(Kind::Mssql) => &MsSqlDialect {},
    };
    let mut parser = Parser::new(dialect).with_recursion_limit(40).try_with_sql(&text).ok()?;
    let expr = parser.parse_expr().ok()?;
    (parser.peek_token().token == sqlparser::tokenizer::Token::EOF).then_some(expr)
}

/// The expression with a string in place of each bind parameter.
fn text(expression: &Cursor<'_>) -> Option<String> {
    let mut text = String::new();
    let mut rest = *expression;
    let mut end = 0;
    while let Some(token) = rest.peek(0) {
        let written = rest.text_of(token);
        // Operators of three characters are tokens that touch.
        if token.start > end && !text.is_empty() {
            text.push(' ');
        }
        end = token.end;
        match token.kind {
            TokenKind::Param if text.ends_with("IN ") || text.ends_with("in ") => text.push_str("('')"),
            TokenKind::Param => text.push_str("''"),
            _ if has_hole(written) => return None,
            _ => text.push_str(written),
        }
        rest.at += 1;
    }
    Some(text)
}

/// Words that stand for no column of the table's definition.
fn is_system(ident: &Ident) -> bool {
    const WORDS: [&str; 9] =
        ["DEFAULT", "ROWID", "CTID", "OID", "XMIN", "XMAX", "TABLEOID", "CURRENT_USER", "USER"];
    ident.quote_style.is_none() && WORDS.iter().any(|word| ident.value.eq_ignore_ascii_case(word))
}

fn name(expression: &Cursor<'_>, ident: &Ident) -> Name {
    match ident.quote_style {
        Some(_) => fact::name(&ident.value),
        None => fact::name(&expression.folded(&ident.value)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::cursor::Source;
    use super::super::lex::{Lexis, lex};
    use super::*;
    use fact::{FileId, NodeId, Place};

    #[track_caller]
    fn check_reads(dialect: Kind, only_target: bool, text: &str, expected: &[&str]) {
        let tokens = lex(text, Lexis::of(Some(dialect)));
        let place = Place::new(FileId(0), 0, NodeId(0));
        let source = Source { text, tokens: &tokens, dialect: Some(dialect), place, depth: 0 };
        let own = Own { table: fact::name("t"), aliases: vec![fact::name("a")], only_target };
        let mut names = Vec::new();
        columns(&Cursor::new(source, 0, tokens.len()), &own, &mut names);
        assert_eq!(names.iter().map(|n| n.as_str()).collect::<Vec<_>>(), expected, "{text}");
    }

    #[test]
    fn bare_names_belong_to_the_only_table() {
        check_reads(Kind::Postgresql, true, "B + lower(c) || 'd' = :e AND b IS NULL", &["b", "c"]);
        check_reads(Kind::Postgresql, false, "b = 1", &[]);
        check_reads(Kind::Postgresql, true, "b IN :ids AND c = ANY(%(x)s)", &["b", "c"]);
        check_reads(Kind::Postgresql, true, "data->>'k' = 'x' AND d #>> '{a}' = 'b'", &["data", "d"]);
        check_reads(Kind::Mysql, true, "`B` = \"text\"", &["B"]);
        check_reads(Kind::Mssql, true, "[B] = 1", &["B"]);
        check_reads(Kind::Sqlite, true, "rowid = 1 AND x = DEFAULT", &["x"]);
    }

    #[test]
    fn qualified_names_belong_to_their_table() {
        check_reads(Kind::Postgresql, false, "t.b = a.c AND u.d = e", &["b", "c"]);
        check_reads(Kind::Postgresql, true, "t.b = (SELECT max(c) FROM u WHERE u.x = t.d)", &["b", "d"]);
    }

    #[test]
    fn what_cannot_be_parsed_reads_nothing() {
        check_reads(Kind::Postgresql, true, "b = = c", &[]);
        check_reads(Kind::Postgresql, true, "b c", &[]);
        check_reads(Kind::Postgresql, true, "b = \u{fffc}", &[]);
        check_reads(Kind::Postgresql, true, &"b + ".repeat(5000), &[]);
        check_reads(Kind::Postgresql, true, &"(".repeat(300), &[]);
    }
}
