//! A configuration that cannot be used.

use camino::{Utf8Path, Utf8PathBuf};
use std::fmt;

/// Names the file, the line and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    pub file: Utf8PathBuf,
    /// 1-based; `None` if the whole file is meant.
    pub line: Option<u32>,
    pub message: String,
    pub remedy: String,
}

impl ConfigError {
    pub fn new(
        file: &Utf8Path,
        line: Option<u32>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> ConfigError {
        ConfigError { file: file.to_owned(), line, message: message.into(), remedy: remedy.into() }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.message)?;
        if !self.remedy.is_empty() {
            write!(f, " ({})", self.remedy)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}
