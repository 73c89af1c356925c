//! The folder of the cache files.

use super::container::{Digest, Index, Parts, Unusable};
use camino::{Utf8Path, Utf8PathBuf};
use etcetera::BaseStrategy;
use std::fs::{self, DirBuilder, File};
use std::io;
use std::time::{Duration, SystemTime};

/// Holds at most [`MOST_FILES`] files of together [`MOST_BYTES`]; those that were not used for longest go first.
#[derive(Debug, Clone)]
pub struct Folder {
    path: Utf8PathBuf,
    build: Digest,
}

const MOST_FILES: usize = 64;
const MOST_BYTES: u64 = 256 << 20;
const EXTENSION: &str = "cache";
/// A temporary file that is older was left behind.
const ABANDONED: Duration = Duration::from_secs(3600);
/// How exactly a file tells when it was used.
const USED: Duration = Duration::from_secs(24 * 3600);

/// Tells programs that make backups to leave the folder out (<https://bford.info/cachedir/>).
const TAG: &str = "Signature: 8a477f597d28d172789f06886806bc55\n# Made by foreshot, which makes it again when it is gone.\n";

impl Folder {
    /// `$FORESHOT_CACHE_DIR`, else `foreshot` in the user's cache folder; `None` where there is neither.
    pub fn find() -> Option<Folder> {
        let named = std::env::var_os("FORESHOT_CACHE_DIR").filter(|path| !path.is_empty());
        let path = match named {
            Some(path) => path.into(),
            None => etcetera::base_strategy::choose_native_strategy().ok()?.cache_dir().join("foreshot"),
        };
        Some(Folder::new(Utf8PathBuf::from_path_buf(path).ok()?, this_build()))
    }

    pub fn new(path: Utf8PathBuf, build: Digest) -> Folder {
        Folder { path, build }
    }

    /// One part of a file; `None` if there is none, or no such file.
    pub fn get(&self, file: &str, key: &Digest) -> Result<Option<Vec<u8>>, Unusable> {
        let path = self.path_of(file);
        let mut open = match File::open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened?,
        };
        let part = Index::read(&mut open, &self.build)?.part(&mut open, key)?;
        if part.is_some() && age(&open).is_some_and(|age| age > USED) {
            // A folder that may not be written to is not swept either.
            let _ =
                File::options().write(true).open(&path).and_then(|file| file.set_modified(SystemTime::now()));
        }
        Ok(part)
    }

    /// Adds a part to a file. Of two processes that do so at once one may lose its part.
    pub fn put(&self, file: &str, key: Digest, part: Vec<u8>) -> Result<(), Unusable> {
        self.create()?;
        let path = self.path_of(file);
        // A file that is of no use is replaced.
        let known = File::open(&path)
            .map_err(Unusable::from)
            .and_then(|mut file| Parts::read(&mut file, &self.build));
        let mut parts = known.unwrap_or_default();
        parts.put(key, part);
        let bytes = parts.bytes(&self.build).map_err(|_| Unusable::Damaged)?;
        let temporary = self.path.join(format!(".{file}.{}.tmp", std::process::id()));
        let written = fs::write(&temporary, bytes).and_then(|()| fs::rename(&temporary, &path));
        if written.is_err() {
            // The error that matters is the first one.
            let _ = fs::remove_file(&temporary);
        }
        written?;
        self.sweep();
        Ok(())
    }

    pub fn path_of(&self, file: &str) -> Utf8PathBuf {
        self.path.join(file).with_extension(EXTENSION)
    }

    fn create(&self) -> io::Result<()> {
        if self.path.is_dir() {
            return Ok(());
        }
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        // Nobody else has any business with what the findings quote.
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.path)?;
        fs::write(self.path.join("CACHEDIR.TAG"), TAG)
    }

    /// Deletes what is too much. Files that are not of the cache stay.
    fn sweep(&self) {
        let Ok(entries) = self.path.read_dir_utf8() else { return };
        let mut files = Vec::new();
        for entry in entries.flatten() {
            let Some(metadata) = entry.metadata().ok().filter(fs::Metadata::is_file) else { continue };
            let modified = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            match entry.path().extension() {
                Some(EXTENSION) => files.push((modified, metadata.len(), entry.into_path())),
                Some("tmp") if modified.elapsed().is_ok_and(|age| age > ABANDONED) => delete(entry.path()),
                _ => {}
            }
        }
        files.sort();
        let mut bytes = 0;
        for (count, (_, length, path)) in files.iter().rev().enumerate() {
            bytes += length;
            if count >= MOST_FILES || bytes > MOST_BYTES {
                delete(path);
            }
        }
    }
}

/// Somebody else may have deleted it first.
fn delete(path: &Utf8Path) {
    let _ = fs::remove_file(path);
}

fn age(file: &File) -> Option<Duration> {
    file.metadata().ok()?.modified().ok()?.elapsed().ok()
}

/// What another build has worked out may differ.
fn this_build() -> Digest {
    *blake3::hash(env!("FORESHOT_BUILD").as_bytes()).as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Scratch {
        folder: Folder,
        _directory: tempfile::TempDir,
    }

    impl Scratch {
        fn new() -> Scratch {
            let directory = tempfile::tempdir().unwrap();
            let path = Utf8Path::from_path(directory.path()).unwrap().join("a/b");
            Scratch { folder: Folder::new(path, [1; 32]), _directory: directory }
        }

        fn names(&self) -> Vec<String> {
            let entries = self.folder.path.read_dir_utf8().unwrap();
            let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().to_owned()).collect();
            names.sort();
            names
        }

        fn age(&self, name: &str, seconds: u64) {
            let file = File::options().write(true).open(self.folder.path.join(name)).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(seconds)).unwrap();
        }
    }

    #[test]
    fn parts_are_kept_side_by_side() {
        let scratch = Scratch::new();
        let folder = &scratch.folder;
        assert!(folder.get("x", &[1; 32]).unwrap().is_none());
        folder.put("x", [1; 32], vec![1]).unwrap();
        folder.put("x", [2; 32], vec![2]).unwrap();
        folder.put("y", [1; 32], vec![3]).unwrap();
        let get = |file: &str, key: u8| folder.get(file, &[key; 32]).unwrap();
        assert_eq!((get("x", 1), get("x", 2), get("y", 1)), (Some(vec![1]), Some(vec![2]), Some(vec![3])));
        assert_eq!((get("x", 3), get("z", 1)), (None, None));
        assert_eq!(scratch.names(), ["CACHEDIR.TAG", "x.cache", "y.cache"]);
    }

    #[test]
    fn what_cannot_be_used_is_replaced() {
        let scratch = Scratch::new();
        let folder = &scratch.folder;
        folder.put("x", [1; 32], vec![1]).unwrap();
        let other = Folder::new(folder.path.clone(), [2; 32]);
        assert!(matches!(other.get("x", &[1; 32]), Err(Unusable::Foreign)));
        other.put("x", [2; 32], vec![2]).unwrap();
        assert!(matches!(folder.get("x", &[1; 32]), Err(Unusable::Foreign)));
        fs::write(folder.path_of("x"), "nonsense").unwrap();
        assert!(matches!(folder.get("x", &[1; 32]), Err(Unusable::Damaged)));
        folder.put("x", [1; 32], vec![3]).unwrap();
        assert_eq!(folder.get("x", &[1; 32]).unwrap(), Some(vec![3]));
    }

    #[test]
    fn the_oldest_files_go() {
        let scratch = Scratch::new();
        for n in 0..=MOST_FILES {
            scratch.folder.put(&format!("{n:03}"), [1; 32], vec![1]).unwrap();
            scratch.age(&format!("{n:03}.cache"), 10_000 - n as u64);
        }
        for (name, age) in [("old.tmp", 7200), ("new.tmp", 1), ("python", 99_999)] {
            fs::write(scratch.folder.path.join(name), "").unwrap();
            scratch.age(name, age);
        }
        scratch.folder.put("new", [1; 32], vec![1]).unwrap();
        let names = scratch.names();
        assert_eq!(names.iter().filter(|name| name.ends_with(".cache")).count(), MOST_FILES);
        for (name, there) in
            [("000.cache", false), ("001.cache", false), ("002.cache", true), ("new.cache", true)]
        {
            assert_eq!(names.contains(&name.to_owned()), there, "{name}");
        }
        assert!(names.contains(&"new.tmp".to_owned()) && !names.contains(&"old.tmp".to_owned()));
        assert!(names.contains(&"python".to_owned()) && names.contains(&"CACHEDIR.TAG".to_owned()));
    }

    #[test]
    fn a_file_in_use_is_young() {
        let scratch = Scratch::new();
        for name in ["used", "unused"] {
            scratch.folder.put(name, [1; 32], vec![1]).unwrap();
            scratch.age(&format!("{name}.cache"), 100_000);
        }
        scratch.folder.get("used", &[1; 32]).unwrap();
        let age = |name: &str| age(&File::open(scratch.folder.path_of(name)).unwrap()).unwrap();
        assert!(age("used") < USED && age("unused") > USED);
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_an_error() {
        let scratch = Scratch::new();
        fs::create_dir_all(scratch.folder.path.parent().unwrap()).unwrap();
        fs::write(&scratch.folder.path, "a file").unwrap();
        assert!(matches!(scratch.folder.put("x", [1; 32], vec![1]), Err(Unusable::Io(_))));
    }
}
