//! The rules: one file each, and one word each in the list below.

use crate::rule::Rule;

macro_rules! rules {
    ($($name:ident,)*) => {
        $(mod $name;)*

        /// Every rule, by group and in the order of the manual.
        pub static RULES: &[&Rule] = &[$(&$name::RULE),*];
    };
}

rules! {
    unreadable_revision,
    broken_configuration,
    unknown_revision,
    duplicate_revision_id,
    invalid_revision_id,
    revision_cycle,
    multiple_heads,
    missing_downgrade,
    empty_downgrade,
    incomplete_downgrade,
    not_null_column_without_default,
    backfill_missing_before_not_null,
    backfill_after_constraint,
    unknown_table,
    unknown_column,
    unknown_constraint,
    duplicate_object,
    sqlite_needs_batch,
    missing_existing_type,
    column_attributes_lost,
}

pub(crate) use incomplete_downgrade::left_over;

/// The rule of that name.
pub fn find(name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.name == name)
}

#[cfg(test)]
mod tests;
