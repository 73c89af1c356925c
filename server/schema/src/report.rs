//! A schema as plain data, in the shape of `foreshot schema --format json`.

use crate::column::Autoincrement;
use crate::constraint::{ConstraintName, first_of_each};
use crate::dialect::{reported_default, reported_type};
use crate::{Column, Dialect, Index, IndexItem, Kind, Schema, Table, TableName, Unique};
use fact::{Fact, Unknown};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use std::sync::Arc;

/// A fact for output: what is not known is the string `"?"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told<T> {
    Known(T),
    Unknown,
}

/// A JSON object whose keys keep their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ordered<T>(pub Vec<(String, T)>);

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReportedSchema {
    pub tables: Ordered<ReportedTable>,
    pub enums: Ordered<Told<Vec<String>>>,
    /// Why there may be more (or less).
    pub unknown: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReportedTable {
    pub columns: Ordered<ReportedColumn>,
    pub pk: Told<Option<ReportedKey>>,
    pub uniques: Vec<ReportedKey>,
    pub fks: Vec<ReportedForeignKey>,
    pub checks: Vec<ReportedCheck>,
    pub indexes: Vec<ReportedIndex>,
    /// The reasons of what is not known here, each once.
    pub unknown: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReportedColumn {
    #[serde(rename = "type")]
    pub ty: Told<String>,
    pub nullable: Told<bool>,
    pub default: Told<Option<String>>,
    /// `ALWAYS` or `BY DEFAULT`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generated: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub autoincrement: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReportedKey {
    pub name: Told<Option<String>>,
    pub columns: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReportedForeignKey {
    pub name: Told<Option<String>>,
    pub columns: Vec<String>,
    pub ref_table: String,
    pub ref_columns: Told<Vec<String>>,
    pub ondelete: Option<String>,
    pub onupdate: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub deferrable: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub initially_deferred: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReportedCheck {
    pub name: Told<Option<String>>,
    pub sql: Told<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReportedIndex {
    pub name: Told<Option<String>>,
    pub columns: Vec<String>,
    pub unique: Told<bool>,
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub using: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
}

/// What one step of `--steps` changed: each table that is not as it was, whole, or `None` when it is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changes {
    pub tables: Ordered<Option<ReportedTable>>,
    /// All enums, if any of them changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enums: Option<Ordered<Told<Vec<String>>>>,
}

/// The schema as the database's own catalogue would show it.
pub fn reported(schema: &Schema, dialect: Option<Dialect>) -> ReportedSchema {
    let tables = schema.tables.values().map(|table| (table.name.to_string(), reported_table(table, dialect)));
    ReportedSchema {
        tables: Ordered(tables.collect()),
        enums: enums(schema),
        unknown: schema.opaque.iter().map(reason).collect(),
    }
}

/// What is different in `after`.
pub fn changes(before: &Schema, after: &Schema, dialect: Option<Dialect>) -> Changes {
    let mut tables = Vec::new();
    for (name, old) in &before.tables {
        if !after.tables.contains_key(name) {
            tables.push((name.to_string(), None));
            continue;
        }
        let Some(new) = after.tables.get(name).filter(|new| !Arc::ptr_eq(old, new)) else { continue };
        let (was, is) = (reported_table(old, dialect), reported_table(new, dialect));
        if !was.same_facts(&is) {
            tables.push((name.to_string(), Some(is)));
        }
    }
    for (name, new) in &after.tables {
        if !before.tables.contains_key(name) {
            tables.push((name.to_string(), Some(reported_table(new, dialect))));
        }
    }
    let enums = (before.enums != after.enums).then(|| (enums(before), enums(after)));
    Changes { tables: Ordered(tables), enums: enums.filter(|(was, is)| was != is).map(|(_, is)| is) }
}

/// One table of [`reported`].
pub fn reported_table(table: &Table, dialect: Option<Dialect>) -> ReportedTable {
    let kind = dialect.map(|dialect| dialect.kind);
    let mut reasons = Reasons(table.open.iter().map(reason).collect());
    let mut columns = Vec::new();
    for column in &table.columns {
        columns.push((column.name.to_string(), reported_column(column, dialect, &mut reasons)));
    }
    let pk = match &table.primary_key {
        Some(key) => {
            Told::Known(Some(ReportedKey { name: reasons.name(&key.name), columns: texts(&key.columns) }))
        }
        None if table.open.is_some() => Told::Unknown,
        None => Told::Known(None),
    };
    let every = kind != Some(Kind::Sqlite);
    let seen: Vec<&Unique> =
        if every { table.uniques.iter().collect() } else { first_of_each(&table.uniques).collect() };
    let mut uniques: Vec<ReportedKey> = seen
        .into_iter()
        .map(|unique| ReportedKey { name: reasons.name(&unique.name), columns: texts(&unique.columns) })
        .collect();
    let mut indexes = Vec::new();
    for index in &table.indexes {
        // MySQL makes no difference between a unique index and a unique constraint.
        let plain = index.items.len() == index.columns().count();
        if kind.is_some_and(Kind::is_mysql_like) && plain && index.unique == Fact::Known(true) {
            let columns = index.columns().map(|column| column.to_string()).collect();
            uniques.push(ReportedKey { name: reasons.name(&index.name), columns });
        } else {
            indexes.push(reported_index(index, &mut reasons));
        }
    }
    let mut fks: Vec<ReportedForeignKey> = Vec::new();
    for key in &table.foreign_keys {
        let initially = key.initially.as_deref().is_some_and(|text| text.eq_ignore_ascii_case("deferred"));
        fks.push(ReportedForeignKey {
            name: reasons.name(&key.name),
            columns: texts(&key.columns),
            ref_table: key.ref_table.to_string(),
            ref_columns: if key.ref_columns.is_empty() {
                Told::Unknown
            } else {
                Told::Known(texts(&key.ref_columns))
            },
            ondelete: key.on_delete.as_ref().map(|action| action.to_string()),
            onupdate: key.on_update.as_ref().map(|action| action.to_string()),
            // SQLite keeps them in the text of the table alone.
            deferrable: every && key.deferrable.unwrap_or(initially),
            initially_deferred: every && initially,
        });
    }
    let mut checks: Vec<ReportedCheck> = table
        .checks
        .iter()
        .map(|check| ReportedCheck {
            name: reasons.name(&check.name),
            sql: reasons.told(check.sql.as_ref().map(|sql| sql.to_string())),
        })
        .collect();
    uniques.sort_by(|a, b| (order(&a.name), &a.columns).cmp(&(order(&b.name), &b.columns)));
    fks.sort_by(|a, b| (order(&a.name), &a.columns).cmp(&(order(&b.name), &b.columns)));
    checks.sort_by(|a, b| order(&a.name).cmp(&order(&b.name)));
    indexes.sort_by(|a, b| (order(&a.name), &a.columns).cmp(&(order(&b.name), &b.columns)));
    ReportedTable { columns: Ordered(columns), pk, uniques, fks, checks, indexes, unknown: reasons.0 }
}

fn reported_column(column: &Column, dialect: Option<Dialect>, reasons: &mut Reasons) -> ReportedColumn {
    let kind = dialect.map(|dialect| dialect.kind);
    let counts = column.autoincrement == Autoincrement::On;
    ReportedColumn {
        ty: reasons.told(reported_type(column, dialect)),
        nullable: reasons.told(column.nullable.clone()),
        default: reasons.told(reported_default(column, dialect)),
        identity: column
            .identity
            .as_ref()
            // SQL Server has one kind only.
            .map(
                |identity| if identity.always || kind == Some(Kind::Mssql) { "ALWAYS" } else { "BY DEFAULT" },
            )
            .or((counts && kind == Some(Kind::Mssql)).then_some("ALWAYS")),
        generated: column.computed.as_ref().map(|computed| computed.sql.to_string()),
        comment: column.comment.as_ref().map(|comment| comment.to_string()),
        autoincrement: (counts && kind.is_some_and(Kind::is_mysql_like)).then_some(true),
    }
}

fn reported_index(index: &Index, reasons: &mut Reasons) -> ReportedIndex {
    let column = |item: &IndexItem| match item {
        IndexItem::Column(name) => name.to_string(),
        IndexItem::Expression(Fact::Known(text)) => text.to_string(),
        // That it is an expression is known.
        IndexItem::Expression(Fact::Unknown(_)) => "(expr)".to_owned(),
    };
    ReportedIndex {
        name: reasons.name(&index.name),
        columns: index.items.iter().map(column).collect(),
        unique: reasons.told(index.unique.clone()),
        condition: index.condition.as_ref().map(|condition| condition.to_string()),
        using: index.using.as_ref().map(|using| using.to_lowercase()).filter(|using| using != "btree"),
        include: texts(&index.include),
    }
}

impl ReportedTable {
    /// Equal but for the reasons of what is not known.
    fn same_facts(&self, other: &ReportedTable) -> bool {
        self.columns == other.columns
            && self.pk == other.pk
            && self.uniques == other.uniques
            && self.fks == other.fks
            && self.checks == other.checks
            && self.indexes == other.indexes
    }
}

fn enums(schema: &Schema) -> Ordered<Told<Vec<String>>> {
    let labels = |labels: &Fact<Vec<Arc<str>>>| match labels {
        Fact::Known(labels) => Told::Known(labels.iter().map(|label| label.to_string()).collect()),
        Fact::Unknown(_) => Told::Unknown,
    };
    Ordered(schema.enums.iter().map(|(name, ty)| (TableName::to_string(name), labels(&ty.labels))).collect())
}

/// The reasons met so far.
struct Reasons(Vec<String>);

impl Reasons {
    fn told<T>(&mut self, fact: Fact<T>) -> Told<T> {
        match fact {
            Fact::Known(value) => Told::Known(value),
            Fact::Unknown(unknown) => {
                let reason = reason(&unknown);
                if !self.0.contains(&reason) {
                    self.0.push(reason);
                }
                Told::Unknown
            }
        }
    }

    fn name(&mut self, name: &ConstraintName) -> Told<Option<String>> {
        self.told(name.clone().map(|name| name.map(|name| name.to_string())))
    }
}

fn reason(unknown: &Unknown) -> String {
    unknown.reason.to_string()
}

fn order(name: &Told<Option<String>>) -> Option<&str> {
    match name {
        Told::Known(name) => name.as_deref(),
        Told::Unknown => None,
    }
}

fn texts(names: &[fact::Name]) -> Vec<String> {
    names.iter().map(|name| name.to_string()).collect()
}

impl<T: Serialize> Serialize for Told<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Told::Known(value) => value.serialize(serializer),
            Told::Unknown => serializer.serialize_str("?"),
        }
    }
}

impl<T: Serialize> Serialize for Ordered<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;
    use crate::{Computed, Identity, Type};
    use expect_test::{Expect, expect};
    use fact::Reason;

    #[track_caller]
    fn check_reported(kind: Option<Kind>, schema: &Schema, expected: Expect) {
        let json = serde_json::to_string_pretty(&reported(schema, kind.map(Into::into))).unwrap();
        expected.assert_eq(&json);
    }

    #[track_caller]
    fn check_changes(kind: Kind, before: &Schema, operations: Vec<crate::Operation>, expected: Expect) {
        let after = after(kind, before, operations);
        let json = serde_json::to_string(&changes(before, &after, Some(kind.into()))).unwrap();
        expected.assert_eq(&json);
    }

    #[test]
    fn a_whole_table() {
        let schema = schema(
            PG,
            "CREATE TYPE kind AS ENUM ('a', 'b');
             CREATE TABLE s.t (id SERIAL PRIMARY KEY, k kind DEFAULT 'a', CONSTRAINT ck CHECK (id > 0));
             CREATE INDEX ix ON s.t USING gin (k) WHERE id > 5",
        );
        check_reported(
            Some(PG),
            &schema,
            expect![[r#"
            {
              "tables": {
                "s.t": {
                  "columns": {
                    "id": {
                      "type": "integer",
                      "nullable": false,
                      "default": "nextval('s.t_id_seq'::regclass)"
                    },
                    "k": {
                      "type": "kind",
                      "nullable": true,
                      "default": "'a'::kind"
                    }
                  },
                  "pk": {
                    "name": "t_pkey",
                    "columns": [
                      "id"
                    ]
                  },
                  "uniques": [],
                  "fks": [],
                  "checks": [
                    {
                      "name": "ck",
                      "sql": "id > 0"
                    }
                  ],
                  "indexes": [
                    {
                      "name": "ix",
                      "columns": [
                        "k"
                      ],
                      "unique": false,
                      "where": "id > 5",
                      "using": "gin"
                    }
                  ],
                  "unknown": []
                }
              },
              "enums": {
                "kind": [
                  "a",
                  "b"
                ]
              },
              "unknown": []
            }"#]],
        );
    }

    #[test]
    fn extras_are_told_when_there_are_some() {
        let mut generated = column("g", Type::Integer);
        generated.computed = Some(Computed { sql: "a * 2".into(), persisted: Some(true) });
        let mut identity = column("i", Type::Integer);
        identity.identity = Some(Identity { always: true, ..Identity::default() });
        let mut noted = column("a", Type::Integer);
        noted.comment = Some("note".into());
        let operation = create_table("t", &[noted, generated, identity], &[], &[]);
        let before = Schema::default();
        check_changes(
            PG,
            &before,
            vec![operation.clone()],
            expect![[
                r#"{"tables":{"t":{"columns":{"a":{"type":"integer","nullable":true,"default":null,"comment":"note"},"g":{"type":"integer","nullable":true,"default":null,"generated":"a * 2"},"i":{"type":"integer","nullable":false,"default":null,"identity":"ALWAYS"}},"pk":null,"uniques":[],"fks":[],"checks":[],"indexes":[],"unknown":[]}}}"#
            ]],
        );
        let key = create_table("t", &[required("id", Type::Integer)], &[primary_key("", "id")], &[]);
        check_changes(
            MY,
            &before,
            vec![key],
            expect![[
                r#"{"tables":{"t":{"columns":{"id":{"type":"int","nullable":false,"default":null,"autoincrement":true}},"pk":{"name":"PRIMARY","columns":["id"]},"uniques":[],"fks":[],"checks":[],"indexes":[],"unknown":[]}}}"#
            ]],
        );
    }

    #[test]
    fn what_is_not_known_is_a_question_mark() {
        let mut schema = Schema::default();
        let operation = create_table("t", &[column("a", Type::Integer)], &[unique("", "a")], &[]);
        crate::apply(&mut schema, &op(operation), &crate::Context::new(None));
        let mut table = Table::clone(schema.table(&plain("t")).unwrap());
        table.open = Some(Unknown::nowhere(Reason::Rows));
        schema.tables.insert(table.name, Arc::new(table));
        schema.opaque = Some(Unknown::nowhere(Reason::SyntaxError));
        check_reported(
            None,
            &schema,
            expect![[r#"
            {
              "tables": {
                "t": {
                  "columns": {
                    "a": {
                      "type": "?",
                      "nullable": true,
                      "default": null
                    }
                  },
                  "pk": "?",
                  "uniques": [
                    {
                      "name": "?",
                      "columns": [
                        "a"
                      ]
                    }
                  ],
                  "fks": [],
                  "checks": [],
                  "indexes": [],
                  "unknown": [
                    "it depends on rows of the database",
                    "the database decides, and no dialect is configured"
                  ]
                }
              },
              "enums": {},
              "unknown": [
                "the text has a syntax error"
              ]
            }"#]],
        );
    }

    #[test]
    fn only_what_changed_is_listed() {
        let before =
            schema(PG, "CREATE TABLE a (x INTEGER); CREATE TABLE b (x INTEGER); CREATE TABLE c (x INTEGER)");
        check_changes(
            PG,
            &before,
            vec![drop_table("a"), rename_column("b", "x", "y", None)],
            expect![[
                r#"{"tables":{"a":null,"b":{"columns":{"y":{"type":"integer","nullable":true,"default":null}},"pk":null,"uniques":[],"fks":[],"checks":[],"indexes":[],"unknown":[]}}}"#
            ]],
        );
        let comment = crate::Operation::SetTableComment {
            table: plain("a"),
            comment: Some("x".into()),
            existing: None,
        };
        check_changes(PG, &before, vec![comment], expect![[r#"{"tables":{}}"#]]);
        let labels = Fact::Known(vec!["a".into()]);
        let made = crate::Operation::CreateEnum { name: plain("k"), labels, check_first: false };
        check_changes(PG, &before, vec![made], expect![[r#"{"tables":{},"enums":{"k":["a"]}}"#]]);
    }
}
