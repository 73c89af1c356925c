//! Which handler catches which exception.

use super::Interp;
use super::heap::Object;
use crate::host::{Exception, Host};
use crate::value::Value;
use fact::Name;

/// Built-in exceptions with the class above each.
const PARENTS: &[(&str, &str)] = &[
    ("Exception", "BaseException"),
    ("KeyboardInterrupt", "BaseException"),
    ("SystemExit", "BaseException"),
    ("GeneratorExit", "BaseException"),
    ("ArithmeticError", "Exception"),
    ("AssertionError", "Exception"),
    ("AttributeError", "Exception"),
    ("BufferError", "Exception"),
    ("EOFError", "Exception"),
    ("ExceptionGroup", "Exception"),
    ("ImportError", "Exception"),
    ("LookupError", "Exception"),
    ("MemoryError", "Exception"),
    ("NameError", "Exception"),
    ("OSError", "Exception"),
    ("ReferenceError", "Exception"),
    ("RuntimeError", "Exception"),
    ("StopAsyncIteration", "Exception"),
    ("StopIteration", "Exception"),
    ("SyntaxError", "Exception"),
    ("SystemError", "Exception"),
    ("TypeError", "Exception"),
    ("ValueError", "Exception"),
    ("Warning", "Exception"),
    ("FloatingPointError", "ArithmeticError"),
    ("OverflowError", "ArithmeticError"),
    ("ZeroDivisionError", "ArithmeticError"),
    ("ModuleNotFoundError", "ImportError"),
    ("IndexError", "LookupError"),
    ("KeyError", "LookupError"),
    ("UnboundLocalError", "NameError"),
    ("BlockingIOError", "OSError"),
    ("ChildProcessError", "OSError"),
    ("ConnectionError", "OSError"),
    ("BrokenPipeError", "ConnectionError"),
    ("ConnectionAbortedError", "ConnectionError"),
    ("ConnectionRefusedError", "ConnectionError"),
    ("ConnectionResetError", "ConnectionError"),
    ("EnvironmentError", "OSError"),
    ("FileExistsError", "OSError"),
    ("FileNotFoundError", "OSError"),
    ("IOError", "OSError"),
    ("InterruptedError", "OSError"),
    ("IsADirectoryError", "OSError"),
    ("NotADirectoryError", "OSError"),
    ("PermissionError", "OSError"),
    ("ProcessLookupError", "OSError"),
    ("TimeoutError", "OSError"),
    ("NotImplementedError", "RuntimeError"),
    ("RecursionError", "RuntimeError"),
    ("IndentationError", "SyntaxError"),
    ("TabError", "IndentationError"),
    ("UnicodeError", "ValueError"),
    ("UnicodeDecodeError", "UnicodeError"),
    ("UnicodeEncodeError", "UnicodeError"),
    ("UnicodeTranslateError", "UnicodeError"),
    ("BytesWarning", "Warning"),
    ("DeprecationWarning", "Warning"),
    ("EncodingWarning", "Warning"),
    ("FutureWarning", "Warning"),
    ("ImportWarning", "Warning"),
    ("PendingDeprecationWarning", "Warning"),
    ("ResourceWarning", "Warning"),
    ("RuntimeWarning", "Warning"),
    ("SyntaxWarning", "Warning"),
    ("UnicodeWarning", "Warning"),
    ("UserWarning", "Warning"),
];

pub(super) fn is_builtin_exception(name: &str) -> bool {
    name == "BaseException" || PARENTS.iter().any(|(class, _)| *class == name)
}

fn is_builtin_subclass(class: &str, of: &str) -> bool {
    // Old names of one class.
    let renamed = |name| if matches!(name, "IOError" | "EnvironmentError") { "OSError" } else { name };
    let (mut class, of) = (renamed(class), renamed(of));
    loop {
        if class == of {
            return true;
        }
        match PARENTS.iter().find(|(name, _)| *name == class) {
            Some((_, parent)) => class = parent,
            None => return false,
        }
    }
}

impl<H: Host> Interp<'_, H> {
    /// Whether a handler for `class` catches `exception`; `None`: it cannot be told.
    pub(super) fn catches(&mut self, class: &Value, exception: &Exception) -> Option<bool> {
        if let Value::Tuple(classes) = class {
            let mut all = Some(false);
            for class in classes.iter() {
                match self.catches(class, exception) {
                    Some(true) => return Some(true),
                    Some(false) => {}
                    None => all = None,
                }
            }
            return all;
        }
        match (class, &exception.class) {
            (Value::Builtin(name), _) if name == "BaseException" => Some(true),
            // What is raised is an exception, and only the built-in ones are of another kind.
            (Value::Builtin(name), raised) if name == "Exception" && !matches!(raised, Value::Builtin(_)) => {
                Some(true)
            }
            (class, raised) => self.is_subclass_of(raised, class),
        }
    }

    /// `issubclass(class, of)`
    pub(super) fn is_subclass_of(&mut self, class: &Value, of: &Value) -> Option<bool> {
        if class == of {
            return Some(true);
        }
        match (class, of) {
            (Value::Unknown(_), _) | (_, Value::Unknown(_)) => None,
            (Value::Builtin(class), Value::Builtin(of)) => Some(is_builtin_subclass(class, of)),
            (Value::Object(id), _) => {
                let Object::Class(_) = self.heap.get(*id) else { return None };
                if let Value::Object(of) = of {
                    return Some(self.lineage(*id).contains(of));
                }
                let mut decided = Some(false);
                for base in self.outside_bases(*id) {
                    match self.is_subclass_of(&base, of) {
                        Some(true) => return Some(true),
                        Some(false) => {}
                        None => decided = None,
                    }
                }
                decided
            }
            _ => {
                let path = |value: &Value| -> Option<Name> { value.as_path() };
                match (path(class), path(of)) {
                    (Some(class), Some(of)) => H::is_subclass(class, of),
                    // Exceptions of libraries are no built-in ones, unless they say so.
                    (Some(_), None) if matches!(of, Value::Builtin(_)) => Some(false),
                    (None, Some(_)) if matches!(class, Value::Builtin(_)) => Some(false),
                    _ => None,
                }
            }
        }
    }
}
