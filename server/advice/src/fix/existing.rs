//! Fills in the `existing_*` arguments of an `alter_column` call from the history.

use super::{Applicability, Desk, Fix};
use crate::finding::Finding;
use crate::locate::{Call, call};
use crate::render::{Style, server_default, spelled};
use crate::view::table_in;
use crate::walk::walk;
use fact::Fact;
use python::ast::Expr;
use schema::column::Autoincrement;
use schema::operation::Operation;
use schema::{Column, ColumnChange};

pub(crate) fn fill(desk: &Desk<'_>, finding: &Finding) -> Vec<Fix> {
    made(desk, finding).into_iter().collect()
}

fn made(desk: &Desk<'_>, finding: &Finding) -> Option<Fix> {
    let (rev, revision) = desk.revision(finding)?;
    let (context, history) =
        desk.environment.histories.iter().find(|(context, _)| {
            context.dialect.is_some_and(|dialect| finding.dialects.contains(&dialect))
        })?;
    let point = history.point(rev)?;
    let down = desk.environment.downgrade(context, point)?;
    let visits = match finding.subject.downgrade {
        false => walk(&point.applied, context),
        true => walk(&down.applied, context),
    };
    let (visit, change) = visits.iter().find_map(|visit| match &visit.step.operation {
        Operation::AlterColumn { table, column, change } => {
            let key = schema::dialect::canonical(*table, context.kind());
            let same = Some(key) == finding.subject.table && Some(*column) == finding.subject.name;
            same.then_some((visit, change))
        }
        _ => None,
    })?;
    let Operation::AlterColumn { table, column, .. } = &visit.step.operation else { return None };
    let call =
        call(desk.store(), visit.step.place).filter(|call| call.at.place.file == revision.parsed.file)?;
    // One text for several columns says nothing certain of any.
    if visit.step.call_site.is_some() || !names_column(&call, column) {
        return None;
    }
    let known = table_in(&visit.before, table, context.kind())?.column(column)?;
    let style = desk.style(&revision.parsed);
    let wanted = wanted(known, change, &style)?;
    let texts: Vec<String> = wanted.iter().map(|(_, text)| text.clone()).collect();
    if !style.imports(&texts).is_empty() {
        return None;
    }
    let mut edits = Vec::new();
    let mut added = String::new();
    for (name, text) in wanted {
        match call.keyword(name) {
            Some(id) => {
                let span = call.at.span(id)?;
                edits.push(desk.edit(call.at.place.file, span.start..span.end, text)?);
            }
            None => added.push_str(&format!(", {name}={text}")),
        }
    }
    if !added.is_empty() {
        let end = call.at.span(call.args.last()?.value)?.end;
        edits.push(desk.edit(call.at.place.file, end..end, added)?);
    }
    desk.fix("Fill existing_* from history", Applicability::Safe, edits)
}

fn names_column(call: &Call, column: &str) -> bool {
    call.args.iter().any(|arg| matches!(call.at.tree.expr(arg.value), Expr::Str(text) if **text == *column))
}

/// The arguments that the call lacks, or has wrong.
fn wanted(column: &Column, change: &ColumnChange, style: &Style) -> Option<Vec<(&'static str, String)>> {
    let mut out = Vec::new();
    if change.ty.is_none() && change.existing_ty.as_ref() != Some(&column.ty) {
        out.push(("existing_type", spelled(column.ty.known()?, &column.spelling, style)?));
    }
    if change.nullable.is_none() && change.existing_nullable.as_ref() != Some(&column.nullable) {
        let nullable = column.nullable.known()?;
        if !nullable || change.existing_nullable.is_some() {
            out.push(("existing_nullable", if *nullable { "True" } else { "False" }.to_owned()));
        }
    }
    if change.default.is_none()
        && let Fact::Known(Some(default)) = &column.default
        && change.existing_default.as_ref() != Some(&column.default)
    {
        out.push(("existing_server_default", server_default(&Some(default.clone()), style)?));
    }
    if let (None, Some(comment)) = (&change.comment, &column.comment)
        && change.existing_comment.as_ref() != Some(&column.comment)
    {
        out.push(("existing_comment", style.string(comment)));
    }
    if change.autoincrement.is_none()
        && column.autoincrement == Autoincrement::On
        && change.existing_autoincrement != Some(true)
    {
        out.push(("existing_autoincrement", "True".to_owned()));
    }
    Some(out)
}
