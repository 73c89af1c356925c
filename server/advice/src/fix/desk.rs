//! What a fix is made with.

use super::literal::with_content;
use super::{Applicability, Edit, Fix};
use crate::finding::{Finding, Spot};
use crate::locate::locate;
use crate::options::Options;
use crate::render::Style;
use alembic::graph::Rev;
use camino::Utf8Path;
use fact::{FileId, Name};
use project::{Environment, Parsed, Revision, Store};
use std::ops::Range;
use std::sync::Arc;

/// The environment that a fix is for, and the settings that it follows.
#[derive(Clone, Copy)]
pub(crate) struct Desk<'a> {
    pub environment: &'a Environment,
    pub options: &'a Options,
}

impl<'a> Desk<'a> {
    pub fn store(&self) -> &'a Store {
        self.environment.roots.store()
    }

    pub fn text(&self, file: FileId) -> Option<Arc<str>> {
        let path = self.store().path(file)?;
        self.store().parsed(&path).text.as_ref().ok().cloned()
    }

    /// The revision that the finding is about.
    pub fn revision(&self, finding: &Finding) -> Option<(Rev, &'a Arc<Revision>)> {
        let rev = self.environment.graph.find(finding.revision?)?;
        Some((rev, self.environment.revision(rev)?))
    }

    /// How a file is written.
    pub fn style(&self, parsed: &Parsed) -> Style {
        let naming = self.environment.naming();
        let wraps = naming.known().is_none_or(|naming| naming.ck.is_some());
        Style { wraps_checks: wraps, ..Style::of(parsed) }
    }

    pub fn edit(&self, file: FileId, range: Range<u32>, new_text: impl Into<String>) -> Option<Edit> {
        let path: Arc<Utf8Path> = self.store().path(file)?;
        Some(Edit { file, path, range, new_text: new_text.into() })
    }

    /// A fix of these edits; `None` if they are none, or overlap.
    pub fn fix(
        &self,
        title: impl Into<String>,
        applicability: Applicability,
        mut edits: Vec<Edit>,
    ) -> Option<Fix> {
        edits.sort_by_key(|edit| (edit.file, edit.range.start, edit.range.end));
        let overlap = edits
            .iter()
            .zip(edits.iter().skip(1))
            .any(|(a, b)| a.file == b.file && b.range.start < a.range.end);
        if edits.is_empty() || overlap {
            return None;
        }
        let mut texts: Vec<(FileId, u64)> = Vec::new();
        for edit in &edits {
            if !texts.iter().any(|(file, _)| *file == edit.file) {
                texts.push((edit.file, Fix::hash(&self.text(edit.file)?)));
            }
        }
        Some(Fix { title: title.into(), applicability, edits, texts })
    }

    /// Puts another name into the string literal at `spot`.
    pub fn replace_string(
        &self,
        spot: &Spot,
        name: &Name,
        title: impl Into<String>,
        applicability: Applicability,
    ) -> Vec<Fix> {
        let replaced = || {
            let Spot::Place(place) = spot else { return None };
            let at = locate(self.store(), *place)?;
            let span = at.span(place.node)?;
            let text = with_content(at.text(place.node)?, name)?;
            self.fix(title, applicability, vec![self.edit(place.file, span.start..span.end, text)?])
        };
        replaced().into_iter().collect()
    }
}
