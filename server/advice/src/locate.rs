//! From a place to its syntax: the arguments of a call, the string that names something.

use fact::{NodeId, Place};
use project::{Parsed, Store};
use python::ast::{Arg, ArgKind, Expr, ExprId, ItemTree, Span, Stmt, StmtId};
use std::sync::Arc;

/// A node in the current text of its file.
#[derive(Clone)]
pub(crate) struct Located {
    pub parsed: Arc<Parsed>,
    pub tree: Arc<ItemTree>,
    pub place: Place,
}

/// A call and its arguments.
#[derive(Clone)]
pub(crate) struct Call {
    pub at: Located,
    pub args: Box<[Arg]>,
}

/// The syntax at `place`; `None` for a whole file or a place of another version of the text.
pub(crate) fn locate(store: &Store, place: Place) -> Option<Located> {
    if place.is_whole_file() {
        return None;
    }
    let parsed = store.parsed(&store.path(place.file)?);
    let tree = parsed.module.items.get(place.item as usize)?.tree.clone();
    tree.span(place.node)?;
    Some(Located { parsed, tree, place })
}

/// The call at `place`.
pub(crate) fn call(store: &Store, place: Place) -> Option<Call> {
    locate(store, place)?.call()
}

impl Located {
    pub fn expr_id(&self) -> Option<ExprId> {
        let node = self.place.node.0;
        node.is_multiple_of(2).then_some(ExprId(node / 2))
    }

    pub fn call(&self) -> Option<Call> {
        let id = self.expr_id()?;
        match self.tree.exprs.get(id.0 as usize)? {
            Expr::Call { args, .. } => Some(Call { at: self.clone(), args: args.clone() }),
            _ => None,
        }
    }

    pub fn of(&self, node: impl Into<NodeId>) -> Place {
        Place { node: node.into(), ..self.place }
    }

    /// Bytes of the file.
    pub fn span(&self, node: impl Into<NodeId>) -> Option<Span> {
        self.parsed.module.span(self.place.item, node.into())
    }

    pub fn text(&self, node: impl Into<NodeId>) -> Option<&str> {
        let span = self.span(node)?;
        self.parsed.text.as_ref().ok()?.get(span.start as usize..span.end as usize)
    }

    /// Places of the strings inside the node that read exactly `text`, outermost order.
    pub fn strings(&self, text: &str) -> impl Iterator<Item = Place> {
        let within = self.tree.span(self.place.node).unwrap_or_default();
        let inside = move |span: &Span| within.start <= span.start && span.end <= within.end;
        self.tree
            .exprs
            .iter()
            .zip(&self.tree.expr_spans)
            .enumerate()
            .filter(move |(_, (_, span))| inside(span))
            .filter(move |(_, (expr, _))| matches!(expr, Expr::Str(found) if **found == *text))
            .map(|(at, _)| self.of(ExprId(at as u32)))
    }

    /// The innermost statement that the node is in.
    pub fn statement(&self) -> Option<StmtId> {
        let within = self.tree.span(self.place.node)?;
        let mut best: Option<(u32, StmtId)> = None;
        for (at, span) in self.tree.stmt_spans.iter().enumerate() {
            if span.start <= within.start && within.end <= span.end {
                let size = span.end - span.start;
                if best.is_none_or(|(smallest, _)| size <= smallest) {
                    best = Some((size, StmtId(at as u32)));
                }
            }
        }
        best.map(|(_, id)| id)
    }

    /// The function that the node is in, or that it names.
    pub fn function(&self) -> Option<(StmtId, &python::ast::FunctionDef)> {
        let within = self.tree.span(self.place.node)?;
        let mut best: Option<(u32, StmtId)> = None;
        for (at, (stmt, span)) in self.tree.stmts.iter().zip(&self.tree.stmt_spans).enumerate() {
            let encloses = span.start <= within.start && within.end <= span.end;
            if encloses && matches!(stmt, Stmt::FunctionDef(_)) {
                let size = span.end - span.start;
                if best.is_none_or(|(smallest, _)| size <= smallest) {
                    best = Some((size, StmtId(at as u32)));
                }
            }
        }
        let id = best?.1;
        match self.tree.stmt(id) {
            Stmt::FunctionDef(function) => Some((id, function)),
            _ => None,
        }
    }
}

impl Call {
    pub fn keyword(&self, name: &str) -> Option<ExprId> {
        let found = self.args.iter().find(|arg| matches!(arg.kind, ArgKind::Keyword(kw) if kw == name));
        found.map(|arg| arg.value)
    }

    pub fn place(&self, id: ExprId) -> Place {
        self.at.of(id)
    }
}

/// The string inside `place` that names `name`, else `place` itself.
pub(crate) fn naming(store: &Store, place: Place, name: &str) -> Place {
    locate(store, place).and_then(|at| at.strings(name).next()).unwrap_or(place)
}

/// The value of a keyword of the call at `place`, else `place` itself.
pub(crate) fn keyword(store: &Store, place: Place, name: &str) -> Place {
    let found = call(store, place).and_then(|call| Some(call.place(call.keyword(name)?)));
    found.unwrap_or(place)
}
