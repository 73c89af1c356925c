//! From an environment to its findings.

use crate::cache::Checker;
use crate::finding::Finding;
use crate::lookup::Lookup;
use crate::options::{Downgrade, Options};
use crate::precedence;
use crate::quiet;
use crate::rule::{Hook, Rule};
use crate::rules::RULES;
use crate::sink::{Collected, Raw, Sink, Unit, Withheld};
use crate::suppress::{Suppressions, Verdict};
use crate::view::{FileView, GraphView, OperationView, RevisionView, Scene};
use alembic::evaluate::Direction;
use alembic::graph::{Ids, RevSet};
use alembic::history::{History, Point};
use project::{Environment, Revision};
use rayon::prelude::*;
use schema::Dialect;
use schema::apply::Context;
use std::sync::Arc;

/// What there is to say about one environment.
#[derive(Debug, Default)]
pub struct Report {
    /// In the order of the files and of the positions in them.
    pub findings: Vec<Finding>,
    /// What was not said because something is unknown.
    pub withheld: Vec<Withheld>,
    /// How many findings a comment silenced.
    pub suppressed: usize,
}

/// Every finding of an environment.
pub fn check(environment: &Environment, options: &Options) -> Report {
    Checker::default().check(environment, options)
}

/// [`check`] with what an earlier version of the environment gave.
pub(crate) fn run(environment: &Environment, options: &Options, checker: &Checker) -> Report {
    let scene = Scene { environment, options };
    let name: Arc<str> = environment.name().into();
    let everywhere = Unit { environment: name.clone(), ..Unit::default() };
    let mut general = Collected::default();
    for rule in rules(options) {
        let mut sink = Sink { rule, unit: &everywhere, out: &mut general };
        match rule.hook {
            Hook::File(check) => {
                for revision in &environment.revisions {
                    check(&FileView { revision }, &mut sink);
                }
            }
            Hook::Graph(check) => check(&GraphView { scene }, &mut sink),
            Hook::Configuration(_) | Hook::Operation(_) | Hook::Revision(_) => {}
        }
    }
    let history = judged_from(environment, options);
    let mut report = Report { withheld: std::mem::take(&mut general.withheld), ..Report::default() };
    let mut merged: Vec<Raw> = general.findings.clone();
    for (context, folded) in &environment.histories {
        let mut found = general.findings.clone();
        let unit = Unit { dialect: context.dialect, ..everywhere.clone() };
        for collected in points(scene, context, folded, history.as_ref(), &unit, checker) {
            found.extend(collected.findings.iter().cloned());
            report.withheld.extend(collected.withheld.iter().cloned());
        }
        precedence::hide(&mut found);
        let hidden = general.findings.iter().filter(|raw| !found.iter().any(|other| same(raw, other)));
        merged.retain(|raw| !hidden.clone().any(|other| same(raw, other)));
        for raw in found {
            merge(&mut merged, raw, environment);
        }
    }
    quiet::lower(&mut merged, changing(environment), options);
    finish(scene, merged, &mut report);
    report
}

/// The rules that speak.
fn rules(options: &Options) -> impl Iterator<Item = &'static Rule> {
    let forbidden = options.downgrade == Downgrade::Forbidden;
    let about_downgrades =
        |rule: &Rule| matches!(rule.name, "missing-downgrade" | "empty-downgrade" | "incomplete-downgrade");
    RULES
        .iter()
        .copied()
        .filter(|rule| options.is_on(rule))
        .filter(move |rule| !(forbidden && about_downgrades(rule)))
}

/// The revisions that are history; `None`: none is.
fn judged_from(environment: &Environment, options: &Options) -> Option<RevSet> {
    let from = options.check_from.as_ref()?;
    let revs = environment.graph.get_revisions(&Ids::many([from])).ok()?;
    Some(environment.graph.ancestors(&revs))
}

/// What the revisions of one history give, in its order.
fn points(
    scene: Scene<'_>,
    context: &Arc<Context>,
    history: &History,
    old: Option<&RevSet>,
    unit: &Unit,
    checker: &Checker,
) -> Vec<Arc<Collected>> {
    let lookup = Lookup::new(history, &scene.environment.graph, context);
    let points: Vec<&Arc<Point>> = history.points.iter().collect();
    points
        .into_par_iter()
        .filter(|point| old.is_none_or(|old| !old.contains(point.rev)))
        .filter_map(|point| {
            let revision = scene.environment.revision(point.rev)?;
            let key = checker.key(point, &revision.parsed, scene.options, context);
            if let Some(known) = checker.known(&key) {
                return Some(known);
            }
            let unit = Unit { revision: Some(scene.environment.graph.id(point.rev)), ..unit.clone() };
            let (collected, pure) = revision_findings(scene, context, point, revision, &lookup, &unit);
            let collected = Arc::new(collected);
            if pure {
                checker.keep(key, point.clone(), revision.parsed.clone(), collected.clone());
            }
            Some(collected)
        })
        .collect()
}

/// What one revision gives on one dialect, and whether that rests on the revision alone.
fn revision_findings(
    scene: Scene<'_>,
    context: &Arc<Context>,
    point: &Arc<Point>,
    revision: &Arc<Revision>,
    lookup: &Lookup<'_>,
    unit: &Unit,
) -> (Collected, bool) {
    let mut out = Collected::default();
    let Some(down) = scene.environment.downgrade(context, point) else { return (out, false) };
    let view = RevisionView::new(scene, context, point, revision, &down, lookup);
    for rule in rules(scene.options) {
        match rule.hook {
            Hook::Revision(check) => check(&view, &mut Sink { rule, unit, out: &mut out }),
            Hook::Operation(check) => {
                operations(&view, Direction::Upgrade, rule, check, unit, &mut out);
                if rule.group.judges_downgrades() {
                    let unit = Unit { downgrade: true, ..unit.clone() };
                    operations(&view, Direction::Downgrade, rule, check, &unit, &mut out);
                }
            }
            Hook::Configuration(_) | Hook::File(_) | Hook::Graph(_) => {}
        }
    }
    let pure = !view.has_consulted();
    (out, pure)
}

fn operations(
    at: &RevisionView<'_>,
    direction: Direction,
    rule: &'static Rule,
    check: fn(&OperationView<'_>, &mut Sink<'_>),
    unit: &Unit,
    out: &mut Collected,
) {
    for (index, visit) in at.visits(direction).iter().enumerate() {
        let undecided = visit.undecided.cloned().or_else(|| at.caught(visit));
        let unit = Unit { undecided, ..unit.clone() };
        check(&OperationView { at, direction, index, visit }, &mut Sink { rule, unit: &unit, out });
    }
}

/// The same thing said of the same place, whatever the dialect.
fn same(a: &Raw, b: &Raw) -> bool {
    let same_key = a.key == b.key;
    let (a, b) = (&a.finding, &b.finding);
    same_key
        && std::ptr::eq(a.rule, b.rule)
        && a.spot == b.spot
        && a.revision == b.revision
        && a.subject == b.subject
}

fn merge(merged: &mut Vec<Raw>, raw: Raw, environment: &Environment) {
    let Some(known) = merged.iter_mut().find(|known| same(known, &raw)) else {
        merged.push(raw);
        return;
    };
    let position = |dialect: &Dialect| environment.dialects.iter().position(|known| *known == Some(*dialect));
    for dialect in raw.finding.dialects {
        if !known.finding.dialects.contains(&dialect) {
            known.finding.dialects.push(dialect);
        }
    }
    known.finding.dialects.sort_by_key(|dialect| position(dialect));
    known.finding.severity = known.finding.severity.max(raw.finding.severity);
    for detail in raw.details {
        if !known.details.contains(&detail) {
            known.details.push(detail);
        }
    }
    for related in raw.finding.related {
        if !known.finding.related.iter().any(|other| other.spot == related.spot) {
            known.finding.related.push(related);
        }
    }
}

/// How many revisions change the schema on at least one dialect.
fn changing(environment: &Environment) -> usize {
    let changes =
        |rev| environment.histories.iter().any(|(_, history)| history.point(rev).is_some_and(changes_schema));
    environment.order.iter().filter(|rev| changes(**rev)).count()
}

fn changes_schema(point: &Arc<Point>) -> bool {
    !Arc::ptr_eq(&point.before, &point.after) && point.before.schema != point.after.schema
}

/// Settles what settings and comments decide, and sorts.
fn finish(scene: Scene<'_>, merged: Vec<Raw>, report: &mut Report) {
    let store = scene.store();
    let mut suppressions = Suppressions::new(store);
    let mut placed = Vec::with_capacity(merged.len());
    for Raw { mut finding, details, .. } in merged {
        for detail in details {
            finding.message.push(' ');
            finding.message.push_str(&detail);
        }
        if let Some(severity) = scene.options.severity_of(finding.rule) {
            finding.severity = severity;
        }
        let Some((path, bytes)) = finding.spot.bytes(store) else { continue };
        if scene.options.is_ignored_in(finding.rule, &path) {
            continue;
        }
        match suppressions.verdict(&finding) {
            Verdict::Silenced => {
                report.suppressed += 1;
                continue;
            }
            Verdict::NoReason => {
                finding.help = Some(format!(
                    "the comment that should silence this gives no reason: write `# foreshot: ignore[{}] -- reason`",
                    finding.rule.name
                ));
            }
            Verdict::Speaks => {}
        }
        placed.push((path, bytes.start, finding));
    }
    placed.sort_by(|a, b| (&a.0, a.1, a.2.rule.name).cmp(&(&b.0, b.1, b.2.rule.name)));
    report.findings = placed.into_iter().map(|(_, _, finding)| finding).collect();
}
