//! Arguments of calls and parameters of functions.

use super::kind::{Field, Kind};
use super::lower::Lower;
use super::operator::is_punctuation;
use crate::ast::{Arg, ArgKind, Param, ParamKind};
use fact::Name;

impl Lower<'_> {
    /// The arguments of a call, or the bases of a class.
    pub(super) fn arguments(&mut self) -> Box<[Arg]> {
        let mut args: Vec<Arg> = Vec::new();
        let mut keywords = false;
        let mut unpacked = false;
        let broken = self.each(|this, kind| match kind {
            Kind::KeywordArgument => {
                keywords = true;
                if let Some(arg) = this.keyword_argument() {
                    this.check_repeated(&args, &arg);
                    args.push(arg);
                }
            }
            Kind::ListSplat => {
                if unpacked {
                    this.error_here("`*` unpacking cannot follow `**` unpacking");
                }
                let value = this.inner();
                args.push(Arg { kind: ArgKind::Star, value });
            }
            Kind::DictionarySplat => {
                unpacked = true;
                let value = this.inner();
                args.push(Arg { kind: ArgKind::DoubleStar, value });
            }
            kind if is_punctuation(kind) => {}
            _ => {
                if keywords || unpacked {
                    this.error_here("a positional argument cannot follow a keyword argument");
                }
                let value = this.expr();
                args.push(Arg { kind: ArgKind::Positional, value });
            }
        });
        if broken {
            args.push(Arg { kind: ArgKind::Positional, value: self.error_expr() });
        }
        args.into()
    }

    fn keyword_argument(&mut self) -> Option<Arg> {
        let mut name = None;
        let mut value = None;
        let broken = self.each(|this, _| match this.field() {
            Field::Name => name = Some(this.name()),
            Field::Value => value = Some(this.expr()),
            _ => {}
        });
        let value = match value {
            Some(value) if !broken => value,
            _ => self.error_expr(),
        };
        Some(Arg { kind: ArgKind::Keyword(name?), value })
    }

    fn check_repeated(&mut self, args: &[Arg], arg: &Arg) {
        let ArgKind::Keyword(name) = &arg.kind else { return };
        if args.iter().any(|earlier| earlier.kind == arg.kind) {
            self.error_here(format!("the argument {name} is given twice"));
        }
    }

    /// The parameters of a function or lambda.
    pub(super) fn parameters(&mut self) -> Box<[Param]> {
        let mut params: Vec<Param> = Vec::new();
        let mut plain = ParamKind::Normal;
        let mut after_default = false;
        self.each(|this, kind| {
            match kind {
                Kind::PositionalSeparator => {
                    for param in &mut params {
                        if param.kind == ParamKind::Normal {
                            param.kind = ParamKind::PositionalOnly;
                        }
                    }
                    return;
                }
                Kind::KeywordSeparator => {
                    plain = ParamKind::KeywordOnly;
                    return;
                }
                kind if is_punctuation(kind) => return,
                _ => {}
            }
            let Some(param) = this.parameter(kind, plain) else {
                this.error_here("this is not a parameter");
                return;
            };
            match param.kind {
                ParamKind::Star => plain = ParamKind::KeywordOnly,
                ParamKind::Normal if param.default.is_some() => after_default = true,
                ParamKind::Normal if after_default => {
                    this.error_here("a parameter without a default cannot follow one with a default");
                }
                _ => {}
            }
            if params.iter().any(|earlier| earlier.name == param.name) {
                this.error_here(format!("the parameter {} is declared twice", param.name));
            }
            if params.last().is_some_and(|last| last.kind == ParamKind::DoubleStar) {
                this.error_here("no parameter can follow `**`");
            }
            params.push(param);
        });
        params.into()
    }

    fn parameter(&mut self, kind: Kind, plain: ParamKind) -> Option<Param> {
        let mut param = Param { name: Name::default(), kind: plain, annotation: None, default: None };
        match kind {
            Kind::Identifier => param.name = self.name(),
            Kind::ListSplatPattern | Kind::DictionarySplatPattern => self.splat(kind, &mut param),
            Kind::TypedParameter | Kind::DefaultParameter | Kind::TypedDefaultParameter => {
                self.each(|this, child| match this.field() {
                    Field::Type => param.annotation = Some(this.expr()),
                    Field::Value => param.default = Some(this.expr()),
                    _ => match child {
                        Kind::Identifier => param.name = this.name(),
                        Kind::ListSplatPattern | Kind::DictionarySplatPattern => {
                            this.splat(child, &mut param)
                        }
                        _ => {}
                    },
                });
            }
            _ => return None,
        }
        (!param.name.is_empty()).then_some(param)
    }

    fn splat(&mut self, kind: Kind, param: &mut Param) {
        param.kind = if kind == Kind::ListSplatPattern { ParamKind::Star } else { ParamKind::DoubleStar };
        self.each(|this, child| {
            if child == Kind::Identifier {
                param.name = this.name();
            }
        });
    }
}
