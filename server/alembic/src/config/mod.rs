//! The configuration of one migration environment: a section of alembic.ini, then `[tool.alembic]` of pyproject.toml.

mod error;
pub mod ini;
pub mod paths;
pub mod pyproject;
pub mod url;

#[cfg(test)]
mod tests;

pub use error::ConfigError;

use camino::{Utf8Path, Utf8PathBuf};
use fact::files::{Files, ReadError};
use fact::{Fact, Reason, Unknown};
use ini::Ini;
use paths::{BadSeparator, Separators};
use pyproject::{Pyproject, Value};
use schema::dialect::Kind;
use std::fmt;
use std::sync::Arc;

/// The section that Alembic reads when no other is named.
pub const MAIN_SECTION: &str = "alembic";

/// Where a configuration is to be read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sources {
    pub ini: Option<Utf8PathBuf>,
    pub pyproject: Option<Utf8PathBuf>,
    /// Of the .ini file.
    pub section: String,
    /// A folder with env.py that no configuration file names.
    pub script_directory: Option<Utf8PathBuf>,
    /// Folders of revision files given instead of a configuration file, in order.
    pub versions: Vec<Utf8PathBuf>,
}

impl Default for Sources {
    fn default() -> Sources {
        Sources {
            ini: None,
            pyproject: None,
            section: MAIN_SECTION.to_owned(),
            script_directory: None,
            versions: Vec::new(),
        }
    }
}

/// A value and where it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting<T> {
    pub value: T,
    pub origin: Origin,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    pub file: Utf8PathBuf,
    /// 1-based.
    pub line: u32,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// A folder as it is written in a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// May be relative to the directory in which Alembic is started.
    Path(Utf8PathBuf),
    /// `package:sub:folder`: a folder inside an importable package.
    Package { package: String, path: Utf8PathBuf },
}

impl Location {
    pub fn parse(text: &str) -> Location {
        let path = Utf8Path::new(text);
        let drive =
            matches!(text.as_bytes(), [letter, b':', b'\\' | b'/', ..] if letter.is_ascii_alphabetic());
        match text.split_once(':') {
            Some((package, rest)) if !path.is_absolute() && !drive => Location::Package {
                package: package.to_owned(),
                path: rest.split(':').filter(|part| !part.is_empty()).collect(),
            },
            _ => Location::Path(path.to_owned()),
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Location::Path(path) => write!(f, "{path}"),
            Location::Package { package, path } => write!(f, "{package}:{path}"),
        }
    }
}

/// One database of the `multidb` layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Database {
    pub name: String,
    pub url: Option<Setting<Fact<String>>>,
}

/// A command that Alembic runs on a new revision file. Read, never run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    pub name: String,
    pub options: Vec<(String, String)>,
}

/// The options of one environment. Paths are as written: [`crate::layout::Layout`] finds the folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    pub sources: Sources,
    pub script_location: Option<Setting<Location>>,
    pub version_locations: Option<Setting<Vec<Location>>>,
    pub prepend_sys_path: Option<Setting<Vec<String>>>,
    pub recursive_version_locations: bool,
    pub sourceless: bool,
    pub revision_environment: bool,
    pub file_template: Option<Setting<String>>,
    pub truncate_slug_length: usize,
    pub timezone: Option<Setting<String>>,
    pub output_encoding: Option<Setting<String>>,
    /// `sqlalchemy.url`, unknown where it refers to names that only the running program defines.
    pub url: Option<Setting<Fact<String>>>,
    pub databases: Vec<Database>,
    pub hooks: Vec<Hook>,
}

impl Config {
    /// Reads the files that `sources` names.
    pub fn load(files: &dyn Files, sources: &Sources) -> Result<Config, ConfigError> {
        let documents = Documents::read(files, sources)?;
        Config::of(&documents, sources)
    }

    /// The environment that `sources` describes in files that have been read.
    pub(crate) fn of(documents: &Documents, sources: &Sources) -> Result<Config, ConfigError> {
        let Documents { ini, pyproject } = documents;
        if let Some(path) = &sources.ini
            && ini.section(&sources.section).is_none()
            && sources.section != MAIN_SECTION
        {
            let names = crate::discover::environment_sections(ini);
            return Err(ConfigError::new(
                path,
                None,
                format!("there is no section [{}]", sources.section),
                format!("it has {}; choose one with -n", names.join(", ")),
            ));
        }
        Reader { sources, ini, pyproject }.config()
    }

    /// The dialect of `sqlalchemy.url`, if it says.
    pub fn dialect(&self) -> Option<Kind> {
        url::dialect(self.url.as_ref()?.value.known()?)
    }
}

/// Reads and parses a configuration file in the format of `ConfigParser`.
pub fn read_ini(files: &dyn Files, path: &Utf8Path) -> Result<Ini, ConfigError> {
    let here = path.parent().filter(|parent| !parent.as_str().is_empty()).unwrap_or(Utf8Path::new("."));
    Ini::parse(&read(files, path)?, here.as_str())
        .map_err(|error| ConfigError::new(path, Some(error.line), error.message, error.remedy))
}

fn read(files: &dyn Files, path: &Utf8Path) -> Result<Arc<str>, ConfigError> {
    files.read(path).map_err(|error| {
        let remedy = match error {
            ReadError::Missing => "check the path given with -c/--config",
            ReadError::Directory => "give the file itself, for example its alembic.ini",
            ReadError::NotUtf8(_) => "save it as UTF-8",
            ReadError::Foreign(_) | ReadError::Unreadable(_) => "",
        };
        ConfigError::new(path, None, error.to_string(), remedy)
    })
}

/// The files that describe environments, one for each section perhaps; what is not there is empty.
pub(crate) struct Documents {
    ini: Ini,
    pyproject: Pyproject,
}

impl Documents {
    pub fn read(files: &dyn Files, sources: &Sources) -> Result<Documents, ConfigError> {
        let ini = sources.ini.as_deref().map(|path| read_ini(files, path)).transpose()?;
        let pyproject = match &sources.pyproject {
            Some(path) => Pyproject::parse(path, &read(files, path)?)?.unwrap_or_default(),
            None => Pyproject::default(),
        };
        Ok(Documents { ini: ini.unwrap_or_default(), pyproject })
    }
}

struct Reader<'a> {
    sources: &'a Sources,
    ini: &'a Ini,
    pyproject: &'a Pyproject,
}

impl Reader<'_> {
    fn config(&self) -> Result<Config, ConfigError> {
        let locations = self.paths("version_locations")?;
        Ok(Config {
            sources: self.sources.clone(),
            script_location: self
                .text("script_location")?
                .map(|setting| Setting { value: Location::parse(&setting.value), origin: setting.origin }),
            version_locations: locations.map(|setting| Setting {
                value: setting.value.iter().map(|text| Location::parse(text)).collect(),
                origin: setting.origin,
            }),
            prepend_sys_path: self.paths("prepend_sys_path")?,
            recursive_version_locations: self.boolean("recursive_version_locations")?,
            sourceless: self.boolean("sourceless")?,
            revision_environment: self.boolean("revision_environment")?,
            file_template: self.text("file_template")?,
            truncate_slug_length: self.truncate_slug_length()?,
            timezone: self.text("timezone")?,
            output_encoding: self.text("output_encoding")?,
            url: self.url(&self.sources.section),
            databases: self.databases()?,
            hooks: self.hooks()?,
        })
    }

    fn ini_path(&self) -> &Utf8Path {
        self.sources.ini.as_deref().unwrap_or(Utf8Path::new("alembic.ini"))
    }

    fn pyproject_path(&self) -> &Utf8Path {
        self.sources.pyproject.as_deref().unwrap_or(Utf8Path::new("pyproject.toml"))
    }

    fn in_ini(&self, key: &str) -> Result<Option<Setting<String>>, ConfigError> {
        match self.ini.get(&self.sources.section, key) {
            None => Ok(None),
            Some(Ok((value, line))) => {
                let origin = Origin { file: self.ini_path().to_owned(), line };
                Ok(Some(Setting { value, origin }))
            }
            Some(Err(error)) => {
                Err(ConfigError::new(self.ini_path(), Some(error.line), error.message, error.remedy))
            }
        }
    }

    fn text(&self, key: &str) -> Result<Option<Setting<String>>, ConfigError> {
        if let Some(setting) = self.in_ini(key)? {
            return Ok(Some(setting));
        }
        match self.pyproject.get(key) {
            None => Ok(None),
            Some(entry) => match &entry.value {
                Value::Text(value) => Ok(Some(self.in_pyproject(value.clone(), entry.line))),
                _ => Err(self.wrong_kind(entry, "a string")),
            },
        }
    }

    fn paths(&self, key: &'static str) -> Result<Option<Setting<Vec<String>>>, ConfigError> {
        if let Some(setting) = self.in_ini(key)?.filter(|setting| !setting.value.is_empty()) {
            let path = self.in_ini("path_separator")?;
            let version = self.in_ini("version_path_separator")?;
            let separators = Separators {
                path: path.as_ref().map(|setting| setting.value.as_str()),
                version: version.as_ref().map(|setting| setting.value.as_str()),
                os: if cfg!(windows) { ';' } else { ':' },
            };
            let value = match key {
                "prepend_sys_path" => separators.prepend_sys_path(&setting.value),
                _ => separators.version_locations(&setting.value),
            };
            let value = value.map_err(|error| self.bad_separator(&error))?;
            let value = value.into_iter().filter(|entry| !entry.is_empty()).collect();
            return Ok(Some(Setting { value, origin: setting.origin }));
        }
        match self.pyproject.get(key) {
            None => Ok(None),
            Some(entry) => match &entry.value {
                Value::List(value) => Ok(Some(self.in_pyproject(value.clone(), entry.line))),
                _ => Err(self.wrong_kind(entry, "a list of strings")),
            },
        }
    }

    fn boolean(&self, key: &str) -> Result<bool, ConfigError> {
        if let Some(setting) = self.in_ini(key)? {
            return Ok(setting.value == "true");
        }
        match self.pyproject.get(key) {
            None => Ok(false),
            Some(entry) => match entry.value {
                Value::Bool(value) => Ok(value),
                _ => Err(self.wrong_kind(entry, "true or false")),
            },
        }
    }

    fn truncate_slug_length(&self) -> Result<usize, ConfigError> {
        const KEY: &str = "truncate_slug_length";
        let length = match (self.in_ini(KEY)?, self.pyproject.get(KEY)) {
            (Some(setting), _) => setting.value.trim().parse().map_err(|_| {
                let Origin { file, line } = setting.origin;
                ConfigError::new(
                    &file,
                    Some(line),
                    format!("{KEY} is not a number"),
                    "write a number such as 40",
                )
            })?,
            (None, Some(entry)) => match &entry.value {
                Value::Int(value) => {
                    usize::try_from(*value).map_err(|_| self.wrong_kind(entry, "a number"))?
                }
                Value::Text(text) => text.trim().parse().map_err(|_| self.wrong_kind(entry, "a number"))?,
                _ => return Err(self.wrong_kind(entry, "a number")),
            },
            (None, None) => 0,
        };
        Ok(if length == 0 { crate::file_name::DEFAULT_SLUG_LENGTH } else { length })
    }

    /// A URL with names that nothing in the file defines comes from the program that sets them.
    fn url(&self, section: &str) -> Option<Setting<Fact<String>>> {
        const KEY: &str = "sqlalchemy.url";
        let line = self.ini.raw(section, KEY)?.line;
        let value = match self.ini.get(section, KEY)? {
            Ok((value, _)) => Fact::Known(value),
            Err(error) => Fact::Unknown(Unknown::nowhere(Reason::Environment(error.message.into()))),
        };
        Some(Setting { value, origin: Origin { file: self.ini_path().to_owned(), line } })
    }

    fn databases(&self) -> Result<Vec<Database>, ConfigError> {
        let Some(names) = self.in_ini("databases")? else { return Ok(Vec::new()) };
        let names = names.value.split(',').map(str::trim).filter(|name| !name.is_empty());
        Ok(names.map(|name| Database { name: name.to_owned(), url: self.url(name) }).collect())
    }

    fn hooks(&self) -> Result<Vec<Hook>, ConfigError> {
        const SECTION: &str = "post_write_hooks";
        if let Some(section) = self.ini.section(SECTION) {
            let Some(Ok((names, _))) = self.ini.get(SECTION, "hooks") else { return Ok(Vec::new()) };
            let names =
                paths::split_without_separator(&names, &[]).into_iter().filter(|name| !name.is_empty());
            let hook = |name: String| {
                let own = section.options.iter().filter_map(|option| {
                    let key = option.key.strip_prefix(&name.to_lowercase())?.strip_prefix('.')?;
                    Some((key.to_owned(), self.ini.get(SECTION, &option.key)?.ok()?.0))
                });
                let options = own.collect();
                Hook { name, options }
            };
            return Ok(names.map(hook).collect());
        }
        match self.pyproject.get(SECTION) {
            None => Ok(Vec::new()),
            Some(entry) => match &entry.value {
                Value::Tables(tables) => Ok(tables.iter().map(|table| toml_hook(table)).collect()),
                Value::List(list) if list.is_empty() => Ok(Vec::new()),
                _ => Err(self.wrong_kind(entry, "a list of tables")),
            },
        }
    }

    fn in_pyproject<T>(&self, value: T, line: u32) -> Setting<T> {
        Setting { value, origin: Origin { file: self.pyproject_path().to_owned(), line } }
    }

    fn wrong_kind(&self, entry: &pyproject::Entry, wanted: &str) -> ConfigError {
        ConfigError::new(
            self.pyproject_path(),
            Some(entry.line),
            format!("{} has a value of the wrong kind", entry.key),
            format!("write {wanted}"),
        )
    }

    fn bad_separator(&self, error: &BadSeparator) -> ConfigError {
        let line = self.ini.raw(&self.sources.section, error.option).map(|option| option.line);
        ConfigError::new(self.ini_path(), line, error.to_string(), "write path_separator = os")
    }
}

fn toml_hook(table: &[(String, String)]) -> Hook {
    let name = table.iter().find(|(key, _)| key == "name").map(|(_, name)| name.clone()).unwrap_or_default();
    Hook { name, options: table.iter().filter(|(key, _)| key != "name").cloned().collect() }
}
