//! Tells the program which build it is: what another build has cached may be worked out differently.

// It is how a build script speaks to cargo.
#![allow(clippy::print_stdout)]

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let mut hasher = blake3::Hasher::new();
    for name in ["server", "Cargo.toml", "Cargo.lock"] {
        println!("cargo::rerun-if-changed={name}");
        add(&mut hasher, &root.join(name), name)?;
    }
    for variable in ["TARGET", "PROFILE", "OPT_LEVEL", "DEBUG"] {
        writeln!(hasher, "{variable}={:?}", env::var_os(variable))?;
    }
    let compiler = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    hasher.update(&Command::new(compiler).arg("-vV").output()?.stdout);
    println!("cargo::rustc-env=FORESHOT_BUILD={}", hasher.finalize().to_hex());
    Ok(())
}

/// Adds a file, or everything below a folder, in the order of the names.
fn add(hasher: &mut blake3::Hasher, path: &Path, name: &str) -> io::Result<()> {
    if path.is_dir() {
        let mut entries = fs::read_dir(path)?.collect::<io::Result<Vec<_>>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            add(hasher, &entry.path(), &format!("{name}/{}", entry.file_name().to_string_lossy()))?;
        }
    } else if let Ok(bytes) = fs::read(path) {
        writeln!(hasher, "{name} {}", bytes.len())?;
        hasher.update(&bytes);
    }
    Ok(())
}
