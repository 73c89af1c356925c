//! Types of `sqlalchemy.dialects.mssql`.

use super::native;
use crate::args::Params;
use python::value::Value;
use schema::{Kind, Type};

const PLAIN: &[&str] = &[
    "BIT",
    "DATETIME",
    "IMAGE",
    "MONEY",
    "NTEXT",
    "ROWVERSION",
    "SMALLDATETIME",
    "SMALLMONEY",
    "SQL_VARIANT",
    "TEXT",
    "TINYINT",
    "TIMESTAMP",
    "UNIQUEIDENTIFIER",
    "XML",
];

pub(super) fn read(name: &str, p: &mut Params<'_>) -> Option<Type> {
    let text = match name {
        _ if PLAIN.contains(&name) => name.to_owned(),
        "DATETIME2" | "DATETIMEOFFSET" | "TIME" => match p.size(0, "precision") {
            Some(precision) => format!("{name}({precision})"),
            None if name == "TIME" => return Some(Type::Time { timezone: false }),
            None => name.to_owned(),
        },
        "NVARCHAR" | "VARCHAR" | "VARBINARY" | "CHAR" | "NCHAR" | "BINARY" => {
            let varying = name.contains("VAR");
            let max = p
                .arg(0, "length")
                .is_some_and(|arg| matches!(&arg.value, Value::Str(text) if &**text == "max"));
            let length = if max { None } else { p.size(0, "length") };
            let mut text = match (length, varying) {
                (Some(length), _) => format!("{name}({length})"),
                (None, true) => format!("{name}(max)"),
                (None, false) => name.to_owned(),
            };
            if let Some(collation) = p.text(1, "collation").filter(|_| !name.contains("BINARY")) {
                text.push_str(&format!(" COLLATE {collation}"));
            }
            text
        }
        _ => return None,
    };
    Some(native(text, Kind::Mssql))
}
