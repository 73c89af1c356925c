//! One cause, one finding: which findings hide which, from what the rules declare.

use crate::finding::{Finding, Subject};
use crate::sink::Raw;

/// Hides everything about the same subject, whatever the rule.
pub(crate) const EVERYTHING: &str = "*";

/// Takes out what another finding of the same list says better. The list is of one environment and one dialect, with
/// what holds on every dialect.
pub(crate) fn hide(findings: &mut Vec<Raw>) {
    let hiders: Vec<Finding> = findings
        .iter()
        .map(|raw| &raw.finding)
        .filter(|finding| !finding.rule.hides.is_empty())
        .cloned()
        .collect();
    findings.retain(|raw| !hiders.iter().any(|hider| hides(hider, &raw.finding)));
}

pub(crate) fn hides(hider: &Finding, hidden: &Finding) -> bool {
    if std::ptr::eq(hider.rule, hidden.rule) {
        return false;
    }
    let rule_matches = hider.rule.hides.iter().any(|name| *name == hidden.rule.name || *name == EVERYTHING);
    if !rule_matches {
        return false;
    }
    if hider.rule.hides.contains(&EVERYTHING) && hider.revision.is_none() {
        return hider.spot.file() == hidden.spot.file();
    }
    hider.revision == hidden.revision
        && (covers(&hider.subject, &hidden.subject) || hider.spot == hidden.spot)
}

fn covers(hider: &Subject, hidden: &Subject) -> bool {
    let table = match (hider.table, hidden.table) {
        (None, _) => true,
        (Some(a), Some(b)) => a == b,
        (Some(_), None) => false,
    };
    table && (hider.name.is_none() || hider.name == hidden.name)
}
