//! `foreshot server`

use super::{Global, start};
use crate::environment::{Selection, absolute};
use crate::failure::code;
use crate::lsp::{self, Ended, Scope};
use anyhow::{Context, Result, anyhow};
use camino::Utf8PathBuf;
use clap::Args;

/// Serve an editor on standard input and output, as a language server
#[derive(Debug, Args)]
pub struct ServerArgs {
    /// Standard input and output are used anyway.
    #[arg(long)]
    stdio: bool,
}

/// Serves until the editor leaves. The exit code tells whether it said goodbye.
pub fn run(_: &ServerArgs, global: &Global) -> Result<u8> {
    let (input, output) = (tokio::io::stdin(), tokio::io::stdout());
    Ok(match lsp::serve(scope(global)?, input, output)? {
        Ended::Properly => code::DONE,
        Ended::Abruptly => code::LEFT,
    })
}

/// A project that is named on the command line is served instead of what the editor has open.
fn scope(global: &Global) -> Result<Scope> {
    let here = std::env::current_dir().context("the working directory cannot be read")?;
    let here = Utf8PathBuf::from_path_buf(here)
        .map_err(|path| anyhow!("the working directory {} is not UTF-8", path.display()))?;
    let named = global.project.is_some() || !global.config.is_empty() || !global.versions.is_empty();
    let all = |paths: &[Utf8PathBuf]| paths.iter().map(|path| absolute(path, &here)).collect::<Vec<_>>();
    let selection = named.then(|| Selection {
        base: global.project.as_ref().map_or_else(|| here.clone(), |project| absolute(project, &here)),
        explicit: global.project.is_some(),
        configs: all(&global.config),
        section: global.name.clone(),
        versions: all(&global.versions),
        source_roots: all(&global.source_root),
        recursive: global.recursive,
        python: start::python(global, &here),
    });
    Ok(Scope { selection, dialects: global.dialect.clone(), python: start::python(global, &here) })
}
