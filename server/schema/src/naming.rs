//! SQLAlchemy's naming conventions and the names that they make.

use std::sync::Arc;

/// `MetaData(naming_convention=...)`: templates by kind.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct NamingConvention {
    pub ix: Option<Arc<str>>,
    pub uq: Option<Arc<str>>,
    pub ck: Option<Arc<str>>,
    pub fk: Option<Arc<str>>,
    pub pk: Option<Arc<str>>,
}
