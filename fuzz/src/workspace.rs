//! A workspace in memory, and everything that is asked of one.

use advice::Options;
use alembic::config::Sources;
use alembic::layout::{Extra, Layout};
use camino::Utf8Path;
use fact::files::{Memory, decode};
use project::{EnvironmentOptions, World};
use schema::report::reported;
use schema::{Dialect, Kind};
use std::sync::Arc;

/// Puts a file there as the disk would: text, or why it is none.
pub fn put(files: &mut Memory, path: &str, bytes: &[u8]) {
    match decode(bytes.to_vec()) {
        Ok(text) => files.insert(path, text),
        Err(error) => files.insert_error(path, error),
    }
}

/// One dialect, none, or all of them, as the input has it.
pub fn dialects(data: &[u8]) -> Vec<Dialect> {
    let all = Kind::ALL.map(Dialect::from);
    match data.len() % (all.len() + 2) {
        0 => all.to_vec(),
        one => all.get(one - 1).copied().into_iter().collect(),
    }
}

/// The environments that `sources` describe.
pub fn options(files: &Memory, sources: &[Sources], dialects: &[Dialect]) -> Vec<EnvironmentOptions> {
    let layouts = sources.iter().filter_map(|sources| Layout::find(files, sources, &Extra::default()).ok());
    let options = layouts.map(|layout| EnvironmentOptions {
        layout,
        dialects: dialects.to_vec(),
        naming: None,
        target: None,
    });
    options.collect()
}

/// Opens the workspace and asks everything that a command or an editor would ask about the file at `path`.
pub fn explore(files: &Memory, sources: &[Sources], dialects: &[Dialect], path: &str) {
    let world = World::new(Arc::new(files.clone()), options(files, sources, dialects));
    let snapshot = world.snapshot();
    let settings = Options::default();
    for environment in &snapshot.environments {
        for (context, history) in &environment.histories {
            let _ = reported(&history.end().schema, context.dialect);
        }
        let _ = advice::statistics(environment);
        for finding in advice::check(environment, &settings).findings {
            for fix in advice::fixes(&snapshot, &settings, &finding) {
                for edit in &fix.edits {
                    let text = snapshot.text(edit.file).unwrap_or_default();
                    assert!(fix.apply(edit.file, &text).is_some(), "{} does not fit", fix.title);
                }
            }
        }
    }
    let path = Utf8Path::new(path);
    let _ = ide::symbols(&snapshot, path);
    let text = snapshot.revisions_at(path).next().and_then(|(_, revision)| revision.parsed.text.clone().ok());
    let length = text.map_or(0, |text| text.len() as u32);
    for offset in (0..length).step_by(1 + length as usize / 16) {
        let _ = ide::hover(&snapshot, path, offset);
    }
}
