//! Quoting of identifiers and strings.

use super::Kind;
use super::reserved::is_reserved;

/// A string literal of standard SQL.
pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// `identifier` between the quotes of a dialect where its letters or its being a keyword ask for it.
pub(super) fn identifier(text: &str, kind: Kind) -> String {
    if is_plain(text) && !is_reserved(text, kind) {
        return text.to_owned();
    }
    let (open, close) = match kind {
        Kind::Postgresql | Kind::Sqlite => ('"', '"'),
        Kind::Mysql | Kind::Mariadb => ('`', '`'),
        Kind::Mssql => ('[', ']'),
    };
    let doubled: String =
        text.chars().flat_map(|c| std::iter::repeat_n(c, if c == close { 2 } else { 1 })).collect();
    format!("{open}{doubled}{close}")
}

fn is_plain(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_ascii_lowercase() || c == '_')
        && chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '$')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_where_it_must() {
        for (text, expected) in [
            ("users", "users"),
            ("user", "\"user\""),
            ("Users", "\"Users\""),
            ("a b", "\"a b\""),
            ("a\"b", "\"a\"\"b\""),
            ("1st", "\"1st\""),
            ("", "\"\""),
            ("_x$1", "_x$1"),
        ] {
            assert_eq!(identifier(text, Kind::Postgresql), expected);
        }
        assert_eq!(identifier("user", Kind::Sqlite), "user");
        assert_eq!(identifier("a]b", Kind::Mssql), "[a]]b]");
        assert_eq!(identifier("order", Kind::Mysql), "`order`");
        assert_eq!(literal("it's"), "'it''s'");
    }
}
