//! Names of new revision files.

/// The length at which a slug is cut when the configuration does not say.
pub const DEFAULT_SLUG_LENGTH: usize = 40;

/// The template when the configuration does not have one.
pub const DEFAULT_TEMPLATE: &str = "%(rev)s_%(slug)s";

/// What a file name is made of. Dates are those of the configured time zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName<'a> {
    /// `file_template`, `%%` already replaced by the reader of the configuration.
    pub template: &'a str,
    /// `truncate_slug_length`.
    pub slug_length: usize,
    pub revision: &'a str,
    pub message: &'a str,
    pub created: Created,
}

/// The moment a revision is created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Created {
    /// Seconds since 1970-01-01 UTC.
    pub epoch: i64,
    pub year: i64,
    pub month: i64,
    pub day: i64,
    pub hour: i64,
    pub minute: i64,
    pub second: i64,
}

/// A template that Python's `%` refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    #[error("file_template has no token named '{0}'")]
    UnknownToken(String),
    #[error("file_template has a '%' that starts no token at '{0}'")]
    Malformed(String),
    #[error("file_template formats '{token}' as a number")]
    NotANumber { token: String },
}

impl FileName<'_> {
    /// The name, with `.py`; it may contain `/`.
    pub fn render(&self) -> Result<String, TemplateError> {
        let mut out = String::new();
        let mut rest = self.template;
        while let Some((before, after)) = rest.split_once('%') {
            out.push_str(before);
            if let Some(after) = after.strip_prefix('%') {
                out.push('%');
                rest = after;
                continue;
            }
            let malformed = || TemplateError::Malformed(format!("%{after}"));
            let (token, format) =
                after.strip_prefix('(').and_then(|after| after.split_once(')')).ok_or_else(malformed)?;
            let end = format.find(|c: char| c.is_ascii_alphabetic()).ok_or_else(malformed)?;
            let (flags, conversion) = format.split_at(end);
            let kind = conversion.chars().next().ok_or_else(malformed)?;
            out.push_str(&self.format(token, flags, kind).ok_or_else(malformed)??);
            rest = conversion.get(1..).unwrap_or_default();
        }
        out.push_str(rest);
        out.push_str(".py");
        Ok(out)
    }

    /// `None`: a format that `%` does not have.
    fn format(&self, token: &str, flags: &str, kind: char) -> Option<Result<String, TemplateError>> {
        let number = match token {
            "rev" | "slug" => None,
            "epoch" => Some(self.created.epoch),
            "year" => Some(self.created.year),
            "month" => Some(self.created.month),
            "day" => Some(self.created.day),
            "hour" => Some(self.created.hour),
            "minute" => Some(self.created.minute),
            "second" => Some(self.created.second),
            other => return Some(Err(TemplateError::UnknownToken(other.to_owned()))),
        };
        let text = match token {
            "rev" => self.revision.to_owned(),
            "slug" => slug(self.message, self.slug_length),
            _ => number.unwrap_or_default().to_string(),
        };
        let flags = Flags::parse(flags)?;
        match (kind, number) {
            ('s', _) => Some(Ok(flags.text(&text))),
            ('d' | 'i' | 'u', Some(number)) => Some(Ok(flags.number(number))),
            ('d' | 'i' | 'u', None) => Some(Err(TemplateError::NotANumber { token: token.to_owned() })),
            _ => None,
        }
    }
}

/// The words of `message`, joined by `_`, in lower case; too long a slug is cut after a word.
pub fn slug(message: &str, length: usize) -> String {
    let words = message.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty());
    let slug = words.collect::<Vec<_>>().join("_").to_lowercase();
    let length = if length == 0 { DEFAULT_SLUG_LENGTH } else { length };
    match slug.char_indices().nth(length) {
        None => slug,
        Some((end, _)) => {
            let cut = slug.get(..end).unwrap_or_default();
            format!("{}_", cut.rsplit_once('_').map_or(cut, |(words, _)| words))
        }
    }
}

/// What stands between the token and the letter of a format: `-`, `0`, `+`, a space, width, precision.
#[derive(Default)]
struct Flags {
    left: bool,
    zero: bool,
    plus: bool,
    space: bool,
    width: usize,
    precision: Option<usize>,
}

impl Flags {
    /// The widest field that is taken seriously.
    const WIDEST: usize = 255;

    fn parse(text: &str) -> Option<Flags> {
        let digits = text.trim_start_matches(['-', '0', '+', ' ', '#']);
        let signs = text.get(..text.len() - digits.len())?;
        let (width, precision) = match digits.split_once('.') {
            Some((width, precision)) => (width, Some(precision)),
            None => (digits, None),
        };
        let number = |text: &str| match text {
            "" => Some(0),
            _ => text.parse().ok().filter(|number| *number <= Flags::WIDEST),
        };
        let precision = match precision {
            Some(text) => Some(number(text)?),
            None => None,
        };
        Some(Flags {
            left: signs.contains('-'),
            zero: signs.contains('0'),
            plus: signs.contains('+'),
            space: signs.contains(' '),
            width: number(width)?,
            precision,
        })
    }

    fn number(&self, number: i64) -> String {
        let digits = format!("{:0>width$}", number.unsigned_abs(), width = self.precision.unwrap_or(0));
        let sign = match (number < 0, self.plus, self.space) {
            (true, ..) => "-",
            (false, true, _) => "+",
            (false, false, true) => " ",
            (false, false, false) => "",
        };
        if self.zero && !self.left {
            let width = self.width.saturating_sub(sign.len());
            return format!("{sign}{digits:0>width$}");
        }
        self.pad(&format!("{sign}{digits}"))
    }

    fn text(&self, text: &str) -> String {
        self.pad(&text.chars().take(self.precision.unwrap_or(usize::MAX)).collect::<String>())
    }

    fn pad(&self, text: &str) -> String {
        let width = self.width;
        if self.left { format!("{text:<width$}") } else { format!("{text:>width$}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CREATED: Created =
        Created { epoch: 1343228885, year: 2012, month: 7, day: 25, hour: 15, minute: 8, second: 5 };

    #[track_caller]
    fn check_name(template: &str, expect: Result<&str, &str>) {
        let name =
            FileName { template, slug_length: 0, revision: "ab12", message: "Add a User!", created: CREATED };
        let got = name.render().map_err(|error| error.to_string());
        assert_eq!(got.as_deref().map_err(String::as_str), expect, "{template}");
    }

    #[test]
    fn names() {
        check_name(DEFAULT_TEMPLATE, Ok("ab12_add_a_user.py"));
        check_name("%(year)d_%(month).2d_%(day)02d-%(rev)s", Ok("2012_07_25-ab12.py"));
        check_name("%(hour)d%(minute)02d%(second)4d", Ok("1508   5.py"));
        check_name("%(epoch)s/%(rev).2s", Ok("1343228885/ab.py"));
        check_name("%(rev)-6s|%(rev)6s|%(day)+d", Ok("ab12  |  ab12|+25.py"));
        check_name("%(day) d", Ok(" 25.py"));
        check_name("100%%_%(rev)s", Ok("100%_ab12.py"));
        check_name("", Ok(".py"));
        check_name("%(month)d%(nope)s", Err("file_template has no token named 'nope'"));
        check_name("%(rev)d", Err("file_template formats 'rev' as a number"));
        check_name("a%b", Err("file_template has a '%' that starts no token at '%b'"));
        check_name("a%(rev", Err("file_template has a '%' that starts no token at '%(rev'"));
        check_name("%(rev)", Err("file_template has a '%' that starts no token at '%(rev)'"));
        check_name("%(rev)99999s", Err("file_template has a '%' that starts no token at '%(rev)99999s'"));
    }

    #[test]
    fn slugs() {
        for (message, length, expect) in [
            ("Create the user's table", 40, "create_the_user_s_table"),
            ("  -- ", 40, ""),
            ("Étage №5 表", 40, "étage_5_表"),
            ("snake_case stays", 40, "snake_case_stays"),
            ("one two three", 7, "one_"),
            ("one two three", 9, "one_two_"),
            ("onetwothree", 5, "onetw_"),
            ("one two", 7, "one_two"),
        ] {
            assert_eq!(slug(message, length), expect, "{message}");
        }
    }
}
