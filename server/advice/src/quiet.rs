//! Severities that depend on the project as a whole.

use crate::options::{Downgrade, Options};

/// Fewer revisions than this are no habit.
const ENOUGH: usize = 10;

/// A project that hardly writes downgrades does not want to hear it of each revision: the two rules drop to info.
/// `changing` is the number of revisions that change the schema, `without` that of the ones that have no downgrade.
pub(crate) fn is_habit(without: usize, changing: usize, options: &Options) -> bool {
    let habit = options.downgrade == Downgrade::Unset && changing >= ENOUGH && without * 3 >= changing;
    habit || options.downgrade == Downgrade::Optional
}
