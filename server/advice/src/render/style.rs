//! How the file at hand is written.

use crate::fix::literal::quoted;
use project::Parsed;
use python::ast::{Alias, Stmt};

/// Quotes, indentation and the names under which the file knows SQLAlchemy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Style {
    pub quote: char,
    pub indent: String,
    /// The prefix of SQLAlchemy's names: `sa`.
    pub sa: String,
    /// The name of `alembic.op`.
    pub op: String,
    /// The file binds them already.
    pub has_sa: bool,
    pub has_op: bool,
    pub has_postgresql: bool,
    /// The naming convention wraps the name of a CHECK unless it is final.
    pub wraps_checks: bool,
    /// Line ends.
    pub newline: &'static str,
}

impl Style {
    pub fn of(parsed: &Parsed) -> Style {
        let text = parsed.text.as_deref().unwrap_or_default();
        let module = imported(parsed, "sqlalchemy", None);
        let op = imported(parsed, "alembic", Some("op"));
        let (single, double) = (text.matches('\'').count(), text.replace("\"\"\"", "").matches('"').count());
        Style {
            quote: if single > double { '\'' } else { '"' },
            indent: indent(text),
            has_sa: module.is_some(),
            sa: module.unwrap_or_else(|| "sa".to_owned()),
            has_op: op.is_some(),
            op: op.unwrap_or_else(|| "op".to_owned()),
            has_postgresql: imported(parsed, "sqlalchemy.dialects", Some("postgresql")).as_deref()
                == Some("postgresql"),
            wraps_checks: false,
            newline: if text.contains("\r\n") { "\r\n" } else { "\n" },
        }
    }

    pub fn string(&self, text: &str) -> String {
        quoted(text, self.quote)
    }

    pub fn strings<'a>(&self, texts: impl IntoIterator<Item = &'a str>) -> String {
        let items: Vec<String> = texts.into_iter().map(|text| self.string(text)).collect();
        format!("[{}]", items.join(", "))
    }
}

/// The name that the file gives to a module, or to something out of one.
fn imported(parsed: &Parsed, module: &str, name: Option<&str>) -> Option<String> {
    let bound = |alias: &Alias| alias.alias.unwrap_or(alias.name).to_string();
    parsed.module.items.iter().find_map(|item| match item.tree.stmt(item.tree.root?) {
        Stmt::Import(aliases) if name.is_none() => {
            aliases.iter().find(|alias| alias.name == module).map(bound)
        }
        Stmt::ImportFrom { module: Some(from), level: 0, names: Some(names) } if *from == module => {
            let name = name?;
            names.iter().find(|alias| alias.name == name).map(bound)
        }
        _ => None,
    })
}

/// The first indentation that the text uses.
fn indent(text: &str) -> String {
    let blank = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let after_colon = text.lines().zip(text.lines().skip(1)).find_map(|(above, line)| {
        let deeper = above.trim_end().ends_with(':') && blank(line) > blank(above);
        let own = line.get(blank(above)..blank(line))?;
        (deeper && !line.trim().is_empty()).then(|| own.to_owned())
    });
    after_colon.unwrap_or_else(|| "    ".to_owned())
}
