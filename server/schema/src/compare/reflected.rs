//! What SQLAlchemy's reflection makes of a column that was made with a type or a default.

use crate::dialect::{Kind, base_of, literal};
use crate::{ServerDefault, Type};
use fact::Fact;

/// The DDL text of the reflected type; `Known(None)` where reflection does not recognise it.
pub(super) fn ddl_type(ty: &Type, kind: Kind) -> Fact<Option<String>> {
    let rules = kind.rules();
    let shown = match rules.ddl_type(ty) {
        Fact::Known(declared) => rules.catalogue_type(&declared),
        Fact::Unknown(unknown) => return Fact::Unknown(unknown),
    };
    shown.map(|shown| match kind {
        Kind::Sqlite => sqlite(&shown),
        _ => Some(renamed(&shown, kind)),
    })
}

/// The default's text, which is not always what [`crate::dialect::reported_default`] gives: MySQL tells a string from an
/// expression only in `SHOW CREATE TABLE`.
pub(super) fn default(default: &ServerDefault, ty: &Type, kind: Kind) -> Fact<String> {
    let sql = match (kind, default) {
        (Kind::Mysql, ServerDefault::Literal(value)) => literal(value),
        (Kind::Mysql, ServerDefault::True) => literal("1"),
        (Kind::Mysql, ServerDefault::False) => literal("0"),
        (Kind::Mysql, ServerDefault::Now) => "CURRENT_TIMESTAMP".to_owned(),
        (Kind::Mysql, ServerDefault::Sql(sql)) => mysql_expression(sql),
        _ => return kind.rules().catalogue_default(default, &Fact::Known(ty.clone())),
    };
    Fact::Known(sql)
}

/// Names of a catalogue that SQLAlchemy has other words for.
fn renamed(shown: &str, kind: Kind) -> String {
    let base = base_of(shown);
    let word = match (kind, base.as_str()) {
        (Kind::Postgresql, "character varying") => "VARCHAR",
        (Kind::Postgresql, "character") => "CHAR",
        (Kind::Mysql | Kind::Mariadb | Kind::Mssql, "int") => "INTEGER",
        (Kind::Mysql | Kind::Mariadb, "int unsigned") => "INTEGER UNSIGNED",
        _ => return shown.to_owned(),
    };
    format!("{word}{}", shown.get(base.len()..).unwrap_or_default())
}

/// SQLite keeps what was declared; SQLAlchemy knows these names and goes by the affinity for the others.
fn sqlite(declared: &str) -> Option<String> {
    const KNOWN: &[&str] = &[
        "BIGINT",
        "BLOB",
        "BOOLEAN",
        "CHAR",
        "DATE",
        "DATETIME",
        "DECIMAL",
        "DOUBLE",
        "DOUBLE_PRECISION",
        "FLOAT",
        "INTEGER",
        "JSON",
        "NUMERIC",
        "NVARCHAR",
        "REAL",
        "SMALLINT",
        "TEXT",
        "TIME",
        "TIMESTAMP",
        "VARCHAR",
    ];
    let upper = declared.to_uppercase();
    let base = base_of(&upper).to_uppercase();
    let has = |letters: &[&str]| letters.iter().any(|part| upper.contains(part));
    Some(match base.as_str() {
        "INT" => "INTEGER".to_owned(),
        "BOOL" => "BOOLEAN".to_owned(),
        base if KNOWN.contains(&base) => upper,
        _ if has(&["INT"]) => "INTEGER".to_owned(),
        _ if has(&["CHAR", "CLOB", "TEXT"]) => "TEXT".to_owned(),
        _ if upper.is_empty() || has(&["BLOB"]) => return None,
        _ if has(&["REAL", "FLOA", "DOUB"]) => "REAL".to_owned(),
        _ => "NUMERIC".to_owned(),
    })
}

fn mysql_expression(sql: &str) -> String {
    let sql = sql.trim();
    let lower = sql.to_ascii_lowercase();
    if lower.starts_with("current_timestamp") || lower.starts_with("now(") {
        return sql.to_owned();
    }
    match lower.as_str() {
        "true" => return literal("1"),
        "false" => return literal("0"),
        number if number.parse::<f64>().is_ok() => return literal(sql),
        _ => {}
    }
    let is_whole = sql.starts_with('(') || sql.starts_with('\'');
    if is_whole { sql.to_owned() } else { format!("({sql})") }
}
