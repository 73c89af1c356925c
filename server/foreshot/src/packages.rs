//! The Python environment of a project: where the packages are that it imports. They are read, nothing of them is run.

use crate::config::Settings;
use alembic::config::ConfigError;
use anyhow::{Result, bail};
use camino::{Utf8Path, Utf8PathBuf};
use fact::files::{EntryKind, Files, normalize};

/// A Python environment and its folders of packages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// The environment, its interpreter, or a folder of packages, as it was named.
    pub path: Utf8PathBuf,
    pub from: Source,
    /// In the order in which they are searched.
    pub packages: Vec<Utf8PathBuf>,
}

/// Who says that this is the project's environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// `--python`
    Option,
    /// `paths.python`, on this line.
    Setting(u32),
    /// `VIRTUAL_ENV`
    Activated,
    /// It stands in the project.
    Project,
}

/// What the command line and the shell say about the environment. Paths are absolute.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// `--python`
    pub option: Option<Utf8PathBuf>,
    /// `VIRTUAL_ENV`
    pub activated: Option<Utf8PathBuf>,
}

/// Folders in which people keep the environment of a project.
const USUAL: [&str; 2] = [".venv", "venv"];

impl Choice {
    /// The environment for a project in `start`. An `explicit` start is not left upwards.
    pub fn find(
        &self,
        files: &dyn Files,
        settings: &Settings,
        start: &Utf8Path,
        explicit: bool,
    ) -> Result<Option<Environment>> {
        if let Some(path) = &self.option {
            let packages = packages(files, path);
            if packages.is_empty() {
                bail!("--python {path}: no Python environment is there ({REMEDY})");
            }
            return Ok(Some(Environment { path: path.clone(), from: Source::Option, packages }));
        }
        if let Some((path, line)) = settings.python() {
            let packages = packages(files, &path);
            if packages.is_empty() {
                let file = settings.file().unwrap_or(Utf8Path::new("foreshot.toml"));
                let message = format!("paths.python is {path}, and no Python environment is there");
                return Err(ConfigError::new(file, Some(line), message, REMEDY).into());
            }
            return Ok(Some(Environment { path, from: Source::Setting(line), packages }));
        }
        let activated = self.activated.iter().map(|path| (path.clone(), Source::Activated));
        let around = around(files, start, explicit).map(|path| (path, Source::Project));
        Ok(activated.chain(around).find_map(|(path, from)| {
            let packages = packages(files, &path);
            (!packages.is_empty()).then_some(Environment { path, from, packages })
        }))
    }
}

const REMEDY: &str = "name the folder of an environment, its interpreter, or a site-packages folder";

/// Environments in `start` and above it, up to the root of the repository.
fn around<'a>(
    files: &'a dyn Files,
    start: &'a Utf8Path,
    explicit: bool,
) -> impl Iterator<Item = Utf8PathBuf> + 'a {
    let is_root = move |directory: &Utf8Path| explicit || files.kind(&directory.join(".git")).is_some();
    let depth = start.ancestors().take_while(|directory| !is_root(directory)).count();
    start
        .ancestors()
        .take(depth + 1)
        .flat_map(|directory| USUAL.map(|name| directory.join(name)))
        .filter(|folder| files.is_file(&folder.join("pyvenv.cfg")))
}

/// The folders of packages that belong to an environment, an interpreter, or are named themselves.
fn packages(files: &dyn Files, path: &Utf8Path) -> Vec<Utf8PathBuf> {
    let folder = match files.kind(path) {
        // `bin/python` and `Scripts\python.exe` stand one folder below; where links lead to is not the environment.
        Some(EntryKind::File) => path.parent().and_then(Utf8Path::parent),
        Some(EntryKind::Directory) => Some(path),
        None => None,
    };
    let Some(folder) = folder else { return Vec::new() };
    let mut found = libraries(files, folder);
    if inherits(files, folder)
        && let Some(base) = base(files, folder)
    {
        found.extend(libraries(files, &base));
    }
    if found.is_empty() && holds_packages(files, folder) {
        found.push(folder.to_owned());
    }
    let linked: Vec<Utf8PathBuf> = found.iter().flat_map(|packages| linked(files, packages)).collect();
    for path in linked {
        if !found.contains(&path) {
            found.push(path);
        }
    }
    found
}

/// `lib/python3.12/site-packages` and its like.
fn libraries(files: &dyn Files, folder: &Utf8Path) -> Vec<Utf8PathBuf> {
    let mut found = Vec::new();
    let mut add = |path: Utf8PathBuf| {
        if files.is_directory(&path) {
            found.push(path);
        }
    };
    for library in ["lib", "lib64"] {
        let library = folder.join(library);
        let is_python = |name: &str| name.starts_with("python3") || name.starts_with("pypy3");
        for version in files.list(&library).iter().rev().filter(|entry| is_python(&entry.name)) {
            add(library.join(&version.name).join("site-packages"));
            add(library.join(&version.name).join("dist-packages"));
        }
    }
    add(folder.join("Lib").join("site-packages"));
    // `lib64` is often a link to `lib`.
    let mut seen: Vec<Utf8PathBuf> = Vec::new();
    found.retain(|path| {
        let real = files.real_path(path);
        let fresh = !seen.contains(&real);
        seen.push(real);
        fresh
    });
    found
}

/// Whether the environment takes the packages of the system's Python too.
fn inherits(files: &dyn Files, folder: &Utf8Path) -> bool {
    configured(files, folder, "include-system-site-packages")
        .is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

/// The prefix of the Python that the environment was made with.
fn base(files: &dyn Files, folder: &Utf8Path) -> Option<Utf8PathBuf> {
    Some(Utf8PathBuf::from(configured(files, folder, "home")?).parent()?.to_owned())
}

fn configured(files: &dyn Files, folder: &Utf8Path, key: &str) -> Option<String> {
    let text = files.read(&folder.join("pyvenv.cfg")).ok()?;
    text.lines().find_map(|line| {
        let (name, value) = line.split_once('=')?;
        (name.trim() == key).then(|| value.trim().to_owned())
    })
}

fn holds_packages(files: &dyn Files, folder: &Utf8Path) -> bool {
    matches!(folder.file_name(), Some("site-packages" | "dist-packages"))
        || files.list(folder).iter().any(|entry| entry.name.ends_with(".dist-info"))
}

/// The folders that `.pth` files name: projects that are installed where they stand.
fn linked(files: &dyn Files, packages: &Utf8Path) -> Vec<Utf8PathBuf> {
    let mut found = Vec::new();
    for entry in files.list(packages) {
        if entry.kind != EntryKind::File || !entry.name.ends_with(".pth") {
            continue;
        }
        let Ok(text) = files.read(&packages.join(&entry.name)) else { continue };
        // Lines with `import` are code.
        let names = text.lines().map(str::trim).filter(|line| {
            !line.is_empty()
                && !line.starts_with('#')
                && !line.starts_with("import ")
                && !line.starts_with("import\t")
        });
        found.extend(
            names.map(|line| normalize(&packages.join(line))).filter(|path| files.is_directory(path)),
        );
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use fact::files::Memory;

    const VENV: (&str, &str) =
        ("/p/.venv/pyvenv.cfg", "home = /usr/bin\ninclude-system-site-packages = false\n");
    const PACKAGE: (&str, &str) = ("/p/.venv/lib/python3.12/site-packages/lib/__init__.py", "");

    /// `expect`: the environment and its folders of packages, or what is wrong.
    #[track_caller]
    fn check(files: &[(&str, &str)], choice: &Choice, settings: &str, start: &str, expect: &str) {
        let files = Memory::from_iter(files.iter().copied());
        let settings =
            Settings::parse(Utf8Path::new("/p/foreshot.toml"), settings).unwrap().unwrap_or_default();
        let found = match choice.find(&files, &settings, Utf8Path::new(start), false) {
            Ok(None) => "none".to_owned(),
            Ok(Some(found)) => {
                let packages: Vec<&str> = found.packages.iter().map(|path| path.as_str()).collect();
                format!("{:?} {}: {}", found.from, found.path, packages.join(" "))
            }
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expect);
    }

    fn option(path: &str) -> Choice {
        Choice { option: Some(path.into()), activated: None }
    }

    fn activated(path: &str) -> Choice {
        Choice { option: None, activated: Some(path.into()) }
    }

    #[test]
    fn in_the_project() {
        let found = "Project /p/.venv: /p/.venv/lib/python3.12/site-packages";
        check(&[VENV, PACKAGE], &Choice::default(), "", "/p", found);
        check(&[VENV, PACKAGE], &Choice::default(), "", "/p/a/b", found);
        check(&[VENV, PACKAGE, ("/p/a/.git/HEAD", "")], &Choice::default(), "", "/p/a/b", "none");
        check(&[PACKAGE], &Choice::default(), "", "/p", "none");
        check(
            &[("/p/venv/pyvenv.cfg", ""), ("/p/venv/Lib/site-packages/lib.py", "")],
            &Choice::default(),
            "",
            "/p",
            "Project /p/venv: /p/venv/Lib/site-packages",
        );
    }

    #[test]
    fn who_is_believed() {
        let other = ("/o/lib/python3.11/site-packages/lib.py", "");
        let files = [VENV, PACKAGE, other, ("/o/bin/python", "")];
        let found = "/o/lib/python3.11/site-packages";
        check(&files, &activated("/o"), "", "/p", &format!("Activated /o: {found}"));
        check(
            &files,
            &activated("/gone"),
            "",
            "/p",
            "Project /p/.venv: /p/.venv/lib/python3.12/site-packages",
        );
        check(&files, &activated("/x"), "paths.python = '../o'", "/p", &format!("Setting(1) /o: {found}"));
        check(
            &files,
            &option("/o/bin/python"),
            "paths.python = 'x'",
            "/p",
            &format!("Option /o/bin/python: {found}"),
        );
        check(&files, &option(found), "", "/p", &format!("Option {found}: {found}"));
    }

    #[test]
    fn what_is_not_there() {
        check(
            &[VENV, PACKAGE],
            &option("/q"),
            "",
            "/p",
            "--python /q: no Python environment is there (name the folder of an environment, its interpreter, or a \
             site-packages folder)",
        );
        check(
            &[VENV, PACKAGE],
            &Choice::default(),
            "[paths]\npython = 'x'",
            "/p",
            "/p/foreshot.toml:2: paths.python is /p/x, and no Python environment is there (name the folder of an \
             environment, its interpreter, or a site-packages folder)",
        );
    }

    #[test]
    fn more_folders() {
        let system = [
            ("/p/.venv/pyvenv.cfg", "home = /usr/bin\ninclude-system-site-packages = true\n"),
            PACKAGE,
            ("/usr/lib/python3/dist-packages/lib.py", ""),
        ];
        check(
            &system,
            &Choice::default(),
            "",
            "/p",
            "Project /p/.venv: /p/.venv/lib/python3.12/site-packages /usr/lib/python3/dist-packages",
        );
        let links = [
            VENV,
            PACKAGE,
            (
                "/p/.venv/lib/python3.12/site-packages/a.pth",
                "# c\n/src/a\nimport x; x.run()\n\nmissing\n../../../../b\n",
            ),
            ("/src/a/a.py", ""),
            ("/p/b/b.py", ""),
        ];
        check(
            &links,
            &Choice::default(),
            "",
            "/p",
            "Project /p/.venv: /p/.venv/lib/python3.12/site-packages /src/a /p/b",
        );
        check(
            &[("/d/lib-1.0.dist-info/METADATA", ""), ("/d/lib.py", "")],
            &option("/d"),
            "",
            "/p",
            "Option /d: /d",
        );
    }
}
