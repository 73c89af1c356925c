//! The mini-language of format specifications: `[[fill]align][sign][#][0][width][,][.precision][type]`.

use crate::value::Value;

/// Widths and precisions above this are no text that anybody reads.
const MAX_WIDTH: usize = 10_000;

#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Spec {
    pub fill: Option<char>,
    pub align: Option<char>,
    pub sign: Option<char>,
    pub alternate: bool,
    pub zero: bool,
    pub width: usize,
    pub grouping: Option<char>,
    pub precision: Option<usize>,
    pub kind: Option<char>,
}

impl Spec {
    /// `None`: no specification of built-in types.
    pub fn parse(text: &str) -> Option<Spec> {
        let mut spec = Spec::default();
        let mut chars = text.chars().peekable();
        let is_align = |c: char| matches!(c, '<' | '>' | '^' | '=');
        let mut ahead = text.chars();
        match (ahead.next(), ahead.next()) {
            (fill, Some(align)) if is_align(align) => {
                (spec.fill, spec.align) = (fill, Some(align));
                chars.nth(1);
            }
            (Some(align), _) if is_align(align) => {
                spec.align = Some(align);
                chars.next();
            }
            _ => {}
        }
        spec.sign = chars.next_if(|c| matches!(c, '+' | '-' | ' '));
        spec.alternate = chars.next_if_eq(&'#').is_some();
        spec.zero = chars.next_if_eq(&'0').is_some();
        let number = |chars: &mut std::iter::Peekable<std::str::Chars<'_>>| -> Option<Option<usize>> {
            let mut digits = String::new();
            while let Some(digit) = chars.next_if(char::is_ascii_digit) {
                digits.push(digit);
            }
            if digits.is_empty() {
                return Some(None);
            }
            digits.parse().ok().filter(|number| *number <= MAX_WIDTH).map(Some)
        };
        spec.width = number(&mut chars)?.unwrap_or(0);
        spec.grouping = chars.next_if(|c| matches!(c, ',' | '_'));
        if chars.next_if_eq(&'.').is_some() {
            spec.precision = Some(number(&mut chars)??);
        }
        spec.kind = chars.next();
        chars.next().is_none().then_some(spec)
    }

    /// The text of a number or string; `None` where Python would refuse, or is not followed.
    pub fn format(&self, value: &Value) -> Option<String> {
        match value {
            Value::Str(text) => self.text(text),
            Value::Bool(_) | Value::Int(_) => {
                let int = value.as_int()?;
                match self.kind {
                    None | Some('d' | 'b' | 'o' | 'x' | 'X' | 'n') => self.integer(int),
                    Some('c') => {
                        let c = char::from_u32(u32::try_from(int).ok()?)?;
                        Some(self.pad(&c.to_string(), '<'))
                    }
                    Some(_) => self.float(int as f64),
                }
            }
            Value::Float(float) => self.float(*float),
            _ => None,
        }
    }

    fn text(&self, text: &str) -> Option<String> {
        if !matches!(self.kind, None | Some('s')) || self.sign.is_some() || self.align == Some('=') {
            return None;
        }
        let cut: String = match self.precision {
            Some(precision) => text.chars().take(precision).collect(),
            None => text.to_owned(),
        };
        Some(self.pad(&cut, '<'))
    }

    fn integer(&self, int: i64) -> Option<String> {
        if self.precision.is_some() {
            return None;
        }
        let magnitude = int.unsigned_abs();
        let (prefix, digits) = match self.kind {
            Some('b') => ("0b", format!("{magnitude:b}")),
            Some('o') => ("0o", format!("{magnitude:o}")),
            Some('x') => ("0x", format!("{magnitude:x}")),
            Some('X') => ("0X", format!("{magnitude:X}")),
            _ => ("", magnitude.to_string()),
        };
        let group = if matches!(self.kind, None | Some('d' | 'n')) { 3 } else { 4 };
        Some(self.signed(int < 0, if self.alternate { prefix } else { "" }, self.grouped(&digits, group)))
    }

    fn float(&self, float: f64) -> Option<String> {
        let magnitude = float.abs();
        let precision = self.precision.unwrap_or(6);
        let body = match self.kind {
            _ if magnitude.is_nan() => "nan".to_owned(),
            _ if magnitude.is_infinite() => "inf".to_owned(),
            None if self.precision.is_none() => float_repr(magnitude),
            None => {
                let general = general(magnitude, precision);
                let is_whole = general.bytes().all(|b| b.is_ascii_digit());
                if is_whole { format!("{general}.0") } else { general }
            }
            Some('f' | 'F') => format!("{magnitude:.precision$}"),
            Some('%') => format!("{:.precision$}%", magnitude * 100.0),
            Some('e') => exponent(magnitude, precision),
            Some('E') => exponent(magnitude, precision).to_uppercase(),
            Some('g' | 'n') => general(magnitude, precision),
            Some('G') => general(magnitude, precision).to_uppercase(),
            _ => return None,
        };
        let (whole, rest) = match body.find(|c: char| !c.is_ascii_digit()) {
            Some(at) => body.split_at(at),
            None => (body.as_str(), ""),
        };
        let negative = float.is_sign_negative() && !float.is_nan();
        Some(self.signed(negative, "", format!("{}{rest}", self.grouped(whole, 3))))
    }

    fn grouped(&self, digits: &str, group: usize) -> String {
        let Some(separator) = self.grouping else { return digits.to_owned() };
        let mut out = String::with_capacity(digits.len() * 2);
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(group) {
                out.push(separator);
            }
            out.push(digit);
        }
        out
    }

    fn signed(&self, negative: bool, prefix: &str, digits: String) -> String {
        let sign = match (negative, self.sign) {
            (true, _) => "-",
            (false, Some('+')) => "+",
            (false, Some(' ')) => " ",
            (false, _) => "",
        };
        let head = format!("{sign}{prefix}");
        let zeros = self.zero && self.align.is_none();
        if zeros || self.align == Some('=') {
            let fill = self.fill.unwrap_or(if zeros { '0' } else { ' ' });
            let missing = self.width.saturating_sub(head.chars().count() + digits.chars().count());
            let filling: String = std::iter::repeat_n(fill, missing).collect();
            return format!("{head}{filling}{digits}");
        }
        self.pad(&format!("{head}{digits}"), '>')
    }

    fn pad(&self, text: &str, default: char) -> String {
        let missing = self.width.saturating_sub(text.chars().count());
        let fill = self.fill.unwrap_or(if self.zero { '0' } else { ' ' });
        let (left, right) = match self.align.unwrap_or(default) {
            '>' => (missing, 0),
            '^' => (missing / 2, missing - missing / 2),
            _ => (0, missing),
        };
        let filling = |count| std::iter::repeat_n(fill, count).collect::<String>();
        format!("{}{text}{}", filling(left), filling(right))
    }
}

/// Digits and exponent as Python's `repr` of a float has them.
pub(super) fn float_repr(float: f64) -> String {
    if float.is_nan() {
        return "nan".into();
    }
    if float.is_infinite() {
        return if float > 0.0 { "inf".into() } else { "-inf".into() };
    }
    let shortest = format!("{float:e}");
    let exponent =
        shortest.split_once('e').and_then(|(_, exponent)| exponent.parse::<i32>().ok()).unwrap_or(0);
    if (-4..16).contains(&exponent) {
        return format!("{float:?}");
    }
    let mantissa = shortest.split_once('e').map_or(shortest.as_str(), |(mantissa, _)| mantissa);
    scientific(mantissa, exponent)
}

fn scientific(mantissa: &str, exponent: i32) -> String {
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.unsigned_abs())
}

fn split_exponent(float: f64, precision: usize) -> (String, i32) {
    let text = format!("{float:.precision$e}");
    match text.split_once('e') {
        Some((mantissa, exponent)) => (mantissa.to_owned(), exponent.parse().unwrap_or(0)),
        None => (text, 0),
    }
}

fn exponent(float: f64, precision: usize) -> String {
    let (mantissa, exponent) = split_exponent(float, precision);
    scientific(&mantissa, exponent)
}

fn general(float: f64, precision: usize) -> String {
    let precision = precision.max(1);
    let (mantissa, exponent) = split_exponent(float, precision - 1);
    let trim = |text: &str| match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text.to_owned(),
    };
    if exponent < -4 || exponent >= i32::try_from(precision).unwrap_or(i32::MAX) {
        return scientific(&trim(&mantissa), exponent);
    }
    let decimals = usize::try_from(i32::try_from(precision).unwrap_or(i32::MAX) - 1 - exponent).unwrap_or(0);
    trim(&format!("{float:.decimals$}"))
}
