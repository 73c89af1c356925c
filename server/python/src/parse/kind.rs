//! Numbers of the grammar's node kinds and fields, looked up once, so that lowering compares small integers.

use std::sync::LazyLock;
use tree_sitter::Language;

macro_rules! kinds {
    (named { $($named:ident = $named_text:literal,)* } tokens { $($token:ident = $token_text:literal,)* }) => {
        /// A node kind that lowering tells apart. Everything else is [`Kind::Other`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Kind {
            /// Text that the grammar could not place.
            Error,
            Other,
            $($named,)*
            $($token,)*
        }

        impl Kind {
            fn named(text: &str) -> Kind {
                match text {
                    $($named_text => Kind::$named,)*
                    _ => Kind::Other,
                }
            }

            fn token(text: &str) -> Kind {
                match text {
                    $($token_text => Kind::$token,)*
                    _ => Kind::Other,
                }
            }
        }

        #[cfg(test)]
        const NAMED: &[&str] = &[$($named_text,)*];
        #[cfg(test)]
        const TOKENS: &[&str] = &[$($token_text,)*];
    };
}

kinds! {
    named {
        AliasedImport = "aliased_import",
        ArgumentList = "argument_list",
        AsPattern = "as_pattern",
        AsPatternTarget = "as_pattern_target",
        AssertStatement = "assert_statement",
        Assignment = "assignment",
        Attribute = "attribute",
        AugmentedAssignment = "augmented_assignment",
        Await = "await",
        BinaryOperator = "binary_operator",
        Block = "block",
        BooleanOperator = "boolean_operator",
        BreakStatement = "break_statement",
        Call = "call",
        CaseClause = "case_clause",
        CasePattern = "case_pattern",
        Chevron = "chevron",
        ClassDefinition = "class_definition",
        Comment = "comment",
        ComparisonOperator = "comparison_operator",
        ConcatenatedString = "concatenated_string",
        ConditionalExpression = "conditional_expression",
        ConstrainedType = "constrained_type",
        ContinueStatement = "continue_statement",
        DecoratedDefinition = "decorated_definition",
        Decorator = "decorator",
        DefaultParameter = "default_parameter",
        DeleteStatement = "delete_statement",
        Dictionary = "dictionary",
        DictionaryComprehension = "dictionary_comprehension",
        DictionarySplat = "dictionary_splat",
        DictionarySplatPattern = "dictionary_splat_pattern",
        DottedName = "dotted_name",
        ElifClause = "elif_clause",
        Ellipsis = "ellipsis",
        ElseClause = "else_clause",
        ExceptClause = "except_clause",
        ExecStatement = "exec_statement",
        ExpressionList = "expression_list",
        ExpressionStatement = "expression_statement",
        False = "false",
        FinallyClause = "finally_clause",
        Float = "float",
        ForInClause = "for_in_clause",
        ForStatement = "for_statement",
        FormatExpression = "format_expression",
        FormatSpecifier = "format_specifier",
        FunctionDefinition = "function_definition",
        FutureImportStatement = "future_import_statement",
        GeneratorExpression = "generator_expression",
        GenericType = "generic_type",
        GlobalStatement = "global_statement",
        Identifier = "identifier",
        IfClause = "if_clause",
        IfStatement = "if_statement",
        ImportFromStatement = "import_from_statement",
        ImportPrefix = "import_prefix",
        ImportStatement = "import_statement",
        Integer = "integer",
        Interpolation = "interpolation",
        KeywordArgument = "keyword_argument",
        KeywordSeparator = "keyword_separator",
        Lambda = "lambda",
        LambdaParameters = "lambda_parameters",
        LineContinuation = "line_continuation",
        List = "list",
        ListComprehension = "list_comprehension",
        ListPattern = "list_pattern",
        ListSplat = "list_splat",
        ListSplatPattern = "list_splat_pattern",
        MatchStatement = "match_statement",
        MemberType = "member_type",
        NamedExpression = "named_expression",
        None = "none",
        NonlocalStatement = "nonlocal_statement",
        NotOperator = "not_operator",
        Pair = "pair",
        Parameters = "parameters",
        ParenthesizedExpression = "parenthesized_expression",
        ParenthesizedListSplat = "parenthesized_list_splat",
        PassStatement = "pass_statement",
        PatternList = "pattern_list",
        PositionalSeparator = "positional_separator",
        PrintStatement = "print_statement",
        RaiseStatement = "raise_statement",
        RelativeImport = "relative_import",
        ReturnStatement = "return_statement",
        Set = "set",
        SetComprehension = "set_comprehension",
        Slice = "slice",
        SplatType = "splat_type",
        String = "string",
        StringContent = "string_content",
        StringEnd = "string_end",
        Subscript = "subscript",
        True = "true",
        TryStatement = "try_statement",
        Tuple = "tuple",
        TuplePattern = "tuple_pattern",
        Type = "type",
        TypeAliasStatement = "type_alias_statement",
        TypeConversion = "type_conversion",
        TypeParameter = "type_parameter",
        TypedDefaultParameter = "typed_default_parameter",
        TypedParameter = "typed_parameter",
        UnaryOperator = "unary_operator",
        UnionPattern = "union_pattern",
        UnionType = "union_type",
        WhileStatement = "while_statement",
        WildcardImport = "wildcard_import",
        WithClause = "with_clause",
        WithItem = "with_item",
        WithStatement = "with_statement",
        Yield = "yield",
    }
    tokens {
        And = "and",
        As = "as",
        Async = "async",
        Bang = "!=",
        Caret = "^",
        CaretEq = "^=",
        Colon = ":",
        Comma = ",",
        Amp = "&",
        AmpEq = "&=",
        At = "@",
        AtEq = "@=",
        Eq = "=",
        EqEq = "==",
        Greater = ">",
        GreaterEq = ">=",
        In = "in",
        Is = "is",
        IsNot = "is not",
        LeftBrace = "{",
        LeftBracket = "[",
        LeftParen = "(",
        Less = "<",
        LessEq = "<=",
        LessGreater = "<>",
        LShift = "<<",
        LShiftEq = "<<=",
        Minus = "-",
        MinusEq = "-=",
        NotIn = "not in",
        Or = "or",
        Percent = "%",
        PercentEq = "%=",
        Pipe = "|",
        PipeEq = "|=",
        Plus = "+",
        PlusEq = "+=",
        From = "from",
        RightBrace = "}",
        RightBracket = "]",
        RightParen = ")",
        RShift = ">>",
        RShiftEq = ">>=",
        Slash = "/",
        SlashEq = "/=",
        SlashSlash = "//",
        SlashSlashEq = "//=",
        Star = "*",
        StarEq = "*=",
        StarStar = "**",
        StarStarEq = "**=",
        Tilde = "~",
        Underscore = "_",
    }
}

macro_rules! fields {
    ($($field:ident = $text:literal,)*) => {
        /// A field of the grammar that lowering asks for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Field {
            Other,
            $($field,)*
        }

        impl Field {
            fn from_text(text: &str) -> Field {
                match text {
                    $($text => Field::$field,)*
                    _ => Field::Other,
                }
            }
        }

        #[cfg(test)]
        const FIELDS: &[&str] = &[$($text,)*];
    };
}

fields! {
    Alias = "alias",
    Body = "body",
    Cause = "cause",
    Guard = "guard",
    Left = "left",
    Name = "name",
    ReturnType = "return_type",
    Right = "right",
    Subject = "subject",
    Subscript = "subscript",
    Type = "type",
    Value = "value",
}

/// The grammar and its tables.
pub struct Grammar {
    pub language: Language,
    kinds: Box<[Kind]>,
    fields: Box<[Field]>,
}

pub static GRAMMAR: LazyLock<Grammar> = LazyLock::new(Grammar::load);

impl Grammar {
    fn load() -> Grammar {
        let language = Language::new(tree_sitter_python::LANGUAGE);
        let kinds = (0..language.node_kind_count())
            .map(|id| {
                let id = id as u16;
                let text = language.node_kind_for_id(id).unwrap_or_default();
                if language.node_kind_is_named(id) { Kind::named(text) } else { Kind::token(text) }
            })
            .collect();
        let fields = (0..=language.field_count())
            .map(|id| Field::from_text(language.field_name_for_id(id as u16).unwrap_or_default()))
            .collect();
        Grammar { language, kinds, fields }
    }

    pub fn kind(&self, id: u16) -> Kind {
        // The id of an error node lies outside the table.
        self.kinds.get(id as usize).copied().unwrap_or(Kind::Error)
    }

    pub fn field(&self, id: u16) -> Field {
        self.fields.get(id as usize).copied().unwrap_or(Field::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_and_field_is_in_the_grammar() {
        let language = &GRAMMAR.language;
        for text in NAMED {
            let id = language.id_for_node_kind(text, true);
            assert!(id != 0, "no node kind {text}");
            assert_eq!(GRAMMAR.kind(id), Kind::named(text));
        }
        for text in TOKENS {
            let id = language.id_for_node_kind(text, false);
            assert!(id != 0, "no token {text}");
            assert_eq!(GRAMMAR.kind(id), Kind::token(text));
        }
        for text in FIELDS {
            let id = language.field_id_for_name(text).map_or(0, |id| id.get());
            assert_eq!(GRAMMAR.field(id), Field::from_text(text), "no field {text}");
        }
    }

    #[test]
    fn an_error_node_has_its_own_kind() {
        assert_eq!(GRAMMAR.kind(u16::MAX), Kind::Error);
    }
}
