//! Comprehensions and generator expressions.

use super::heap::{Dict, Object, Scope};
use super::{Flow, Frame, Interp};
use crate::ast::{CompClause, CompKind, ExprId};
use crate::host::{Eval, Host};
use crate::value::{Key, Value};
use fact::Unknown;

/// A comprehension while its items are collected.
struct Collecting<'a> {
    key: Option<ExprId>,
    element: ExprId,
    frame: &'a Frame,
    items: Vec<(Option<Value>, Value)>,
    /// Why the items are not known.
    doubt: Option<Unknown>,
}

impl<H: Host> Interp<'_, H> {
    pub(super) fn comprehension(
        &mut self,
        frame: &Frame,
        kind: CompKind,
        key: Option<ExprId>,
        element: ExprId,
        clauses: &[CompClause],
    ) -> Eval {
        let Some((CompClause::For { target, iter }, rest)) = clauses.split_first() else {
            return Ok(Value::None);
        };
        // The first iterable belongs to the scope around.
        let iterable = self.expr(frame, *iter)?;
        let place = frame.place(*iter);
        let scope =
            Scope { parent: self.closure_scope(frame), around: Some(frame.scope), ..Scope::default() };
        let inner = Frame { scope: self.heap.add(Object::Scope(scope)), ..frame.clone() };
        let mut collecting = Collecting { key, element, frame: &inner, items: Vec::new(), doubt: None };
        let items = self.iterate(&iterable, place)?;
        self.for_clause(&mut collecting, *target, items, rest)?;
        if let Some(because) = collecting.doubt {
            return Ok(Value::unknown(because));
        }
        self.collected(kind, collecting.items, place)
    }

    fn collected(&mut self, kind: CompKind, items: Vec<(Option<Value>, Value)>, place: fact::Place) -> Eval {
        let object = match kind {
            CompKind::List => Object::List(items.into_iter().map(|(_, value)| value).collect()),
            CompKind::Generator => {
                Object::Iterator { items: items.into_iter().map(|(_, value)| value).collect(), next: 0 }
            }
            CompKind::Set => {
                return self.new_set(items.into_iter().map(|(_, value)| value), place);
            }
            CompKind::Dict => {
                let mut dict = Dict::default();
                for (key, value) in items {
                    let key = key.unwrap_or(Value::None);
                    if let Some(unknown) = key.as_unknown() {
                        return Ok(Value::Unknown(unknown.clone()));
                    }
                    dict.insert(Key(key), value);
                }
                Object::Dict(dict)
            }
        };
        Ok(Value::Object(self.heap.add(object)))
    }

    fn clauses(&mut self, collecting: &mut Collecting<'_>, clauses: &[CompClause]) -> Eval<()> {
        self.step()?;
        let frame = collecting.frame;
        match clauses.split_first() {
            None => {
                let key = match collecting.key {
                    Some(key) => Some(self.expr(frame, key)?),
                    None => None,
                };
                let value = self.expr(frame, collecting.element)?;
                collecting.items.push((key, value));
                Ok(())
            }
            Some((CompClause::If(test), rest)) => match self.test(frame, *test)? {
                Ok(true) => self.clauses(collecting, rest),
                Ok(false) => Ok(()),
                Err(because) => {
                    collecting.doubt.get_or_insert_with(|| because.clone());
                    self.fork_value(
                        &because,
                        |this| this.clauses(collecting, rest).map(|()| Value::None),
                        |_| Ok(Value::None),
                    )
                    .map(|_| ())
                }
            },
            Some((CompClause::For { target, iter }, rest)) => {
                let value = self.expr(frame, *iter)?;
                let items = self.iterate(&value, frame.place(*iter))?;
                self.deeper(|this| this.for_clause(collecting, *target, items, rest))
            }
        }
    }

    fn for_clause(
        &mut self,
        collecting: &mut Collecting<'_>,
        target: ExprId,
        items: Result<Vec<Value>, Unknown>,
        rest: &[CompClause],
    ) -> Eval<()> {
        let because = match items {
            Ok(items) => {
                for item in items {
                    self.assign(collecting.frame, target, item)?;
                    self.clauses(collecting, rest)?;
                }
                return Ok(());
            }
            Err(because) => because,
        };
        collecting.doubt.get_or_insert_with(|| because.clone());
        let (key, element, frame) = (collecting.key, collecting.element, collecting.frame);
        // What an element evaluates to is of no use any more, but evaluating it may do something.
        let flow = self.unknown_rounds(&because, |this| {
            let mut unused = Collecting { key, element, frame, items: Vec::new(), doubt: None };
            let item = Value::unknown(because.clone());
            match this.assign(frame, target, item).and_then(|()| this.clauses(&mut unused, rest)) {
                Ok(()) => Flow::Normal,
                Err(raise) => Flow::Raise(raise),
            }
        });
        match flow {
            Flow::Raise(raise) => Err(raise),
            _ => Ok(()),
        }
    }
}
