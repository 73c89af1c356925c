//! Applies fixes, round after round, and writes what came of it.

use super::{found, output};
use crate::encoding::Source;
use crate::workspace::{Disk, shown};
use advice::{Applicability, Checker, Edit, Fix, Options};
use anyhow::{Context, Result, bail};
use camino::{Utf8Path, Utf8PathBuf};
use fact::FileId;
use fact::files::{Entry, EntryKind, Files, ReadError};
use project::{Change, Snapshot, World};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

/// More rounds than this mean that fixes undo each other.
const ROUNDS: usize = 10;

/// What to apply.
pub struct Round<'a> {
    pub checker: &'a Checker,
    pub options: &'a Options,
    pub paths: &'a [Utf8PathBuf],
    pub also_unsafe: bool,
}

/// The files that fixes have changed: text as analysed, and as it is now.
#[derive(Debug, Default)]
pub struct Changed {
    files: BTreeMap<Utf8PathBuf, (Arc<str>, Arc<str>)>,
}

/// The disk, with other texts for some files.
struct Overlay {
    texts: BTreeMap<Utf8PathBuf, Arc<str>>,
}

impl Round<'_> {
    /// Changes the world until no fix is left.
    pub fn run(&self, world: &mut World) -> Result<Changed> {
        let mut changed = Changed::default();
        for _ in 0..ROUNDS {
            let snapshot = world.snapshot();
            let edits = self.edits(&snapshot);
            if edits.is_empty() {
                break;
            }
            let mut changes = Vec::new();
            for (file, edits) in edits {
                let (Some(path), Some(text)) = (snapshot.path(file), snapshot.text(file)) else { continue };
                let Some(new) = advice::apply(&edits, &text) else {
                    bail!("{path}: two fixes do not fit together; nothing was changed");
                };
                let entry = changed.files.entry(path.to_path_buf()).or_insert((text.clone(), text));
                entry.1 = new.into();
                changes.push(Change::Text(path.to_path_buf()));
            }
            let texts = changed.files.iter().map(|(path, (_, new))| (path.clone(), new.clone())).collect();
            world.apply(Arc::new(Overlay { texts }), &changes);
        }
        changed.files.retain(|_, (old, new)| old != new);
        Ok(changed)
    }

    /// The edits of the fixes that do not touch each other.
    fn edits(&self, snapshot: &Snapshot) -> FxHashMap<FileId, Vec<Edit>> {
        let found = found(snapshot, self.options, self.checker, Utf8Path::new(""), self.paths);
        let mut out: FxHashMap<FileId, Vec<Edit>> = FxHashMap::default();
        for finding in &found.findings {
            let fix = output::Found::fixes(&found, finding).into_iter().find(|fix| self.applies(fix));
            let Some(fix) = fix else { continue };
            let clashes = fix.edits.iter().any(|edit| {
                out.get(&edit.file).is_some_and(|taken| taken.iter().any(|other| touch(edit, other)))
            });
            if !clashes {
                for edit in fix.edits {
                    out.entry(edit.file).or_default().push(edit);
                }
            }
        }
        for edits in out.values_mut() {
            edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
        }
        out
    }

    fn applies(&self, fix: &Fix) -> bool {
        match fix.applicability {
            Applicability::Safe => true,
            Applicability::Unsafe => self.also_unsafe,
            Applicability::NeedsInput => false,
        }
    }
}

fn touch(a: &Edit, b: &Edit) -> bool {
    a.range.start <= b.range.end && b.range.start <= a.range.end
}

impl Changed {
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// What would change, as a unified diff.
    pub fn diff(&self, out: &mut impl Write, base: &Utf8Path) -> Result<()> {
        for (path, (old, new)) in &self.files {
            let path = shown(path, base);
            let diff = similar::TextDiff::from_lines(&**old, &**new);
            write!(out, "{}", diff.unified_diff().header(&format!("a/{path}"), &format!("b/{path}")))?;
        }
        Ok(())
    }

    /// Writes every file that is still the one that was analysed.
    pub fn write(&self, base: &Utf8Path) -> Result<()> {
        for (path, (old, new)) in &self.files {
            let bytes = std::fs::read(path).with_context(|| format!("{path} cannot be read"))?;
            let now = Source::decode(bytes).with_context(|| format!("{path} cannot be read"))?;
            if now.text != *old {
                bail!("{path} has changed since it was analysed; run the command again");
            }
            let content = now
                .encode(new)
                .with_context(|| format!("{path} has an encoding without these characters"))?;
            replace(path, &content).with_context(|| format!("{path} cannot be written"))?;
            tracing::info!("fixed {}", shown(path, base));
        }
        Ok(())
    }
}

/// A temporary file beside it takes its place, so that nobody sees half a file.
fn replace(path: &Utf8Path, content: &[u8]) -> std::io::Result<()> {
    let target = std::fs::canonicalize(path)?;
    let name = path.file_name().unwrap_or("file");
    let temporary = target.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
    let written = std::fs::write(&temporary, content)
        .and_then(|()| std::fs::set_permissions(&temporary, std::fs::metadata(&target)?.permissions()))
        .and_then(|()| std::fs::rename(&temporary, &target));
    if written.is_err() {
        // The error that matters is the first one.
        let _ = std::fs::remove_file(&temporary);
    }
    written
}

impl Files for Overlay {
    fn read(&self, path: &Utf8Path) -> Result<Arc<str>, ReadError> {
        match self.texts.get(path) {
            Some(text) => Ok(text.clone()),
            None => Disk.read(path),
        }
    }

    fn list(&self, directory: &Utf8Path) -> Vec<Entry> {
        Disk.list(directory)
    }

    fn kind(&self, path: &Utf8Path) -> Option<EntryKind> {
        Disk.kind(path)
    }

    fn real_path(&self, path: &Utf8Path) -> Utf8PathBuf {
        Disk.real_path(path)
    }
}
