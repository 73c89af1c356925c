//! Methods of strings.

use super::access::raise;
use super::format::Pieces;
use super::{Interp, unknown};
use crate::host::{Eval, Host};
use crate::value::{Args, Value};
use fact::{Name, Place, Reason};

pub(super) const METHODS: &[&str] = &[
    "capitalize",
    "casefold",
    "center",
    "count",
    "encode",
    "endswith",
    "expandtabs",
    "find",
    "format",
    "format_map",
    "index",
    "isalnum",
    "isalpha",
    "isascii",
    "isdecimal",
    "isdigit",
    "isidentifier",
    "islower",
    "isnumeric",
    "isprintable",
    "isspace",
    "istitle",
    "isupper",
    "join",
    "ljust",
    "lower",
    "lstrip",
    "maketrans",
    "partition",
    "removeprefix",
    "removesuffix",
    "replace",
    "rfind",
    "rindex",
    "rjust",
    "rpartition",
    "rsplit",
    "rstrip",
    "split",
    "splitlines",
    "startswith",
    "strip",
    "swapcase",
    "title",
    "translate",
    "upper",
    "zfill",
];

pub(super) fn method<H: Host>(
    interp: &mut Interp<'_, H>,
    text: &str,
    name: Name,
    args: &Args,
    place: Place,
) -> Eval {
    interp.charge(text.len() / 256);
    match name.as_str() {
        "format" => return interp.str_format(text, args, place),
        "join" => return join(interp, text, args, place),
        _ => {}
    }
    if let Some(unknown) = args.list.iter().find_map(|arg| arg.value.as_unknown()).or(args.open.as_ref()) {
        return Ok(Value::Unknown(unknown.clone()));
    }
    let mut plain = args.clone();
    for arg in &mut plain.list {
        if let Some(inner) = interp.mixed_in_value(&arg.value) {
            arg.value = inner;
        }
    }
    let known = Call { text, name, args: &plain, place };
    if let Some(value) = known.made()? {
        return Ok(interp.sized_text(value, place));
    }
    if let Some(value) = known.asked()? {
        return Ok(value);
    }
    match known.pieces()? {
        Some(pieces) => {
            interp.charge(pieces.len() / 16);
            Ok(interp.new_list(pieces.into_iter().map(Value::str).collect()))
        }
        None => match name.as_str() {
            "format_map" => {
                let entries = plain.list.first().and_then(|arg| interp.dict_entries(&arg.value));
                let Some(entries) = entries else { return Ok(known.unsupported()) };
                let mut named = Args::default();
                for (key, value) in entries {
                    let name = key.as_str().map(fact::name);
                    named.list.push(crate::value::Arg { name, value, place });
                }
                interp.str_format(text, &named, place)
            }
            _ if METHODS.contains(&name.as_str()) => Ok(known.unsupported()),
            _ => Err(raise("AttributeError", &format!("str has no attribute '{name}'"), place)),
        },
    }
}

/// A call whose arguments are all known.
struct Call<'a> {
    text: &'a str,
    name: Name,
    args: &'a Args,
    place: Place,
}

impl<'a> Call<'a> {
    fn arg(&self, index: usize) -> Option<&'a Value> {
        self.args.positional().nth(index).map(|arg| &arg.value)
    }

    fn str_arg(&self, index: usize) -> Option<&'a str> {
        self.arg(index).and_then(Value::as_str)
    }

    fn unsupported(&self) -> Value {
        unknown(Reason::UnsupportedSyntax(format!("this call of {}()", self.name).into()), self.place)
    }

    fn one_str(&self) -> Eval<&'a str> {
        self.str_arg(0).ok_or_else(|| raise("TypeError", "a str is required", self.place))
    }

    /// Methods that give another text.
    fn made(&self) -> Eval<Option<Value>> {
        let text = self.text;
        let stripped = |c: char| match self.str_arg(0) {
            Some(set) => set.contains(c),
            None => is_space(c),
        };
        Ok(Some(Value::str(&match self.name.as_str() {
            "upper" => text.to_uppercase(),
            "lower" => text.to_lowercase(),
            "casefold" if text.is_ascii() => text.to_lowercase(),
            "swapcase" if text.is_ascii() => text.chars().map(swap_case).collect(),
            "strip" => text.trim_matches(stripped).to_owned(),
            "lstrip" => text.trim_start_matches(stripped).to_owned(),
            "rstrip" => text.trim_end_matches(stripped).to_owned(),
            "title" => title(text),
            "capitalize" => {
                let mut chars = text.chars();
                let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
                first + &chars.as_str().to_lowercase()
            }
            "replace" => {
                let (Some(from), Some(to)) = (self.str_arg(0), self.str_arg(1)) else {
                    return Err(raise("TypeError", "replace() takes two strings", self.place));
                };
                let most = (text.matches(from).count() + 1).saturating_mul(to.len());
                if most > super::limits::MAX_TEXT {
                    return Ok(Some(unknown(Reason::Budget, self.place)));
                }
                match self.arg(2).map(Value::as_int) {
                    None => text.replace(from, to),
                    Some(Some(count)) => {
                        text.replacen(from, to, usize::try_from(count).unwrap_or(usize::MAX))
                    }
                    Some(None) => return Ok(Some(self.unsupported())),
                }
            }
            "removeprefix" => text.strip_prefix(self.one_str()?).unwrap_or(text).to_owned(),
            "removesuffix" => text.strip_suffix(self.one_str()?).unwrap_or(text).to_owned(),
            "zfill" | "ljust" | "rjust" | "center" => return self.padded().map(Some),
            _ => return Ok(None),
        })))
    }

    fn padded(&self) -> Eval {
        let Some(width) = self.arg(0).and_then(Value::as_int) else { return Ok(self.unsupported()) };
        let Ok(width) = usize::try_from(width.max(0)) else { return Ok(self.unsupported()) };
        if width > super::limits::MAX_TEXT {
            return Ok(unknown(Reason::Budget, self.place));
        }
        let fill = match self.str_arg(1) {
            Some(fill) => fill.chars().next().filter(|c| fill.len() == c.len_utf8()),
            None => Some(' '),
        };
        let Some(fill) = fill else {
            return Err(raise("TypeError", "one character is required", self.place));
        };
        if self.name == "zfill" {
            let (sign, digits) = match self.text.strip_prefix(['+', '-']) {
                Some(digits) => (self.text.get(..1).unwrap_or_default(), digits),
                None => ("", self.text),
            };
            let missing = width.saturating_sub(self.text.chars().count());
            return Ok(Value::str(&format!("{sign}{}{digits}", "0".repeat(missing))));
        }
        let missing = width.saturating_sub(self.text.chars().count());
        let left = match self.name.as_str() {
            "rjust" => missing,
            // The odd blank goes to the left only where the width is odd as well.
            "center" => missing / 2 + (missing & width & 1),
            _ => 0,
        };
        let filling = |count: usize| std::iter::repeat_n(fill, count).collect::<String>();
        Ok(Value::str(&format!("{}{}{}", filling(left), self.text, filling(missing - left))))
    }

    /// Methods that give a number or a truth value.
    fn asked(&self) -> Eval<Option<Value>> {
        let text = self.text;
        let all = |test: fn(char) -> bool| Value::Bool(!text.is_empty() && text.chars().all(test));
        Ok(Some(match self.name.as_str() {
            "startswith" | "endswith" => {
                if self.arg(1).is_some() {
                    return Ok(Some(self.unsupported()));
                }
                let test = |affix: &str| {
                    if self.name == "startswith" { text.starts_with(affix) } else { text.ends_with(affix) }
                };
                match self.arg(0) {
                    Some(Value::Str(affix)) => Value::Bool(test(affix)),
                    Some(Value::Tuple(affixes)) => {
                        match affixes.iter().map(Value::as_str).collect::<Option<Vec<_>>>() {
                            Some(affixes) => Value::Bool(affixes.into_iter().any(test)),
                            None => self.unsupported(),
                        }
                    }
                    Some(Value::Symbol(_)) => self.unsupported(),
                    _ => return Err(raise("TypeError", "a str or tuple of str is required", self.place)),
                }
            }
            "find" | "rfind" | "index" | "rindex" | "count" if self.arg(1).is_some() => self.unsupported(),
            "find" | "rfind" | "index" | "rindex" => {
                let part = self.one_str()?;
                let at = if self.name.starts_with('r') { text.rfind(part) } else { text.find(part) };
                match at.and_then(|at| text.get(..at)) {
                    Some(before) => Value::Int(before.chars().count() as i64),
                    None if self.name.ends_with("find") => Value::Int(-1),
                    None => return Err(raise("ValueError", "substring not found", self.place)),
                }
            }
            "count" => match self.one_str()? {
                "" => Value::Int(text.chars().count() as i64 + 1),
                part => Value::Int(text.matches(part).count() as i64),
            },
            "isdigit" | "isnumeric" | "isdecimal" if text.is_ascii() => all(|c| c.is_ascii_digit()),
            "isalpha" => all(char::is_alphabetic),
            "isalnum" => all(char::is_alphanumeric),
            "isspace" => all(is_space),
            "isascii" => Value::Bool(text.is_ascii()),
            "isidentifier" if text.is_ascii() => {
                let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
                Value::Bool(
                    text.starts_with(|c: char| word(c) && !c.is_ascii_digit()) && text.chars().all(word),
                )
            }
            "isupper" => {
                Value::Bool(text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase))
            }
            "islower" => {
                Value::Bool(text.chars().any(char::is_lowercase) && !text.chars().any(char::is_uppercase))
            }
            "encode" => match self.str_arg(0).unwrap_or("utf-8") {
                "utf-8" | "utf8" | "UTF-8" => Value::Bytes(text.as_bytes().into()),
                "ascii" | "latin-1" if text.is_ascii() => Value::Bytes(text.as_bytes().into()),
                _ => self.unsupported(),
            },
            "partition" | "rpartition" => {
                let separator = self.one_str()?;
                if separator.is_empty() {
                    return Err(raise("ValueError", "empty separator", self.place));
                }
                let first = self.name == "partition";
                let split = if first { text.split_once(separator) } else { text.rsplit_once(separator) };
                let parts = match split {
                    Some((before, after)) => [before, separator, after],
                    None if first => [text, "", ""],
                    None => ["", "", text],
                };
                Value::tuple(parts.map(Value::str).to_vec())
            }
            _ => return Ok(None),
        }))
    }

    /// Methods that take the text apart.
    fn pieces(&self) -> Eval<Option<Vec<&'a str>>> {
        let text = self.text;
        if self.name == "splitlines" {
            let keep = self.args.get(0, "keepends").is_some_and(|arg| arg.value == Value::Bool(true));
            return Ok(Some(lines(text, keep)));
        }
        if !matches!(self.name.as_str(), "split" | "rsplit") {
            return Ok(None);
        }
        let limit = self.args.get(1, "maxsplit").and_then(|arg| arg.value.as_int()).unwrap_or(-1);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX).saturating_add(1);
        let backwards = self.name == "rsplit";
        let separator = match self.args.get(0, "sep").map(|arg| &arg.value) {
            None | Some(Value::None) => return Ok(Some(words(text, limit, backwards))),
            Some(Value::Str(separator)) => separator,
            Some(_) => return Err(raise("TypeError", "a str is required", self.place)),
        };
        if separator.is_empty() {
            return Err(raise("ValueError", "empty separator", self.place));
        }
        if !backwards {
            return Ok(Some(text.splitn(limit, &**separator).collect()));
        }
        let mut pieces: Vec<&str> = text.rsplitn(limit, &**separator).collect();
        pieces.reverse();
        Ok(Some(pieces))
    }
}

fn join<H: Host>(interp: &mut Interp<'_, H>, separator: &str, args: &Args, place: Place) -> Eval {
    let Some(arg) = args.positional().next() else {
        return Err(raise("TypeError", "join() takes one argument", place));
    };
    let items = match interp.iterate(&arg.value, place)? {
        Ok(items) => items,
        Err(because) => return Ok(Value::unknown(because)),
    };
    let mut pieces = Pieces::default();
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            pieces.push(separator);
        }
        match interp.mixed_in_value(item).unwrap_or_else(|| item.clone()) {
            Value::None | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Tuple(_) => {
                return Err(raise("TypeError", "join() takes strings", place));
            }
            item => pieces.extend(interp.display(&item, place)),
        }
        if pieces.is_too_long() {
            break;
        }
    }
    Ok(interp.sized_text(pieces.into_value(), place))
}

fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}

fn swap_case(c: char) -> char {
    if c.is_ascii_uppercase() { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() }
}

fn title(text: &str) -> String {
    let mut start = true;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if start {
            out.extend(c.to_uppercase());
        } else {
            out.extend(c.to_lowercase());
        }
        start = !c.is_alphabetic();
    }
    out
}

fn words(text: &str, limit: usize, backwards: bool) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text.trim_matches(is_space);
    // With a limit, the blanks around the last piece stay on its far side.
    if limit != usize::MAX {
        rest = if backwards { text.trim_end_matches(is_space) } else { text.trim_start_matches(is_space) };
    }
    while !rest.is_empty() {
        let split = if words.len() + 1 >= limit {
            None
        } else if backwards {
            rest.rsplit_once(is_space).map(|(before, word)| (word, before.trim_end_matches(is_space)))
        } else {
            rest.split_once(is_space).map(|(word, after)| (word, after.trim_start_matches(is_space)))
        };
        let (word, after) = split.unwrap_or((rest, ""));
        if !word.is_empty() {
            words.push(word);
        }
        rest = after;
    }
    if backwards {
        words.reverse();
    }
    words
}

fn lines(text: &str, keep: bool) -> Vec<&str> {
    let is_end = |c: char| {
        matches!(
            c,
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}'
        )
    };
    let mut lines = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let Some(end) = rest.find(is_end) else {
            lines.push(rest);
            break;
        };
        let width = match rest.get(end..) {
            Some(ending) if ending.starts_with("\r\n") => 2,
            Some(ending) => ending.chars().next().map_or(1, char::len_utf8),
            None => 1,
        };
        let line_end = if keep { end + width } else { end };
        lines.push(rest.get(..line_end).unwrap_or_default());
        rest = rest.get(end + width..).unwrap_or_default();
    }
    lines
}
