//! How something was written, where that says more than what it means.

use crate::Type;
use fact::Name;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// A type as the call that was written: `sqlalchemy.VARCHAR(length=5)` where the type is just a string of that length.
///
/// A spelling is no fact of the schema: all are equal and none adds to a hash; to [`fact::same`] they differ. It knows the
/// type that it spells, so a column whose type has become another one has no spelling.
#[derive(Debug, Clone, Default)]
pub struct Spelling(Option<Arc<(Type, Term)>>);

/// A constant, a name by its full path, or a call of one.
#[derive(Debug, Clone, PartialEq)]
pub enum Term {
    None,
    Bool(bool),
    Int(i64),
    Text(Arc<str>),
    List(Vec<Term>),
    Tuple(Vec<Term>),
    /// `sqlalchemy.dialects.postgresql.JSONB`
    Path(Arc<str>),
    Call {
        callee: Box<Term>,
        args: Vec<Term>,
        keywords: Vec<(Name, Term)>,
    },
    /// `sa.String().with_variant`
    Member {
        of: Box<Term>,
        name: Name,
    },
}

impl Spelling {
    /// The type was written as `term`.
    pub fn new(ty: Type, term: Term) -> Spelling {
        Spelling(Some(Arc::new((ty, term))))
    }

    /// How `ty` was written, if it is this type that was.
    pub fn of(&self, ty: &Type) -> Option<&Term> {
        self.0.as_deref().filter(|(spelled, _)| spelled == ty).map(|(_, term)| term)
    }
}

impl PartialEq for Spelling {
    fn eq(&self, other: &Spelling) -> bool {
        !fact::is_strict() || self.0 == other.0
    }
}

impl Eq for Spelling {}

impl Hash for Spelling {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spelling_belongs_to_one_type() {
        let varchar = Term::Path("sqlalchemy.VARCHAR".into());
        let spelling = Spelling::new(Type::string(None), varchar.clone());
        assert_eq!(spelling.of(&Type::string(None)), Some(&varchar));
        assert_eq!(spelling.of(&Type::string(Some(5))), None);
        assert_eq!(Spelling::default().of(&Type::string(None)), None);
    }

    #[test]
    fn caches_tell_spellings_apart() {
        let spelled = |path: &str| Spelling::new(Type::string(None), Term::Path(path.into()));
        for (other, same) in [("sqlalchemy.VARCHAR", true), ("sqlalchemy.String", false)] {
            let (a, b) = (spelled("sqlalchemy.VARCHAR"), spelled(other));
            assert_eq!((a == b, fact::same(&a, &b)), (true, same), "{other}");
        }
    }

    #[test]
    fn spellings_do_not_disturb_equality() {
        let spelling = Spelling::new(Type::Integer, Term::Path("sqlalchemy.INTEGER".into()));
        assert_eq!(spelling, Spelling::default());
    }
}
