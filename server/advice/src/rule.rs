//! What a rule is.

use crate::fix::Fixer;
use crate::sink::Sink;
use crate::view::{ConfigurationView, FileView, GraphView, OperationView, RevisionView};
use std::fmt;
use std::str::FromStr;

/// One thing that can be wrong with a history.
pub struct Rule {
    /// Reads well after "allow".
    pub name: &'static str,
    pub severity: Severity,
    pub group: Group,
    /// The rules whose findings on the same subject say nothing more once this one has spoken.
    pub hides: &'static [&'static str],
    /// The manual page: Markdown with the headings of [`Rule::HEADINGS`].
    pub doc: &'static str,
    pub(crate) hook: Hook,
    pub(crate) fix: Option<Fixer>,
}

/// The one kind of unit that a rule looks at.
pub(crate) enum Hook {
    Configuration(fn(&ConfigurationView<'_>, &mut Sink<'_>)),
    File(fn(&FileView<'_>, &mut Sink<'_>)),
    Graph(fn(&GraphView<'_>, &mut Sink<'_>)),
    Operation(fn(&OperationView<'_>, &mut Sink<'_>)),
    Revision(fn(&RevisionView<'_>, &mut Sink<'_>)),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Info,
    Warning,
    Error,
}

/// What a rule is about. Some groups are silent in `downgrade()`, and some about history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    Graph,
    Replay,
    Reversibility,
    Data,
    Portability,
}

impl Rule {
    pub const HEADINGS: [&'static str; 6] =
        ["What it does", "Why it matters", "Example", "Safe instead", "Fix", "Sources"];

    /// One line for lists: the first sentence of the page.
    pub fn summary(&self) -> &'static str {
        let body = self.doc.split_once("## What it does").map_or(self.doc, |(_, body)| body).trim_start();
        let paragraph = body.split("\n\n").next().unwrap_or(body);
        let end = paragraph.find(". ").or(paragraph.find(".\n")).unwrap_or(paragraph.trim_end().len());
        paragraph.get(..end).unwrap_or(paragraph).trim_end_matches('.')
    }

    /// Whether the rule has a correction to offer at all.
    pub fn has_fix(&self) -> bool {
        self.fix.is_some()
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Severity {
    pub fn name(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Severity {
    type Err = ();

    fn from_str(text: &str) -> Result<Severity, ()> {
        [Severity::Info, Severity::Warning, Severity::Error]
            .into_iter()
            .find(|severity| severity.name() == text)
            .ok_or(())
    }
}

impl Group {
    pub fn name(self) -> &'static str {
        match self {
            Group::Graph => "graph",
            Group::Replay => "replay",
            Group::Reversibility => "reversibility",
            Group::Data => "data",
            Group::Portability => "portability",
        }
    }

    /// Undoing an upgrade removes and tightens by nature: only whether it runs is of interest there.
    pub(crate) fn judges_downgrades(self) -> bool {
        matches!(self, Group::Replay | Group::Reversibility | Group::Portability)
    }
}

/// Declares the rule of a file: its page, name, severity, group, what it hides, its hook and its fix.
///
/// ```text
/// declare_rule! {
///     /// ## What it does ...
///     "unknown-table", Error, Replay, hides ["unknown-column"];
///     Operation(check);
///     fix: rename;
/// }
/// ```
macro_rules! declare_rule {
    (
        $(#[doc = $doc:literal])*
        $name:literal, $severity:ident, $group:ident $(, hides [$($hidden:literal),* $(,)?])?;
        $hook:ident($check:path);
        $(fix: $fix:path;)?
    ) => {
        pub static RULE: $crate::rule::Rule = $crate::rule::Rule {
            name: $name,
            severity: $crate::rule::Severity::$severity,
            group: $crate::rule::Group::$group,
            hides: &[$($($hidden),*)?],
            doc: concat!($($doc, "\n"),*),
            hook: $crate::rule::Hook::$hook($check),
            fix: $crate::rule::declare_rule!(@fix $($fix)?),
        };
    };
    (@fix) => { None };
    (@fix $fix:path) => { Some($fix) };
}
pub(crate) use declare_rule;
