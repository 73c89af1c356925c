//! The five databases: what each makes of a type, a name, an operation.

use std::fmt;
use std::str::FromStr;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Postgresql,
    Mysql,
    Mariadb,
    Sqlite,
    Mssql,
}

/// A database and, when it is known, its major and minor version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dialect {
    pub kind: Kind,
    pub version: Option<(u16, u16)>,
}

impl Kind {
    pub const ALL: [Kind; 5] = [Kind::Postgresql, Kind::Mysql, Kind::Mariadb, Kind::Sqlite, Kind::Mssql];

    /// SQLAlchemy's name of the dialect.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Postgresql => "postgresql",
            Kind::Mysql => "mysql",
            Kind::Mariadb => "mariadb",
            Kind::Sqlite => "sqlite",
            Kind::Mssql => "mssql",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Kind {
    type Err = ();

    fn from_str(text: &str) -> Result<Kind, ()> {
        Kind::ALL.into_iter().find(|kind| kind.name() == text).ok_or(())
    }
}

impl From<Kind> for Dialect {
    fn from(kind: Kind) -> Dialect {
        Dialect { kind, version: None }
    }
}
