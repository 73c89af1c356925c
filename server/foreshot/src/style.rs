//! Colours of text output. Where they are not wanted, the streams take them out.

use anstyle::{AnsiColor, Style};

pub const ERROR: Style = AnsiColor::Red.on_default().bold();
pub const REVISION: Style = AnsiColor::Yellow.on_default();
pub const HEAD: Style = AnsiColor::Green.on_default().bold();
pub const LABEL: Style = AnsiColor::Cyan.on_default();
pub const TITLE: Style = Style::new().bold();
pub const FAINT: Style = Style::new().dimmed();
pub const WARNING: Style = AnsiColor::Yellow.on_default().bold();
