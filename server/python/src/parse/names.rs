//! Interning identifiers.

use fact::Name;
use std::cell::RefCell;

const SLOTS: usize = 4096;

thread_local! {
    /// Names that this thread saw last.
    static SEEN: RefCell<Vec<Name>> = const { RefCell::new(Vec::new()) };
}

/// Interns `text`. The files of a project repeat their names, and most are answered here, without the lock of the
/// global table.
pub fn intern(text: &str) -> Name {
    SEEN.with_borrow_mut(|seen| {
        if seen.is_empty() {
            seen.resize(SLOTS, Name::default());
        }
        let Some(name) = seen.get_mut(slot(text)) else { return fact::name(text) };
        if name.as_str() != text {
            *name = fact::name(text);
        }
        *name
    })
}

fn slot(text: &str) -> usize {
    let hash = text.bytes().fold(text.len() as u32, |hash, byte| hash.rotate_left(5) ^ u32::from(byte));
    (hash.wrapping_mul(0x9e37_79b1) >> 20) as usize % SLOTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_its_own() {
        let texts: Vec<String> =
            (0..2000).map(|n| format!("name_{n}")).chain(["".into(), "é".into()]).collect();
        for _ in 0..2 {
            for text in &texts {
                assert_eq!(intern(text), fact::name(text));
                assert_eq!(intern(text).as_str(), text);
            }
        }
    }
}
