//! Constraints and indexes.
//!
//! A constraint's name is `Known(Some)` when it is certain, `Known(None)` when it certainly has none (SQLite), and
//! `Unknown` when a database gives one that cannot be computed. In an [`crate::Operation`], before it is applied,
//! `Known(None)` means "not given": applying it puts in the name that the convention or the dialect makes.

use crate::TableName;
use fact::{Fact, Name, Place};
use std::sync::Arc;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Constraint {
    PrimaryKey(PrimaryKey),
    Unique(Unique),
    ForeignKey(ForeignKey),
    Check(Check),
    Exclude(Exclude),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConstraintKind {
    PrimaryKey,
    Unique,
    ForeignKey,
    Check,
    Exclude,
}

pub type ConstraintName = Fact<Option<Name>>;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PrimaryKey {
    pub name: ConstraintName,
    /// `op.f(...)` and names out of SQL: a naming convention does not wrap them. Always set in a schema.
    pub name_is_final: bool,
    pub columns: Vec<Name>,
    pub place: Place,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Unique {
    pub name: ConstraintName,
    /// `op.f(...)` and names out of SQL: a naming convention does not wrap them. Always set in a schema.
    pub name_is_final: bool,
    pub columns: Vec<Name>,
    pub deferrable: Option<bool>,
    pub initially: Option<Arc<str>>,
    /// `NULLS NOT DISTINCT` and the like, as name and value text.
    pub options: Vec<(Name, Arc<str>)>,
    pub place: Place,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ForeignKey {
    pub name: ConstraintName,
    /// `op.f(...)` and names out of SQL: a naming convention does not wrap them. Always set in a schema.
    pub name_is_final: bool,
    pub columns: Vec<Name>,
    pub ref_table: TableName,
    /// Empty: the primary key of the referenced table (raw SQL may leave it out).
    pub ref_columns: Vec<Name>,
    /// Upper case, `None` for NO ACTION when not given.
    pub on_delete: Option<Arc<str>>,
    pub on_update: Option<Arc<str>>,
    pub deferrable: Option<bool>,
    pub initially: Option<Arc<str>>,
    pub match_: Option<Arc<str>>,
    /// PostgreSQL: added without looking at existing rows.
    pub not_valid: bool,
    pub place: Place,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Check {
    pub name: ConstraintName,
    /// `op.f(...)` and names out of SQL: a naming convention does not wrap them. Always set in a schema.
    pub name_is_final: bool,
    pub sql: Fact<Arc<str>>,
    /// Made by `Boolean(create_constraint=True)` or an Enum on this column; goes when the type changes.
    pub of_type: Option<Name>,
    pub not_valid: bool,
    pub place: Place,
}

/// PostgreSQL's EXCLUDE constraint.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Exclude {
    pub name: ConstraintName,
    pub elements: Vec<(Arc<str>, Arc<str>)>,
    pub using: Option<Arc<str>>,
    pub condition: Option<Arc<str>>,
    pub place: Place,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Index {
    /// `Known(None)` in an operation: the convention names it.
    pub name: ConstraintName,
    /// `op.f(...)` and names out of SQL: a naming convention does not wrap them. Always set in a schema.
    pub name_is_final: bool,
    pub items: Vec<IndexItem>,
    pub unique: Fact<bool>,
    /// `postgresql_using` without the prefix, upper or lower case as given.
    pub using: Option<Arc<str>>,
    pub condition: Option<Arc<str>>,
    pub include: Vec<Name>,
    pub concurrently: bool,
    /// Other dialect options: full keyword and value text.
    pub options: Vec<(Name, Arc<str>)>,
    /// MySQL and MariaDB make an index for a foreign key that has none, and take it back when a better one comes.
    pub server_made: bool,
    pub place: Place,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum IndexItem {
    Column(Name),
    /// An expression: its text when it is known.
    Expression(Fact<Arc<str>>),
}

impl Constraint {
    pub fn kind(&self) -> ConstraintKind {
        match self {
            Constraint::PrimaryKey(_) => ConstraintKind::PrimaryKey,
            Constraint::Unique(_) => ConstraintKind::Unique,
            Constraint::ForeignKey(_) => ConstraintKind::ForeignKey,
            Constraint::Check(_) => ConstraintKind::Check,
            Constraint::Exclude(_) => ConstraintKind::Exclude,
        }
    }

    pub fn name(&self) -> &ConstraintName {
        match self {
            Constraint::PrimaryKey(c) => &c.name,
            Constraint::Unique(c) => &c.name,
            Constraint::ForeignKey(c) => &c.name,
            Constraint::Check(c) => &c.name,
            Constraint::Exclude(c) => &c.name,
        }
    }

    pub fn place(&self) -> Place {
        match self {
            Constraint::PrimaryKey(c) => c.place,
            Constraint::Unique(c) => c.place,
            Constraint::ForeignKey(c) => c.place,
            Constraint::Check(c) => c.place,
            Constraint::Exclude(c) => c.place,
        }
    }
}

impl PrimaryKey {
    /// An unnamed primary key.
    pub fn new(columns: Vec<Name>, place: Place) -> PrimaryKey {
        PrimaryKey { name: Fact::Known(None), name_is_final: false, columns, place }
    }
}

impl Unique {
    /// An unnamed unique constraint without options.
    pub fn new(columns: Vec<Name>, place: Place) -> Unique {
        Unique {
            name: Fact::Known(None),
            name_is_final: false,
            columns,
            deferrable: None,
            initially: None,
            options: Vec::new(),
            place,
        }
    }
}

impl ForeignKey {
    /// An unnamed foreign key without options.
    pub fn new(columns: Vec<Name>, ref_table: TableName, ref_columns: Vec<Name>, place: Place) -> ForeignKey {
        ForeignKey {
            name: Fact::Known(None),
            name_is_final: false,
            columns,
            ref_table,
            ref_columns,
            on_delete: None,
            on_update: None,
            deferrable: None,
            initially: None,
            match_: None,
            not_valid: false,
            place,
        }
    }
}

impl Check {
    /// An unnamed CHECK.
    pub fn new(sql: Fact<Arc<str>>, place: Place) -> Check {
        Check { name: Fact::Known(None), name_is_final: false, sql, of_type: None, not_valid: false, place }
    }
}

impl Index {
    /// An unnamed index without options that is not unique.
    pub fn new(items: Vec<IndexItem>, place: Place) -> Index {
        Index {
            name: Fact::Known(None),
            name_is_final: false,
            items,
            unique: Fact::Known(false),
            using: None,
            condition: None,
            include: Vec::new(),
            concurrently: false,
            options: Vec::new(),
            server_made: false,
            place,
        }
    }

    /// The plain columns, in order, without expressions.
    pub fn columns(&self) -> impl Iterator<Item = Name> + '_ {
        self.items.iter().filter_map(|item| match item {
            IndexItem::Column(name) => Some(*name),
            IndexItem::Expression(_) => None,
        })
    }
}

/// The unique constraints that SQLAlchemy's reflection sees on SQLite: the first over each set of columns.
pub fn first_of_each(uniques: &[Unique]) -> impl Iterator<Item = &Unique> {
    uniques.iter().enumerate().filter_map(|(at, unique)| {
        let same = |other: &Unique| {
            other.columns.len() == unique.columns.len()
                && other.columns.iter().all(|column| unique.columns.contains(column))
        };
        (!uniques.iter().take(at).any(same)).then_some(unique)
    })
}
