//! textDocument/codeAction

use super::super::view::View;
use advice::{Applicability, Edit, Fix};
use camino::{Utf8Path, Utf8PathBuf};
use python::line_index::LineColumn;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

/// One correction that the user can choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    pub title: String,
    /// The diagnostic that it takes away, by code and range.
    pub code: String,
    pub range: Range<LineColumn>,
    pub preferred: bool,
    pub files: Vec<FileEdits>,
}

/// Edits of one version of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEdits {
    pub path: Utf8PathBuf,
    /// As the client wrote it, if the document is open.
    pub uri: Option<String>,
    pub version: Option<i32>,
    pub edits: Vec<NewText>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewText {
    pub range: Range<LineColumn>,
    pub text: String,
}

/// The corrections of what is said about `range`. Making them can take a while: `cancelled` ends it early.
pub fn code_action(
    view: &View,
    path: &Utf8Path,
    range: &Range<LineColumn>,
    cancelled: &AtomicBool,
) -> Vec<Action> {
    let offsets = view.offset(path, range.start).zip(view.offset(path, range.end));
    let (Some((start, end)), Some(diagnostics)) = (offsets, view.diagnostics.get(path)) else {
        return Vec::new();
    };
    let mut actions: Vec<Action> = Vec::new();
    for diagnostic in diagnostics.iter() {
        let touched = diagnostic.span.start <= end && start <= diagnostic.span.end;
        let Some(finding) = diagnostic.finding.as_ref().filter(|_| touched) else { continue };
        if cancelled.load(Ordering::Relaxed) {
            break;
        }
        let options = view.judging.get(&*finding.environment).cloned().unwrap_or_default();
        for (index, fix) in advice::fixes(&view.snapshot, &options, finding).into_iter().enumerate() {
            let action = Action {
                title: fix.title.clone(),
                code: diagnostic.code.clone(),
                range: view.range(path, &diagnostic.span),
                preferred: index == 0 && fix.applicability == Applicability::Safe,
                files: files(view, &fix),
            };
            if is_current(view, &fix) && !actions.contains(&action) {
                actions.push(action);
            }
        }
    }
    actions
}

/// Whether the texts are still those that the fix was made for.
fn is_current(view: &View, fix: &Fix) -> bool {
    fix.texts.iter().all(|(file, hash)| {
        let text = view.snapshot.path(*file).and_then(|path| view.text(&path));
        text.is_some_and(|text| Fix::hash(&text) == *hash)
    })
}

fn files(view: &View, fix: &Fix) -> Vec<FileEdits> {
    let mut files: Vec<FileEdits> = Vec::new();
    for Edit { path, range, new_text, .. } in &fix.edits {
        let edit = NewText { range: view.range(path, range), text: new_text.clone() };
        match files.iter_mut().find(|file| file.path == **path) {
            Some(file) => file.edits.push(edit),
            None => {
                let document = view.document(path);
                files.push(FileEdits {
                    path: path.to_path_buf(),
                    uri: document.map(|document| document.uri.clone()),
                    version: document.map(|document| document.version),
                    edits: vec![edit],
                });
            }
        }
    }
    files
}
