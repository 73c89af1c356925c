//! The type that SQLAlchemy makes of a column when it reads a table from a database: another class than the one that the
//! column was declared with, and code asks for it: `isinstance(column["type"], sa.VARCHAR)`.

use super::to_value::{call, symbol, to_value};
use fact::{Fact, Place, Reason, Unknown, name};
use python::value::{Arg, Value};
use schema::{Dialect, Kind, Type};

/// What the parentheses of a type's text hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    Nothing,
    Length,
    Precision,
    Width,
    Fraction,
}
use Holds::{Fraction, Length, Nothing, Precision, Width};

/// The type in a catalogue's words, the class, and what its arguments are called.
type Row = (&'static str, &'static str, Holds);

const POSTGRESQL: &[Row] = &[
    ("bigint", "sqlalchemy.BIGINT", Nothing),
    ("bit", "sqlalchemy.dialects.postgresql.BIT", Length),
    ("boolean", "sqlalchemy.BOOLEAN", Nothing),
    ("bytea", "sqlalchemy.dialects.postgresql.BYTEA", Nothing),
    ("character varying", "sqlalchemy.VARCHAR", Length),
    ("character", "sqlalchemy.CHAR", Length),
    ("cidr", "sqlalchemy.dialects.postgresql.CIDR", Nothing),
    ("date", "sqlalchemy.DATE", Nothing),
    ("daterange", "sqlalchemy.dialects.postgresql.DATERANGE", Nothing),
    ("double precision", "sqlalchemy.DOUBLE_PRECISION", Nothing),
    ("hstore", "sqlalchemy.dialects.postgresql.HSTORE", Nothing),
    ("inet", "sqlalchemy.dialects.postgresql.INET", Nothing),
    ("int4range", "sqlalchemy.dialects.postgresql.INT4RANGE", Nothing),
    ("int8range", "sqlalchemy.dialects.postgresql.INT8RANGE", Nothing),
    ("integer", "sqlalchemy.INTEGER", Nothing),
    ("interval", "sqlalchemy.dialects.postgresql.INTERVAL", Nothing),
    ("json", "sqlalchemy.dialects.postgresql.JSON", Nothing),
    ("jsonb", "sqlalchemy.dialects.postgresql.JSONB", Nothing),
    ("macaddr", "sqlalchemy.dialects.postgresql.MACADDR", Nothing),
    ("money", "sqlalchemy.dialects.postgresql.MONEY", Nothing),
    ("numeric", "sqlalchemy.NUMERIC", Precision),
    ("numrange", "sqlalchemy.dialects.postgresql.NUMRANGE", Nothing),
    ("oid", "sqlalchemy.dialects.postgresql.OID", Nothing),
    ("real", "sqlalchemy.REAL", Nothing),
    ("smallint", "sqlalchemy.SMALLINT", Nothing),
    ("text", "sqlalchemy.TEXT", Nothing),
    ("tsrange", "sqlalchemy.dialects.postgresql.TSRANGE", Nothing),
    ("tstzrange", "sqlalchemy.dialects.postgresql.TSTZRANGE", Nothing),
    ("tsvector", "sqlalchemy.dialects.postgresql.TSVECTOR", Nothing),
    ("uuid", "sqlalchemy.UUID", Nothing),
];

const SQLITE: &[Row] = &[
    ("bigint", "sqlalchemy.BIGINT", Nothing),
    ("blob", "sqlalchemy.BLOB", Nothing),
    ("bool", "sqlalchemy.BOOLEAN", Nothing),
    ("boolean", "sqlalchemy.BOOLEAN", Nothing),
    ("char", "sqlalchemy.CHAR", Length),
    ("date", "sqlalchemy.dialects.sqlite.DATE", Nothing),
    ("datetime", "sqlalchemy.dialects.sqlite.DATETIME", Nothing),
    ("decimal", "sqlalchemy.DECIMAL", Precision),
    ("double", "sqlalchemy.DOUBLE", Nothing),
    ("double precision", "sqlalchemy.DOUBLE_PRECISION", Nothing),
    ("float", "sqlalchemy.FLOAT", Nothing),
    ("int", "sqlalchemy.INTEGER", Nothing),
    ("integer", "sqlalchemy.INTEGER", Nothing),
    ("json", "sqlalchemy.dialects.sqlite.JSON", Nothing),
    ("numeric", "sqlalchemy.NUMERIC", Precision),
    ("nvarchar", "sqlalchemy.NVARCHAR", Length),
    ("real", "sqlalchemy.REAL", Nothing),
    ("smallint", "sqlalchemy.SMALLINT", Nothing),
    ("text", "sqlalchemy.TEXT", Length),
    ("time", "sqlalchemy.dialects.sqlite.TIME", Nothing),
    ("timestamp", "sqlalchemy.TIMESTAMP", Nothing),
    ("varchar", "sqlalchemy.VARCHAR", Length),
];

const MYSQL: &[Row] = &[
    ("bigint", "sqlalchemy.dialects.mysql.BIGINT", Width),
    ("binary", "sqlalchemy.BINARY", Length),
    ("bit", "sqlalchemy.dialects.mysql.BIT", Length),
    ("blob", "sqlalchemy.BLOB", Nothing),
    ("char", "sqlalchemy.dialects.mysql.CHAR", Length),
    ("date", "sqlalchemy.DATE", Nothing),
    ("datetime", "sqlalchemy.dialects.mysql.DATETIME", Fraction),
    ("decimal", "sqlalchemy.dialects.mysql.DECIMAL", Precision),
    ("double", "sqlalchemy.dialects.mysql.DOUBLE", Precision),
    ("float", "sqlalchemy.dialects.mysql.FLOAT", Precision),
    ("int", "sqlalchemy.dialects.mysql.INTEGER", Width),
    ("json", "sqlalchemy.dialects.mysql.JSON", Nothing),
    ("longblob", "sqlalchemy.dialects.mysql.LONGBLOB", Nothing),
    ("longtext", "sqlalchemy.dialects.mysql.LONGTEXT", Nothing),
    ("mediumblob", "sqlalchemy.dialects.mysql.MEDIUMBLOB", Nothing),
    ("mediumint", "sqlalchemy.dialects.mysql.MEDIUMINT", Width),
    ("mediumtext", "sqlalchemy.dialects.mysql.MEDIUMTEXT", Nothing),
    ("smallint", "sqlalchemy.dialects.mysql.SMALLINT", Width),
    ("text", "sqlalchemy.dialects.mysql.TEXT", Length),
    ("time", "sqlalchemy.dialects.mysql.TIME", Fraction),
    ("timestamp", "sqlalchemy.dialects.mysql.TIMESTAMP", Fraction),
    ("tinyblob", "sqlalchemy.dialects.mysql.TINYBLOB", Nothing),
    ("tinyint", "sqlalchemy.dialects.mysql.TINYINT", Width),
    ("tinytext", "sqlalchemy.dialects.mysql.TINYTEXT", Nothing),
    ("varbinary", "sqlalchemy.VARBINARY", Length),
    ("varchar", "sqlalchemy.dialects.mysql.VARCHAR", Length),
    ("year", "sqlalchemy.dialects.mysql.YEAR", Width),
];

const MSSQL: &[Row] = &[
    ("bigint", "sqlalchemy.BIGINT", Nothing),
    ("bit", "sqlalchemy.dialects.mssql.BIT", Nothing),
    ("char", "sqlalchemy.CHAR", Length),
    ("date", "sqlalchemy.DATE", Nothing),
    ("datetime", "sqlalchemy.DATETIME", Nothing),
    ("decimal", "sqlalchemy.DECIMAL", Precision),
    ("float", "sqlalchemy.FLOAT", Nothing),
    ("int", "sqlalchemy.INTEGER", Nothing),
    ("nchar", "sqlalchemy.NCHAR", Length),
    ("numeric", "sqlalchemy.NUMERIC", Precision),
    ("nvarchar", "sqlalchemy.NVARCHAR", Length),
    ("real", "sqlalchemy.REAL", Nothing),
    ("smallint", "sqlalchemy.SMALLINT", Nothing),
    ("text", "sqlalchemy.TEXT", Nothing),
    ("uniqueidentifier", "sqlalchemy.dialects.mssql.UNIQUEIDENTIFIER", Nothing),
    ("varchar", "sqlalchemy.VARCHAR", Length),
];

/// The type as the inspector of this database gives it. `None`: the database is not known, and with it the class.
pub fn reflected(ty: &Type, kind: Option<Kind>, place: Place) -> Value {
    let Some(kind) = kind else { return Value::unknown(Unknown::new(Reason::NoDialect, place)) };
    match ty.on(kind) {
        Type::Null => to_value(ty, place),
        Type::Enum(found) if found.native && kind.rules().native_enums() => {
            let class = match kind {
                Kind::Postgresql => "sqlalchemy.dialects.postgresql.ENUM",
                _ => "sqlalchemy.dialects.mysql.ENUM",
            };
            let mut list: Vec<Arg> = match &found.labels {
                Fact::Known(labels) => {
                    labels.iter().map(|label| item(Value::Str(label.clone()), place)).collect()
                }
                Fact::Unknown(unknown) => return Value::unknown(unknown.clone()),
            };
            if let Some(named) = found.name.filter(|_| kind.rules().named_enums()) {
                list.push(Arg { name: Some(name("name")), value: Value::str(&named.name), place });
                let schema = named.schema.map(|schema| Value::str(&schema));
                list.extend(schema.map(|value| Arg { name: Some(name("schema")), value, place }));
            }
            symbol(class, list, place)
        }
        Type::Array { item: of, .. } => {
            let item = item(reflected(of, Some(kind), place), place);
            symbol("sqlalchemy.dialects.postgresql.ARRAY", vec![item], place)
        }
        found => match schema::dialect::reported(found, Some(Dialect::from(kind))) {
            Fact::Known(text) => of_text(&text, kind, place),
            Fact::Unknown(unknown) => Value::unknown(unknown),
        },
    }
}

fn item(value: Value, place: Place) -> Arg {
    Arg { name: None, value, place }
}

fn of_text(text: &str, kind: Kind, place: Place) -> Value {
    let lower = text.to_lowercase();
    let (head, rest) = lower.split_once('(').unwrap_or((lower.as_str(), ""));
    let (inner, after) = rest.split_once(')').unwrap_or(("", ""));
    let numbers: Option<Vec<i64>> = match inner.trim() {
        "" => Some(Vec::new()),
        inner => inner.split(',').map(|number| number.trim().parse().ok()).collect(),
    };
    let head = head.trim();
    if let (Kind::Postgresql, Some(numbers)) = (kind, &numbers)
        && let Some(zoned) = zoned(head, after, numbers, place)
    {
        return zoned;
    }
    let (rows, unsigned) = match kind {
        Kind::Postgresql => (POSTGRESQL, false),
        Kind::Sqlite => (SQLITE, false),
        Kind::Mysql | Kind::Mariadb => (MYSQL, head.ends_with(" unsigned") || after.trim() == "unsigned"),
        Kind::Mssql => (MSSQL, false),
    };
    let base = head.strip_suffix(" unsigned").unwrap_or(head);
    let row = rows.iter().find(|(known, ..)| *known == base);
    match (row, numbers) {
        (Some((_, class, holds)), Some(numbers)) if after.trim().is_empty() || unsigned => {
            let mut keywords = holds.keywords(&numbers);
            keywords.extend(unsigned.then_some(("unsigned", Value::Bool(true))));
            call(class, keywords, place)
        }
        (None, numbers) if kind == Kind::Sqlite => affinity(head, &numbers.unwrap_or_default(), place),
        _ => {
            let reason = Reason::OutsideProject(format!("the type {text}").into());
            Value::unknown(Unknown::new(reason, place))
        }
    }
}

impl Holds {
    fn keywords(self, numbers: &[i64]) -> Vec<(&'static str, Value)> {
        let names: &[&str] = match self {
            Nothing => &[],
            Length => &["length"],
            Precision => &["precision", "scale"],
            Width => &["display_width"],
            Fraction => &["fsp"],
        };
        names.iter().copied().zip(numbers.iter().copied().map(Value::Int)).collect()
    }
}

/// `timestamp(3) with time zone`
fn zoned(head: &str, after: &str, numbers: &[i64], place: Place) -> Option<Value> {
    let (base, zone) = match head.split_once(' ') {
        Some((base, zone)) => (base, zone),
        None => (head, after.trim()),
    };
    let class = match base {
        "timestamp" => "sqlalchemy.dialects.postgresql.TIMESTAMP",
        "time" => "sqlalchemy.dialects.postgresql.TIME",
        _ => return None,
    };
    let timezone = (zone == "with time zone").then_some(("timezone", Value::Bool(true)));
    let precision = numbers.first().map(|number| ("precision", Value::Int(*number)));
    Some(call(class, timezone.into_iter().chain(precision).collect(), place))
}

/// SQLite takes a type that SQLAlchemy has no class for by what its name contains.
fn affinity(text: &str, numbers: &[i64], place: Place) -> Value {
    let contains = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let (class, holds) = if contains(&["int"]) {
        ("sqlalchemy.INTEGER", Nothing)
    } else if contains(&["char", "clob", "text"]) {
        ("sqlalchemy.TEXT", Length)
    } else if contains(&["blob"]) || text.is_empty() {
        ("sqlalchemy.types.NullType", Nothing)
    } else if contains(&["real", "floa", "doub"]) {
        ("sqlalchemy.REAL", Nothing)
    } else {
        ("sqlalchemy.NUMERIC", Precision)
    };
    call(class, holds.keywords(numbers), place)
}
