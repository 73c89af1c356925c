//! Type texts taken apart: `CHARACTER VARYING (20) []` is a base, its arguments and what follows.

use crate::Type;
use crate::types::Enum;
use fact::Fact;

/// A declared type: `base` in lower case with single blanks, `args` without blanks after commas, `rest` in lower case.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Declared {
    pub base: String,
    pub args: Option<String>,
    pub rest: String,
    /// `[]`, once per dimension.
    pub dimensions: usize,
}

/// Splits at the first parenthesis that opens after the base. Array brackets (and `ARRAY`) are counted and removed.
pub(super) fn parse(text: &str) -> Declared {
    let mut text = text.trim();
    let mut dimensions = 0;
    while let Some(inner) = text.strip_suffix(']') {
        let Some(open) = inner.rfind('[') else { break };
        let (head, size) = inner.split_at(open);
        if !size.chars().skip(1).all(|c| c.is_ascii_digit() || c == ' ') {
            break;
        }
        dimensions += 1;
        text = head.trim_end();
    }
    if let Some(head) = strip_suffix_ignore_case(text, " array") {
        dimensions = dimensions.max(1);
        text = head.trim_end();
    }
    let (base, after) = match text.find('(') {
        Some(open) => text.split_at(open),
        None => (text, ""),
    };
    let close = closing(after);
    let args = after.get(1..close).map(squeeze_args).filter(|args| !args.is_empty());
    let rest = after.get(close + 1..).unwrap_or_default();
    Declared { base: words(base).to_lowercase(), args, rest: words(rest).to_lowercase(), dimensions }
}

impl Declared {
    /// `(args)` or nothing.
    pub fn arguments(&self) -> String {
        self.args.as_ref().map_or_else(String::new, |args| format!("({args})"))
    }

    /// The argument at `index` as a number.
    pub fn number(&self, index: usize) -> Option<u64> {
        self.args.as_deref()?.split(',').nth(index)?.trim().parse().ok()
    }

    pub fn brackets(&self) -> &'static str {
        // A catalogue shows one pair whatever the number of dimensions.
        if self.dimensions == 0 { "" } else { "[]" }
    }
}

/// The text with runs of blanks made one.
pub(super) fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The length of the longest label, the VARCHAR length that SQLAlchemy takes for an enum without a type of its own.
/// Without a label that has any length the VARCHAR has none either.
pub(super) fn enum_length(ty: &Enum) -> Fact<Option<u32>> {
    if ty.length.is_some() {
        return Fact::Known(ty.length);
    }
    ty.labels.as_ref().map(|labels| {
        labels.iter().map(|label| label.chars().count() as u32).max().filter(|longest| *longest > 0)
    })
}

/// `name(length)`, or `name` alone.
pub(super) fn sized(name: &str, length: Option<u32>) -> String {
    length.map_or_else(|| name.to_owned(), |length| format!("{name}({length})"))
}

/// `NUMERIC(10, 2)` with as many arguments as are given.
pub(super) fn numeric(name: &str, precision: Option<u32>, scale: Option<i32>) -> String {
    match (precision, scale) {
        (None, _) => name.to_owned(),
        (Some(precision), None) => format!("{name}({precision})"),
        (Some(precision), Some(scale)) => format!("{name}({precision}, {scale})"),
    }
}

/// A type in another dialect's words, without the attributes that only that dialect has. `None`: it has no meaning
/// outside of it.
pub(super) fn portable(text: &str) -> Option<String> {
    const COMMON: &[&str] = &[
        "bigint",
        "binary",
        "blob",
        "boolean",
        "char",
        "clob",
        "date",
        "datetime",
        "decimal",
        "double precision",
        "double",
        "float",
        "integer",
        "int",
        "json",
        "nchar",
        "numeric",
        "nvarchar",
        "real",
        "smallint",
        "text",
        "time",
        "timestamp",
        "uuid",
        "varbinary",
        "varchar",
    ];
    const WHOLE: &[&str] = &["bigint", "integer", "int", "smallint"];
    let declared = parse(text);
    let base = declared.base.trim_end_matches(" zerofill").trim_end_matches(" unsigned");
    if declared.dimensions > 0 || !COMMON.contains(&base) {
        return None;
    }
    let upper = base.to_uppercase();
    Some(if WHOLE.contains(&base) {
        upper
    } else {
        format!(
            "{upper}{}",
            declared.args.map_or_else(String::new, |a| format!("({})", a.replace(',', ", ")))
        )
    })
}

/// Does SQLAlchemy treat the type as an integer (its type affinity)?
pub fn is_integer(ty: &Type) -> bool {
    match ty {
        Type::SmallInteger | Type::Integer | Type::BigInteger => true,
        Type::Variants { base, .. } => is_integer(base),
        Type::Native { text, .. } => matches!(
            parse(text).base.as_str(),
            "int"
                | "integer"
                | "int2"
                | "int4"
                | "int8"
                | "smallint"
                | "bigint"
                | "tinyint"
                | "mediumint"
                | "serial"
                | "bigserial"
                | "smallserial"
                | "int unsigned"
                | "integer unsigned"
                | "bigint unsigned"
        ),
        _ => false,
    }
}

/// The expression without the parentheses around the whole of it.
pub(super) fn bare(sql: &str) -> &str {
    let mut sql = sql.trim();
    while sql.starts_with('(') && closing(sql) + 1 == sql.len() {
        sql = sql.get(1..sql.len() - 1).unwrap_or_default().trim();
    }
    sql
}

/// `true` and `false` as the numbers that they are in many a database.
pub(super) fn truth(sql: &str) -> Option<bool> {
    match sql {
        _ if sql.eq_ignore_ascii_case("true") => Some(true),
        _ if sql.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

fn closing(after: &str) -> usize {
    let (mut depth, mut quoted) = (0, false);
    for (at, c) in after.char_indices() {
        match c {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => {
                depth -= 1;
                if depth == 0 {
                    return at;
                }
            }
            _ => {}
        }
    }
    after.len()
}

fn squeeze_args(args: &str) -> String {
    let mut out = String::with_capacity(args.len());
    let mut quoted = false;
    for c in args.trim().chars() {
        match c {
            '\'' => {
                quoted = !quoted;
                out.push(c);
            }
            c if c.is_whitespace() && !quoted => {}
            c => out.push(c),
        }
    }
    out
}

fn strip_suffix_ignore_case<'a>(text: &'a str, suffix: &str) -> Option<&'a str> {
    let at = text.len().checked_sub(suffix.len())?;
    let tail = text.get(at..)?;
    tail.eq_ignore_ascii_case(suffix).then(|| text.get(..at)).flatten()
}
