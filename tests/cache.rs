//! The cache on disk as its users see it: not at all, but for the time that it saves.

// What a test sets up has to work.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

/// A project and a cache of its own.
struct Scratch {
    project: TempDir,
    cache: TempDir,
}

const FILES: [(&str, &str); 6] = [
    ("alembic.ini", "[alembic]\nscript_location = %(here)s/m\n"),
    ("m/env.py", "from app import metadata\ncontext.configure(target_metadata=metadata)\n"),
    ("app.py", "import sqlalchemy as sa\nmetadata = sa.MetaData()\n"),
    ("m/versions/a.py", FIRST),
    ("m/versions/b.py", SECOND),
    ("foreshot.toml", "dialects = ['postgresql:16']\n"),
];

const FIRST: &str = "from alembic import op\nimport sqlalchemy as sa\nrevision = 'a1'\ndown_revision = None\n\n\n\
     def upgrade():\n    op.create_table('t', sa.Column('id', sa.Integer(), primary_key=True))\n\n\n\
     def downgrade():\n    op.drop_table('t')\n";

const SECOND: &str = "from alembic import op\nimport sqlalchemy as sa\nfrom helper import name\nrevision = 'b2'\ndown_revision = 'a1'\n\n\n\
     def upgrade():\n    op.add_column('t', sa.Column(name, sa.String(40), nullable=False))\n\n\n\
     def downgrade():\n    pass\n";

/// Every command that answers from files, in every format.
const COMMANDS: [&[&str]; 14] = [
    &["check"],
    &["check", "--statistics"],
    &["check", "--format", "json", "--statistics"],
    &["check", "--strict", "--select", "empty-downgrade"],
    &["check", "m/versions/a.py"],
    &["check", "nowhere"],
    &["schema"],
    &["schema", "--format", "json", "--at", "a1"],
    &["schema", "--steps", "--dialect", "sqlite"],
    &["heads", "--format", "json"],
    &["history", "--color", "always"],
    &["history", "-v"],
    &["ops", "b2"],
    &["ops", "zz"],
];

impl Scratch {
    fn new() -> Scratch {
        let scratch = Scratch { project: tempfile::tempdir().unwrap(), cache: tempfile::tempdir().unwrap() };
        for (path, text) in FILES {
            scratch.write(path, text);
        }
        scratch
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.project.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_foreshot"));
        command
            .args(args)
            .current_dir(self.project.path())
            .env("FORESHOT_CACHE_DIR", self.cache.path().join("foreshot"))
            .env_remove("ALEMBIC_CONFIG")
            .stdin(Stdio::null());
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// The run that keeps nothing and uses nothing.
    fn afresh(&self, args: &[&str]) -> Output {
        self.command(args).arg("--no-cache").output().unwrap()
    }

    /// Whether `args` was answered from the cache. The next time it is, unless something changes.
    fn is_known(&self, args: &[&str]) -> bool {
        let output = self.command(args).arg("-vv").output().unwrap();
        String::from_utf8(output.stderr).unwrap().contains("nothing has changed since the last time")
    }

    fn cache_files(&self) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(self.cache.path().join("foreshot")) else { return Vec::new() };
        let paths = entries.map(|entry| entry.unwrap().path());
        paths.filter(|path| path.extension().is_some_and(|extension| extension == "cache")).collect()
    }

    fn cache_file(&self) -> PathBuf {
        let [path] = self.cache_files().try_into().unwrap();
        path
    }
}

#[track_caller]
fn check_same(with: &Output, without: &Output, what: &str) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert_eq!(with.status.code(), without.status.code(), "{what}");
    assert_eq!(text(&with.stdout), text(&without.stdout), "{what}");
    assert_eq!(text(&with.stderr), text(&without.stderr), "{what}");
}

#[test]
fn the_answer_is_the_same_with_a_cache_and_without() {
    let scratch = Scratch::new();
    scratch.write("helper.py", "name = 'n'\n");
    for args in COMMANDS {
        let without = scratch.afresh(args);
        for time in ["first", "second", "third"] {
            check_same(&scratch.run(args), &without, &format!("{args:?}, {time}"));
        }
    }
    assert_eq!(scratch.cache_files().len(), 1);
    assert_eq!([(); 2].map(|()| scratch.is_known(&["check"])), [false, true]);
}

#[test]
fn what_is_told_beside_the_answer_is_told_again() {
    let scratch = Scratch::new();
    scratch.write(
        "alembic.ini",
        "[alembic]\nscript_location = %(here)s/m\nversion_locations = %(here)s/m/versions %(here)s/gone\n",
    );
    for args in [&["check"][..], &["check", "-q"], &["heads", "-v"]] {
        let without = scratch.afresh(args);
        assert_eq!(
            String::from_utf8_lossy(&without.stderr).contains("gone"),
            !args.contains(&"-q"),
            "{args:?}"
        );
        for _ in 0..2 {
            check_same(&scratch.run(args), &without, &format!("{args:?}"));
        }
    }
}

/// After `change` the answer of `check` is another one.
#[track_caller]
fn check_change(change: impl FnOnce(&Scratch)) {
    let scratch = Scratch::new();
    let before = scratch.run(&["check", "--format", "json", "--statistics"]);
    change(&scratch);
    let after = scratch.run(&["check", "--format", "json", "--statistics"]);
    assert_ne!(before.stdout, after.stdout);
    check_same(&after, &scratch.afresh(&["check", "--format", "json", "--statistics"]), "after the change");
}

#[test]
fn every_change_counts() {
    // A module that was looked for and not found.
    check_change(|scratch| scratch.write("helper.py", "name = 'n'\n"));
    check_change(|scratch| scratch.write("helper/__init__.py", "name = 'n'\n"));
    check_change(|scratch| scratch.write("foreshot.toml", "dialects = ['sqlite']\n"));
    check_change(|scratch| fs::remove_file(scratch.project.path().join("m/versions/b.py")).unwrap());
    check_change(|scratch| scratch.write("m/versions/c.py", &SECOND.replace("b2", "c3").replace("a1", "b2")));
    // The size stays.
    check_change(|scratch| scratch.write("m/versions/b.py", &SECOND.replace("= 'a1'", "= 'x9'")));
}

#[test]
fn files_that_nobody_looks_at_do_not_count() {
    let scratch = Scratch::new();
    scratch.write("docs/notes.txt", "x");
    assert!(!scratch.is_known(&["check"]));
    scratch.write("docs/notes.txt", "y");
    // Written, and the same as before.
    scratch.write("m/versions/a.py", FIRST);
    assert!(scratch.is_known(&["check"]));
}

#[test]
fn nothing_is_kept_where_nothing_is_asked_for() {
    let scratch = Scratch::new();
    for args in COMMANDS {
        scratch.afresh(args);
    }
    for args in [&["config"][..], &["rule"], &["check", "--diff"], &["check", "nowhere"]] {
        scratch.run(args);
    }
    assert_eq!(scratch.cache_files(), [] as [PathBuf; 0]);
}

#[test]
fn fixes_are_made_from_what_is_there() {
    let scratch = Scratch::new();
    scratch.write("helper.py", "name = 'n'\n");
    let broken = scratch.run(&["check"]);
    scratch.run(&["check", "--fix"]);
    let fixed = scratch.run(&["check"]);
    assert_ne!(broken.stdout, fixed.stdout);
    check_same(&fixed, &scratch.afresh(&["check"]), "fixed");
}

#[test]
fn a_cache_that_cannot_be_used_is_worked_around() {
    let scratch = Scratch::new();
    let without = scratch.afresh(&["check"]);
    scratch.run(&["check"]);
    let whole = fs::read(scratch.cache_file()).unwrap();
    let mut damaged: Vec<Vec<u8>> = (0..whole.len()).step_by(211).map(|end| whole[..end].to_vec()).collect();
    damaged.extend((0..whole.len()).step_by(397).map(|at| {
        let mut flipped = whole.clone();
        flipped[at] ^= 4;
        flipped
    }));
    // As another build would have left it.
    let mut foreign = whole.clone();
    foreign[8..40].fill(0);
    damaged.extend([foreign, Vec::new(), b"{}".to_vec(), vec![0xff; 1 << 20]]);
    for (number, bytes) in damaged.iter().enumerate() {
        fs::write(scratch.cache_file(), bytes).unwrap();
        check_same(&scratch.run(&["check"]), &without, &format!("damage {number}"));
    }
    assert_eq!([(); 2].map(|()| scratch.is_known(&["check"])), [false, true]);
}

#[test]
fn a_damaged_cache_is_spoken_of_only_when_asked() {
    let scratch = Scratch::new();
    scratch.run(&["check"]);
    fs::write(scratch.cache_file(), "nonsense").unwrap();
    let told = String::from_utf8(scratch.run(&["check", "-v"]).stderr).unwrap();
    assert!(told.contains("it is damaged; everything is worked out again"), "{told}");
}

#[test]
fn a_folder_that_cannot_be_written_is_done_without() {
    let scratch = Scratch::new();
    fs::write(scratch.cache.path().join("foreshot"), "a file").unwrap();
    let without = scratch.afresh(&["check"]);
    for _ in 0..2 {
        check_same(&scratch.run(&["check"]), &without, "a file in the way");
    }
    let told = String::from_utf8(scratch.run(&["check", "-v"]).stderr).unwrap();
    assert!(told.contains("the answer is not kept"), "{told}");
}

#[cfg(unix)]
#[test]
fn a_folder_without_permission_is_done_without() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::new();
    let folder = scratch.cache.path().join("foreshot");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o500)).unwrap();
    let without = scratch.afresh(&["check"]);
    for _ in 0..2 {
        check_same(&scratch.run(&["check"]), &without, "read only");
    }
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn many_processes_share_a_cache() {
    let scratch = Scratch::new();
    let without: Vec<Output> = COMMANDS.iter().map(|args| scratch.afresh(args)).collect();
    for _ in 0..3 {
        let spawn = |args: &&[&str]| {
            scratch.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        };
        let running: Vec<Child> = COMMANDS.iter().map(spawn).collect();
        for ((child, without), args) in running.into_iter().zip(&without).zip(COMMANDS) {
            check_same(&child.wait_with_output().unwrap(), without, &format!("{args:?}"));
        }
    }
    assert_eq!([(); 2].map(|()| scratch.is_known(&["check"])), [false, true]);
    let left: Vec<_> = fs::read_dir(scratch.cache_file().parent().unwrap()).unwrap().collect();
    assert_eq!(left.len(), 2, "the file and the tag: {left:?}");
}

#[test]
fn each_selection_has_its_own_answer() {
    let scratch = Scratch::new();
    scratch.write("other/alembic.ini", "[alembic]\nscript_location = %(here)s/m\n");
    scratch.write("other/m/env.py", "");
    scratch.write("other/m/versions/x.py", &FIRST.replace("a1", "x1"));
    for args in [
        &["heads"][..],
        &["heads", "-c", "other/alembic.ini"],
        &["heads", "--project", "other"],
        &["heads", "--versions", "other/m/versions"],
        &["schema", "--dialect", "sqlite"],
        &["schema", "--dialect", "mysql"],
    ] {
        for _ in 0..2 {
            check_same(&scratch.run(args), &scratch.afresh(args), &format!("{args:?}"));
        }
    }
}

/// The texts that a file may have.
const TEXTS: [&str; 5] =
    [FIRST, SECOND, "revision = 'c3'\ndown_revision = 'b2'\n", "name = 'n'\n", "def broken(:\n"];

const PATHS: [&str; 6] =
    ["m/versions/a.py", "m/versions/b.py", "m/versions/c.py", "helper.py", "helper/__init__.py", "m/env.py"];

fn edit(project: &Path, (path, text): (usize, usize)) {
    let path = project.join(PATHS[path]);
    match TEXTS.get(text) {
        Some(text) => {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        None => drop(fs::remove_file(path)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, max_shrink_iters: 40, ..ProptestConfig::default() })]
    #[test]
    fn the_answer_is_the_same_after_any_edits(edits in prop::collection::vec((0..6usize, 0..6usize), 1..6)) {
        let scratch = Scratch::new();
        for one in edits {
            for args in [&["check", "--format", "json", "--statistics"][..], &["schema"]] {
                check_same(&scratch.run(args), &scratch.afresh(args), &format!("before {one:?}"));
            }
            edit(scratch.project.path(), one);
            for args in [&["check", "--format", "json", "--statistics"][..], &["schema"]] {
                check_same(&scratch.run(args), &scratch.afresh(args), &format!("after {one:?}"));
            }
        }
    }
}
