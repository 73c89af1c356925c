//! From the command line to migration environments, and what is wrong with them.

use crate::config::Settings;
use crate::failure::Question;
use crate::packages;
use crate::workspace::shown;
use alembic::config::{ConfigError, MAIN_SECTION, Sources, read_ini};
use alembic::discover::{Discovered, Search, discover};
use alembic::graph::{Problem, Rev};
use alembic::layout::{Extra, Layout};
use alembic::revision_file::FaultKind;
use alembic::script::Refusal;
use anyhow::{Result, anyhow, bail};
use camino::{Utf8Path, Utf8PathBuf};
use fact::files::{Files, normalize};
use fact::{FileId, Place};
use project::{Environment, Store};
use python::line_index::Unit;

/// The environments that a command is about.
#[derive(Debug)]
pub struct Environments {
    pub layouts: Vec<Layout>,
    /// Configurations that cannot be used, beside those that can.
    pub broken: Vec<ConfigError>,
}

/// What the command line says about where to look. Paths are absolute.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// The directory that paths are shown from: `--project`, else the working directory.
    pub base: Utf8PathBuf,
    /// `base` was named, and is not to be left upwards.
    pub explicit: bool,
    pub configs: Vec<Utf8PathBuf>,
    pub section: Option<String>,
    pub versions: Vec<Utf8PathBuf>,
    pub source_roots: Vec<Utf8PathBuf>,
    pub recursive: bool,
    pub python: packages::Choice,
}

impl Selection {
    /// The environments that the command line or the search leads to. It is an error if there is none that can be used.
    pub fn environments(&self, files: &dyn Files, settings: &Settings) -> Result<Environments> {
        let Discovered { sources, mut broken } = self.sources(files, settings)?;
        if sources.is_empty() && broken.is_empty() {
            bail!(
                "no migration environment found in {} (looked for alembic.ini, [tool.alembic] in pyproject.toml, and \
                 a folder with env.py and versions/; name one with --project, -c or --versions)",
                self.base,
            );
        }
        let roots = settings.source_roots().into_iter().chain(self.source_roots.iter().cloned());
        let extra = Extra {
            source_roots: roots.collect(),
            recursive: self.recursive || settings.recursive(),
            packages: self.python(files, settings)?.map(|python| python.packages).unwrap_or_default(),
        };
        let mut layouts = Vec::new();
        for sources in &sources {
            match Layout::find(files, sources, &extra) {
                Ok(layout) => layouts.push(layout),
                Err(error) => broken.push(error),
            }
        }
        match broken.is_empty() || !layouts.is_empty() {
            true => Ok(Environments { layouts, broken }),
            false => Err(broken.remove(0).into()),
        }
    }

    /// The only environment, if there is one at all. None is looked for where source roots alone are named.
    pub fn layout_if_any(&self, files: &dyn Files, settings: &Settings) -> Result<Option<Layout>> {
        let only_roots = !self.source_roots.is_empty() && self.configs.is_empty() && self.versions.is_empty();
        if only_roots {
            return Ok(None);
        }
        let found = self.sources(files, settings)?;
        if found.sources.is_empty() && found.broken.is_empty() {
            return Ok(None);
        }
        self.layout(files, settings).map(Some)
    }

    /// The Python environment of the project.
    pub fn python(&self, files: &dyn Files, settings: &Settings) -> Result<Option<packages::Environment>> {
        let named = self.configs.first().and_then(|path| path.parent());
        let start = named.filter(|_| !self.explicit).unwrap_or(&self.base);
        self.python.find(files, settings, start, self.explicit)
    }

    /// The only environment; several are a question.
    pub fn layout(&self, files: &dyn Files, settings: &Settings) -> Result<Layout> {
        let Environments { mut layouts, broken } = self.environments(files, settings)?;
        if layouts.len() + broken.len() > 1 {
            let usable = layouts.iter().map(|layout| self.option(layout));
            let broken = broken
                .iter()
                .map(|error| format!("-c {} (broken: {})", shown(&error.file, &self.base), error.message));
            return Err(Question(format!(
                "there are {} migration environments; choose one:\n  {}",
                usable.len() + broken.len(),
                usable.chain(broken).collect::<Vec<_>>().join("\n  "),
            ))
            .into());
        }
        layouts.pop().ok_or_else(|| anyhow!("no migration environment found in {}", self.base))
    }

    /// The flags that select `layout` among others.
    fn option(&self, layout: &Layout) -> String {
        let sources = &layout.config.sources;
        let file = sources.ini.as_ref().or(sources.pyproject.as_ref());
        match (file, layout.version_locations.first()) {
            (Some(file), _) if sources.section == MAIN_SECTION => format!("-c {}", shown(file, &self.base)),
            (Some(file), _) => format!("-c {} -n {}", shown(file, &self.base), sources.section),
            (None, Some(versions)) => format!("--versions {}", shown(versions, &self.base)),
            (None, None) => layout.name(),
        }
    }

    fn sources(&self, files: &dyn Files, settings: &Settings) -> Result<Discovered> {
        let section = self.section.clone().unwrap_or_else(|| MAIN_SECTION.to_owned());
        let only = |sources: Sources| Discovered { sources: vec![sources], ..Discovered::default() };
        let mut discovered = if !self.configs.is_empty() {
            only(Sources { section: section.clone(), ..self.named_files(files)? })
        } else {
            let versions = match self.versions.as_slice() {
                [] => settings.versions(),
                given => given.to_vec(),
            };
            if let Some(missing) = versions.iter().find(|path| !files.is_directory(path)) {
                bail!("{missing}: there is no such directory (check --versions)");
            }
            if !versions.is_empty() {
                return Ok(only(Sources { versions, ..Sources::default() }));
            }
            let search = if self.explicit { Search::Below } else { Search::Around };
            discover(files, &self.base, search)
        };
        let found = &mut discovered.sources;
        if !self.versions.is_empty() {
            for sources in found.iter_mut() {
                sources.versions = self.versions.clone();
            }
        }
        let Some(section) = &self.section else { return Ok(discovered) };
        // Only files that have the section are meant; if none has it, loading says so.
        let has_section = |sources: &Sources| {
            let ini = sources.ini.as_ref().and_then(|path| read_ini(files, path).ok());
            ini.is_some_and(|ini| ini.section(section).is_some())
        };
        if found.iter().any(has_section) {
            found.retain(has_section);
        }
        for sources in found.iter_mut() {
            sources.section = section.clone();
        }
        found.dedup();
        Ok(discovered)
    }

    /// The files of `-c`: at most one .ini and one pyproject.toml.
    fn named_files(&self, files: &dyn Files) -> Result<Sources> {
        let mut sources = Sources::default();
        for path in &self.configs {
            let slot = match path.file_name() {
                Some("pyproject.toml") => &mut sources.pyproject,
                _ => &mut sources.ini,
            };
            if let Some(other) = slot.replace(path.clone()) {
                bail!("-c/--config names two files of one kind, {other} and {path} (give one)");
            }
        }
        // As for Alembic, a pyproject.toml beside the .ini file is read too.
        if let (Some(ini), None) = (&sources.ini, &sources.pyproject) {
            let beside = ini.with_file_name("pyproject.toml");
            sources.pyproject = Some(beside).filter(|path| files.is_file(path));
        }
        Ok(sources)
    }
}

/// Why Alembic refuses the history, with file and line.
pub fn refusal(environment: &Environment, base: &Utf8Path) -> Option<String> {
    Some(match environment.script.refusal()? {
        Refusal::File { file, fault } => {
            let line = match &fault.kind {
                FaultKind::Syntax(error) => line_of(environment.roots.store(), file.file, error.span.start),
                _ => line(environment, fault.place),
            };
            format!("{}{}: {}", shown(&file.path, base), suffix(line), fault.kind)
        }
        Refusal::Graph { file: Some(file), error } => {
            let place = file.down_revision.place.unwrap_or(Place::whole_file(file.file));
            format!("{}{}: {error}", shown(&file.path, base), suffix(line(environment, place)))
        }
        Refusal::Graph { file: None, error } => error.to_string(),
    })
}

/// What Alembic would only warn of, or not notice, and what is not known of a history that it loads.
pub fn doubts(environment: &Environment, base: &Utf8Path) -> Vec<String> {
    let (script, graph) = (&environment.script, &environment.graph);
    let path = |rev: Rev| script.file(rev).map(|file| shown(&file.path, base)).unwrap_or_default();
    let repeated = environment
        .repeated
        .iter()
        .map(|path| format!("{} stands in two version locations; it is loaded once", shown(path, base)));
    let problems = graph.problems().iter().filter_map(|problem| match problem {
        Problem::DuplicateId { replaced, kept } => Some(format!(
            "revision {} stands in two files, {} and {}; Alembic uses the second",
            graph.id(*kept),
            path(*replaced),
            path(*kept),
        )),
        Problem::Cycle { members, listed: None, .. } => {
            let ids: Vec<_> = members.iter().map(|rev| graph.id(*rev).as_str()).collect();
            Some(format!(
                "revisions {} follow from each other, which Alembic does not notice",
                ids.join(", ")
            ))
        }
        _ => None,
    });
    let faults = script.files().iter().flat_map(|file| file.faults.iter().map(move |fault| (file, fault)));
    let unknown = faults.filter(|(_, fault)| !fault.kind.hides_the_graph()).map(|(file, fault)| {
        format!("{}{}: {}", shown(&file.path, base), suffix(line(environment, fault.place)), fault.kind)
    });
    repeated.chain(problems).chain(unknown).collect()
}

/// `path:line` of a place, or the path alone for a whole file.
pub fn at(environment: &Environment, place: Place, base: &Utf8Path) -> String {
    at_in(environment.roots.store(), place, base)
}

/// [`at`] without an environment.
pub fn at_in(store: &Store, place: Place, base: &Utf8Path) -> String {
    let path = store.path(place.file).map(|path| shown(&path, base)).unwrap_or_default();
    let line = store.span(place).and_then(|span| line_of(store, place.file, span.start));
    format!("{path}{}", suffix(line))
}

/// The 1-based line of a place.
fn line(environment: &Environment, place: Place) -> Option<u32> {
    let store = environment.roots.store();
    line_of(store, place.file, store.span(place)?.start)
}

fn line_of(store: &Store, file: FileId, offset: u32) -> Option<u32> {
    let lines = store.line_index(file)?;
    Some(lines.position(offset, Unit::Utf8).line + 1)
}

fn suffix(line: Option<u32>) -> String {
    line.map(|line| format!(":{line}")).unwrap_or_default()
}

/// `path` made absolute from the working directory.
pub fn absolute(path: &Utf8Path, working_directory: &Utf8Path) -> Utf8PathBuf {
    normalize(&working_directory.join(path))
}
