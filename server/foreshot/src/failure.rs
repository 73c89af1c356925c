//! How a command ends that cannot do what it was asked.

use std::fmt;
use std::io;

/// Exit codes: what scripts and CI rely on.
pub mod code {
    /// Done, no error found.
    pub const DONE: u8 = 0;
    /// The client of the language server left without asking it to end.
    pub const LEFT: u8 = 1;
    /// Errors were found.
    pub const FOUND: u8 = 1;
    /// Bad usage, configuration or input.
    pub const INPUT: u8 = 2;
    /// A question that only a person can answer.
    pub const QUESTION: u8 = 3;
}

/// A question that only a person can answer; the message names the flag that answers it.
#[derive(Debug)]
pub struct Question(pub String);

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Question {}

/// The exit code for an error, after it was told on stderr.
pub fn report(error: &anyhow::Error) -> u8 {
    let broken_pipe = error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe);
    // Whoever closed the pipe has read enough.
    if broken_pipe {
        return code::DONE;
    }
    let red = crate::style::ERROR;
    anstream::eprintln!("{red}error{red:#}: {error:#}");
    code_of(error)
}

/// The exit code for an error.
pub fn code_of(error: &anyhow::Error) -> u8 {
    if error.is::<Question>() { code::QUESTION } else { code::INPUT }
}
