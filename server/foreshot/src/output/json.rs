//! Findings as a JSON document: a contract that scripts rely on.

use super::Found;
use crate::workspace::shown;
use advice::{Finding, Fix, Related, Spot};
use python::line_index::Unit;
use serde::Serialize;
use std::io::{self, Write};
use std::ops::Range;

#[derive(Serialize)]
struct Document {
    version: u32,
    summary: Summary,
    findings: Vec<Row>,
    #[serde(skip_serializing_if = "Option::is_none")]
    statistics: Option<Statistics>,
}

#[derive(Serialize)]
struct Summary {
    revisions: usize,
    files: usize,
    errors: usize,
    warnings: usize,
    infos: usize,
}

#[derive(Serialize)]
struct Row {
    rule: &'static str,
    severity: &'static str,
    message: String,
    #[serde(flatten)]
    location: Location,
    revision: Option<String>,
    dialects: Vec<&'static str>,
    related: Vec<RelatedRow>,
    fixes: Vec<FixRow>,
    environment: String,
}

#[derive(Serialize)]
struct Location {
    path: String,
    range: RangeRow,
}

#[derive(Serialize)]
struct RelatedRow {
    #[serde(flatten)]
    location: Location,
    message: String,
}

#[derive(Serialize)]
struct FixRow {
    title: String,
    applicability: String,
    edits: Vec<EditRow>,
}

#[derive(Serialize)]
struct EditRow {
    #[serde(flatten)]
    location: Location,
    new_text: String,
}

#[derive(Serialize)]
struct RangeRow {
    start: Position,
    end: Position,
}

/// Both count from 1; columns are characters.
#[derive(Serialize)]
struct Position {
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct Statistics {
    unknowns: Vec<UnknownRow>,
    assumed_tables: Vec<String>,
    withheld: Vec<WithheldRow>,
    suppressed: usize,
}

#[derive(Serialize)]
struct UnknownRow {
    kind: &'static str,
    reason: String,
    remedy: &'static str,
    revision: Option<String>,
    path: Option<String>,
    range: Option<RangeRow>,
}

#[derive(Serialize)]
struct WithheldRow {
    rule: &'static str,
    revision: Option<String>,
    reason: String,
    remedy: &'static str,
    path: Option<String>,
    range: Option<RangeRow>,
}

/// Writes the document.
pub fn write(out: &mut impl Write, found: &Found<'_>, statistics: bool) -> io::Result<()> {
    let document = Document {
        version: 1,
        summary: Summary {
            revisions: found.revisions(),
            files: found.files(),
            errors: found.count(advice::Severity::Error),
            warnings: found.count(advice::Severity::Warning),
            infos: found.count(advice::Severity::Info),
        },
        findings: found.findings.iter().map(|finding| found.row(finding)).collect(),
        statistics: statistics.then(|| found.statistics()),
    };
    writeln!(out, "{}", serde_json::to_string_pretty(&document)?)
}

impl Found<'_> {
    fn row(&self, finding: &Finding) -> Row {
        Row {
            rule: finding.rule.name,
            severity: finding.severity.name(),
            message: finding.message.clone(),
            location: self.location(&finding.spot),
            revision: finding.revision.map(|name| name.to_string()),
            dialects: finding.dialects.iter().map(|dialect| dialect.kind.name()).collect(),
            related: finding.related.iter().map(|related| self.related(related)).collect(),
            fixes: self.fixes(finding).iter().map(|fix| self.fix(fix)).collect(),
            environment: shown(finding.environment.as_ref().into(), self.base),
        }
    }

    fn location(&self, spot: &Spot) -> Location {
        match spot.bytes(&self.snapshot.store) {
            Some((path, bytes)) => Location { path: shown(&path, self.base), range: self.range(spot, bytes) },
            None => Location { path: String::new(), range: RangeRow::start() },
        }
    }

    fn range(&self, spot: &Spot, bytes: Range<u32>) -> RangeRow {
        let Some(index) = self.snapshot.line_index(spot.file()) else { return RangeRow::start() };
        let position = |offset| {
            let at = index.position(offset, Unit::Characters);
            Position { line: at.line + 1, column: at.column + 1 }
        };
        RangeRow { start: position(bytes.start), end: position(bytes.end) }
    }

    fn related(&self, related: &Related) -> RelatedRow {
        RelatedRow { location: self.location(&related.spot), message: related.message.clone() }
    }

    fn fix(&self, fix: &Fix) -> FixRow {
        let edits = fix.edits.iter().map(|edit| {
            let span = python::ast::Span { start: edit.range.start, end: edit.range.end };
            let location = self.location(&Spot::Bytes(edit.file, span));
            EditRow { location, new_text: edit.new_text.clone() }
        });
        FixRow {
            title: fix.title.clone(),
            applicability: fix.applicability.to_string(),
            edits: edits.collect(),
        }
    }

    fn statistics(&self) -> Statistics {
        let place = |place: Option<fact::Place>| match place {
            Some(place) => {
                let location = self.location(&place.into());
                (Some(location.path), Some(location.range))
            }
            None => (None, None),
        };
        let mut out = Statistics {
            unknowns: Vec::new(),
            assumed_tables: Vec::new(),
            withheld: Vec::new(),
            suppressed: self.suppressed,
        };
        for environment in &self.snapshot.environments {
            let statistics = advice::statistics(environment);
            out.unknowns.extend(statistics.unread.iter().map(|unread| {
                let (path, range) = place(unread.unknown.place);
                UnknownRow {
                    kind: unread.unknown.reason.key(),
                    reason: unread.unknown.reason.to_string(),
                    remedy: unread.unknown.reason.remedy(),
                    revision: unread.revision.map(|name| name.to_string()),
                    path,
                    range,
                }
            }));
            out.assumed_tables.extend(statistics.assumed.iter().map(ToString::to_string));
        }
        out.withheld.extend(self.withheld.iter().map(|withheld| {
            let (path, range) = place(withheld.because.place);
            WithheldRow {
                rule: withheld.rule,
                revision: withheld.revision.map(|name| name.to_string()),
                reason: withheld.because.reason.to_string(),
                remedy: withheld.because.reason.remedy(),
                path,
                range,
            }
        }));
        out
    }
}

impl RangeRow {
    fn start() -> RangeRow {
        let position = || Position { line: 1, column: 1 };
        RangeRow { start: position(), end: position() }
    }
}
