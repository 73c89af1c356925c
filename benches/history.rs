//! Writes a generated project to disk, for `growth.py`: `history FOLDER COUNT`.

mod generate;

use camino::{Utf8Path, Utf8PathBuf};
use fact::files::{EntryKind, Files, Memory};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (Some(folder), Some(Ok(count))) = (args.next(), args.next().map(|count| count.parse())) else {
        eprintln!("usage: history FOLDER COUNT");
        return ExitCode::FAILURE;
    };
    let files = generate::history(count);
    match write(&files, Utf8Path::new("/p"), &Utf8PathBuf::from(folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn write(files: &Memory, from: &Utf8Path, to: &Utf8Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in files.list(from) {
        let (from, to) = (from.join(&entry.name), to.join(&entry.name));
        match entry.kind {
            EntryKind::Directory => write(files, &from, &to)?,
            EntryKind::File => {
                let text = files.read(&from).map_err(std::io::Error::other)?;
                std::fs::write(to, &*text)?;
            }
        }
    }
    Ok(())
}
