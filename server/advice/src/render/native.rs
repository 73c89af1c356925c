//! Types in the database's own words.

use super::Style;
use schema::Kind;

/// The class that SQLAlchemy has for a type that is given as text; `None` where it has none of that name.
pub(super) fn native(text: &str, dialect: Option<Kind>, style: &Style) -> Option<String> {
    let upper = text.trim().to_ascii_uppercase();
    let written = Written::of(&upper)?;
    if let Some(kind) = dialect.filter(|kind| *kind != Kind::Postgresql)
        && kind.is_mysql_like()
        && let Some(args) = written.mysql()
    {
        return Some(format!("{}.{}({args})", style.dialect(Kind::Mysql), written.class()));
    }
    let of_all = STANDARD.contains(&written.name.as_str()) && !written.args.iter().any(|arg| arg == "MAX");
    if of_all && written.suffix.is_empty() {
        return Some(format!("{}.{}({})", style.sa, written.class(), written.args.join(", ")));
    }
    let own = dialect.is_none_or(|kind| kind == Kind::Postgresql);
    if own && let Some(args) = written.postgresql() {
        return Some(format!("{}.{}({args})", style.dialect(Kind::Postgresql), written.class()));
    }
    let own = dialect.is_none_or(Kind::is_mysql_like);
    if own && let Some(args) = written.mysql() {
        return Some(format!("{}.{}({args})", style.dialect(Kind::Mysql), written.class()));
    }
    let own = dialect == Some(Kind::Mssql);
    if own && MSSQL.contains(&written.name.as_str()) && written.suffix.is_empty() {
        let args: Vec<String> = written.args.iter().map(|arg| mssql_size(arg)).collect();
        return Some(format!("{}.{}({})", style.dialect(Kind::Mssql), written.class(), args.join(", ")));
    }
    None
}

/// `NAME(args) SUFFIX`
struct Written {
    name: String,
    args: Vec<String>,
    suffix: String,
}

impl Written {
    /// `None`: an argument is neither a number nor MAX.
    fn of(text: &str) -> Option<Written> {
        let (head, args, tail) = match text.split_once('(') {
            Some((head, rest)) => {
                let (args, tail) = rest.split_once(')')?;
                (head.trim(), args, tail.trim())
            }
            None => (text, "", ""),
        };
        // Words behind the name belong to it, or qualify it.
        let at = [" UNSIGNED", " ZEROFILL", " WITH TIME ZONE", " WITHOUT TIME ZONE"]
            .iter()
            .filter_map(|word| head.find(word))
            .min()
            .unwrap_or(head.len());
        let (name, qualifier) = head.split_at_checked(at)?;
        let suffix = format!("{qualifier} {tail}").trim().to_owned();
        let args: Vec<String> =
            args.split(',').map(|arg| arg.trim().to_owned()).filter(|arg| !arg.is_empty()).collect();
        let plain = |arg: &String| arg == "MAX" || arg.chars().all(|c| c.is_ascii_digit());
        args.iter().all(plain).then(|| Written { name: name.trim().to_owned(), args, suffix })
    }

    fn class(&self) -> String {
        self.name.replace(' ', "_")
    }

    fn postgresql(&self) -> Option<String> {
        let args = self.args.join(", ");
        match self.name.as_str() {
            "TIMESTAMP" | "TIME" => {
                let zone = match self.suffix.as_str() {
                    "WITH TIME ZONE" => Some("timezone=True".to_owned()),
                    "" | "WITHOUT TIME ZONE" => None,
                    _ => return None,
                };
                let precision = self.args.first().map(|size| format!("precision={size}"));
                Some(zone.into_iter().chain(precision).collect::<Vec<_>>().join(", "))
            }
            _ if !self.suffix.is_empty() => None,
            "INTERVAL" => Some(self.args.first().map_or(String::new(), |size| format!("precision={size}"))),
            "BIT" => Some(args),
            name => (self.args.is_empty() && POSTGRESQL.contains(&name)).then_some(args),
        }
    }

    fn mysql(&self) -> Option<String> {
        let mut args = match (self.name.as_str(), self.args.as_slice()) {
            (name, [width]) if MYSQL_INTEGERS.contains(&name) => vec![format!("display_width={width}")],
            (name, []) if MYSQL_INTEGERS.contains(&name) || MYSQL.contains(&name) => Vec::new(),
            (name, args) if MYSQL_NUMBERS.contains(&name) => args.to_vec(),
            (name, [size]) if MYSQL_MOMENTS.contains(&name) => vec![format!("fsp={size}")],
            _ => return None,
        };
        for word in self.suffix.split_whitespace() {
            match word {
                "UNSIGNED" => args.push("unsigned=True".to_owned()),
                "ZEROFILL" => args.push("zerofill=True".to_owned()),
                _ => return None,
            }
        }
        Some(args.join(", "))
    }
}

fn mssql_size(arg: &str) -> String {
    if arg == "MAX" { "'max'".to_owned() } else { arg.to_owned() }
}

const STANDARD: &[&str] = &[
    "BIGINT",
    "BINARY",
    "BLOB",
    "BOOLEAN",
    "CHAR",
    "CLOB",
    "DATE",
    "DATETIME",
    "DECIMAL",
    "FLOAT",
    "INT",
    "INTEGER",
    "JSON",
    "NCHAR",
    "NUMERIC",
    "NVARCHAR",
    "REAL",
    "SMALLINT",
    "TEXT",
    "TIME",
    "TIMESTAMP",
    "UUID",
    "VARBINARY",
    "VARCHAR",
];

const POSTGRESQL: &[&str] = &[
    "BYTEA",
    "CIDR",
    "CITEXT",
    "DATEMULTIRANGE",
    "DATERANGE",
    "DOUBLE PRECISION",
    "HSTORE",
    "INET",
    "INT4MULTIRANGE",
    "INT4RANGE",
    "INT8MULTIRANGE",
    "INT8RANGE",
    "JSONB",
    "JSONPATH",
    "MACADDR",
    "MACADDR8",
    "MONEY",
    "NUMMULTIRANGE",
    "NUMRANGE",
    "OID",
    "REGCLASS",
    "REGCONFIG",
    "TSMULTIRANGE",
    "TSQUERY",
    "TSRANGE",
    "TSTZMULTIRANGE",
    "TSTZRANGE",
    "TSVECTOR",
];

const MYSQL_INTEGERS: &[&str] = &["BIGINT", "INTEGER", "MEDIUMINT", "SMALLINT", "TINYINT"];
const MYSQL_NUMBERS: &[&str] = &["DECIMAL", "DOUBLE", "FLOAT", "NUMERIC"];
const MYSQL_MOMENTS: &[&str] = &["DATETIME", "TIME", "TIMESTAMP"];
const MYSQL: &[&str] = &["LONGBLOB", "LONGTEXT", "MEDIUMBLOB", "MEDIUMTEXT", "TINYBLOB", "TINYTEXT", "YEAR"];

const MSSQL: &[&str] = &[
    "BIT",
    "DATETIME2",
    "DATETIMEOFFSET",
    "IMAGE",
    "MONEY",
    "NTEXT",
    "NVARCHAR",
    "SMALLDATETIME",
    "SMALLMONEY",
    "SQL_VARIANT",
    "TEXT",
    "TINYINT",
    "UNIQUEIDENTIFIER",
    "VARBINARY",
    "VARCHAR",
    "XML",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_have_classes() {
        use Kind::{Mssql, Mysql, Postgresql};
        for (text, dialect, expected) in [
            ("VARCHAR(5)", None, Some("sa.VARCHAR(5)")),
            ("DECIMAL(10, 2)", None, Some("sa.DECIMAL(10, 2)")),
            ("double precision", None, Some("postgresql.DOUBLE_PRECISION()")),
            ("TSVECTOR", Some(Postgresql), Some("postgresql.TSVECTOR()")),
            ("TSVECTOR", Some(Mysql), None),
            (
                "TIMESTAMP(3) WITH TIME ZONE",
                Some(Postgresql),
                Some("postgresql.TIMESTAMP(timezone=True, precision=3)"),
            ),
            ("BIT(3)", Some(Postgresql), Some("postgresql.BIT(3)")),
            ("INTEGER(11) UNSIGNED", Some(Mysql), Some("mysql.INTEGER(display_width=11, unsigned=True)")),
            ("BIGINT UNSIGNED", Some(Mysql), Some("mysql.BIGINT(unsigned=True)")),
            ("TINYINT(1)", None, Some("mysql.TINYINT(display_width=1)")),
            ("DATETIME(6)", Some(Mysql), Some("mysql.DATETIME(fsp=6)")),
            ("LONGTEXT", Some(Mysql), Some("mysql.LONGTEXT()")),
            ("NVARCHAR(MAX)", Some(Mssql), Some("mssql.NVARCHAR('max')")),
            ("GEOMETRY(POINT, 4326)", None, None),
            ("mood", None, None),
            ("VARCHAR(5", None, None),
            ("", None, None),
        ] {
            assert_eq!(native(text, dialect, &Style::default()).as_deref(), expected, "{text}");
        }
    }
}
