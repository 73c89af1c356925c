//! Answers of earlier runs on disk, each valid while everything that the run has looked at is as it was.
//!
//! One file per selection of environments, in the user's cache folder. Whatever goes wrong with it costs time and
//! nothing else: what cannot be read is worked out again.

mod answer;
mod container;
mod folder;
mod record;
mod recorder;
mod stamp;
mod told;

pub use answer::{Recording, Slot};
pub use folder::Folder;
pub use told::layer;
