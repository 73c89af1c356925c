//! The workspace: which environments it has, what they evaluate to, and what is evaluated again after a change.

pub mod environment;
mod fold;
mod roots;
mod store;
mod world;

pub use environment::{Environment, EnvironmentOptions, Revision};
pub use fold::Caches;
pub use roots::Roots;
pub use store::{Parsed, Store};
pub use world::{Change, Snapshot, World};
