//! Interning identifiers.

use fact::Name;

/// Names that were seen last. A file repeats its names, and this answers without the lock of the global table.
pub struct Names<'t> {
    slots: Box<[(&'t str, Name)]>,
}

const SLOTS: usize = 256;

impl<'t> Names<'t> {
    pub fn new() -> Names<'t> {
        Names { slots: vec![("", Name::default()); SLOTS].into() }
    }

    pub fn intern(&mut self, text: &'t str) -> Name {
        let Some((seen, name)) = self.slots.get_mut(slot(text)) else { return fact::name(text) };
        if *seen != text {
            (*seen, *name) = (text, fact::name(text));
        }
        *name
    }
}

fn slot(text: &str) -> usize {
    let hash = text.bytes().fold(text.len() as u32, |hash, byte| hash.rotate_left(5) ^ u32::from(byte));
    (hash.wrapping_mul(0x9e37_79b1) >> 24) as usize % SLOTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_its_own() {
        let texts: Vec<String> =
            (0..2000).map(|n| format!("name_{n}")).chain(["".into(), "é".into()]).collect();
        let mut names = Names::new();
        for _ in 0..2 {
            for text in &texts {
                assert_eq!(names.intern(text), fact::name(text));
                assert_eq!(names.intern(text).as_str(), text);
            }
        }
    }
}
