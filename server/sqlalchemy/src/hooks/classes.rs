//! Which of SQLAlchemy's classes is under which: exceptions for handlers, types for isinstance.

use schema::Kind;

/// SQLAlchemy's exceptions with the class above each.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("ArgumentError", "SQLAlchemyError"),
    ("AmbiguousForeignKeysError", "ArgumentError"),
    ("CircularDependencyError", "SQLAlchemyError"),
    ("CompileError", "SQLAlchemyError"),
    ("DBAPIError", "StatementError"),
    ("DataError", "DatabaseError"),
    ("DatabaseError", "DBAPIError"),
    ("DisconnectionError", "SQLAlchemyError"),
    ("IdentifierError", "SQLAlchemyError"),
    ("IntegrityError", "DatabaseError"),
    ("InterfaceError", "DBAPIError"),
    ("InternalError", "DatabaseError"),
    ("InvalidRequestError", "SQLAlchemyError"),
    ("MultipleResultsFound", "InvalidRequestError"),
    ("NoForeignKeysError", "ArgumentError"),
    ("NoInspectionAvailable", "InvalidRequestError"),
    ("NoReferenceError", "InvalidRequestError"),
    ("NoReferencedColumnError", "NoReferenceError"),
    ("NoReferencedTableError", "NoReferenceError"),
    ("NoResultFound", "InvalidRequestError"),
    ("NoSuchColumnError", "InvalidRequestError"),
    ("NoSuchModuleError", "ArgumentError"),
    ("NoSuchTableError", "InvalidRequestError"),
    ("NotSupportedError", "DatabaseError"),
    ("ObjectNotExecutableError", "ArgumentError"),
    ("OperationalError", "DatabaseError"),
    ("PendingRollbackError", "InvalidRequestError"),
    ("ProgrammingError", "DatabaseError"),
    ("ResourceClosedError", "InvalidRequestError"),
    ("StatementError", "SQLAlchemyError"),
    ("TimeoutError", "SQLAlchemyError"),
    ("UnboundExecutionError", "InvalidRequestError"),
    ("UnsupportedCompilationError", "CompileError"),
];

pub(super) fn exception_is(class: &str, of: &str) -> Option<bool> {
    let known = |name: &str| name == "SQLAlchemyError" || EXCEPTIONS.iter().any(|(class, _)| *class == name);
    if !known(class) || !known(of) {
        return None;
    }
    let mut at = class;
    loop {
        if at == of {
            return Some(true);
        }
        match EXCEPTIONS.iter().find(|(class, _)| *class == at) {
            Some((_, parent)) => at = parent,
            None => return Some(false),
        }
    }
}

/// Types with the class above each.
const TYPES: &[(&str, &str)] = &[
    ("BIGINT", "BigInteger"),
    ("BINARY", "LargeBinary"),
    ("BLOB", "LargeBinary"),
    ("BOOLEAN", "Boolean"),
    ("BigInteger", "Integer"),
    ("CHAR", "String"),
    ("CLOB", "Text"),
    ("DATE", "Date"),
    ("DATETIME", "DateTime"),
    ("DECIMAL", "Numeric"),
    ("DOUBLE", "Double"),
    ("DOUBLE_PRECISION", "Double"),
    ("Double", "Float"),
    ("ENUM", "Enum"),
    ("Enum", "String"),
    ("FLOAT", "Float"),
    ("Float", "Numeric"),
    ("INTEGER", "Integer"),
    ("JSONB", "JSON"),
    ("NCHAR", "Unicode"),
    ("NUMERIC", "Numeric"),
    ("NVARCHAR", "Unicode"),
    ("REAL", "Float"),
    ("SMALLINT", "SmallInteger"),
    ("SmallInteger", "Integer"),
    ("TEXT", "Text"),
    ("TIME", "Time"),
    ("TIMESTAMP", "DateTime"),
    ("Text", "String"),
    ("UUID", "Uuid"),
    ("Unicode", "String"),
    ("UnicodeText", "Text"),
    ("VARBINARY", "LargeBinary"),
    ("VARCHAR", "String"),
    ("Boolean", "TypeEngine"),
    ("Date", "TypeEngine"),
    ("DateTime", "TypeEngine"),
    ("Integer", "TypeEngine"),
    ("Interval", "TypeEngine"),
    ("JSON", "TypeEngine"),
    ("LargeBinary", "TypeEngine"),
    ("NullType", "TypeEngine"),
    ("Numeric", "TypeEngine"),
    ("String", "TypeEngine"),
    ("Time", "TypeEngine"),
    ("Uuid", "TypeEngine"),
    ("ARRAY", "TypeEngine"),
    ("BIT", "TypeEngine"),
    ("BYTEA", "LargeBinary"),
    ("CIDR", "TypeEngine"),
    ("DATETIME2", "DateTime"),
    ("HSTORE", "TypeEngine"),
    ("INET", "TypeEngine"),
    ("INTERVAL", "TypeEngine"),
    ("LONGBLOB", "LargeBinary"),
    ("LONGTEXT", "String"),
    ("MACADDR", "TypeEngine"),
    ("MEDIUMBLOB", "LargeBinary"),
    ("MEDIUMINT", "Integer"),
    ("MEDIUMTEXT", "String"),
    ("MONEY", "TypeEngine"),
    ("OID", "TypeEngine"),
    ("TINYBLOB", "LargeBinary"),
    ("TINYINT", "Integer"),
    ("TINYTEXT", "String"),
    ("TSVECTOR", "TypeEngine"),
    ("UNIQUEIDENTIFIER", "Uuid"),
    ("YEAR", "TypeEngine"),
];

/// Whether a dialect's type of this name is a class of its own, and not SQLAlchemy's passed on.
pub(super) fn is_own_class(of: Kind, name: &str) -> bool {
    let (own, others): (&[&str], bool) = match of {
        Kind::Postgresql => (
            &[
                "ARRAY",
                "BIT",
                "BYTEA",
                "CIDR",
                "CITEXT",
                "ENUM",
                "HSTORE",
                "INET",
                "INTERVAL",
                "JSON",
                "JSONB",
                "MACADDR",
                "MACADDR8",
                "MONEY",
                "OID",
                "REGCLASS",
                "TIME",
                "TIMESTAMP",
                "TSQUERY",
                "TSVECTOR",
            ],
            true,
        ),
        Kind::Sqlite => (&["DATE", "DATETIME", "JSON", "TIME"], true),
        // MySQL has its own version of nearly every type.
        Kind::Mysql | Kind::Mariadb => (&["BINARY", "BLOB", "BOOLEAN", "DATE", "VARBINARY"], false),
        Kind::Mssql => (
            &[
                "BIT",
                "DATETIME2",
                "DATETIMEOFFSET",
                "MONEY",
                "NTEXT",
                "SMALLDATETIME",
                "TIME",
                "TINYINT",
                "XML",
            ],
            true,
        ),
    };
    own.contains(&name) == others
}

pub(super) fn is_type_subclass(class: &str, of: &str) -> Option<bool> {
    let known = |name: &str| name == "TypeEngine" || TYPES.iter().any(|(class, _)| *class == name);
    if !known(class) || !known(of) {
        return None;
    }
    let mut at = class;
    loop {
        if at == of {
            return Some(true);
        }
        match TYPES.iter().find(|(class, _)| *class == at) {
            Some((_, parent)) => at = parent,
            None => return Some(false),
        }
    }
}

/// Families of constructs: nothing is an instance of two.
pub(super) fn kind_of(name: &str) -> Option<&'static str> {
    Some(match name {
        "Column" | "ColumnClause" | "column" | "mapped_column" => "column",
        "Table" | "TableClause" | "table" => "table",
        "Index" => "index",
        "ForeignKey" => "foreign key",
        "MetaData" => "metadata",
        "text" | "TextClause" => "text",
        "Sequence" => "sequence",
        name if name.ends_with("Constraint") => "constraint",
        name if TYPES.iter().any(|(class, _)| *class == name) || name == "TypeEngine" => "type",
        _ => return None,
    })
}
