//! What differs between two schemas, for people: what a downgrade does not bring back.
//!
//! Silent on the order of columns, on comments, on names that the server makes, and on whatever is unknown on either
//! side.

mod describe;
mod keys;
#[cfg(test)]
mod tests;

use crate::column::Autoincrement;
use crate::dialect::{reported, reported_default};
use crate::{Column, Dialect, Index, Kind, Schema, Table, TableName, Type, Unique};
use fact::{Fact, Name};
use imbl::ordmap::DiffItem;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// One thing that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Difference {
    /// The table, or the enum type.
    pub subject: TableName,
    pub what: What,
}

/// `was` and `is` are texts like `VARCHAR(100) NOT NULL DEFAULT 'x' UNIQUE`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum What {
    TableGone,
    TableNew,
    ColumnGone {
        column: Name,
        was: String,
    },
    ColumnNew {
        column: Name,
        is: String,
    },
    ColumnChanged {
        column: Name,
        facets: Vec<Facet>,
        was: String,
        is: String,
    },
    /// A primary key, constraint or index of more than one column, a CHECK, or any index.
    Gone {
        object: Object,
        was: String,
    },
    New {
        object: Object,
        is: String,
    },
    Changed {
        object: Object,
        was: String,
        is: String,
    },
    EnumGone,
    EnumNew,
    LabelsChanged {
        was: Vec<Arc<str>>,
        is: Vec<Arc<str>>,
    },
}

/// What about a column is different.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Facet {
    Type,
    Nullable,
    Default,
    Generated,
    Identity,
    Unique,
    ForeignKey,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Object {
    PrimaryKey,
    Unique,
    ForeignKey,
    Check,
    Exclude,
    Index,
}

/// What is different in `after`, table by table.
pub fn differences(before: &Schema, after: &Schema, dialect: Option<Dialect>) -> Vec<Difference> {
    let (mut out, mut new) = (Vec::new(), Vec::new());
    // What the two share is not gone through: next to the whole schema a revision changes little.
    for item in before.tables.diff(&after.tables) {
        match item {
            DiffItem::Update { old: (_, old), new: (_, new) } => {
                out.extend(table_differences(old, new, dialect));
            }
            DiffItem::Remove(name, _) => {
                if after.opaque.is_none() && !after.maybe_tables.contains_key(name) {
                    out.push(Difference { subject: *name, what: What::TableGone });
                }
            }
            DiffItem::Add(name, _) => {
                if before.opaque.is_none() && !before.maybe_tables.contains_key(name) {
                    new.push(Difference { subject: *name, what: What::TableNew });
                }
            }
        }
    }
    out.append(&mut new);
    enum_differences(before, after, &mut out);
    out
}

/// What is different in one table.
pub fn table_differences(before: &Table, after: &Table, dialect: Option<Dialect>) -> Vec<Difference> {
    let (before, after) = (&*undistinguished(before, dialect), &*undistinguished(after, dialect));
    let mut found = Vec::new();
    for old in &before.columns {
        let Some(new) = after.column(&old.name) else {
            if after.open.is_none() {
                let was = describe::column(old, before, dialect);
                found.push(What::ColumnGone { column: old.name, was });
            }
            continue;
        };
        let facets = facets(before, old, after, new, dialect);
        if !facets.is_empty() {
            let was = describe::column(old, before, dialect);
            let is = describe::column(new, after, dialect);
            found.push(What::ColumnChanged { column: old.name, facets, was, is });
        }
    }
    for new in after.columns.iter().filter(|new| before.column(&new.name).is_none()) {
        if before.open.is_none() {
            found.push(What::ColumnNew { column: new.name, is: describe::column(new, after, dialect) });
        }
    }
    keys::compare(before, after, dialect, &mut found);
    found.into_iter().map(|what| Difference { subject: before.name, what }).collect()
}

/// The table without distinctions that its database does not make.
fn undistinguished(table: &Table, dialect: Option<Dialect>) -> Cow<'_, Table> {
    if !dialect.is_some_and(|dialect| dialect.kind.is_mysql_like()) {
        return Cow::Borrowed(table);
    }
    let mut table = table.clone();
    let (unique, other) =
        std::mem::take(&mut table.indexes).into_iter().partition::<Vec<Index>, _>(|index| {
            index.unique == Fact::Known(true) && index.items.len() == index.columns().count()
        });
    table.indexes = other;
    for index in unique {
        let mut twin = Unique::new(index.columns().collect(), index.place);
        twin.name = index.name;
        table.uniques.push(twin);
    }
    for key in &mut table.foreign_keys {
        for action in [&mut key.on_delete, &mut key.on_update] {
            action.take_if(|action| &**action == "RESTRICT");
        }
    }
    Cow::Owned(table)
}

fn facets(before: &Table, old: &Column, after: &Table, new: &Column, dialect: Option<Dialect>) -> Vec<Facet> {
    let mut out = Vec::new();
    if let (Fact::Known(a), Fact::Known(b)) = (&old.ty, &new.ty)
        && types_differ(a, b, dialect)
    {
        out.push(Facet::Type);
    }
    if let (Fact::Known(a), Fact::Known(b)) = (&old.nullable, &new.nullable)
        && a != b
    {
        out.push(Facet::Nullable);
    }
    if defaults_differ(old, new, dialect) {
        out.push(Facet::Default);
    }
    if old.computed.is_some() != new.computed.is_some() {
        out.push(Facet::Generated);
    }
    if old.identity.is_some() != new.identity.is_some() {
        out.push(Facet::Identity);
    }
    let judged = before.open.is_none() && after.open.is_none();
    if judged && keys::is_unique(before, old.name) != keys::is_unique(after, new.name) {
        out.push(Facet::Unique);
    }
    if judged && keys::reference(before, old.name) != keys::reference(after, new.name) {
        out.push(Facet::ForeignKey);
    }
    out
}

/// Do the databases show different types? Without a dialect: does every one of them?
fn types_differ(a: &Type, b: &Type, dialect: Option<Dialect>) -> bool {
    if a == b {
        return false;
    }
    let on = |kind: Kind| match (reported(a, Some(kind.into())), reported(b, Some(kind.into()))) {
        (Fact::Known(a), Fact::Known(b)) => Some(!a.eq_ignore_ascii_case(&b)),
        _ => None,
    };
    everywhere(dialect, on)
}

fn defaults_differ(old: &Column, new: &Column, dialect: Option<Dialect>) -> bool {
    let counts = |column: &Column| column.autoincrement == Autoincrement::On;
    if old.default == new.default || (counts(old) && counts(new)) {
        return false;
    }
    let on = |kind: Kind| {
        let text = |column| reported_default(column, Some(kind.into()));
        match (text(old), text(new)) {
            (Fact::Known(Some(a)), Fact::Known(Some(b))) => Some(bare(&a) != bare(&b)),
            (Fact::Known(a), Fact::Known(b)) => Some(a.is_some() != b.is_some()),
            _ => None,
        }
    };
    everywhere(dialect, on)
}

fn everywhere(dialect: Option<Dialect>, differs: impl Fn(Kind) -> Option<bool>) -> bool {
    match dialect {
        Some(dialect) => differs(dialect.kind) == Some(true),
        None => {
            let answers: Vec<bool> = Kind::ALL.into_iter().filter_map(differs).collect();
            !answers.is_empty() && answers.into_iter().all(|differs| differs)
        }
    }
}

/// A default without casts, quotes, parentheses around it and letter case; truth values are 1 and 0.
fn bare(default: &str) -> String {
    let mut plain = String::with_capacity(default.len());
    let mut rest = default.trim();
    while let Some((before, cast)) = rest.split_once("::") {
        plain.push_str(before);
        rest = cast.trim_start_matches(|c: char| c.is_alphanumeric() || matches!(c, '_' | ' '));
    }
    plain.push_str(rest);
    let mut text = plain.trim();
    while let Some(inner) = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) {
        text = inner.trim();
    }
    let text = text.trim_matches('\'').to_lowercase();
    match text.as_str() {
        "true" => "1".to_owned(),
        "false" => "0".to_owned(),
        _ => text,
    }
}

fn enum_differences(before: &Schema, after: &Schema, out: &mut Vec<Difference>) {
    for (name, old) in &before.enums {
        let what = match after.enums.get(name) {
            None if after.opaque.is_some() || after.maybe_enums.contains_key(name) => continue,
            None => What::EnumGone,
            Some(new) => match (&old.labels, &new.labels) {
                (Fact::Known(was), Fact::Known(is)) if was != is => {
                    What::LabelsChanged { was: was.clone(), is: is.clone() }
                }
                _ => continue,
            },
        };
        out.push(Difference { subject: *name, what });
    }
    for name in after.enums.keys() {
        let maybe = before.opaque.is_some() || before.maybe_enums.contains_key(name);
        if !before.enums.contains_key(name) && !maybe {
            out.push(Difference { subject: *name, what: What::EnumNew });
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subject = self.subject;
        match &self.what {
            What::TableGone => write!(f, "table {subject} does not come back"),
            What::TableNew => write!(f, "table {subject} stays behind"),
            What::ColumnGone { column, was } => {
                write!(f, "{subject}.{column} was {was} and does not come back")
            }
            What::ColumnNew { column, is } => write!(f, "{subject}.{column} ({is}) stays behind"),
            What::ColumnChanged { column, was, is, .. } => {
                write!(f, "{subject}.{column} was {was} and comes back as {is}")
            }
            What::Gone { was, .. } => write!(f, "{was} of {subject} does not come back"),
            What::New { is, .. } => write!(f, "{is} of {subject} stays behind"),
            What::Changed { was, is, .. } => write!(f, "{was} of {subject} comes back as {is}"),
            What::EnumGone => write!(f, "type {subject} does not come back"),
            What::EnumNew => write!(f, "type {subject} stays behind"),
            What::LabelsChanged { was, is } => {
                write!(
                    f,
                    "type {subject} had the labels {} and comes back with {}",
                    was.join(", "),
                    is.join(", ")
                )
            }
        }
    }
}

#[cfg(test)]
mod default_tests {
    use super::bare;

    #[test]
    fn spellings_of_one_default() {
        for (a, b) in [
            ("nextval('t_id_seq'::regclass)", "nextval('t_id_seq')"),
            ("(false)", "'0'"),
            ("'x'::character varying", "'x'"),
            ("((1))", "1"),
            ("NOW()", "now()"),
        ] {
            assert_eq!(bare(a), bare(b));
        }
        assert_ne!(bare("'a'"), bare("'b'"));
    }
}
