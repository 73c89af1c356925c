//! The databases that an environment is reasoned about, and how they are known.

use crate::environment::EnvironmentOptions;
use crate::revision::Revision;
use crate::store::Parsed;
use fact::{Name, Place, name};
use python::ast::{ArgKind, Expr, Stmt, StmtId};
use schema::{Dialect, Kind};
use std::sync::Arc;

/// How the dialect of an environment is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Evidence {
    /// The settings or the command line say so.
    Given,
    /// `sqlalchemy.url`
    Url,
    /// All revisions that name a database name this one: the module that is imported, and where it first is.
    Import { module: Name, place: Place },
    /// Nothing names a database, or several are named.
    None,
}

/// The dialects of an environment: never none, `None` for a database that nobody has named.
pub(crate) fn of<'a>(
    options: &EnvironmentOptions,
    revisions: impl IntoIterator<Item = &'a Arc<Revision>>,
) -> (Vec<Option<Dialect>>, Evidence) {
    if !options.dialects.is_empty() {
        return (options.dialects.iter().copied().map(Some).collect(), Evidence::Given);
    }
    let one = |kind: Kind, evidence| (vec![Some(Dialect::from(kind))], evidence);
    if let Some(kind) = options.layout.config.dialect() {
        return one(kind, Evidence::Url);
    }
    match imported(revisions) {
        Some((kind, module, place)) => one(kind, Evidence::Import { module, place }),
        None => (vec![None], Evidence::None),
    }
}

/// Whether another version of a revision leaves the answer of [`of`] as it is.
pub(crate) fn unmoved(options: &EnvironmentOptions, before: &Revision, now: &Revision) -> bool {
    let given = !options.dialects.is_empty() || options.layout.config.dialect().is_some();
    given || fact::same(before.named(), now.named())
}

/// Drivers that speak to one kind of database only.
const DRIVERS: &[(&str, Kind)] = &[
    ("asyncpg", Kind::Postgresql),
    ("psycopg", Kind::Postgresql),
    ("psycopg2", Kind::Postgresql),
    ("pg8000", Kind::Postgresql),
    ("MySQLdb", Kind::Mysql),
    ("pymysql", Kind::Mysql),
    ("aiomysql", Kind::Mysql),
    ("mysql.connector", Kind::Mysql),
    ("mariadb", Kind::Mariadb),
    ("aiosqlite", Kind::Sqlite),
    ("sqlite3", Kind::Sqlite),
    ("pymssql", Kind::Mssql),
];

/// The one kind of database whose drivers or types the revisions import, if nothing says that there are others.
fn imported<'a>(revisions: impl IntoIterator<Item = &'a Arc<Revision>>) -> Option<(Kind, Name, Place)> {
    let mut all = Named::default();
    for revision in revisions {
        let named = revision.named();
        all.several |= named.several;
        named.kind.into_iter().for_each(|kind| all.add(kind));
        all.import = all.import.or(named.import);
        if all.several {
            return None;
        }
    }
    all.import
}

/// The databases that one revision names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Named {
    /// Who asks for the name of the database, picks a variant of a type by it, or names two kinds has several.
    several: bool,
    kind: Option<Kind>,
    /// The first import of a driver or of types.
    import: Option<(Kind, Name, Place)>,
}

impl Named {
    pub fn by(parsed: &Parsed) -> Named {
        let mut named = Named::default();
        for (ordinal, item) in parsed.module.items.iter().enumerate() {
            for (index, stmt) in item.tree.stmts.iter().enumerate() {
                for (kind, module) in of_stmt(stmt) {
                    let node = StmtId(index as u32).into();
                    named.add(kind);
                    named.import.get_or_insert((kind, module, Place::new(parsed.file, ordinal as u32, node)));
                }
            }
            named.several |= item.tree.exprs.iter().any(names_a_kind);
            item.tree.exprs.iter().flat_map(options).for_each(|kind| named.add(kind));
        }
        named
    }

    fn add(&mut self, kind: Kind) {
        self.several |= *self.kind.get_or_insert(kind) != kind;
    }
}

/// The kinds of databases that an import is about.
fn of_stmt(stmt: &Stmt) -> Vec<(Kind, Name)> {
    let of_module = |module: &str| {
        let driver = DRIVERS.iter().find(|(driver, _)| is_inside(module, driver));
        let dialect = || module.strip_prefix("sqlalchemy.dialects.")?.split('.').next()?.parse().ok();
        Some((driver.map(|(_, kind)| *kind).or_else(dialect)?, name(module)))
    };
    match stmt {
        Stmt::Import(aliases) => aliases.iter().filter_map(|alias| of_module(&alias.name)).collect(),
        Stmt::ImportFrom { module: Some(module), level: 0, names } => {
            if let Some(found) = of_module(module) {
                return vec![found];
            }
            let names = names.iter().flat_map(|names| names.iter());
            names.filter_map(|alias| of_module(&format!("{module}.{}", alias.name))).collect()
        }
        _ => Vec::new(),
    }
}

/// A text that is the name of a database.
fn names_a_kind(expr: &Expr) -> bool {
    let Expr::Str(text) = expr else { return false };
    text.parse::<Kind>().is_ok() || OTHERS.contains(&&**text)
}

/// The kinds that the options of a call are for, as in `postgresql_using=`.
fn options(expr: &Expr) -> impl Iterator<Item = Kind> + '_ {
    let args = match expr {
        Expr::Call { args, .. } => &**args,
        _ => &[],
    };
    args.iter().filter_map(|arg| match &arg.kind {
        ArgKind::Keyword(keyword) => keyword.split_once('_')?.0.parse().ok(),
        _ => None,
    })
}

/// Dialects of SQLAlchemy's own, and well-known ones, that are not modelled.
const OTHERS: &[&str] = &["oracle", "cockroachdb", "redshift", "snowflake", "bigquery"];

fn is_inside(module: &str, package: &str) -> bool {
    module.strip_prefix(package).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roots::Roots;
    use crate::store::Store;
    use camino::Utf8Path;
    use fact::files::Memory;

    #[track_caller]
    fn check(texts: &[&str], expect: Option<(&str, &str)>) {
        let paths: Vec<String> = (0..texts.len()).map(|index| format!("/v/{index}.py")).collect();
        let files: Memory = paths.iter().map(String::as_str).zip(texts.iter().copied()).collect();
        let store = Store::new(Arc::new(files));
        let roots = Roots::new(store.clone(), &[], &[]);
        let read = |path: &String| Arc::new(Revision::read(store.parsed(Utf8Path::new(path)), &roots));
        let revisions: Vec<Arc<Revision>> = paths.iter().map(read).collect();
        let found = imported(&revisions);
        let found = found.as_ref().map(|(kind, module, _)| (kind.name(), module.as_str()));
        assert_eq!(found, expect, "{texts:?}");
    }

    #[test]
    fn one_kind_is_named() {
        let postgresql = "from sqlalchemy.dialects import postgresql";
        check(
            &["import sqlalchemy as sa", postgresql],
            Some(("postgresql", "sqlalchemy.dialects.postgresql")),
        );
        check(
            &["def upgrade():\n    from sqlalchemy.dialects.mysql import LONGTEXT\n"],
            Some(("mysql", "sqlalchemy.dialects.mysql")),
        );
        check(&["import sqlalchemy.dialects.mssql as m"], Some(("mssql", "sqlalchemy.dialects.mssql")));
        check(&["import psycopg2.extras"], Some(("postgresql", "psycopg2.extras")));
        check(&["from psycopg2 import sql", postgresql], Some(("postgresql", "psycopg2")));
        check(
            &["f(postgresql_using='gin')", postgresql],
            Some(("postgresql", "sqlalchemy.dialects.postgresql")),
        );
    }

    #[test]
    fn none_or_several_are_named() {
        let postgresql = "from sqlalchemy.dialects import postgresql";
        check(&[], None);
        check(&["import psycopg2x", "from .psycopg2 import sql", "from sqlalchemy import dialects"], None);
        check(&["if bind.dialect.name == 'postgresql': pass"], None);
        check(&[postgresql, "from sqlalchemy.dialects import mysql"], None);
        check(&["from sqlalchemy.dialects import mysql, postgresql"], None);
        check(&[postgresql, "if bind.dialect.name == 'sqlite': pass"], None);
        check(&[postgresql, "if bind.dialect.name == 'postgresql': pass"], None);
        check(&["from sqlalchemy.dialects import mysql\nJSON().with_variant(mysql.JSON(), 'mysql')"], None);
        check(&[postgresql, "if bind.dialect.name == 'oracle': pass"], None);
        check(&["t(mysql_engine='InnoDB')", postgresql], None);
    }
}
