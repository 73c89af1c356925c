//! Small projects in memory, what is found in them, and what fixes make of them.

use crate::check::{Report, check};
use crate::finding::Finding;
use crate::fix::{Applicability, Fix, fixes};
use crate::options::Options;
use crate::rule::Severity;
use crate::rules::find;
use alembic::config::Sources;
use alembic::layout::{Extra, Layout};
use fact::files::{Files, Memory};
use project::{EnvironmentOptions, Snapshot, World};
use python::line_index::{LineIndex, Unit};
use schema::{Dialect, Kind};
use std::sync::Arc;

pub const PG: Kind = Kind::Postgresql;

/// The first revision of [`check_steps`].
const BASE: &str = "\
revision = 'r1'
down_revision = None
from alembic import op
import sqlalchemy as sa
def upgrade():
    op.create_table('users', sa.Column('id', sa.String(36), primary_key=True), sa.Column('name', sa.String(50)))
    op.create_table(
        'tasks',
        sa.Column('id', sa.Integer, primary_key=True),
        sa.Column('title', sa.String(100), nullable=False),
        sa.Column('status', sa.String(20)),
        sa.Column('user_id', sa.String(36)),
    )
def downgrade():
    op.drop_table('tasks')
    op.drop_table('users')
";

const HEAD: &str = "\
revision = 'r2'
down_revision = 'r1'
from alembic import op
import sqlalchemy as sa
import outside
";

pub fn snapshot(kinds: &[Kind], files: &[(String, String)]) -> Snapshot {
    let mut memory = Memory::new();
    memory.insert_directory("/p/versions");
    for (path, text) in files {
        memory.insert(format!("/p/versions/{path}"), text.as_str());
    }
    let sources = Sources { versions: vec!["/p/versions".into()], ..Sources::default() };
    let layout = Layout::find(&memory, &sources, &Extra::default()).unwrap();
    let dialects: Vec<Dialect> = kinds.iter().map(|kind| (*kind).into()).collect();
    let options = EnvironmentOptions { layout, dialects, naming: None, target: None };
    let files: Arc<dyn Files> = Arc::new(memory);
    World::new(files, vec![options]).snapshot()
}

fn owned(files: &[(&str, &str)]) -> Vec<(String, String)> {
    files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

/// The base revision and one that does `steps`, which may be a body of `upgrade()` or whole functions.
pub fn with_base(steps: &str) -> Vec<(String, String)> {
    let steps = dedent(steps);
    let body = match steps.contains("def upgrade") {
        true => steps,
        false => format!("def upgrade():\n{}def downgrade():\n    pass\n", indent(&steps)),
    };
    owned(&[("r1.py", BASE), ("r2.py", &format!("{HEAD}{body}"))])
}

fn dedent(text: &str) -> String {
    let lines: Vec<&str> = text.lines().skip_while(|line| line.trim().is_empty()).collect();
    let margin = lines
        .iter()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start().len())
        .min()
        .unwrap_or(0);
    let mut out: String =
        lines.iter().map(|line| format!("{}\n", line.get(margin..).unwrap_or(""))).collect();
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

fn indent(text: &str) -> String {
    text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") }).collect()
}

pub fn report(snapshot: &Snapshot, options: &Options) -> Report {
    check(snapshot.environments.first().unwrap(), options)
}

/// The findings of one rule, as `file:line:start-end`, counted from 1; a finding over several lines ends with its first.
fn found(snapshot: &Snapshot, rule: &str) -> Vec<(String, u32, u32, u32)> {
    let store = snapshot.environments.first().unwrap().roots.store();
    let mut out: Vec<(String, u32, u32, u32)> = report(snapshot, &Options::default())
        .findings
        .iter()
        .filter(|finding| finding.rule.name == rule)
        .map(|finding| {
            let (path, bytes) = finding.spot.bytes(store).unwrap();
            let text = store.parsed(&path).text.clone().unwrap_or_default();
            let index = LineIndex::new(&text);
            let start = index.position(bytes.start, Unit::Characters);
            let end = index.position(bytes.end, Unit::Characters);
            let line_end = index.line(start.line).map_or(0, |range| range.end - range.start);
            let end = if end.line == start.line { end.column } else { line_end };
            (path.file_name().unwrap().to_owned(), start.line + 1, start.column + 1, end + 1)
        })
        .collect();
    out.sort();
    out
}

/// What the comments of a file expect: `# ^^^ rule` under the place, `#^ rule` under the line, and
/// `# rule in the whole file`.
fn expected(file: &str, text: &str, rule: &str) -> Vec<(String, u32, u32, u32)> {
    let mut out = Vec::new();
    let mut line_above = 0;
    for (at, line) in (1..).zip(text.lines()) {
        let is_mark = line.trim_start().starts_with('#') && line.trim_end().ends_with(rule);
        if line.trim() == format!("# {rule} in the whole file") {
            out.push((file.to_owned(), 1, 1, 1));
        } else if is_mark && line.contains('^') {
            let start = line.find('^').unwrap() as u32 + 1;
            let end = line.rfind('^').unwrap() as u32 + 2;
            let anywhere = line.trim_start().starts_with("#^");
            out.push((
                file.to_owned(),
                line_above,
                if anywhere { 0 } else { start },
                if anywhere { 0 } else { end },
            ));
        } else {
            line_above = at;
        }
    }
    out
}

#[track_caller]
fn check_snapshot(kinds: &[Kind], rule: &str, files: &[(String, String)]) {
    assert!(find(rule).is_some(), "there is no rule {rule}");
    let snapshot = snapshot(kinds, files);
    let mut expect: Vec<_> = files.iter().flat_map(|(file, text)| expected(file, text, rule)).collect();
    expect.sort();
    let mut found = found(&snapshot, rule);
    for (one, wanted) in found.iter_mut().zip(&expect) {
        if wanted.2 == 0 {
            (one.2, one.3) = (0, 0);
        }
    }
    let messages: Vec<String> = report(&snapshot, &Options::default())
        .findings
        .iter()
        .map(|finding| format!("{}: {}", finding.rule.name, finding.message))
        .collect();
    let text = files.last().map(|(_, text)| text.as_str()).unwrap_or_default();
    assert_eq!(found, expect, "\n{text}\nfound in all: {messages:#?}");
}

/// The file gives the findings of `rule` that its comments mark, on PostgreSQL.
#[track_caller]
pub fn check_rule(rule: &str, text: &str) {
    check_rule_on(&[PG], rule, text);
}

#[track_caller]
pub fn check_rule_on(kinds: &[Kind], rule: &str, text: &str) {
    check_snapshot(kinds, rule, &owned(&[("rev_file.py", text)]));
}

/// [`check_rule`] for several files.
#[track_caller]
pub fn check_files(rule: &str, files: &[(&str, &str)]) {
    check_snapshot(&[PG], rule, &owned(files));
}

/// [`check_rule`] for operations after [`BASE`].
#[track_caller]
pub fn check_steps(rule: &str, steps: &str) {
    check_steps_on(&[PG], rule, steps);
}

#[track_caller]
pub fn check_steps_on(kinds: &[Kind], rule: &str, steps: &str) {
    check_snapshot(kinds, rule, &with_base(steps));
}

/// What the first finding of the rule says.
#[track_caller]
pub fn check_message(kinds: &[Kind], rule: &str, steps: &str, expect: &str) {
    let snapshot = snapshot(kinds, &with_base(steps));
    let report = report(&snapshot, &Options::default());
    let message =
        report.findings.iter().find(|finding| finding.rule.name == rule).map(|f| f.message.as_str());
    assert_eq!(message, Some(expect), "{steps}");
}

/// The fix called `title` of the rule's first finding makes `after` of `steps`.
#[track_caller]
pub fn check_fix(rule: &str, steps: &str, title: &str, after: &str) {
    check_fix_on(&[PG], rule, steps, title, after);
}

#[track_caller]
pub fn check_fix_on(kinds: &[Kind], rule: &str, steps: &str, title: &str, after: &str) {
    let (before, after) = (with_base(steps), with_base(after));
    check_fixed(kinds, rule, &before, title, &after);
}

#[track_caller]
pub fn check_fix_files(rule: &str, files: &[(&str, &str)], title: &str, after: (&str, &str)) {
    let before = owned(files);
    let mut expect = before.clone();
    for (path, text) in &mut expect {
        if path == after.0 {
            *text = after.1.to_owned();
        }
    }
    check_fixed(&[PG], rule, &before, title, &expect);
}

/// A fix gives the text that is expected, which parses; silences its finding; brings no new error or warning; and leaves
/// nothing to do for itself.
#[track_caller]
fn check_fixed(
    kinds: &[Kind],
    rule: &str,
    files: &[(String, String)],
    title: &str,
    expect: &[(String, String)],
) {
    let before = snapshot(kinds, files);
    let findings = report(&before, &Options::default()).findings;
    let Some(finding) = findings.iter().find(|finding| finding.rule.name == rule) else {
        panic!("{rule} finds nothing in {}", files.last().unwrap().1)
    };
    let fixes = fixes(&before, &Options::default(), finding);
    let titles: Vec<&str> = fixes.iter().map(|fix| fix.title.as_str()).collect();
    let Some(fix) = fixes.iter().find(|fix| fix.title == title) else {
        panic!("no fix is called {title}: {titles:#?}")
    };
    let fixed = applied(&before, fix, files);
    for ((path, text), (_, wanted)) in fixed.iter().zip(expect) {
        assert_eq!(text, wanted, "{path}: {title}\n{text}");
    }
    if fix.applicability == Applicability::NeedsInput {
        return;
    }
    let after = snapshot(kinds, &fixed);
    for revision in &after.environments.first().unwrap().revisions {
        assert_eq!(revision.parsed.module.errors, [], "{title} breaks the syntax");
    }
    let key = |finding: &Finding| {
        (finding.rule.name, finding.revision, finding.subject.table, finding.subject.name)
    };
    let told: Vec<_> = findings.iter().map(key).collect();
    for finding in report(&after, &Options::default()).findings {
        let is_new = finding.severity > Severity::Info && !told.contains(&key(&finding));
        let same = finding.rule.name == rule && key(&finding) == key(first(&findings, rule));
        assert!(!is_new && !same, "after {title}: {}: {}", finding.rule.name, finding.message);
    }
}

fn first<'f>(findings: &'f [Finding], rule: &str) -> &'f Finding {
    findings.iter().find(|finding| finding.rule.name == rule).unwrap()
}

/// The files after a fix.
pub fn applied(snapshot: &Snapshot, fix: &Fix, files: &[(String, String)]) -> Vec<(String, String)> {
    let store = snapshot.environments.first().unwrap().roots.store();
    files
        .iter()
        .map(|(path, text)| {
            let id = store.id(format!("/p/versions/{path}").as_str().into());
            (path.clone(), fix.apply(id, text).unwrap())
        })
        .collect()
}
