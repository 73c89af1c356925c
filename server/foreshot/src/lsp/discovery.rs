//! Which environments the workspace has.

use super::data::{Diagnostic, Severity};
use super::diagnostics::Judging;
use crate::config::{Chosen, Settings};
use crate::environment::{Environments, Selection};
use crate::packages;
use advice::Options;
use alembic::config::{ConfigError, Sources};
use alembic::discover::{Discovered, Search, discover};
use alembic::layout::{Extra, Layout};
use camino::{Utf8Path, Utf8PathBuf};
use fact::files::{EntryKind, Files};
use project::EnvironmentOptions;
use schema::Dialect;
use std::sync::Arc;

/// What the command line says about where to look; without a selection the workspace is searched.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    pub selection: Option<Selection>,
    /// Stands for the configured dialects, if there are any.
    pub dialects: Vec<Dialect>,
    /// Which Python environment is meant, unless a selection says.
    pub python: packages::Choice,
}

/// Files whose text decides which environments there are.
pub const CONFIGURATION: [&str; 3] = ["alembic.ini", "pyproject.toml", "foreshot.toml"];

/// The environments of a workspace and what is wrong with their configuration.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub environments: Vec<EnvironmentOptions>,
    /// What the settings of each say about rules.
    pub judging: Arc<Judging>,
    /// Where they were looked for, those that could not be used included.
    sources: Vec<Sources>,
    pub problems: Vec<Problem>,
}

/// A configuration that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where it stands, if in a file.
    pub file: Option<Utf8PathBuf>,
    /// 1-based.
    pub line: Option<u32>,
    pub message: String,
}

/// Searches `folders` and everything below them. One that cannot be used does not hide the others.
pub fn find(files: &dyn Files, scope: &Scope, folders: &[Utf8PathBuf]) -> Found {
    let mut finder = Finder { files, scope, found: Found::default() };
    match &scope.selection {
        Some(selection) => finder.select(selection),
        None => folders.iter().for_each(|folder| finder.search(folder)),
    }
    finder.found
}

/// Looks again at the configuration of what was found before, and searches nothing.
pub fn again(files: &dyn Files, scope: &Scope, before: &Found) -> Found {
    let mut finder = Finder { files, scope, found: Found::default() };
    match &scope.selection {
        Some(selection) => finder.select(selection),
        None => before.sources.iter().for_each(|sources| finder.place(sources)),
    }
    finder.found
}

struct Finder<'a> {
    files: &'a dyn Files,
    scope: &'a Scope,
    found: Found,
}

impl Finder<'_> {
    fn select(&mut self, selection: &Selection) {
        let settings = Settings::find(self.files, &selection.base, selection.explicit);
        let found =
            settings.and_then(|settings| Ok((selection.environments(self.files, &settings)?, settings)));
        match found {
            Ok((Environments { layouts, broken }, settings)) => {
                for layout in layouts {
                    self.add(layout, &settings);
                }
                for error in broken {
                    self.problem(&error.into());
                }
            }
            Err(error) => self.problem(&error),
        }
    }

    fn search(&mut self, folder: &Utf8Path) {
        let settings = Settings::find(self.files, folder, false);
        let versions = settings.map_or_else(
            |error| {
                self.problem(&error);
                Vec::new()
            },
            |settings| settings.versions(),
        );
        if !versions.is_empty() {
            return self.place(&Sources { versions, ..Sources::default() });
        }
        for sources in self.everywhere(folder) {
            self.place(&sources);
        }
    }

    /// Adds the environment of `sources`. The settings nearest to it are the ones that its own team wrote.
    fn place(&mut self, sources: &Sources) {
        let file = sources.ini.as_ref().or(sources.pyproject.as_ref());
        let home = file.and_then(|file| file.parent()).or(sources.script_directory.as_deref());
        let home = home.or_else(|| sources.versions.first()?.parent());
        let settings =
            home.map(|home| Settings::find(self.files, home, false)).unwrap_or(Ok(Settings::default()));
        let settings = settings.unwrap_or_else(|error| {
            self.problem(&error);
            Settings::default()
        });
        if !self.found.sources.contains(sources) {
            self.found.sources.push(sources.clone());
        }
        self.layout(sources, home, &settings);
    }

    /// The environments around `folder` and, where its own stand at the top, those of its sub-folders.
    fn everywhere(&mut self, folder: &Utf8Path) -> Vec<Sources> {
        let mut found = self.discover(folder, Search::Around);
        if found.is_empty() {
            return found;
        }
        for entry in self.files.list(folder) {
            if entry.kind != EntryKind::Directory || is_foreign(&entry.name) {
                continue;
            }
            for sources in self.discover(&folder.join(&entry.name), Search::Below) {
                if !self.covers(&found, &sources) {
                    found.push(sources);
                }
            }
        }
        found
    }

    fn covers(&self, found: &[Sources], sources: &Sources) -> bool {
        let home = self.script_directory(sources);
        found.contains(sources)
            || home.is_some() && found.iter().any(|known| self.script_directory(known) == home)
    }

    fn discover(&mut self, folder: &Utf8Path, search: Search) -> Vec<Sources> {
        let Discovered { sources, broken } = discover(self.files, folder, search);
        for error in broken {
            self.problem(&error.into());
        }
        sources
    }

    fn script_directory(&self, sources: &Sources) -> Option<Utf8PathBuf> {
        Layout::find(self.files, sources, &Extra::default()).ok()?.script_directory
    }

    fn layout(&mut self, sources: &Sources, home: Option<&Utf8Path>, settings: &Settings) {
        let python = self.scope.python.find(self.files, settings, home.unwrap_or(Utf8Path::new("")), false);
        let python = python.unwrap_or_else(|error| {
            self.problem(&error);
            None
        });
        let extra = Extra {
            source_roots: settings.source_roots(),
            recursive: settings.recursive(),
            packages: python.map(|python| python.packages).unwrap_or_default(),
        };
        match Layout::find(self.files, sources, &extra) {
            Ok(layout) => self.add(layout, settings),
            Err(error) => self.problem(&error.into()),
        }
    }

    fn add(&mut self, layout: Layout, settings: &Settings) {
        let dialects = match self.scope.dialects.as_slice() {
            [] => settings.dialects(),
            given => Ok(given.to_vec()),
        };
        let dialects = dialects.unwrap_or_else(|error| {
            self.problem(&error);
            Vec::new()
        });
        let known = self.found.environments.iter().any(|known| known.layout.name() == layout.name());
        if !known {
            let options = EnvironmentOptions { layout, dialects, naming: settings.naming(), target: None };
            let rules = settings.rules(Utf8Path::new(""), &Chosen::default()).unwrap_or_else(|error| {
                self.problem(&error);
                Options::default()
            });
            Arc::make_mut(&mut self.found.judging).insert(options.layout.name(), Arc::new(rules));
            self.found.environments.push(options);
        }
    }

    fn problem(&mut self, error: &anyhow::Error) {
        let problem = match error.downcast_ref::<ConfigError>() {
            Some(error) => {
                let remedy =
                    if error.remedy.is_empty() { String::new() } else { format!(" ({})", error.remedy) };
                Problem {
                    file: Some(error.file.clone()),
                    line: error.line,
                    message: format!("{}{remedy}", error.message),
                }
            }
            None => Problem { file: None, line: None, message: format!("{error:#}") },
        };
        if !self.found.problems.contains(&problem) {
            self.found.problems.push(problem);
        }
    }
}

/// Folders in which nobody keeps an environment of their own.
fn is_foreign(name: &str) -> bool {
    name.starts_with('.')
        || matches!(name, "node_modules" | "__pycache__" | "site-packages" | "__pypackages__")
}

impl Problem {
    /// The problem as it is shown in its file; `None` if it is in none.
    pub fn diagnostic(&self, files: &dyn Files) -> Option<Diagnostic> {
        let path = self.file.clone()?;
        let text = files.read(&path).ok()?;
        let line = self.line.unwrap_or(1).saturating_sub(1);
        let index = python::line_index::LineIndex::new(&text);
        Some(Diagnostic {
            span: index.line(line).unwrap_or_default(),
            path,
            severity: Severity::Error,
            code: "broken-configuration".to_owned(),
            message: self.message.clone(),
            related: Vec::new(),
            finding: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fact::files::Memory;

    const INI: &str = "[alembic]\nscript_location = %(here)s/m\n";

    fn found(files: &[(&str, &str)], folders: &[&str]) -> (Memory, Found) {
        let files = Memory::from_iter(files.iter().copied());
        let folders: Vec<Utf8PathBuf> = folders.iter().map(Utf8PathBuf::from).collect();
        let found = find(&files, &Scope::default(), &folders);
        (files, found)
    }

    /// `expect`: the environments, then `! FILE:LINE` for each problem.
    #[track_caller]
    fn check_found(files: &[(&str, &str)], folders: &[&str], expect: &[&str]) {
        let (_, found) = found(files, folders);
        let environments = found.environments.iter().map(|options| options.layout.name());
        let problems = found.problems.iter().map(|problem| {
            let file = problem.file.as_ref().map(|file| file.to_string()).unwrap_or_default();
            format!("! {file}:{}", problem.line.unwrap_or_default())
        });
        assert_eq!(environments.chain(problems).collect::<Vec<_>>(), expect);
    }

    #[test]
    fn environments_of_sub_folders() {
        let two = [
            ("/w/a/alembic.ini", INI),
            ("/w/a/m/env.py", ""),
            ("/w/b/alembic.ini", INI),
            ("/w/b/m/env.py", ""),
        ];
        check_found(&two, &["/w"], &["/w/a/alembic.ini", "/w/b/alembic.ini"]);
        check_found(&two, &["/w/a", "/w/b"], &["/w/a/alembic.ini", "/w/b/alembic.ini"]);
        check_found(&two, &["/w", "/w/a"], &["/w/a/alembic.ini", "/w/b/alembic.ini"]);
        check_found(&two, &[], &[]);
    }

    #[test]
    fn an_environment_at_the_top_hides_none_below() {
        let nested = [
            ("/w/alembic.ini", INI),
            ("/w/m/env.py", ""),
            ("/w/m/versions/a.py", ""),
            ("/w/services/b/alembic.ini", INI),
            ("/w/services/b/m/env.py", ""),
            ("/w/node_modules/c/alembic.ini", INI),
            ("/w/.tox/alembic.ini", INI),
        ];
        check_found(&nested, &["/w"], &["/w/alembic.ini", "/w/services/b/alembic.ini"]);
    }

    #[test]
    fn a_folder_inside_a_project_belongs_to_it() {
        let inside =
            [("/w/.git/HEAD", ""), ("/w/alembic.ini", INI), ("/w/m/env.py", ""), ("/w/app/x.py", "")];
        check_found(&inside, &["/w/app"], &["/w/alembic.ini"]);
        check_found(&[("/w/app/x.py", "")], &["/w/app"], &[]);
    }

    #[test]
    fn what_cannot_be_used_is_told() {
        check_found(
            &[("/w/alembic.ini", "[alembic]\nscript_location = nowhere\n")],
            &["/w"],
            &["! /w/alembic.ini:2"],
        );
        check_found(
            &[("/w/alembic.ini", INI), ("/w/m/env.py", ""), ("/w/foreshot.toml", "dialect = ['x']\n")],
            &["/w"],
            &["/w/alembic.ini", "! /w/foreshot.toml:1"],
        );
        check_found(
            &[
                ("/w/alembic.ini", INI),
                ("/w/m/env.py", ""),
                ("/w/foreshot.toml", "\ndialects = ['oracle']\n"),
            ],
            &["/w"],
            &["/w/alembic.ini", "! /w/foreshot.toml:2"],
        );
        check_found(
            &[("/w/alembic.ini", INI), ("/w/m/env.py", ""), ("/w/foreshot.toml", "ignore = [\n'no-rule']\n")],
            &["/w"],
            &["/w/alembic.ini", "! /w/foreshot.toml:2"],
        );
    }

    #[test]
    fn settings_of_the_nearest_folder() {
        let files = [
            ("/w/foreshot.toml", "dialects = ['sqlite']"),
            ("/w/a/alembic.ini", INI),
            ("/w/a/m/env.py", ""),
            ("/w/b/alembic.ini", INI),
            ("/w/b/m/env.py", ""),
            ("/w/b/foreshot.toml", "dialects = ['postgresql:16']"),
        ];
        let (_, found) = found(&files, &["/w"]);
        let dialects: Vec<_> = found.environments.iter().map(|options| options.dialects.clone()).collect();
        assert_eq!(
            dialects.iter().map(|all| all[0].kind.name()).collect::<Vec<_>>(),
            ["sqlite", "postgresql"]
        );
    }

    #[test]
    fn a_second_look_searches_nothing() {
        let (_, before) = found(&[("/w/alembic.ini", INI), ("/w/m/env.py", "")], &["/w"]);
        let moved = [
            ("/w/alembic.ini", "[alembic]\nscript_location = %(here)s/n\n"),
            ("/w/n/env.py", ""),
            ("/w/other/alembic.ini", INI),
            ("/w/other/m/env.py", ""),
        ];
        let after = again(&Memory::from_iter(moved), &Scope::default(), &before);
        let directories: Vec<_> =
            after.environments.iter().map(|options| options.layout.script_directory.clone()).collect();
        assert_eq!(directories, [Some(Utf8PathBuf::from("/w/n"))]);
        let gone = again(&Memory::new(), &Scope::default(), &before);
        assert_eq!((gone.environments.len(), gone.problems.len()), (0, 1));
    }

    #[test]
    fn problems_stand_in_their_file() {
        let (files, found) = found(&[("/w/alembic.ini", "[alembic]\nscript_location = nowhere\n")], &["/w"]);
        let diagnostic = found.problems[0].diagnostic(&files).unwrap();
        assert_eq!((diagnostic.span, diagnostic.path.as_str()), (10..35, "/w/alembic.ini"));
        assert!(diagnostic.message.contains("no such directory"), "{}", diagnostic.message);
    }
}
