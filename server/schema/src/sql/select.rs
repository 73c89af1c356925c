//! Which tables a query asks.

use crate::TableName;
use sqlparser::ast::{Expr, FunctionArguments, ObjectName, SelectItem, SetExpr, Statement, visit_relations};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::Parser;
use std::ops::ControlFlow;

/// Longer queries are not read: their parse may nest as deep as they are long.
const LONGEST: usize = 20_000;

/// A query and the tables that it reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Select {
    pub tables: Vec<TableName>,
    /// It is a single `count(...)` without groups: it has one row, whatever the tables hold.
    pub counts: bool,
}

/// Reads one SELECT; `None`: it is none, or cannot be read.
///
/// A query that gives rows where its tables have none (a UNION with a constant, an aggregate, an outer join) is not
/// read either: nothing follows from its tables being empty.
pub fn select(text: &str) -> Option<Select> {
    if text.len() > LONGEST {
        return None;
    }
    let mut parser = Parser::new(&GenericDialect {}).with_recursion_limit(40).try_with_sql(text).ok()?;
    let statement = parser.parse_statement().ok()?;
    let Statement::Query(query) = &statement else { return None };
    let SetExpr::Select(body) = &*query.body else { return None };
    let aggregates: Vec<bool> = body.projection.iter().map(is_aggregate).collect();
    let counts = matches!(body.projection.as_slice(), [item] if is_count(item)) && body.having.is_none();
    if !counts && aggregates.contains(&true) {
        return None;
    }
    let mut tables = Vec::new();
    let mut readable = true;
    let _ = visit_relations(&statement, |name: &ObjectName| {
        match table(name) {
            Some(table) => tables.push(table),
            None => readable = false,
        }
        ControlFlow::<()>::Continue(())
    });
    // The first table decides only where the others can add no rows of their own.
    let joins = body.from.iter().flat_map(|from| &from.joins);
    let outer = joins.into_iter().any(|join| {
        use sqlparser::ast::JoinOperator::{CrossJoin, Inner, Join, Left, LeftOuter};
        !matches!(join.join_operator, Join(_) | Inner(_) | CrossJoin(_) | Left(_) | LeftOuter(_))
    });
    (readable && !outer && !body.from.is_empty()).then_some(Select { tables, counts })
}

fn table(name: &ObjectName) -> Option<TableName> {
    let mut parts = name.0.iter().map(|part| part.as_ident().map(|ident| ident.value.as_str()));
    match (parts.next()?, parts.next(), parts.next()) {
        (Some(table), None, None) => Some(TableName::plain(table)),
        (Some(schema), Some(Some(table)), None) => Some(TableName::new(Some(schema), table)),
        _ => None,
    }
}

fn expression(item: &SelectItem) -> Option<&Expr> {
    match item {
        SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => Some(expr),
        _ => None,
    }
}

fn function(item: &SelectItem) -> Option<String> {
    match expression(item)? {
        Expr::Function(function) if !matches!(function.args, FunctionArguments::None) => {
            Some(function.name.to_string().to_ascii_lowercase())
        }
        _ => None,
    }
}

fn is_count(item: &SelectItem) -> bool {
    function(item).is_some_and(|name| name == "count")
}

fn is_aggregate(item: &SelectItem) -> bool {
    function(item).is_some_and(|name| {
        matches!(
            name.as_str(),
            "count" | "max" | "min" | "sum" | "avg" | "string_agg" | "group_concat" | "array_agg"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_select(text: &str, expect: Option<(&str, bool)>) {
        let found = select(text).map(|select| {
            let tables: Vec<String> = select.tables.iter().map(TableName::to_string).collect();
            (tables.join(" "), select.counts)
        });
        assert_eq!(found.as_ref().map(|(tables, counts)| (tables.as_str(), *counts)), expect, "{text}");
    }

    #[test]
    fn tables() {
        check_select("SELECT id FROM users", Some(("users", false)));
        check_select(
            "select u.id from app.users u join roles r on r.id = u.role_id",
            Some(("app.users roles", false)),
        );
        check_select("SELECT id FROM a WHERE x IN (SELECT x FROM b)", Some(("a b", false)));
        check_select("SELECT count(*) FROM users WHERE id > :id", Some(("users", true)));
        check_select("SELECT id FROM a LEFT JOIN b ON a.id = b.id", Some(("a b", false)));
    }

    #[test]
    fn nothing_follows_from_empty_tables() {
        check_select("SELECT max(id) FROM users", None);
        check_select("SELECT 1", None);
        check_select("SELECT id FROM a UNION SELECT 1", None);
        check_select("SELECT b.id FROM a RIGHT JOIN b ON a.id = b.id", None);
        check_select("UPDATE a SET x = 1", None);
        check_select("SELECT", None);
    }
}
