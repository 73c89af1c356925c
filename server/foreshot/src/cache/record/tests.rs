use super::*;
use crate::cache::recorder::Recorder;
use proptest::prelude::*;
use std::fmt::Write;
use std::fs::File;
use std::time::Duration;

struct Scratch {
    root: Utf8PathBuf,
    _directory: tempfile::TempDir,
}

impl Scratch {
    fn new() -> Scratch {
        let directory = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(directory.path()).unwrap().canonicalize_utf8().unwrap();
        for (path, text) in [("a.py", "one"), ("p/__init__.py", ""), ("p/b.py", "two"), ("empty/x/.keep", "")]
        {
            fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
            fs::write(root.join(path), text).unwrap();
        }
        Scratch { root, _directory: directory }
    }

    fn look(&self, look: impl Fn(&dyn Files, &Utf8Path), since: SystemTime) -> Record {
        let recorder = Recorder::new(since);
        look(&recorder, &self.root);
        recorder.record().unwrap()
    }
}

/// As if the files had been looked at long after they were written.
fn much_later() -> SystemTime {
    SystemTime::now() + Duration::from_secs(3600)
}

/// Whether a run that did `look` would see the same after `change`, with and without stamps.
#[track_caller]
fn check(look: impl Fn(&dyn Files, &Utf8Path), change: impl Fn(&Utf8Path), same: bool) {
    for since in [SystemTime::now(), much_later()] {
        let scratch = Scratch::new();
        let record = scratch.look(&look, since);
        assert_ne!(record.verify(), Verdict::Differs, "before the change");
        // The clock of the file system has to move on.
        std::thread::sleep(Duration::from_millis(20));
        change(&scratch.root);
        assert_eq!(record.verify() != Verdict::Differs, same, "since {since:?}: {record:?}");
    }
}

fn read(path: &str) -> impl Fn(&dyn Files, &Utf8Path) {
    move |files, root| drop(files.read(&root.join(path)))
}

fn list(path: &str) -> impl Fn(&dyn Files, &Utf8Path) {
    move |files, root| drop(files.list(&root.join(path)))
}

fn write(path: &str, text: &str) -> impl Fn(&Utf8Path) {
    move |root| fs::write(root.join(path), text).unwrap()
}

#[test]
fn texts() {
    check(read("a.py"), |_| {}, true);
    check(read("a.py"), write("a.py", "one"), true);
    check(read("a.py"), write("a.py", "uno"), false);
    check(read("a.py"), write("p/b.py", "other"), true);
    check(read("a.py"), |root| fs::remove_file(root.join("a.py")).unwrap(), false);
    check(read("new.py"), |_| {}, true);
    check(read("new.py"), write("new.py", ""), false);
    check(read("p"), |_| {}, true);
    check(read("p"), |root| fs::rename(root.join("p"), root.join("q")).unwrap(), false);
}

#[test]
fn size_and_date_may_stay_as_they_are() {
    let dated = |root: &Utf8Path| {
        let date = fs::metadata(root.join("a.py")).unwrap().modified().unwrap();
        fs::write(root.join("a.py"), "eno").unwrap();
        File::options().write(true).open(root.join("a.py")).unwrap().set_modified(date).unwrap();
    };
    check(read("a.py"), dated, false);
    let replaced = |root: &Utf8Path| {
        let date = fs::metadata(root.join("a.py")).unwrap().modified().unwrap();
        fs::write(root.join("b.py"), "eno").unwrap();
        File::options().write(true).open(root.join("b.py")).unwrap().set_modified(date).unwrap();
        fs::rename(root.join("b.py"), root.join("a.py")).unwrap();
    };
    check(read("a.py"), replaced, false);
}

#[test]
fn lists() {
    check(list(""), |_| {}, true);
    check(list(""), write("a.py", "other"), true);
    check(list(""), write("b.py", ""), false);
    check(list(""), write("p/c.py", ""), true);
    check(list(""), |root| fs::rename(root.join("p"), root.join("q")).unwrap(), false);
    check(list("nowhere"), |_| {}, true);
    check(list("nowhere"), |root| fs::create_dir(root.join("nowhere")).unwrap(), false);
    let becomes_a_folder = |root: &Utf8Path| {
        fs::remove_file(root.join("a.py")).unwrap();
        fs::create_dir(root.join("a.py")).unwrap();
    };
    check(list(""), becomes_a_folder, false);
}

#[test]
fn kinds() {
    let kind = |path: &'static str| {
        move |files: &dyn Files, root: &Utf8Path| {
            files.kind(&root.join(path));
        }
    };
    check(kind("a.py"), write("a.py", "other"), true);
    check(kind("new"), write("new", ""), false);
    check(kind("a.py"), |root| fs::remove_file(root.join("a.py")).unwrap(), false);
}

/// Kinds that follow from the list of a folder are looked at with it.
#[test]
fn kinds_that_follow_from_lists() {
    let listed = |path: &'static str| {
        move |files: &dyn Files, root: &Utf8Path| {
            files.list(root);
            files.kind(&root.join(path));
        }
    };
    let count = |path: &'static str| Scratch::new().look(listed(path), much_later()).0.len();
    for (path, looks) in
        [("a.py", 1), ("p", 1), ("new", 1), ("new/deep/er", 1), ("p/new", 2), ("A.py", 2), ("\u{e9}", 2)]
    {
        // A file system that makes no difference between the two finds it.
        if path == "A.py" && cfg!(target_os = "macos") {
            continue;
        }
        assert_eq!(count(path), looks, "{path}");
    }
    check(listed("new"), write("new", ""), false);
    check(listed("p/new"), write("p/new", ""), false);
    let deep = |root: &Utf8Path| {
        fs::create_dir_all(root.join("new/deep")).unwrap();
        fs::write(root.join("new/deep/er"), "").unwrap();
    };
    check(listed("new/deep/er"), deep, false);
}

#[cfg(unix)]
#[test]
fn links() {
    use std::os::unix::fs::symlink;
    let linked = |target: &'static str| {
        move |root: &Utf8Path| {
            fs::remove_file(root.join("a.py")).unwrap();
            symlink(target, root.join("a.py")).unwrap();
        }
    };
    check(read("a.py"), linked("p/b.py"), false);
    let real = |files: &dyn Files, root: &Utf8Path| {
        files.real_path(root);
        files.list(root);
        files.real_path(&root.join("a.py"));
    };
    check(real, |_| {}, true);
    check(real, linked("p/b.py"), false);
    assert_eq!(Scratch::new().look(real, much_later()).0.len(), 2);
    // What a link leads to changes without the folder in which it stands.
    let scratch = Scratch::new();
    symlink("p/target", scratch.root.join("link")).unwrap();
    let record = scratch.look(list(""), much_later());
    assert_ne!(record.verify(), Verdict::Differs);
    fs::write(scratch.root.join("p/target"), "").unwrap();
    assert_eq!(record.verify(), Verdict::Differs);
}

#[cfg(unix)]
#[test]
fn permissions() {
    use std::os::unix::fs::PermissionsExt;
    let close = |path: &'static str| {
        move |root: &Utf8Path| {
            fs::set_permissions(root.join(path), fs::Permissions::from_mode(0o000)).unwrap()
        }
    };
    let scratch = Scratch::new();
    close("a.py")(&scratch.root);
    if fs::read(scratch.root.join("a.py")).is_ok() {
        return; // The superuser may read everything.
    }
    check(read("a.py"), close("a.py"), false);
    check(list("p"), close("p"), false);
}

#[test]
fn what_was_read_again_has_a_stamp() {
    let scratch = Scratch::new();
    let look = |files: &dyn Files, root: &Utf8Path| {
        read("a.py")(files, root);
        list("p")(files, root);
    };
    assert_eq!(scratch.look(look, much_later()).verify(), Verdict::Same);
    assert_eq!(scratch.look(look, SystemTime::now()).verify(), Verdict::Same, "too fresh for a stamp");
    let mut stale = scratch.look(look, much_later());
    std::thread::sleep(Duration::from_millis(20));
    write("a.py", "one")(&scratch.root);
    // As it is found when the text has been the same for a while.
    let renewed = scratch.look(look, much_later());
    assert_ne!(stale, renewed);
    assert_eq!(stale.verify(), Verdict::Same, "too fresh for a stamp");
    stale = renewed;
    assert_eq!(stale.verify(), Verdict::Same);
}

#[test]
fn a_run_that_saw_two_texts_has_no_record() {
    let scratch = Scratch::new();
    let recorder = Recorder::new(SystemTime::now());
    read("a.py")(&recorder, &scratch.root);
    assert!(recorder.record().is_some());
    write("a.py", "other")(&scratch.root);
    read("a.py")(&recorder, &scratch.root);
    assert!(recorder.record().is_none());
}

#[test]
fn the_recorder_answers_as_the_disk() {
    let scratch = Scratch::new();
    let recorder = Recorder::new(SystemTime::now());
    for path in ["", "a.py", "p", "p/b.py", "nowhere", "a.py/x", "p/../a.py"] {
        let path = scratch.root.join(path);
        assert_eq!(recorder.read(&path), Disk.read(&path), "{path}");
        assert_eq!(recorder.list(&path), Disk.list(&path), "{path}");
        assert_eq!(recorder.kind(&path), Disk.kind(&path), "{path}");
        assert_eq!(recorder.real_path(&path), Disk.real_path(&path), "{path}");
    }
    assert_ne!(recorder.record().unwrap().verify(), Verdict::Differs);
}

/// What a run says that goes through everything and looks for what is not there.
fn run(files: &dyn Files, root: &Utf8Path) -> String {
    let mut out = String::new();
    let mut todo = vec![root.to_owned()];
    while let Some(directory) = todo.pop() {
        let real = files.real_path(&directory);
        let links = real.strip_prefix(root).map(Utf8Path::as_str)
            != Ok(directory.strip_prefix(root).unwrap().as_str());
        for name in ["x.py", "y/z.py", "y"] {
            write!(out, "{name}: {:?} ", files.kind(&directory.join(name))).unwrap();
        }
        for entry in files.list(&directory) {
            let path = directory.join(&entry.name);
            match entry.kind {
                EntryKind::Directory if !links => todo.push(path),
                EntryKind::Directory => {}
                EntryKind::File => write!(out, "{path}: {:?} ", files.read(&path)).unwrap(),
            }
        }
    }
    out
}

const PATHS: [&str; 7] = ["x.py", "y", "y/z.py", "y/x.py", "p/x.py", "p/y/z.py", "a.py"];

/// One edit; what cannot be done is not.
fn edit(root: &Utf8Path, (what, path, other): (u8, usize, usize)) {
    let (path, other) = (root.join(PATHS[path]), root.join(PATHS[other]));
    let _ = match what {
        0 | 1 => fs::write(&path, if what == 0 { "same" } else { "else" }),
        2 => fs::remove_file(&path),
        3 => fs::create_dir(&path),
        4 => fs::remove_dir_all(&path),
        5 => fs::rename(&path, &other),
        #[cfg(unix)]
        6 => std::os::unix::fs::symlink(&other, &path),
        _ => Ok(()),
    };
}

proptest! {
    #[test]
    fn a_record_that_holds_means_the_same_answer(edits in prop::collection::vec((0u8..7, 0..7usize, 0..7usize), 1..12)) {
        let scratch = Scratch::new();
        let mut known: Option<(Record, String)> = None;
        for one in edits {
            edit(&scratch.root, one);
            let recorder = Recorder::new(SystemTime::now());
            let now = run(&recorder, &scratch.root);
            if let Some((record, before)) = &known
                && record.verify() != Verdict::Differs
            {
                prop_assert_eq!(before, &now);
            }
            let record = recorder.record().unwrap();
            prop_assert_ne!(record.verify(), Verdict::Differs);
            known = Some((record, now));
        }
    }
}
