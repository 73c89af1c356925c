//! Which installed packages are read, and which are not because their meaning is known otherwise.

use camino::{Utf8Path, Utf8PathBuf};
use fact::files::Files;
use std::sync::Arc;

/// Packages that the hosts of the evaluator know: what they do is modelled, and their code would say less. Some are only
/// known to change no schema.
const KNOWN: &[&str] = &[
    "alembic",
    "attr",
    "attrs",
    "click",
    "flask_migrate",
    "flask_sqlalchemy",
    "geoalchemy2",
    "lazy_object_proxy",
    "loguru",
    "oslo_config",
    "oslo_log",
    "oslo_utils",
    "pgvector",
    "progressbar",
    "pydantic",
    "pydantic_core",
    "pydantic_settings",
    "rich",
    "simplejson",
    "six",
    "sqlalchemy",
    "sqlalchemy_utils",
    "sqlmodel",
    "structlog",
    "tqdm",
    "typing_extensions",
    "yaml",
];

/// Modules of the standard library that are also to be had as packages: Python finds its own first.
const BACKPORTED: &[&str] = &[
    "argparse",
    "asyncio",
    "concurrent",
    "contextvars",
    "dataclasses",
    "enum",
    "functools",
    "importlib",
    "ipaddress",
    "json",
    "logging",
    "pathlib",
    "statistics",
    "typing",
    "unittest",
    "uuid",
    "zoneinfo",
];

/// The version that the folder `NAME-VERSION.dist-info` tells. A distribution that is not there may be the project itself,
/// so that nothing is said of it.
pub(crate) fn version(files: &dyn Files, packages: &[Utf8PathBuf], distribution: &str) -> Option<Arc<str>> {
    let wanted = normalised(distribution);
    let told = |folder: &Utf8Path| {
        files.list(folder).iter().find_map(|entry| {
            let (name, version) = entry.name.strip_suffix(".dist-info")?.split_once('-')?;
            (normalised(name) == wanted).then(|| Arc::from(version))
        })
    };
    packages.iter().find_map(|folder| told(folder))
}

/// Names of distributions that differ in case and separators alone are the same.
fn normalised(distribution: &str) -> String {
    let parts = distribution.split(['-', '_', '.']).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("-").to_lowercase()
}

/// Whether modules below this top-level name are read from where packages are installed.
pub(crate) fn is_read(top: &str) -> bool {
    !KNOWN.contains(&top) && !BACKPORTED.contains(&top)
}
