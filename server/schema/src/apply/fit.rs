//! Types in keys: what can be indexed, and what a foreign key can join.

use super::Failure;
use super::engine::Engine;
use super::family::{Family, can_refer, family};
use crate::dialect::{base_of, reported};
use crate::{Column, ForeignKey, Index, IndexItem, Kind, ServerDefault, Table, TableName, Type};
use fact::{Fact, Name};
use std::sync::Arc;

impl Engine<'_> {
    /// Reports the first column whose type cannot be a key.
    pub fn check_indexable(&mut self, table: &Table, written: TableName, columns: &[Name]) {
        let bad = columns.iter().find(|column| {
            let ty = table.column(column).and_then(|column| column.ty.known().cloned());
            ty.is_some_and(|ty| !self.indexable(&ty))
        });
        if let Some(column) = bad {
            self.fail(Failure::NotIndexable { table: written, column: *column });
        }
    }

    /// [`Engine::check_indexable`] of an index; a prefix length or another access method changes the matter.
    pub fn check_index_types(&mut self, table: &Table, written: TableName, index: &Index) {
        let tree = index.using.as_ref().is_none_or(|using| using.eq_ignore_ascii_case("btree"));
        if tree && index.options.is_empty() {
            let columns: Vec<Name> = index.columns().collect();
            self.check_indexable(table, written, &columns);
        }
    }

    /// Are the keys and indexes over the column still possible with its new type?
    pub fn check_keys_of(&mut self, table: &Table, written: TableName, column: Name) {
        let unique = |columns: &[Name]| columns.contains(&column);
        let keyed = table.is_primary(&column) || table.uniques.iter().any(|u| unique(&u.columns));
        if keyed {
            self.check_indexable(table, written, &[column]);
            return;
        }
        let index = table.indexes.iter().find(|index| index.columns().any(|other| other == column));
        if let Some(index) = index {
            let mut alone = index.clone();
            alone.items = vec![IndexItem::Column(column)];
            self.check_index_types(table, written, &alone);
        }
    }

    fn indexable(&self, ty: &Type) -> bool {
        let Some(kind) = self.kind() else { return true };
        let Fact::Known(text) = reported(ty, self.context.dialect) else { return true };
        let base = base_of(&text);
        match kind {
            Kind::Postgresql => {
                !matches!(base.as_str(), "json" | "xml" | "point" | "box" | "path" | "polygon" | "line")
            }
            Kind::Mysql | Kind::Mariadb => {
                !(base == "json" || base.ends_with("text") || base.ends_with("blob"))
            }
            Kind::Mssql => {
                !(text.ends_with("(max)") || matches!(base.as_str(), "text" | "ntext" | "image" | "xml"))
            }
            Kind::Sqlite => true,
        }
    }

    /// Reports a default that PostgreSQL does not take for the type. Only what is certainly wrong is reported.
    pub fn check_default(&mut self, written: TableName, column: &Column) {
        if !self.is(Kind::Postgresql) {
            return;
        }
        if let (Fact::Known(ty), Fact::Known(Some(default))) = (&column.ty, &column.default)
            && !takes_default(ty, default)
        {
            self.fail(Failure::DefaultMismatch { table: written, column: column.name });
        }
    }

    /// Reports the first pair of columns that the database does not compare.
    pub fn check_joined_types(&mut self, table: &Table, referent: &Table, key: &ForeignKey) {
        let pairs = key.columns.iter().zip(&key.ref_columns);
        let bad = pairs.into_iter().find(|(own, other)| {
            let ty =
                |table: &Table, name: &Name| table.column(name).and_then(|column| column.ty.known().cloned());
            match (ty(table, own), ty(referent, other)) {
                (Some(own), Some(other)) => !self.joins(&own, &other),
                _ => false,
            }
        });
        if let Some((column, ref_column)) = bad {
            let (table, ref_table) = (table.name, referent.name);
            let (column, ref_column) = (*column, *ref_column);
            self.fail(Failure::TypeMismatch { table, column, ref_table, ref_column });
        }
    }

    fn joins(&self, own: &Type, other: &Type) -> bool {
        let text = |ty| match reported(ty, self.context.dialect) {
            Fact::Known(text) => Some(text.to_lowercase()),
            Fact::Unknown(_) => None,
        };
        let (Some(kind), Some(a), Some(b)) = (self.kind(), text(own), text(other)) else { return true };
        let textual = |text: &str| text.contains("char") || text.contains("text");
        match kind {
            Kind::Postgresql => a == b || can_refer(own, other),
            // Integers must agree in size and sign; the lengths of texts do not matter.
            Kind::Mysql | Kind::Mariadb => a == b || (textual(&a) && textual(&b)),
            Kind::Mssql => a == b,
            Kind::Sqlite => true,
        }
    }
}

fn takes_default(ty: &Type, default: &ServerDefault) -> bool {
    let family = family(ty);
    match default {
        ServerDefault::Literal(text) => {
            let text = text.trim();
            let number = text.parse::<f64>().is_ok();
            match family {
                Family::Number => number || text.eq_ignore_ascii_case("nan") || text.contains("nfinity"),
                Family::Boolean => is_boolean(text),
                // A date as digits alone has at least six of them.
                Family::Moment | Family::Time => !(number && text.len() < 4),
                Family::Uuid => text.chars().filter(char::is_ascii_hexdigit).count() == 32,
                Family::Enum(_) => {
                    labels(ty).is_none_or(|labels| labels.iter().any(|label| &**label == text))
                }
                _ => true,
            }
        }
        ServerDefault::Sql(sql) if sql.trim().parse::<f64>().is_ok() => {
            matches!(family, Family::Number | Family::Text | Family::Other)
        }
        ServerDefault::Now => matches!(family, Family::Moment | Family::Time | Family::Text | Family::Other),
        ServerDefault::True | ServerDefault::False => {
            matches!(family, Family::Boolean | Family::Text | Family::Other)
        }
        ServerDefault::Sql(_) | ServerDefault::Sequence(_) => true,
    }
}

/// PostgreSQL takes any beginning of these words that is not the beginning of two.
fn is_boolean(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let begins = |word: &str, least: usize| text.len() >= least && word.starts_with(&text);
    matches!(text.as_str(), "0" | "1")
        || begins("true", 1)
        || begins("false", 1)
        || begins("yes", 1)
        || begins("no", 1)
        || begins("on", 2)
        || begins("off", 2)
}

fn labels(ty: &Type) -> Option<&Vec<Arc<str>>> {
    match ty.on(Kind::Postgresql) {
        Type::Enum(ty) => ty.labels.known(),
        _ => None,
    }
}
