//! Which files of a folder are revisions, and in what order Alembic loads them.

use camino::{Utf8Path, Utf8PathBuf};
use fact::files::{Entry, EntryKind, Files};
use rustc_hash::FxHashSet;

/// The files that Alembic loads, in its order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RevisionFiles {
    pub paths: Vec<Utf8PathBuf>,
    /// Files that a second location holds again; Alembic warns and ignores them.
    pub repeated: Vec<Utf8PathBuf>,
}

/// Where Python keeps what it has compiled.
const COMPILED: &str = "__pycache__";

impl RevisionFiles {
    /// Lists `locations` in order, in each of them the names in code-point order. `sourceless` files are revisions that
    /// have only their compiled form left.
    pub fn list(
        files: &dyn Files,
        locations: &[Utf8PathBuf],
        recursive: bool,
        sourceless: bool,
    ) -> RevisionFiles {
        let mut out = RevisionFiles::default();
        let mut seen = FxHashSet::default();
        for location in locations {
            let mut entered = FxHashSet::default();
            let mut todo = vec![location.clone()];
            while let Some(directory) = todo.pop() {
                if !entered.insert(files.real_path(&directory)) {
                    continue;
                }
                let entries = files.list(&directory);
                let is_revision = |entry: &&Entry| {
                    let loaded = is_revision_file(&entry.name)
                        || sourceless && is_compiled_only(&entry.name, &entries);
                    entry.kind == EntryKind::File && loaded
                };
                let mut paths: Vec<Utf8PathBuf> =
                    entries.iter().filter(is_revision).map(|entry| directory.join(&entry.name)).collect();
                if sourceless {
                    paths.extend(cached_only(files, &directory, &entries));
                }
                for path in paths {
                    match seen.insert(files.real_path(&path)) {
                        true => out.paths.push(path),
                        false => out.repeated.push(path),
                    }
                }
                let folders = entries.iter().filter(|entry| entry.kind == EntryKind::Directory);
                let folders = folders.filter(|entry| recursive && !entry.name.ends_with(COMPILED));
                todo.extend(folders.rev().map(|entry| directory.join(&entry.name)));
            }
        }
        out
    }
}

/// Whether Alembic loads a file of this name from a folder of revision files.
pub fn is_revision_file(name: &str) -> bool {
    name.ends_with(".py") && may_be_revision(name)
}

fn may_be_revision(name: &str) -> bool {
    !name.starts_with(".#") && !name.starts_with("__init__")
}

/// Whether `name` is a compiled file where its source would be, and is not.
fn is_compiled_only(name: &str, entries: &[Entry]) -> bool {
    let is_there = |name: String| entries.iter().any(|entry| entry.name == name);
    let of = |suffix| name.strip_suffix(suffix).filter(|_| may_be_revision(name));
    match (of(".pyc"), of(".pyo")) {
        (Some(stem), _) => !is_there(format!("{stem}.py")),
        (None, Some(stem)) => !is_there(format!("{stem}.py")) && !is_there(format!("{stem}.pyc")),
        (None, None) => false,
    }
}

/// The files in `__pycache__` of which nothing else is left.
fn cached_only(files: &dyn Files, directory: &Utf8Path, entries: &[Entry]) -> Vec<Utf8PathBuf> {
    let stem = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
    let stems: FxHashSet<String> = entries.iter().map(|entry| stem(&entry.name)).collect();
    let cache = directory.join(COMPILED);
    let cached = files.list(&cache).into_iter().filter(|entry| {
        entry.name.ends_with(".pyc") && may_be_revision(&entry.name) && !stems.contains(&stem(&entry.name))
    });
    cached.map(|entry| cache.join(entry.name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use fact::files::Memory;

    fn join(paths: &[Utf8PathBuf]) -> String {
        paths.iter().map(|path| path.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[track_caller]
    fn check_listing(files: &[&str], locations: &[&str], recursive: bool, paths: &str, repeated: &str) {
        let files = Memory::from_iter(files.iter().map(|path| (*path, "")));
        let locations: Vec<Utf8PathBuf> = locations.iter().map(Utf8PathBuf::from).collect();
        let found = RevisionFiles::list(&files, &locations, recursive, false);
        assert_eq!((join(&found.paths).as_str(), join(&found.repeated).as_str()), (paths, repeated));
    }

    #[test]
    fn load_order() {
        let tree = [
            "/v/b.py",
            "/v/B.py",
            "/v/a.pyc",
            "/v/.#b.py",
            "/v/.hidden.py",
            "/v/__init__.py",
            "/v/__init__old.py",
            "/v/README",
            "/v/2024/x.py",
            "/v/2024/01/y.py",
            "/v/2023/z.py",
            "/v/__pycache__/c.py",
        ];
        check_listing(&tree, &["/v"], false, "/v/.hidden.py /v/B.py /v/b.py", "");
        let all = "/v/.hidden.py /v/B.py /v/b.py /v/2023/z.py /v/2024/x.py /v/2024/01/y.py";
        check_listing(&tree, &["/v"], true, all, "");
        let locations = ["/v/2023", "/v/2024", "/v/2023"];
        check_listing(&tree, &locations, false, "/v/2023/z.py /v/2024/x.py", "/v/2023/z.py");
        check_listing(&tree, &["/nowhere"], true, "", "");
    }

    #[track_caller]
    fn check_sourceless(files: &[&str], expect: &str) {
        let files = Memory::from_iter(files.iter().map(|path| (*path, "")));
        assert_eq!(join(&RevisionFiles::list(&files, &["/v".into()], false, true).paths), expect);
    }

    #[test]
    fn compiled_files_count_where_there_is_no_source() {
        check_sourceless(
            &["/v/a.py", "/v/a.pyc", "/v/b.pyc", "/v/b.pyo", "/v/c.pyo"],
            "/v/a.py /v/b.pyc /v/c.pyo",
        );
        check_sourceless(&["/v/__init__.pyc", "/v/.#a.pyc", "/v/a.so"], "");
        check_sourceless(
            &[
                "/v/a.py",
                "/v/__pycache__/a.cpython-312.pyc",
                "/v/__pycache__/b.cpython-312.pyc",
                "/v/__pycache__/x.txt",
            ],
            "/v/a.py /v/__pycache__/b.cpython-312.pyc",
        );
    }
}
