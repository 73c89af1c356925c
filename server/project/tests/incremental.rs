//! However a workspace came to be what it is, it is analysed as if it had always been so.

// What a test sets up has to work.
#![allow(clippy::unwrap_used)]

mod edits;
mod picture;

use edits::{DIALECTS, Edit, PARTS, apply, cases, check_equal, rounds, start, world};
use picture::picture;
use proptest::prelude::*;
use schema::Kind;
use std::collections::BTreeSet;

#[track_caller]
fn check(rounds: &[Vec<Edit>], dialects: &[Kind]) {
    let mut files = start();
    let mut world = world(&files, dialects);
    for (round, edits) in rounds.iter().enumerate() {
        let before = world.snapshot();
        apply(edits, &mut files, &mut world, dialects);
        // Who still reads the version before must not disturb this one.
        if round % 3 == 0 {
            picture(&before);
        }
        // What is looked at in between must not matter, and is looked at every other time.
        if round % 2 == 1 || round + 1 == rounds.len() {
            let fresh = picture(&edits::world(&files, dialects).snapshot());
            check_equal(&picture(&world.snapshot()), &fresh, &(dialects, &rounds[..=round]));
        }
    }
}

#[test]
fn the_project_means_what_it_should() {
    let files = start();
    let world = world(&files, DIALECTS[0]);
    let environment = &world.snapshot().environments[0];
    assert_eq!(environment.script.refusal(), None);
    let ends: BTreeSet<String> = environment
        .histories
        .iter()
        .flat_map(|(_, history)| history.end().schema.tables.values().cloned().collect::<Vec<_>>())
        .map(|table| {
            let columns: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
            format!("{}({}) {}", table.name, columns.join(" "), table.uniques.len())
        })
        .collect();
    let ends: Vec<&str> = ends.iter().map(String::as_str).collect();
    assert_eq!(ends, ["a(id other y) 0", "a(id pg y) 0", "b(id note stamp) 0", "six(id) 0"]);
}

#[test]
fn single_edits() {
    let texts = |part: usize| (0..PARTS[part].1.len()).map(move |text| Edit::Write(part, text));
    for part in 0..PARTS.len() {
        for edit in
            texts(part).chain([Edit::Remove(part), Edit::Hide(part), Edit::Rename(part, 1), Edit::Move(part)])
        {
            check(&[vec![edit.clone()]], DIALECTS[0]);
            check(&[vec![edit], vec![Edit::Write(part, 0)]], DIALECTS[0]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(64), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_edits(rounds in rounds(), dialects in 0..DIALECTS.len()) {
        check(&rounds, DIALECTS[dialects]);
    }
}
