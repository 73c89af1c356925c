use super::host::{evaluate, place};
use super::show;
use python::value::{Arg, Value};
use schema::Kind;

/// The type that the expression is read as.
fn check_type(expression: &str, want: &str) {
    check_types_in("", &[(expression, want)]);
}

/// The same after some definitions.
fn check_types_in(setup: &str, cases: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (expression, want) in cases {
        let got = evaluate(&format!("{setup}\nx = {expression}\n"), |interp, value| {
            show::fact(&crate::read_type(interp, value, place()), show::ty)
        });
        if got != *want {
            wrong.push(format!("{expression}\n  want {want}\n  got  {got}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn generic_types() {
    check_types_in(
        "",
        &[
            ("sa.Integer", "Integer"),
            ("sa.Integer()", "Integer"),
            ("sa.INTEGER()", "Integer"),
            ("sa.types.BigInteger()", "BigInteger"),
            ("sa.SmallInteger", "SmallInteger"),
            ("sa.String", "String"),
            ("sa.String(10)", "String(10)"),
            ("sa.String(length=10)", "String(10)"),
            ("sa.String(10, 'de_DE')", "String(10) collate de_DE"),
            ("sa.String(length=10, collation='C')", "String(10) collate C"),
            ("sa.VARCHAR(length=5)", "String(5)"),
            ("sa.Unicode(12)", "NString(12)"),
            ("sa.NVARCHAR(12)", "`NVARCHAR(12)` {mssql: NString(12)}"),
            ("sa.CHAR(3)", "Char(3)"),
            ("sa.Text()", "Text"),
            ("sa.UnicodeText", "NText"),
            ("sa.TEXT()", "Text {mssql: `TEXT` mssql}"),
            ("sa.Boolean()", "Boolean"),
            ("sa.Boolean(create_constraint=True)", "Boolean check"),
            ("sa.Boolean(name='ck_x', create_constraint=True)", "Boolean check ck_x"),
            ("sa.Boolean(name='ck_x')", "Boolean"),
            ("sa.Float", "Float"),
            ("sa.Float(53)", "Float(53)"),
            ("sa.Float(precision=10, asdecimal=True)", "Float(10)"),
            ("sa.Double", "Double"),
            ("sa.DOUBLE_PRECISION()", "`DOUBLE PRECISION`"),
            ("sa.REAL()", "Real"),
            ("sa.Numeric", "Numeric"),
            ("sa.Numeric(10, 2)", "Numeric(10, 2)"),
            ("sa.Numeric(precision=9)", "Numeric(9)"),
            ("sa.Numeric(scale=2, precision=8, asdecimal=False)", "Numeric(8, 2)"),
            ("sa.DECIMAL(10, 2)", "`DECIMAL(10, 2)`"),
            ("sa.LargeBinary(20)", "LargeBinary(20)"),
            ("sa.BLOB()", "`BLOB`"),
            ("sa.VARBINARY(16)", "`VARBINARY(16)`"),
            ("sa.Date()", "Date"),
            ("sa.Time(timezone=True)", "Time tz"),
            ("sa.DateTime", "DateTime"),
            ("sa.DateTime(timezone=True)", "DateTime tz"),
            ("sa.DateTime(True)", "DateTime tz"),
            ("sa.TIMESTAMP(timezone=True)", "Timestamp tz"),
            ("sa.Interval()", "Interval"),
            ("sa.Interval(second_precision=3, native=True)", "Interval(3)"),
            ("sa.Interval(native=False)", "DateTime"),
            ("sa.Uuid()", "Uuid"),
            ("sa.Uuid(as_uuid=False)", "Uuid"),
            ("sa.Uuid(native_uuid=False)", "Char(32)"),
            ("sa.UUID()", "`UUID`"),
            ("sa.JSON()", "Json"),
            ("sa.JSON(none_as_null=True)", "Json"),
            ("sa.PickleType()", "LargeBinary"),
            ("sa.PickleType(impl=sa.Text())", "Text"),
            ("sa.types.NULLTYPE", "Null"),
            ("sa.types.NullType()", "Null"),
            ("sa.ARRAY(sa.Text)", "Text[]"),
            ("sa.ARRAY(sa.Integer(), dimensions=2)", "Integer[2]"),
            ("None", "Null"),
        ],
    );
}

#[test]
fn variants() {
    check_types_in(
        "",
        &[
            ("sa.Text().with_variant(mysql.LONGTEXT(), 'mysql')", "Text {mysql: `LONGTEXT` mysql}"),
            (
                "sa.SmallInteger().with_variant(mysql.TINYINT(1), 'mysql', 'mariadb')",
                "SmallInteger {mysql: `TINYINT(1)` mysql, mariadb: `TINYINT(1)` mysql}",
            ),
            (
                "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql').with_variant(sa.Text(), 'sqlite')",
                "Json {sqlite: Text, postgresql: `JSONB` postgresql}",
            ),
            ("sa.BigInteger().with_variant(sa.Integer, 'oracle')", "BigInteger"),
            ("sa.types.Variant(sa.String(5), {'sqlite': sa.Text()})", "String(5) {sqlite: Text}"),
        ],
    );
}

#[test]
fn postgresql_types() {
    check_types_in(
        "from sqlalchemy.dialects.postgresql import json, base",
        &[
            ("postgresql.UUID()", "`UUID`"),
            ("postgresql.UUID(as_uuid=True)", "`UUID`"),
            ("base.UUID(as_uuid=True)", "`UUID`"),
            ("postgresql.JSONB(astext_type=sa.Text())", "`JSONB` postgresql"),
            ("json.JSONB", "`JSONB` postgresql"),
            ("postgresql.JSON(astext_type=sa.Text())", "Json"),
            ("postgresql.ARRAY(sa.String(5), dimensions=2)", "String(5)[2]"),
            ("postgresql.ARRAY(postgresql.UUID(as_uuid=True))", "`UUID`[]"),
            ("postgresql.INET()", "`INET` postgresql"),
            ("postgresql.TSVECTOR", "`TSVECTOR` postgresql"),
            ("postgresql.HSTORE(text_type=sa.Text())", "`HSTORE` postgresql"),
            ("postgresql.BIT(3)", "`BIT(3)` postgresql"),
            ("postgresql.BIT()", "`BIT(1)` postgresql"),
            ("postgresql.BIT(varying=True)", "`BIT VARYING` postgresql"),
            ("postgresql.BIT(5, varying=True)", "`BIT VARYING(5)` postgresql"),
            ("postgresql.INTERVAL()", "`INTERVAL` postgresql"),
            (
                "postgresql.INTERVAL(fields='DAY TO SECOND', precision=3)",
                "`INTERVAL DAY TO SECOND (3)` postgresql",
            ),
            ("postgresql.TIMESTAMP()", "Timestamp"),
            ("postgresql.TIMESTAMP(timezone=True)", "Timestamp tz"),
            ("postgresql.TIMESTAMP(timezone=True, precision=3)", "`TIMESTAMP(3) WITH TIME ZONE` postgresql"),
            ("postgresql.TIME(precision=0)", "`TIME(0) WITHOUT TIME ZONE` postgresql"),
            ("postgresql.DOUBLE_PRECISION(precision=53)", "`DOUBLE PRECISION`"),
            ("postgresql.BYTEA()", "`BYTEA` postgresql"),
            ("postgresql.VARCHAR(20)", "String(20)"),
            ("postgresql.INTEGER()", "Integer"),
            ("postgresql.NUMERIC(10, 2)", "Numeric(10, 2)"),
            ("postgresql.CITEXT()", "`CITEXT` postgresql"),
            ("postgresql.TSTZRANGE()", "`TSTZRANGE` postgresql"),
            ("postgresql.DOMAIN('positive', sa.Integer)", "`positive` postgresql"),
            ("postgresql.ENUM('a', 'b', name='e')", "Enum e a|b"),
            ("postgresql.ENUM('a', 'b', name='e', create_type=False)", "Enum e a|b exists"),
            ("postgresql.ENUM('a', name='e', schema='s')", "Enum s.e a"),
        ],
    );
}

#[test]
fn mysql_types() {
    check_types_in(
        "",
        &[
            ("mysql.INTEGER()", "Integer"),
            ("mysql.INTEGER(11)", "`INTEGER(11)` mysql"),
            ("mysql.INTEGER(display_width=11)", "`INTEGER(11)` mysql"),
            ("mysql.INTEGER(unsigned=True, display_width=11)", "`INTEGER(11) UNSIGNED` mysql"),
            ("mysql.BIGINT(unsigned=True, zerofill=True)", "`BIGINT UNSIGNED ZEROFILL` mysql"),
            ("mysql.TINYINT(1)", "`TINYINT(1)` mysql"),
            ("mysql.MEDIUMINT()", "`MEDIUMINT` mysql"),
            ("mysql.DECIMAL(10, 2, unsigned=True)", "`DECIMAL(10, 2) UNSIGNED` mysql"),
            ("mysql.DECIMAL(10, 2)", "`DECIMAL(10, 2)`"),
            ("mysql.NUMERIC(10, 2)", "Numeric(10, 2)"),
            ("mysql.DOUBLE(precision=53, scale=2)", "`DOUBLE(53, 2)` mysql"),
            ("mysql.DOUBLE(asdecimal=True)", "`DOUBLE` mysql"),
            ("mysql.FLOAT(10)", "Float(10)"),
            ("mysql.FLOAT(precision=10, scale=2)", "`FLOAT(10, 2)` mysql"),
            ("mysql.BIT(8)", "`BIT(8)` mysql"),
            ("mysql.YEAR()", "`YEAR` mysql"),
            ("mysql.DATETIME(fsp=6)", "`DATETIME(6)` mysql"),
            ("mysql.DATETIME()", "DateTime"),
            ("mysql.TIMESTAMP(fsp=3)", "`TIMESTAMP(3)` mysql"),
            ("mysql.LONGTEXT()", "`LONGTEXT` mysql"),
            ("mysql.LONGTEXT(collation='utf8mb4_bin')", "`LONGTEXT COLLATE utf8mb4_bin` mysql"),
            ("mysql.MEDIUMTEXT", "`MEDIUMTEXT` mysql"),
            ("mysql.LONGBLOB()", "`LONGBLOB` mysql"),
            ("mysql.VARCHAR(50)", "String(50)"),
            ("mysql.VARCHAR(length=50, collation='utf8mb4_bin')", "String(50) collate utf8mb4_bin"),
            (
                "mysql.VARCHAR(50, charset='utf8', collation='utf8_bin')",
                "`VARCHAR(50) CHARACTER SET utf8 COLLATE utf8_bin` mysql",
            ),
            ("mysql.CHAR(36)", "Char(36)"),
            ("mysql.TEXT()", "Text"),
            ("mysql.JSON()", "Json"),
            ("mysql.ENUM('a', \"it's\")", "Enum a|it's"),
            ("mysql.ENUM('a', charset='ascii')", "`ENUM('a') CHARACTER SET ascii` mysql"),
            ("mysql.SET('a', \"it's\")", "`SET('a','it''s')` mysql"),
            ("mysql.VARBINARY(16)", "`VARBINARY(16)`"),
        ],
    );
}

#[test]
fn mssql_and_sqlite_types() {
    check_types_in(
        "",
        &[
            ("mssql.BIT()", "`BIT` mssql"),
            ("mssql.DATETIME2(7)", "`DATETIME2(7)` mssql"),
            ("mssql.DATETIME2()", "`DATETIME2` mssql"),
            ("mssql.DATETIMEOFFSET(precision=3)", "`DATETIMEOFFSET(3)` mssql"),
            ("mssql.NVARCHAR(length='max')", "`NVARCHAR(max)` mssql"),
            ("mssql.NVARCHAR(length=50, collation='Latin1')", "`NVARCHAR(50) COLLATE Latin1` mssql"),
            ("mssql.VARBINARY('max')", "`VARBINARY(max)` mssql"),
            ("mssql.UNIQUEIDENTIFIER()", "`UNIQUEIDENTIFIER` mssql"),
            ("mssql.TIME()", "Time"),
            ("mssql.INTEGER()", "Integer"),
            ("sqlite.DATETIME()", "DateTime"),
            ("sqlite.DATE(storage_format='%(year)04d')", "Date"),
            ("sqlite.JSON()", "Json"),
            ("sqlite.INTEGER()", "Integer"),
        ],
    );
}

#[test]
fn enums() {
    let setup = "
class Color(enum.Enum):
    RED = 'r'
    GREEN = 'g'

class Level(str, enum.Enum):
    low = 'L'
    high = 'H'
";
    check_types_in(
        setup,
        &[
            ("sa.Enum('a', 'b')", "Enum a|b"),
            ("sa.Enum('a', 'b', name='kind')", "Enum kind a|b"),
            ("sa.Enum(Color)", "Enum color RED|GREEN"),
            ("sa.Enum(Color, name='c')", "Enum c RED|GREEN"),
            ("sa.Enum(Color, values_callable=lambda e: [m.value for m in e])", "Enum color r|g"),
            ("sa.Enum(*[c.value for c in Color], name='c')", "Enum c r|g"),
            ("sa.Enum(Level.low, Level.high, name='l')", "Enum l L|H"),
            ("sa.Enum(Color, native_enum=False)", "Enum color RED|GREEN text"),
            ("sa.Enum('x', native_enum=False, length=9)", "Enum x text length 9"),
            (
                "sa.Enum(Color, native_enum=False, create_constraint=True, name='ck')",
                "Enum ck RED|GREEN text check ck",
            ),
            ("sa.Enum('a', name='e', schema='s')", "Enum s.e a"),
            ("sa.Enum('a', name='e', metadata=sa.MetaData(schema='m'))", "Enum m.e a"),
            ("sa.Enum('a', name='e', inherit_schema=True)", "Enum e a"),
            ("postgresql.ENUM(Color, name='c', create_type=False)", "Enum c RED|GREEN exists"),
            (
                "sa.Enum('a', 'b', name='e').with_variant(sa.String(9), 'sqlite')",
                "Enum e a|b {sqlite: String(9)}",
            ),
            ("sa.Enum(outside, name='e')", "Enum e ?(nothing binds the name outside)"),
            ("sa.Enum(outside)", "?(nothing binds the name outside)"),
            ("sa.Enum('a', name=outside)", "?(nothing binds the name outside)"),
        ],
    );
}

#[test]
fn types_of_the_project() {
    let setup = "
import sqlalchemy_utils
class GUID(sa.types.TypeDecorator):
    impl = sa.CHAR
    def load_dialect_impl(self, dialect):
        if dialect.name == 'postgresql':
            return dialect.type_descriptor(postgresql.UUID())
        else:
            return dialect.type_descriptor(sa.CHAR(32))

class Money(sa.TypeDecorator):
    impl = sa.Numeric(14, 4)

class Lower(sa.TypeDecorator):
    impl = sa.String

class Coded(sa.TypeDecorator):
    impl = sa.String
    def __init__(self, length=8, **kw):
        super().__init__(length, **kw)

class Longer(Coded):
    pass

class Bytes16(sa.TypeDecorator):
    impl = sa.LargeBinary
    def __init__(self):
        super().__init__(length=16)

class Json(sa.TypeDecorator):
    impl = sa.Text
    def load_dialect_impl(self, dialect):
        if dialect.name == 'mysql':
            return dialect.type_descriptor(mysql.LONGTEXT())
        return self.impl

class Both(sa.TypeDecorator):
    impl = sa.Text
    def load_dialect_impl(self, dialect):
        if dialect.name in ('mysql', 'mariadb'):
            return dialect.type_descriptor(mysql.LONGTEXT())
        return dialect.type_descriptor(self.impl)

class Utc(sa.TypeDecorator):
    impl = sa.TIMESTAMP(timezone=True)
    def load_dialect_impl(self, dialect):
        if dialect.name == 'mysql':
            return mysql.TIMESTAMP(fsp=6)
        return super().load_dialect_impl(dialect)

class Under(Utc):
    def load_dialect_impl(self, dialect):
        if dialect.name == 'sqlite':
            return dialect.type_descriptor(sa.Text())
        return super(Under, self).load_dialect_impl(dialect)

class Own(sa.TypeDecorator):
    impl = sa.String
    def __init__(self, size):
        self.impl = sa.String(size * 2)

def Whole():
    return sa.Integer()

class LTree(sa.types.UserDefinedType):
    def __init__(self, n=None):
        self.n = n
    def get_col_spec(self, **kw):
        return 'LTREE' if self.n is None else f'LTREE({self.n})'

class Short(sa.String):
    def __init__(self):
        super().__init__(3)

class Mut(sa.ext.mutable.MutableDict):
    pass

class Nested(sa.TypeDecorator):
    impl = Coded

class JSONB(sa.JSON):
    __visit_name__ = 'JSONB'

class Odd(sa.types.TypeEngine):
    __visit_name__ = 'ODD'
";
    check_types_in(
        setup,
        &[
            ("GUID", "Char(32) {postgresql: `UUID`}"),
            ("GUID()", "Char(32) {postgresql: `UUID`}"),
            ("Money", "Numeric(14, 4)"),
            ("Lower(120)", "String(120)"),
            ("Lower", "String"),
            ("Lower(length=3)", "String(3)"),
            ("Coded", "String(8)"),
            ("Coded(20)", "String(20)"),
            ("Longer(254)", "String(254)"),
            ("Bytes16()", "LargeBinary(16)"),
            ("Json()", "Text {mysql: `LONGTEXT` mysql}"),
            ("Both()", "Text {mysql: `LONGTEXT` mysql, mariadb: `LONGTEXT` mysql}"),
            ("Utc(timezone=True)", "Timestamp tz {mysql: `TIMESTAMP(6)` mysql}"),
            ("Under()", "Timestamp tz {mysql: `TIMESTAMP(6)` mysql, sqlite: Text}"),
            ("Own(4)", "String(8)"),
            ("LTree", "`LTREE`"),
            ("LTree(3)", "`LTREE(3)`"),
            ("Whole", "Integer"),
            ("sa.BigInteger().with_variant(Whole, 'sqlite')", "BigInteger {sqlite: Integer}"),
            ("sqlalchemy_utils.EmailType().impl", "NString(255)"),
            ("Short()", "String(3)"),
            ("Nested(5)", "String(5)"),
            ("Mut.as_mutable(sa.JSON)", "Json"),
            ("sa.ext.mutable.MutableDict.as_mutable(postgresql.JSONB)", "`JSONB` postgresql"),
            ("GUID().with_variant(sa.Text(), 'sqlite')", "Char(32) {sqlite: Text, postgresql: `UUID`}"),
            ("sa.ARRAY(Coded)", "String(8)[]"),
            ("JSONB()", "`JSONB` postgresql"),
            ("sa.JSON().with_variant(JSONB(), 'sqlite')", "Json {sqlite: `JSONB` postgresql}"),
            ("Odd()", "?(the type cannot be read)"),
        ],
    );
}

#[test]
fn types_of_packages() {
    check_types_in(
        "from oslo_db.sqlalchemy import types as oslo_types\nimport sqlalchemy_utils, geoalchemy2, pgvector.sqlalchemy, sqlalchemy_jsonfield\nfrom sqlmodel.sql import sqltypes\n",
        &[
            ("sqltypes.AutoString(length=5)", "String(5)"),
            ("sqltypes.AutoString()", "String {mysql: String(255)}"),
            ("sqlmodel.String(4)", "String(4)"),
            (
                "sqlalchemy_utils.types.uuid.UUIDType()",
                "`BINARY(16)` {postgresql: `UUID`, mssql: `UNIQUEIDENTIFIER` mssql}",
            ),
            ("sqlalchemy_utils.UUIDType(binary=False, native=False)", "Char(32)"),
            ("sqlalchemy_utils.JSONType", "NText {postgresql: Json}"),
            ("sqlalchemy_utils.EmailType", "NString(255)"),
            ("sqlalchemy_utils.ChoiceType([('a', 'A')], impl=sa.CHAR(1))", "Char(1)"),
            ("sqlalchemy_utils.ChoiceType([('a', 'A')])", "NString(255)"),
            ("sqlalchemy_jsonfield.JSONField(json=1)", "Json"),
            ("geoalchemy2.Geometry('POINT', srid=4326)", "`geometry(POINT,4326)` postgresql"),
            ("geoalchemy2.types.Geography(geometry_type='POINT')", "`geography(POINT,-1)` postgresql"),
            ("oslo_types.JsonEncodedDict()", "Text"),
            ("oslo_types.JsonEncodedList(mysql_as_long=True)", "Text {mysql: `LONGTEXT` mysql}"),
            ("oslo_types.SoftDeleteInteger()", "Integer"),
            ("oslo_types.String(36, mysql_ndb_type=sa.Text)", "String(36)"),
            ("pgvector.sqlalchemy.Vector(3)", "`VECTOR(3)` postgresql"),
        ],
    );
}

#[test]
fn what_is_not_known() {
    for (expression, want) in [
        ("nowhere.Type()", "?(nothing binds the name nowhere)"),
        ("sa.String(nowhere)", "?(nothing binds the name nowhere)"),
        ("sa.String(*nowhere)", "?(nothing binds the name nowhere)"),
        ("sa.String('x')", "?(length cannot be read)"),
        ("5", "?(the type cannot be read)"),
        (
            "sa.dialects.oracle.NUMBER()",
            "?(it comes from sqlalchemy.dialects.oracle.NUMBER, outside the project)",
        ),
        ("sa.Integer().frobnicate()", "?(it comes from sqlalchemy.Integer, outside the project)"),
    ] {
        check_type(expression, want);
    }
}

#[test]
fn types_that_the_project_writes_itself() {
    let setup = "
from sqlalchemy.ext.compiler import compiles
class JSONB(sa.JSON):
    __visit_name__ = 'JSONB'
@compiles(JSONB, 'sqlite')
def _(*args, **kw):
    return 'JSONB'
class Below(JSONB):
    pass
class Id(sa.types.UserDefinedType):
    pass
@compiles(Id)
def id_of(element, compiler, **kw):
    return 'BIGSERIAL'
@compiles(Id, 'sqlite')
def id_on_sqlite(element, compiler, **kw):
    return compiler.visit_INTEGER(element, **kw)
class Loop(sa.types.UserDefinedType):
    pass
@compiles(Loop)
def again(element, compiler, **kw):
    return compiler.process(element)
class Outside(sa.types.UserDefinedType):
    pass
@compiles(Outside)
def ask(element, compiler, **kw):
    return package.text(element)
@compiles(sa.BigInteger, 'sqlite')
def big(element, compiler, **kw):
    return compiler.visit_INTEGER(element, **kw)
import package
";
    check_types_in(
        setup,
        &[
            ("JSONB()", "`JSONB` postgresql {sqlite: `JSONB` sqlite}"),
            ("Below()", "`JSONB` postgresql {sqlite: `JSONB` sqlite}"),
            (
                "Id()",
                "`BIGSERIAL` postgresql {mysql: `BIGSERIAL` mysql, mariadb: `BIGSERIAL` mariadb, sqlite: Integer, \
                 mssql: `BIGSERIAL` mssql}",
            ),
            ("sa.BigInteger()", "BigInteger {sqlite: Integer}"),
            ("sa.BigInteger", "BigInteger {sqlite: Integer}"),
            ("Outside()", "?(it comes from package.text, outside the project)"),
            ("Loop()", "?(the type cannot be read)"),
        ],
    );
}

/// The class and arguments of the type that reflection gives.
#[test]
fn reflected_types() {
    for (expression, kind, want) in [
        ("sa.String(5)", Some(Kind::Postgresql), "sqlalchemy.VARCHAR(length=5)"),
        ("sa.String()", Some(Kind::Sqlite), "sqlalchemy.VARCHAR()"),
        ("sa.String(5)", Some(Kind::Mysql), "sqlalchemy.dialects.mysql.VARCHAR(length=5)"),
        ("sa.DateTime()", Some(Kind::Postgresql), "sqlalchemy.dialects.postgresql.TIMESTAMP()"),
        (
            "sa.DateTime(timezone=True)",
            Some(Kind::Postgresql),
            "sqlalchemy.dialects.postgresql.TIMESTAMP(timezone=True)",
        ),
        ("sa.DateTime()", Some(Kind::Sqlite), "sqlalchemy.dialects.sqlite.DATETIME()"),
        ("sa.Boolean()", Some(Kind::Mysql), "sqlalchemy.dialects.mysql.TINYINT(display_width=1)"),
        ("sa.Numeric(8, 2)", Some(Kind::Postgresql), "sqlalchemy.NUMERIC(precision=8, scale=2)"),
        (
            "mysql.INTEGER(unsigned=True)",
            Some(Kind::Mysql),
            "sqlalchemy.dialects.mysql.INTEGER(unsigned=True)",
        ),
        ("postgresql.JSONB()", Some(Kind::Postgresql), "sqlalchemy.dialects.postgresql.JSONB()"),
        ("postgresql.ARRAY(sa.Integer)", Some(Kind::Postgresql), "sqlalchemy.dialects.postgresql.ARRAY(?)"),
        (
            "sa.Enum('a', name='k')",
            Some(Kind::Postgresql),
            "sqlalchemy.dialects.postgresql.ENUM('a', name='k')",
        ),
        ("sa.Enum('a', name='k')", Some(Kind::Sqlite), "sqlalchemy.VARCHAR(length=1)"),
        (
            "sa.String().with_variant(postgresql.INET(), 'postgresql')",
            Some(Kind::Postgresql),
            "sqlalchemy.dialects.postgresql.INET()",
        ),
        ("sa.String(5)", None, "?"),
    ] {
        let got = evaluate(&format!("x = {expression}\n"), |interp, value| {
            let ty = crate::read_type(interp, value, place());
            let reflected = crate::types::reflected(ty.known().unwrap(), kind, place());
            let Some(call) = reflected.as_call() else { return "?".to_owned() };
            let arg = |arg: &Arg| {
                let text = match &arg.value {
                    Value::Str(text) => format!("'{text}'"),
                    Value::Int(number) => number.to_string(),
                    Value::Bool(true) => "True".to_owned(),
                    _ => "?".to_owned(),
                };
                arg.name.map_or(text.clone(), |name| format!("{name}={text}"))
            };
            let args: Vec<String> = call.args.list.iter().map(arg).collect();
            format!("{}({})", call.path().unwrap(), args.join(", "))
        });
        assert_eq!(got, want, "{expression}");
    }
}
