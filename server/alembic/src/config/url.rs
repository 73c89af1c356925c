//! What a database URL says about the dialect.

use schema::dialect::Kind;

/// The dialect that SQLAlchemy would pick for `url`: the part before `://`, without the driver.
///
/// `None`: a dialect that is not supported, or no URL at all (`driver://...`, the placeholder of Alembic's templates).
pub fn dialect(url: &str) -> Option<Kind> {
    let (scheme, _) = url.trim().split_once("://")?;
    let (name, driver) = match scheme.split_once('+') {
        Some((name, driver)) => (name, Some(driver)),
        None => (scheme, None),
    };
    match (name, driver) {
        // Old URLs of hosting services; SQLAlchemy 1.4 stopped accepting them, env.py often rewrites them.
        ("postgresql" | "postgres" | "postgis" | "timescaledb", _) => Some(Kind::Postgresql),
        // MariaDB's own connector is used with either name.
        ("mariadb", _) | ("mysql", Some("mariadbconnector")) => Some(Kind::Mariadb),
        ("mysql", _) => Some(Kind::Mysql),
        ("sqlite", _) => Some(Kind::Sqlite),
        ("mssql", _) => Some(Kind::Mssql),
        _ => None,
    }
}

/// The dialect of which `module` is a driver: what an import of it says.
pub fn driver_dialect(module: &str) -> Option<Kind> {
    Some(match module {
        "psycopg" | "psycopg2" | "psycopg2cffi" | "asyncpg" | "pg8000" => Kind::Postgresql,
        "pymysql" | "MySQLdb" | "aiomysql" | "asyncmy" | "mysql" => Kind::Mysql,
        "mariadb" => Kind::Mariadb,
        "sqlite3" | "aiosqlite" | "pysqlcipher3" => Kind::Sqlite,
        "pyodbc" | "aioodbc" | "pymssql" => Kind::Mssql,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        for (url, expect) in [
            ("postgresql://u:p@h/db", Some(Kind::Postgresql)),
            ("postgresql+asyncpg://u:p@h/db", Some(Kind::Postgresql)),
            ("postgres://h/db", Some(Kind::Postgresql)),
            ("mysql+pymysql://h/db", Some(Kind::Mysql)),
            ("mariadb+mariadbconnector://h/db", Some(Kind::Mariadb)),
            ("sqlite:///x.db", Some(Kind::Sqlite)),
            ("sqlite+aiosqlite://", Some(Kind::Sqlite)),
            ("mssql+pyodbc://dsn", Some(Kind::Mssql)),
            ("oracle://h", None),
            ("driver://user:pass@localhost/dbname", None),
            ("not a url", None),
            ("", None),
        ] {
            assert_eq!(dialect(url), expect, "{url}");
        }
    }
}
