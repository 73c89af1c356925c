//! Parses every Python file under the given folders and says which have errors and how long it took.
//!
//! `cargo run --release -p python --example parse_all -- DIR...`; with `--errors` the errors are listed, one a line; with
//! `--compare` the files that the direct way reads otherwise than the grammar's, and those that it leaves to it.

use python::ast::{Item, Module};
use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

fn main() -> std::io::Result<()> {
    let (mut list_errors, mut compare) = (false, false);
    let mut files = Vec::new();
    for argument in std::env::args_os().skip(1) {
        if argument == "--errors" {
            list_errors = true;
        } else if argument == "--compare" {
            compare = true;
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
        if compare {
            match python::parse::parse_directly(&text) {
                Some(direct) => {
                    totals.direct += 1;
                    let lowered = python::parse::parse_with_grammar(&text);
                    if let Some(at) = first_difference(&direct, &lowered) {
                        totals.different += 1;
                        let line = text.get(..at).map_or(0, |t| t.matches('\n').count() + 1);
                        writeln!(out, "{}:{line}: different", path.display())?;
                    }
                }
                None if module.errors.is_empty() => writeln!(out, "{}: not read directly", path.display())?,
                None => {}
            }
        }
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

/// Where the first item starts that two readings of a text do not have in common.
fn first_difference(a: &Module, b: &Module) -> Option<usize> {
    let same = |a: &Item, b: &Item| {
        let (left, right) = (&a.tree, &b.tree);
        (a.start, left.root, left.hash) == (b.start, right.root, right.hash)
            && (&left.exprs, &left.stmts) == (&right.exprs, &right.stmts)
            && (&left.expr_spans, &left.stmt_spans) == (&right.expr_spans, &right.stmt_spans)
    };
    let differs = a.items.iter().zip(&b.items).find(|(a, b)| !same(a, b));
    let error = b.errors.first().map(|error| error.span.start as usize);
    let uneven = (a.items.len() != b.items.len()).then_some(0);
    error.or(differs.map(|(item, _)| item.start as usize)).or(uneven)
}

#[derive(Debug, Default)]
struct Totals {
    direct: usize,
    different: usize,
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
