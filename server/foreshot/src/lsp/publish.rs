//! Which diagnostics the client has, and which it needs.

use super::data::{Diagnostic, Mark, Output, RelatedMark};
use super::view::View;
use camino::{Utf8Path, Utf8PathBuf};
use rustc_hash::{FxHashMap, FxHashSet};

/// What the client was told last, by file; files about which there is nothing to say are left out.
#[derive(Debug, Default)]
pub struct Published {
    marks: FxHashMap<Utf8PathBuf, Vec<Mark>>,
}

impl Published {
    /// What to send for `view`. The `edited` documents are sent whether or not anything is different: the client waits to
    /// hear of the version that it has. `changed`: the files of which something else may be said; `None`: any.
    pub fn update(
        &mut self,
        view: &View,
        edited: &FxHashSet<Utf8PathBuf>,
        changed: Option<&FxHashSet<Utf8PathBuf>>,
    ) -> Vec<Output> {
        let mut paths: Vec<Utf8PathBuf> = match changed {
            Some(changed) => changed.iter().cloned().collect(),
            None => self.marks.keys().chain(view.diagnostics.keys()).cloned().collect(),
        };
        paths.extend(edited.iter().filter(|path| concerns(view, path)).cloned());
        paths.sort();
        paths.dedup();
        let mut outputs = Vec::new();
        for path in paths {
            let marks = marks(view, &path);
            let known = self.marks.get(&path).map(Vec::as_slice).unwrap_or_default();
            let document = view.document(&path);
            let is_edited = document.is_some() && edited.contains(&path);
            if marks == known && !is_edited {
                continue;
            }
            match marks.is_empty() {
                true => self.marks.remove(&path),
                false => self.marks.insert(path.clone(), marks.clone()),
            };
            outputs.push(Output::Publish {
                uri: document.map(|document| document.uri.clone()),
                version: document.map(|document| document.version),
                path,
                marks,
            });
        }
        outputs
    }
}

/// Whether anything will ever be said about the file: most Python files of a workspace are nobody's migration.
fn concerns(view: &View, path: &Utf8Path) -> bool {
    view.snapshot.revisions_at(path).next().is_some()
}

fn marks(view: &View, path: &Utf8Path) -> Vec<Mark> {
    let all = view.diagnostics.get(path).map(|all| &**all).unwrap_or_default();
    all.iter().map(|diagnostic| mark(view, diagnostic)).collect()
}

fn mark(view: &View, diagnostic: &Diagnostic) -> Mark {
    let related = diagnostic.related.iter().map(|related| RelatedMark {
        path: related.path.clone(),
        uri: view.document(&related.path).map(|document| document.uri.clone()),
        range: view.range(&related.path, &related.span),
        message: related.message.clone(),
    });
    Mark {
        range: view.range(&diagnostic.path, &diagnostic.span),
        severity: diagnostic.severity,
        code: diagnostic.code.clone(),
        message: diagnostic.message.clone(),
        related: related.collect(),
    }
}
