//! What to say about a history and what to do about it: rules -> findings, findings -> fixes.
//!
//! Everything here is a pure function of one version of the analysed project. [`check`] gives the findings of an
//! environment, [`fixes`] the edits for one of them.

mod alike;
mod cache;
mod check;
mod configuration;
pub mod diff;
mod effect;
mod fills;
mod finding;
mod fix;
mod glob;
mod groups;
mod locate;
mod lookup;
mod options;
mod plan;
mod precedence;
mod quiet;
pub mod render;
mod rows;
mod rule;
mod rules;
mod sink;
mod statistics;
mod suppress;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod text;
mod units;
mod view;
mod walk;

pub use cache::Checker;
pub use check::{Judgement, Report, check};
pub use configuration::check_configuration;
pub use finding::{Finding, Related, Spot, Subject};
pub use fix::{Applicability, Edit, Fix, apply, fixes};
pub use options::{Backfill, Downgrade, Options, UnknownRule};
pub use rule::{Group, Rule, Severity};
pub use rules::{RULES, find as find_rule};
pub use sink::Withheld;
pub use statistics::{Statistics, Unread, statistics};
