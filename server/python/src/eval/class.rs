//! Classes of the project: their bodies, the order of look-up, attributes.

use super::heap::{Class, ClassBody, Object, ObjectId, Scope, Vars};
use super::{Flow, Frame, Interp, unknown};
use crate::ast::{ArgKind, ClassDef};
use crate::host::{Eval, Host};
use crate::value::{Arg, Args, Function, Method, MethodKind, Role, Value};
use fact::{Name, Place, Reason, name};
use std::sync::Arc;

/// Classes of the project above one class; more is no code that anybody wrote.
const MAX_LINEAGE: usize = 200;

impl<H: Host> Interp<'_, H> {
    pub(super) fn class(&mut self, frame: &Frame, def: &ClassDef) -> Eval {
        let mut bases = Vec::new();
        let mut keywords = Vec::new();
        for arg in &def.args {
            let value = self.expr(frame, arg.value)?;
            match arg.kind {
                ArgKind::Positional => bases.push(value),
                ArgKind::Keyword(keyword) => keywords.push((keyword, value)),
                ArgKind::Star | ArgKind::DoubleStar => bases.push(unknown(
                    Reason::UnsupportedSyntax("spread base classes".into()),
                    frame.place(arg.value),
                )),
            }
        }
        let module = self.source_of(frame).map_or(name(""), |source| source.name);
        let place = frame.place(def.name_node);
        let id = self.new_class(def.name, module, bases, place);
        let scope = self.heap.add(Object::Scope(Scope {
            parent: self.closure_scope(frame),
            class: Some(ClassBody::default()),
            ..Scope::default()
        }));
        let inner = Frame { scope, owner: Some((id, None)), ..frame.clone() };
        let mark = self.pending.len();
        let flow = self.block(&inner, &def.body);
        if let Err(Flow::Raise(raise)) = self.settle(mark, flow, |flow| match flow {
            Flow::Raise(_) => None,
            _ => Some(Value::None),
        }) {
            return Err(raise);
        }
        let (attrs, body) = match self.heap.get(scope) {
            Object::Scope(scope) => (scope.vars.clone(), scope.class.clone().unwrap_or_default()),
            _ => Default::default(),
        };
        let mut decorators = Vec::new();
        let mut to_apply = Vec::new();
        for decorator in def.decorators.iter().rev() {
            let value = self.expr(frame, *decorator)?;
            match value {
                Value::Function(_) | Value::Method(_) => to_apply.push((value, frame.place(*decorator))),
                other => decorators.push(other),
            }
        }
        if let Some(Object::Class(class)) = self.heap.get_mut(id) {
            class.keywords = keywords;
            class.attrs = attrs;
            class.body = ClassBody { doc: Some(super::access::doc_string(&frame.tree, &def.body)), ..body };
            class.decorators = decorators;
        }
        if self.is_enum(id) {
            self.make_members(id)?;
        }
        self.tell_bases(id, place)?;
        self.decorate(Value::Object(id), to_apply)
    }

    /// Calls the `__init_subclass__` that a base may have.
    fn tell_bases(&mut self, id: ObjectId, place: Place) -> Eval<()> {
        let Object::Class(class) = self.heap.get(id) else { return Ok(()) };
        let hook = name("__init_subclass__");
        let above = class.lineage.iter().skip(1).find_map(|base| match self.heap.get(*base) {
            Object::Class(base) => base.attrs.get(&hook),
            _ => None,
        });
        let Some(Value::Function(function)) = above.cloned() else { return Ok(()) };
        let mut args = Args::values([Value::Object(id)], place);
        args.list.extend(class.keywords.iter().map(|(name, value)| Arg {
            name: Some(*name),
            value: value.clone(),
            place,
        }));
        self.call_function(&function, args, place).map(|_| ())
    }

    pub(super) fn new_class(
        &mut self,
        called: Name,
        module: Name,
        bases: Vec<Value>,
        place: Place,
    ) -> ObjectId {
        let id = self.heap.add(Object::Class(Class {
            name: called,
            module,
            lineage: Arc::default(),
            bases,
            keywords: Vec::new(),
            attrs: Vars::default(),
            decorators: Vec::new(),
            place,
            body: ClassBody::default(),
        }));
        self.linearize(id, place);
        id
    }

    /// Python's own order of look-up (C3), as far as the classes belong to the project.
    fn linearize(&mut self, id: ObjectId, place: Place) {
        let Object::Class(class) = self.heap.get(id) else { return };
        let inside: Vec<ObjectId> = class
            .bases
            .iter()
            .filter_map(|base| match base {
                Value::Object(base) if matches!(self.heap.get(*base), Object::Class(_)) => Some(*base),
                _ => None,
            })
            .collect();
        let mut queues: Vec<Vec<ObjectId>> = inside.iter().map(|base| self.lineage(*base).to_vec()).collect();
        queues.push(inside);
        let mut order = vec![id];
        while let Some(next) = next_class(&queues) {
            order.push(next);
            for queue in &mut queues {
                queue.retain(|class| *class != next);
            }
        }
        self.charge(order.len());
        let too_long = order.len() > MAX_LINEAGE;
        if let Some(Object::Class(class)) = self.heap.get_mut(id) {
            if too_long {
                class.bases = vec![unknown(Reason::Budget, place)];
                order.truncate(1);
            }
            class.lineage = order.into();
        }
    }

    pub(super) fn is_class(&self, value: &Value) -> bool {
        matches!(value, Value::Object(id) if matches!(self.heap.get(*id), Object::Class(_)))
    }

    /// The class and its bases inside the project, nearest first.
    pub(super) fn lineage(&self, class: ObjectId) -> Arc<[ObjectId]> {
        match self.heap.get(class) {
            Object::Class(class) => class.lineage.clone(),
            _ => Arc::default(),
        }
    }

    /// Bases from outside the project, of the class and of its bases.
    pub(super) fn outside_bases(&self, class: ObjectId) -> Vec<Value> {
        let mut bases = Vec::new();
        for id in self.lineage(class).iter() {
            if let Object::Class(class) = self.heap.get(*id) {
                let outside = |base: &&Value| {
                    !matches!(base, Value::Object(_))
                        && !matches!(base, Value::Builtin(name) if name == "object")
                };
                bases.extend(class.bases.iter().filter(outside).cloned());
            }
        }
        bases
    }

    /// What the classes in the look-up order of `class` bind to a name first.
    pub(super) fn class_attr(&self, class: ObjectId, wanted: &str) -> Option<Value> {
        self.lineage(class).iter().find_map(|id| match self.heap.get(*id) {
            Object::Class(class) => class.attrs.get(&name(wanted)).cloned(),
            _ => None,
        })
    }

    /// A method of the project's own that an instance has, bound.
    pub(super) fn own_method(&self, value: &Value, wanted: &str) -> Option<Value> {
        let Value::Object(id) = value else { return None };
        let Object::Instance(instance) = self.heap.get(*id) else { return None };
        match self.class_attr(instance.class, wanted)? {
            Value::Function(function) => Some(bound(*id, &function)),
            _ => None,
        }
    }

    pub(super) fn object_attribute(&mut self, id: ObjectId, wanted: Name, place: Place) -> Eval {
        match self.heap.get(id) {
            Object::Instance(instance) => {
                if let Some((_, value)) = instance.attrs.iter().find(|(attr, _)| *attr == wanted) {
                    return Ok(value.clone());
                }
                let class = instance.class;
                let lineage = self.lineage(class);
                self.attribute_of(&lineage, class, Some(id), wanted, place)
            }
            Object::Class(class) => {
                let lineage = class.lineage.clone();
                self.attribute_of(&lineage, id, None, wanted, place)
            }
            // A method of what was a container is no call of something that nobody knows.
            Object::Unknown(because) if self.has_method(&Value::Object(id), &wanted) != Some(true) => {
                Ok(Value::unknown(because.clone()))
            }
            _ if self.has_method(&Value::Object(id), &wanted) == Some(false) => {
                self.no_attribute(wanted, place)
            }
            _ => Ok(super::access::native(&Value::Object(id), wanted)),
        }
    }

    /// An attribute that one of `lineage` has, bound to the instance or class it was asked of.
    fn attribute_of(
        &mut self,
        lineage: &[ObjectId],
        class: ObjectId,
        instance: Option<ObjectId>,
        wanted: Name,
        place: Place,
    ) -> Eval {
        for id in lineage {
            let Object::Class(found) = self.heap.get(*id) else { continue };
            let Some(value) = found.attrs.get(&wanted).cloned() else { continue };
            let Value::Function(function) = &value else {
                // What a base class from outside makes of it: a mapped class's column knows its table.
                let described = matches!(value, Value::Symbol(_)) && !self.outside_bases(class).is_empty();
                if described && let Some(result) = H::getattr(self, &Value::Object(class), wanted, place) {
                    return result;
                }
                return Ok(value);
            };
            return match (function.role, instance) {
                (Role::Static, _) => Ok(value.clone()),
                (Role::Class, _) => Ok(bound(class, function)),
                (Role::Property, Some(receiver)) => {
                    let args = Args::values([Value::Object(receiver)], place);
                    self.call_function(function, args, place)
                }
                (_, Some(receiver)) => Ok(bound(receiver, function)),
                (_, None) if is_declared_attr(&function.decorators) => {
                    let args = Args::values([Value::Object(class)], place);
                    self.call_function(function, args, place)
                }
                (_, None) => Ok(value.clone()),
            };
        }
        self.implied_attribute(class, instance, wanted, place)
    }

    /// An attribute that no class body binds.
    fn implied_attribute(
        &mut self,
        class: ObjectId,
        instance: Option<ObjectId>,
        wanted: Name,
        place: Place,
    ) -> Eval {
        let Object::Class(found) = self.heap.get(class) else {
            return Ok(unknown(Reason::NameNotFound(wanted.as_str().into()), place));
        };
        match (wanted.as_str(), instance) {
            ("__name__" | "__qualname__", None) => return Ok(Value::str(found.name.as_str())),
            ("__module__", _) => return Ok(Value::str(found.module.as_str())),
            ("__class__", Some(_)) => return Ok(Value::Object(class)),
            ("__doc__", _) => return Ok(found.body.doc.clone().unwrap_or(Value::None)),
            ("__members__", None) if self.is_enum(class) => return Ok(self.enum_members_by_name(class)),
            _ => {}
        }
        let of = Value::Object(instance.unwrap_or(class));
        if let Some(result) = H::getattr(self, &of, wanted, place) {
            return result.map(|value| self.thaw(value));
        }
        if wanted == "args"
            && let Some(args) = self.exception_args(&of)
        {
            return Ok(Value::tuple(args));
        }
        if let Some(inner) = self.mixed_in_value(&of) {
            return Ok(super::access::native(&inner, wanted));
        }
        if let Some(receiver) = instance
            && !wanted.starts_with("__")
            && let Some(Value::Function(hook)) = self.class_attr(class, "__getattr__")
        {
            let args = Args::values([Value::Object(receiver), Value::str(&wanted)], place);
            return self.call_function(&hook, args, place);
        }
        if let Some(base) = self.outside_bases(class).first() {
            return Ok(Value::unknown(self.why_unknown(base, place)));
        }
        match wanted.as_str() {
            "__init__" => Ok(Value::Builtin(name("object"))),
            _ => self.no_attribute(wanted, place),
        }
    }

    /// An attribute that is certainly not there. Outside of a `try` that is a gap in what was read rather than an error
    /// that a project would live with.
    pub(super) fn no_attribute(&self, wanted: Name, place: Place) -> Eval {
        if self.in_try() {
            return Err(super::access::raise("AttributeError", &format!("no attribute '{wanted}'"), place));
        }
        Ok(unknown(Reason::NameNotFound(wanted.as_str().into()), place))
    }

    /// `super().name`
    pub(super) fn super_attribute(&mut self, method: &Method, wanted: Name, place: Place) -> Eval {
        let here = || Ok(unknown(Reason::UnsupportedSyntax("super() here".into()), place));
        let (MethodKind::Super(owner), Value::Object(id)) = (&method.kind, &method.receiver) else {
            return here();
        };
        let (class, instance) = match self.heap.get(*id) {
            Object::Instance(instance) => (instance.class, Some(*id)),
            Object::Class(_) => (*id, None),
            _ => return here(),
        };
        let lineage = self.lineage(class);
        let after = lineage.iter().position(|id| id == owner).map_or(lineage.len(), |at| at + 1);
        let behind = lineage.get(after..).unwrap_or_default();
        let has = |id: &ObjectId| matches!(self.heap.get(*id), Object::Class(class) if class.attrs.contains_key(&wanted));
        if !behind.iter().any(has) {
            // The base outside the project: what it is given may matter to a host (`TypeDecorator.__init__`).
            return Ok(super::access::native(&method.receiver, name(&format!("super().{wanted}"))));
        }
        self.attribute_of(behind, class, instance, wanted, place)
    }

    /// The class of an instance.
    pub(super) fn class_of(&self, value: &Value) -> Option<Value> {
        let Value::Object(id) = value else { return None };
        match self.heap.get(*id) {
            Object::Instance(instance) => Some(Value::Object(instance.class)),
            _ => None,
        }
    }
}

fn bound(receiver: ObjectId, function: &Arc<Function>) -> Value {
    Value::Method(Arc::new(Method {
        receiver: Value::Object(receiver),
        kind: MethodKind::Function(function.clone()),
    }))
}

/// The first class that no other one has to come before. Where Python would refuse the bases, the first of all.
fn next_class(queues: &[Vec<ObjectId>]) -> Option<ObjectId> {
    let heads = || queues.iter().filter_map(|queue| queue.first().copied());
    let waits =
        |class: ObjectId| queues.iter().any(|queue| queue.iter().skip(1).any(|other| *other == class));
    heads().find(|class| !waits(*class)).or_else(|| heads().next())
}

fn is_declared_attr(decorators: &[Value]) -> bool {
    decorators.iter().any(|decorator| decorator.as_path().is_some_and(|path| path.contains("declared_attr")))
}
