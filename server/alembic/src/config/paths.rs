//! Lists of paths in one .ini value.

/// A value of `path_separator` that Alembic does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{value}' is not a valid value for {option}; expected 'space', 'newline', 'os', ':', ';'")]
pub struct BadSeparator {
    pub option: &'static str,
    pub value: String,
}

/// The two options that say what stands between paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Separators<'a> {
    /// `path_separator`.
    pub path: Option<&'a str>,
    /// `version_path_separator`, its older name for version locations.
    pub version: Option<&'a str>,
    /// What `os` stands for.
    pub os: char,
}

impl Separators<'_> {
    /// Splits `version_locations`. Without a separator: at commas and spaces.
    pub fn version_locations(&self, text: &str) -> Result<Vec<String>, BadSeparator> {
        let options = [("path_separator", self.path), ("version_path_separator", self.version)];
        self.split(text, &options, &[])
    }

    /// Splits `prepend_sys_path`. Without a separator: at commas, spaces and colons.
    pub fn prepend_sys_path(&self, text: &str) -> Result<Vec<String>, BadSeparator> {
        self.split(text, &[("path_separator", self.path)], &[':'])
    }

    fn split(
        &self,
        text: &str,
        options: &[(&'static str, Option<&str>)],
        more: &[char],
    ) -> Result<Vec<String>, BadSeparator> {
        let set = options.iter().find_map(|(option, value)| value.map(|value| (*option, value)));
        let separator = match set {
            None => return Ok(split_without_separator(text, more)),
            Some((_, "space")) => ' ',
            Some((_, "newline")) => '\n',
            Some((_, "os")) => self.os,
            Some((_, ":")) => ':',
            Some((_, ";")) => ';',
            Some((option, value)) => return Err(BadSeparator { option, value: value.to_owned() }),
        };
        let entries = text.split(separator).map(str::trim).filter(|entry| !entry.is_empty());
        Ok(entries.map(str::to_owned).collect())
    }
}

/// Splits at a comma with the spaces after it, at a run of spaces, at each of `more`.
pub(super) fn split_without_separator(text: &str, more: &[char]) -> Vec<String> {
    let mut entries = vec![String::new()];
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        if character == ',' || character == ' ' {
            while rest.next_if_eq(&' ').is_some() {}
            entries.push(String::new());
        } else if more.contains(&character) {
            entries.push(String::new());
        } else if let Some(entry) = entries.last_mut() {
            entry.push(character);
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_split(path: Option<&str>, version: Option<&str>, text: &str, expect: Result<&[&str], &str>) {
        let separators = Separators { path, version, os: ':' };
        let got = separators.version_locations(text);
        let got = got.as_ref().map(Vec::as_slice).map_err(BadSeparator::to_string);
        let want: Result<Vec<String>, String> = expect
            .map(|entries| entries.iter().map(|entry| (*entry).to_owned()).collect())
            .map_err(str::to_owned);
        assert_eq!(got.map(<[String]>::to_vec), want, "{text}");
    }

    #[test]
    fn version_locations() {
        check_split(None, None, "a b,c, d  e", Ok(&["a", "b", "c", "d", "e"]));
        check_split(None, None, "a ,b", Ok(&["a", "", "b"]));
        check_split(None, None, "a:b", Ok(&["a:b"]));
        check_split(Some("os"), None, "a:b: ", Ok(&["a", "b"]));
        check_split(Some(":"), None, "/a b:/c", Ok(&["/a b", "/c"]));
        check_split(Some(";"), None, r"C:\a;D:\b", Ok(&[r"C:\a", r"D:\b"]));
        check_split(Some("space"), None, "a  b", Ok(&["a", "b"]));
        check_split(Some("newline"), None, "\n  a b \n\n c", Ok(&["a b", "c"]));
        check_split(None, Some("newline"), "a\nb", Ok(&["a", "b"]));
        check_split(Some("space"), Some("newline"), "a b", Ok(&["a", "b"]));
        check_split(
            None,
            Some("|"),
            "a",
            Err(
                "'|' is not a valid value for version_path_separator; expected 'space', 'newline', 'os', ':', ';'",
            ),
        );
    }

    #[test]
    fn prepend_sys_path_does_not_know_the_older_separator() {
        let separators = Separators { path: None, version: Some("newline"), os: ':' };
        assert_eq!(
            separators.prepend_sys_path(". /b:c,d"),
            Ok([".", "/b", "c", "d"].map(String::from).to_vec())
        );
        let windows = Separators { path: Some("os"), version: None, os: ';' };
        assert_eq!(windows.prepend_sys_path("a;b"), Ok(["a", "b"].map(String::from).to_vec()));
    }
}
