//! Server defaults, as Alembic compares them where `compare_server_default` is on.

use super::{constant, reflected};
use crate::dialect::{Kind, is_integer, literal};
use crate::{ServerDefault, Type};
use fact::Fact;

/// Would autogenerate write a `modify_default` for a column of this type? Computed columns, identities and the serial
/// column of a primary key have no default to compare: the caller leaves them out.
///
/// Unknown where Alembic asks the server whether two expressions are equal and the texts alone do not tell.
pub fn defaults_differ(
    database: Option<&ServerDefault>,
    model: Option<&ServerDefault>,
    ty: &Type,
    kind: Kind,
) -> Fact<bool> {
    let reflected = match database.map(|default| reflected::default(default, ty, kind)) {
        None => None,
        Some(Fact::Known(text)) => Some(text),
        Some(Fact::Unknown(unknown)) => return Fact::Unknown(unknown),
    };
    let rendered = model.map(|model| match model {
        // Alembic asks PostgreSQL about the string in quotes, unless it stands for a number.
        ServerDefault::Literal(text) if kind == Kind::Postgresql && !is_numeric(ty.on(kind)) => {
            let text = text.strip_prefix('\'').unwrap_or(text);
            literal(text.strip_suffix('\'').unwrap_or(text))
        }
        model => rendered(model, kind),
    });
    default_texts_differ(reflected.as_deref(), rendered.as_deref(), ty, kind)
}

/// [`defaults_differ`] of the text that reflection returned and the one that the model's default renders to: the string
/// itself of `server_default="x"`, else the compiled SQL.
pub fn default_texts_differ(
    database: Option<&str>,
    model: Option<&str>,
    ty: &Type,
    kind: Kind,
) -> Fact<bool> {
    match kind {
        Kind::Postgresql => match (database, model) {
            (Some(database), Some(model)) => constant::differ(database, model, ty),
            _ => Fact::Known(database != model),
        },
        Kind::Mysql | Kind::Mariadb => Fact::Known(mysql_differ(database, model, ty.on(kind))),
        Kind::Sqlite => Fact::Known(database.map(sqlite_bare) != model.map(sqlite_bare)),
        Kind::Mssql => Fact::Known(database.map(mssql_bare) != model.map(mssql_bare)),
    }
}

fn rendered(model: &ServerDefault, kind: Kind) -> String {
    match model {
        ServerDefault::Literal(text) | ServerDefault::Sql(text) => text.to_string(),
        ServerDefault::Sequence(name) => match kind {
            Kind::Mssql => format!("NEXT VALUE FOR {name}"),
            Kind::Postgresql => format!("nextval('{name}')"),
            _ => format!("nextval({name})"),
        },
        ServerDefault::Now => match kind {
            Kind::Sqlite | Kind::Mssql => "CURRENT_TIMESTAMP".to_owned(),
            _ => "now()".to_owned(),
        },
        ServerDefault::True | ServerDefault::False => {
            let truth = *model == ServerDefault::True;
            match (kind, truth) {
                (Kind::Postgresql | Kind::Mysql | Kind::Mariadb, truth) => truth.to_string(),
                (_, truth) => u8::from(truth).to_string(),
            }
        }
    }
}

/// Without the parentheses around it and then the quotes.
fn sqlite_bare(text: &str) -> &str {
    let text = between(text, "(", ")").unwrap_or(text);
    let inner = text.strip_prefix('"').unwrap_or(text);
    let inner = inner.strip_suffix('"').unwrap_or(inner);
    between(inner, "'", "'").unwrap_or(text)
}

/// SQL Server adds parentheses and drops blanks at will.
fn mssql_bare(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '(' | ')' | ' ' | '"' | '\'')).collect()
}

fn mysql_differ(database: Option<&str>, model: Option<&str>, ty: &Type) -> bool {
    if let Some(of_database) = database
        && is_numeric(ty)
    {
        if model.is_some_and(|model| numeric_bare(of_database) == numeric_bare(model)) {
            return false;
        }
    } else if let Some(model) = model.filter(|model| !model.is_empty())
        && is_text(ty)
    {
        let model = model.strip_prefix('\'').unwrap_or(model);
        let model = model.strip_suffix('\'').unwrap_or(model);
        let inside = |text: &str| text.strip_prefix('\'')?.strip_suffix('\'').map(str::to_owned);
        return database.and_then(inside).as_deref() != Some(model);
    }
    let given = |text: &&str| !text.is_empty();
    let (Some(database), Some(model)) = (database.filter(given), model.filter(given)) else {
        return database != model;
    };
    let (database, model) = (database.to_lowercase(), model.to_lowercase());
    match (on_update(&database), on_update(&model)) {
        (None, _) => expression_bare(&database) != expression_bare(&model),
        (Some(_), None) => true,
        (Some((database, update)), Some((model, other))) => {
            update != other || expression_bare(database) != expression_bare(model)
        }
    }
}

/// `CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP` in its two parts.
fn on_update(default: &str) -> Option<(&str, &str)> {
    let at = default.rfind(" on update")?;
    let (value, update) = (default.get(..at)?, default.get(at + 1..)?);
    Some((value, update.strip_suffix("()").unwrap_or(update)))
}

/// MySQL shows a whole number as `'1'` and a fraction as `(2.5)`.
fn numeric_bare(text: &str) -> &str {
    between(text, "'", "'").or_else(|| between(text, "(", ")")).unwrap_or(text)
}

/// `(rand())` and `rand()`, `current_timestamp()` and `current_timestamp`.
fn expression_bare(text: &str) -> &str {
    let text = between(text, "(", ")").unwrap_or(text);
    text.strip_suffix("()").unwrap_or(text)
}

fn between<'a>(text: &'a str, open: &str, close: &str) -> Option<&'a str> {
    text.strip_prefix(open)?.strip_suffix(close).filter(|inside| !inside.is_empty())
}

/// Boolean is a TINYINT here.
fn is_numeric(ty: &Type) -> bool {
    match ty {
        Type::Boolean { .. } | Type::Float { .. } | Type::Double { .. } | Type::Real => true,
        Type::Numeric { .. } => true,
        Type::Native { text, .. } => {
            let base = crate::dialect::base_of(text);
            let word = base.split(' ').next().unwrap_or_default();
            matches!(word, "double" | "float" | "real" | "decimal" | "numeric" | "dec" | "bool" | "boolean")
                || is_integer(&Type::native(word))
        }
        other => is_integer(other),
    }
}

fn is_text(ty: &Type) -> bool {
    match ty {
        Type::String { .. } | Type::Char { .. } | Type::Text { .. } | Type::Enum(_) => true,
        Type::Native { text, .. } => {
            let base = crate::dialect::base_of(text);
            ["char", "text", "enum"].iter().any(|part| base.contains(part))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::TypeConstraint;
    use Kind::*;

    #[track_caller]
    fn check_texts(kind: Kind, ty: &Type, cases: &[(&str, &str, bool)]) {
        for (database, model, differs) in cases {
            let found = default_texts_differ(Some(database), Some(model), ty, kind);
            assert_eq!(found, Fact::Known(*differs), "{database} against {model} on {kind}");
        }
    }

    #[track_caller]
    fn check_same(kind: Kind, ty: &Type, default: &ServerDefault) {
        let found = defaults_differ(Some(default), Some(default), ty, kind);
        assert_eq!(found, Fact::Known(false), "{default:?} of {ty:?} on {kind}");
    }

    const BOOLEAN: Type = Type::Boolean { constraint: TypeConstraint { create: false, name: None } };

    #[test]
    fn one_side_without_a_default() {
        let one = ServerDefault::Literal("1".into());
        for kind in Kind::ALL {
            let differ = |database, model| defaults_differ(database, model, &Type::Integer, kind);
            assert_eq!(differ(None, None), Fact::Known(false));
            assert_eq!(differ(Some(&one), None), Fact::Known(true));
            assert_eq!(differ(None, Some(&one)), Fact::Known(true));
        }
    }

    #[test]
    fn a_default_is_equal_to_what_it_comes_back_as() {
        for kind in Kind::ALL {
            check_same(kind, &Type::Integer, &ServerDefault::Literal("5".into()));
            check_same(kind, &Type::string(Some(9)), &ServerDefault::Literal("a b".into()));
        }
        for kind in [Postgresql, Sqlite] {
            check_same(kind, &Type::string(Some(9)), &ServerDefault::Literal("a-b".into()));
            check_same(kind, &BOOLEAN, &ServerDefault::Sql("false".into()));
            check_same(kind, &Type::DateTime { timezone: false }, &ServerDefault::Now);
            check_same(kind, &BOOLEAN, &ServerDefault::True);
        }
    }

    #[test]
    fn an_empty_string_is_one_default_on_postgresql_alone() {
        let empty = ServerDefault::Literal("".into());
        check_same(Postgresql, &Type::string(None), &empty);
        let elsewhere = defaults_differ(Some(&empty), Some(&empty), &Type::string(None), Sqlite);
        assert_eq!(elsewhere, Fact::Known(true));
    }

    #[test]
    fn sqlite() {
        check_texts(
            Sqlite,
            &Type::string(None),
            &[
                ("'x'", "x", false),
                ("'x'", "'x'", false),
                ("(5)", "5", false),
                ("'x'", "y", true),
                ("''", "''", false),
                ("('x')", "x", false),
            ],
        );
    }

    #[test]
    fn sql_server() {
        check_texts(
            Mssql,
            &Type::Integer,
            &[("((5))", "5", false), ("(getdate())", "getdate()", false), ("((5))", "6", true)],
        );
    }

    #[test]
    fn mysql_numbers_and_texts() {
        check_texts(
            Mysql,
            &Type::Integer,
            &[
                ("'1'", "1", false),
                ("'1'", "0", true),
                ("(2.5)", "2.5", false),
                ("(rand())", "RAND()", false),
            ],
        );
        check_texts(Mysql, &BOOLEAN, &[("'1'", "1", false), ("'1'", "0", true)]);
        check_texts(
            Mysql,
            &Type::string(Some(9)),
            &[("'x'", "x", false), ("'x'", "'x'", false), ("'x'", "y", true), ("'X'", "x", true)],
        );
        check_texts(Mariadb, &Type::native("INTEGER UNSIGNED"), &[("1", "'1'", false)]);
    }

    #[test]
    fn mysql_timestamps() {
        let both = "CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP";
        let timestamp = Type::Timestamp { timezone: false };
        check_texts(
            Mysql,
            &timestamp,
            &[
                (both, both, false),
                (both, "CURRENT_TIMESTAMP", true),
                ("current_timestamp() ON UPDATE current_timestamp()", both, false),
                ("current_timestamp()", "CURRENT_TIMESTAMP", false),
                ("CURRENT_TIMESTAMP", "now()", true),
            ],
        );
    }
}
