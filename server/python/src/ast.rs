//! Our own syntax tree: flat arenas of small nodes, one arena per top-level statement.
//!
//! A top-level statement that did not change between two versions of a file has an equal [`Item::hash`], whatever moved
//! around it; spans are relative to the start of the item. Comments and blanks are no part of the hash.

use fact::{Name, NodeId};
use std::sync::Arc;

/// Bytes `start..end`, relative to the start of the item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExprId(pub u32);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StmtId(pub u32);

/// Expressions have the even node ids, statements the odd ones.
impl From<ExprId> for NodeId {
    fn from(id: ExprId) -> NodeId {
        NodeId(id.0 * 2)
    }
}

impl From<StmtId> for NodeId {
    fn from(id: StmtId) -> NodeId {
        NodeId(id.0 * 2 + 1)
    }
}

/// One parsed file.
#[derive(Debug, Clone, Default)]
pub struct Module {
    pub items: Vec<Item>,
    pub errors: Vec<SyntaxError>,
}

/// A top-level statement and where it starts in the file.
#[derive(Debug, Clone)]
pub struct Item {
    pub start: u32,
    pub tree: Arc<ItemTree>,
}

/// The nodes of one top-level statement. `root` is the statement itself.
#[derive(Debug, Default)]
pub struct ItemTree {
    pub exprs: Vec<Expr>,
    pub expr_spans: Vec<Span>,
    pub stmts: Vec<Stmt>,
    pub stmt_spans: Vec<Span>,
    pub root: Option<StmtId>,
    /// Hash of the nodes, spans left out.
    pub hash: u64,
}

/// A place where the text is not Python, in bytes of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    pub span: Span,
    pub message: String,
}

pub type Block = Box<[StmtId]>;
pub type Exprs = Box<[ExprId]>;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Expr {
    Name(Name),
    None,
    True,
    False,
    Ellipsis,
    Str(Arc<str>),
    Bytes(Arc<[u8]>),
    /// `None`: outside the range of i64.
    Int(Option<i64>),
    /// The bits of the f64.
    Float(u64),
    Complex,
    FString(Box<[FPart]>),
    Tuple(Exprs),
    List(Exprs),
    Set(Exprs),
    /// A missing key is `**value`.
    Dict(Box<[(Option<ExprId>, ExprId)]>),
    Attribute {
        value: ExprId,
        attr: Name,
    },
    Subscript {
        value: ExprId,
        index: ExprId,
    },
    Slice {
        lower: Option<ExprId>,
        upper: Option<ExprId>,
        step: Option<ExprId>,
    },
    Call {
        func: ExprId,
        args: Box<[Arg]>,
    },
    Unary {
        op: UnaryOp,
        operand: ExprId,
    },
    Binary {
        op: BinaryOp,
        left: ExprId,
        right: ExprId,
    },
    /// `and` / `or`.
    Bool {
        or: bool,
        left: ExprId,
        right: ExprId,
    },
    Compare {
        left: ExprId,
        rest: Box<[(CompareOp, ExprId)]>,
    },
    Conditional {
        test: ExprId,
        then: ExprId,
        or_else: ExprId,
    },
    Lambda {
        params: Box<[Param]>,
        body: ExprId,
    },
    Comprehension {
        kind: CompKind,
        key: Option<ExprId>,
        element: ExprId,
        clauses: Box<[CompClause]>,
    },
    Starred(ExprId),
    Await(ExprId),
    Yield(Option<ExprId>),
    YieldFrom(ExprId),
    Walrus {
        target: ExprId,
        value: ExprId,
    },
    /// Text that does not parse.
    Error,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum FPart {
    Text(Arc<str>),
    /// `{value!conversion:spec}`; the spec is itself made of parts.
    Value {
        value: ExprId,
        conversion: Option<char>,
        spec: Box<[FPart]>,
        debug: bool,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Arg {
    pub kind: ArgKind,
    pub value: ExprId,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ArgKind {
    Positional,
    Star,
    DoubleStar,
    Keyword(Name),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    Not,
    Minus,
    Plus,
    Invert,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    MatMul,
    Div,
    FloorDiv,
    Mod,
    Pow,
    LShift,
    RShift,
    BitAnd,
    BitOr,
    BitXor,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CompareOp {
    Eq,
    NotEq,
    Lt,
    LtE,
    Gt,
    GtE,
    Is,
    IsNot,
    In,
    NotIn,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CompKind {
    List,
    Set,
    Dict,
    Generator,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum CompClause {
    For { target: ExprId, iter: ExprId },
    If(ExprId),
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Param {
    pub name: Name,
    pub kind: ParamKind,
    pub annotation: Option<ExprId>,
    pub default: Option<ExprId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ParamKind {
    PositionalOnly,
    Normal,
    /// `*args`
    Star,
    KeywordOnly,
    /// `**kwargs`
    DoubleStar,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Stmt {
    Expr(ExprId),
    /// `a = b = value`
    Assign {
        targets: Exprs,
        value: ExprId,
    },
    AugAssign {
        target: ExprId,
        op: BinaryOp,
        value: ExprId,
    },
    AnnAssign {
        target: ExprId,
        annotation: ExprId,
        value: Option<ExprId>,
    },
    FunctionDef(Box<FunctionDef>),
    ClassDef(Box<ClassDef>),
    If {
        test: ExprId,
        body: Block,
        or_else: Block,
    },
    For {
        target: ExprId,
        iter: ExprId,
        body: Block,
        or_else: Block,
        is_async: bool,
    },
    While {
        test: ExprId,
        body: Block,
        or_else: Block,
    },
    Try {
        body: Block,
        handlers: Box<[Handler]>,
        or_else: Block,
        finally: Block,
    },
    With {
        items: Box<[WithItem]>,
        body: Block,
        is_async: bool,
    },
    Return(Option<ExprId>),
    Raise {
        exception: Option<ExprId>,
        cause: Option<ExprId>,
    },
    Import(Box<[Alias]>),
    /// `from ...module import names`; `level` counts the dots, no names is `*`.
    ImportFrom {
        module: Option<Name>,
        level: u32,
        names: Option<Box<[Alias]>>,
    },
    Global(Box<[Name]>),
    Nonlocal(Box<[Name]>),
    Delete(Exprs),
    Assert {
        test: ExprId,
        message: Option<ExprId>,
    },
    Match {
        subject: ExprId,
        cases: Box<[MatchCase]>,
    },
    TypeAlias {
        name: Name,
        value: ExprId,
    },
    Pass,
    Break,
    Continue,
    /// Text that does not parse.
    Error,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FunctionDef {
    pub name: Name,
    /// An expression node that spans the name, for places.
    pub name_node: ExprId,
    pub params: Box<[Param]>,
    pub returns: Option<ExprId>,
    pub decorators: Exprs,
    pub body: Block,
    pub is_async: bool,
    /// There is a `yield` in the body itself (nested functions not counted).
    pub is_generator: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ClassDef {
    pub name: Name,
    pub name_node: ExprId,
    /// Bases and keywords, as in a call.
    pub args: Box<[Arg]>,
    pub decorators: Exprs,
    pub body: Block,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Handler {
    pub exception: Option<ExprId>,
    pub name: Option<Name>,
    pub body: Block,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct WithItem {
    pub context: ExprId,
    pub target: Option<ExprId>,
}

/// `name as alias`; a dotted name is kept dotted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Alias {
    pub name: Name,
    pub alias: Option<Name>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MatchCase {
    /// `None`: a pattern that is more than literals and `_`.
    pub pattern: Option<MatchPattern>,
    pub guard: Option<ExprId>,
    pub body: Block,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum MatchPattern {
    Wildcard,
    Capture(Name),
    /// Any of these values.
    Values(Exprs),
}

impl ItemTree {
    pub fn expr(&self, id: ExprId) -> &Expr {
        &self.exprs[id.0 as usize]
    }

    pub fn stmt(&self, id: StmtId) -> &Stmt {
        &self.stmts[id.0 as usize]
    }

    /// The span of any node, relative to the item; `None` for an id of another version of the text.
    pub fn span(&self, node: NodeId) -> Option<Span> {
        let index = (node.0 / 2) as usize;
        let spans = if node.0.is_multiple_of(2) { &self.expr_spans } else { &self.stmt_spans };
        spans.get(index).copied()
    }
}

impl Module {
    /// The span of a node in bytes of the file.
    pub fn span(&self, item: u32, node: NodeId) -> Option<Span> {
        let item = self.items.get(item as usize)?;
        let span = item.tree.span(node)?;
        Some(Span { start: item.start + span.start, end: item.start + span.end })
    }
}
