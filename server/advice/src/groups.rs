//! What is said of one revision, on all dialects together: one cause, one finding.

use crate::finding::Finding;
use crate::options::Options;
use crate::precedence;
use crate::rule::Severity;
use crate::sink::{Collected, Raw};
use crate::suppress::{Suppressions, Verdict};
use fact::FileId;
use project::{Environment, Store};
use schema::Dialect;
use std::sync::Arc;

/// What the rules say of one revision, or of none: `general` holds on every dialect, `by_dialect` are those of each. No
/// finding about one revision hides one about another, but for those that hide all that is said of a file.
pub(crate) fn merged<'c>(
    general: &[Raw],
    by_dialect: impl Iterator<Item = &'c Collected>,
    environment: &Environment,
) -> Vec<Raw> {
    let mut merged: Vec<Raw> = general.to_vec();
    for collected in by_dialect {
        if general.is_empty() && collected.findings.is_empty() {
            continue;
        }
        let mut found = general.to_vec();
        found.extend(collected.findings.iter().cloned());
        precedence::hide(&mut found);
        let hidden = general.iter().filter(|raw| !found.iter().any(|other| same(raw, other)));
        merged.retain(|raw| !hidden.clone().any(|other| same(raw, other)));
        for raw in found {
            merge(&mut merged, raw, environment);
        }
    }
    merged
}

/// The same after settings and comments were asked.
pub(crate) struct Group {
    pub said: Vec<Said>,
    /// The files of the findings that a comment silenced.
    pub silenced: Vec<FileId>,
}

/// A finding in its place.
pub(crate) struct Said {
    pub finding: Arc<Finding>,
    pub start: u32,
}

impl Group {
    /// Settles what settings and comments decide. `habit`: the project hardly writes downgrades.
    pub fn settle(raws: &[Raw], habit: bool, options: &Options, store: &Store) -> Group {
        let mut suppressions = Suppressions::new(store);
        let (mut said, mut silenced) = (Vec::new(), Vec::new());
        for Raw { finding, details, .. } in raws {
            let mut finding = finding.clone();
            for detail in details {
                finding.message.push(' ');
                finding.message.push_str(detail);
            }
            if habit && is_about_missing_downgrades(&finding) {
                finding.severity = Severity::Info;
            }
            if let Some(severity) = options.severity_of(finding.rule) {
                finding.severity = severity;
            }
            let Some((path, bytes)) = finding.spot.bytes(store) else { continue };
            if options.is_ignored_in(finding.rule, &path) {
                continue;
            }
            match suppressions.verdict(&finding) {
                Verdict::Silenced => {
                    silenced.push(finding.spot.file());
                    continue;
                }
                Verdict::NoReason => {
                    finding.help = Some(format!(
                        "the comment that should silence this gives no reason: write `# foreshot: ignore[{}] -- reason`",
                        finding.rule.name
                    ));
                }
                Verdict::Speaks => {}
            }
            said.push(Said { finding: Arc::new(finding), start: bytes.start });
        }
        Group { said, silenced }
    }
}

pub(crate) fn is_about_missing_downgrades(finding: &Finding) -> bool {
    matches!(finding.rule.name, "missing-downgrade" | "empty-downgrade")
}

/// The same thing said of the same place, whatever the dialect.
fn same(a: &Raw, b: &Raw) -> bool {
    let same_key = a.key == b.key;
    let (a, b) = (&a.finding, &b.finding);
    same_key
        && std::ptr::eq(a.rule, b.rule)
        && a.spot == b.spot
        && a.revision == b.revision
        && a.subject == b.subject
}

fn merge(merged: &mut Vec<Raw>, raw: Raw, environment: &Environment) {
    let Some(known) = merged.iter_mut().find(|known| same(known, &raw)) else {
        merged.push(raw);
        return;
    };
    let position = |dialect: &Dialect| environment.dialects.iter().position(|known| *known == Some(*dialect));
    for dialect in raw.finding.dialects {
        if !known.finding.dialects.contains(&dialect) {
            known.finding.dialects.push(dialect);
        }
    }
    known.finding.dialects.sort_by_key(|dialect| position(dialect));
    known.finding.severity = known.finding.severity.max(raw.finding.severity);
    for detail in raw.details {
        if !known.details.contains(&detail) {
            known.details.push(detail);
        }
    }
    for related in raw.finding.related {
        if !known.finding.related.iter().any(|other| other.spot == related.spot) {
            known.finding.related.push(related);
        }
    }
}
