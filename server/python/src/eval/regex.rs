//! The module `re` on known texts. What this engine and Python's read differently is not known.

use super::{Interp, unknown};
use crate::ast::BinaryOp;
use crate::host::{Eval, Host};
use crate::value::{Arg, Args, Call, Symbol, Value};
use fact::{Name, Place, Reason};
use regex::{Captures, Regex, RegexBuilder};
use std::sync::Arc;

/// The callee of the value that stands for a match: the whole match and the groups, then their names and spans.
const MATCH: &str = "re.Match";

/// Compiled programs beyond this many bytes are no pattern of a migration.
const SIZE_LIMIT: usize = 1 << 20;

/// Texts and pieces beyond this are left alone.
const MAX_TEXT: usize = 1 << 20;

/// `re.sub(pattern, ...)` and the like. `None`: not a function of the module, or not one that is known here.
pub(super) fn function<H: Host>(
    interp: &mut Interp<'_, H>,
    called: &str,
    args: &Args,
    place: Place,
) -> Option<Eval> {
    if called == "escape" {
        let text = args.get(0, "pattern")?.value.as_str()?;
        return Some(Ok(Value::str(&escape(text))));
    }
    let pattern = &args.get(0, "pattern")?.value;
    let (pattern, flags) = match compiled(pattern) {
        Some(found) => found,
        None => {
            let at = flags_at(called)?;
            (pattern.clone(), args.get(at, "flags").map(|arg| arg.value.clone()))
        }
    };
    let rest = Args { list: without_first(args, "pattern"), ..args.clone() };
    run(interp, called, (&pattern, flags.as_ref()), &rest, place)
}

/// `pattern.sub(...)`, `match.group(...)`
pub(super) fn method<H: Host>(
    interp: &mut Interp<'_, H>,
    of: &Value,
    called: Name,
    args: &Args,
    place: Place,
) -> Option<Eval> {
    if let Some((pattern, flags)) = compiled(of) {
        return run(interp, &called, (&pattern, flags.as_ref()), args, place);
    }
    let found = Match::of(of)?;
    Some(Ok(match called.as_str() {
        "group" if args.list.is_empty() => found.groups.first()?.clone(),
        "group" => {
            let groups: Option<Vec<Value>> = args.list.iter().map(|arg| found.group(&arg.value)).collect();
            let groups = groups?;
            match groups.as_slice() {
                [one] => one.clone(),
                _ => Value::tuple(groups),
            }
        }
        "groups" => {
            let default = args.get(0, "default").map_or(Value::None, |arg| arg.value.clone());
            let one = |group: &Value| if group.is_none() { default.clone() } else { group.clone() };
            Value::tuple(found.groups.iter().skip(1).map(one).collect())
        }
        "groupdict" => {
            let entry = |(at, name): (usize, &Value)| {
                (!name.is_none()).then(|| Some((name.clone(), found.groups.get(at)?.clone())))?
            };
            let entries: Vec<(Value, Value)> = found.names.iter().enumerate().filter_map(entry).collect();
            interp.thaw(Value::Dict(entries.into()))
        }
        "start" | "end" | "span" => {
            let at = args.list.first().map_or(Some(0), |arg| found.index(&arg.value))?;
            let span = found.spans.get(at)?.clone();
            let [start, end] = span.as_items()? else { return None };
            match called.as_str() {
                "start" => start.clone(),
                "end" => end.clone(),
                _ => span.clone(),
            }
        }
        _ => return None,
    }))
}

/// `match[1]`, `match["name"]`
pub(super) fn subscript(of: &Value, index: &Value) -> Option<Value> {
    Match::of(of)?.group(index)
}

/// A match is true; where there is none, the functions give None.
pub(super) fn is_true(value: &Value) -> bool {
    Match::of(value).is_some() || compiled(value).is_some()
}

struct Match<'v> {
    groups: &'v [Value],
    names: &'v [Value],
    spans: &'v [Value],
}

impl<'v> Match<'v> {
    fn of(value: &'v Value) -> Option<Match<'v>> {
        let call = value.as_call().filter(|call| call.path().is_some_and(|path| path == MATCH))?;
        let [groups, names, spans] = call.args.list.as_slice() else { return None };
        Some(Match {
            groups: groups.value.as_items()?,
            names: names.value.as_items()?,
            spans: spans.value.as_items()?,
        })
    }

    fn index(&self, key: &Value) -> Option<usize> {
        match key {
            Value::Str(_) => self.names.iter().position(|name| name == key),
            _ => usize::try_from(key.as_int()?).ok(),
        }
    }

    fn group(&self, key: &Value) -> Option<Value> {
        self.groups.get(self.index(key)?).cloned()
    }
}

/// Pattern and flags of a `re.compile(...)`.
fn compiled(value: &Value) -> Option<(Value, Option<Value>)> {
    let call = value.as_call().filter(|call| call.path().is_some_and(|path| path == "re.compile"))?;
    Some((call.args.get(0, "pattern")?.value.clone(), call.args.get(1, "flags").map(|arg| arg.value.clone())))
}

/// Where a function of the module takes its flags, behind the pattern.
fn flags_at(function: &str) -> Option<usize> {
    Some(match function {
        "match" | "search" | "fullmatch" | "findall" | "finditer" => 2,
        "split" => 3,
        "sub" => 4,
        _ => return None,
    })
}

fn without_first(args: &Args, keyword: &str) -> Vec<Arg> {
    let mut list = args.list.clone();
    let at = list
        .iter()
        .position(|arg| arg.name.is_none())
        .or_else(|| list.iter().position(|arg| arg.name.is_some_and(|name| name == keyword)));
    if let Some(at) = at {
        list.remove(at);
    }
    list
}

/// One use of a pattern; `args` come behind it.
fn run<H: Host>(
    interp: &mut Interp<'_, H>,
    called: &str,
    (pattern, flags): (&Value, Option<&Value>),
    args: &Args,
    place: Place,
) -> Option<Eval> {
    let text_at = usize::from(called == "sub");
    let text = args.get(text_at, "string")?.value.as_str()?.to_owned();
    let pattern = pattern.as_str()?;
    let doubt = || unknown(Reason::UnsupportedSyntax("this regular expression".into()), place);
    interp.charge(pattern.len() + text.len() / 16);
    let Some(regex) = regex(called, pattern, flags, &text) else { return Some(Ok(doubt())) };
    let whole = |captures: &Captures<'_>| captures.get(0).map_or(0..0, |found| found.range());
    let found: Vec<Captures<'_>> = regex.captures_iter(&text).collect();
    let is_empty = found.iter().any(|captures| whole(captures).is_empty());
    Some(Ok(match called {
        "match" | "search" | "fullmatch" => match found.first() {
            Some(captures) => matched(&regex, captures, &text, place),
            None => Value::None,
        },
        // Python takes an empty match beside another one, and this engine does not.
        _ if is_empty => doubt(),
        "findall" => {
            let one = |captures: &Captures<'_>| {
                let group = |at: usize| Value::str(captures.get(at).map_or("", |found| found.as_str()));
                match captures.len() {
                    1 => group(0),
                    2 => group(1),
                    len => Value::tuple((1..len).map(group).collect()),
                }
            };
            interp.thaw(Value::list(found.iter().map(one).collect()))
        }
        "finditer" => {
            let all = found.iter().map(|captures| matched(&regex, captures, &text, place));
            interp.thaw(Value::list(all.collect()))
        }
        "split" => {
            let most = limit(args, 1, "maxsplit")?;
            let mut parts = Vec::new();
            let mut from = 0;
            for captures in found.iter().take(most) {
                let range = whole(captures);
                parts.push(Value::str(text.get(from..range.start)?));
                let group = |at| captures.get(at).map_or(Value::None, |found| Value::str(found.as_str()));
                parts.extend((1..captures.len()).map(group));
                from = range.end;
            }
            parts.push(Value::str(text.get(from..)?));
            interp.thaw(Value::list(parts))
        }
        "sub" => {
            let replacement = args.get(0, "repl")?.value.clone();
            let most = limit(args, 2, "count")?;
            let mut out = String::new();
            let mut from = 0;
            for captures in found.iter().take(most) {
                let range = whole(captures);
                out.push_str(text.get(from..range.start)?);
                match &replacement {
                    Value::Str(template) => match expand(template, captures) {
                        Some(expanded) => out.push_str(&expanded),
                        None => return Some(Ok(doubt())),
                    },
                    function => {
                        let found = matched(&regex, captures, &text, place);
                        match interp.call(function, Args::values([found], place), place) {
                            Ok(Value::Str(made)) => out.push_str(&made),
                            Ok(other) => return Some(Ok(Value::unknown(interp.why_unknown(&other, place)))),
                            Err(raise) => return Some(Err(raise)),
                        }
                    }
                }
                if out.len() > MAX_TEXT {
                    return Some(Ok(doubt()));
                }
                from = range.end;
            }
            out.push_str(text.get(from..)?);
            Value::str(&out)
        }
        _ => return None,
    }))
}

/// `maxsplit=` and `count=`: zero is no limit.
fn limit(args: &Args, index: usize, keyword: &str) -> Option<usize> {
    match args.get(index, keyword) {
        None => Some(usize::MAX),
        Some(arg) => match usize::try_from(arg.value.as_int()?).ok()? {
            0 => Some(usize::MAX),
            most => Some(most),
        },
    }
}

/// The pattern for this engine, anchored as the function asks for. `None`: the two may read it differently.
fn regex(called: &str, pattern: &str, flags: Option<&Value>, text: &str) -> Option<Regex> {
    // Operators in classes that Python does not have, and a repetition that only Python has.
    let differs = ["[[", "&&", "--", "~~", "{,"].iter().any(|part| pattern.contains(part));
    // Python's `$` also stands before a line end at the end.
    let before_line_end = text.ends_with('\n') && pattern.contains('$');
    if differs || before_line_end || text.len() > MAX_TEXT {
        return None;
    }
    let pattern = pattern.replace("\\Z", "\\z");
    let anchored = match called {
        "match" => format!("\\A(?:{pattern})"),
        "fullmatch" => format!("\\A(?:{pattern})\\z"),
        _ => pattern,
    };
    let mut builder = RegexBuilder::new(&anchored);
    builder.size_limit(SIZE_LIMIT);
    if let Some(flags) = flags {
        set_flags(&mut builder, flags)?;
    }
    builder.build().ok()
}

fn set_flags(builder: &mut RegexBuilder, flags: &Value) -> Option<()> {
    match flags {
        Value::Int(0) => {}
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Path(path) => {
                match path.as_str() {
                    "re.I" | "re.IGNORECASE" => builder.case_insensitive(true),
                    "re.M" | "re.MULTILINE" => builder.multi_line(true),
                    "re.S" | "re.DOTALL" => builder.dot_matches_new_line(true),
                    "re.U" | "re.UNICODE" => builder,
                    _ => return None,
                };
            }
            Symbol::Binary { op: BinaryOp::BitOr, left, right } => {
                set_flags(builder, left)?;
                set_flags(builder, right)?;
            }
            _ => return None,
        },
        _ => return None,
    }
    Some(())
}

fn matched(regex: &Regex, captures: &Captures<'_>, text: &str, place: Place) -> Value {
    let chars = |at: usize| Value::Int(text.get(..at).map_or(0, |before| before.chars().count() as i64));
    let groups = captures.iter().map(|found| found.map_or(Value::None, |found| Value::str(found.as_str())));
    let names = regex.capture_names().map(|name| name.map_or(Value::None, Value::str));
    let spans = captures.iter().map(|found| match found {
        Some(found) => Value::tuple(vec![chars(found.start()), chars(found.end())]),
        None => Value::tuple(vec![Value::Int(-1), Value::Int(-1)]),
    });
    let parts = [groups.collect(), names.collect(), spans.collect()].map(Value::tuple);
    let args = Args::values(parts, place);
    Value::Symbol(Arc::new(Symbol::Call(Call { callee: Value::path(MATCH), args, place })))
}

/// A replacement text with `\1`, `\g<name>` and escapes. `None`: it names a group that is not there.
fn expand(template: &str, captures: &Captures<'_>) -> Option<String> {
    let mut out = String::new();
    let mut rest = template.chars().peekable();
    while let Some(c) = rest.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match rest.next()? {
            'g' => {
                (rest.next()? == '<').then_some(())?;
                let mut group = String::new();
                loop {
                    match rest.next()? {
                        '>' => break,
                        c => group.push(c),
                    }
                }
                let found = match group.parse::<usize>() {
                    Ok(at) if at < captures.len() => captures.get(at),
                    Ok(_) => return None,
                    Err(_) => captures.name(&group),
                };
                out.push_str(found.map_or("", |found| found.as_str()));
            }
            digit @ '1'..='9' => {
                let mut at = digit.to_digit(10)? as usize;
                if let Some(second) = rest.peek().and_then(|c| c.to_digit(10)) {
                    at = at * 10 + second as usize;
                    rest.next();
                }
                if at >= captures.len() {
                    return None;
                }
                out.push_str(captures.get(at).map_or("", |found| found.as_str()));
            }
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            '\\' => out.push('\\'),
            c if c.is_ascii_alphanumeric() => return None,
            c => {
                out.push('\\');
                out.push(c);
            }
        }
    }
    Some(out)
}

/// What has a meaning in a pattern gets a backslash.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if "()[]{}?*+-|^$\\.&~# \t\n\r\u{b}\u{c}".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
