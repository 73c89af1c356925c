//! Commands that answer from files alone, and so need not work out again what they have said about the same files.

use super::Global;
use super::start::{Asked, Start};
use crate::cache::{Folder, Recording, Slot};
use crate::workspace::Disk;
use anyhow::Result;
use std::fmt::Debug;
use std::io::Write;
use std::sync::Arc;

/// Runs a command, or repeats its answer if everything that it has looked at is as it was. `args` tells by its debug text
/// what was asked.
pub fn answer(
    global: &Global,
    args: &impl Debug,
    command: impl FnOnce(&Start, &mut dyn Write) -> Result<u8>,
) -> Result<u8> {
    let Some(folder) = (!global.no_cache).then(Folder::find).flatten() else {
        return afresh(global, command);
    };
    let asked = Asked::new(global)?;
    let selection = format!("{:?}", asked.selection);
    let question = format!("{args:?} {:?} {:?} {}", asked.here, asked.dialects, asked.verbose);
    let slot = Slot::new(&folder, &selection, &question);
    let mut out = anstream::AutoStream::auto(std::io::stdout()).lock();
    if let Some(known) = slot.known() {
        known.told.tell();
        out.write_all(&known.text)?;
        return Ok(known.code);
    }
    let mut recording = Recording::new(slot);
    let start = Start::new(asked, recording.files.clone())?;
    let code = command(&start, &mut recording.out(&mut out))?;
    out.flush()?;
    recording.keep(code);
    Ok(code)
}

/// Runs a command whose answer is not to be kept.
pub fn afresh(global: &Global, command: impl FnOnce(&Start, &mut dyn Write) -> Result<u8>) -> Result<u8> {
    let start = Start::new(Asked::new(global)?, Arc::new(Disk))?;
    command(&start, &mut anstream::AutoStream::auto(std::io::stdout()).lock())
}

#[cfg(test)]
mod tests {
    use camino::{Utf8Path, Utf8PathBuf};

    /// Files that may look at the disk or ask the system themselves: what they learn is no part of an answer, or is noted.
    const MAY: [&str; 8] = [
        "cache/",
        "cli/answer.rs",
        "cli/check/fix.rs",
        "cli/server.rs",
        "cli/start.rs",
        "cli/testing.rs",
        "lsp/",
        "workspace.rs",
    ];

    /// What is seen in another way than through [`fact::files::Files`] would not count when an answer is used again.
    #[test]
    fn answers_rest_on_what_is_noted() {
        let root = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("server/foreshot/src");
        let mut todo = vec![root.clone()];
        let mut offenders: Vec<Utf8PathBuf> = Vec::new();
        while let Some(directory) = todo.pop() {
            for entry in directory.read_dir_utf8().unwrap() {
                let path = entry.unwrap().into_path();
                if path.is_dir() {
                    todo.push(path);
                    continue;
                }
                let name = path.strip_prefix(&root).unwrap().to_owned();
                let text = std::fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]").next().unwrap_or_default();
                let words = ["Disk", "std::env", "std::fs", "std::process::Command"];
                let looks = words.iter().any(|word| code.contains(word));
                if looks && !MAY.iter().any(|may| name.as_str().starts_with(may)) {
                    offenders.push(name);
                }
            }
        }
        assert_eq!(offenders, [] as [Utf8PathBuf; 0]);
    }
}
