//! Why a fact is unknown, in words for the person who could make it known.

use crate::Place;
use std::fmt;
use std::sync::Arc;

/// A fact that could not be read: why, and where the trail ends.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Unknown {
    pub reason: Reason,
    /// `None` where no source text is to blame (an unset dialect, say).
    pub place: Option<Place>,
}

impl Unknown {
    pub fn new(reason: Reason, place: Place) -> Unknown {
        Unknown { reason, place: Some(place) }
    }

    pub fn nowhere(reason: Reason) -> Unknown {
        Unknown { reason, place: None }
    }
}

/// The closed list of reasons: each has a text and a remedy, and `check --statistics` counts by them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The answer depends on a test that cannot be decided.
    UndecidedTest,
    /// A loop whose number of rounds is not known.
    UnknownLoop,
    /// Code from outside the project: the dotted path.
    OutsideProject(Arc<str>),
    /// A module that was looked for under the source roots and is not there.
    ModuleNotFound(Arc<str>),
    /// A name that no statement of the module binds.
    NameNotFound(Arc<str>),
    /// A value read from the environment, the clock, a random source or the command line.
    Environment(Arc<str>),
    /// Rows of the database decide.
    Rows,
    /// Python that the evaluator does not model: the construct.
    UnsupportedSyntax(Arc<str>),
    /// The text does not parse here.
    SyntaxError,
    /// An argument whose value the reader of this call does not understand.
    UnreadableArgument(Arc<str>),
    /// SQL that cannot be read.
    UnreadableSql(Arc<str>),
    /// An `op` directive that Alembic itself does not have.
    UnknownDirective(Arc<str>),
    /// The database picks the value and no dialect is configured.
    NoDialect,
    /// The supported versions of the dialect differ.
    VersionDependent,
    /// The database picks the value and does not say how.
    ServerMade,
    /// No revision created the object; it was there before the history began.
    Assumed,
    /// As [`Reason::Assumed`], and the program declares what it makes before its first migration.
    ProgramMade,
    /// The evaluation took more steps than its budget allows.
    Budget,
    /// An exception of the evaluated code ended what was being computed.
    Raised(Arc<str>),
    /// A revision that could not be read stands before this point.
    UnreadableRevision(Arc<str>),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::UndecidedTest => {
                write!(f, "it depends on a test that cannot be decided without running it")
            }
            Reason::UnknownLoop => write!(f, "it depends on a loop whose items are not known"),
            Reason::OutsideProject(path) => write!(f, "it comes from {path}, outside the project"),
            Reason::ModuleNotFound(module) => {
                write!(f, "module {module} was not found under the source roots")
            }
            Reason::NameNotFound(name) => write!(f, "nothing binds the name {name}"),
            Reason::Environment(what) => write!(f, "it depends on {what}"),
            Reason::Rows => write!(f, "it depends on rows of the database"),
            Reason::UnsupportedSyntax(what) => write!(f, "{what} cannot be evaluated"),
            Reason::SyntaxError => write!(f, "the text has a syntax error"),
            Reason::UnreadableArgument(what) => write!(f, "{what} cannot be read"),
            Reason::UnreadableSql(start) => write!(f, "the SQL cannot be read: {start}"),
            Reason::UnknownDirective(op) => write!(f, "{op} is not one of Alembic's own directives"),
            Reason::NoDialect => write!(f, "the database decides, and no dialect is configured"),
            Reason::VersionDependent => write!(f, "versions of the database differ"),
            Reason::ServerMade => write!(f, "the database makes it up"),
            Reason::Assumed => write!(f, "no revision created it"),
            Reason::ProgramMade => write!(f, "no revision created it, the program does"),
            Reason::Budget => write!(f, "evaluating it took too many steps"),
            Reason::Raised(what) => write!(f, "it raises {what}"),
            Reason::UnreadableRevision(rev) => write!(f, "revision {rev} cannot be read"),
        }
    }
}

impl Reason {
    /// A stable key for counting.
    pub fn key(&self) -> &'static str {
        match self {
            Reason::UndecidedTest => "undecided-test",
            Reason::UnknownLoop => "unknown-loop",
            Reason::OutsideProject(_) => "outside-project",
            Reason::ModuleNotFound(_) => "module-not-found",
            Reason::NameNotFound(_) => "name-not-found",
            Reason::Environment(_) => "environment",
            Reason::Rows => "rows",
            Reason::UnsupportedSyntax(_) => "unsupported-syntax",
            Reason::SyntaxError => "syntax-error",
            Reason::UnreadableArgument(_) => "unreadable-argument",
            Reason::UnreadableSql(_) => "unreadable-sql",
            Reason::UnknownDirective(_) => "unknown-directive",
            Reason::NoDialect => "no-dialect",
            Reason::VersionDependent => "version-dependent",
            Reason::ServerMade => "server-made",
            Reason::Assumed => "assumed",
            Reason::ProgramMade => "program-made",
            Reason::Budget => "budget",
            Reason::Raised(_) => "raised",
            Reason::UnreadableRevision(_) => "unreadable-revision",
        }
    }

    /// No revision created the object, whatever else is known of it.
    pub fn is_assumed(&self) -> bool {
        matches!(self, Reason::Assumed | Reason::ProgramMade)
    }

    /// What the user can do to make the fact known.
    pub fn remedy(&self) -> &'static str {
        match self {
            Reason::ModuleNotFound(_) => {
                "add the folder that holds it to source-roots under [tool.foreshot.paths]"
            }
            Reason::NoDialect => "name the database with dialects = [...] or --dialect",
            Reason::VersionDependent => "give the version too, as in postgresql:16",
            Reason::SyntaxError | Reason::UnreadableRevision(_) => "fix the syntax error",
            Reason::NameNotFound(_) => "check the spelling of the name",
            Reason::OutsideProject(_) => {
                "name the Python environment that has it with python under [tool.foreshot.paths] or --python; \
                 failing that, write the operation out in the migration"
            }
            Reason::UnknownDirective(_) => {
                "write the operation out in the migration, or accept that its effect stays unknown"
            }
            Reason::Assumed | Reason::ProgramMade => {
                "create the table in a first revision, or accept that what it lacks is not judged"
            }
            Reason::UnreadableSql(_) => "use the op directive for this change, or simpler SQL",
            _ => "use literal values or constants of the project here",
        }
    }
}
