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
    pub columns: Vec<Name>,
    pub place: Place,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Unique {
    pub name: ConstraintName,
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
    pub items: Vec<IndexItem>,
    pub unique: Fact<bool>,
    /// `postgresql_using` without the prefix, upper or lower case as given.
    pub using: Option<Arc<str>>,
    pub condition: Option<Arc<str>>,
    pub include: Vec<Name>,
    pub concurrently: bool,
    /// Other dialect options: full keyword and value text.
    pub options: Vec<(Name, Arc<str>)>,
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

impl Index {
    /// The plain columns, in order, without expressions.
    pub fn columns(&self) -> impl Iterator<Item = Name> + '_ {
        self.items.iter().filter_map(|item| match item {
            IndexItem::Column(name) => Some(*name),
            IndexItem::Expression(_) => None,
        })
    }
}
