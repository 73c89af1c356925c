//! Types: the text of what reflection returned against the text that the model's type compiles to.

use super::reflected;
use crate::Type;
use crate::dialect::Kind;
use fact::Fact;

/// Would autogenerate write a `modify_type`? Unknown where a type has no spelling in the dialect or lacks a fact that its
/// spelling needs.
pub fn types_differ(database: &Type, model: &Type, kind: Kind) -> Fact<bool> {
    // Alembic does not judge a type that it does not know.
    if matches!(database.on(kind), Type::Null) || matches!(model.on(kind), Type::Null) {
        return Fact::Known(false);
    }
    let reflected = match reflected::ddl_type(database, kind) {
        Fact::Known(Some(text)) => text,
        Fact::Known(None) => return Fact::Known(false),
        Fact::Unknown(unknown) => return Fact::Unknown(unknown),
    };
    kind.rules().ddl_type(model).map(|model| type_texts_differ(&reflected, &model, Some(kind)))
}

/// [`types_differ`] of two types as SQLAlchemy compiles them to DDL. Without a dialect: the rules that all share.
pub fn type_texts_differ(database: &str, model: &str, kind: Option<Kind>) -> bool {
    let (database, model) = (Terms::of(database), Terms::of(model));
    if kind.is_some_and(Kind::is_mysql_like) && database.first == "enum" && model.first == "enum" {
        // The labels are a set here; elsewhere the type has a name or is a VARCHAR.
        return database.labels() != model.labels();
    }
    !same_words(&database, &model, kind) || !same_arguments(&database, &model, kind)
}

/// Words that mean one type, beyond those that are equal.
fn synonyms(kind: Option<Kind>) -> &'static [&'static [&'static str]] {
    const COMMON: &[&str] = &["numeric", "decimal"];
    match kind {
        None | Some(Kind::Sqlite) => &[COMMON],
        Some(Kind::Postgresql) => &[COMMON, &["float", "double precision"]],
        Some(Kind::Mysql | Kind::Mariadb) => &[COMMON, &["bool", "tinyint"], &["json", "longtext"]],
        Some(Kind::Mssql) => &[COMMON, &["varchar", "nvarchar"]],
    }
}

/// A type's text in lower case, taken apart as Alembic does it.
#[derive(Debug, Default)]
struct Terms {
    first: String,
    further: Vec<String>,
    /// Of the last pair of parentheses, without them.
    arguments: String,
}

impl Terms {
    fn of(text: &str) -> Terms {
        let lower = text.to_lowercase();
        let mut words = Vec::new();
        let mut arguments = "";
        let mut rest = lower.as_str();
        while let Some(first) = rest.chars().next() {
            if is_word(first) {
                let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                let (word, after) = rest.split_at(end);
                words.push(word.to_owned());
                rest = after;
            } else if first == '('
                && let Some((inside, after)) = parenthesised(rest)
            {
                arguments = inside;
                rest = after;
            } else {
                rest = rest.get(first.len_utf8()..).unwrap_or_default();
            }
        }
        let mut words = words.into_iter();
        Terms {
            first: words.next().unwrap_or_default(),
            further: words.collect(),
            arguments: arguments.to_owned(),
        }
    }

    fn all_words(&self) -> String {
        std::iter::once(&self.first).chain(&self.further).map(String::as_str).collect::<Vec<_>>().join(" ")
    }

    /// Positional ones: `key=value` is not compared.
    fn arguments(&self) -> Vec<&str> {
        self.arguments
            .split([',', '(', ')'])
            .filter(|term| !term.is_empty() && !term.contains('='))
            .map(str::trim)
            .collect()
    }

    /// The strings between quotes, in order of the alphabet, each once.
    fn labels(&self) -> Vec<&str> {
        let mut labels: Vec<&str> = self.arguments.split(',').map(str::trim).collect();
        labels.sort_unstable();
        labels.dedup();
        labels
    }

    /// The word after these, such as the name of a collation.
    fn after(&self, words: &[&str]) -> Option<&str> {
        let at = self.further.windows(words.len()).position(|window| window == words)?;
        self.further.get(at + words.len()).map(String::as_str)
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-')
}

/// The text in the parentheses that `text` starts with, and what follows them. Quotes hide what they enclose.
fn parenthesised(text: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '\'' => quoted = !quoted,
            ')' if !quoted => return Some((text.get(1..at)?, text.get(at + 1..)?)),
            _ => {}
        }
    }
    None
}

fn same_words(database: &Terms, model: &Terms, kind: Option<Kind>) -> bool {
    if database.first == model.first {
        return true;
    }
    let (all_database, all_model) = (database.all_words(), model.all_words());
    synonyms(kind).iter().any(|words| {
        let both = |a: &str, b: &str| words.contains(&a) && words.contains(&b);
        both(&all_database, &all_model) || both(&database.first, &model.first)
    })
}

/// What only one side says is no difference.
fn same_arguments(database: &Terms, model: &Terms, kind: Option<Kind>) -> bool {
    if database.further.len() == model.further.len() && database.further != model.further {
        return false;
    }
    let (of_database, of_model) = (database.arguments(), model.arguments());
    if of_database.len() == of_model.len() && of_database != of_model {
        return false;
    }
    if !kind.is_some_and(Kind::is_mysql_like) {
        return true;
    }
    [&["character", "set"][..], &["collate"][..]].into_iter().all(|attribute| {
        match (database.after(attribute), model.after(attribute)) {
            (Some(a), Some(b)) => a == b,
            _ => true,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{Enum, TypeConstraint};
    use Kind::*;

    #[track_caller]
    fn check_texts(kind: Option<Kind>, cases: &[(&str, &str, bool)]) {
        for (database, model, differs) in cases {
            assert_eq!(
                type_texts_differ(database, model, kind),
                *differs,
                "{database} against {model} on {kind:?}"
            );
        }
    }

    #[test]
    fn words() {
        check_texts(
            None,
            &[
                ("INTEGER", "INTEGER", false),
                ("INTEGER", "BIGINT", true),
                ("NUMERIC(8, 2)", "DECIMAL(8, 2)", false),
                ("FLOAT", "DOUBLE PRECISION", true),
                ("VARCHAR(50)", "varchar(50)", false),
                ("", "", false),
                ("", "INTEGER", true),
            ],
        );
        check_texts(Some(Postgresql), &[("DOUBLE PRECISION", "FLOAT", false), ("REAL", "FLOAT", true)]);
        check_texts(
            Some(Mssql),
            &[("NVARCHAR(5)", "VARCHAR(5)", false), ("NVARCHAR(5)", "VARCHAR(6)", true)],
        );
        for kind in [Mysql, Mariadb] {
            check_texts(Some(kind), &[("TINYINT(1)", "BOOL", false), ("LONGTEXT", "JSON", false)]);
        }
        check_texts(Some(Sqlite), &[("TINYINT", "BOOL", true)]);
    }

    #[test]
    fn arguments() {
        check_texts(
            None,
            &[
                ("VARCHAR", "VARCHAR(50)", false),
                ("VARCHAR(5)", "VARCHAR(50)", true),
                ("NUMERIC(10, 0)", "NUMERIC(10)", false),
                ("NUMERIC(10, 2)", "NUMERIC(10,2)", false),
                ("NUMERIC(10, 2)", "NUMERIC(10, 3)", true),
                ("INTEGER(11)", "INTEGER (11)", false),
                ("TIMESTAMP WITHOUT TIME ZONE", "TIMESTAMP WITH TIME ZONE", true),
                ("TIMESTAMP", "TIMESTAMP WITH TIME ZONE", false),
                ("TIMESTAMP(3) WITHOUT TIME ZONE", "TIMESTAMP(6) WITHOUT TIME ZONE", true),
            ],
        );
    }

    #[test]
    fn what_mysql_adds_to_a_text() {
        let utf8 = "VARCHAR(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";
        check_texts(
            Some(Mysql),
            &[
                (utf8, "VARCHAR(9)", false),
                (utf8, "VARCHAR(9) COLLATE utf8mb4_bin", false),
                (utf8, "VARCHAR(9) COLLATE latin1_bin", true),
                (utf8, "VARCHAR(9) CHARACTER SET latin1", true),
                ("INTEGER UNSIGNED", "INTEGER", false),
                ("INTEGER UNSIGNED", "INTEGER ZEROFILL", true),
            ],
        );
    }

    #[test]
    fn labels_are_a_set_on_mysql_alone() {
        let cases = [
            ("ENUM('a','b')", "ENUM('b','a')", false),
            ("ENUM('a','b')", "ENUM('a','b','c')", true),
            ("ENUM('a(b','c')", "ENUM('c','a(b')", false),
            ("ENUM('x)','c')", "ENUM('x)','d')", true),
        ];
        check_texts(Some(Mysql), &cases);
        check_texts(Some(Mariadb), &cases);
        check_texts(Some(Postgresql), &[("mood", "mood", false), ("mood", "temper", true)]);
    }

    fn labelled(name: &str, labels: &[&str], native: bool) -> Type {
        Type::Enum(Enum {
            name: Some(crate::TableName { schema: None, name: fact::name(name) }),
            labels: Fact::Known(labels.iter().map(|label| (*label).into()).collect()),
            native,
            length: None,
            create_type: true,
            constraint: TypeConstraint::default(),
        })
    }

    #[track_caller]
    fn check_types(database: &Type, model: &Type, differing: &[Kind]) {
        for kind in Kind::ALL {
            let differs = types_differ(database, model, kind);
            // A type that a dialect cannot spell is not one that differs there.
            let differs = differs.known() == Some(&true);
            assert_eq!(differs, differing.contains(&kind), "{database:?} against {model:?} on {kind}");
        }
    }

    #[test]
    fn a_type_and_what_it_comes_back_as() {
        let string = |length| Type::string(Some(length));
        check_types(&Type::Integer, &Type::Integer, &[]);
        check_types(&Type::Integer, &Type::BigInteger, &Kind::ALL);
        check_types(&string(5), &string(6), &Kind::ALL);
        check_types(&string(5), &string(5), &[]);
        for ty in [
            Type::Boolean { constraint: TypeConstraint::default() },
            Type::Float { precision: None },
            Type::Numeric { precision: Some(10), scale: Some(2) },
            Type::Uuid,
            Type::Json,
            Type::Interval { precision: None },
            Type::LargeBinary { length: None },
            Type::Text { length: None, national: false, collation: None },
            Type::Char { length: Some(3), national: false, collation: None },
            Type::DateTime { timezone: false },
            Type::Time { timezone: false },
            Type::Date,
            labelled("mood", &["a", "bc"], true),
            labelled("mood", &["a", "bc"], false),
        ] {
            check_types(&ty, &ty, &[]);
        }
        check_types(
            &Type::DateTime { timezone: false },
            &Type::DateTime { timezone: true },
            &[Postgresql, Mssql],
        );
        check_types(
            &labelled("mood", &["a", "bc"], true),
            &labelled("mood", &["a", "bc", "def"], true),
            &[Mysql, Mariadb, Sqlite, Mssql],
        );
        check_types(&labelled("mood", &["a"], true), &labelled("temper", &["a"], true), &[Postgresql]);
        check_types(&Type::Null, &Type::Integer, &[]);
        check_types(&Type::Integer, &Type::Null, &[]);
    }

    #[test]
    fn attributes_of_mysql_mean_nothing_elsewhere() {
        let model = |text: &str| Type::Native { text: text.into(), dialect: Some(Mysql) };
        for text in ["INTEGER UNSIGNED", "INTEGER UNSIGNED ZEROFILL"] {
            check_types(&Type::Integer, &model(text), &[]);
        }
        // MariaDB keeps a width for every integer, and it is another one.
        check_types(&Type::Integer, &model("INTEGER(10) UNSIGNED ZEROFILL"), &[Mariadb]);
    }

    #[test]
    fn a_variant_is_judged_where_it_holds() {
        let model =
            Type::Variants { base: Box::new(Type::BigInteger), others: vec![(Sqlite, Type::Integer)] };
        check_types(&Type::BigInteger, &model, &[Sqlite]);
        check_types(&Type::Integer, &model, &[Postgresql, Mysql, Mariadb, Mssql]);
    }

    #[test]
    fn sqlite_reads_a_type_that_it_does_not_know_by_its_letters() {
        let differs = |declared: &str, model: Type| types_differ(&Type::native(declared), &model, Sqlite);
        assert_eq!(differs("INT", Type::Integer), Fact::Known(false));
        assert_eq!(differs("MEDIUMINT", Type::Integer), Fact::Known(false));
        assert_eq!(differs("UUID", Type::native("UUID")), Fact::Known(true));
        assert_eq!(differs("LONGBLOB", Type::Integer), Fact::Known(false));
        assert_eq!(differs("CLOB", Type::native("TEXT")), Fact::Known(false));
    }
}
