//! The kinds of objects that CREATE, ALTER and DROP name.

use super::cursor::Cursor;
use crate::table::ObjectKind;

const NOUNS: [&str; 52] = [
    "MATERIALIZED VIEW",
    "FOREIGN TABLE",
    "EXTERNAL TABLE",
    "VIRTUAL TABLE",
    "EVENT TRIGGER",
    "USER MAPPING",
    "FOREIGN DATA WRAPPER",
    "OPERATOR CLASS",
    "OPERATOR FAMILY",
    "ACCESS METHOD",
    "TEXT SEARCH CONFIGURATION",
    "TEXT SEARCH DICTIONARY",
    "TEXT SEARCH PARSER",
    "TEXT SEARCH TEMPLATE",
    "FULLTEXT CATALOG",
    "PARTITION FUNCTION",
    "PARTITION SCHEME",
    "TABLE",
    "INDEX",
    "VIEW",
    "TYPE",
    "SEQUENCE",
    "FUNCTION",
    "PROCEDURE",
    "PROC",
    "ROUTINE",
    "TRIGGER",
    "EXTENSION",
    "SCHEMA",
    "DATABASE",
    "DOMAIN",
    "POLICY",
    "STATISTICS",
    "COLLATION",
    "RULE",
    "OPERATOR",
    "CAST",
    "CONVERSION",
    "EVENT",
    "SYNONYM",
    "LANGUAGE",
    "PUBLICATION",
    "SUBSCRIPTION",
    "SERVER",
    "ROLE",
    "USER",
    "GROUP",
    "LOGIN",
    "TABLESPACE",
    "PROFILE",
    "OWNED",
    "AGGREGATE",
];

/// The object's kind in words, and how many words that takes.
pub(super) fn noun_at(cursor: &Cursor<'_>) -> Option<(&'static str, usize)> {
    NOUNS.iter().find(|noun| cursor.looking_at(noun)).map(|noun| (*noun, noun.split(' ').count()))
}

pub(super) fn object_kind(noun: &str) -> Option<ObjectKind> {
    Some(match noun {
        "VIEW" => ObjectKind::View,
        "MATERIALIZED VIEW" => ObjectKind::MaterializedView,
        "FUNCTION" | "PROCEDURE" | "PROC" | "ROUTINE" | "AGGREGATE" => ObjectKind::Function,
        "TRIGGER" | "EVENT TRIGGER" => ObjectKind::Trigger,
        "EXTENSION" => ObjectKind::Extension,
        "SCHEMA" => ObjectKind::Schema,
        "DOMAIN" => ObjectKind::Domain,
        "POLICY" => ObjectKind::Policy,
        "STATISTICS"
        | "COLLATION"
        | "RULE"
        | "EVENT"
        | "SYNONYM"
        | "FOREIGN TABLE"
        | "EXTERNAL TABLE"
        | "PUBLICATION"
        | "SUBSCRIPTION"
        | "SERVER"
        | "FOREIGN DATA WRAPPER"
        | "TEXT SEARCH CONFIGURATION"
        | "TEXT SEARCH DICTIONARY" => ObjectKind::Other,
        _ => return None,
    })
}

/// Objects of which the schema keeps no note.
pub(super) fn is_harmless_noun(noun: &str) -> bool {
    matches!(
        noun,
        "DATABASE"
            | "OPERATOR"
            | "OPERATOR CLASS"
            | "OPERATOR FAMILY"
            | "CAST"
            | "CONVERSION"
            | "LANGUAGE"
            | "ACCESS METHOD"
            | "USER MAPPING"
            | "ROLE"
            | "USER"
            | "GROUP"
            | "LOGIN"
            | "TABLESPACE"
            | "PROFILE"
            | "FULLTEXT CATALOG"
            | "PARTITION FUNCTION"
            | "PARTITION SCHEME"
            | "TEXT SEARCH PARSER"
            | "TEXT SEARCH TEMPLATE"
    )
}
