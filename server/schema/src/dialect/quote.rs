//! Quoting of identifiers and strings.

/// A string literal of standard SQL.
pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// `identifier` between the quotes of a dialect where its letters or its being a keyword ask for it.
pub(super) fn identifier(text: &str, open: char, close: char) -> String {
    if is_plain(text) && RESERVED.binary_search(&text).is_err() {
        return text.to_owned();
    }
    let doubled: String =
        text.chars().flat_map(|c| std::iter::repeat_n(c, if c == close { 2 } else { 1 })).collect();
    format!("{open}{doubled}{close}")
}

fn is_plain(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_ascii_lowercase() || c == '_')
        && chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '$')
}

/// Words that are reserved on at least one of the databases; a quoted word is right everywhere.
const RESERVED: &[&str] = &[
    "add",
    "all",
    "alter",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "between",
    "binary",
    "both",
    "by",
    "case",
    "cast",
    "change",
    "check",
    "collate",
    "column",
    "condition",
    "constraint",
    "create",
    "cross",
    "current_date",
    "current_role",
    "current_time",
    "current_timestamp",
    "current_user",
    "database",
    "default",
    "deferrable",
    "delete",
    "desc",
    "describe",
    "distinct",
    "div",
    "do",
    "drop",
    "else",
    "end",
    "except",
    "exists",
    "false",
    "fetch",
    "file",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "function",
    "grant",
    "group",
    "groups",
    "having",
    "if",
    "ilike",
    "in",
    "index",
    "initially",
    "inner",
    "insert",
    "intersect",
    "interval",
    "into",
    "is",
    "isnull",
    "join",
    "key",
    "keys",
    "kill",
    "lateral",
    "leading",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "lock",
    "match",
    "merge",
    "natural",
    "not",
    "notnull",
    "null",
    "of",
    "off",
    "offset",
    "on",
    "only",
    "open",
    "option",
    "or",
    "order",
    "outer",
    "over",
    "overlaps",
    "partition",
    "percent",
    "plan",
    "primary",
    "procedure",
    "public",
    "rank",
    "read",
    "references",
    "rename",
    "replace",
    "returning",
    "revoke",
    "right",
    "row",
    "rows",
    "rule",
    "schema",
    "select",
    "session_user",
    "set",
    "show",
    "similar",
    "some",
    "symmetric",
    "system",
    "table",
    "then",
    "to",
    "top",
    "trailing",
    "tran",
    "transaction",
    "trigger",
    "true",
    "union",
    "unique",
    "update",
    "usage",
    "use",
    "user",
    "using",
    "values",
    "variadic",
    "verbose",
    "view",
    "when",
    "where",
    "window",
    "with",
    "write",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_sorted() {
        assert!(RESERVED.is_sorted());
    }

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
            assert_eq!(identifier(text, '"', '"'), expected);
        }
        assert_eq!(identifier("a]b", '[', ']'), "[a]]b]");
        assert_eq!(literal("it's"), "'it''s'");
    }
}
