//! However a workspace came to be what it is, the same is said of it as if it had always been so.

// What a test sets up has to work.
#![allow(clippy::unwrap_used)]

#[path = "../../project/tests/edits/mod.rs"]
mod edits;

use advice::{Checker, Finding, Judgement, Options, Report, Spot};
use edits::{DIALECTS, Edit, PARTS, apply, cases, check_equal, rounds, start, world};
use project::{Environment, Snapshot, Store};
use proptest::prelude::*;
use schema::Kind;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

fn place(store: &Store, spot: &Spot) -> String {
    spot.bytes(store).map(|(path, bytes)| format!("{path} {bytes:?}")).unwrap_or_default()
}

fn shown(store: &Store, finding: &Finding) -> String {
    let mut out = format!(
        "{} {} {} {:?} {:?} {:?}\n",
        finding.rule.name,
        finding.severity,
        place(store, &finding.spot),
        finding.revision,
        finding.dialects,
        finding.help
    );
    writeln!(out, "  {}", finding.message).unwrap();
    for related in &finding.related {
        writeln!(out, "  {} {}", place(store, &related.spot), related.message).unwrap();
    }
    out
}

/// Everything that is said of one environment.
fn picture(environment: &Environment, report: &Report) -> String {
    let store = environment.roots.store();
    let mut out: String = report.findings.iter().map(|finding| shown(store, finding)).collect();
    let mut withheld: Vec<String> = report
        .withheld
        .iter()
        .map(|withheld| {
            let at = withheld.because.place.map(|at| place(store, &at.into()));
            format!("{} {:?} {:?} {at:?}", withheld.rule, withheld.revision, withheld.because.reason)
        })
        .collect();
    withheld.sort();
    writeln!(out, "{withheld:#?} {}", report.suppressed).unwrap();
    out
}

/// What a client is told of each file.
fn by_file(environment: &Environment, judgement: &Judgement) -> BTreeMap<String, String> {
    let store = environment.roots.store();
    let of_file = |file| judgement.of_file(file).iter().map(|finding| shown(store, finding)).collect();
    judgement.files().map(|file| (store.path(file).unwrap().to_string(), of_file(file))).collect()
}

/// Goes on from one version to the next as the language server does, and tells by file what is said.
#[derive(Default)]
struct Client {
    checker: Checker,
    judgements: Vec<Arc<Judgement>>,
    files: BTreeMap<String, String>,
}

impl Client {
    fn update(&mut self, snapshot: &Snapshot, options: &Options) {
        let judge = |environment: &Arc<Environment>| self.checker.judge(environment, options);
        let judgements: Vec<Arc<Judgement>> = snapshot.environments.iter().map(judge).collect();
        for (at, (environment, judgement)) in snapshot.environments.iter().zip(&judgements).enumerate() {
            let now = by_file(environment, judgement);
            let Some(before) = self.judgements.get(at) else {
                self.files = now;
                continue;
            };
            for file in judgement.changed_since(before) {
                let path = snapshot.path(file).unwrap().to_string();
                match now.get(&path) {
                    Some(told) => self.files.insert(path, told.clone()),
                    None => self.files.remove(&path),
                };
            }
            assert_eq!(self.files, now, "what has not changed is as it was");
        }
        self.judgements = judgements;
        self.checker.tidy();
    }
}

#[track_caller]
fn check(rounds: &[Vec<Edit>], dialects: &[Kind], options: &Options) {
    let mut files = start();
    let mut world = world(&files, dialects);
    let mut client = Client::default();
    client.update(&world.snapshot(), options);
    for (round, edits) in rounds.iter().enumerate() {
        apply(edits, &mut files, &mut world, dialects);
        let snapshot = world.snapshot();
        client.update(&snapshot, options);
        let fresh = edits::world(&files, dialects).snapshot();
        for (kept, fresh) in snapshot.environments.iter().zip(&fresh.environments) {
            check_equal(
                &picture(kept, &client.checker.check(kept, options)),
                &picture(fresh, &advice::check(fresh, options)),
                &(dialects, &rounds[..=round]),
            );
        }
    }
}

#[test]
fn single_edits() {
    for (part, (_, texts)) in PARTS.iter().enumerate() {
        let texts = (0..texts.len()).map(|text| Edit::Write(part, text));
        for edit in texts.chain([Edit::Remove(part), Edit::Hide(part), Edit::Move(part)]) {
            check(&[vec![edit], vec![Edit::Write(part, 0)]], DIALECTS[0], &Options::default());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(32), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_edits(rounds in rounds(), dialects in 0..DIALECTS.len(), late in any::<bool>()) {
        let options = Options { check_from: late.then(|| "r1".to_owned()), ..Options::default() };
        check(&rounds, DIALECTS[dialects], &options);
    }
}
