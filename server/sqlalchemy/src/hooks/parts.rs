//! The constraints, foreign keys and indexes that a table has, and the columns that they speak of, as SQLAlchemy's own
//! objects: `for fk in table.foreign_keys: if fk.parent == table.c.x: ...`
//!
//! A constraint or index is an item of its table's list of that kind, a `ForeignKey` an item of its constraint.

use crate::metadata::{Metadata, MetadataKey};
use crate::path::call_of;
use crate::table::{metadata_of_table, table_of_call};
use fact::{Fact, Name, Place, Reason, Unknown, name};
use python::ast::CompareOp;
use python::eval::Interp;
use python::host::Host;
use python::value::{Arg, Args, Call, Symbol, Value};
use schema::naming::{Key, Named, Subject};
use schema::{IndexItem, Table, TableName};
use std::sync::Arc;

/// A list of a table; its items are the elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    PrimaryKey,
    Unique,
    ForeignKey,
    Check,
    Index,
}

const PARTS: [Part; 5] = [Part::PrimaryKey, Part::Unique, Part::ForeignKey, Part::Check, Part::Index];

impl Part {
    /// How the list is called; no attribute of Python has such a name.
    fn key(self) -> &'static str {
        match self {
            Part::PrimaryKey => "primary key",
            Part::Unique => "unique constraints",
            Part::ForeignKey => "foreign key constraints",
            Part::Check => "check constraints",
            Part::Index => "the indexes",
        }
    }

    fn class(self) -> &'static str {
        match self {
            Part::PrimaryKey => "PrimaryKeyConstraint",
            Part::Unique => "UniqueConstraint",
            Part::ForeignKey => "ForeignKeyConstraint",
            Part::Check => "CheckConstraint",
            Part::Index => "Index",
        }
    }

    fn len(self, table: &Table) -> usize {
        match self {
            Part::PrimaryKey => usize::from(table.primary_key.is_some()),
            Part::Unique => table.uniques.len(),
            Part::ForeignKey => table.foreign_keys.len(),
            Part::Check => table.checks.len(),
            Part::Index => table.indexes.len(),
        }
    }
}

/// A constraint or index of a table.
struct Element<'v> {
    table: &'v Value,
    part: Part,
    index: usize,
}

impl<'v> Element<'v> {
    fn of(value: &'v Value) -> Option<Element<'v>> {
        let Symbol::Item { of, index } = value.as_symbol()? else { return None };
        let Symbol::Attribute { of: table, name, .. } = of.as_symbol()? else { return None };
        let part = PARTS.into_iter().find(|part| *name == part.key())?;
        Some(Element { table, part, index: usize::try_from(index.as_int()?).ok()? })
    }

    /// What it is in the table as it was read: its name, its columns, and what it refers to.
    fn read<'t>(&self, table: &'t Table) -> Option<Read<'t>> {
        let columns = |columns: &'t [Name]| Fact::Known(columns.to_vec());
        Some(match self.part {
            Part::PrimaryKey => {
                let key = table.primary_key.as_ref()?;
                Read {
                    given: &key.name,
                    is_final: key.name_is_final,
                    columns: columns(&key.columns),
                    referred: None,
                }
            }
            Part::Unique => {
                let unique = table.uniques.get(self.index)?;
                Read {
                    given: &unique.name,
                    is_final: unique.name_is_final,
                    columns: columns(&unique.columns),
                    referred: None,
                }
            }
            Part::ForeignKey => {
                let key = table.foreign_keys.get(self.index)?;
                Read {
                    given: &key.name,
                    is_final: key.name_is_final,
                    columns: columns(&key.columns),
                    referred: Some((key.ref_table, key.ref_columns.as_slice())),
                }
            }
            Part::Check => {
                let check = table.checks.get(self.index)?;
                let unknown =
                    Unknown::new(Reason::UnreadableArgument("the columns of a CHECK".into()), check.place);
                Read {
                    given: &check.name,
                    is_final: check.name_is_final,
                    columns: Fact::Unknown(unknown),
                    referred: None,
                }
            }
            Part::Index => {
                let index = table.indexes.get(self.index)?;
                let plain = index.items.iter().map(|item| match item {
                    IndexItem::Column(column) => Some(*column),
                    IndexItem::Expression(_) => None,
                });
                let unknown =
                    Unknown::new(Reason::UnreadableArgument("an expression of an index".into()), index.place);
                Read {
                    given: &index.name,
                    is_final: index.name_is_final,
                    columns: plain.collect::<Option<Vec<Name>>>().map_or(Fact::Unknown(unknown), Fact::Known),
                    referred: None,
                }
            }
        })
    }
}

struct Read<'t> {
    given: &'t schema::constraint::ConstraintName,
    is_final: bool,
    columns: Fact<Vec<Name>>,
    referred: Option<(TableName, &'t [Name])>,
}

/// `of.wanted` where `of` is a table, a column of one, or one of its constraints, foreign keys or indexes.
pub(super) fn attribute<H: Host>(
    interp: &mut Interp<'_, H>,
    of: &Value,
    wanted: Name,
    place: Place,
) -> Option<Value> {
    if let Some(element) = Element::of(of) {
        return element_attribute(interp, of, &element, wanted, place);
    }
    if let Some((constraint, at)) = foreign_key(of) {
        return foreign_key_attribute(interp, constraint, at, wanted, place);
    }
    if let Some((table, column)) = column_of(of) {
        return column_attribute(interp, table, column, wanted, place);
    }
    let parts: &[Part] = match wanted.as_str() {
        "constraints" => &PARTS[..4],
        "foreign_key_constraints" | "foreign_keys" => &[Part::ForeignKey],
        "indexes" => &[Part::Index],
        "primary_key" => &[Part::PrimaryKey],
        _ => return None,
    };
    let table = whole_table(interp, of)?;
    let elements = elements(of, &table, parts, place);
    match wanted.as_str() {
        "primary_key" => elements.into_iter().next(),
        "foreign_keys" => {
            let columns = table.foreign_keys.iter().map(|key| key.columns.len());
            let keys =
                elements.iter().zip(columns).flat_map(|(constraint, len)| foreign_keys(constraint, len));
            Some(Value::list(keys.collect()))
        }
        _ => Some(Value::list(elements)),
    }
}

/// The class that a constraint, foreign key or index is an instance of.
pub(super) fn class_of(value: &Value) -> Option<&'static str> {
    match Element::of(value) {
        Some(element) => Some(element.part.class()),
        None => foreign_key(value).map(|_| "ForeignKey"),
    }
}

/// The columns of a constraint or index: name and value.
pub(super) fn columns<H: Host>(interp: &mut Interp<'_, H>, value: &Value) -> Option<Vec<(Name, Value)>> {
    let element = Element::of(value)?;
    let table = whole_table(interp, element.table)?;
    let Fact::Known(columns) = element.read(&table)?.columns else { return None };
    Some(
        columns
            .into_iter()
            .map(|column| (column, column_value(element.table, column, table.place)))
            .collect(),
    )
}

/// Whether `left == right` holds, for two columns: SQLAlchemy asks whether they are one object.
pub(super) fn truth_of_comparison<H: Host>(
    interp: &mut Interp<'_, H>,
    op: CompareOp,
    left: &Value,
    right: &Value,
) -> Option<bool> {
    let (CompareOp::Eq | CompareOp::NotEq) = op else { return None };
    let same = identity(interp, left)? == identity(interp, right)?;
    Some(same == (op == CompareOp::Eq))
}

/// Which column of which table of which MetaData it is.
fn identity<H: Host>(interp: &mut Interp<'_, H>, value: &Value) -> Option<(MetadataKey, TableName, Name)> {
    let (table, column) = column_of(value)?;
    let metadata = metadata_of(interp, table)?;
    Some((metadata.key, crate::table_ref(interp, table)?, column))
}

/// `table.c.x`, `table.columns["x"]`: the table and the name.
fn column_of(value: &Value) -> Option<(&Value, Name)> {
    let (columns, column) = match value.as_symbol()? {
        Symbol::Attribute { of, name, .. } => (of, *name),
        Symbol::Item { of, index } => (of, name(index.as_str()?)),
        _ => return None,
    };
    if !crate::sql::is_columns(columns) {
        return None;
    }
    let Symbol::Attribute { of: owner, .. } = columns.as_symbol()? else { return None };
    Some((Element::of(owner).map_or(owner, |element| element.table), column))
}

fn metadata_of<H: Host>(interp: &mut Interp<'_, H>, table: &Value) -> Option<Metadata> {
    metadata_of_table(interp, table).or_else(|| match table.as_symbol()? {
        Symbol::Attribute { of, name, .. } if name == "__table__" => crate::metadata(interp, &of.clone()),
        _ => None,
    })
}

fn foreign_key(value: &Value) -> Option<(&Value, usize)> {
    let Symbol::Item { of, index } = value.as_symbol()? else { return None };
    let element = Element::of(of)?;
    (element.part == Part::ForeignKey).then_some((of, usize::try_from(index.as_int()?).ok()?))
}

/// A table of which everything is known.
fn whole_table<H: Host>(interp: &mut Interp<'_, H>, value: &Value) -> Option<Table> {
    let table = match table_of_call(interp, value) {
        Some(table) => table.ok()?,
        None => {
            let Symbol::Attribute { of, name, .. } = value.as_symbol()? else { return None };
            if name != "__table__" {
                return None;
            }
            crate::mapped_table(interp, &of.clone())?
        }
    };
    table.open.is_none().then_some(table)
}

fn elements(of: &Value, table: &Table, parts: &[Part], place: Place) -> Vec<Value> {
    let list = |part: &Part| {
        let list = attribute_value(of, part.key(), place);
        (0..part.len(table)).map(move |at| item(&list, at))
    };
    parts.iter().flat_map(list).collect()
}

fn foreign_keys(constraint: &Value, columns: usize) -> impl Iterator<Item = Value> {
    (0..columns).map(|at| item(constraint, at))
}

fn element_attribute<H: Host>(
    interp: &mut Interp<'_, H>,
    of: &Value,
    element: &Element<'_>,
    wanted: Name,
    place: Place,
) -> Option<Value> {
    match wanted.as_str() {
        "table" | "parent" => return Some(element.table.clone()),
        // Its items are read when somebody asks for them.
        "columns" | "c" => return Some(attribute_value(of, "columns", place)),
        _ => {}
    }
    let table = whole_table(interp, element.table)?;
    let read = element.read(&table)?;
    match (wanted.as_str(), element.part) {
        ("name", _) => Some(constraint_name(interp, element, &table, &read)),
        ("column_keys", Part::ForeignKey) => {
            Some(Value::list(read.columns.known()?.iter().map(|column| Value::str(column)).collect()))
        }
        ("elements", Part::ForeignKey) => {
            Some(Value::list(foreign_keys(of, read.columns.known()?.len()).collect()))
        }
        ("referred_table", Part::ForeignKey) => {
            Some(referred(interp, element.table, &table, read.referred?.0, place))
        }
        ("ondelete", Part::ForeignKey) => Some(action(&table.foreign_keys.get(element.index)?.on_delete)),
        ("onupdate", Part::ForeignKey) => Some(action(&table.foreign_keys.get(element.index)?.on_update)),
        ("unique", Part::Index) => match &table.indexes.get(element.index)?.unique {
            Fact::Known(unique) => Some(Value::Bool(*unique)),
            Fact::Unknown(unknown) => Some(Value::unknown(unknown.clone())),
        },
        ("sqltext", Part::Check) => {
            let sql = table.checks.get(element.index)?.sql.known()?.clone();
            Some(call("sqlalchemy.text", vec![Arg { name: None, value: Value::Str(sql), place }], place))
        }
        _ => None,
    }
}

/// The name that it was given, or that the convention of its MetaData gives it as soon as it is in the table.
fn constraint_name<H: Host>(
    interp: &mut Interp<'_, H>,
    element: &Element<'_>,
    table: &Table,
    read: &Read<'_>,
) -> Value {
    let given = match read.given {
        Fact::Known(given) => *given,
        Fact::Unknown(unknown) => return Value::unknown(unknown.clone()),
    };
    let convention = match metadata_of(interp, element.table).map(|found| found.convention) {
        Some(Fact::Known(convention)) => convention,
        Some(Fact::Unknown(unknown)) => return Value::unknown(unknown),
        None => return given.map_or(Value::None, |given| Value::str(&given)),
    };
    let columns = read.columns.known().cloned().unwrap_or_default();
    let subject = Subject { table: table.name, columns: &columns, referred: read.referred };
    let key = match element.part {
        Part::PrimaryKey => Key::PrimaryKey,
        Part::Unique => Key::Unique,
        Part::ForeignKey => Key::ForeignKey,
        Part::Check => Key::Check,
        Part::Index => Key::Index,
    };
    match convention.name(key, given, read.is_final, &subject, None) {
        Named::As(Fact::Known(named)) => Value::str(&named),
        Named::As(Fact::Unknown(unknown)) => Value::unknown(unknown),
        Named::Not => Value::None,
        Named::Refused => {
            let reason = Reason::UnreadableArgument("a name that the naming convention asks for".into());
            Value::unknown(Unknown::new(reason, table.place))
        }
    }
}

fn foreign_key_attribute<H: Host>(
    interp: &mut Interp<'_, H>,
    constraint: &Value,
    at: usize,
    wanted: Name,
    place: Place,
) -> Option<Value> {
    let element = Element::of(constraint)?;
    let table = whole_table(interp, element.table)?;
    let key = table.foreign_keys.get(element.index)?;
    match wanted.as_str() {
        "constraint" => Some(constraint.clone()),
        "parent" => Some(column_value(element.table, *key.columns.get(at)?, place)),
        "column" => {
            let column = *key.ref_columns.get(at)?;
            let referred = referred(interp, element.table, &table, key.ref_table, place);
            Some(column_value(&referred, column, place))
        }
        "target_fullname" => Some(Value::str(&format!("{}.{}", key.ref_table, key.ref_columns.get(at)?))),
        "name" | "ondelete" | "onupdate" => element_attribute(interp, constraint, &element, wanted, place),
        _ => None,
    }
}

/// What a column knows beside what it was made with.
fn column_attribute<H: Host>(
    interp: &mut Interp<'_, H>,
    table: &Value,
    column: Name,
    wanted: Name,
    place: Place,
) -> Option<Value> {
    match wanted.as_str() {
        "table" => Some(table.clone()),
        // A table that is only referred to was read from the database: there a column's key is its name.
        "name" | "key" if is_referred(table) => Some(Value::str(&column)),
        "foreign_keys" => {
            let whole = whole_table(interp, table)?;
            let constraints = elements(table, &whole, &[Part::ForeignKey], place);
            let mut keys = Vec::new();
            for (constraint, key) in constraints.iter().zip(&whole.foreign_keys) {
                let at = key.columns.iter().position(|known| *known == column);
                keys.extend(at.map(|at| item(constraint, at)));
            }
            Some(Value::list(keys))
        }
        _ => None,
    }
}

/// The table that a foreign key leads to, in the same MetaData: of another one no more is known than what it is called.
fn referred<H: Host>(
    interp: &mut Interp<'_, H>,
    of: &Value,
    table: &Table,
    wanted: TableName,
    place: Place,
) -> Value {
    if wanted == table.name {
        return of.clone();
    }
    let keyword = |key: &str, value: Value| Arg { name: Some(name(key)), value, place };
    let mut list = vec![Arg { name: None, value: Value::str(&wanted.name), place }];
    if let Some(call) = crate::table::table_call(interp, of)
        && let Some(metadata) = call.args.get(1, "metadata")
    {
        list.push(Arg { name: None, value: metadata.value.clone(), place });
    }
    list.extend(wanted.schema.map(|schema| keyword("schema", Value::str(&schema))));
    list.push(keyword(REFERRED, Value::unknown(Unknown::new(Reason::Assumed, place))));
    call("sqlalchemy.Table", list, place)
}

/// Marks a table that is known by its name alone.
const REFERRED: &str = "autoload_with";

fn is_referred(table: &Value) -> bool {
    call_of(table, "Table")
        .is_some_and(|call| call.args.keyword(REFERRED).and_then(|arg| arg.value.as_unknown()).is_some())
}

fn action(action: &Option<Arc<str>>) -> Value {
    action.clone().map_or(Value::None, Value::Str)
}

fn column_value(table: &Value, column: Name, place: Place) -> Value {
    attribute_value(&attribute_value(table, "c", place), &column, place)
}

fn attribute_value(of: &Value, attribute: &str, place: Place) -> Value {
    Value::Symbol(Arc::new(Symbol::Attribute { of: of.clone(), name: name(attribute), place }))
}

fn item(of: &Value, at: usize) -> Value {
    let index = Value::Int(i64::try_from(at).unwrap_or(i64::MAX));
    Value::Symbol(Arc::new(Symbol::Item { of: of.clone(), index }))
}

fn call(path: &str, list: Vec<Arg>, place: Place) -> Value {
    let args = Args { list, open: None, discarded: false };
    Value::Symbol(Arc::new(Symbol::Call(Call { callee: Value::path(path), args, place })))
}
