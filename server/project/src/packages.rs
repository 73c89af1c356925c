//! Which versions of a package the project works with, as its requirement and lock files say.

use camino::Utf8Path;
use fact::files::{EntryKind, Files};

/// Major, minor and patch number.
pub(crate) type Version = (u16, u16, u16);

/// The versions that are allowed: from the first on, up to but without the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Range {
    pub from: Version,
    pub below: Option<Version>,
}

/// What the files of these directories say about a package. `None`: nothing. A lock file is believed before a
/// requirement.
pub(crate) fn range<'a>(
    files: &dyn Files,
    directories: impl Iterator<Item = &'a Utf8Path>,
    package: &str,
) -> Option<Range> {
    let mut required = None;
    for directory in directories {
        for entry in files.list(directory) {
            if entry.kind != EntryKind::File {
                continue;
            }
            let path = directory.join(&entry.name);
            match entry.name.as_str() {
                "poetry.lock" | "uv.lock" | "pdm.lock" | "pylock.toml" => {
                    if let Some(version) = files.read(&path).ok().and_then(|text| locked(&text, package)) {
                        return Some(exactly(version));
                    }
                }
                "pyproject.toml" | "setup.cfg" | "setup.py" | "Pipfile" => {
                    required = required.or_else(|| in_requirements(&files.read(&path).ok()?, package));
                }
                name if name.contains("requirements") && name.ends_with(".txt") => {
                    required = required.or_else(|| in_requirements(&files.read(&path).ok()?, package));
                }
                _ => {}
            }
        }
    }
    required
}

fn exactly(version: Version) -> Range {
    Range { from: version, below: Some((version.0, version.1, version.2.saturating_add(1))) }
}

/// `name = "sqlalchemy"` and then `version = "2.0.36"` in the tables of a lock file.
fn locked(text: &str, package: &str) -> Option<Version> {
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(("name", name)) = assignment(line) else { continue };
        if !name.eq_ignore_ascii_case(package) {
            continue;
        }
        let ("version", version) = assignment(lines.next()?)? else { continue };
        return parse(version).map(|(version, _)| version);
    }
    None
}

/// `key = "value"`
fn assignment(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once('=')?;
    Some((key.trim(), value.trim().strip_prefix('"')?.strip_suffix('"')?))
}

/// The first requirement on the package: `sqlalchemy[asyncio]>=2.0,<2.1 ; python_version > "3"`, in quotes or not, or
/// Poetry's `sqlalchemy = "^2.0"`.
fn in_requirements(text: &str, package: &str) -> Option<Range> {
    text.lines().find_map(|line| requirement(line.split('#').next().unwrap_or_default(), package))
}

fn requirement(line: &str, package: &str) -> Option<Range> {
    let lower = line.to_ascii_lowercase();
    let mut at = 0;
    while let Some(found) = lower.get(at..)?.find(package) {
        let (start, end) = (at + found, at + found + package.len());
        at = end;
        let before = lower.get(..start)?.trim_end();
        let starts = before.is_empty() || before.ends_with(['"', '\'', ',', '[', '(']);
        let mut rest = lower.get(end..)?.trim_start();
        if let Some(extras) = rest.strip_prefix('[') {
            rest = extras.split_once(']').map(|(_, rest)| rest)?.trim_start();
        }
        let poetry = rest.strip_prefix('=').filter(|rest| !rest.starts_with('='));
        let specifier = match poetry {
            Some(value) => match value.split_once("version") {
                Some((_, table)) => table.split('"').nth(1)?,
                None => value.split('"').nth(1)?,
            },
            None => rest.trim_start_matches('('),
        };
        let specifier = specifier.split(['"', '\'', ';', ')', ' '].as_slice());
        let specifier: String = specifier.take_while(|part| !part.starts_with('@')).take(1).collect();
        if starts && let Some(range) = specifiers(&specifier) {
            return Some(range);
        }
    }
    None
}

/// `>=2.0,<2.1`
fn specifiers(text: &str) -> Option<Range> {
    let mut range = Range { from: (0, 0, 0), below: None };
    let mut any = false;
    let lower_to = |below: Version, range: &mut Range| {
        range.below = Some(range.below.map_or(below, |known| known.min(below)));
    };
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let digits = part.find(|c: char| c.is_ascii_digit())?;
        let (operator, version) = part.split_at(digits);
        let (version, given) = parse(version)?;
        any = true;
        let (major, minor, patch) = version;
        match operator.trim() {
            "==" | "===" | "" if part.ends_with('*') || given < 3 => {
                range.from = range.from.max(version);
                lower_to(after(version, given), &mut range);
            }
            "==" | "===" | "" => {
                range.from = range.from.max(version);
                lower_to((major, minor, patch.saturating_add(1)), &mut range);
            }
            ">=" => range.from = range.from.max(version),
            ">" => range.from = range.from.max((major, minor, patch.saturating_add(1))),
            "<" => lower_to(version, &mut range),
            "<=" => lower_to((major, minor, patch.saturating_add(1)), &mut range),
            // The last number that is given may rise.
            "~=" => {
                range.from = range.from.max(version);
                lower_to(after(version, given.saturating_sub(1).max(1)), &mut range);
            }
            "~" => {
                range.from = range.from.max(version);
                lower_to(after(version, given.clamp(1, 2)), &mut range);
            }
            "^" => {
                range.from = range.from.max(version);
                let kept = if major > 0 { 1 } else { 2 };
                lower_to(after(version, kept), &mut range);
            }
            "!=" => {}
            _ => return None,
        }
    }
    any.then_some(range)
}

/// The first version that differs in its first `kept` numbers.
fn after(version: Version, kept: usize) -> Version {
    match kept {
        0 | 1 => (version.0.saturating_add(1), 0, 0),
        2 => (version.0, version.1.saturating_add(1), 0),
        _ => (version.0, version.1, version.2.saturating_add(1)),
    }
}

/// The numbers of a version and how many are given.
fn parse(text: &str) -> Option<(Version, usize)> {
    let mut numbers = [0u16; 3];
    let mut given = 0;
    for (slot, part) in numbers.iter_mut().zip(text.trim().split('.')) {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        let Ok(number) = digits.parse() else { break };
        *slot = number;
        given += 1;
    }
    (given > 0).then_some(((numbers[0], numbers[1], numbers[2]), given))
}

#[cfg(test)]
mod tests {
    use super::*;
    use camino::Utf8PathBuf;
    use fact::files::Memory;

    #[track_caller]
    fn check(name: &str, text: &str, expected: Option<(Version, Option<Version>)>) {
        let mut files = Memory::new();
        files.insert(format!("/p/{name}"), text);
        let root = Utf8PathBuf::from("/p");
        let found = range(&files, [root.as_path()].into_iter(), "sqlalchemy");
        assert_eq!(found.map(|range| (range.from, range.below)), expected, "{name}: {text}");
    }

    #[test]
    fn requirements() {
        let file = "requirements.txt";
        check(file, "SQLAlchemy==2.0.58\n", Some(((2, 0, 58), Some((2, 0, 59)))));
        check(
            file,
            "flask\nsqlalchemy[asyncio] >=2.0,<2.1 ; python_version > '3'",
            Some(((2, 0, 0), Some((2, 1, 0)))),
        );
        check(file, "sqlalchemy~=2.0.1", Some(((2, 0, 1), Some((2, 1, 0)))));
        check(file, "sqlalchemy==2.0.*", Some(((2, 0, 0), Some((2, 1, 0)))));
        check(file, "sqlalchemy>=2", Some(((2, 0, 0), None)));
        check(file, "sqlalchemy-utils==0.4\nflask-sqlalchemy==3", None);
        check(file, "# sqlalchemy==1.4", None);
        check(file, "sqlalchemy", None);
    }

    #[test]
    fn projects_and_locks() {
        let listed = "dependencies = [\n  'click', \"sqlalchemy[mypy]>=2.1\",\n]";
        check("pyproject.toml", listed, Some(((2, 1, 0), None)));
        check("pyproject.toml", "dependencies = ['sqlalchemy<2.1', 'x']", Some(((0, 0, 0), Some((2, 1, 0)))));
        check("pyproject.toml", "sqlalchemy = \"^2.0\"", Some(((2, 0, 0), Some((3, 0, 0)))));
        let table = "sqlalchemy = { version = \"~2.0\", extras = [\"asyncio\"] }";
        check("pyproject.toml", table, Some(((2, 0, 0), Some((2, 1, 0)))));
        let lock = "[[package]]\nname = \"sqlalchemy\"\nversion = \"2.0.36\"\n";
        check("uv.lock", lock, Some(((2, 0, 36), Some((2, 0, 37)))));
    }
}
