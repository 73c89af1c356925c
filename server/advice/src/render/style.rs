//! How the file at hand is written.

use super::literal::{quoted, term};
use fact::Name;
use project::Parsed;
use python::ast::{Alias, Stmt};
use schema::{Kind, Term};

/// Quotes, indentation and the names under which the file knows SQLAlchemy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Style {
    pub quote: char,
    pub indent: String,
    /// The prefix of SQLAlchemy's names: `sa`.
    pub sa: String,
    /// The name of `alembic.op`.
    pub op: String,
    /// The name of the block in `with op.batch_alter_table(...) as batch_op`.
    pub batch_op: String,
    /// The file binds them already.
    pub has_sa: bool,
    pub has_op: bool,
    /// The modules of `sqlalchemy.dialects` that the file binds, with the name that it gives to each.
    pub dialects: Vec<(Kind, String)>,
    /// The naming convention wraps the name of a CHECK unless it is final.
    pub wraps_checks: bool,
    pub voice: Voice,
    /// Line ends.
    pub newline: &'static str,
}

/// Whose habits the text follows where several texts mean the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Voice {
    /// The shortest text that every version of Alembic takes, with all that the database has to be told.
    #[default]
    Plain,
    /// What `alembic revision --autogenerate` writes: `op.f` around every name that is final, a constraint without a name
    /// dropped by None under a warning.
    Autogenerate,
}

impl Default for Style {
    /// What Alembic's own templates give.
    fn default() -> Style {
        Style {
            quote: '\'',
            indent: "    ".to_owned(),
            sa: "sa".to_owned(),
            op: "op".to_owned(),
            batch_op: "batch_op".to_owned(),
            has_sa: true,
            has_op: true,
            dialects: Vec::new(),
            wraps_checks: false,
            voice: Voice::Plain,
            newline: "\n",
        }
    }
}

impl Style {
    pub(crate) fn of(parsed: &Parsed) -> Style {
        let text = parsed.text.as_deref().unwrap_or_default();
        let module = imported(parsed, "sqlalchemy", None);
        let op = imported(parsed, "alembic", Some("op"));
        let (single, double) = (text.matches('\'').count(), text.replace("\"\"\"", "").matches('"').count());
        let dialect =
            |kind: &Kind| Some((*kind, imported(parsed, "sqlalchemy.dialects", Some(kind.name()))?));
        Style {
            quote: if single > double { '\'' } else { '"' },
            indent: indent(text),
            has_sa: module.is_some(),
            sa: module.unwrap_or_else(|| "sa".to_owned()),
            has_op: op.is_some(),
            op: op.unwrap_or_else(|| "op".to_owned()),
            dialects: Kind::ALL.iter().filter_map(dialect).collect(),
            newline: if text.contains("\r\n") { "\r\n" } else { "\n" },
            ..Style::default()
        }
    }

    pub(crate) fn string(&self, text: &str) -> String {
        quoted(text, self.quote)
    }

    pub(crate) fn strings<'a>(&self, texts: impl IntoIterator<Item = &'a str>) -> String {
        let items: Vec<String> = texts.into_iter().map(|text| self.string(text)).collect();
        format!("[{}]", items.join(", "))
    }

    pub(crate) fn names(&self, names: &[Name]) -> String {
        self.strings(names.iter().map(Name::as_str))
    }

    /// The name of the module with the types of one database.
    pub(crate) fn dialect(&self, kind: Kind) -> &str {
        self.dialects.iter().find(|(known, _)| *known == kind).map_or(kind.name(), |(_, name)| name)
    }

    pub(crate) fn term(&self, value: &Term) -> String {
        term(value, self)
    }

    pub(crate) fn autogenerates(&self) -> bool {
        self.voice == Voice::Autogenerate
    }

    /// The import statements that these lines need and the file does not have.
    pub fn imports(&self, lines: &[String]) -> Vec<String> {
        let uses = |name: &str| lines.iter().any(|line| names_module(line, name));
        let mut out = Vec::new();
        if uses(&self.op) && !self.has_op {
            out.push("from alembic import op".to_owned());
        }
        if uses(&self.sa) && !self.has_sa {
            out.push("import sqlalchemy as sa".to_owned());
        }
        for kind in Kind::ALL {
            let bound = self.dialects.iter().any(|(known, _)| *known == kind);
            if !bound && uses(kind.name()) {
                out.push(format!("from sqlalchemy.dialects import {}", kind.name()));
            }
        }
        out
    }
}

/// Is something of the module used outside the strings of the line?
fn names_module(line: &str, module: &str) -> bool {
    let mut quote = None;
    let mut before = ' ';
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        if c == '#' && quote.is_none() {
            return false;
        }
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        match quote {
            None if !is_word(before)
                && rest.strip_prefix(module).is_some_and(|rest| rest.starts_with('.')) =>
            {
                return true;
            }
            None if c == '\'' || c == '"' => quote = Some(c),
            // The character after a backslash is never the end.
            Some(_) if c == '\\' => {
                rest = after.get(after.chars().next().map_or(0, char::len_utf8)..).unwrap_or_default();
                before = ' ';
                continue;
            }
            Some(open) if c == open => quote = None,
            _ => {}
        }
        before = c;
        rest = after;
    }
    false
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
