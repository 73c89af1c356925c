//! Types of packages around SQLAlchemy, as far as their documentation is certain.

use super::{native, vary};
use crate::args::{KEYWORD, Params};
use python::value::{Args, Value};
use schema::{Kind, Type};

/// Is it a type of a known package?
pub(super) fn is_type(package: &str, name: &str) -> bool {
    let args = Args::default();
    let mut params = Params::new(&args, fact::Place::whole_file(fact::FileId(0)));
    read(package, name, &mut params).is_some()
        || matches!((package, name), ("sqlalchemy_utils", "ChoiceType"))
}

/// The type that a wrapper passes on: its argument.
pub(super) fn inner<'a>(package: &str, name: &str, args: &'a Args) -> Option<&'a Value> {
    let arg = match (package, name) {
        ("sqlalchemy_utils", "ChoiceType") => args.get(1, "impl"),
        ("sqlalchemy_json", "mutable_json_type") => args.get(0, "dbtype"),
        ("sqlalchemy_jsonfield", "JSONField" | "mutable_json_field") if !enforces_text(args) => {
            args.keyword("json_type")
        }
        _ => None,
    };
    arg.map(|arg| &arg.value).filter(|value| !value.is_none())
}

pub(super) fn read(package: &str, name: &str, p: &mut Params<'_>) -> Option<Type> {
    Some(match (package, name) {
        ("sqlalchemy_utils", name) => return utils(name, p),
        ("advanced_alchemy", "GUID") => {
            let fallback =
                if p.flag(KEYWORD, "binary", true) { Type::native("BINARY(16)") } else { char(32) };
            vary(
                fallback,
                vec![
                    (Kind::Postgresql, Type::native("UUID")),
                    (Kind::Mssql, native("UNIQUEIDENTIFIER", Kind::Mssql)),
                ],
            )
        }
        ("advanced_alchemy", "DateTimeUTC") => Type::DateTime { timezone: true },
        ("advanced_alchemy", "BigIntIdentity") => vary(Type::BigInteger, vec![(Kind::Sqlite, Type::Integer)]),
        ("advanced_alchemy", "JsonB") => {
            vary(Type::Json, vec![(Kind::Postgresql, native("JSONB", Kind::Postgresql))])
        }
        ("fastapi_users_db_sqlalchemy", "GUID") => {
            vary(char(36), vec![(Kind::Postgresql, Type::native("UUID"))])
        }
        ("fastapi_users_db_sqlalchemy", "TIMESTAMPAware") => {
            Type::Timestamp { timezone: p.flag(0, "timezone", false) }
        }
        ("oslo_db", "JsonEncodedDict" | "JsonEncodedList" | "JsonEncodedType") => {
            let text = Type::Text { length: None, national: false, collation: None };
            let larger = match (p.flag(0, "mysql_as_long", false), p.flag(1, "mysql_as_medium", false)) {
                (true, _) => vec![(Kind::Mysql, native("LONGTEXT", Kind::Mysql))],
                (false, true) => vec![(Kind::Mysql, native("MEDIUMTEXT", Kind::Mysql))],
                (false, false) => Vec::new(),
            };
            vary(text, larger)
        }
        ("oslo_db", "SoftDeleteInteger") => Type::Integer,
        ("oslo_db", "String") => Type::string(p.size(0, "length")),
        ("sqlalchemy_utc", "UtcDateTime") => Type::DateTime { timezone: true },
        ("sqlalchemy_json", "MutableJson" | "NestedMutableJson" | "mutable_json_type") => Type::Json,
        ("sqlalchemy_jsonfield", "JSONField" | "mutable_json_field") => match enforces_text(p.args) {
            true => Type::Text { length: None, national: true, collation: None },
            false => Type::Json,
        },
        ("citext", "CIText" | "CITEXT") => native("CITEXT", Kind::Postgresql),
        ("pgvector", "Vector" | "VECTOR") => vector("VECTOR", p),
        ("pgvector", "HALFVEC" | "HalfVector") => vector("HALFVEC", p),
        ("pgvector", "SPARSEVEC" | "SparseVector") => vector("SPARSEVEC", p),
        ("geoalchemy2", "Geometry") => spatial("geometry", p),
        ("geoalchemy2", "Geography") => spatial("geography", p),
        ("geoalchemy2", "Raster") => native("raster", Kind::Postgresql),
        _ => return None,
    })
}

fn utils(name: &str, p: &mut Params<'_>) -> Option<Type> {
    let unicode = |length: u32| Type::String { length: Some(length), national: true, collation: None };
    let on_postgresql = |text: &str| native(text, Kind::Postgresql);
    Some(match name {
        "UUIDType" => {
            let fallback = if p.flag(0, "binary", true) { Type::native("BINARY(16)") } else { char(32) };
            match p.flag(1, "native", true) {
                true => vary(
                    fallback,
                    vec![
                        (Kind::Postgresql, Type::native("UUID")),
                        (Kind::Mssql, native("UNIQUEIDENTIFIER", Kind::Mssql)),
                    ],
                ),
                false => fallback,
            }
        }
        "JSONType" => {
            let text = Type::Text { length: None, national: true, collation: None };
            vary(text, vec![(Kind::Postgresql, Type::Json)])
        }
        "EmailType" => unicode(p.size(0, "length").unwrap_or(255)),
        "ChoiceType" => unicode(255),
        "PhoneNumberType" => unicode(p.size(1, "max_length").unwrap_or(20)),
        "IPAddressType" => unicode(p.size(0, "max_length").unwrap_or(50)),
        "URLType" | "ScalarListType" => Type::Text { length: None, national: true, collation: None },
        "ColorType" => unicode(p.size(0, "max_length").unwrap_or(20)),
        "CountryType" => Type::string(Some(2)),
        "CurrencyType" => Type::string(Some(3)),
        "LocaleType" => unicode(10),
        "ArrowType" | "EnrichedDateTimeType" => Type::DateTime { timezone: false },
        "EncryptedType" => Type::LargeBinary { length: None },
        "StringEncryptedType" => Type::string(p.size(KEYWORD, "length")),
        "LtreeType" => on_postgresql("LTREE"),
        "TSVectorType" => on_postgresql("TSVECTOR"),
        "CaseInsensitiveText" | "CIText" => on_postgresql("CITEXT"),
        _ => return None,
    })
}

fn char(length: u32) -> Type {
    Type::Char { length: Some(length), national: false, collation: None }
}

fn enforces_text(args: &Args) -> bool {
    args.get(0, "enforce_string").is_some_and(|arg| arg.value == Value::Bool(true))
}

fn vector(name: &str, p: &mut Params<'_>) -> Type {
    let text = p.size(0, "dim").map_or_else(|| name.to_owned(), |dim| format!("{name}({dim})"));
    native(text, Kind::Postgresql)
}

/// `geometry(POINT,4326)`, as the package writes it.
fn spatial(name: &str, p: &mut Params<'_>) -> Type {
    let given = p.args.get(0, "geometry_type");
    let shapeless = given.is_some_and(|arg| arg.value.is_none());
    let shape = p.text(0, "geometry_type").unwrap_or_else(|| "GEOMETRY".into());
    let srid = p.int(1, "srid").unwrap_or(-1);
    let text = if shapeless { name.to_owned() } else { format!("{name}({shape},{srid})") };
    native(text, Kind::Postgresql)
}
