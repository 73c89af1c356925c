//! Parses every Python file under the given folders and says which have errors and how long it took.
//!
//! `cargo run --release -p python --example parse_all -- DIR...`; with `--errors` the errors are listed, one a line.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

fn main() -> std::io::Result<()> {
    let mut list_errors = false;
    let mut files = Vec::new();
    for argument in std::env::args_os().skip(1) {
        if argument == "--errors" {
            list_errors = true;
        } else {
            collect(Path::new(&argument), &mut files)?;
        }
    }
    files.sort();
    let mut raw = tree_sitter::Parser::new();
    raw.set_language(&tree_sitter_python::LANGUAGE.into()).map_err(std::io::Error::other)?;
    let mut totals = Totals::default();
    let mut out = std::io::stdout().lock();
    for path in &files {
        let Ok(text) = std::fs::read_to_string(path) else {
            totals.unreadable += 1;
            continue;
        };
        let started = Instant::now();
        let tree = raw.parse(&text, None);
        totals.raw += started.elapsed();
        drop(tree);
        let started = Instant::now();
        let module = python::parse::parse(&text);
        totals.whole += started.elapsed();
        totals.bytes += text.len();
        totals.items += module.items.len();
        totals.nodes += module.items.iter().map(|i| i.tree.exprs.len() + i.tree.stmts.len()).sum::<usize>();
        if !module.errors.is_empty() {
            totals.broken += 1;
        }
        if list_errors {
            for error in &module.errors {
                let line = text.get(..error.span.start as usize).map_or(0, |t| t.matches('\n').count() + 1);
                writeln!(out, "{}:{line}: {}", path.display(), error.message)?;
            }
        }
    }
    writeln!(out, "{} files, {totals:?}", files.len())
}

#[derive(Debug, Default)]
struct Totals {
    unreadable: usize,
    broken: usize,
    bytes: usize,
    items: usize,
    nodes: usize,
    /// tree-sitter alone.
    raw: Duration,
    /// tree-sitter and lowering.
    whole: Duration,
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if path.is_dir() {
        for entry in std::fs::read_dir(path)? {
            collect(&entry?.path(), files)?;
        }
    } else if path.extension() == Some(OsStr::new("py")) {
        files.push(path.to_owned());
    }
    Ok(())
}
