//! The hash of an item: deterministic between runs, so that it may be written to disk.

use crate::ast::ItemTree;
use std::hash::{Hash, Hasher};

/// Hash of the nodes of `tree`; spans take no part.
pub fn hash_of(tree: &ItemTree) -> u64 {
    let mut mixer = Mixer(0x51_7c_c1_b7_27_22_0a_95);
    tree.exprs.hash(&mut mixer);
    tree.stmts.hash(&mut mixer);
    tree.root.hash(&mut mixer);
    mixer.finish()
}

/// A multiply-and-fold hasher: every input bit reaches every output bit, at two multiplications a word.
struct Mixer(u64);

const A: u64 = 0x9e37_79b9_7f4a_7c15;
const B: u64 = 0xd6e8_feb8_6659_fd93;

fn fold(a: u64, b: u64) -> u64 {
    let wide = u128::from(a) * u128::from(b);
    (wide as u64) ^ ((wide >> 64) as u64)
}

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        fold(self.0 ^ A, B)
    }

    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.write_u64(u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        for (to, from) in last.iter_mut().zip(rest) {
            *to = *from;
        }
        self.write_u64(u64::from_le_bytes(last) ^ ((bytes.len() as u64) << 56));
    }

    fn write_u8(&mut self, word: u8) {
        self.write_u64(u64::from(word));
    }

    fn write_u32(&mut self, word: u32) {
        self.write_u64(u64::from(word));
    }

    fn write_u64(&mut self, word: u64) {
        // The state is added back so that a product of zero cannot make it forget what came before.
        self.0 = fold(self.0 ^ word, A).wrapping_add(self.0.rotate_left(29));
    }

    fn write_usize(&mut self, word: usize) {
        self.write_u64(word as u64);
    }

    fn write_isize(&mut self, word: isize) {
        self.write_u64(word as u64);
    }
}
