//! SELECT over the catalogue.

use super::expr::{Bound, Scope, unreadable};
use super::logic::{order, unknown_of};
use super::relation::Relation;
use super::{Catalog, Cell, Rows};
use fact::{Reason, Unknown};
use sqlparser::ast::{
    BinaryOperator, Expr, Function, FunctionArguments, GroupByExpr, JoinConstraint, JoinOperator,
    LimitClause, OrderByKind, OrderBySort, Query, Select, SelectItem, SetExpr, Statement, TableFactor,
    TableWithJoins,
};
use sqlparser::dialect::{
    Dialect, GenericDialect, MsSqlDialect, MySqlDialect, PostgreSqlDialect, SQLiteDialect,
};
use sqlparser::parser::Parser;
use std::cell::Cell as Counter;
use std::cmp::Ordering;

/// Longer queries are not read: their parse may nest as deep as they are long.
const LONGEST: usize = 4_000;

/// Conditions nested deeper than this are not decided.
const DEEPEST: usize = 60;

/// Rows that a query may look at, joined ones counted each time.
const BUDGET: usize = 200_000;

pub(super) struct Runner<'a> {
    pub catalog: Catalog<'a>,
    pub bind: &'a dyn Fn(&str) -> Cell,
    left: Counter<usize>,
    /// How deep the evaluation of expressions stands.
    depth: Counter<usize>,
}

/// One table of FROM, with the condition under which its rows join.
struct Source<'q> {
    alias: String,
    relation: Relation,
    on: Option<&'q Expr>,
    /// A row of NULLs stands in where no row joins.
    outer: bool,
}

/// `None`: no query of the catalogue.
pub(super) fn run(
    catalog: Catalog<'_>,
    text: &str,
    bind: &dyn Fn(&str) -> Cell,
) -> Option<Result<Rows, Unknown>> {
    if text.len() > LONGEST {
        return None;
    }
    let grammar: &dyn Dialect = match catalog.dialect.kind {
        crate::Kind::Postgresql => &PostgreSqlDialect {},
        crate::Kind::Mysql | crate::Kind::Mariadb => &MySqlDialect {},
        crate::Kind::Sqlite => &SQLiteDialect {},
        crate::Kind::Mssql => &MsSqlDialect {},
    };
    let parse = |grammar: &dyn Dialect| {
        let mut parser = Parser::new(grammar).with_recursion_limit(40).try_with_sql(text).ok()?;
        parser.parse_statement().ok()
    };
    // Bound parameters are written in a way that not every grammar takes.
    let statement = parse(grammar).or_else(|| parse(&GenericDialect {}))?;
    let Statement::Query(query) = statement else { return None };
    let runner = Runner { catalog, bind, left: Counter::new(BUDGET), depth: Counter::new(0) };
    runner
        .is_ours(&query)
        .then(|| runner.rows(&query, None))
        .map(|answer| answer.map(|rows| rows.on(catalog.dialect.kind)))
}

impl Runner<'_> {
    /// `expr` over the rows of `scope`.
    pub fn eval(&self, expr: &Expr, scope: Scope<'_>) -> Cell {
        if self.depth.get() >= DEEPEST {
            return Cell::Unknown(Unknown::nowhere(Reason::Budget));
        }
        self.depth.set(self.depth.get() + 1);
        let cell = self.evaluate(expr, scope);
        self.depth.set(self.depth.get() - 1);
        cell
    }

    /// Does it ask the catalogue, and nothing but the catalogue?
    fn is_ours(&self, query: &Query) -> bool {
        let mut relations = 0;
        let mut ours = true;
        let _ = sqlparser::ast::visit_relations(query, |name| {
            relations += 1;
            ours &= self.catalog.relation(&name.to_string()).is_some();
            std::ops::ControlFlow::<()>::Continue(())
        });
        ours && (relations > 0 || query.to_string().to_ascii_lowercase().contains("to_regclass"))
    }

    pub fn rows(&self, query: &Query, outer: Option<&Scope<'_>>) -> Result<Rows, Unknown> {
        let plain = query.with.is_none() && query.fetch.is_none();
        let SetExpr::Select(select) = &*query.body else { return Err(unreadable("a set of queries")) };
        let grouped = !matches!(&select.group_by, GroupByExpr::Expressions(exprs, _) if exprs.is_empty())
            || select.having.is_some();
        if !plain || grouped || select.into.is_some() {
            return Err(unreadable("the query"));
        }
        let mut sources = Vec::new();
        for from in &select.from {
            self.sources(from, &mut sources)?;
        }
        let mut found: Vec<(Vec<Cell>, Vec<Cell>)> = Vec::new();
        let counts = counts(&select.projection);
        let keys = match query.order_by.as_ref().map(|order| &order.kind) {
            Some(OrderByKind::Expressions(keys)) => keys.as_slice(),
            Some(OrderByKind::All(_)) => return Err(unreadable("the order")),
            None => &[],
        };
        self.join(&sources, select.selection.as_ref(), &mut Vec::new(), (outer, None), &mut |scope| {
            let row = if counts { Vec::new() } else { self.project(select, scope) };
            let keys = keys.iter().map(|key| self.key(&key.expr, &row, scope)).collect();
            found.push((row, keys));
            Ok(())
        })?;
        if counts {
            let rows = vec![vec![Cell::Int(found.len() as i64); select.projection.len()]];
            return Ok(Rows { columns: names(select), rows });
        }
        let descending: Vec<bool> =
            keys.iter().map(|key| matches!(key.options.sort, Some(OrderBySort::Desc))).collect();
        sort(&mut found, &descending);
        let mut rows: Vec<Vec<Cell>> = found.into_iter().map(|(row, _)| row).collect();
        if select.distinct.is_some() {
            let mut seen: Vec<Vec<Cell>> = Vec::new();
            rows.retain(|row| {
                let new = !seen.contains(row);
                if new {
                    seen.push(row.clone());
                }
                new
            });
        }
        if let Some(limit) = self.limit(query)? {
            rows.truncate(limit);
        }
        Ok(Rows { columns: names(select), rows })
    }

    /// What a row is sorted by: `ORDER BY 1` means the first column.
    fn key(&self, expr: &Expr, row: &[Cell], scope: Scope<'_>) -> Cell {
        match (self.eval(expr, scope), expr) {
            (Cell::Int(at), Expr::Value(_)) => {
                let at = usize::try_from(at - 1).ok();
                at.and_then(|at| row.get(at).cloned()).unwrap_or(Cell::Null)
            }
            (cell, _) => cell,
        }
    }

    fn limit(&self, query: &Query) -> Result<Option<usize>, Unknown> {
        let scope = Scope { bound: &[], outer: None };
        match &query.limit_clause {
            None => Ok(None),
            Some(LimitClause::LimitOffset { limit: None, offset: None, .. }) => Ok(None),
            Some(LimitClause::LimitOffset { limit: Some(limit), offset: None, .. }) => {
                match self.eval(limit, scope) {
                    Cell::Int(limit) => Ok(usize::try_from(limit).ok()),
                    _ => Err(unreadable("LIMIT")),
                }
            }
            Some(_) => Err(unreadable("OFFSET")),
        }
    }

    fn sources<'q>(&self, from: &'q TableWithJoins, out: &mut Vec<Source<'q>>) -> Result<(), Unknown> {
        out.push(self.source(&from.relation, None, false)?);
        for join in &from.joins {
            let (constraint, outer) = match &join.join_operator {
                JoinOperator::Join(on) | JoinOperator::Inner(on) | JoinOperator::CrossJoin(on) => (on, false),
                JoinOperator::Left(on) | JoinOperator::LeftOuter(on) => (on, true),
                _ => return Err(unreadable("a join")),
            };
            let on = match constraint {
                JoinConstraint::On(on) => Some(on),
                JoinConstraint::None => None,
                _ => return Err(unreadable("a join")),
            };
            out.push(self.source(&join.relation, on, outer)?);
        }
        Ok(())
    }

    fn source<'q>(
        &self,
        factor: &'q TableFactor,
        on: Option<&'q Expr>,
        outer: bool,
    ) -> Result<Source<'q>, Unknown> {
        let TableFactor::Table { name, alias, args: None, .. } = factor else {
            return Err(unreadable("FROM"));
        };
        let written = name.to_string();
        let relation = self.catalog.relation(&written).ok_or_else(|| unreadable(&written))?;
        let own =
            || name.0.last().and_then(|part| part.as_ident()).map_or(written.clone(), |i| i.value.clone());
        let alias = alias.as_ref().map_or_else(own, |alias| alias.name.value.clone());
        Ok(Source { alias, relation, on, outer })
    }

    /// Calls `each` for every combination of rows that joins and passes `test`. `doubt`: why the rows that are bound
    /// already may not be there, or not belong together.
    fn join<'a>(
        &self,
        sources: &'a [Source<'_>],
        test: Option<&Expr>,
        bound: &mut Vec<Bound<'a>>,
        (outer, doubt): (Option<&Scope<'_>>, Option<&Unknown>),
        each: &mut dyn FnMut(Scope<'_>) -> Result<(), Unknown>,
    ) -> Result<(), Unknown> {
        let Some((source, rest)) = sources.split_first() else {
            return match (self.passes(test, Scope { bound, outer }), doubt) {
                (Ok(false), _) => Ok(()),
                (Err(unknown), _) => Err(unknown),
                (Ok(true), Some(doubt)) => Err(doubt.clone()),
                (Ok(true), None) => each(Scope { bound, outer }),
            };
        };
        let mut joined = false;
        for row in &source.relation.rows {
            self.left.set(self.left.get().checked_sub(1).ok_or(Unknown::nowhere(Reason::Budget))?);
            bound.push(Bound { alias: &source.alias, relation: &source.relation, cells: Some(&row.cells) });
            let joins = self.passes(source.on, Scope { bound, outer });
            // What WHERE refuses whatever joins later need not be joined.
            let refused = || test.is_some_and(|test| self.refuses(test, Scope { bound, outer: None }));
            joined |= matches!(joins, Ok(true)) && row.doubt.is_none();
            let result = match &joins {
                Ok(false) => Ok(()),
                _ if refused() => Ok(()),
                _ => {
                    let doubt = doubt.or(row.doubt.as_ref()).or(joins.as_ref().err());
                    self.join(rest, test, bound, (outer, doubt), each)
                }
            };
            bound.pop();
            result?;
        }
        if source.outer && !joined {
            bound.push(Bound { alias: &source.alias, relation: &source.relation, cells: None });
            let result = self.join(rest, test, bound, (outer, doubt), each);
            bound.pop();
            result?;
        }
        Ok(())
    }

    /// Whether a condition holds; NULL is as good as false.
    fn passes(&self, test: Option<&Expr>, scope: Scope<'_>) -> Result<bool, Unknown> {
        let Some(test) = test else { return Ok(true) };
        match self.eval(test, scope) {
            Cell::Bool(value) => Ok(value),
            Cell::Int(value) => Ok(value != 0),
            Cell::Null => Ok(false),
            Cell::Unknown(unknown) => Err(unknown),
            Cell::Text(_) | Cell::Database | Cell::System => Err(Unknown::nowhere(Reason::ServerMade)),
        }
    }

    /// Is some part of a conjunction false already?
    fn refuses(&self, test: &Expr, scope: Scope<'_>) -> bool {
        let mut waiting = vec![test];
        while let Some(part) = waiting.pop() {
            match part {
                Expr::Nested(inner) => waiting.push(inner),
                Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
                    waiting.extend([&**left, &**right])
                }
                // A subquery costs too much to be run for a look ahead.
                Expr::Exists { .. } | Expr::InSubquery { .. } => {}
                other if self.eval(other, scope) == Cell::Bool(false) => return true,
                _ => {}
            }
        }
        false
    }

    fn project(&self, select: &Select, scope: Scope<'_>) -> Vec<Cell> {
        let cell = |item: &SelectItem| match item {
            SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => self.eval(expr, scope),
            // All columns are more than those that are laid out; that there is a row is certain all the same.
            _ => Cell::Unknown(unreadable("SELECT *")),
        };
        select.projection.iter().map(cell).collect()
    }
}

fn names(select: &Select) -> Vec<Option<std::sync::Arc<str>>> {
    let name = |item: &SelectItem| match item {
        SelectItem::ExprWithAlias { alias, .. } => Some(alias.value.as_str().into()),
        SelectItem::UnnamedExpr(Expr::Identifier(name)) => Some(name.value.as_str().into()),
        SelectItem::UnnamedExpr(Expr::CompoundIdentifier(parts)) => {
            parts.last().map(|name| name.value.as_str().into())
        }
        SelectItem::UnnamedExpr(Expr::Function(function)) => {
            Some(function.name.to_string().to_ascii_lowercase().into())
        }
        _ => None,
    };
    select.projection.iter().map(name).collect()
}

impl Rows {
    /// Only PostgreSQL has truth values; elsewhere they are numbers.
    fn on(mut self, kind: crate::Kind) -> Rows {
        for cell in self.rows.iter_mut().flatten() {
            if let (Cell::Bool(value), true) = (&cell, kind != crate::Kind::Postgresql) {
                *cell = Cell::Int(i64::from(*value));
            }
        }
        self
    }
}

/// Nothing but `count(...)` of whole rows is selected.
fn counts(projection: &[SelectItem]) -> bool {
    let is_count = |item: &SelectItem| match item {
        SelectItem::UnnamedExpr(Expr::Function(function))
        | SelectItem::ExprWithAlias { expr: Expr::Function(function), .. } => counts_rows(function),
        _ => false,
    };
    !projection.is_empty() && projection.iter().all(is_count)
}

fn counts_rows(function: &Function) -> bool {
    let whole = match &function.args {
        FunctionArguments::List(list) => {
            list.duplicate_treatment.is_none()
                && matches!(list.args.as_slice(), [one] if matches!(one.to_string().as_str(), "*" | "1"))
        }
        _ => false,
    };
    whole && function.name.to_string().eq_ignore_ascii_case("count")
}

/// Rows whose keys cannot be compared stay as they came.
fn sort(rows: &mut [(Vec<Cell>, Vec<Cell>)], descending: &[bool]) {
    if rows.iter().any(|(_, keys)| keys.iter().any(|key| unknown_of(key).is_some())) {
        return;
    }
    rows.sort_by(|(_, a), (_, b)| {
        for ((a, b), descending) in a.iter().zip(b).zip(descending) {
            let found = order(a, b).unwrap_or(Ordering::Equal);
            let found = if *descending { found.reverse() } else { found };
            if found.is_ne() {
                return found;
            }
        }
        Ordering::Equal
    });
}
