//! Patterns of paths: `*` within a name, `**` across folders, `?` one character.

/// Does the path, with `/`, match? A pattern without a slash is about the file's name, one of a folder about all in it.
pub(crate) fn matches(pattern: &str, path: &str) -> bool {
    let pattern = pattern.trim_start_matches("./");
    if !pattern.trim_end_matches('/').contains('/') && !pattern.ends_with('/') {
        let name = path.rsplit('/').next().unwrap_or(path);
        return fits(pattern.as_bytes(), name.as_bytes()) || fits(pattern.as_bytes(), path.as_bytes());
    }
    if pattern.ends_with('/') {
        return fits(format!("{pattern}**").as_bytes(), path.as_bytes());
    }
    fits(pattern.as_bytes(), path.as_bytes())
}

/// Iterative with one place to come back to per kind of star, so that no pattern takes more than `p * t` steps per kind.
fn fits(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    let mut wide: Option<(usize, usize)> = None;
    loop {
        match (pattern.get(p), text.get(t)) {
            (Some(b'*'), _) if pattern.get(p + 1) == Some(&b'*') => {
                // `**/` stands for no folder at all, too.
                p += if pattern.get(p + 2) == Some(&b'/') { 3 } else { 2 };
                wide = Some((p, t));
                star = None;
                continue;
            }
            (Some(b'*'), _) => {
                p += 1;
                star = Some((p, t));
                continue;
            }
            (None, None) => return true,
            (Some(b'?'), Some(byte)) if *byte != b'/' => {
                p += 1;
                t += 1;
                continue;
            }
            (Some(wanted), Some(byte)) if wanted == byte => {
                p += 1;
                t += 1;
                continue;
            }
            _ => {}
        }
        if let Some((after, from)) = star
            && text.get(from).is_some_and(|byte| *byte != b'/')
        {
            star = Some((after, from + 1));
            (p, t) = (after, from + 1);
        } else if let Some((after, from)) = wide
            && from < text.len()
        {
            wide = Some((after, from + 1));
            star = None;
            (p, t) = (after, from + 1);
        } else {
            return false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_pattern(pattern: &str, yes: &[&str], no: &[&str]) {
        for path in yes {
            assert!(matches(pattern, path), "{pattern} {path}");
        }
        for path in no {
            assert!(!matches(pattern, path), "{pattern} {path}");
        }
    }

    #[test]
    fn patterns() {
        check_pattern("a.py", &["a.py", "x/a.py", "x/y/a.py"], &["b.py", "a.py/b"]);
        check_pattern("*_init.py", &["1_init.py", "v/1_init.py"], &["v/init.py"]);
        check_pattern("v/*.py", &["v/a.py"], &["v/w/a.py", "a.py"]);
        check_pattern("./v/?.py", &["v/a.py"], &["v/ab.py", "v//.py"]);
        check_pattern("v/", &["v/a.py", "v/w/a.py"], &["w/a.py"]);
        check_pattern("**/v/*.py", &["v/a.py", "x/y/v/a.py"], &["x/v/w/a.py"]);
        check_pattern("v/**/a*.py", &["v/a.py", "v/x/y/a1.py"], &["v/x/b.py"]);
        check_pattern("*", &["a", "x/y"], &[]);
        check_pattern("v/**", &["v/a", "v/x/y"], &["w"]);
        check_pattern("", &[], &["a"]);
        check_pattern(&"*a".repeat(30), &[], &[&"a".repeat(29)]);
    }
}
