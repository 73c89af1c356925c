//! Where the files of one migration environment are.

mod listing;

pub use listing::{RevisionFiles, is_revision_file};

use crate::config::{Config, ConfigError, Location, Origin, Setting, Sources};
use camino::{Utf8Path, Utf8PathBuf};
use fact::files::{Files, normalize};

/// The folders and files of one migration environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    pub config: Config,
    /// The directory that holds env.py; `None` if only folders of revision files were given.
    pub script_directory: Option<Utf8PathBuf>,
    /// `None` if there is no such file.
    pub env_py: Option<Utf8PathBuf>,
    /// script.py.mako, `None` if there is no such file.
    pub template: Option<Utf8PathBuf>,
    /// Folders of revision files, in load order; those that are missing are left out.
    pub version_locations: Vec<Utf8PathBuf>,
    /// Configured folders that do not exist. Alembic skips them silently.
    pub missing_locations: Vec<String>,
    pub recursive: bool,
    /// Where imports are looked for, in order.
    pub source_roots: Vec<Utf8PathBuf>,
    /// Folders of installed packages, where what is not under the roots is looked for.
    pub packages: Vec<Utf8PathBuf>,
}

/// What the command line or the settings add to a configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extra {
    /// Searched before the roots that are found.
    pub source_roots: Vec<Utf8PathBuf>,
    /// Stands for `recursive_version_locations`.
    pub recursive: bool,
    /// Folders of installed packages.
    pub packages: Vec<Utf8PathBuf>,
}

impl Layout {
    /// Reads the configuration that `sources` names and finds its folders.
    pub fn find(files: &dyn Files, sources: &Sources, extra: &Extra) -> Result<Layout, ConfigError> {
        let config = Config::load(files, sources)?;
        let home = home(sources);
        let mut finder = Finder { files, ancestors: ancestors(files, &home), roots: Vec::new() };
        finder.add_roots(config.prepend_sys_path.iter().flat_map(|setting| &setting.value));
        finder.roots.extend(extra.source_roots.iter().map(|root| normalize(root)));

        let script_directory = finder.script_directory(&config, &home)?;
        let mut locations = Vec::new();
        let mut missing = Vec::new();
        match (&config.version_locations, sources.versions.as_slice()) {
            (Some(setting), []) => {
                for location in &setting.value {
                    match finder.find(location) {
                        Some(path) => locations.push(path),
                        None => missing.push(location.to_string()),
                    }
                }
            }
            (_, []) => {
                let versions = script_directory.as_ref().map(|directory| directory.join("versions"));
                match versions {
                    Some(path) if files.is_directory(&path) => locations.push(path),
                    path => missing.extend(path.map(Utf8PathBuf::into_string)),
                }
            }
            (_, given) => locations.extend(given.iter().map(|path| normalize(path))),
        }
        let beside = |name: &str| {
            let path = script_directory.as_ref()?.join(name);
            files.is_file(&path).then_some(path)
        };
        let (env_py, template) = (beside("env.py"), beside("script.py.mako"));
        finder.add_default_roots(&home, script_directory.as_deref(), &locations);
        Ok(Layout {
            recursive: config.recursive_version_locations || extra.recursive,
            config,
            script_directory,
            env_py,
            template,
            version_locations: locations,
            missing_locations: missing,
            source_roots: finder.roots,
            packages: extra.packages.clone(),
        })
    }

    /// The revision files of the environment, in load order.
    pub fn revision_files(&self, files: &dyn Files) -> RevisionFiles {
        RevisionFiles::list(files, &self.version_locations, self.recursive, self.config.sourceless)
    }

    /// What tells this environment from others: its configuration file and section, or its folder.
    pub fn name(&self) -> String {
        let sources = &self.config.sources;
        let file = sources.ini.as_ref().or(sources.pyproject.as_ref());
        match file {
            Some(file) if sources.section == crate::config::MAIN_SECTION => file.to_string(),
            Some(file) => format!("{file} [{}]", sources.section),
            None => {
                let folder = self.script_directory.as_ref().or(self.version_locations.first());
                folder.map(Utf8PathBuf::to_string).unwrap_or_default()
            }
        }
    }
}

/// The directory from which relative paths are first looked for.
fn home(sources: &Sources) -> Utf8PathBuf {
    let file = sources.ini.as_ref().or(sources.pyproject.as_ref());
    let directory = match (file, &sources.script_directory) {
        (Some(file), _) => file.parent().map(Utf8Path::to_owned),
        (None, Some(directory)) => Some(directory.clone()),
        (None, None) => sources.versions.first().and_then(|path| path.parent()).map(Utf8Path::to_owned),
    };
    directory.map_or_else(|| Utf8PathBuf::from("."), |directory| normalize(&directory))
}

/// `home` and what lies above it, up to the root of its repository.
fn ancestors(files: &dyn Files, home: &Utf8Path) -> Vec<Utf8PathBuf> {
    let mut out = Vec::new();
    for directory in home.ancestors() {
        out.push(directory.to_owned());
        if files.kind(&directory.join(".git")).is_some() {
            break;
        }
    }
    out
}

/// Whether `directory` looks like one that `alembic init` made.
pub fn is_script_directory(files: &dyn Files, directory: &Utf8Path) -> bool {
    files.is_file(&directory.join("env.py"))
        && (files.is_directory(&directory.join("versions"))
            || files.is_file(&directory.join("script.py.mako")))
}

struct Finder<'a> {
    files: &'a dyn Files,
    /// Where Alembic may be started: relative paths are relative to one of these, the nearest that fits.
    ancestors: Vec<Utf8PathBuf>,
    roots: Vec<Utf8PathBuf>,
}

impl Finder<'_> {
    fn script_directory(&self, config: &Config, home: &Utf8Path) -> Result<Option<Utf8PathBuf>, ConfigError> {
        if let Some(directory) = &config.sources.script_directory {
            return Ok(Some(normalize(directory)));
        }
        if let Some(Setting { value, origin: Origin { file, line } }) = &config.script_location {
            return match self.find(value) {
                Some(path) => Ok(Some(path)),
                None => Err(ConfigError::new(
                    file,
                    Some(*line),
                    format!("script_location is {value}, and there is no such directory"),
                    self.remedy(value),
                )),
            };
        }
        // Flask-Migrate sets the location in code: to the directory of its alembic.ini.
        if config.sources.ini.is_some() && is_script_directory(self.files, home) {
            return Ok(Some(home.to_owned()));
        }
        if let Some(first) = config.sources.versions.first() {
            let parent = normalize(first).parent().map(Utf8Path::to_owned);
            return Ok(parent.filter(|parent| self.files.is_file(&parent.join("env.py"))));
        }
        let file = config.sources.ini.as_ref().or(config.sources.pyproject.as_ref());
        Err(ConfigError::new(
            file.map_or(Utf8Path::new("alembic.ini"), Utf8PathBuf::as_path),
            None,
            "it has no script_location",
            "add script_location = path/to/the/directory/of/env.py; a program that sets it in code is not run: give the folder of the revision files with --versions",
        ))
    }

    fn remedy(&self, location: &Location) -> String {
        match location {
            Location::Path(path) if path.is_absolute() => "check the path".to_owned(),
            Location::Path(_) => "write it with %(here)s, the directory of the configuration file".to_owned(),
            Location::Package { package, .. } => {
                format!(
                    "package {package} was not found: name the folder that contains it in prepend_sys_path or --source-root"
                )
            }
        }
    }

    fn find(&self, location: &Location) -> Option<Utf8PathBuf> {
        match location {
            Location::Path(path) => {
                let candidates = self.ancestors.iter().map(|base| normalize(&base.join(path)));
                candidates.into_iter().find(|path| self.files.is_directory(path))
            }
            Location::Package { package, path } => {
                let folder: Utf8PathBuf = package.split('.').collect();
                let bases = self.roots.iter().chain(&self.ancestors);
                let candidates = bases.flat_map(|base| [base.clone(), base.join("src")]);
                let mut packages = candidates.map(|base| base.join(&folder));
                packages.find_map(|package| {
                    let path = normalize(&package.join(path));
                    self.files.is_directory(&path).then_some(path)
                })
            }
        }
    }

    /// Relative entries of `prepend_sys_path` are relative to the directory in which Alembic is started.
    fn add_roots<'s>(&mut self, paths: impl Iterator<Item = &'s String>) {
        for path in paths {
            if let Some(root) = self.find(&Location::Path(Utf8PathBuf::from(path))) {
                self.add_root(root);
            }
        }
    }

    fn add_default_roots(
        &mut self,
        home: &Utf8Path,
        script_directory: Option<&Utf8Path>,
        versions: &[Utf8PathBuf],
    ) {
        let above = script_directory.or(versions.first().map(Utf8PathBuf::as_path));
        let package_root = above.map(|directory| self.package_root(directory));
        for base in [package_root, Some(home.to_owned())].into_iter().flatten() {
            let src = base.join("src");
            self.add_root(base);
            if self.files.is_directory(&src) {
                self.add_root(src);
            }
        }
    }

    /// The directory from which the package around `directory` is imported.
    fn package_root(&self, directory: &Utf8Path) -> Utf8PathBuf {
        let mut root = directory;
        while self.files.is_file(&root.join("__init__.py"))
            || root.parent().is_some_and(|parent| self.files.is_file(&parent.join("__init__.py")))
        {
            match root.parent() {
                Some(parent) => root = parent,
                None => break,
            }
        }
        match root == directory {
            true => root.parent().unwrap_or(root).to_owned(),
            false => root.to_owned(),
        }
    }

    fn add_root(&mut self, root: Utf8PathBuf) {
        if !self.roots.contains(&root) {
            self.roots.push(root);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fact::files::Memory;

    fn memory(files: &[(&str, &str)]) -> Memory {
        Memory::from_iter(files.iter().copied())
    }

    fn sources(ini: &str) -> Sources {
        Sources { ini: Some(Utf8PathBuf::from(ini)), ..Sources::default() }
    }

    fn join(paths: &[Utf8PathBuf]) -> String {
        paths.iter().map(|path| path.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// `expect`: script directory, version locations, source roots.
    #[track_caller]
    fn check_layout(files: &[(&str, &str)], sources: &Sources, expect: [&str; 3]) {
        let layout = Layout::find(&memory(files), sources, &Extra::default()).unwrap();
        let script = layout.script_directory.unwrap_or_default().into_string();
        assert_eq!(
            [script, join(&layout.version_locations), join(&layout.source_roots)],
            expect,
            "{files:?}"
        );
    }

    #[track_caller]
    fn check_error(files: &[(&str, &str)], sources: &Sources, part: &str) {
        let error = Layout::find(&memory(files), sources, &Extra::default()).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }

    #[test]
    fn relative_paths_are_looked_for_upwards() {
        let ini = ("/r/sub/alembic.ini", "[alembic]\nscript_location = sub/m\nprepend_sys_path = .");
        let tree = [("/r/.git/HEAD", ""), ini, ("/r/sub/m/env.py", ""), ("/r/sub/m/versions/a.py", "")];
        check_layout(&tree, &sources("/r/sub/alembic.ini"), ["/r/sub/m", "/r/sub/m/versions", "/r/sub"]);
        let beyond = [("/r/sub/.git/HEAD", ""), ini, ("/r/sub/m/env.py", "")];
        check_error(
            &beyond,
            &sources("/r/sub/alembic.ini"),
            "/r/sub/alembic.ini:2: script_location is sub/m",
        );
    }

    #[test]
    fn packages_are_found_through_the_source_roots() {
        let ini = ("/p/alembic.ini", "[alembic]\nscript_location = app.db:m\nprepend_sys_path = lib");
        let tree = [ini, ("/p/lib/app/db/m/env.py", ""), ("/p/lib/app/db/m/versions/a.py", "")];
        check_layout(
            &tree,
            &sources("/p/alembic.ini"),
            ["/p/lib/app/db/m", "/p/lib/app/db/m/versions", "/p/lib /p/lib/app/db /p"],
        );
        let src = [ini, ("/p/src/app/db/m/env.py", "")];
        check_layout(&src, &sources("/p/alembic.ini"), ["/p/src/app/db/m", "", "/p/src/app/db /p /p/src"]);
        check_error(&[ini], &sources("/p/alembic.ini"), "package app.db was not found");
    }

    #[test]
    fn the_package_around_the_scripts_is_importable() {
        let tree = [
            ("/p/app/__init__.py", ""),
            ("/p/app/alembic.ini", "[alembic]\nscript_location = %(here)s/m"),
            ("/p/app/m/env.py", ""),
        ];
        check_layout(&tree, &sources("/p/app/alembic.ini"), ["/p/app/m", "", "/p /p/app"]);
    }

    #[test]
    fn flask_migrate_sets_the_location_in_code() {
        let ini = ("/p/migrations/alembic.ini", "[alembic]");
        let tree = [ini, ("/p/migrations/env.py", ""), ("/p/migrations/versions/a.py", "")];
        let found = ["/p/migrations", "/p/migrations/versions", "/p /p/migrations"];
        check_layout(&tree, &sources("/p/migrations/alembic.ini"), found);
        check_error(&[ini], &sources("/p/migrations/alembic.ini"), "no script_location");
    }

    #[test]
    fn version_locations() {
        let ini = "[alembic]\nscript_location = m\nversion_locations = b a nowhere %(here)s/c";
        let tree = [
            ("/p/alembic.ini", ini),
            ("/p/m/env.py", ""),
            ("/p/a/1.py", ""),
            ("/p/b/2.py", ""),
            ("/p/c/3.py", ""),
        ];
        let layout = Layout::find(&memory(&tree), &sources("/p/alembic.ini"), &Extra::default()).unwrap();
        assert_eq!(join(&layout.version_locations), "/p/b /p/a /p/c");
        assert_eq!(layout.missing_locations, ["nowhere"]);
        assert_eq!(join(&layout.revision_files(&memory(&tree)).paths), "/p/b/2.py /p/a/1.py /p/c/3.py");
    }

    #[test]
    fn folders_given_instead_of_a_configuration() {
        let tree = [("/p/m/env.py", ""), ("/p/m/v/a.py", ""), ("/q/b.py", "")];
        let versions = ["/q", "/p/m/./v"].map(Utf8PathBuf::from).to_vec();
        check_layout(&tree, &Sources { versions, ..Sources::default() }, ["", "/q /p/m/v", "/"]);
        let versions = vec![Utf8PathBuf::from("/p/m/v")];
        check_layout(&tree, &Sources { versions, ..Sources::default() }, ["/p/m", "/p/m/v", "/p /p/m"]);
    }
}
