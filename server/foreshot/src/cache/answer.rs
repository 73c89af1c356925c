//! The answer to a command, and what it rests on.

use super::container::Digest;
use super::folder::Folder;
use super::record::{Record, Verdict};
use super::recorder::Recorder;
use super::told::Told;
use serde::{Deserialize, Serialize};
use std::io::{self, Write};
use std::sync::Arc;
use std::time::SystemTime;

/// What a command has said, and what it has looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub code: u8,
    /// For stdout, with colours.
    pub text: Vec<u8>,
    pub told: Told,
    record: Record,
}

/// Where the answer to a question is kept.
#[derive(Debug, Clone)]
pub struct Slot<'a> {
    folder: &'a Folder,
    file: String,
    key: Digest,
}

/// A longer answer is not kept.
const LONGEST: usize = 8 << 20;

impl<'a> Slot<'a> {
    /// `selection` tells which environments are meant, `question` everything else that the answer depends on and is not
    /// read through [`fact::files::Files`].
    pub fn new(folder: &'a Folder, selection: &str, question: &str) -> Slot<'a> {
        let file = blake3::hash(selection.as_bytes()).to_hex();
        let mut hasher = blake3::Hasher::new();
        for part in [selection, question] {
            hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
        }
        Slot { folder, file: file.as_str()[..16].to_owned(), key: *hasher.finalize().as_bytes() }
    }

    /// What was answered before, if nothing has changed that it rests on.
    pub fn known(&self) -> Option<Answer> {
        let part = match self.folder.get(&self.file, &self.key) {
            Ok(part) => part?,
            Err(error) => {
                tracing::info!(
                    "{}: {error}; everything is worked out again",
                    self.folder.path_of(&self.file)
                );
                return None;
            }
        };
        let mut answer: Answer = postcard::from_bytes(&part).ok()?;
        match answer.record.verify() {
            Verdict::Differs => return None,
            Verdict::Same => {}
            Verdict::Renewed(record) => {
                answer.record = record;
                self.keep(&answer);
            }
        }
        tracing::debug!("{}: nothing has changed since the last time", self.folder.path_of(&self.file));
        Some(answer)
    }

    fn keep(&self, answer: &Answer) {
        let kept = postcard::to_allocvec(answer).map_err(|error| error.to_string());
        let kept = kept
            .and_then(|part| self.folder.put(&self.file, self.key, part).map_err(|error| error.to_string()));
        if let Err(error) = kept {
            tracing::info!("{}: {error}; the answer is not kept", self.folder.path_of(&self.file));
        }
    }
}

/// A run whose answer is to be kept.
pub struct Recording<'a> {
    slot: Slot<'a>,
    pub files: Arc<Recorder>,
    text: Vec<u8>,
}

impl<'a> Recording<'a> {
    pub fn new(slot: Slot<'a>) -> Recording<'a> {
        Told::listen();
        Recording { slot, files: Arc::new(Recorder::new(SystemTime::now())), text: Vec::new() }
    }

    /// What is written to `out`, noted.
    pub fn out<'b>(&'b mut self, out: &'b mut dyn Write) -> impl Write + 'b {
        Tee { text: &mut self.text, out }
    }

    /// Keeps the answer of a run that came to its end.
    pub fn keep(self, code: u8) {
        let told = Told::heard();
        let Some(record) = self.files.record().filter(|_| self.text.len() <= LONGEST) else { return };
        self.slot.keep(&Answer { code, text: self.text, told, record });
    }
}

struct Tee<'a> {
    text: &'a mut Vec<u8>,
    out: &'a mut dyn Write,
}

impl Write for Tee<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.out.write(bytes)?;
        if self.text.len() <= LONGEST {
            self.text.extend_from_slice(bytes.get(..count).unwrap_or(bytes));
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
