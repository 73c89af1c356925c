use super::{Config, Location, Sources};
use camino::Utf8PathBuf;
use fact::files::{Memory, ReadError};
use schema::dialect::Kind;

/// An environment with this alembic.ini and pyproject.toml (`""`: no such file) in `/p`.
fn load(ini: &str, toml: &str, section: &str) -> Result<Config, String> {
    let mut files = Memory::new();
    let mut sources = Sources { section: section.to_owned(), ..Sources::default() };
    for (name, text, slot) in
        [("/p/alembic.ini", ini, &mut sources.ini), ("/p/pyproject.toml", toml, &mut sources.pyproject)]
    {
        if !text.is_empty() {
            files.insert(name, text);
            *slot = Some(Utf8PathBuf::from(name));
        }
    }
    Config::load(&files, &sources).map_err(|error| error.to_string())
}

/// `expect`: script location, version locations, sys.path, each with the line that it comes from.
#[track_caller]
fn check_paths(ini: &str, toml: &str, expect: [&str; 3]) {
    let config = load(ini, toml, "alembic").unwrap();
    let script = config.script_location.map(|s| format!("{} @{}", s.value, s.origin));
    let versions = config.version_locations.map(|s| {
        let paths: Vec<String> = s.value.iter().map(Location::to_string).collect();
        format!("{} @{}", paths.join(" | "), s.origin)
    });
    let roots = config.prepend_sys_path.map(|s| format!("{} @{}", s.value.join(" | "), s.origin));
    assert_eq!([script, versions, roots].map(Option::unwrap_or_default), expect, "{ini}\n{toml}");
}

#[track_caller]
fn check_error(ini: &str, toml: &str, section: &str, parts: &[&str]) {
    let error = load(ini, toml, section).unwrap_err();
    assert!(parts.iter().all(|part| error.contains(part)), "{error}");
}

#[track_caller]
fn check_dialect(url: &str, expect: Option<Kind>) {
    let config = load(&format!("[alembic]\nsqlalchemy.url = {url}"), "", "alembic").unwrap();
    assert_eq!(config.dialect(), expect, "{url}");
}

#[test]
fn paths() {
    check_paths("[alembic]\nscript_location = m", "", ["m @/p/alembic.ini:2", "", ""]);
    check_paths(
        "[alembic]\nscript_location = %(here)s/m\nversion_locations = a b\nprepend_sys_path = .:src\npath_separator = os",
        "",
        ["/p/m @/p/alembic.ini:2", "a b @/p/alembic.ini:3", ". | src @/p/alembic.ini:4"],
    );
    check_paths(
        "[alembic]\nversion_locations =\n  a\n  pkg:b:c\nversion_path_separator = newline\nprepend_sys_path = . , src",
        "",
        ["", "a | pkg:b/c @/p/alembic.ini:2", ". | src @/p/alembic.ini:6"],
    );
    check_paths(
        "",
        "[tool.alembic]\nscript_location = '%(here)s/m'\nversion_locations = ['a', 'b c']\nprepend_sys_path = ['.']",
        ["/p/m @/p/pyproject.toml:2", "a | b c @/p/pyproject.toml:3", ". @/p/pyproject.toml:4"],
    );
    // The .ini file is asked first, option by option.
    check_paths(
        "[alembic]\nscript_location = ini\nversion_locations =",
        "[tool.alembic]\nscript_location = 'toml'\nversion_locations = ['v']",
        ["ini @/p/alembic.ini:2", "v @/p/pyproject.toml:3", ""],
    );
    check_paths("[DEFAULT]\nscript_location = m\n[alembic]", "", ["m @/p/alembic.ini:2", "", ""]);
    check_paths(
        "[other]\nx = 1",
        "[tool.alembic]\nscript_location = 'm'",
        ["m @/p/pyproject.toml:2", "", ""],
    );
}

#[test]
fn other_options() {
    let config = load(
        "[alembic]\nrecursive_version_locations = true\nsourceless = True\nfile_template = %%(rev)s\n\
         truncate_slug_length = 0\ntimezone = UTC\ndatabases = one, two\n[one]\nsqlalchemy.url = sqlite://\n\
         [post_write_hooks]\nhooks = black ruff\nblack.type = console_scripts\nblack.options = -l 79 REVISION",
        "",
        "alembic",
    )
    .unwrap();
    assert!(config.recursive_version_locations && !config.sourceless);
    assert_eq!(config.file_template.unwrap().value, "%(rev)s");
    assert_eq!((config.truncate_slug_length, config.timezone.unwrap().value.as_str()), (40, "UTC"));
    let databases: Vec<_> = config.databases.iter().map(|d| (d.name.as_str(), d.url.is_some())).collect();
    assert_eq!(databases, [("one", true), ("two", false)]);
    let hooks: Vec<_> = config.hooks.iter().map(|hook| (hook.name.as_str(), hook.options.len())).collect();
    assert_eq!(hooks, [("black", 2), ("ruff", 0)]);

    let config = load(
        "",
        "[tool.alembic]\nrecursive_version_locations = true\ntruncate_slug_length = 60\n\
         [[tool.alembic.post_write_hooks]]\nname = 'ruff'\ntype = 'exec'",
        "alembic",
    )
    .unwrap();
    assert_eq!((config.recursive_version_locations, config.truncate_slug_length), (true, 60));
    assert_eq!(config.hooks[0].name, "ruff");
}

#[test]
fn sections() {
    let ini = "[alembic]\nscript_location = a\n[alembic:db1]\nscript_location = b";
    assert_eq!(load(ini, "", "alembic:db1").unwrap().script_location.unwrap().value.to_string(), "b");
    check_error(ini, "", "db1", &["/p/alembic.ini: there is no section [db1]", "alembic, alembic:db1", "-n"]);
}

#[test]
fn dialects() {
    check_dialect("postgresql+psycopg2://u:p@h/db", Some(Kind::Postgresql));
    check_dialect("driver://user:pass@localhost/dbname", None);
    check_dialect("%(DATABASE_URL)s", None);
    check_dialect("sqlite:///100%%.db", Some(Kind::Sqlite));
    assert_eq!(load("[alembic]", "", "alembic").unwrap().dialect(), None);
}

#[test]
fn errors_name_file_line_and_remedy() {
    check_error("[alembic]\nx", "", "alembic", &["/p/alembic.ini:2: 'x' is neither", "name = value"]);
    check_error("[alembic]\nscript_location = 50%", "", "alembic", &["/p/alembic.ini:2:", "%%"]);
    check_error(
        "[alembic]\nversion_locations = a\n\npath_separator = |",
        "",
        "alembic",
        &["/p/alembic.ini:4: '|' is not a valid value for path_separator", "path_separator = os"],
    );
    check_error(
        "[alembic]\ntruncate_slug_length = ten",
        "",
        "alembic",
        &["/p/alembic.ini:2:", "not a number"],
    );
    for (option, wanted) in [
        ("script_location = ['m']", "a string"),
        ("version_locations = 'v'", "a list of strings"),
        ("recursive_version_locations = 'true'", "true or false"),
        ("truncate_slug_length = -1", "a number"),
    ] {
        let toml = format!("[tool.alembic]\n{option}");
        check_error("", &toml, "alembic", &["/p/pyproject.toml:2:", wanted]);
    }
}

#[test]
fn files_that_cannot_be_read() {
    for (error, part) in [
        (ReadError::NotUtf8(3), "save it as UTF-8"),
        (ReadError::Directory, "give the file itself"),
        (ReadError::Missing, "-c/--config"),
        (ReadError::Unreadable("permission denied".into()), "permission denied"),
    ] {
        let mut files = Memory::new();
        files.insert_error("/p/alembic.ini", error);
        let sources = Sources { ini: Some(Utf8PathBuf::from("/p/alembic.ini")), ..Sources::default() };
        let error = Config::load(&files, &sources).unwrap_err().to_string();
        assert!(error.starts_with("/p/alembic.ini: ") && error.contains(part), "{error}");
    }
}

#[test]
fn locations() {
    for (text, package) in [
        ("migrations", false),
        ("/abs:x", false),
        (r"C:\x", false),
        ("D:/x", false),
        ("pkg:m", true),
        ("pkg.sub:m:n", true),
    ] {
        assert_eq!(matches!(Location::parse(text), Location::Package { .. }), package, "{text}");
    }
}
