//! What the evaluator asks of its surroundings.

use crate::eval::{Flow, Interp};
use crate::value::{Args, Value};
use fact::{Name, Place, Unknown};

/// A Python exception, or the end of the evaluation.
#[derive(Debug, Clone, PartialEq)]
pub enum Raise {
    Exception(Exception),
    /// No handler catches this: what follows is not known.
    Stop(Unknown),
    /// The body of a `with` leaves through the generator that manages it.
    #[doc(hidden)]
    Leave(Box<Flow>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Exception {
    /// The class: a built-in, a symbol, or a class of the project.
    pub class: Value,
    pub args: Vec<Value>,
    pub place: Place,
}

pub type Eval<T = Value> = Result<T, Raise>;

/// Gives meaning to what comes from outside the project.
///
/// Methods take the whole interpreter, so that a host can look into the heap and call functions of the project; its own
/// state is `interp.host`. `None` means "not mine": the evaluator then builds a [`crate::value::Symbol`].
///
/// A course of a fork, or a round of a loop, may run and be taken back: whatever a call changes and must not stay then
/// belongs to [`Host::State`].
pub trait Host: Sized {
    /// What a fork must be able to put back and a join to compare.
    type State: Clone;

    fn save(&self) -> Self::State;

    fn restore(&mut self, state: Self::State);

    /// The state after one of two courses that started together; what differs is unknown `because` of a test.
    fn join(left: Self::State, right: Self::State, because: &Unknown) -> Self::State;

    /// `callee(args)` where the callee is a symbol or a handle (methods are [`crate::value::Symbol::Attribute`]).
    /// `args` are frozen.
    fn call(_: &mut Interp<'_, Self>, _callee: &Value, _args: &Args, _place: Place) -> Option<Eval> {
        None
    }

    /// Something unknown was called, with these arguments.
    fn call_unknown(_: &mut Interp<'_, Self>, _callee: &Unknown, _args: &Args, _place: Place) {}

    /// `of.name` for a symbol or a handle.
    fn getattr(_: &mut Interp<'_, Self>, _of: &Value, _name: Name, _place: Place) -> Option<Eval> {
        None
    }

    /// `of.name = value` for a symbol or a handle, which keeps nothing itself.
    fn setattr(_: &mut Interp<'_, Self>, _of: &Value, _name: Name, _value: &Value, _place: Place) {}

    /// `of[index]` for a symbol or a handle.
    fn subscript(_: &mut Interp<'_, Self>, _of: &Value, _index: &Value, _place: Place) -> Option<Eval> {
        None
    }

    /// The items of a symbol or handle, when they are all known.
    fn iterate(_: &mut Interp<'_, Self>, _of: &Value, _place: Place) -> Option<Eval<Vec<Value>>> {
        None
    }

    fn truth(_: &mut Interp<'_, Self>, _of: &Value) -> Option<bool> {
        None
    }

    /// `with of as x`: the value of x.
    fn enter(_: &mut Interp<'_, Self>, _of: &Value, _place: Place) -> Option<Eval> {
        None
    }

    fn exit(_: &mut Interp<'_, Self>, _of: &Value, _place: Place) -> Eval<()> {
        Ok(())
    }

    /// `isinstance(value, class)` where one of the two is a symbol or a handle.
    fn isinstance(_: &mut Interp<'_, Self>, _value: &Value, _class: &Value) -> Option<bool> {
        None
    }

    /// Whether an exception of class `raised` is one of class `handler`, both symbols' paths.
    fn is_subclass(_raised: Name, _handler: Name) -> Option<bool> {
        None
    }

    /// An environment variable that the code asks for with something to fall back on. `None`: it may be anything.
    fn environment_variable(_: &mut Interp<'_, Self>, _name: &str, _fallback: &Value) -> Option<Value> {
        None
    }

    /// The text of a file that the code opens, by the path it names.
    fn read_file(_: &mut Interp<'_, Self>, _path: &str) -> Option<Value> {
        None
    }
}
