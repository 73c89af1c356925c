//! Constraints as they stand in `create_table`, and as directives.

use super::Style;
use fact::Name;
use schema::constraint::ConstraintName;
use schema::{Constraint, ForeignKey, TableName};

/// `sa.UniqueConstraint('a', name='u')`; `None` for what has no such form.
pub(super) fn in_table(constraint: &Constraint, style: &Style) -> Option<String> {
    let sa = &style.sa;
    let mut args: Vec<String>;
    let class = match constraint {
        Constraint::PrimaryKey(key) => {
            args = key.columns.iter().map(|column| style.string(column)).collect();
            "PrimaryKeyConstraint"
        }
        Constraint::Unique(unique) => {
            if !unique.options.is_empty() {
                return None;
            }
            args = unique.columns.iter().map(|column| style.string(column)).collect();
            "UniqueConstraint"
        }
        Constraint::ForeignKey(key) => {
            args = vec![names(&key.columns, style), referred(key, style)?];
            args.extend(actions(key, style, "ondelete", "onupdate"));
            "ForeignKeyConstraint"
        }
        Constraint::Check(check) => {
            args = vec![style.string(check.sql.known()?)];
            "CheckConstraint"
        }
        Constraint::Exclude(_) => return None,
    };
    if let Some(name) = name_text(constraint.name(), is_check(constraint), style)? {
        args.push(format!("name={name}"));
    }
    Some(format!("{sa}.{class}({})", args.join(", ")))
}

/// `create_unique_constraint('u', 't', ['a'])`; inside a block without the table.
pub(super) fn directive(
    table: &TableName,
    constraint: &Constraint,
    in_block: bool,
    style: &Style,
) -> Option<String> {
    let name =
        name_text(constraint.name(), is_check(constraint), style)?.unwrap_or_else(|| "None".to_owned());
    let mut args = vec![name];
    if !in_block {
        args.push(style.string(&table.name));
    }
    let directive = match constraint {
        Constraint::PrimaryKey(key) => {
            args.push(names(&key.columns, style));
            "create_primary_key"
        }
        Constraint::Unique(unique) => {
            if !unique.options.is_empty() {
                return None;
            }
            args.push(names(&unique.columns, style));
            "create_unique_constraint"
        }
        Constraint::ForeignKey(key) => {
            if key.ref_columns.is_empty() {
                return None;
            }
            args.push(style.string(&key.ref_table.name));
            args.push(names(&key.columns, style));
            args.push(names(&key.ref_columns, style));
            args.extend(actions(key, style, "ondelete", "onupdate"));
            if let Some(schema) = key.ref_table.schema {
                args.push(format!("referent_schema={}", style.string(&schema)));
            }
            "create_foreign_key"
        }
        Constraint::Check(check) => {
            args.push(style.string(check.sql.known()?));
            "create_check_constraint"
        }
        Constraint::Exclude(_) => return None,
    };
    if let (false, Some(schema)) = (in_block, table.schema) {
        let keyword = if directive == "create_foreign_key" { "source_schema" } else { "schema" };
        args.push(format!("{keyword}={}", style.string(&schema)));
    }
    Some(format!("{directive}({})", args.join(", ")))
}

/// `Some(None)`: the constraint has no name. A convention wraps the names of CHECKs a second time unless they are final.
pub(super) fn name_text(name: &ConstraintName, is_check: bool, style: &Style) -> Option<Option<String>> {
    let name = name.known()?;
    Some(name.map(|name| match is_check && style.wraps_checks {
        true => format!("{}.f({})", style.op, style.string(&name)),
        false => style.string(&name),
    }))
}

pub(super) fn names(columns: &[Name], style: &Style) -> String {
    style.strings(columns.iter().map(Name::as_str))
}

fn is_check(constraint: &Constraint) -> bool {
    matches!(constraint, Constraint::Check(_))
}

fn referred(key: &ForeignKey, style: &Style) -> Option<String> {
    if key.ref_columns.is_empty() {
        return None;
    }
    let columns: Vec<String> =
        key.ref_columns.iter().map(|column| format!("{}.{column}", key.ref_table)).collect();
    Some(style.strings(columns.iter().map(String::as_str)))
}

fn actions(key: &ForeignKey, style: &Style, on_delete: &str, on_update: &str) -> Vec<String> {
    let mut out = Vec::new();
    if let Some(action) = &key.on_delete {
        out.push(format!("{on_delete}={}", style.string(action)));
    }
    if let Some(action) = &key.on_update {
        out.push(format!("{on_update}={}", style.string(action)));
    }
    if let Some(deferrable) = key.deferrable {
        out.push(format!("deferrable={}", if deferrable { "True" } else { "False" }));
    }
    if let Some(initially) = &key.initially {
        out.push(format!("initially={}", style.string(initially)));
    }
    if let Some(kind) = &key.match_ {
        out.push(format!("match={}", style.string(kind)));
    }
    out
}
