//! What opening a workspace, judging it and typing in it cost: `cargo bench -p advice`.

mod generate;

use alembic::discover::{Search, discover};
use alembic::layout::{Extra, Layout};
use camino::{Utf8Path, Utf8PathBuf};
use divan::Bencher;
use fact::files::Memory;
use project::{Change, EnvironmentOptions, World};
use schema::{Dialect, Kind};
use std::sync::Arc;

const COUNTS: [usize; 3] = [100, 500, 1500];

fn main() {
    divan::main();
}

fn options(files: &Memory) -> Vec<EnvironmentOptions> {
    let found = discover(files, Utf8Path::new("/p"), Search::Below).sources;
    let layouts = found.iter().filter_map(|sources| Layout::find(files, sources, &Extra::default()).ok());
    let options = layouts.map(|layout| EnvironmentOptions {
        layout,
        dialects: vec![Dialect::from(Kind::Postgresql)],
        naming: None,
        target: None,
    });
    options.collect()
}

fn world(files: &Memory) -> World {
    World::new(Arc::new(files.clone()), options(files))
}

/// Everything from the first look at the folder to the last schema.
#[divan::bench(args = COUNTS)]
fn cold(bencher: Bencher<'_, '_>, count: usize) {
    let files = generate::history(count);
    let options = options(&files);
    let files = Arc::new(files);
    bencher.bench_local(|| World::new(files.clone(), options.clone()));
}

/// The same, and every finding of every revision.
#[divan::bench(args = COUNTS)]
fn cold_check(bencher: Bencher<'_, '_>, count: usize) {
    let files = generate::history(count);
    let options = options(&files);
    let files = Arc::new(files);
    let judging = advice::Options::default();
    bencher.bench_local(|| {
        let snapshot = World::new(files.clone(), options.clone()).snapshot();
        let reports: Vec<advice::Report> =
            snapshot.environments.iter().map(|environment| advice::check(environment, &judging)).collect();
        reports
    });
}

/// Histories that are typed in.
const LENGTHS: [usize; 3] = [100, 1_000, 10_000];

/// One revision alternates between two texts; what is measured ends with the findings.
fn alternate(bencher: Bencher<'_, '_>, count: usize, index: usize, texts: [String; 2]) {
    let mut files = generate::history(count);
    let mut world = world(&files);
    let path = Utf8PathBuf::from(generate::path(index));
    let versions = texts.map(|text| {
        files.insert(&path, text);
        Arc::new(files.clone())
    });
    let (checker, judging) = (advice::Checker::default(), advice::Options::default());
    let mut turn = 0;
    let mut type_once = || {
        turn += 1;
        if let Some(version) = versions.get(turn % 2) {
            world.apply(version.clone(), &[Change::Text(path.clone())]);
        }
        for environment in &world.snapshot().environments {
            checker.judge(environment, &judging);
        }
    };
    type_once();
    type_once();
    bencher.bench_local(type_once);
}

/// A step more or less in the newest revision.
#[divan::bench(args = LENGTHS)]
fn keystroke_in_the_newest(bencher: Bencher<'_, '_>, count: usize) {
    let index = count - 1;
    let extra = "    op.add_column('t0', sa.Column('typed', sa.Integer()))\n";
    alternate(bencher, count, index, [generate::revision(index, extra), generate::revision(index, "")]);
}

/// A comment that comes and goes in the oldest revision: no fact changes.
#[divan::bench(args = LENGTHS)]
fn keystroke_without_effect_in_the_oldest(bencher: Bencher<'_, '_>, count: usize) {
    alternate(bencher, count, 0, [generate::revision(0, "    # A comment.\n"), generate::revision(0, "")]);
}

/// A column that comes and goes in the oldest revision: every schema after it changes.
#[divan::bench(args = LENGTHS, sample_count = 20)]
fn refold_from_the_oldest(bencher: Bencher<'_, '_>, count: usize) {
    let extra = "    op.add_column('t0', sa.Column('typed', sa.Integer()))\n";
    alternate(bencher, count, 0, [generate::revision(0, extra), generate::revision(0, "")]);
}
