//! Finding the migration environments of a project.

use crate::config::{Config, ConfigError, Documents, MAIN_SECTION, Sources, read_ini};
use crate::config::{ini::Ini, pyproject::Pyproject};
use crate::layout::{Extra, Layout, is_script_directory};
use camino::{Utf8Path, Utf8PathBuf};
use fact::files::{EntryKind, Files};

/// Where to look for environments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Search {
    /// From a working directory: upwards to the root of the repository, then downwards.
    Around,
    /// In a project that was named: there, then downwards.
    Below,
}

/// Folder names in which nobody keeps an environment of their own.
const SKIPPED: [&str; 4] = ["node_modules", "__pycache__", "site-packages", "__pypackages__"];

/// What a search has found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Discovered {
    pub sources: Vec<Sources>,
    /// Configurations that cannot be read; each may describe an environment.
    pub broken: Vec<ConfigError>,
}

impl Discovered {
    fn is_empty(&self) -> bool {
        self.sources.is_empty() && self.broken.is_empty()
    }

    fn extend(&mut self, other: Discovered) {
        self.sources.extend(other.sources);
        self.broken.extend(other.broken);
    }
}

/// The environments in or around `start`; none is no error. A configuration that is broken does not hide the others.
pub fn discover(files: &dyn Files, start: &Utf8Path, search: Search) -> Discovered {
    let directories: Vec<&Utf8Path> = match search {
        Search::Around => start.ancestors().collect(),
        Search::Below => vec![start],
    };
    for directory in directories {
        let found = at(files, directory);
        if !found.is_empty() {
            return found;
        }
        if files.kind(&directory.join(".git")).is_some() {
            break;
        }
    }
    below(files, start)
}

/// The environments whose configuration stands in `directory` itself.
fn at(files: &dyn Files, directory: &Utf8Path) -> Discovered {
    let found = configured(files, directory);
    if !found.is_empty() {
        return found;
    }
    for candidate in [directory.to_owned(), directory.join("migrations"), directory.join("alembic")] {
        if is_script_directory(files, &candidate) {
            let nested = configured(files, &candidate);
            let alone = || Discovered { sources: vec![bare(candidate.clone())], ..Discovered::default() };
            return if nested.is_empty() { alone() } else { nested };
        }
    }
    Discovered::default()
}

fn bare(script_directory: Utf8PathBuf) -> Sources {
    Sources { script_directory: Some(script_directory), ..Sources::default() }
}

/// The environments that alembic.ini and pyproject.toml of `directory` describe.
fn configured(files: &dyn Files, directory: &Utf8Path) -> Discovered {
    let sources = named(files, directory).and_then(|sources| distinct(files, sources));
    match sources {
        Ok(sources) => Discovered { sources, broken: Vec::new() },
        Err(error) => Discovered { sources: Vec::new(), broken: vec![error] },
    }
}

fn named(files: &dyn Files, directory: &Utf8Path) -> Result<Vec<Sources>, ConfigError> {
    let (ini, pyproject) = (directory.join("alembic.ini"), directory.join("pyproject.toml"));
    let pyproject = if speaks_of_alembic(files, &pyproject)? { Some(pyproject) } else { None };
    if files.is_file(&ini) {
        let sections = environment_sections(&read_ini(files, &ini)?);
        let sources = sections.into_iter().map(|section| Sources {
            ini: Some(ini.clone()),
            pyproject: pyproject.clone(),
            section,
            ..Sources::default()
        });
        return Ok(sources.collect());
    }
    let only_toml = pyproject.map(|path| Sources { pyproject: Some(path), ..Sources::default() });
    Ok(only_toml.into_iter().collect())
}

fn speaks_of_alembic(files: &dyn Files, path: &Utf8Path) -> Result<bool, ConfigError> {
    match files.read(path) {
        Ok(text) => Ok(Pyproject::parse(path, &text)?.is_some()),
        Err(_) => Ok(false),
    }
}

/// The sections of an alembic.ini that describe an environment each; `[alembic]` if none says so.
pub fn environment_sections(ini: &Ini) -> Vec<String> {
    let describes = |name: &str| {
        let own = ini.section(name);
        let has = |key| own.is_some_and(|section| section.option(key).is_some());
        has("script_location") || has("version_locations") && ini.raw(name, "script_location").is_some()
    };
    let names = ini.sections().iter().map(|section| section.name.as_str());
    let mut found: Vec<String> = names.filter(|name| describes(name)).map(str::to_owned).collect();
    if found.is_empty() {
        found.push(MAIN_SECTION.to_owned());
    }
    found
}

/// Sections that differ in their database only are one environment: the main section, or the first.
fn distinct(files: &dyn Files, all: Vec<Sources>) -> Result<Vec<Sources>, ConfigError> {
    if all.len() < 2 {
        return Ok(all);
    }
    let Some(first) = all.first() else { return Ok(all) };
    // They are sections of one file, which is read once.
    let documents = Documents::read(files, first)?;
    let mut seen: Vec<Config> = Vec::new();
    for sources in all {
        let config = Config::of(&documents, &sources)?;
        let same = |other: &Config| {
            let key = |config: &Config| {
                let script = config.script_location.as_ref().map(|setting| setting.value.clone());
                let versions = config.version_locations.as_ref().map(|setting| setting.value.clone());
                (script, versions)
            };
            key(other) == key(&config)
        };
        match seen.iter_mut().find(|other| same(other)) {
            Some(other) if config.sources.section == MAIN_SECTION => *other = config,
            Some(_) => {}
            None => seen.push(config),
        }
    }
    Ok(seen.into_iter().map(|config| config.sources).collect())
}

/// The environments of `start` and all folders below it, less those that another one's configuration covers.
fn below(files: &dyn Files, start: &Utf8Path) -> Discovered {
    let mut all = Discovered::default();
    let mut script_directories = Vec::new();
    let mut todo = vec![start.to_owned()];
    let mut entered = rustc_hash::FxHashSet::default();
    while let Some(directory) = todo.pop() {
        if !entered.insert(files.real_path(&directory)) {
            continue;
        }
        let found = configured(files, &directory);
        if found.is_empty() && is_script_directory(files, &directory) {
            script_directories.push(directory.clone());
        }
        all.extend(found);
        let folders = files.list(&directory).into_iter().filter(|entry| entry.kind == EntryKind::Directory);
        let folders = folders.filter(|entry| !entry.name.starts_with('.'));
        let folders = folders.filter(|entry| !SKIPPED.contains(&entry.name.as_str()));
        let folders: Vec<Utf8PathBuf> = folders.map(|entry| directory.join(entry.name)).collect();
        let folders = folders.into_iter().rev();
        todo.extend(folders.filter(|folder| !files.is_file(&folder.join("pyvenv.cfg"))));
    }
    let covered: Vec<Utf8PathBuf> = all
        .sources
        .iter()
        .filter_map(|sources| Layout::find(files, sources, &Extra::default()).ok()?.script_directory)
        .collect();
    // A configuration that cannot be read may be the one of any script directory below it.
    let doubtful = |directory: &Utf8Path| {
        all.broken.iter().any(|error| error.file.parent().is_some_and(|home| directory.starts_with(home)))
    };
    let uncovered: Vec<Sources> = script_directories
        .into_iter()
        .filter(|directory| !covered.contains(directory) && !doubtful(directory))
        .map(bare)
        .collect();
    all.sources.extend(uncovered);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use fact::files::Memory;

    const INI: &str = "[alembic]\nscript_location = %(here)s/m";

    /// `expect`: what was found, each as its file or folder and, if it is not the main one, its section; what is broken
    /// has an exclamation mark.
    #[track_caller]
    fn check_found(files: &[(&str, &str)], start: &str, search: Search, expect: &str) {
        let files = Memory::from_iter(files.iter().copied());
        let Discovered { sources, broken } = discover(&files, Utf8Path::new(start), search);
        let show = |sources: &Sources| {
            let file =
                sources.ini.as_ref().or(sources.pyproject.as_ref()).or(sources.script_directory.as_ref());
            let file = file.map(|file| file.to_string()).unwrap_or_default();
            if sources.section == MAIN_SECTION { file } else { format!("{file}[{}]", sources.section) }
        };
        let broken = broken.iter().map(|error| format!("!{}", error.file));
        assert_eq!(sources.iter().map(show).chain(broken).collect::<Vec<_>>().join(" "), expect);
    }

    #[test]
    fn upwards_from_the_working_directory() {
        let tree = [("/r/.git/HEAD", ""), ("/r/alembic.ini", INI), ("/r/m/env.py", ""), ("/r/a/b/c.py", "")];
        check_found(&tree, "/r/a/b", Search::Around, "/r/alembic.ini");
        check_found(&tree, "/r", Search::Around, "/r/alembic.ini");
        check_found(&tree, "/r/a/b", Search::Below, "");
        let outside = [("/alembic.ini", INI), ("/r/.git/HEAD", ""), ("/r/a/b.py", "")];
        check_found(&outside, "/r/a", Search::Around, "");
    }

    #[test]
    fn kinds_of_configuration() {
        check_found(
            &[("/p/pyproject.toml", "[tool.alembic]\nscript_location = 'm'")],
            "/p",
            Search::Below,
            "/p/pyproject.toml",
        );
        check_found(&[("/p/pyproject.toml", "[tool.black]")], "/p", Search::Below, "");
        check_found(
            &[("/p/migrations/env.py", ""), ("/p/migrations/versions/a.py", "")],
            "/p",
            Search::Around,
            "/p/migrations",
        );
        check_found(&[("/p/migrations/env.py", "")], "/p", Search::Around, "");
        let flask = [
            ("/p/migrations/env.py", ""),
            ("/p/migrations/versions/a.py", ""),
            ("/p/migrations/alembic.ini", "[alembic]"),
        ];
        check_found(&flask, "/p", Search::Around, "/p/migrations/alembic.ini");
        check_found(&flask, "/p/migrations/versions", Search::Around, "/p/migrations/alembic.ini");
    }

    #[test]
    fn downwards() {
        let tree = [
            ("/p/one/alembic.ini", INI),
            ("/p/one/m/env.py", ""),
            ("/p/one/m/versions/a.py", ""),
            ("/p/two/db/env.py", ""),
            ("/p/two/db/versions/a.py", ""),
            ("/p/.tox/alembic.ini", INI),
            ("/p/node_modules/x/alembic.ini", INI),
            ("/p/env/pyvenv.cfg", ""),
            ("/p/env/lib/alembic.ini", INI),
            ("/p/lib/site-packages/x/alembic.ini", INI),
        ];
        check_found(&tree, "/p", Search::Below, "/p/one/alembic.ini /p/two/db");
    }

    #[test]
    fn several_sections() {
        let own = "[alembic]\nscript_location = a\n[alembic:two]\nscript_location = b\n[logging]\nx = 1";
        check_found(
            &[("/p/alembic.ini", own)],
            "/p",
            Search::Below,
            "/p/alembic.ini /p/alembic.ini[alembic:two]",
        );
        let same = "[test]\nscript_location = a\nsqlalchemy.url = sqlite://\n[alembic]\nscript_location = a";
        check_found(&[("/p/alembic.ini", same)], "/p", Search::Below, "/p/alembic.ini");
        let inherited =
            "[DEFAULT]\nscript_location = m\n[one]\nversion_locations = v1\n[two]\nversion_locations = v2";
        check_found(
            &[("/p/alembic.ini", inherited)],
            "/p",
            Search::Below,
            "/p/alembic.ini[one] /p/alembic.ini[two]",
        );
        let multidb = "[alembic]\nscript_location = m\ndatabases = a, b\n[a]\nsqlalchemy.url = x\n[b]\nsqlalchemy.url = y";
        check_found(&[("/p/alembic.ini", multidb)], "/p", Search::Below, "/p/alembic.ini");
    }

    #[test]
    fn what_is_broken_does_not_hide_the_others() {
        let good = [("/p/one/alembic.ini", INI), ("/p/one/m/env.py", ""), ("/p/one/m/versions/a.py", "")];
        for (path, text) in [
            ("/p/two/alembic.ini", "script_location = m"),
            ("/p/two/alembic.ini", "[alembic]\nscript_location = %(nowhere)s\n[b]\nscript_location = b"),
            ("/p/two/pyproject.toml", "[tool.alembic\nscript_location = 'm'"),
        ] {
            let tree =
                [&good[..], &[(path, text), ("/p/two/db/env.py", ""), ("/p/two/db/versions/a.py", "")]];
            check_found(&tree.concat(), "/p", Search::Below, &format!("/p/one/alembic.ini !{path}"));
            check_found(&tree.concat(), "/p/two", Search::Around, &format!("!{path}"));
        }
        check_found(&[good[0], ("/p/two/pyproject.toml", "[")], "/p", Search::Below, "/p/one/alembic.ini");
    }
}
