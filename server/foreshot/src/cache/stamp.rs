//! What tells that a file is the one of another day without reading it.

use serde::{Deserialize, Serialize};
use std::fs::Metadata;
use std::time::SystemTime;

/// Identity, size and times of a file or directory. Two that are equal are of the same content: the time of the last
/// change of the inode is the system's own, and no tool sets it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

/// Seconds for which a file keeps its times though it changes, on the file system with the coarsest clock, and one more.
const COARSEST: i64 = 3;

impl Stamp {
    /// A stamp to keep of what is looked at after `looked`. `None`: a later change might leave it as it is.
    pub fn of(metadata: &Metadata, looked: SystemTime) -> Option<Stamp> {
        let stamp = Stamp::now(metadata)?;
        let looked = looked.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        let settled = i64::try_from(looked.as_secs()).ok()?.saturating_sub(COARSEST);
        (stamp.modified.0 < settled && stamp.changed.0 < settled).then_some(stamp)
    }

    /// The stamp as it is, to be held against one that was kept; `None` where the system has no such times.
    #[cfg(unix)]
    pub fn now(metadata: &Metadata) -> Option<Stamp> {
        use std::os::unix::fs::MetadataExt;
        Some(Stamp {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.size(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        })
    }

    #[cfg(not(unix))]
    pub fn now(_: &Metadata) -> Option<Stamp> {
        None
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs;
    use std::time::Duration;

    #[test]
    fn a_fresh_file_has_no_stamp() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let metadata = fs::metadata(file.path()).unwrap();
        let now = SystemTime::now();
        for (seconds, stamped) in [(0, false), (2, false), (60, true)] {
            assert_eq!(
                Stamp::of(&metadata, now + Duration::from_secs(seconds)).is_some(),
                stamped,
                "{seconds}"
            );
        }
        // The date of a file can be set at will; the day on which that was done can not.
        file.as_file().set_modified(now - Duration::from_secs(3600)).unwrap();
        let metadata = fs::metadata(file.path()).unwrap();
        assert_eq!(Stamp::of(&metadata, now), None);
    }

    #[test]
    fn a_change_shows_where_size_and_date_do_not() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let date = SystemTime::now() - Duration::from_secs(3600);
        let later = SystemTime::now() + Duration::from_secs(3600);
        let stamp = |text: &str| {
            fs::write(file.path(), text).unwrap();
            file.as_file().set_modified(date).unwrap();
            Stamp::of(&fs::metadata(file.path()).unwrap(), later).unwrap()
        };
        let before = stamp("one");
        std::thread::sleep(Duration::from_millis(30));
        assert_ne!(before, stamp("two"));
    }
}
