//! Columns, constraints, indexes and tables under the names of SQLAlchemy's and Alembic's parameters.

use super::shown::{Object, Shown};
use fact::Fact;
use schema::column::Autoincrement;
use schema::constraint::ConstraintKind;
use schema::table::ObjectKind;
use schema::{
    Check, Column, Constraint, Dialect, Exclude, ForeignKey, Identity, Index, IndexItem, ServerDefault,
    Table, Type, Unique,
};

/// Writes types as the first dialect of the command spells them.
pub struct Parts {
    pub dialect: Option<Dialect>,
}

impl Parts {
    pub fn table(&self, object: Object, table: &Table) -> Object {
        let mut constraints: Vec<Object> = Vec::new();
        let primary = table.primary_key.iter().cloned().map(Constraint::PrimaryKey);
        let uniques = table.uniques.iter().cloned().map(Constraint::Unique);
        let keys = table.foreign_keys.iter().cloned().map(Constraint::ForeignKey);
        let checks = table.checks.iter().cloned().map(Constraint::Check);
        let excludes = table.excludes.iter().cloned().map(Constraint::Exclude);
        let all = primary.chain(uniques).chain(keys).chain(checks).chain(excludes);
        constraints.extend(all.map(|constraint| self.constraint(&constraint)));
        let mut object = object
            .with("table_name", table.name.name)
            .given("schema", table.name.schema)
            .list("columns", table.columns.iter().map(|column| self.column(column)))
            .some("constraints", constraints)
            .some("indexes", table.indexes.iter().map(|index| self.index(named(&index.name), index)))
            .given("comment", table.comment.as_ref());
        for (name, value) in &table.options {
            object = object.with(name, value);
        }
        object.given("unknown", table.open.as_ref().map(|unknown| unknown.reason.to_string()))
    }

    pub fn column(&self, column: &Column) -> Object {
        let autoincrement = match column.autoincrement {
            Autoincrement::Auto => None,
            Autoincrement::On => Some(true),
            Autoincrement::Off => Some(false),
        };
        Object::default()
            .with("name", column.name)
            .with("type_", self.ty(&column.ty))
            .with("nullable", column.nullable.clone())
            .with("server_default", self.default(&column.default))
            .given("autoincrement", autoincrement)
            .given("computed", column.computed.as_ref().map(|computed| &computed.sql))
            .given("identity", column.identity.as_ref().map(|identity| self.identity(identity)))
            .given("comment", column.comment.as_ref())
    }

    pub fn ty(&self, ty: &Fact<Type>) -> Shown {
        match ty {
            Fact::Known(ty) => schema::dialect::reported(ty, self.dialect).into(),
            Fact::Unknown(_) => "?".into(),
        }
    }

    pub fn default(&self, default: &Fact<Option<ServerDefault>>) -> Shown {
        match default {
            Fact::Unknown(_) => "?".into(),
            Fact::Known(None) => Shown::None,
            Fact::Known(Some(default)) => match default {
                ServerDefault::Literal(text) => format!("'{}'", text.replace('\'', "''")).into(),
                ServerDefault::Sql(sql) => sql.into(),
                ServerDefault::Sequence(name) => format!("nextval({name})").into(),
                ServerDefault::Now => "CURRENT_TIMESTAMP".into(),
                ServerDefault::True => "true".into(),
                ServerDefault::False => "false".into(),
            },
        }
    }

    pub fn identity(&self, identity: &Identity) -> Object {
        Object::default()
            .with("always", identity.always)
            .given("start", identity.start)
            .given("increment", identity.increment)
    }

    /// A constraint inside a table: its kind is a key of its own.
    pub fn constraint(&self, constraint: &Constraint) -> Object {
        let object = Object::default()
            .with("type_", kind_name(constraint.kind()))
            .with("name", constraint.name().clone());
        match constraint {
            Constraint::PrimaryKey(key) => object.list("columns", &key.columns),
            Constraint::Unique(unique) => self.unique(object, unique),
            Constraint::ForeignKey(key) => self.foreign_key(object, key),
            Constraint::Check(check) => self.check(object, check),
            Constraint::Exclude(exclude) => self.exclude(object, exclude),
        }
    }

    pub fn unique(&self, object: Object, unique: &Unique) -> Object {
        let mut object = object
            .list("columns", &unique.columns)
            .given("deferrable", unique.deferrable)
            .given("initially", unique.initially.as_ref());
        for (name, value) in &unique.options {
            object = object.with(name, value);
        }
        object
    }

    pub fn foreign_key(&self, object: Object, key: &ForeignKey) -> Object {
        object
            .with("referent_table", key.ref_table.name)
            .list("local_cols", &key.columns)
            .list("remote_cols", &key.ref_columns)
            .given("ondelete", key.on_delete.as_ref())
            .given("onupdate", key.on_update.as_ref())
            .given("deferrable", key.deferrable)
            .given("initially", key.initially.as_ref())
            .given("match", key.match_.as_ref())
            .flag("postgresql_not_valid", key.not_valid)
            .given("referent_schema", key.ref_table.schema)
    }

    pub fn check(&self, object: Object, check: &Check) -> Object {
        object.with("condition", check.sql.clone()).flag("postgresql_not_valid", check.not_valid)
    }

    pub fn exclude(&self, object: Object, exclude: &Exclude) -> Object {
        let element = |(column, operator): &(std::sync::Arc<str>, std::sync::Arc<str>)| {
            Shown::List(vec![column.into(), operator.into()])
        };
        object
            .list("elements", exclude.elements.iter().map(element))
            .given("using", exclude.using.as_ref())
            .given("where", exclude.condition.as_ref())
    }

    pub fn index(&self, object: Object, index: &Index) -> Object {
        let item = |item: &IndexItem| match item {
            IndexItem::Column(name) => Shown::from(name),
            IndexItem::Expression(sql) => sql.clone().into(),
        };
        let mut object = object
            .list("columns", index.items.iter().map(item))
            .with("unique", index.unique.clone())
            .given("postgresql_using", index.using.as_ref())
            .given("postgresql_where", index.condition.as_ref())
            .some("postgresql_include", &index.include)
            .flag("postgresql_concurrently", index.concurrently);
        for (name, value) in &index.options {
            object = object.with(name, value);
        }
        object
    }
}

fn named(name: &schema::constraint::ConstraintName) -> Object {
    Object::default().with("index_name", name.clone())
}

/// What `op.drop_constraint` takes as `type_`.
pub fn kind_name(kind: ConstraintKind) -> &'static str {
    match kind {
        ConstraintKind::PrimaryKey => "primary",
        ConstraintKind::Unique => "unique",
        ConstraintKind::ForeignKey => "foreignkey",
        ConstraintKind::Check => "check",
        ConstraintKind::Exclude => "exclude",
    }
}

pub fn object_kind(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::View => "view",
        ObjectKind::MaterializedView => "materialized view",
        ObjectKind::Function => "function",
        ObjectKind::Trigger => "trigger",
        ObjectKind::Extension => "extension",
        ObjectKind::Schema => "schema",
        ObjectKind::Domain => "domain",
        ObjectKind::Policy => "policy",
        ObjectKind::Other => "other",
    }
}
