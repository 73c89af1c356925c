//! Conditions and values over rows of the catalogue.

use super::logic::{and, flip, is, is_null, like, not, or, order, unknown_of};
use super::query::Runner;
use super::relation::Relation;
use super::{Cell, object};
use fact::{Reason, Unknown};
use sqlparser::ast::{
    BinaryOperator, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, UnaryOperator, Value,
};

/// A row that a name can stand for.
#[derive(Clone, Copy)]
pub(super) struct Bound<'a> {
    pub alias: &'a str,
    pub relation: &'a Relation,
    /// `None`: the row that an outer join puts where it found none.
    pub cells: Option<&'a [Cell]>,
}

/// The rows that an expression can name: those of its own query, then those of the queries around it.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub bound: &'a [Bound<'a>],
    pub outer: Option<&'a Scope<'a>>,
}

pub(super) fn unreadable(what: &str) -> Unknown {
    Unknown::nowhere(Reason::UnreadableSql(what.into()))
}

impl Runner<'_> {
    pub(super) fn evaluate(&self, expr: &Expr, scope: Scope<'_>) -> Cell {
        match expr {
            Expr::Nested(inner) => self.eval(inner, scope),
            Expr::Cast { expr, data_type, .. } => {
                object::cast(self.eval(expr, scope), &data_type.to_string().to_ascii_lowercase())
            }
            Expr::Value(value) => self.value(&value.value),
            Expr::Identifier(name) => named(None, &name.value, scope),
            Expr::CompoundIdentifier(parts) => match parts.as_slice() {
                [.., of, name] => named(Some(&of.value), &name.value, scope),
                _ => Cell::Unknown(unreadable("a name")),
            },
            Expr::UnaryOp { op: UnaryOperator::Not, expr } => not(self.eval(expr, scope)),
            Expr::BinaryOp { left, op: BinaryOperator::And, right } => match self.eval(left, scope) {
                Cell::Bool(false) => Cell::Bool(false),
                left => and(left, self.eval(right, scope)),
            },
            Expr::BinaryOp { left, op: BinaryOperator::Or, right } => match self.eval(left, scope) {
                Cell::Bool(true) => Cell::Bool(true),
                left => or(left, self.eval(right, scope)),
            },
            Expr::BinaryOp { left, op, right } => {
                self.compare(&self.eval(left, scope), op, &self.eval(right, scope))
            }
            Expr::IsNull(expr) => is_null(&self.eval(expr, scope)),
            Expr::IsNotNull(expr) => not(is_null(&self.eval(expr, scope))),
            Expr::IsTrue(expr) => is(self.eval(expr, scope), true),
            Expr::IsFalse(expr) => is(self.eval(expr, scope), false),
            Expr::InList { expr, list, negated } => {
                let value = self.eval(expr, scope);
                let cells: Vec<Cell> = list.iter().map(|one| self.eval(one, scope)).collect();
                flip(self.any_equal(&value, cells.iter()), *negated)
            }
            Expr::InSubquery { expr, subquery, negated } => match self.rows(subquery, Some(&scope)) {
                Ok(rows) => {
                    let value = self.eval(expr, scope);
                    flip(self.any_equal(&value, rows.rows.iter().filter_map(|row| row.first())), *negated)
                }
                Err(unknown) => Cell::Unknown(unknown),
            },
            Expr::Like { negated, expr, pattern, escape_char: None, any: false } => {
                // Only PostgreSQL's LIKE minds case.
                let fold = self.catalog.dialect.kind != crate::Kind::Postgresql;
                flip(like(&self.eval(expr, scope), &self.eval(pattern, scope), fold), *negated)
            }
            Expr::ILike { negated, expr, pattern, escape_char: None, any: false } => {
                flip(like(&self.eval(expr, scope), &self.eval(pattern, scope), true), *negated)
            }
            Expr::Exists { subquery, negated } => match self.rows(subquery, Some(&scope)) {
                Ok(rows) => flip(Cell::Bool(!rows.rows.is_empty()), *negated),
                Err(unknown) => Cell::Unknown(unknown),
            },
            Expr::Subquery(query) => match self.rows(query, Some(&scope)) {
                Ok(rows) => rows.rows.first().and_then(|row| row.first().cloned()).unwrap_or(Cell::Null),
                Err(unknown) => Cell::Unknown(unknown),
            },
            Expr::Function(function) => self.function(function, scope),
            other => Cell::Unknown(unreadable(&other.to_string())),
        }
    }

    fn any_equal<'c>(&self, value: &Cell, cells: impl Iterator<Item = &'c Cell>) -> Cell {
        cells.fold(Cell::Bool(false), |found, cell| or(found, self.compare(value, &BinaryOperator::Eq, cell)))
    }

    fn value(&self, value: &Value) -> Cell {
        match value {
            Value::Null => Cell::Null,
            Value::Boolean(value) => Cell::Bool(*value),
            Value::Number(text, _) => {
                text.parse().map_or_else(|_| Cell::Unknown(unreadable(text)), Cell::Int)
            }
            Value::SingleQuotedString(text) | Value::NationalStringLiteral(text) => Cell::text(text),
            // MySQL and SQLite take what is in double quotes for a string where no name fits.
            Value::DoubleQuotedString(text) => Cell::text(text),
            Value::Placeholder(name) => (self.bind)(name.trim_start_matches([':', '@', '$'])),
            other => Cell::Unknown(unreadable(&other.to_string())),
        }
    }

    fn compare(&self, left: &Cell, op: &BinaryOperator, right: &Cell) -> Cell {
        if let Some(unknown) = unknown_of(left).or(unknown_of(right)) {
            return Cell::Unknown(unknown.clone());
        }
        if *left == Cell::Null || *right == Cell::Null {
            return Cell::Null;
        }
        let equal = match (left, right) {
            (Cell::Database, Cell::Database) => Some(true),
            (Cell::System, Cell::Text(text)) | (Cell::Text(text), Cell::System) => {
                (!object::is_system(text)).then_some(false)
            }
            (Cell::Text(a), Cell::Text(b)) if self.catalog.dialect.kind.is_mysql_like() => {
                Some(a.to_lowercase() == b.to_lowercase())
            }
            _ => order(left, right).map(|order| order.is_eq()),
        };
        let known = match (op, equal, order(left, right)) {
            (BinaryOperator::Eq, Some(equal), _) => Some(equal),
            (BinaryOperator::NotEq, Some(equal), _) => Some(!equal),
            (BinaryOperator::Lt, _, Some(order)) => Some(order.is_lt()),
            (BinaryOperator::LtEq, _, Some(order)) => Some(order.is_le()),
            (BinaryOperator::Gt, _, Some(order)) => Some(order.is_gt()),
            (BinaryOperator::GtEq, _, Some(order)) => Some(order.is_ge()),
            _ => None,
        };
        known.map_or_else(|| Cell::Unknown(Unknown::nowhere(Reason::ServerMade)), Cell::Bool)
    }

    fn function(&self, function: &Function, scope: Scope<'_>) -> Cell {
        let name = function.name.to_string().to_ascii_lowercase();
        let args: Vec<Cell> = match &function.args {
            FunctionArguments::None => Vec::new(),
            FunctionArguments::List(list) => {
                let each = list.args.iter().map(|arg| match arg {
                    FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => self.eval(expr, scope),
                    _ => Cell::Unknown(unreadable(&name)),
                });
                each.collect()
            }
            FunctionArguments::Subquery(_) => return Cell::Unknown(unreadable(&name)),
        };
        let kind = self.catalog.dialect.kind;
        match (name.trim_start_matches("pg_catalog."), args.as_slice()) {
            ("database", []) if kind.is_mysql_like() => Cell::Database,
            ("schema", []) if kind.is_mysql_like() => Cell::Database,
            ("current_schema" | "schema_name", []) => Cell::maybe(kind.rules().default_schema()),
            ("current_database" | "db_name", []) => Cell::Database,
            ("lower", [Cell::Text(text)]) => Cell::text(&text.to_lowercase()),
            ("upper", [Cell::Text(text)]) => Cell::text(&text.to_uppercase()),
            ("lower" | "upper", [cell]) => cell.clone(),
            // What lies outside the search path is told by its schema.
            ("pg_table_is_visible" | "pg_type_is_visible", [_]) => Cell::Bool(true),
            ("to_regclass", [Cell::Text(text)]) => self.catalog.regclass(text),
            ("coalesce" | "ifnull" | "isnull", [first, rest @ ..]) => {
                let later = rest.iter().find(|cell| **cell != Cell::Null);
                if *first == Cell::Null { later.cloned().unwrap_or(Cell::Null) } else { first.clone() }
            }
            ("object_id", [Cell::Text(text), ..]) => self.catalog.object_id(text),
            _ => Cell::Unknown(unreadable(&name)),
        }
    }
}

fn named(of: Option<&str>, name: &str, scope: Scope<'_>) -> Cell {
    let mut at = Some(&scope);
    while let Some(Scope { bound, outer }) = at {
        for row in *bound {
            if of.is_some_and(|of| !row.alias.eq_ignore_ascii_case(of)) {
                continue;
            }
            match (row.relation.column(name), row.cells) {
                (Some(_), None) => return Cell::Null,
                (Some(column), Some(cells)) => {
                    return cells.get(column).cloned().unwrap_or(Cell::Null);
                }
                (None, _) if of.is_some() => return Cell::Unknown(not_modelled(name)),
                (None, _) => {}
            }
        }
        at = *outer;
    }
    Cell::Unknown(not_modelled(name))
}

/// A column that a real catalogue has and the replay does not lay out.
fn not_modelled(column: &str) -> Unknown {
    Unknown::nowhere(Reason::Environment(format!("{column} in the catalogue of the database").into()))
}
