//! One line of text per expression or statement, so that tests can say what they expect.

use crate::ast::*;
use std::fmt::Write;

/// The statement at the root of `tree`.
pub fn dump(tree: &ItemTree) -> String {
    let mut out = String::new();
    if let Some(root) = tree.root {
        Dump { tree, out: &mut out }.stmt(root);
    }
    out
}

struct Dump<'a> {
    tree: &'a ItemTree,
    out: &'a mut String,
}

impl Dump<'_> {
    fn put(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn list<T>(&mut self, items: &[T], mut each: impl FnMut(&mut Self, &T)) {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.put(", ");
            }
            each(self, item);
        }
    }

    fn exprs(&mut self, items: &[ExprId]) {
        self.list(items, |this, id| this.expr(*id));
    }

    fn optional(&mut self, before: &str, id: Option<ExprId>) {
        if let Some(id) = id {
            self.put(before);
            self.expr(id);
        }
    }

    fn expr(&mut self, id: ExprId) {
        let tree = self.tree;
        match tree.expr(id) {
            Expr::Name(name) => self.put(name),
            Expr::None => self.put("None"),
            Expr::True => self.put("True"),
            Expr::False => self.put("False"),
            Expr::Ellipsis => self.put("..."),
            Expr::Str(text) => write!(self.out, "{text:?}").unwrap(),
            Expr::Bytes(bytes) => write!(self.out, "b\"{}\"", bytes.escape_ascii()).unwrap(),
            Expr::Int(Some(value)) => write!(self.out, "{value}").unwrap(),
            Expr::Int(None) => self.put("<big>"),
            Expr::Float(bits) => write!(self.out, "{:?}", f64::from_bits(*bits)).unwrap(),
            Expr::Complex => self.put("<complex>"),
            Expr::FString(parts) => {
                self.put("f[");
                self.parts(parts);
                self.put("]");
            }
            Expr::Tuple(items) => {
                self.put("(");
                self.exprs(items);
                self.put(if items.len() < 2 { ",)" } else { ")" });
            }
            Expr::List(items) => {
                self.put("[");
                self.exprs(items);
                self.put("]");
            }
            Expr::Set(items) => {
                self.put("{");
                self.exprs(items);
                self.put("}");
            }
            Expr::Dict(pairs) => {
                self.put("{");
                self.list(pairs, |this, (key, value)| match key {
                    Some(key) => {
                        this.expr(*key);
                        this.optional(": ", Some(*value));
                    }
                    None => this.optional("**", Some(*value)),
                });
                self.put(if pairs.is_empty() { ":}" } else { "}" });
            }
            Expr::Attribute { value, attr } => {
                self.expr(*value);
                self.put(".");
                self.put(attr);
            }
            Expr::Subscript { value, index } => {
                self.expr(*value);
                self.optional("[", Some(*index));
                self.put("]");
            }
            Expr::Slice { lower, upper, step } => {
                self.optional("", *lower);
                self.put(":");
                self.optional("", *upper);
                self.optional(":", *step);
            }
            Expr::Call { func, args } => {
                self.expr(*func);
                self.put("(");
                self.args(args);
                self.put(")");
            }
            Expr::Unary { op, operand } => {
                self.put(match op {
                    UnaryOp::Not => "(not ",
                    UnaryOp::Minus => "(-",
                    UnaryOp::Plus => "(+",
                    UnaryOp::Invert => "(~",
                });
                self.expr(*operand);
                self.put(")");
            }
            Expr::Binary { op, left, right } => self.infix(*left, binary(*op), *right),
            Expr::Bool { or, left, right } => self.infix(*left, if *or { "or" } else { "and" }, *right),
            Expr::Compare { left, rest } => {
                self.optional("(", Some(*left));
                for (op, operand) in rest {
                    write!(self.out, " {} ", compare(*op)).unwrap();
                    self.expr(*operand);
                }
                self.put(")");
            }
            Expr::Conditional { test, then, or_else } => {
                self.optional("(", Some(*then));
                self.optional(" if ", Some(*test));
                self.optional(" else ", Some(*or_else));
                self.put(")");
            }
            Expr::Lambda { params, body } => {
                self.put("(lambda ");
                self.params(params);
                self.optional(": ", Some(*body));
                self.put(")");
            }
            Expr::Comprehension { kind, key, element, clauses } => {
                let (open, close) = match kind {
                    CompKind::List => ("[", "]"),
                    CompKind::Set | CompKind::Dict => ("{", "}"),
                    CompKind::Generator => ("(", ")"),
                };
                self.put(open);
                self.optional("", *key);
                self.optional(if key.is_some() { ": " } else { "" }, Some(*element));
                for clause in clauses {
                    match clause {
                        CompClause::For { target, iter } => {
                            self.optional(" for ", Some(*target));
                            self.optional(" in ", Some(*iter));
                        }
                        CompClause::If(test) => self.optional(" if ", Some(*test)),
                    }
                }
                self.put(close);
            }
            Expr::Starred(value) => self.optional("*", Some(*value)),
            Expr::Await(value) => self.optional("await ", Some(*value)),
            Expr::Yield(value) => {
                self.put("(yield");
                self.optional(" ", *value);
                self.put(")");
            }
            Expr::YieldFrom(value) => {
                self.optional("(yield from ", Some(*value));
                self.put(")");
            }
            Expr::Walrus { target, value } => self.infix(*target, ":=", *value),
            Expr::Error => self.put("<error>"),
        }
    }

    fn infix(&mut self, left: ExprId, op: &str, right: ExprId) {
        self.optional("(", Some(left));
        write!(self.out, " {op} ").unwrap();
        self.expr(right);
        self.put(")");
    }

    fn parts(&mut self, parts: &[FPart]) {
        self.list(parts, |this, part| match part {
            FPart::Text(text) => write!(this.out, "{text:?}").unwrap(),
            FPart::Value { value, conversion, spec, debug } => {
                this.expr(*value);
                if let Some(conversion) = conversion {
                    write!(this.out, "!{conversion}").unwrap();
                }
                if !spec.is_empty() {
                    this.put(":[");
                    this.parts(spec);
                    this.put("]");
                }
                if *debug {
                    this.put(" debug");
                }
            }
        });
    }

    fn args(&mut self, args: &[Arg]) {
        self.list(args, |this, arg| {
            match &arg.kind {
                ArgKind::Positional => {}
                ArgKind::Star => this.put("*"),
                ArgKind::DoubleStar => this.put("**"),
                ArgKind::Keyword(name) => write!(this.out, "{name}=").unwrap(),
            }
            this.expr(arg.value);
        });
    }

    fn params(&mut self, params: &[Param]) {
        self.list(params, |this, param| {
            this.put(match param.kind {
                ParamKind::PositionalOnly => "pos ",
                ParamKind::Normal => "",
                ParamKind::Star => "*",
                ParamKind::KeywordOnly => "kw ",
                ParamKind::DoubleStar => "**",
            });
            this.put(&param.name);
            this.optional(": ", param.annotation);
            this.optional(" = ", param.default);
        });
    }

    fn block(&mut self, head: &str, block: &[StmtId]) {
        self.put(head);
        self.put(" {");
        for (index, id) in block.iter().enumerate() {
            self.put(if index > 0 { "; " } else { " " });
            self.stmt(*id);
        }
        self.put(" }");
    }

    fn optional_block(&mut self, head: &str, block: &[StmtId]) {
        if !block.is_empty() {
            self.block(head, block);
        }
    }

    fn stmt(&mut self, id: StmtId) {
        let tree = self.tree;
        match tree.stmt(id) {
            Stmt::Expr(value) => self.expr(*value),
            Stmt::Assign { targets, value } => {
                for target in targets {
                    self.expr(*target);
                    self.put(" = ");
                }
                self.expr(*value);
            }
            Stmt::AugAssign { target, op, value } => {
                self.expr(*target);
                write!(self.out, " {}= ", binary(*op)).unwrap();
                self.expr(*value);
            }
            Stmt::AnnAssign { target, annotation, value } => {
                self.expr(*target);
                self.optional(": ", Some(*annotation));
                self.optional(" = ", *value);
            }
            Stmt::FunctionDef(def) => {
                self.decorators(&def.decorators);
                self.put(if def.is_async { "async def " } else { "def " });
                write!(self.out, "{}(", def.name).unwrap();
                self.params(&def.params);
                self.put(")");
                self.optional(" -> ", def.returns);
                self.block(if def.is_generator { " generator" } else { "" }, &def.body);
            }
            Stmt::ClassDef(def) => {
                self.decorators(&def.decorators);
                write!(self.out, "class {}(", def.name).unwrap();
                self.args(&def.args);
                self.block(")", &def.body);
            }
            Stmt::If { test, body, or_else } => {
                self.optional("if ", Some(*test));
                self.block("", body);
                self.optional_block(" else", or_else);
            }
            Stmt::For { target, iter, body, or_else, is_async } => {
                self.put(if *is_async { "async for " } else { "for " });
                self.expr(*target);
                self.optional(" in ", Some(*iter));
                self.block("", body);
                self.optional_block(" else", or_else);
            }
            Stmt::While { test, body, or_else } => {
                self.optional("while ", Some(*test));
                self.block("", body);
                self.optional_block(" else", or_else);
            }
            Stmt::Try { body, handlers, or_else, finally } => {
                self.block("try", body);
                for handler in handlers {
                    self.put(" except");
                    self.optional(" ", handler.exception);
                    if let Some(name) = handler.name {
                        write!(self.out, " as {name}").unwrap();
                    }
                    self.block("", &handler.body);
                }
                self.optional_block(" else", or_else);
                self.optional_block(" finally", finally);
            }
            Stmt::With { items, body, is_async } => {
                self.put(if *is_async { "async with " } else { "with " });
                self.list(items, |this, item| {
                    this.expr(item.context);
                    this.optional(" as ", item.target);
                });
                self.block("", body);
            }
            Stmt::Return(value) => {
                self.put("return");
                self.optional(" ", *value);
            }
            Stmt::Raise { exception, cause } => {
                self.put("raise");
                self.optional(" ", *exception);
                self.optional(" from ", *cause);
            }
            Stmt::Import(names) => {
                self.put("import ");
                self.aliases(names);
            }
            Stmt::ImportFrom { module, level, names } => {
                write!(self.out, "from {}", ".".repeat(*level as usize)).unwrap();
                self.put(module.as_ref().map_or("", |name| name.as_str()));
                self.put(" import ");
                match names {
                    Some(names) => self.aliases(names),
                    None => self.put("*"),
                }
            }
            Stmt::Global(names) => {
                self.put("global ");
                self.list(names, |this, name| this.put(name));
            }
            Stmt::Nonlocal(names) => {
                self.put("nonlocal ");
                self.list(names, |this, name| this.put(name));
            }
            Stmt::Delete(targets) => {
                self.put("del ");
                self.exprs(targets);
            }
            Stmt::Assert { test, message } => {
                self.optional("assert ", Some(*test));
                self.optional(", ", *message);
            }
            Stmt::Match { subject, cases } => {
                self.optional("match ", Some(*subject));
                for case in cases {
                    self.put(" case ");
                    match &case.pattern {
                        None => self.put("<pattern>"),
                        Some(MatchPattern::Wildcard) => self.put("_"),
                        Some(MatchPattern::Capture(name)) => self.put(name),
                        Some(MatchPattern::Values(values)) => {
                            self.put("[");
                            self.exprs(values);
                            self.put("]");
                        }
                    }
                    self.optional(" if ", case.guard);
                    self.block("", &case.body);
                }
            }
            Stmt::TypeAlias { name, value } => {
                write!(self.out, "type {name}").unwrap();
                self.optional(" = ", Some(*value));
            }
            Stmt::Pass => self.put("pass"),
            Stmt::Break => self.put("break"),
            Stmt::Continue => self.put("continue"),
            Stmt::Error => self.put("<error>"),
        }
    }

    fn decorators(&mut self, decorators: &[ExprId]) {
        for decorator in decorators {
            self.optional("@", Some(*decorator));
            self.put(" ");
        }
    }

    fn aliases(&mut self, names: &[Alias]) {
        self.list(names, |this, alias| {
            this.put(&alias.name);
            if let Some(name) = alias.alias {
                write!(this.out, " as {name}").unwrap();
            }
        });
    }
}

fn binary(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "+",
        BinaryOp::Sub => "-",
        BinaryOp::Mul => "*",
        BinaryOp::MatMul => "@",
        BinaryOp::Div => "/",
        BinaryOp::FloorDiv => "//",
        BinaryOp::Mod => "%",
        BinaryOp::Pow => "**",
        BinaryOp::LShift => "<<",
        BinaryOp::RShift => ">>",
        BinaryOp::BitAnd => "&",
        BinaryOp::BitOr => "|",
        BinaryOp::BitXor => "^",
    }
}

fn compare(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Eq => "==",
        CompareOp::NotEq => "!=",
        CompareOp::Lt => "<",
        CompareOp::LtE => "<=",
        CompareOp::Gt => ">",
        CompareOp::GtE => ">=",
        CompareOp::Is => "is",
        CompareOp::IsNot => "is not",
        CompareOp::In => "in",
        CompareOp::NotIn => "not in",
    }
}
