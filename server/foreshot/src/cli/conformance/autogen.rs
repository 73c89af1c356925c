//! A database and a model: what autogenerate writes.

use super::op_schema::convention;
use advice::diff::{Options, batched, compare};
use advice::render::{Style, Voice, lines};
use alembic::snippet;
use alembic::state::State;
use anyhow::{Context as _, Result, anyhow};
use fact::{Fact, FileId, Name, Place, name};
use schema::column::Autoincrement;
use schema::constraint::ConstraintName;
use schema::naming::{Key, Named, NamingConvention, Subject};
use schema::{
    Check, Column, Computed, Context, Dialect, ForeignKey, Identity, Index, IndexItem, Kind, Operation,
    PrimaryKey, Schema, ServerDefault, Table, TableName, Unique,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

#[derive(Deserialize)]
struct Input {
    dialect: String,
    database: Vec<TableInput>,
    model: Vec<TableInput>,
    naming_convention: Option<Map<String, Value>>,
    options: OptionsInput,
    plugins: Option<Vec<String>>,
}

/// None of them is Alembic's default.
#[derive(Deserialize)]
struct OptionsInput {
    compare_type: Option<bool>,
    compare_server_default: Option<bool>,
}

#[derive(Deserialize)]
struct TableInput {
    name: String,
    schema: Option<String>,
    comment: Option<String>,
    columns: Vec<ColumnInput>,
    pk: Option<KeyInput>,
    #[serde(default)]
    uniques: Vec<UniqueInput>,
    #[serde(default)]
    fks: Vec<ForeignKeyInput>,
    #[serde(default)]
    checks: Vec<CheckInput>,
    #[serde(default)]
    indexes: Vec<IndexInput>,
}

#[derive(Deserialize)]
struct ColumnInput {
    name: String,
    #[serde(rename = "type")]
    ty: TypeInput,
    nullable: bool,
    autoincrement: Option<Value>,
    comment: Option<String>,
    #[serde(default)]
    system: bool,
    server_default: Option<DefaultInput>,
}

#[derive(Deserialize)]
struct TypeInput {
    sa: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum DefaultInput {
    Sql { sql: String },
    String { string: String },
    Computed { computed: String, persisted: Option<bool> },
    Identity { identity: IdentityInput },
}

#[derive(Deserialize)]
struct IdentityInput {
    always: Option<bool>,
    on_null: Option<bool>,
    start: Option<i64>,
    increment: Option<i64>,
    minvalue: Option<i64>,
    maxvalue: Option<i64>,
    nominvalue: Option<bool>,
    nomaxvalue: Option<bool>,
    cycle: Option<bool>,
    cache: Option<i64>,
    order: Option<bool>,
}

#[derive(Deserialize)]
struct KeyInput {
    name: Option<String>,
    columns: Vec<String>,
}

#[derive(Deserialize)]
struct UniqueInput {
    name: Option<String>,
    columns: Vec<String>,
    #[serde(default)]
    opts: Map<String, Value>,
    deferrable: Option<bool>,
    initially: Option<String>,
}

#[derive(Deserialize)]
struct ForeignKeyInput {
    name: Option<String>,
    columns: Vec<String>,
    refs: Vec<String>,
    ondelete: Option<String>,
    onupdate: Option<String>,
    deferrable: Option<bool>,
    initially: Option<String>,
}

#[derive(Deserialize)]
struct CheckInput {
    name: Option<String>,
    sql: String,
    #[serde(default)]
    type_bound: bool,
}

#[derive(Deserialize)]
struct IndexInput {
    name: Option<String>,
    unique: bool,
    items: Vec<ItemInput>,
    #[serde(default)]
    opts: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum ItemInput {
    Column { column: String },
    Sql { sql: String },
}

pub fn answer(input: Value) -> Result<Value> {
    let input: Input = serde_json::from_value(input)?;
    let kind: Kind = input.dialect.parse().map_err(|()| anyhow!("no dialect is called {}", input.dialect))?;
    let naming = input.naming_convention.as_ref().map(convention).unwrap_or_default();
    let plugin = |name: &str| input.plugins.as_ref().is_some_and(|plugins| plugins.iter().any(|p| p == name));
    let options = Options {
        types: input.options.compare_type.unwrap_or(true),
        defaults: input.options.compare_server_default.unwrap_or(false),
        checks: plugin("alembic.ext.checkconstraint_byname"),
        expression_indexes: kind == Kind::Postgresql,
        ..Options::all(kind)
    };
    let database = Side { kind, naming: None }.schema(&input.database)?;
    let model = Side { kind, naming: Some(&naming) }.schema(&input.model)?;
    let changes = compare(&model, &database, &options);
    let style = Style { voice: Voice::Autogenerate, ..Style::default() };
    let (upgrade, downgrade) = (changes.upgrade(), changes.downgrade());
    let mut imports = Vec::new();
    let mut body = |operations: &[Operation]| -> Result<String> {
        let lines = lines(operations, &style).context("an operation has no certain text")?;
        for import in style.imports(&lines) {
            if !imports.contains(&import) {
                imports.push(import);
            }
        }
        Ok(match lines.is_empty() {
            true => "pass".to_owned(),
            false => lines.join("\n    "),
        })
    };
    let (up, down) = (body(&upgrade)?, body(&downgrade)?);
    let batch = body(&batched(upgrade))?;
    Ok(json!({ "upgrade": up, "downgrade": down, "upgrade_batch": batch, "imports": imports }))
}

/// The database, or the model with its naming convention.
struct Side<'a> {
    kind: Kind,
    naming: Option<&'a NamingConvention>,
}

impl Side<'_> {
    fn schema(&self, tables: &[TableInput]) -> Result<Schema> {
        let mut schema = Schema::default();
        for input in tables {
            let table = self.table(input)?;
            schema.tables.insert(table.name, Arc::new(table));
        }
        Ok(schema)
    }

    fn table(&self, input: &TableInput) -> Result<Table> {
        let table_name = TableName::new(input.schema.as_deref(), &input.name);
        let mut table = Table::new(table_name, place());
        for column in &input.columns {
            table.columns.push(Arc::new(self.column(column, &input.name)?));
        }
        table.comment = input.comment.as_deref().map(Arc::from);
        if let Some(key) = input.pk.as_ref().filter(|key| !key.columns.is_empty()) {
            let columns = names(&key.columns);
            let (name, name_is_final) = self.name(Key::PrimaryKey, &key.name, table_name, &columns, None);
            table.primary_key = Some(PrimaryKey { name, name_is_final, ..PrimaryKey::new(columns, place()) });
        }
        for unique in &input.uniques {
            let columns = names(&unique.columns);
            let (name, name_is_final) = self.name(Key::Unique, &unique.name, table_name, &columns, None);
            table.uniques.push(Unique {
                name,
                name_is_final,
                deferrable: unique.deferrable,
                initially: unique.initially.as_deref().map(Arc::from),
                options: options(&unique.opts),
                ..Unique::new(columns, place())
            });
        }
        for key in &input.fks {
            table.foreign_keys.push(self.foreign_key(key, table_name)?);
        }
        for check in &input.checks {
            let (name, name_is_final) = self.name(Key::Check, &check.name, table_name, &[], None);
            let of_type = check.type_bound.then(|| bound_to(&table, &check.sql)).flatten();
            let sql = Fact::Known(check.sql.as_str().into());
            table.checks.push(Check { name, name_is_final, of_type, ..Check::new(sql, place()) });
        }
        for index in &input.indexes {
            table.indexes.push(self.index(index, table_name));
        }
        Ok(table)
    }

    fn column(&self, input: &ColumnInput, table: &str) -> Result<Column> {
        let statement = format!("op.add_column('t', sa.Column('c', {}))", input.ty.sa);
        let context = Context::new(Some(Dialect::from(self.kind)));
        let evaluation =
            snippet::run(&statement, &State::default(), &context).map_err(|error| anyhow!(error))?;
        let step = evaluation.steps.first().context("it adds nothing")?;
        let Operation::AddColumn { column, .. } = &step.operation else {
            return Err(anyhow!("the type {} cannot be read", input.ty.sa));
        };
        let mut column = Column::clone(column);
        column.name = name(&input.name);
        column.nullable = Fact::Known(input.nullable);
        column.comment = input.comment.as_deref().map(Arc::from);
        column.autoincrement = match &input.autoincrement {
            Some(Value::Bool(true)) => Autoincrement::On,
            Some(Value::Bool(false)) => Autoincrement::Off,
            Some(Value::String(text)) if text == "ignore_fk" => Autoincrement::On,
            _ => Autoincrement::Auto,
        };
        if input.system {
            column.options.push((name("system"), "True".into()));
        }
        match &input.server_default {
            None => {}
            Some(DefaultInput::String { string }) => {
                column.default = Fact::Known(Some(ServerDefault::Literal(string.as_str().into())));
            }
            Some(DefaultInput::Sql { sql }) => {
                let counts = column.autoincrement == Autoincrement::On;
                let owned = format!("{table}_{}_seq", input.name);
                let default = match sequence(sql).filter(|name| counts && *name.name == *owned) {
                    Some(sequence) => ServerDefault::Sequence(sequence),
                    None => ServerDefault::Sql(sql.as_str().into()),
                };
                column.default = Fact::Known(Some(default));
            }
            Some(DefaultInput::Computed { computed, persisted }) => {
                column.computed = Some(Computed { sql: computed.as_str().into(), persisted: *persisted });
            }
            Some(DefaultInput::Identity { identity }) => column.identity = Some(identity.read()),
        }
        Ok(column)
    }

    fn foreign_key(&self, input: &ForeignKeyInput, table: TableName) -> Result<ForeignKey> {
        let mut referred = None;
        let mut ref_columns = Vec::new();
        for reference in &input.refs {
            let (table, column) = reference.rsplit_once('.').context("a reference without a column")?;
            referred = Some(match table.rsplit_once('.') {
                Some((schema, table)) => TableName::new(Some(schema), table),
                None => TableName::plain(table),
            });
            ref_columns.push(name(column));
        }
        let referred = referred.context("a foreign key without columns")?;
        let columns = names(&input.columns);
        let subject = Some((referred, ref_columns.as_slice()));
        let (name, name_is_final) = self.name(Key::ForeignKey, &input.name, table, &columns, subject);
        let text = |text: &Option<String>| text.as_deref().map(Arc::from);
        Ok(ForeignKey {
            name,
            name_is_final,
            on_delete: text(&input.ondelete),
            on_update: text(&input.onupdate),
            deferrable: input.deferrable,
            initially: text(&input.initially),
            ..ForeignKey::new(columns, referred, ref_columns, place())
        })
    }

    fn index(&self, input: &IndexInput, table: TableName) -> Index {
        let item = |item: &ItemInput| match item {
            ItemInput::Column { column } => IndexItem::Column(name(column)),
            ItemInput::Sql { sql } => IndexItem::Expression(Fact::Known(sql.as_str().into())),
        };
        let mut index = Index::new(input.items.iter().map(item).collect(), place());
        let columns: Vec<Name> = index.columns().collect();
        (index.name, index.name_is_final) = self.name(Key::Index, &input.name, table, &columns, None);
        index.unique = Fact::Known(input.unique);
        index.options = options(&input.opts);
        if self.naming.is_none() {
            // Reflection tells that no column is included.
            index.options.retain(|(_, text)| &**text != "[]");
        }
        index
    }

    /// Names of the database are final, and so are those that the convention makes.
    fn name(
        &self,
        key: Key,
        given: &Option<String>,
        table: TableName,
        columns: &[Name],
        referred: Option<(TableName, &[Name])>,
    ) -> (ConstraintName, bool) {
        let given = given.as_deref().map(name);
        let Some(naming) = self.naming else { return (Fact::Known(given), true) };
        let subject = Subject { table, columns, referred };
        let by_convention = naming.name(key, None, false, &subject, Some(self.kind));
        let is_final = given.is_some_and(|given| by_convention == Named::As(Fact::Known(given)));
        (Fact::Known(given), is_final)
    }
}

impl IdentityInput {
    fn read(&self) -> Identity {
        Identity {
            always: self.always.unwrap_or(false),
            on_null: self.on_null.unwrap_or(false),
            start: self.start,
            increment: self.increment,
            min_value: self.minvalue,
            max_value: self.maxvalue,
            no_min_value: self.nominvalue.unwrap_or(false),
            no_max_value: self.nomaxvalue.unwrap_or(false),
            cycle: self.cycle,
            cache: self.cache,
            order: self.order,
        }
    }
}

fn place() -> Place {
    Place::whole_file(FileId(0))
}

fn names(texts: &[String]) -> Vec<Name> {
    texts.iter().map(|text| name(text)).collect()
}

/// Options as Python source, or as the value itself.
fn options(given: &Map<String, Value>) -> Vec<(Name, Arc<str>)> {
    let text = |value: &Value| match value {
        Value::Bool(true) => Some("True".to_owned()),
        Value::Bool(false) => Some("False".to_owned()),
        Value::Null => Some("None".to_owned()),
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    given.iter().filter_map(|(key, value)| Some((name(key), text(value)?.into()))).collect()
}

/// The sequence in `nextval('numbers'::regclass)`.
fn sequence(sql: &str) -> Option<TableName> {
    let inner = sql.strip_prefix("nextval('")?.strip_suffix("'::regclass)")?;
    let plain = |text: &str| text.trim_matches('"').to_owned();
    Some(match inner.rsplit_once('.') {
        Some((schema, name)) => TableName::new(Some(&plain(schema)), &plain(name)),
        None => TableName::plain(&plain(inner)),
    })
}

/// The column whose type made the CHECK.
fn bound_to(table: &Table, sql: &str) -> Option<Name> {
    let names = table.columns.iter().map(|column| column.name);
    names.clone().find(|name| sql.contains(name.as_str())).or_else(|| names.clone().next())
}
