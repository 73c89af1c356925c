//! From layouts and settings to the analysed workspace.

use crate::cli::Start;
use crate::environment::{doubts, refusal};
use crate::workspace::shown;
use alembic::graph::{Graph, Ids, QueryError, Rev};
use alembic::layout::Layout;
use anyhow::{Context, Result, anyhow, bail};
use project::models::{Models, Wanted};
use project::{Environment, EnvironmentOptions, Roots, Store, World};
use schema::Dialect;
use std::sync::Arc;

/// The world of these environments, as the settings and the command line describe them.
pub fn world(start: &Start, layouts: Vec<Layout>, target: Option<Vec<String>>) -> Result<World> {
    Ok(World::new(start.files.clone(), options(start, layouts, target)?))
}

/// The one history that a command is about, with nothing replayed. One that Alembic refuses to load, or that has no
/// revision, is an error.
pub fn history(start: &Start) -> Result<Arc<Environment>> {
    Ok(open(start)?.1)
}

/// The one history that a command is about, replayed as far as `target` says when it sees the graph (as
/// [`EnvironmentOptions::target`]).
pub fn replayed(
    start: &Start,
    target: impl FnOnce(&Graph) -> Result<Option<Vec<String>>>,
) -> Result<Arc<Environment>> {
    let (mut world, environment) = open(start)?;
    let target = target(&environment.graph)?;
    world.set_environments(vec![EnvironmentOptions { target, ..(*environment.options).clone() }]);
    only(&world)
}

/// What the models demand, and where it was read.
pub struct Demanded {
    pub models: Models,
    pub dialect: Option<Dialect>,
    pub store: Store,
}

/// The domain model: that of the one environment, or of everything under the source roots where there is none.
pub fn models(start: &Start) -> Result<Demanded> {
    let projects = [start.base().to_owned()];
    if let Some(layout) = start.selection.layout_if_any(&*start.files, &start.settings)? {
        let environment = only(&world(start, vec![layout], Some(Vec::new()))?)?;
        return Ok(Demanded {
            models: environment.models(&projects),
            dialect: environment.dialects.first().copied().flatten(),
            store: environment.roots.store().clone(),
        });
    }
    let dialect = match start.dialects.first() {
        Some(dialect) => Some(*dialect),
        None => start.settings.dialects()?.first().copied(),
    };
    let mut folders = start.settings.source_roots();
    folders.extend(start.selection.source_roots.iter().cloned());
    if folders.is_empty() {
        let src = start.base().join("src");
        folders = std::iter::once(src)
            .filter(|src| start.files.is_directory(src))
            .chain(projects.clone())
            .collect();
    }
    if let Some(missing) = folders.iter().find(|folder| !start.files.is_directory(folder)) {
        bail!("{missing}: there is no such directory (check --source-root)");
    }
    let store = Store::new(start.files.clone());
    let python = start.selection.python(&*start.files, &start.settings)?;
    let packages = python.map(|python| python.packages).unwrap_or_default();
    let roots = Roots::new(store.clone(), &folders, &packages);
    let naming = start.settings.naming();
    let wanted = Wanted { env: None, dialect, naming: naming.as_ref(), projects: &projects };
    Ok(Demanded { models: project::models::read(&roots, &wanted), dialect, store })
}

/// The revisions that `wanted` means to one of Alembic's commands on an empty database: also `head-1` and `rev+2`, which
/// only `upgrade` takes.
pub fn revisions(graph: &Graph, wanted: &str) -> Result<Vec<Rev>, QueryError> {
    let ids = Ids::from(wanted);
    let error = match graph.get_revisions(&ids) {
        Ok(revisions) => return Ok(revisions),
        Err(error) => error,
    };
    match graph.upgrade(&ids, &Ids::Base) {
        Ok(plan) => Ok(plan.steps.last().copied().into_iter().collect()),
        Err(
            relative @ (QueryError::MultipleHeads { .. } | QueryError::TooFar | QueryError::TooFew { .. }),
        ) => Err(relative),
        Err(_) => Err(error),
    }
}

fn open(start: &Start) -> Result<(World, Arc<Environment>)> {
    let layout = start.selection.layout(&*start.files, &start.settings)?;
    tracing::info!("environment {}", layout.name());
    for missing in &layout.missing_locations {
        tracing::warn!("version location {missing} does not exist; Alembic skips it");
    }
    let world = world(start, vec![layout], Some(Vec::new()))?;
    let environment = only(&world)?;
    let base = start.base();
    if environment.revisions.is_empty() {
        let layout = &environment.options.layout;
        let folders: Vec<String> = layout
            .version_locations
            .iter()
            .map(|path| shown(path, base))
            .chain(layout.missing_locations.iter().map(|path| format!("{path} (missing)")))
            .collect();
        bail!("no migrations found: {} has none", folders.join(", "));
    }
    if let Some(message) = refusal(&environment, base) {
        return Err(anyhow!(message)).context("the history cannot be loaded");
    }
    for doubt in doubts(&environment, base) {
        tracing::warn!("{doubt}");
    }
    Ok((world, environment))
}

/// The one environment of a world.
pub fn only(world: &World) -> Result<Arc<Environment>> {
    let snapshot = world.snapshot();
    snapshot.environments.first().cloned().ok_or_else(|| anyhow!("no migration environment found"))
}

/// What each environment is made of.
pub fn options(
    start: &Start,
    layouts: Vec<Layout>,
    target: Option<Vec<String>>,
) -> Result<Vec<EnvironmentOptions>> {
    let dialects = match start.dialects.as_slice() {
        [] => start.settings.dialects()?,
        given => given.to_vec(),
    };
    let naming = start.settings.naming();
    Ok(layouts
        .into_iter()
        .map(|layout| EnvironmentOptions {
            layout,
            dialects: dialects.clone(),
            naming: naming.clone(),
            target: target.clone(),
        })
        .collect())
}
