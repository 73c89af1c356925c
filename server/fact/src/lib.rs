//! What every layer shares: where a fact was read ([`Place`]) and what it means not to know one ([`Fact`]).

pub mod files;
mod place;
mod reason;
mod same;

pub use place::{FileId, NodeId, Place};
pub use reason::{Reason, Unknown};
pub use same::{is_strict, same, strictly};

/// An interned identifier: comparing two is comparing two pointers.
pub type Name = ustr::Ustr;

/// Interns `text`.
pub fn name(text: &str) -> Name {
    ustr::ustr(text)
}

/// A value that was read, or the reason why it could not be.
///
/// Two unknown facts are equal: neither says anything, so nothing distinguishes them.
#[derive(Debug, Clone)]
pub enum Fact<T> {
    Known(T),
    Unknown(Unknown),
}

impl<T> Fact<T> {
    pub fn known(&self) -> Option<&T> {
        match self {
            Fact::Known(value) => Some(value),
            Fact::Unknown(_) => None,
        }
    }

    pub fn unknown(&self) -> Option<&Unknown> {
        match self {
            Fact::Known(_) => None,
            Fact::Unknown(unknown) => Some(unknown),
        }
    }

    pub fn is_known(&self) -> bool {
        matches!(self, Fact::Known(_))
    }

    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Fact<U> {
        match self {
            Fact::Known(value) => Fact::Known(f(value)),
            Fact::Unknown(unknown) => Fact::Unknown(unknown),
        }
    }

    pub fn as_ref(&self) -> Fact<&T> {
        match self {
            Fact::Known(value) => Fact::Known(value),
            Fact::Unknown(unknown) => Fact::Unknown(unknown.clone()),
        }
    }

    /// What remains certain when either of two facts may hold: the fact itself if they agree, `because` if not.
    pub fn join(self, other: &Fact<T>, because: &Unknown) -> Fact<T>
    where
        T: PartialEq,
    {
        match (&self, other) {
            (Fact::Known(a), Fact::Known(b)) if a == b => self,
            (Fact::Unknown(_), _) => self,
            _ => Fact::Unknown(because.clone()),
        }
    }
}

impl<T> From<T> for Fact<T> {
    fn from(value: T) -> Self {
        Fact::Known(value)
    }
}

impl<T: PartialEq> PartialEq for Fact<T> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Fact::Known(a), Fact::Known(b)) => a == b,
            (Fact::Unknown(a), Fact::Unknown(b)) => !is_strict() || a == b,
            _ => false,
        }
    }
}

impl<T: Eq> Eq for Fact<T> {}

impl<T: std::hash::Hash> std::hash::Hash for Fact<T> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.known().hash(state);
    }
}
