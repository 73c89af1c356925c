//! What a revision file says about itself, read without running it.

mod complete;
mod values;

#[cfg(test)]
mod tests;

use crate::graph::Links;
use camino::{Utf8Path, Utf8PathBuf};
use fact::files::ReadError;
use fact::{Fact, FileId, Name, Place, Reason, Unknown, name};
use python::ast::{Expr, Module, Stmt, SyntaxError};
use std::fmt;
use std::sync::Arc;
use values::{Value, Variables};

/// What one file of a versions folder says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisionFile {
    pub path: Utf8PathBuf,
    pub file: FileId,
    /// `revision`, else what the file name says; then the place is the whole file.
    pub revision: Fact<Id>,
    pub down_revision: Ids,
    pub branch_labels: Ids,
    pub depends_on: Ids,
    /// The docstring up to its first blank line.
    pub message: Option<Arc<str>>,
    /// The place of the name, if there is such a function.
    pub upgrade: Fact<Option<Place>>,
    pub downgrade: Fact<Option<Place>>,
    /// Why Alembic could not load the file, or why it cannot be read without running it.
    pub faults: Vec<Fault>,
}

/// A revision id or a branch label and where it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Id {
    pub name: Name,
    pub place: Place,
}

/// The value of `down_revision`, `branch_labels` or `depends_on`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ids {
    /// In the order of the file; none for None.
    pub ids: Fact<Vec<Id>>,
    /// The whole value; `None` if the file does not assign it.
    pub place: Option<Place>,
}

impl Ids {
    pub fn names(&self) -> Vec<Name> {
        self.ids.known().into_iter().flatten().map(|id| id.name).collect()
    }
}

/// Something that keeps a file from being loaded or from being read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub kind: FaultKind,
    pub place: Place,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// The file has no text.
    Unreadable(ReadError),
    /// Bytes of the file, and what is wrong there.
    Syntax(SyntaxError),
    /// No `revision`, and a file name that is no id.
    NoRevision,
    NoDownRevision,
    /// A value that Alembic does not take: the variable, and what it holds.
    WrongType {
        variable: &'static str,
        holds: &'static str,
    },
    /// A value that only running the file would tell.
    Unknown {
        variable: &'static str,
        unknown: Unknown,
    },
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FaultKind::Unreadable(error) => write!(f, "{error}"),
            FaultKind::Syntax(error) => write!(f, "syntax error: {}", error.message),
            FaultKind::NoRevision => {
                write!(f, "it assigns no revision, and its file name is not a revision id")
            }
            FaultKind::NoDownRevision => write!(f, "it assigns no down_revision"),
            FaultKind::WrongType { variable, holds } => {
                write!(f, "{variable} is {holds}, not a string")
            }
            FaultKind::Unknown { variable, unknown } => {
                write!(f, "{variable} is not known: {}", unknown.reason)
            }
        }
    }
}

impl FaultKind {
    /// Whether the file has no certain place in the history: its own id or its parent is at stake.
    pub fn hides_the_graph(&self) -> bool {
        match self {
            FaultKind::Unknown { variable, .. } => matches!(*variable, "revision" | "down_revision"),
            _ => true,
        }
    }
}

impl RevisionFile {
    /// Reads the file at `path` with the syntax `module`: literals, concatenation, constants of the module.
    /// [`RevisionFile::complete`] follows imports.
    pub fn read(path: &Utf8Path, file: FileId, module: &Module) -> RevisionFile {
        let variables = Variables::of(module, file);
        let mut faults = Vec::new();
        for error in module.errors.iter().take(1) {
            faults.push(Fault { kind: FaultKind::Syntax(error.clone()), place: Place::whole_file(file) });
        }
        let mut reader = Reader { file, variables: &variables, faults };
        let revision = reader.revision(path);
        let down_revision = reader.ids("down_revision");
        if down_revision.place.is_none() && down_revision.ids.is_known() {
            reader.fault(FaultKind::NoDownRevision, None);
        }
        let branch_labels = reader.ids("branch_labels");
        let mut depends_on = reader.ids("depends_on");
        // Alembic takes an empty string here for None.
        if let Fact::Known(ids) = &mut depends_on.ids
            && let [only] = ids.as_slice()
            && only.name.is_empty()
        {
            ids.clear();
        }
        RevisionFile {
            path: path.to_owned(),
            file,
            revision,
            down_revision,
            branch_labels,
            depends_on,
            message: message(module),
            upgrade: variables.place(name("upgrade")),
            downgrade: variables.place(name("downgrade")),
            faults: reader.faults,
        }
    }

    /// What remains of a file that has no text.
    pub fn unreadable(path: &Utf8Path, file: FileId, error: ReadError) -> RevisionFile {
        let mut out = RevisionFile::read(path, file, &Module::default());
        let place = Place::whole_file(file);
        let unknown = Unknown::new(Reason::UnreadableRevision(path.as_str().into()), place);
        out.revision = Fact::Unknown(unknown.clone());
        out.upgrade = Fact::Unknown(unknown.clone());
        out.downgrade = Fact::Unknown(unknown.clone());
        for ids in [&mut out.down_revision, &mut out.branch_labels, &mut out.depends_on] {
            ids.ids = Fact::Unknown(unknown.clone());
        }
        let kind = match error {
            // Python knows where the file belongs.
            ReadError::Foreign(_) => FaultKind::Unknown { variable: "revision", unknown },
            error => FaultKind::Unreadable(error),
        };
        out.faults = vec![Fault { kind, place }];
        out
    }

    /// What the graph needs; `None` if the id is not known.
    pub fn links(&self) -> Option<Links> {
        let open = |ids: &Ids| !ids.ids.is_known();
        let undeclared = self.down_revision.place.is_none();
        Some(Links {
            id: self.revision.known()?.name,
            down_revision: self.down_revision.names(),
            branch_labels: self.branch_labels.names(),
            depends_on: self.depends_on.names(),
            open: undeclared
                || open(&self.down_revision)
                || open(&self.branch_labels)
                || open(&self.depends_on),
        })
    }
}

struct Reader<'a> {
    file: FileId,
    variables: &'a Variables,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    fn fault(&mut self, kind: FaultKind, place: Option<Place>) {
        self.faults.push(Fault { kind, place: place.unwrap_or(Place::whole_file(self.file)) });
    }

    fn revision(&mut self, path: &Utf8Path) -> Fact<Id> {
        const VARIABLE: &str = "revision";
        let whole = Place::whole_file(self.file);
        let unreadable = |unknown: Option<Unknown>| {
            let reason = Reason::UnreadableRevision(path.file_name().unwrap_or_default().into());
            Fact::Unknown(unknown.unwrap_or(Unknown::new(reason, whole)))
        };
        match self.variables.get(name(VARIABLE)) {
            Some(Value::Text(text, place)) => Fact::Known(Id { name: name(text), place: *place }),
            Some(Value::Unknown(unknown)) => {
                let kind = FaultKind::Unknown { variable: VARIABLE, unknown: unknown.clone() };
                self.fault(kind, unknown.place);
                unreadable(Some(unknown.clone()))
            }
            Some(other) => {
                let kind = FaultKind::WrongType { variable: VARIABLE, holds: other.describe() };
                self.fault(kind, other.place());
                unreadable(None)
            }
            None => match id_of_file_name(path) {
                Some(id) => Fact::Known(Id { name: name(id), place: whole }),
                None => {
                    self.fault(FaultKind::NoRevision, None);
                    unreadable(None)
                }
            },
        }
    }

    fn ids(&mut self, variable: &'static str) -> Ids {
        let Some(value) = self.variables.get(name(variable)) else {
            return Ids { ids: Fact::Known(Vec::new()), place: None };
        };
        let place = value.place();
        let items = match value {
            Value::Sequence(items, _) => items.as_slice(),
            Value::None(_) => &[],
            one => std::slice::from_ref(one),
        };
        let mut ids = Vec::new();
        let mut unknown = None;
        for item in items {
            match item {
                Value::Text(text, place) => ids.push(Id { name: name(text), place: *place }),
                Value::Unknown(why) => {
                    let kind = FaultKind::Unknown { variable, unknown: why.clone() };
                    self.fault(kind, why.place);
                    unknown.get_or_insert(why.clone());
                }
                other => {
                    let kind = FaultKind::WrongType { variable, holds: other.describe() };
                    self.fault(kind, other.place());
                    let reason = Reason::UnreadableArgument(variable.into());
                    unknown.get_or_insert(Unknown { reason, place: other.place() });
                }
            }
        }
        Ids { ids: unknown.map_or(Fact::Known(ids), Fact::Unknown), place }
    }
}

/// Alembic's oldest files have no `revision`: a name of hexadecimal digits alone is the id.
fn id_of_file_name(path: &Utf8Path) -> Option<&str> {
    let stem = path.file_name()?.strip_suffix(".py")?;
    let hexadecimal = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    (!stem.is_empty() && stem.bytes().all(hexadecimal)).then_some(stem)
}

fn message(module: &Module) -> Option<Arc<str>> {
    let tree = &module.items.first()?.tree;
    let Stmt::Expr(expr) = tree.stmt(tree.root?) else { return None };
    let Expr::Str(text) = tree.expr(*expr) else { return None };
    let text = text.trim();
    let first = text.split("\n\n").next().unwrap_or(text);
    (!first.is_empty()).then(|| Arc::from(first))
}
