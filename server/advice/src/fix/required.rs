//! A required column without a value for the rows that exist: three steps, or a server default.

use super::downgrade::line_end;
use super::{Applicability, Desk, Edit, Fix};
use crate::finding::Finding;
use crate::locate::{Call, Located, call, locate};
use crate::options::Backfill;
use crate::plan::required_column::required;
use crate::render::{Style, lines};
use crate::walk::{Visit, walk};
use fact::Fact;
use python::ast::{Expr, ExprId, Span, Stmt, UnaryOp};
use schema::dialect::literal;
use schema::operation::{Operation, Written};
use schema::types::Type;
use schema::{Column, Kind, TableName};
use std::sync::Arc;

pub(crate) fn fixes(desk: &Desk<'_>, finding: &Finding) -> Vec<Fix> {
    let Some(addition) = Addition::find(desk, finding) else { return Vec::new() };
    let mut out: Vec<Fix> =
        [addition.three_steps(desk), addition.with_default(desk)].into_iter().flatten().collect();
    if desk.options.backfill == Backfill::ServerDefault {
        out.reverse();
    }
    out
}

/// The `add_column` call of the finding.
struct Addition {
    table: TableName,
    column: Arc<Column>,
    /// The call of `Column`.
    call: Call,
    /// The statement after which the next step belongs.
    statement: Span,
    in_block: bool,
    style: Style,
    text: Arc<str>,
    value: Option<Value>,
    kinds: Vec<Kind>,
}

/// A literal `default=` of the Column.
struct Value {
    sql: String,
    python: String,
}

impl Addition {
    fn find(desk: &Desk<'_>, finding: &Finding) -> Option<Addition> {
        let (rev, revision) = desk.revision(finding)?;
        let (context, history) = desk.environment.histories.iter().find(|(context, _)| {
            finding.dialects.is_empty() || context.dialect.is_some_and(|d| finding.dialects.contains(&d))
        })?;
        let point = history.point(rev)?;
        let visits = walk(&point.applied, context);
        let (visit, column) = visits.iter().find_map(|visit| addition(visit, finding, context.kind()))?;
        let is_direct = visit.step.call_site.is_none()
            && visit.undecided.is_none()
            && visit.step.written != Written::Sql
            && visit.step.place.file == revision.parsed.file;
        let Operation::AddColumn { table, primary_key: false, constraints, indexes, .. } =
            &visit.step.operation
        else {
            return None;
        };
        // What came with the column has to be there when it is required; that is a change of its own.
        if !is_direct || !constraints.is_empty() || !indexes.is_empty() {
            return None;
        }
        let call =
            call(desk.store(), column.place).filter(|call| call.at.place.file == revision.parsed.file)?;
        let at = locate(desk.store(), visit.step.place)?;
        let statement = match visit.block {
            Some(block) => with_around(&locate(desk.store(), block.step.place)?)?,
            None => at.span(at.statement()?)?,
        };
        // In a loop the place after the statement is still inside it.
        if in_loop(&at) {
            return None;
        }
        let style = desk.style(&revision.parsed);
        let kinds: Vec<Kind> =
            desk.environment.dialects.iter().flatten().map(|dialect| dialect.kind).collect();
        let in_block = kinds.contains(&Kind::Sqlite) || visit.block.is_some();
        let value = value(&call, &column, &style);
        let text = revision.parsed.text.as_ref().ok()?.clone();
        Some(Addition { table: *table, column, call, statement, in_block, style, text, value, kinds })
    }

    fn applicability(&self) -> Applicability {
        if self.value.is_some() { Applicability::Unsafe } else { Applicability::NeedsInput }
    }

    fn three_steps(&self, desk: &Desk<'_>) -> Option<Fix> {
        let sql = match &self.value {
            Some(value) => value.sql.clone(),
            None => placeholder(&self.column)?,
        };
        let plan = required(&self.table, &self.column, &sql, &self.kinds, self.in_block, self.call.at.place);
        let mut steps = vec![format!("{}.execute({})", self.style.op, self.style.string(&plan.backfill))];
        steps.extend(lines(&[plan.require], &self.style)?);
        if !self.style.imports(&steps).is_empty() {
            return None;
        }
        let before = self.text.get(..self.statement.start as usize)?;
        let indent = before.get(before.rfind('\n').map_or(0, |at| at + 1)..)?;
        if !indent.trim().is_empty() {
            return None;
        }
        let newline = self.style.newline;
        let text: String = steps.iter().map(|line| format!("{newline}{indent}{line}")).collect();
        let end = line_end(&self.text, self.statement.end);
        let edits = vec![self.nullable(desk)?, desk.edit(self.file(), end..end, text)?];
        desk.fix("Add, backfill, require (three steps)", self.applicability(), edits)
    }

    /// `nullable=True` in the place of False.
    fn nullable(&self, desk: &Desk<'_>) -> Option<Edit> {
        match self.call.keyword("nullable") {
            Some(id) => {
                let span = self.call.at.span(id)?;
                desk.edit(self.file(), span.start..span.end, "True")
            }
            None => None,
        }
    }

    fn with_default(&self, desk: &Desk<'_>) -> Option<Fix> {
        let python = match &self.value {
            Some(value) => value.python.clone(),
            None => {
                let sql = placeholder(&self.column)?;
                match sql.strip_prefix('\'').and_then(|sql| sql.strip_suffix('\'')) {
                    Some(text) => self.style.string(text),
                    None => format!("{}.text({})", self.style.sa, self.style.string(&sql)),
                }
            }
        };
        let last = self.call.args.last()?.value;
        let end = self.call.at.span(last)?.end;
        let edit = desk.edit(self.file(), end..end, format!(", server_default={python}"))?;
        desk.fix("Give it a server default", self.applicability(), vec![edit])
    }

    fn file(&self) -> fact::FileId {
        self.call.at.place.file
    }
}

fn addition<'v>(
    visit: &'v Visit<'v>,
    finding: &Finding,
    kind: Option<Kind>,
) -> Option<(&'v Visit<'v>, Arc<Column>)> {
    let Operation::AddColumn { table, column, .. } = &visit.step.operation else { return None };
    let same = Some(schema::dialect::canonical(*table, kind)) == finding.subject.table
        && Some(column.name) == finding.subject.name;
    same.then(|| (visit, column.clone()))
}

/// The `with` statement whose context the call is.
fn with_around(at: &Located) -> Option<Span> {
    let within = at.tree.span(at.place.node)?;
    let mut best: Option<Span> = None;
    for (stmt, span) in at.tree.stmts.iter().zip(&at.tree.stmt_spans) {
        let around = span.start <= within.start && within.end <= span.end;
        if around && matches!(stmt, Stmt::With { .. }) && best.is_none_or(|best| span.start >= best.start) {
            best = Some(*span);
        }
    }
    let item = at.parsed.module.items.get(at.place.item as usize)?;
    best.map(|span| Span { start: item.start + span.start, end: item.start + span.end })
}

fn in_loop(at: &Located) -> bool {
    let Some(within) = at.tree.span(at.place.node) else { return true };
    at.tree.stmts.iter().zip(&at.tree.stmt_spans).any(|(stmt, span)| {
        matches!(stmt, Stmt::For { .. } | Stmt::While { .. })
            && span.start <= within.start
            && within.end <= span.end
    })
}

/// What the Column itself proposes.
fn value(call: &Call, column: &Column, style: &Style) -> Option<Value> {
    let tree = &call.at.tree;
    let id = call.keyword("default")?;
    let number = |id: ExprId| match tree.expr(id) {
        Expr::Int(Some(int)) => Some(int.to_string()),
        Expr::Float(bits) => Some(f64::from_bits(*bits).to_string()),
        _ => None,
    };
    let is_boolean = matches!(column.ty.known(), Some(Type::Boolean { .. }));
    let truth = |truth: bool| Value {
        // SQL Server and old SQLite know no words for it; PostgreSQL takes nothing else.
        sql: if truth { "true" } else { "false" }.to_owned(),
        python: format!("{}.{}()", style.sa, if truth { "true" } else { "false" }),
    };
    match tree.expr(id) {
        Expr::Str(text) if !text.contains([':', '\\', '%']) => {
            Some(Value { sql: literal(text), python: style.string(text) })
        }
        Expr::True if is_boolean => Some(truth(true)),
        Expr::False if is_boolean => Some(truth(false)),
        Expr::Unary { op: UnaryOp::Minus, operand } => {
            let sql = format!("-{}", number(*operand)?);
            Some(Value { python: style.string(&sql), sql })
        }
        _ => {
            let sql = number(id)?;
            Some(Value { python: style.string(&sql), sql })
        }
    }
}

/// SQL of the column's kind that a person replaces.
fn placeholder(column: &Column) -> Option<String> {
    let Fact::Known(ty) = &column.ty else { return None };
    Some(match ty {
        Type::Boolean { .. } => "false /* FIXME */".to_owned(),
        Type::SmallInteger
        | Type::Integer
        | Type::BigInteger
        | Type::Float { .. }
        | Type::Double { .. }
        | Type::Real
        | Type::Numeric { .. } => "0 /* FIXME */".to_owned(),
        Type::Date | Type::DateTime { .. } | Type::Timestamp { .. } => {
            "CURRENT_TIMESTAMP /* FIXME */".to_owned()
        }
        Type::Enum(ty) => literal(ty.labels.known()?.first()?),
        _ => "'FIXME'".to_owned(),
    })
}
