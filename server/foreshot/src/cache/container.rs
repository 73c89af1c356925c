//! The format of a cache file: parts under their keys, each with a checksum, so that one is read without the others.
//!
//! ```text
//! magic (8 bytes)   build (32)   length of the index (4)   checksum of the index (32)   index   parts
//! ```

use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// A BLAKE3 hash: whoever can write a file of a project must not be able to make two that count as one.
pub type Digest = [u8; 32];

const MAGIC: &[u8; 8] = b"foreshot";
/// Changes with the format itself.
const FORMAT: u32 = 1;
const HEAD: usize = 8 + 32 + 4 + 32;
/// An index that claims to be longer was not written here.
const LONGEST_INDEX: u32 = 1 << 16;
/// More in one file is not kept: what was added first goes first.
const MOST_PARTS: usize = 24;
const MOST_BYTES: usize = 32 << 20;

/// Why a file is of no use.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("it was written by another version of foreshot")]
    Foreign,
    #[error("it is damaged")]
    Damaged,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Entry {
    key: Digest,
    length: u64,
    checksum: Digest,
}

/// What is in a file, without the parts themselves.
pub struct Index {
    entries: Vec<Entry>,
}

/// Whole parts by key, the newest last.
#[derive(Debug, Default, PartialEq)]
pub struct Parts(Vec<(Digest, Vec<u8>)>);

impl Index {
    /// Reads the index of a file that `build` wrote.
    pub fn read(file: &mut File, build: &Digest) -> Result<Index, Unusable> {
        let mut head = [0; HEAD];
        file.read_exact(&mut head).map_err(short)?;
        let (magic, rest) = head.split_at(MAGIC.len());
        let (written_by, rest) = rest.split_at(build.len());
        let (length, checksum) = rest.split_at(4);
        if magic != MAGIC {
            return Err(Unusable::Damaged);
        }
        if written_by != version(build) {
            return Err(Unusable::Foreign);
        }
        let length = u32::from_le_bytes(length.try_into().map_err(|_| Unusable::Damaged)?);
        if length > LONGEST_INDEX {
            return Err(Unusable::Damaged);
        }
        let mut index = vec![0; length as usize];
        file.read_exact(&mut index).map_err(short)?;
        if blake3::hash(&index).as_bytes() != checksum {
            return Err(Unusable::Damaged);
        }
        let entries = postcard::from_bytes(&index).map_err(|_| Unusable::Damaged)?;
        Ok(Index { entries })
    }

    /// The part of this key; `None` if there is none. The file stands behind its index.
    pub fn part(&self, file: &mut File, key: &Digest) -> Result<Option<Vec<u8>>, Unusable> {
        let mut before = 0u64;
        for entry in &self.entries {
            if entry.key == *key {
                let skipped = i64::try_from(before).map_err(|_| Unusable::Damaged)?;
                file.seek(SeekFrom::Current(skipped))?;
                return entry.read(file).map(Some);
            }
            before = before.checked_add(entry.length).ok_or(Unusable::Damaged)?;
        }
        Ok(None)
    }
}

impl Entry {
    fn read(&self, file: &mut File) -> Result<Vec<u8>, Unusable> {
        if self.length > MOST_BYTES as u64 {
            return Err(Unusable::Damaged);
        }
        let mut bytes = vec![0; self.length as usize];
        file.read_exact(&mut bytes).map_err(short)?;
        if *blake3::hash(&bytes).as_bytes() != self.checksum {
            return Err(Unusable::Damaged);
        }
        Ok(bytes)
    }
}

impl Parts {
    /// Reads a whole file that `build` wrote.
    pub fn read(file: &mut File, build: &Digest) -> Result<Parts, Unusable> {
        let index = Index::read(file, build)?;
        let part = |entry: &Entry| Ok((entry.key, entry.read(file)?));
        Ok(Parts(index.entries.iter().map(part).collect::<Result<_, Unusable>>()?))
    }

    /// Adds a part, or replaces it. What is too much goes, and what was added first goes first.
    pub fn put(&mut self, key: Digest, part: Vec<u8>) {
        self.0.retain(|(known, _)| *known != key);
        self.0.push((key, part));
        let total = |parts: &[(Digest, Vec<u8>)]| parts.iter().map(|(_, part)| part.len()).sum::<usize>();
        while self.0.len() > MOST_PARTS || total(&self.0) > MOST_BYTES {
            self.0.remove(0);
        }
    }

    /// The bytes of a file with these parts.
    pub fn bytes(&self, build: &Digest) -> Result<Vec<u8>, postcard::Error> {
        let entry = |(key, part): &(Digest, Vec<u8>)| Entry {
            key: *key,
            length: part.len() as u64,
            checksum: *blake3::hash(part).as_bytes(),
        };
        let index = postcard::to_allocvec(&self.0.iter().map(entry).collect::<Vec<_>>())?;
        let mut out = MAGIC.to_vec();
        out.extend(version(build));
        out.extend((index.len() as u32).to_le_bytes());
        out.extend(blake3::hash(&index).as_bytes());
        out.extend(index);
        for (_, part) in &self.0 {
            out.extend(part);
        }
        Ok(out)
    }
}

fn version(build: &Digest) -> Digest {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&FORMAT.to_le_bytes()).update(build);
    *hasher.finalize().as_bytes()
}

/// A file that ends too early is damaged; the disk is not to blame.
fn short(error: io::Error) -> Unusable {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => Unusable::Damaged,
        _ => Unusable::Io(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const BUILD: Digest = [7; 32];

    fn parts() -> Parts {
        let mut parts = Parts::default();
        for n in 0..3 {
            parts.put([n; 32], vec![n; 40 * usize::from(n)]);
        }
        parts
    }

    fn with_file<T>(bytes: &[u8], read: impl FnOnce(&mut File) -> T) -> T {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), bytes).unwrap();
        read(&mut File::open(file.path()).unwrap())
    }

    /// What is read under each key of `parts`.
    fn read(bytes: &[u8], build: &Digest) -> Vec<Result<Option<Vec<u8>>, Unusable>> {
        let read = |key: u8| {
            with_file(bytes, |file| {
                let index = Index::read(file, build)?;
                index.part(file, &[key; 32])
            })
        };
        (0..4).map(read).collect()
    }

    #[test]
    fn parts_come_back() {
        let bytes = parts().bytes(&BUILD).unwrap();
        let found: Vec<_> = read(&bytes, &BUILD).into_iter().map(Result::unwrap).collect();
        assert_eq!(found, [Some(vec![]), Some(vec![1; 40]), Some(vec![2; 80]), None]);
        assert_eq!(with_file(&bytes, |file| Parts::read(file, &BUILD)).unwrap(), parts());
    }

    #[test]
    fn a_part_is_replaced() {
        let mut parts = parts();
        parts.put([0; 32], vec![9]);
        let bytes = parts.bytes(&BUILD).unwrap();
        assert_eq!(read(&bytes, &BUILD)[0].as_ref().unwrap(), &Some(vec![9]));
        assert_eq!(parts.0.len(), 3);
    }

    #[test]
    fn what_was_added_first_goes_first() {
        let mut many = Parts::default();
        for n in 0..=MOST_PARTS {
            many.put([n as u8; 32], vec![0]);
        }
        assert_eq!((many.0.len(), many.0[0].0), (MOST_PARTS, [1; 32]));
        let mut large = Parts::default();
        for n in 0..3 {
            large.put([n; 32], vec![0; MOST_BYTES / 2]);
        }
        assert_eq!(large.0.iter().map(|(key, _)| key[0]).collect::<Vec<_>>(), [1, 2]);
        large.put([9; 32], vec![0; MOST_BYTES + 1]);
        assert_eq!(large, Parts::default());
    }

    #[test]
    fn another_build_reads_nothing() {
        let bytes = parts().bytes(&BUILD).unwrap();
        assert!(read(&bytes, &[8; 32]).iter().all(|part| matches!(part, Err(Unusable::Foreign))));
    }

    /// A damaged file gives what was put in it, or nothing.
    #[track_caller]
    fn check_damaged(bytes: &[u8]) {
        let whole: Vec<_> =
            read(&parts().bytes(&BUILD).unwrap(), &BUILD).into_iter().map(Result::unwrap).collect();
        for (found, whole) in read(bytes, &BUILD).into_iter().zip(whole) {
            assert!(found.is_err() || found.is_ok_and(|found| found == whole));
        }
        let all = with_file(bytes, |file| Parts::read(file, &BUILD));
        assert!(!all.is_ok_and(|found| found == parts()));
    }

    #[test]
    fn damage_is_noticed() {
        let bytes = parts().bytes(&BUILD).unwrap();
        for end in 0..bytes.len() {
            check_damaged(&bytes[..end]);
        }
        for at in 0..bytes.len() {
            for bit in [1, 0x80] {
                let mut flipped = bytes.clone();
                flipped[at] ^= bit;
                check_damaged(&flipped);
            }
        }
        check_damaged(b"");
        check_damaged(&[0; 4096]);
    }
}
