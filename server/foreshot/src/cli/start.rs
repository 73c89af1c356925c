//! What every subcommand on a history starts from.

use super::Global;
use crate::config::Settings;
use crate::environment::{Selection, absolute};
use crate::packages;
use anyhow::{Context, Result, anyhow, bail};
use camino::{Utf8Path, Utf8PathBuf};
use fact::files::Files;
use schema::Dialect;
use std::sync::Arc;

/// The global options made absolute: what is asked, before a file is looked at.
#[derive(Debug)]
pub struct Asked {
    /// The working directory.
    pub here: Utf8PathBuf,
    pub selection: Selection,
    /// Of `--dialect`; empty if it was not given.
    pub dialects: Vec<Dialect>,
    pub verbose: bool,
}

/// The global options, and the settings that go with them.
pub struct Start {
    pub files: Arc<dyn Files>,
    /// The working directory.
    pub here: Utf8PathBuf,
    pub selection: Selection,
    pub settings: Settings,
    /// Of `--dialect`; empty if it was not given.
    pub dialects: Vec<Dialect>,
    pub verbose: bool,
}

impl Asked {
    pub fn new(global: &Global) -> Result<Asked> {
        let here = std::env::current_dir().context("the working directory cannot be read")?;
        let here = Utf8PathBuf::from_path_buf(here)
            .map_err(|path| anyhow!("the working directory {} is not UTF-8", path.display()))?;
        let base = match &global.project {
            Some(project) => absolute(project, &here),
            None => here.clone(),
        };
        let configs = match global.config.as_slice() {
            [] if global.project.is_none() && global.versions.is_empty() => alembic_config(),
            given => given.to_vec(),
        };
        let all = |paths: &[Utf8PathBuf]| paths.iter().map(|path| absolute(path, &here)).collect::<Vec<_>>();
        let selection = Selection {
            explicit: global.project.is_some(),
            configs: all(&configs),
            section: global.name.clone(),
            versions: all(&global.versions),
            source_roots: all(&global.source_root),
            recursive: global.recursive,
            python: python(global, &here),
            base,
        };
        Ok(Asked { here, selection, dialects: global.dialect.clone(), verbose: global.verbose > 0 })
    }
}

impl Start {
    pub fn new(asked: Asked, files: Arc<dyn Files>) -> Result<Start> {
        let Asked { here, selection, dialects, verbose } = asked;
        let base = &selection.base;
        if !files.is_directory(base) {
            bail!("--project {base}: there is no such directory");
        }
        // A configuration file that was named brings its project with it.
        let named = selection.configs.first().and_then(|path| path.parent());
        let start = match named {
            Some(directory) if !selection.explicit => directory,
            _ => base.as_path(),
        };
        let settings = Settings::find(&*files, start, selection.explicit)?;
        if let Some(file) = settings.file() {
            tracing::info!("settings from {file}");
        }
        Ok(Start { files, here, selection, settings, dialects, verbose })
    }

    /// The directory that paths are shown from.
    pub fn base(&self) -> &Utf8Path {
        &self.selection.base
    }
}

/// What is said about the Python environment.
pub fn python(global: &Global, here: &Utf8Path) -> packages::Choice {
    let activated = std::env::var("VIRTUAL_ENV").ok().filter(|path| !path.is_empty());
    packages::Choice {
        option: global.python.as_ref().map(|path| absolute(path, here)),
        activated: activated.map(|path| absolute(Utf8Path::new(&path), here)),
    }
}

/// The file that Alembic too takes from the environment when none is named.
fn alembic_config() -> Vec<Utf8PathBuf> {
    let named = std::env::var("ALEMBIC_CONFIG").ok().filter(|path| !path.is_empty());
    named.map(Utf8PathBuf::from).into_iter().collect()
}
