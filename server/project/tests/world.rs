//! What versions of a workspace share, and what a change touches.

// What a test sets up has to work.
#![allow(clippy::unwrap_used)]

use alembic::discover::{Search, discover};
use alembic::layout::{Extra, Layout};
use alembic::script::Refusal;
use camino::{Utf8Path, Utf8PathBuf};
use fact::files::{Memory, ReadError};
use project::{Change, Environment, EnvironmentOptions, World};
use schema::{Dialect, Kind, Operation};
use std::sync::Arc;

fn revision(id: &str, down: &str, body: &str) -> String {
    format!(
        "from alembic import op\nimport sqlalchemy as sa\nrevision = '{id}'\ndown_revision = {down}\n\
         def upgrade():\n    {body}\n"
    )
}

fn start() -> Memory {
    let mut files = Memory::new();
    files.insert("/p/alembic.ini", "[alembic]\nscript_location = m\nprepend_sys_path = .\n");
    files.insert(
        "/p/m/versions/1.py",
        revision("a", "None", "op.create_table('t', sa.Column('id', sa.Integer()))"),
    );
    files.insert("/p/m/versions/2.py", revision("b", "'a'", "op.add_column('t', sa.Column('x', sa.Text()))"));
    files.insert("/p/m/versions/3.py", revision("c", "'b'", "op.drop_column('t', 'x')"));
    files
}

fn options(files: &Memory, target: Option<Vec<String>>) -> EnvironmentOptions {
    let sources = discover(files, Utf8Path::new("/p"), Search::Below).sources.remove(0);
    EnvironmentOptions {
        layout: Layout::find(files, &sources, &Extra::default()).unwrap(),
        dialects: vec![Dialect::from(Kind::Postgresql)],
        naming: None,
        target,
    }
}

fn only(world: &World) -> Arc<Environment> {
    world.snapshot().environments.first().unwrap().clone()
}

/// Which points and whether the graph is the same object before and after a change of one file.
#[track_caller]
fn check_shared(path: &str, text: &str, points: &[bool], graph: bool) {
    let mut files = start();
    let mut world = World::new(Arc::new(files.clone()), vec![options(&files, None)]);
    let before = only(&world);
    files.insert(path, text);
    world.apply(Arc::new(files), &[Change::Text(Utf8PathBuf::from(path))]);
    let after = only(&world);
    let (old, new) = (&before.histories[0].1.points, &after.histories[0].1.points);
    let shared: Vec<bool> = old.iter().zip(new).map(|(old, new)| Arc::ptr_eq(old, new)).collect();
    assert_eq!(shared, points, "{path}");
    assert_eq!(Arc::ptr_eq(&before.graph, &after.graph), graph, "{path}");
}

#[test]
fn an_edit_touches_what_follows_from_it() {
    let (one, two, three) = ("/p/m/versions/1.py", "/p/m/versions/2.py", "/p/m/versions/3.py");
    check_shared(three, &revision("c", "'b'", "op.drop_table('t')"), &[true, true, false], true);
    check_shared(
        two,
        &revision("b", "'a'", "op.add_column('t', sa.Column('y', sa.Text()))"),
        &[true, false, false],
        true,
    );
    check_shared(
        two,
        &revision("b", "'a'", "# A comment.\n    op.add_column('t', sa.Column('x', sa.Text()))"),
        &[true; 3],
        true,
    );
    check_shared(one, &revision("a", "None", "pass"), &[false; 3], true);
    check_shared("/p/elsewhere.py", "x = 1\n", &[true; 3], true);
    // The rest of the same end: what follows finds the state that it was built on.
    let same = "op.create_table('t', sa.Column('id', sa.Integer()))\n    op.execute('SELECT 1')";
    check_shared(one, &revision("a", "None", same), &[false, true, true], true);
}

#[test]
fn another_target_shares_what_was_read() {
    let files = start();
    let mut world = World::new(Arc::new(files.clone()), vec![options(&files, Some(Vec::new()))]);
    let graph_only = only(&world);
    assert!(graph_only.histories.is_empty() && graph_only.order.is_empty());
    for (target, expect) in [(None, 3), (Some("b"), 2), (Some("a"), 1)] {
        let target = target.map(|target| vec![target.to_owned()]);
        world.set_environments(vec![options(&files, target)]);
        let environment = only(&world);
        assert_eq!(environment.histories[0].1.points.len(), expect);
        assert!(Arc::ptr_eq(&environment.graph, &graph_only.graph));
        for (new, old) in environment.revisions.iter().zip(&graph_only.revisions) {
            assert!(Arc::ptr_eq(new, old));
        }
    }
}

#[test]
fn a_file_without_text_hides_what_it_does() {
    let mut files = start();
    files.insert_error("/p/m/versions/2.py", ReadError::NotUtf8(7));
    let world = World::new(Arc::new(files.clone()), vec![options(&files, None)]);
    let environment = only(&world);
    assert!(
        matches!(environment.script.refusal(), Some(Refusal::File { file, .. }) if file.path == "/p/m/versions/2.py")
    );
    let file = environment.revisions[1].parsed.file;
    assert_eq!((world.snapshot().text(file), environment.rev_of(file)), (None, None));
    // It parses no more, and its id is still known.
    files.insert("/p/m/versions/2.py", format!("{}    (\n", revision("b", "'a'", "pass")));
    let world = World::new(Arc::new(files.clone()), vec![options(&files, None)]);
    let environment = only(&world);
    let history = &environment.histories[0].1;
    let broken = &history.points[1];
    assert!(matches!(broken.applied[0].step.operation, Operation::Opaque { .. }));
    assert!(broken.after.schema.opaque.is_some() && broken.before.schema.opaque.is_none());
}

#[test]
fn snapshots_stay_as_they_were() {
    let mut files = start();
    let mut world = World::new(Arc::new(files.clone()), vec![options(&files, None)]);
    let old = world.snapshot();
    let file = old.environments[0].revisions[0].parsed.file;
    let text = old.text(file).unwrap();
    files.insert("/p/m/versions/1.py", format!("\n\n{text}"));
    world.apply(Arc::new(files), &[Change::Text("/p/m/versions/1.py".into())]);
    assert_eq!(old.text(file).as_deref(), Some(&*text));
    let new = world.snapshot();
    assert_eq!(new.text(file).map(|new| new.len()), Some(text.len() + 2));
    let lines = |snapshot: &project::Snapshot| snapshot.line_index(file).map(|lines| lines.lines());
    assert_eq!(lines(&new), lines(&old).map(|lines| lines + 2));
    let place = new.environments[0].revisions[0].facts.revision.known().unwrap().place;
    assert_eq!(new.span(place).unwrap().start, old.span(place).unwrap().start + 2);
}
