//! Severities that depend on the project as a whole.

use crate::options::{Downgrade, Options};
use crate::rule::Severity;
use crate::sink::Raw;
use fact::Name;
use rustc_hash::FxHashSet;

/// Fewer revisions than this are no habit.
const ENOUGH: usize = 10;

/// A project that hardly writes downgrades does not want to hear it of each revision: the two rules drop to info.
/// `changing` is the number of revisions that change the schema.
pub(crate) fn lower(findings: &mut [Raw], changing: usize, options: &Options) {
    let about_downgrades =
        |raw: &Raw| matches!(raw.finding.rule.name, "missing-downgrade" | "empty-downgrade");
    let habit = options.downgrade == Downgrade::Unset && changing >= ENOUGH && {
        let without: FxHashSet<Option<Name>> =
            findings.iter().filter(|raw| about_downgrades(raw)).map(|raw| raw.finding.revision).collect();
        without.len() * 3 >= changing
    };
    if habit || options.downgrade == Downgrade::Optional {
        for raw in findings.iter_mut().filter(|raw| about_downgrades(raw)) {
            raw.finding.severity = Severity::Info;
        }
    }
}
