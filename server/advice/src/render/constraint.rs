//! Constraints as they stand in `create_table`, and as directives.

use super::Style;
use super::literal::{flag, option};
use super::operation::Call;
use fact::Name;
use schema::constraint::ConstraintName;
use schema::{Check, Constraint, Exclude, ForeignKey, Kind, TableName, Unique};
use std::sync::Arc;

/// `sa.UniqueConstraint('a', name='u')`; `None` for what has no certain text.
pub(super) fn in_table(constraint: &Constraint, style: &Style) -> Option<String> {
    let sa = &style.sa;
    let strings = |columns: &[Name]| columns.iter().map(|column| style.string(column)).collect::<Vec<_>>();
    let (class, mut args) = match constraint {
        Constraint::PrimaryKey(key) => (format!("{sa}.PrimaryKeyConstraint"), strings(&key.columns)),
        Constraint::Unique(unique) => {
            let mut args = strings(&unique.columns);
            args.extend(unique_options(unique, style));
            (format!("{sa}.UniqueConstraint"), args)
        }
        Constraint::ForeignKey(key) => {
            let mut args = vec![style.names(&key.columns), referred(key, style)?];
            args.extend(actions(key, style)?);
            (format!("{sa}.ForeignKeyConstraint"), args)
        }
        Constraint::Check(check) => (format!("{sa}.CheckConstraint"), vec![condition(check, style)?]),
        Constraint::Exclude(exclude) => {
            let mut args = elements(exclude, style);
            args.extend(exclude_options(exclude, style));
            (format!("{}.ExcludeConstraint", style.dialect(Kind::Postgresql)), args)
        }
    };
    if let Some(name) = named(constraint, false, style)? {
        args.push(format!("name={name}"));
    }
    Some(format!("{class}({})", args.join(", ")))
}

/// `create_unique_constraint('u', 't', ['a'])`; inside a block without the table.
pub(super) fn directive(
    table: &TableName,
    constraint: &Constraint,
    in_block: bool,
    style: &Style,
) -> Option<String> {
    let name = named(constraint, in_block, style)?.unwrap_or_else(|| "None".to_owned());
    let call = Call::start(in_block, table.schema, style).arg(name).table(&table.name);
    Some(match constraint {
        Constraint::PrimaryKey(key) => call.arg(style.names(&key.columns)).schema().end("create_primary_key"),
        Constraint::Unique(unique) => call
            .arg(style.names(&unique.columns))
            .schema()
            .args(unique_options(&without_empty(unique), style))
            .end("create_unique_constraint"),
        Constraint::ForeignKey(key) => {
            if key.ref_columns.is_empty() {
                return None;
            }
            let source = table.schema.filter(|_| !in_block).map(|schema| style.string(&schema));
            call.string(&key.ref_table.name)
                .arg(style.names(&key.columns))
                .arg(style.names(&key.ref_columns))
                .keyword("source_schema", source)
                .keyword("referent_schema", key.ref_table.schema.map(|schema| style.string(&schema)))
                .args(actions(key, style)?)
                .end("create_foreign_key")
        }
        Constraint::Check(check) => {
            let not_valid = check.not_valid.then(|| "True".to_owned());
            call.arg(condition(check, style)?)
                .schema()
                .keyword("postgresql_not_valid", not_valid)
                .end("create_check_constraint")
        }
        Constraint::Exclude(exclude) => call
            .args(elements(exclude, style))
            .schema()
            .args(exclude_options(exclude, style))
            .end("create_exclude_constraint"),
    })
}

/// `Some(None)`: it has no name. A convention wraps the names of CHECKs a second time unless they are final.
pub(super) fn name_text(
    name: &ConstraintName,
    is_final: bool,
    is_check: bool,
    in_block: bool,
    style: &Style,
) -> Option<Option<String>> {
    let name = name.known()?;
    let marked = if style.autogenerates() { is_final } else { is_check && style.wraps_checks };
    Some(name.map(|name| match marked {
        true => {
            let op = if in_block { &style.batch_op } else { &style.op };
            format!("{op}.f({})", style.string(&name))
        }
        false => style.string(&name),
    }))
}

fn named(constraint: &Constraint, in_block: bool, style: &Style) -> Option<Option<String>> {
    let (is_final, is_check) = match constraint {
        Constraint::PrimaryKey(c) => (c.name_is_final, false),
        Constraint::Unique(c) => (c.name_is_final, false),
        Constraint::ForeignKey(c) => (c.name_is_final, false),
        Constraint::Check(c) => (c.name_is_final, true),
        Constraint::Exclude(_) => (false, false),
    };
    name_text(constraint.name(), is_final, is_check, in_block, style)
}

fn condition(check: &Check, style: &Style) -> Option<String> {
    Some(style.string(check.sql.known()?))
}

fn referred(key: &ForeignKey, style: &Style) -> Option<String> {
    if key.ref_columns.is_empty() {
        return None;
    }
    let columns: Vec<String> =
        key.ref_columns.iter().map(|column| format!("{}.{column}", key.ref_table)).collect();
    Some(style.strings(columns.iter().map(String::as_str)))
}

fn keyword(name: &str, value: &Option<Arc<str>>, style: &Style) -> Option<String> {
    value.as_ref().map(|value| format!("{name}={}", style.string(value)))
}

fn deferrable(value: Option<bool>) -> Option<String> {
    value.map(|on| format!("deferrable={}", flag(on)))
}

fn actions(key: &ForeignKey, style: &Style) -> Option<Vec<String>> {
    let mut out = Vec::new();
    out.extend(keyword("onupdate", &key.on_update, style));
    out.extend(keyword("ondelete", &key.on_delete, style));
    out.extend(keyword("initially", &key.initially, style));
    out.extend(deferrable(key.deferrable));
    out.extend(keyword("match", &key.match_, style));
    if key.not_valid {
        out.push("postgresql_not_valid=True".to_owned());
    }
    Some(out)
}

fn unique_options(unique: &Unique, style: &Style) -> Vec<String> {
    let mut out = Vec::new();
    out.extend(deferrable(unique.deferrable));
    out.extend(keyword("initially", &unique.initially, style));
    out.extend(unique.options.iter().map(|(name, text)| format!("{name}={}", option(text, style))));
    out
}

/// An empty list says nothing.
fn without_empty(unique: &Unique) -> Unique {
    let options = unique.options.iter().filter(|(_, text)| &**text != "[]").cloned().collect();
    Unique { options, ..unique.clone() }
}

fn elements(exclude: &Exclude, style: &Style) -> Vec<String> {
    let sa = &style.sa;
    let is_name = |text: &str| {
        !text.starts_with(|c: char| c.is_ascii_digit())
            && text.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    let element = |text: &str| match is_name(text) {
        true => format!("{sa}.column({})", style.string(text)),
        false => format!("{sa}.text({})", style.string(text)),
    };
    let pairs = exclude.elements.iter();
    pairs.map(|(text, operator)| format!("({}, {})", element(text), style.string(operator))).collect()
}

fn exclude_options(exclude: &Exclude, style: &Style) -> Vec<String> {
    let mut out = Vec::new();
    let condition = exclude.condition.as_ref();
    out.extend(condition.map(|sql| format!("where={}.text({})", style.sa, style.string(sql))));
    out.extend(keyword("using", &exclude.using, style));
    out
}
