//! The workspace: which environments it has, what they evaluate to, and what is evaluated again after a change.

mod caches;
mod dialects;
pub mod environment;
mod fold;
mod initial;
mod installed;
pub mod models;
mod packages;
mod revision;
mod roots;
mod same;
mod snapshot;
mod store;
mod world;

pub use caches::Caches;
pub use dialects::Evidence;
pub use environment::{Environment, EnvironmentOptions};
pub use revision::Revision;
pub use roots::Roots;
pub use store::{Parsed, Store};
pub use world::{Change, Snapshot, World};
