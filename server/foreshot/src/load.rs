//! From layouts and settings to the analysed workspace.

use crate::cli::Start;
use crate::workspace::Disk;
use alembic::layout::Layout;
use anyhow::{Result, bail};
use fact::files::Files;
use project::{Environment, EnvironmentOptions, World};
use std::sync::Arc;

/// The world of these environments, as the settings and the command line describe them.
pub fn world(start: &Start, layouts: Vec<Layout>, target: Option<Vec<String>>) -> Result<World> {
    let dialects = match start.dialects.as_slice() {
        [] => start.settings.dialects()?,
        given => given.to_vec(),
    };
    let options = layouts
        .into_iter()
        .map(|layout| EnvironmentOptions {
            layout,
            dialects: dialects.clone(),
            naming: start.settings.naming(),
            target: target.clone(),
        })
        .collect();
    let files: Arc<dyn Files> = Arc::new(Disk);
    Ok(World::new(files, options))
}

/// The one environment of a command on one history.
pub fn environment(start: &Start, target: Option<Vec<String>>) -> Result<Arc<Environment>> {
    // What Alembic refuses to load is an error here, with its file and line.
    drop(start.history()?);
    let layout = start.selection.layout(&start.settings)?;
    let world = world(start, vec![layout], target)?;
    match world.snapshot().environments.first() {
        Some(environment) => Ok(environment.clone()),
        None => bail!("no migration environment found in {}", start.base()),
    }
}
