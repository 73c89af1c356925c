//! Writes a downgrade, or what is missing of one.

use super::{Applicability, Desk, Edit, Fix};
use crate::finding::Finding;
use crate::locate::{Located, locate};
use crate::plan::inverse::{self, Inverse};
use crate::render::{Style, lines};
use alembic::graph::Rev;
use fact::{Fact, Place};
use project::Revision;
use python::ast::{Expr, FunctionDef, Span, Stmt, StmtId};

/// The whole downgrade, where there is none or an empty one.
pub(crate) fn write(desk: &Desk<'_>, finding: &Finding) -> Vec<Fix> {
    let fix = || {
        let (rev, revision) = desk.revision(finding)?;
        let inverse = inverse::whole(desk.environment, rev)?;
        let applicability = if inverse.lost.is_empty() { Applicability::Safe } else { Applicability::Unsafe };
        let target = Target::of(desk, revision)?;
        let body = target.body(&inverse)?;
        let edit = match &revision.facts.downgrade {
            Fact::Known(None) => target.new_function(desk, revision, &body)?,
            Fact::Known(Some(place)) => target.replace_body(desk, *place, &body)?,
            Fact::Unknown(_) => return None,
        };
        desk.fix("Write the downgrade", applicability, target.with_imports(desk, edit, &body)?)
    };
    fix().into_iter().collect()
}

/// What is missing at the end of the downgrade.
pub(crate) fn complete(desk: &Desk<'_>, finding: &Finding) -> Vec<Fix> {
    let fix = || {
        let (rev, revision): (Rev, _) = desk.revision(finding)?;
        let inverse = inverse::rest(desk.environment, rev)?;
        let applicability = if inverse.only_drops { Applicability::Safe } else { Applicability::Unsafe };
        let target = Target::of(desk, revision)?;
        let body = target.body(&Inverse { lost: Vec::new(), ..inverse })?;
        let Fact::Known(Some(place)) = &revision.facts.downgrade else { return None };
        let edit = target.append(desk, *place, &body)?;
        desk.fix("Complete the downgrade", applicability, target.with_imports(desk, edit, &body)?)
    };
    fix().into_iter().collect()
}

/// The file that is written to.
struct Target {
    style: Style,
    text: std::sync::Arc<str>,
    imports_end: u32,
}

impl Target {
    fn of(desk: &Desk<'_>, revision: &Revision) -> Option<Target> {
        let text = revision.parsed.text.as_ref().ok()?.clone();
        let imports = revision.parsed.module.items.iter().filter(|item| {
            let root = item.tree.root.map(|root| item.tree.stmt(root));
            matches!(root, Some(Stmt::Import(_) | Stmt::ImportFrom { .. }))
        });
        let ends = imports.filter_map(|item| {
            let span = item.tree.span(item.tree.root?.into())?;
            Some(line_end(&text, item.start + span.end))
        });
        let imports_end = ends.max().unwrap_or(0);
        Some(Target { style: desk.style(&revision.parsed), text, imports_end })
    }

    fn body(&self, inverse: &Inverse) -> Option<Vec<String>> {
        let mut body: Vec<String> =
            inverse.lost.iter().map(|what| format!("# Not restored: {what}.")).collect();
        body.extend(lines(&inverse.operations, &self.style)?);
        Some(body)
    }

    fn join(&self, body: &[String], indent: &str) -> String {
        body.join(&format!("{}{indent}", self.style.newline))
    }

    /// `def downgrade` after `upgrade`, with the same annotation.
    fn new_function(&self, desk: &Desk<'_>, revision: &Revision, body: &[String]) -> Option<Edit> {
        let Fact::Known(Some(place)) = &revision.facts.upgrade else { return None };
        let at = locate(desk.store(), *place)?;
        let (id, function) = top_level(&at, "upgrade")?;
        if !function.params.is_empty() {
            return None;
        }
        let returns = function.returns.and_then(|id| at.text(id)).map(|text| format!(" -> {text}"));
        let newline = self.style.newline;
        let indent = &self.style.indent;
        let text = format!(
            "{newline}{newline}{newline}def downgrade(){}:{newline}{indent}{}",
            returns.unwrap_or_default(),
            self.join(body, indent)
        );
        let end = line_end(&self.text, at.span(id)?.end);
        desk.edit(place.file, end..end, text)
    }

    /// In the place of `pass`, `return` or `...`.
    fn replace_body(&self, desk: &Desk<'_>, place: Place, body: &[String]) -> Option<Edit> {
        let at = locate(desk.store(), place)?;
        let (_, function) = top_level(&at, "downgrade")?;
        let nothing = function.body.iter().rev().find(|id| is_nothing(&at, **id));
        let Some(nothing) = nothing else { return self.append(desk, place, body) };
        let span = at.span(*nothing)?;
        let indent = self.indentation(&at, span)?;
        let text = self.join(body, &indent.text);
        let text =
            if indent.own_line { text } else { format!("{}{}{text}", self.style.newline, indent.text) };
        let start = if indent.own_line { span.start } else { trimmed_start(&self.text, span.start) };
        desk.edit(place.file, start..span.end, text)
    }

    /// After the last statement.
    fn append(&self, desk: &Desk<'_>, place: Place, body: &[String]) -> Option<Edit> {
        let at = locate(desk.store(), place)?;
        let (_, function) = top_level(&at, "downgrade")?;
        let last = *function.body.last()?;
        // What comes after a return would never run.
        if matches!(at.tree.stmt(last), Stmt::Return(_) | Stmt::Raise { .. }) {
            return None;
        }
        let indent = self.indentation(&at, at.span(*function.body.first()?)?)?;
        let end = line_end(&self.text, at.span(last)?.end);
        let text = format!("{}{}{}", self.style.newline, indent.text, self.join(body, &indent.text));
        indent.own_line.then(|| desk.edit(place.file, end..end, text)).flatten()
    }

    fn indentation(&self, at: &Located, span: Span) -> Option<Indentation> {
        let before = self.text.get(..span.start as usize)?;
        let line = before.get(before.rfind('\n').map_or(0, |at| at + 1)..)?;
        let own_line = line.trim().is_empty();
        debug_assert!(at.parsed.text.is_ok());
        let text = if own_line { line.to_owned() } else { self.style.indent.clone() };
        Some(Indentation { text, own_line })
    }

    /// The edit, and the imports that its text needs.
    fn with_imports(&self, desk: &Desk<'_>, edit: Edit, body: &[String]) -> Option<Vec<Edit>> {
        let mut imports = String::new();
        let newline = self.style.newline;
        for statement in self.style.imports(body) {
            imports.push_str(&match self.imports_end {
                0 => format!("{statement}{newline}"),
                _ => format!("{newline}{statement}"),
            });
        }
        let mut edits = Vec::new();
        if !imports.is_empty() {
            edits.push(desk.edit(edit.file, self.imports_end..self.imports_end, imports)?);
        }
        edits.push(edit);
        Some(edits)
    }
}

struct Indentation {
    text: String,
    /// The statement is the first on its line.
    own_line: bool,
}

/// The function of that name whose name is at the place.
fn top_level<'l>(at: &'l Located, name: &str) -> Option<(StmtId, &'l FunctionDef)> {
    let root = at.tree.root?;
    match at.tree.stmt(root) {
        Stmt::FunctionDef(function) if function.name == name => Some((root, function)),
        _ => None,
    }
}

fn is_nothing(at: &Located, id: StmtId) -> bool {
    match at.tree.stmt(id) {
        Stmt::Pass => true,
        Stmt::Return(value) => value.is_none_or(|id| matches!(at.tree.expr(id), Expr::None)),
        Stmt::Expr(id) => matches!(at.tree.expr(*id), Expr::Ellipsis),
        _ => false,
    }
}

/// The end of the line that holds the byte, line end left out.
pub(super) fn line_end(text: &str, at: u32) -> u32 {
    let rest = text.get(at as usize..).unwrap_or_default();
    let length = rest.find('\n').unwrap_or(rest.len());
    let line = rest.get(..length).unwrap_or_default();
    at + line.trim_end_matches('\r').len() as u32
}

fn trimmed_start(text: &str, at: u32) -> u32 {
    let before = text.get(..at as usize).unwrap_or_default();
    before.trim_end_matches([' ', '\t']).len() as u32
}
