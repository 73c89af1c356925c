//! Which top-level statements of a module bind or change each of its names.

use crate::ast::{Arg, ArgKind, Expr, ExprId, ItemTree, MatchPattern, Module, Stmt, StmtId};
use fact::Name;
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

/// For each top-level name, the ordinals of the items that bind it or change the object behind it, in order.
///
/// Bodies of `if`, `for`, `while`, `with`, `try` and `match` belong to their item; bodies of functions and classes have
/// names of their own and are left out. A change is what shows in the statement itself: a store to an attribute or an
/// element, an augmented assignment, `del`, a method called for its effect, or a function that a decorator registers for
/// a class: `@compiles(Class, ...)`. What a function does to its arguments or through `global` does not show.
#[derive(Debug, Clone, Default)]
pub struct Bindings {
    names: IndexMap<Name, Entry, FxBuildHasher>,
    stars: Vec<StarImport>,
}

/// `from module import *`; `level` counts the dots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StarImport {
    pub item: u32,
    pub level: u32,
    pub module: Option<Name>,
}

#[derive(Debug, Clone, Default)]
struct Entry {
    items: Vec<u32>,
    /// Items that call some method of the name; they count unless the name is only imported.
    calls: Vec<u32>,
    /// Functions with a decorator that is called with the name first; they count if it is a class of the module.
    registered: Vec<u32>,
    is_class: bool,
    is_bound: bool,
    is_defined_here: bool,
}

/// Methods that change the receiver, whatever it is.
const MUTATORS: &[&str] = &[
    "__delitem__",
    "__setattr__",
    "__setitem__",
    "add",
    "append",
    "appendleft",
    "clear",
    "discard",
    "extend",
    "extendleft",
    "insert",
    "pop",
    "popitem",
    "popleft",
    "remove",
    "reverse",
    "setdefault",
    "sort",
    "update",
];

impl Bindings {
    pub fn of(module: &Module) -> Bindings {
        let mut bindings = Bindings::default();
        for (ordinal, item) in module.items.iter().enumerate() {
            let Some(root) = item.tree.root else { continue };
            Walk { tree: &item.tree, item: ordinal as u32, bindings: &mut bindings }.item(root);
        }
        for entry in bindings.names.values_mut() {
            let mut more = std::mem::take(&mut entry.calls);
            if !entry.is_defined_here {
                more.clear();
            }
            let registered = std::mem::take(&mut entry.registered);
            if entry.is_class {
                more.extend(registered);
            }
            if !more.is_empty() {
                entry.items.extend(more);
                entry.items.sort_unstable();
            }
            entry.items.dedup();
        }
        bindings
    }

    /// Ordinals of the items that bind or change `name`, in order.
    pub fn items_for(&self, name: Name) -> &[u32] {
        self.names.get(&name).map_or(&[], |entry| &entry.items)
    }

    /// Whether some item binds `name`; a name of a star import may be changed without being bound.
    pub fn binds(&self, name: Name) -> bool {
        self.names.get(&name).is_some_and(|entry| entry.is_bound)
    }

    /// The names that are bound, in the order of their first appearance.
    pub fn names(&self) -> impl Iterator<Item = Name> {
        self.names.iter().filter(|(_, entry)| entry.is_bound).map(|(name, _)| *name)
    }

    /// The star imports, in order.
    pub fn star_imports(&self) -> &[StarImport] {
        &self.stars
    }

    fn entry(&mut self, name: Name, item: u32) -> &mut Entry {
        let entry = self.names.entry(name).or_default();
        if entry.items.last() != Some(&item) {
            entry.items.push(item);
        }
        entry
    }
}

/// The statements of one item.
struct Walk<'a> {
    tree: &'a ItemTree,
    item: u32,
    bindings: &'a mut Bindings,
}

impl<'a> Walk<'a> {
    fn item(&mut self, root: StmtId) {
        self.stmt(root);
        if matches!(self.tree.stmt(root), Stmt::FunctionDef(_) | Stmt::ClassDef(_)) {
            return;
        }
        for expr in &self.tree.exprs {
            if let Expr::Walrus { target, .. } = expr {
                self.target(*target);
            }
        }
    }

    fn define(&mut self, name: Name) {
        let entry = self.bindings.entry(name, self.item);
        entry.is_bound = true;
        entry.is_defined_here = true;
    }

    fn import(&mut self, name: Name) {
        self.bindings.entry(name, self.item).is_bound = true;
    }

    fn block(&mut self, block: &[StmtId]) {
        for id in block {
            self.stmt(*id);
        }
    }

    fn stmt(&mut self, id: StmtId) {
        let tree: &'a ItemTree = self.tree;
        match tree.stmt(id) {
            Stmt::Expr(value) => self.effect(*value),
            Stmt::Assign { targets, .. } => targets.iter().for_each(|target| self.target(*target)),
            Stmt::AugAssign { target, .. } => self.target(*target),
            // A bare annotation binds nothing, but it says what kind of name this is.
            Stmt::AnnAssign { target, .. } => self.target(*target),
            Stmt::FunctionDef(def) => {
                self.define(def.name);
                def.decorators.iter().for_each(|decorator| self.registration(*decorator));
            }
            Stmt::ClassDef(def) => {
                self.define(def.name);
                self.bindings.entry(def.name, self.item).is_class = true;
            }
            Stmt::TypeAlias { name, .. } => self.define(*name),
            Stmt::If { body, or_else, .. } | Stmt::While { body, or_else, .. } => {
                self.block(body);
                self.block(or_else);
            }
            Stmt::For { target, body, or_else, .. } => {
                self.target(*target);
                self.block(body);
                self.block(or_else);
            }
            Stmt::Try { body, handlers, or_else, finally } => {
                self.block(body);
                for handler in handlers {
                    if let Some(name) = handler.name {
                        self.define(name);
                    }
                    self.block(&handler.body);
                }
                self.block(or_else);
                self.block(finally);
            }
            Stmt::With { items, body, .. } => {
                items.iter().filter_map(|item| item.target).for_each(|target| self.target(target));
                self.block(body);
            }
            Stmt::Match { cases, .. } => {
                for case in cases {
                    if let Some(MatchPattern::Capture(name)) = &case.pattern {
                        self.define(*name);
                    }
                    self.block(&case.body);
                }
            }
            Stmt::Import(names) => {
                for alias in names {
                    let top = || fact::name(alias.name.split('.').next().unwrap_or_default());
                    self.import(alias.alias.unwrap_or_else(top));
                }
            }
            Stmt::ImportFrom { module, level, names: None } => {
                self.bindings.stars.push(StarImport { item: self.item, level: *level, module: *module });
            }
            Stmt::ImportFrom { names: Some(names), .. } => {
                names.iter().for_each(|alias| self.import(alias.alias.unwrap_or(alias.name)));
            }
            Stmt::Delete(targets) => targets.iter().for_each(|target| self.target(*target)),
            Stmt::Return(_)
            | Stmt::Raise { .. }
            | Stmt::Global(_)
            | Stmt::Nonlocal(_)
            | Stmt::Assert { .. }
            | Stmt::Pass
            | Stmt::Break
            | Stmt::Continue
            | Stmt::Error => {}
        }
    }

    /// `@register(Name, ...)`
    fn registration(&mut self, decorator: ExprId) {
        if let Expr::Call { args, .. } = self.tree.expr(decorator)
            && let Some(Arg { kind: ArgKind::Positional, value }) = args.first()
            && let Expr::Name(name) = self.tree.expr(*value)
        {
            self.bindings.names.entry(*name).or_default().registered.push(self.item);
        }
    }

    fn target(&mut self, id: ExprId) {
        let tree: &'a ItemTree = self.tree;
        match tree.expr(id) {
            Expr::Name(name) => self.define(*name),
            Expr::Tuple(elements) | Expr::List(elements) => {
                elements.iter().for_each(|element| self.target(*element));
            }
            Expr::Starred(inner) => self.target(*inner),
            Expr::Attribute { value, .. } | Expr::Subscript { value, .. } => {
                if let Some(name) = self.receiver(*value) {
                    self.bindings.entry(name, self.item);
                }
            }
            _ => {}
        }
    }

    /// An expression that stands alone: its effect on some name is all that it is for.
    fn effect(&mut self, id: ExprId) {
        let tree: &'a ItemTree = self.tree;
        match tree.expr(id) {
            Expr::Call { func, args } => match tree.expr(*func) {
                Expr::Attribute { value, attr } => {
                    let Some(name) = self.receiver(*value) else { return };
                    if MUTATORS.contains(&attr.as_str()) {
                        self.bindings.entry(name, self.item);
                    } else {
                        self.bindings.names.entry(name).or_default().calls.push(self.item);
                    }
                }
                Expr::Name(function) if matches!(function.as_str(), "setattr" | "delattr") => {
                    if let Some(Arg { kind: ArgKind::Positional, value }) = args.first()
                        && let Some(name) = self.receiver(*value)
                    {
                        self.bindings.entry(name, self.item);
                    }
                }
                _ => {}
            },
            Expr::Tuple(elements) => elements.iter().for_each(|element| self.effect(*element)),
            Expr::Await(inner) => self.effect(*inner),
            Expr::Bool { left, right, .. } => {
                self.effect(*left);
                self.effect(*right);
            }
            Expr::Conditional { then, or_else, .. } => {
                self.effect(*then);
                self.effect(*or_else);
            }
            _ => {}
        }
    }

    /// The name at the start of `name.a[0].b().c`.
    fn receiver(&self, mut id: ExprId) -> Option<Name> {
        loop {
            id = match self.tree.expr(id) {
                Expr::Name(name) => return Some(*name),
                Expr::Attribute { value, .. } | Expr::Subscript { value, .. } => *value,
                Expr::Call { func, .. } if matches!(self.tree.expr(*func), Expr::Attribute { .. }) => *func,
                _ => return None,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::parse;

    /// `expected`: each name with the ordinals of its items, in the order of appearance.
    #[track_caller]
    fn check_bindings(source: &str, expected: &[(&str, &[u32])]) {
        let bindings = Bindings::of(&parse(source));
        let found: Vec<(&str, &[u32])> =
            bindings.names().map(|name| (name.as_str(), bindings.items_for(name))).collect();
        assert_eq!(found, expected, "{source}");
    }

    #[track_caller]
    fn check_items(source: &str, name: &str, expected: &[u32]) {
        assert_eq!(Bindings::of(&parse(source)).items_for(fact::name(name)), expected, "{source}");
    }

    #[test]
    fn what_binds() {
        check_bindings("a = b = 1\na = 2", &[("a", &[0, 1]), ("b", &[0])]);
        check_bindings("(a, [b, *c]), d = x", &[("a", &[0]), ("b", &[0]), ("c", &[0]), ("d", &[0])]);
        check_bindings("a: int = 1\nb: str", &[("a", &[0]), ("b", &[1])]);
        check_bindings(
            "def f(): x = 1\nclass A: y = 2\nasync def g(): pass",
            &[("f", &[0]), ("A", &[1]), ("g", &[2])],
        );
        check_bindings(
            "import a.b.c, d.e as f\nfrom g import h, i as j",
            &[("a", &[0]), ("f", &[0]), ("h", &[1]), ("j", &[1])],
        );
        check_bindings(
            "if x:\n  a = 1\nelif y:\n  b = 2\nelse:\n  def c(): d = 1",
            &[("a", &[0]), ("b", &[0]), ("c", &[0])],
        );
        check_bindings(
            "for a, b in x:\n  c = 1\nelse: d = 1",
            &[("a", &[0]), ("b", &[0]), ("c", &[0]), ("d", &[0])],
        );
        check_bindings(
            "try: import a\nexcept E as e: a = None\nelse: b = 1\nfinally: c = 1",
            &[("a", &[0]), ("e", &[0]), ("b", &[0]), ("c", &[0])],
        );
        check_bindings(
            "with f() as (a, b), g() as c: d = 1",
            &[("a", &[0]), ("b", &[0]), ("c", &[0]), ("d", &[0])],
        );
        check_bindings("while (a := f()): b = a", &[("b", &[0]), ("a", &[0])]);
        check_bindings("x = [b := 1, (c := 2)]", &[("x", &[0]), ("b", &[0]), ("c", &[0])]);
        check_bindings("match x:\n  case 1: a = 1\n  case b: pass", &[("a", &[0]), ("b", &[0])]);
        check_bindings("type A = int", &[("A", &[0])]);
        check_bindings("a = 1\nx()\ndel a", &[("a", &[0, 2])]);
        check_bindings("a = 1; a += 2; a = 3", &[("a", &[0, 1, 2])]);
        check_bindings("def f():\n  global a\n  a = (b := 1)", &[("f", &[0])]);
        check_bindings("if x:\n  a = 1\n  a = 2\n  a.append(3)", &[("a", &[0])]);
    }

    #[test]
    fn what_changes() {
        for change in [
            "a.append(1)",
            "a.b.update(c)",
            "a['b'].c.extend(d)",
            "a[0] = 1",
            "a.b = 1",
            "a.b.c[0], d = 1, 2",
            "a.b += 1",
            "a[0] -= 1",
            "del a[0]",
            "del a.b",
            "setattr(a, 'b', 1)",
            "setattr(a.b, 'c', 1)",
            "a.configure(b)",
            "a.b().c(d)",
            "for x in y: a.append(x)",
            "if x: a.b = 1",
            "x and a.append(1)",
            "a.append(1) if x else None",
            "with x: a.append(1)",
        ] {
            check_items(&format!("a = f()\n{change}\nb = a"), "a", &[0, 1]);
        }
        for other in [
            "b.append(a)",
            "f(a)",
            "f(a).append(1)",
            "x = a.b(1)",
            "x = a.b",
            "b[a] = 1",
            "@a.register\ndef f(): pass",
            "@event.listens_for(a, 'x')\ndef f(): pass",
            "def f(): a.append(1)",
            "class A: a = 1",
            "a.b",
            "(lambda: a.append(1))()",
        ] {
            check_items(&format!("a = f()\n{other}"), "a", &[0]);
        }
    }

    #[test]
    fn functions_that_are_registered_for_a_class() {
        check_items(
            "class A: pass\n@compiles(A, 'x')\ndef f(): pass\n@compiles(B)\ndef g(): pass",
            "A",
            &[0, 1],
        );
        check_items("from x import A\n@compiles(A)\ndef f(): pass", "A", &[0]);
        check_items("@compiles(A)\ndef f(): pass\nclass A: pass\n@A.register\ndef g(): pass", "A", &[0, 1]);
    }

    #[test]
    fn methods_of_an_imported_name_count_only_if_they_change_it() {
        check_items("import logging\nlogging.basicConfig()", "logging", &[0]);
        check_items("from x import metadata\nmetadata.update(y)\nmetadata.z = 1", "metadata", &[0, 1, 2]);
        check_items("import a\na.configure()\na = a or b", "a", &[0, 1, 2]);
    }

    #[test]
    fn a_changed_name_need_not_be_bound() {
        let bindings = Bindings::of(&parse("from x import *\nitems.append(1)\nother.call()"));
        assert_eq!(bindings.items_for(fact::name("items")), [1]);
        assert!(!bindings.binds(fact::name("items")));
        assert!(bindings.items_for(fact::name("other")).is_empty());
        assert_eq!(bindings.names().count(), 0);
    }

    #[test]
    fn star_imports_are_listed_apart() {
        let bindings = Bindings::of(&parse("from a import *\nif x:\n  from ..b import *\nfrom . import *"));
        let star =
            |item, level, module: Option<&str>| StarImport { item, level, module: module.map(fact::name) };
        assert_eq!(bindings.star_imports(), [star(0, 0, Some("a")), star(1, 2, Some("b")), star(2, 1, None)]);
    }

    #[test]
    fn broken_code_binds_what_can_be_read() {
        check_items("a = 1\nb = = 2\na.append(3)\n", "a", &[0, 2]);
    }
}
