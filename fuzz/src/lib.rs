//! What is tried with input of every kind: each target takes bytes, makes of them what a user could have, and does with
//! it what the product does. Nothing may panic, take long or grow without bound.
//!
//! libFuzzer runs the targets by way of `fuzz_targets/`, and `tests/fuzz.rs` without it.

mod configuration;
mod edits;
mod limits;
mod model;
#[path = "../../server/project/tests/picture/mod.rs"]
mod picture;
mod revision;
mod session;
mod sql;
mod template;
mod workspace;

pub use limits::Limits;

/// Makes of bytes what a user could have, and does with it what the product does.
pub type Target = fn(&[u8]);

/// Every target by its name.
pub const TARGETS: [(&str, Target); 7] = [
    ("revision", revision::run),
    ("model", model::run),
    ("configuration", configuration::run),
    ("template", template::run),
    ("sql", sql::run),
    ("session", session::run),
    ("edits", edits::run),
];

/// Runs a target, which must stay within the limits.
pub fn within(limits: &Limits, target: &str, data: &[u8]) {
    if let Some((_, run)) = TARGETS.iter().find(|(name, _)| *name == target) {
        limits.watch(|| run(data));
    }
}
