//! Number literals.

use crate::ast::Expr;

/// The value of an integer literal (or of a complex one without a point), or what is wrong with it.
pub fn integer(text: &str) -> Result<Expr, &'static str> {
    let bytes = text.as_bytes();
    if bytes.ends_with(b"_") || text.contains("__") {
        return Err("an underscore in a number must stand between two digits");
    }
    let radix = match bytes {
        [b'0', b'x' | b'X', ..] => 16,
        [b'0', b'o' | b'O', ..] => 8,
        [b'0', b'b' | b'B', ..] => 2,
        _ => 10,
    };
    match bytes.last() {
        Some(b'l' | b'L') => return Err("`L` after a number is Python 2"),
        Some(b'j' | b'J') => return Ok(Expr::Complex),
        _ => {}
    }
    let digits = if radix == 10 { text } else { text.get(2..).unwrap_or_default() };
    let mut value = Some(0i64);
    for digit in digits.chars().filter_map(|c| c.to_digit(radix)) {
        value =
            value.and_then(|v| v.checked_mul(i64::from(radix))).and_then(|v| v.checked_add(i64::from(digit)));
    }
    if radix == 10 && digits.starts_with('0') && value != Some(0) {
        return Err("a decimal number cannot start with 0; an octal one starts with 0o");
    }
    Ok(Expr::Int(value))
}

/// The value of a literal with a point or an exponent.
pub fn float(text: &str) -> Result<Expr, &'static str> {
    let bytes = text.as_bytes();
    if bytes.last().is_some_and(|b| matches!(b, b'j' | b'J')) {
        return Ok(Expr::Complex);
    }
    let stray = bytes.iter().enumerate().any(|(index, b)| {
        let digit = |at: Option<&u8>| at.is_some_and(u8::is_ascii_digit);
        *b == b'_' && !(digit(index.checked_sub(1).and_then(|i| bytes.get(i))) && digit(bytes.get(index + 1)))
    });
    if stray {
        return Err("an underscore in a number must stand between two digits");
    }
    let value = text.replace('_', "").parse::<f64>().map_err(|_| "this number cannot be read")?;
    Ok(Expr::Float(value.to_bits()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_integer(text: &str, expected: Result<Option<i64>, ()>) {
        let actual = integer(text).map(|expr| match expr {
            Expr::Int(value) => value,
            other => panic!("{text} is {other:?}"),
        });
        assert_eq!(actual.map_err(|_| ()), expected, "{text}");
    }

    #[test]
    fn integers() {
        for (text, value) in [
            ("0", 0),
            ("00", 0),
            ("0_0", 0),
            ("7", 7),
            ("1_000", 1000),
            ("0x1F", 31),
            ("0X_ff", 255),
            ("0o17", 15),
            ("0b101", 5),
            ("0B1_0", 2),
            ("9223372036854775807", i64::MAX),
        ] {
            check_integer(text, Ok(Some(value)));
        }
        for text in ["9223372036854775808", "0x1_0000_0000_0000_0000", "99999999999999999999999"] {
            check_integer(text, Ok(None));
        }
        for text in ["10L", "0xFFl", "0777", "1__0", "1_", "09"] {
            check_integer(text, Err(()));
        }
        assert_eq!(integer("3j"), Ok(Expr::Complex));
        assert_eq!(integer("08J"), Ok(Expr::Complex));
    }

    fn check_float(text: &str, expected: Option<f64>) {
        assert_eq!(float(text).ok(), expected.map(|value| Expr::Float(value.to_bits())), "{text}");
    }

    #[test]
    fn floats() {
        for (text, value) in [
            ("1.", 1.0),
            (".5", 0.5),
            ("1.5e3", 1500.0),
            ("1E-2", 0.01),
            ("1_0.2_5", 10.25),
            ("007.5", 7.5),
            ("1e400", f64::INFINITY),
        ] {
            check_float(text, Some(value));
        }
        for text in ["1_.5", "1._5", "1__0.0", "1e1_"] {
            check_float(text, None);
        }
        assert_eq!(float("1.5j"), Ok(Expr::Complex));
    }
}
