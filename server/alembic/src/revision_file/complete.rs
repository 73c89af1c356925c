//! Asking the evaluator for what literals do not tell: constants of other modules, values that code computes.

use super::{Fault, FaultKind, Id, Ids, RevisionFile, id_of_file_name};
use fact::{Fact, Name, Place, Reason, Unknown, name};
use python::eval::{Budget, Interp};
use python::host::Host;
use python::modules::{SourceModule, Sources, Trace};
use python::value::{Part, Value};
use std::sync::Arc;

/// What four names of a module may cost.
const BUDGET: Budget = Budget { steps: 50_000, depth: 30, forks: 4 };

impl RevisionFile {
    /// Whether [`RevisionFile::complete`] may find out more.
    pub fn is_incomplete(&self) -> bool {
        let asked = |fault: &Fault| matches!(fault.kind, FaultKind::Unknown { .. });
        let without_text = |fault: &Fault| matches!(fault.kind, FaultKind::Unreadable(_));
        let functions = self.upgrade.is_known() && self.downgrade.is_known();
        self.faults.iter().any(asked) || !functions && !self.faults.iter().any(without_text)
    }

    /// Evaluates what literals do not tell; `source` is this file, `sources` are the modules that it may import.
    ///
    /// The answer holds as long as the trace does.
    pub fn complete(&mut self, source: &Arc<SourceModule>, sources: &dyn Sources) -> Trace {
        let mut interp = Interp::new(Constants, sources, BUDGET);
        let mut ask = |variable: &str| {
            interp.module_attribute(source, name(variable)).map(|value| interp.freeze(&value))
        };
        if self.is_asked("revision") {
            self.complete_revision(ask("revision"));
        }
        for variable in ["down_revision", "branch_labels", "depends_on"] {
            if self.is_asked(variable) {
                let value = ask(variable);
                self.complete_ids(variable, value);
            }
        }
        for variable in ["upgrade", "downgrade"] {
            let slot = if variable == "upgrade" { &mut self.upgrade } else { &mut self.downgrade };
            let Fact::Unknown(unknown) = slot else { continue };
            *slot = match ask(variable) {
                None => Fact::Known(None),
                Some(value) if value.as_unknown().is_some() => continue,
                Some(_) => Fact::Known(unknown.place),
            };
        }
        interp.into_parts().1
    }

    fn is_asked(&self, variable: &str) -> bool {
        let asks =
            |fault: &Fault| matches!(fault.kind, FaultKind::Unknown { variable: of, .. } if of == variable);
        self.faults.iter().any(asks)
    }

    fn forget_faults(&mut self, variable: &str) {
        self.faults.retain(|fault| match fault.kind {
            FaultKind::Unknown { variable: of, .. } | FaultKind::WrongType { variable: of, .. } => {
                of != variable
            }
            _ => true,
        });
    }

    fn complete_revision(&mut self, value: Option<Value>) {
        const VARIABLE: &str = "revision";
        self.forget_faults(VARIABLE);
        let whole = Place::whole_file(self.file);
        let place = self.revision.unknown().and_then(|unknown| unknown.place).unwrap_or(whole);
        let kind = match value {
            None => match id_of_file_name(&self.path) {
                Some(id) => {
                    self.revision = Fact::Known(Id { name: name(id), place: whole });
                    return;
                }
                None => FaultKind::NoRevision,
            },
            Some(value) => match text(VARIABLE, &value, place) {
                Ok(id) => {
                    self.revision = Fact::Known(Id { name: id, place });
                    return;
                }
                Err(kind) => kind,
            },
        };
        self.faults.push(Fault { kind, place });
    }

    fn complete_ids(&mut self, variable: &'static str, value: Option<Value>) {
        self.forget_faults(variable);
        let file = self.file;
        let slot = match variable {
            "down_revision" => &mut self.down_revision,
            "branch_labels" => &mut self.branch_labels,
            _ => &mut self.depends_on,
        };
        let place = slot.place.unwrap_or(Place::whole_file(file));
        let Some(value) = value else {
            *slot = Ids { ids: Fact::Known(Vec::new()), place: None };
            if variable == "down_revision" {
                self.faults.push(Fault { kind: FaultKind::NoDownRevision, place: Place::whole_file(file) });
            }
            return;
        };
        let items = match &value {
            Value::None => &[],
            value => value.as_items().unwrap_or(std::slice::from_ref(value)),
        };
        let ids: Result<Vec<Id>, FaultKind> =
            items.iter().map(|item| Ok(Id { name: text(variable, item, place)?, place })).collect();
        match ids {
            Ok(ids) => slot.ids = Fact::Known(ids),
            Err(kind) => self.faults.push(Fault { kind, place }),
        }
    }
}

/// The value as a text, or what is wrong with it.
fn text(variable: &'static str, value: &Value, place: Place) -> Result<Name, FaultKind> {
    let unknown = |unknown: Unknown| Err(FaultKind::Unknown { variable, unknown });
    match value {
        Value::Str(text) => Ok(name(text)),
        Value::Unknown(why) => unknown((**why).clone()),
        Value::Partial(parts) => {
            let why = parts.iter().find_map(|part| match part {
                Part::Unknown(why) => Some((**why).clone()),
                Part::Text(_) => None,
            });
            unknown(why.unwrap_or_else(|| Unknown::new(Reason::UnsupportedSyntax("this text".into()), place)))
        }
        Value::Symbol(symbol) => {
            let path = symbol.root().map_or("a value", |root| root.as_str());
            unknown(Unknown::new(Reason::OutsideProject(path.into()), place))
        }
        other => Err(FaultKind::WrongType { variable, holds: describe(other) }),
    }
}

fn describe(value: &Value) -> &'static str {
    match value {
        Value::None => "None",
        Value::Bool(_) => "a boolean",
        Value::Int(_) | Value::Float(_) => "a number",
        Value::Bytes(_) => "a bytes object",
        Value::Dict(_) => "a dictionary",
        Value::Tuple(_) | Value::List(_) | Value::Set(_) => "a sequence",
        Value::Function(_) | Value::Method(_) => "a function",
        Value::Module(_) => "a module",
        _ => "an object",
    }
}

/// Nothing from outside the project has a value here.
struct Constants;

impl Host for Constants {
    type State = ();

    fn save(&self) {}

    fn restore(&mut self, (): ()) {}

    fn join((): (), (): (), _: &Unknown) {}
}
