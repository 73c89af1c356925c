//! Code that would fill a column if there were rows: replay meets none, so it leaves no operation.

use fact::{Name, Place};
use project::Parsed;
use python::ast::{ArgKind, Expr, ExprId, FPart, ItemTree, Stmt, StmtId};

/// Where the file, outside `downgrade()`, writes the column: in the text of an UPDATE, in `values(...)`, or as an
/// attribute of an object.
pub(crate) fn written_fill(parsed: &Parsed, column: Name) -> Option<Place> {
    for (at, item) in (0..).zip(&parsed.module.items) {
        let tree = &*item.tree;
        let is_downgrade =
            |id: StmtId| matches!(tree.stmt(id), Stmt::FunctionDef(function) if function.name == "downgrade");
        if tree.root.is_some_and(is_downgrade) {
            continue;
        }
        if let Some(id) = in_item(tree, &column) {
            return Some(Place::new(parsed.file, at, id.into()));
        }
    }
    None
}

/// Where the file, outside `downgrade()`, deletes rows through a query of objects: `session.query(Task).delete()`.
pub(crate) fn written_delete(parsed: &Parsed) -> Option<Place> {
    for (at, item) in (0..).zip(&parsed.module.items) {
        let tree = &*item.tree;
        let is_downgrade =
            |id: StmtId| matches!(tree.stmt(id), Stmt::FunctionDef(function) if function.name == "downgrade");
        if tree.root.is_some_and(is_downgrade) {
            continue;
        }
        let found = (0..).map(ExprId).zip(&tree.exprs).find(|(_, expr)| match expr {
            Expr::Call { func, args } => {
                let of_call = matches!(tree.expr(*func), Expr::Attribute { attr, value }
                    if attr == "delete" && matches!(tree.expr(*value), Expr::Call { .. }));
                of_call && args.iter().all(|arg| matches!(arg.kind, ArgKind::Keyword(_)))
            }
            _ => false,
        });
        if let Some((id, _)) = found {
            return Some(Place::new(parsed.file, at, id.into()));
        }
    }
    None
}

fn in_item(tree: &ItemTree, column: &str) -> Option<ExprId> {
    let exprs = (0..).map(ExprId).zip(&tree.exprs);
    let by_expression = exprs.clone().find(|(_, expr)| match expr {
        Expr::Str(text) => updates(text, column),
        Expr::FString(parts) => {
            let text: String = parts
                .iter()
                .map(|part| match part {
                    FPart::Text(text) => text,
                    FPart::Value { .. } => " ? ",
                })
                .collect();
            updates(&text, column)
        }
        Expr::Call { func, args } => {
            let is_values = matches!(tree.expr(*func), Expr::Attribute { attr, .. } if attr == "values" || attr == "update");
            is_values
                && args.iter().any(|arg| match &arg.kind {
                    ArgKind::Keyword(name) => name == column,
                    _ => has_key(tree, arg.value, column),
                })
        }
        _ => false,
    });
    let assigned = || {
        tree.stmts.iter().find_map(|stmt| match stmt {
            Stmt::Assign { targets, .. } => targets
                .iter()
                .copied()
                .find(|target| matches!(tree.expr(*target), Expr::Attribute { attr, .. } if attr == column)),
            _ => None,
        })
    };
    by_expression.map(|(id, _)| id).or_else(assigned)
}

/// `{"column": ...}` or `{table.c.column: ...}`
fn has_key(tree: &ItemTree, value: ExprId, column: &str) -> bool {
    let Expr::Dict(entries) = tree.expr(value) else { return false };
    entries.iter().filter_map(|(key, _)| *key).any(|key| match tree.expr(key) {
        Expr::Str(text) => **text == *column,
        Expr::Attribute { attr, .. } => attr == column,
        _ => false,
    })
}

/// The words of an UPDATE that names the column.
fn updates(text: &str, column: &str) -> bool {
    let mut words = text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty());
    let mut rest = words.by_ref().skip_while(|word| !word.eq_ignore_ascii_case("update"));
    rest.next().is_some() && rest.any(|word| word.eq_ignore_ascii_case(column))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_update() {
        for (text, expect) in [
            ("UPDATE tasks SET status = 1", true),
            ("  update tasks set \"status\"=:v where id=:i", true),
            ("UPDATE tasks SET title = 1", false),
            ("SELECT status FROM tasks FOR UPDATE", false),
            ("status", false),
        ] {
            assert_eq!(updates(text, "status"), expect, "{text}");
        }
    }
}
