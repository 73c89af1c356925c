//! Reads .ini files as Python's `ConfigParser` does, keeping line numbers. (The crates on offer keep none.)

use std::fmt;

/// The section whose options every other section inherits.
const DEFAULT: &str = "DEFAULT";

/// How deep one option may refer to others.
const DEPTH: u32 = 10;

/// What filling in the references of one value may cost, in bytes that are looked at: ten options that name each other a
/// few times would make more text than there is memory.
const BUDGET: usize = 1 << 20;

/// A parsed .ini file. Values are raw: [`Ini::get`] replaces `%(name)s`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ini {
    sections: Vec<Section>,
    /// `[DEFAULT]`.
    defaults: Section,
    /// What `%(here)s` stands for.
    here: String,
}

/// A section, without what it inherits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Section {
    pub name: String,
    /// 1-based.
    pub line: u32,
    pub options: Vec<IniOption>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IniOption {
    /// In lower case.
    pub key: String,
    /// Lines joined by `\n`.
    pub value: String,
    /// 1-based.
    pub line: u32,
}

/// A line that `ConfigParser` does not accept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IniError {
    /// 1-based.
    pub line: u32,
    pub message: String,
    pub remedy: &'static str,
}

impl fmt::Display for IniError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for IniError {}

impl Section {
    pub fn option(&self, key: &str) -> Option<&IniOption> {
        self.options.iter().find(|option| option.key == key)
    }
}

impl Ini {
    /// Parses `text`; `here` is the folder of the file.
    pub fn parse(text: &str, here: &str) -> Result<Ini, IniError> {
        let mut reader = Reader::default();
        for (number, line) in (1u32..).zip(text.lines()) {
            reader.line(number, line)?;
        }
        let mut ini = reader.ini;
        for section in ini.sections.iter_mut().chain([&mut ini.defaults]) {
            for option in &mut section.options {
                option.value.truncate(option.value.trim_end().len());
            }
        }
        ini.here = here.to_owned();
        Ok(ini)
    }

    /// The sections other than `[DEFAULT]`, in the order of the file.
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    pub fn section(&self, name: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.name == name)
    }

    /// An option of a section, inherited ones included, raw. `None` for a section that does not exist.
    pub fn raw(&self, section: &str, key: &str) -> Option<&IniOption> {
        self.section(section)?.option(key).or_else(|| self.defaults.option(key))
    }

    /// An option of a section, inherited ones included, with `%(name)s` and `%%` replaced.
    pub fn get(&self, section: &str, key: &str) -> Option<Result<(String, u32), IniError>> {
        let option = self.raw(section, key)?;
        let mut budget = BUDGET;
        let value = self.interpolate(section, option, &option.value, 1, &mut budget);
        Some(value.map(|value| (value, option.line)))
    }

    fn interpolate(
        &self,
        section: &str,
        option: &IniOption,
        text: &str,
        depth: u32,
        budget: &mut usize,
    ) -> Result<String, IniError> {
        let fail = |message: String, remedy| Err(IniError { line: option.line, message, remedy });
        *budget = budget.saturating_sub(text.len() + 1);
        if *budget == 0 {
            return fail(format!("the value of {} is too long", option.key), "write the value out");
        }
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('%') {
            out.push_str(before);
            if let Some(after) = after.strip_prefix('%') {
                out.push('%');
                rest = after;
                continue;
            }
            let Some((name, after)) = after.strip_prefix('(').and_then(|name| name.split_once(")s")) else {
                return fail(
                    format!("'%' must be followed by '%' or '(' in the value of {}", option.key),
                    "write a literal percent sign as %%",
                );
            };
            let key = name.to_lowercase();
            match self.raw(section, &key) {
                _ if depth >= DEPTH => {
                    return fail(
                        format!("the value of {} refers to itself", option.key),
                        "write the value out",
                    );
                }
                Some(other) => {
                    out.push_str(&self.interpolate(section, option, &other.value, depth + 1, budget)?);
                }
                None if key == "here" => out.push_str(&self.here),
                None => {
                    return fail(
                        format!("the value of {} uses %({name})s, which is not defined", option.key),
                        "define the name in the same section or in [DEFAULT], or write a literal percent sign as %%",
                    );
                }
            }
            rest = after;
        }
        out.push_str(rest);
        Ok(out)
    }
}

#[derive(Default)]
struct Reader {
    ini: Ini,
    /// The open section: nothing yet, `[DEFAULT]`, or the last one of the list.
    open: Option<bool>,
    /// The indentation of the option that following lines may continue.
    continued: Option<usize>,
}

impl Reader {
    fn line(&mut self, number: u32, line: &str) -> Result<(), IniError> {
        let text = line.trim();
        if text.starts_with(['#', ';']) {
            return Ok(());
        }
        if text.is_empty() {
            if self.continued.is_some() {
                self.extend("");
            }
            return Ok(());
        }
        let indent = line.chars().take_while(|character| character.is_whitespace()).count();
        if self.continued.is_some_and(|base| indent > base) {
            self.extend(text);
            return Ok(());
        }
        self.continued = None;
        if let Some(name) =
            text.strip_prefix('[').and_then(|rest| rest.rsplit_once(']')).map(|(name, _)| name)
            && !name.is_empty()
        {
            return self.start_section(number, name);
        }
        if self.open.is_none() {
            return Err(IniError {
                line: number,
                message: format!("'{text}' stands before the first section header"),
                remedy: "put it below a header such as [alembic]",
            });
        }
        let Some((key, value)) = text.split_once(['=', ':']).filter(|(key, _)| !key.trim().is_empty()) else {
            return Err(IniError {
                line: number,
                message: format!("'{text}' is neither a section header nor an option"),
                remedy: "write name = value; indent the line if it continues the value above",
            });
        };
        self.continued = Some(indent);
        self.start_option(number, key.trim_end().to_lowercase(), value.trim().to_owned())
    }

    fn start_section(&mut self, number: u32, name: &str) -> Result<(), IniError> {
        if name == DEFAULT {
            self.open = Some(false);
        } else if let Some(first) = self.ini.section(name) {
            return Err(IniError {
                line: number,
                message: format!("section [{name}] occurs twice (first in line {})", first.line),
                remedy: "merge the two sections",
            });
        } else {
            let section = Section { name: name.to_owned(), line: number, options: Vec::new() };
            self.ini.sections.push(section);
            self.open = Some(true);
        }
        Ok(())
    }

    fn start_option(&mut self, number: u32, key: String, value: String) -> Result<(), IniError> {
        let Some(section) = self.section() else { return Ok(()) };
        if let Some(first) = section.option(&key) {
            return Err(IniError {
                line: number,
                message: format!("option {key} occurs twice in one section (first in line {})", first.line),
                remedy: "remove one of the two",
            });
        }
        section.options.push(IniOption { key, value, line: number });
        Ok(())
    }

    /// Adds a line to the value of the last option.
    fn extend(&mut self, text: &str) {
        if let Some(option) = self.section().and_then(|section| section.options.last_mut()) {
            option.value.push('\n');
            option.value.push_str(text);
        }
    }

    fn section(&mut self) -> Option<&mut Section> {
        match self.open? {
            true => self.ini.sections.last_mut(),
            false => Some(&mut self.ini.defaults),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_value(text: &str, section: &str, key: &str, expect: Option<Result<&str, &str>>) {
        let ini = Ini::parse(text, "/p").unwrap();
        let got = ini.get(section, key).map(|value| match value {
            Ok((value, line)) => {
                assert!(text.lines().count() >= line as usize);
                Ok(value)
            }
            Err(error) => Err(error.message),
        });
        let got = got.as_ref().map(|value| value.as_deref().map_err(String::as_str));
        assert_eq!(got, expect, "{text}");
    }

    #[track_caller]
    fn check_error(text: &str, line: u32, part: &str) {
        let error = Ini::parse(text, "/p").unwrap_err();
        assert!(error.line == line && error.message.contains(part), "{text}: {error:?}");
    }

    #[test]
    fn values() {
        for (text, expect) in [
            ("[a]\nk = v", Some("v")),
            ("[a]\nk: v", Some("v")),
            ("[a]\nk=v=w:x", Some("v=w:x")),
            ("[a]\nK  =  v  ", Some("v")),
            ("[a]\nk = v ; not a comment # neither", Some("v ; not a comment # neither")),
            ("; c\n# c\n[a]\n  # c\nk = v", Some("v")),
            ("[a]\r\nk = v\r\n", Some("v")),
            ("[a]\nk =", Some("")),
            ("[a]\nk = v\n  w\n\tx", Some("v\nw\nx")),
            ("[a]\nk =\n  v\n\n  w\n\n\nl = 1", Some("\nv\n\nw")),
            ("[a]\nk = v\n# comment\n  w", Some("v\nw")),
            ("[a]\n  k = v\n  l = w", Some("v")),
            ("[a]\n[b]\nk = v", None),
            ("[DEFAULT]\nk = v\n[a]", Some("v")),
            ("[DEFAULT]\nk = v\n[a]\nk = w", Some("w")),
            ("[DEFAULT]\nk = v\n[b]", None),
            ("[a]\nk = %(here)s/x", Some("/p/x")),
            ("[a]\nk = %(L)s-%(l)s\nl = 1", Some("1-1")),
            ("[a]\nk = 100%%", Some("100%")),
            ("[DEFAULT]\nhere = h\n[a]\nk = %(here)s", Some("h")),
            ("[DEFAULT]\nl = %(m)s\n[a]\nk = %(l)s\nm = deep", Some("deep")),
        ] {
            check_value(text, "a", "k", expect.map(Ok));
        }
        check_value("[alembic:db1]\nurl = u", "alembic:db1", "url", Some(Ok("u")));
    }

    #[test]
    fn bad_interpolation_is_an_error_of_that_option_alone() {
        let text = "[a]\nk = 50%\nl = %(nope)s\nm = %(m)s\nn = fine";
        check_value(text, "a", "k", Some(Err("'%' must be followed by '%' or '(' in the value of k")));
        check_value(text, "a", "l", Some(Err("the value of l uses %(nope)s, which is not defined")));
        check_value(text, "a", "m", Some(Err("the value of m refers to itself")));
        check_value(text, "a", "n", Some(Ok("fine")));
    }

    #[test]
    fn references_that_multiply_are_an_error() {
        for leaf in ["x", ""] {
            let options: String =
                (0..8).map(|i| format!("v{} = {}\n", i + 1, format!("%(v{i})s").repeat(20))).collect();
            let text = format!("[a]\nv0 = {leaf}\n{options}");
            check_value(&text, "a", "v8", Some(Err("the value of v8 is too long")));
            check_value(&text, "a", "v2", Some(Ok(leaf.repeat(400).as_str())));
        }
    }

    #[test]
    fn errors() {
        check_error("k = v", 1, "before the first section");
        check_error("[a]\nk = v\nwords", 3, "neither");
        check_error("[a]\n= v", 2, "neither");
        check_error("[a]\nk = v\nK = w", 3, "occurs twice");
        check_error("[a]\n[b]\n[a]", 3, "first in line 1");
        check_error("[]\n", 1, "before the first section");
    }

    #[test]
    fn lines_are_those_of_the_option() {
        let ini = Ini::parse("[DEFAULT]\nx = 1\n\n[a]\ny = 2\n 3\nz = 4", "").unwrap();
        for (key, line) in [("x", 2), ("y", 5), ("z", 7)] {
            assert_eq!(ini.get("a", key).unwrap().unwrap().1, line);
        }
    }
}
