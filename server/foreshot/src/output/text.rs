//! Findings as text for people.

use super::Found;
use crate::style::FAINT;
use crate::workspace::shown;
use advice::{Applicability, Finding, Severity, Spot};
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet, Title};
use python::line_index::{LineIndex, Unit};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::Range;

/// A finding over more lines than this is shown by its first one.
const LINES: u32 = 4;

/// Writes every finding with its text, and a line that counts them.
pub fn write(out: &mut impl Write, found: &Found<'_>, statistics: bool) -> io::Result<()> {
    // The stream takes the colours out where they are not wanted.
    let renderer = Renderer::styled().decor_style(DecorStyle::Ascii);
    for finding in &found.findings {
        found.finding(out, finding, &renderer)?;
        writeln!(out)?;
    }
    if statistics {
        found.statistics_text(out)?;
    }
    summary(out, found)
}

fn summary(out: &mut impl Write, found: &Found<'_>) -> io::Result<()> {
    let plural = |count: usize, what: &str| match count {
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    };
    let counts: Vec<String> = [Severity::Error, Severity::Warning, Severity::Info]
        .into_iter()
        .map(|severity| (found.count(severity), severity))
        .filter(|(count, _)| *count > 0)
        .map(|(count, severity)| plural(count, severity.name()))
        .collect();
    let revisions = plural(found.revisions(), "revision");
    let suppressed = match found.suppressed {
        0 => String::new(),
        count => format!(" ({count} silenced by comments)"),
    };
    match counts.is_empty() {
        true => writeln!(out, "Nothing found in {revisions}{suppressed}."),
        false => writeln!(out, "{} in {revisions}{suppressed}.", counts.join(", ")),
    }
}

/// What of a file is shown: some lines, and where in them the span is.
struct Excerpt {
    path: String,
    text: String,
    first_line: usize,
    span: Range<usize>,
    /// Where it starts, counted from 1.
    line: usize,
    column: usize,
    whole_file: bool,
}

impl Found<'_> {
    fn finding(&self, out: &mut impl Write, finding: &Finding, renderer: &Renderer) -> io::Result<()> {
        let level = match finding.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Info => Level::INFO,
        };
        let own = self.excerpt(&finding.spot);
        let related: Vec<(Option<Excerpt>, &str)> = finding
            .related
            .iter()
            .map(|related| (self.excerpt(&related.spot), related.message.as_str()))
            .collect();
        let mut groups = Vec::new();
        let mut group = with_excerpt(
            level.primary_title(finding.message.as_str()).id(finding.rule.name),
            own.as_ref(),
            AnnotationKind::Primary,
        );
        let on = self.on(finding);
        if let Some(on) = &on {
            group = group.element(Level::NOTE.message(on.as_str()));
        }
        groups.push(group);
        for (excerpt, message) in &related {
            let title = Level::NOTE.secondary_title(*message);
            groups.push(with_excerpt(title, excerpt.as_ref(), AnnotationKind::Context));
        }
        let fix = self.fix_line(finding);
        let help = [finding.help.as_deref(), fix.as_deref()];
        for text in help.into_iter().flatten() {
            groups.push(Group::with_title(Level::HELP.secondary_title(text)));
        }
        writeln!(out, "{}", renderer.render(&groups))
    }

    /// On which databases, where it is not all of them.
    fn on(&self, finding: &Finding) -> Option<String> {
        let environment = self
            .snapshot
            .environments
            .iter()
            .find(|environment| *environment.name() == *finding.environment)?;
        let all = environment.dialects.len();
        (all > 1 && !finding.dialects.is_empty() && finding.dialects.len() < all).then(|| {
            let names: Vec<&str> = finding.dialects.iter().map(|dialect| dialect.kind.name()).collect();
            format!("on {}", names.join(", "))
        })
    }

    /// Names the best fix and the flag that applies it.
    fn fix_line(&self, finding: &Finding) -> Option<String> {
        let fixes = self.fixes(finding);
        let fix = fixes.first()?;
        let title = fix.title.as_str();
        Some(match fix.applicability {
            Applicability::Safe => format!("{title}: foreshot check --fix"),
            Applicability::Unsafe => format!("{title}: foreshot check --unsafe-fixes"),
            Applicability::NeedsInput => format!("{title}: offered in the editor, needs a value"),
        })
    }

    fn excerpt(&self, spot: &Spot) -> Option<Excerpt> {
        let (path, bytes) = spot.bytes(&self.snapshot.store)?;
        let path = shown(&path, self.base);
        let text = self.snapshot.text(spot.file()).unwrap_or_default();
        let index = LineIndex::new(&text);
        let start = index.position(bytes.start, Unit::Characters);
        let mut end = index.position(bytes.end, Unit::Characters);
        let mut bytes_end = bytes.end;
        if end.line - start.line >= LINES {
            bytes_end = index.line(start.line)?.end;
            end = start;
        }
        let lines = index.line(start.line)?.start..index.line(end.line)?.end;
        Some(Excerpt {
            path,
            text: text.get(lines.start as usize..lines.end as usize)?.to_owned(),
            first_line: start.line as usize + 1,
            span: (bytes.start - lines.start) as usize..(bytes_end.max(bytes.start) - lines.start) as usize,
            line: start.line as usize + 1,
            column: start.column as usize + 1,
            whole_file: bytes == (0..0),
        })
    }

    fn statistics_text(&self, out: &mut impl Write) -> io::Result<()> {
        let mut unread: BTreeMap<&str, (usize, &str, Vec<String>)> = BTreeMap::new();
        let mut assumed: Vec<String> = Vec::new();
        for environment in &self.snapshot.environments {
            let statistics = advice::statistics(environment);
            for one in &statistics.unread {
                let reason = &one.unknown.reason;
                let entry = unread.entry(reason.key()).or_insert((0, reason.remedy(), Vec::new()));
                entry.0 += 1;
                let at = one.unknown.place.and_then(|place| self.excerpt(&place.into()));
                let at = at.map(|at| format!("{}:{}:{}", at.path, at.line, at.column)).unwrap_or_default();
                entry.2.push(format!("{at}: {reason}"));
            }
            assumed.extend(statistics.assumed.iter().map(ToString::to_string));
        }
        writeln!(out, "Unknown:{}", if unread.is_empty() { " nothing" } else { "" })?;
        for (key, (count, remedy, places)) in unread {
            writeln!(out, "  {key}: {count} {FAINT}({remedy}){FAINT:#}")?;
            for place in places {
                writeln!(out, "    {FAINT}{}{FAINT:#}", place.trim_start_matches(": "))?;
            }
        }
        if !assumed.is_empty() {
            writeln!(out, "Tables that no revision creates: {}", assumed.join(", "))?;
        }
        let mut withheld: BTreeMap<(&str, String), usize> = BTreeMap::new();
        for one in &self.withheld {
            *withheld.entry((one.rule, one.because.reason.to_string())).or_default() += 1;
        }
        if !withheld.is_empty() {
            writeln!(out, "Not judged:")?;
        }
        for ((rule, reason), count) in withheld {
            writeln!(out, "  {rule}: {count} {FAINT}({reason}){FAINT:#}")?;
        }
        writeln!(out)
    }
}

/// The title with the text that it is about, or with the file alone.
fn with_excerpt<'a>(title: Title<'a>, excerpt: Option<&'a Excerpt>, kind: AnnotationKind) -> Group<'a> {
    let Some(excerpt) = excerpt else { return Group::with_title(title) };
    if excerpt.whole_file || excerpt.text.trim().is_empty() {
        let origin = Origin::path(excerpt.path.as_str()).line(excerpt.line).char_column(excerpt.column);
        return title.element(origin);
    }
    let annotation = kind.span(excerpt.span.clone());
    title.element(
        Snippet::source(excerpt.text.as_str())
            .path(excerpt.path.as_str())
            .line_start(excerpt.first_line)
            .annotation(annotation),
    )
}
