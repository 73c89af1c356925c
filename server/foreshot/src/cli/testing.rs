//! Small projects on disk, and what a command writes about them.

use super::start::Start;
use crate::config::Settings;
use crate::environment::Selection;
use crate::failure;
use crate::workspace::Disk;
use anyhow::Result;
use camino::Utf8Path;
use std::fs;
use std::sync::Arc;

/// The text of a revision file.
pub fn revision(id: &str, down: &str, message: &str) -> String {
    format!("\"\"\"{message}\"\"\"\nrevision = '{id}'\ndown_revision = {down}\n")
}

/// What `command` writes, colours left out, or `error CODE: MESSAGE`; it may go on after `expect` where that ends early.
#[track_caller]
pub fn check_output(
    files: &[(&str, String)],
    command: impl FnOnce(&Start, &mut anstream::StripStream<Vec<u8>>) -> Result<()>,
    expect: &str,
) {
    let directory = tempfile::tempdir().unwrap();
    let base = Utf8Path::from_path(directory.path()).unwrap().canonicalize_utf8().unwrap();
    for (path, text) in files {
        let path = base.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let mut out = anstream::StripStream::new(Vec::new());
    let selection = Selection { base: base.clone(), explicit: true, ..Selection::default() };
    let run = || -> Result<()> {
        let settings = Settings::find(&Disk, &base, true)?;
        let here = base.clone();
        let start =
            Start { files: Arc::new(Disk), here, selection, settings, dialects: Vec::new(), verbose: false };
        command(&start, &mut out)
    };
    let text = match run() {
        Ok(()) => String::from_utf8(out.into_inner()).unwrap(),
        Err(error) => format!("error {}: {error:#}", failure::code_of(&error)),
    };
    let text = text.replace(&format!("{base}/"), "");
    let shown = if text.starts_with(expect) { expect } else { text.as_str() };
    assert_eq!(shown, expect);
}
