//! Whatever a project writes is read without a panic, and the same value is read the same way twice.

use super::host::{Modules, place};
use crate::Scope;
use crate::declarative::ModelHost;
use proptest::prelude::*;
use python::ast::{BinaryOp, CompareOp, UnaryOp};
use python::eval::{Budget, Interp};
use python::value::{Arg, Args, Call, Part, Symbol, Value};
use std::sync::Arc;

const PATHS: &[&str] = &[
    "sqlalchemy.Column",
    "sqlalchemy.Table",
    "sqlalchemy.table",
    "sqlalchemy.column",
    "sqlalchemy.MetaData",
    "sqlalchemy.String",
    "sqlalchemy.Integer",
    "sqlalchemy.Enum",
    "sqlalchemy.ARRAY",
    "sqlalchemy.Numeric",
    "sqlalchemy.PickleType",
    "sqlalchemy.ForeignKey",
    "sqlalchemy.ForeignKeyConstraint",
    "sqlalchemy.PrimaryKeyConstraint",
    "sqlalchemy.UniqueConstraint",
    "sqlalchemy.CheckConstraint",
    "sqlalchemy.Index",
    "sqlalchemy.Computed",
    "sqlalchemy.Identity",
    "sqlalchemy.Sequence",
    "sqlalchemy.text",
    "sqlalchemy.func.lower",
    "sqlalchemy.func.now",
    "sqlalchemy.and_",
    "sqlalchemy.not_",
    "sqlalchemy.cast",
    "sqlalchemy.insert",
    "sqlalchemy.update",
    "sqlalchemy.select",
    "sqlalchemy.schema.CreateTable",
    "sqlalchemy.schema.DropIndex",
    "sqlalchemy.schema.AddConstraint",
    "sqlalchemy.orm.declarative_base",
    "sqlalchemy.orm.mapped_column",
    "sqlalchemy.orm.registry",
    "sqlalchemy.dialects.postgresql.ENUM",
    "sqlalchemy.dialects.postgresql.INTERVAL",
    "sqlalchemy.dialects.postgresql.ExcludeConstraint",
    "sqlalchemy.dialects.mysql.SET",
    "sqlalchemy.dialects.mysql.INTEGER",
    "sqlalchemy.dialects.mssql.NVARCHAR",
    "sqlalchemy_utils.ChoiceType",
    "sqlmodel.Field",
    "flask_sqlalchemy.SQLAlchemy",
    "alembic.op.f",
    "elsewhere.thing",
];

const NAMES: &[&str] = &[
    "name",
    "c",
    "columns",
    "id",
    "metadata",
    "with_variant",
    "values",
    "where",
    "insert",
    "copy",
    "get",
    "desc",
    "in_",
    "op",
    "length",
    "unique",
    "schema",
    "impl",
    "server_default",
    "nullable",
    "primary_key",
    "item_type",
    "type_",
    "key",
    "postgresql_where",
    "mysql_length",
    "sort_order",
    "naming_convention",
    "__table__",
    "from_select",
    "between",
];

fn unknown() -> fact::Unknown {
    fact::Unknown::new(fact::Reason::Rows, place())
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::None),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        (-5i64..200).prop_map(Value::Int),
        any::<f64>().prop_map(Value::Float),
        "[a-z.]{0,8}".prop_map(|text| Value::str(&text)),
        "\\PC{0,5}".prop_map(|text| Value::str(&text)),
        Just(Value::unknown(unknown())),
        Just(Value::Partial([Part::Text("a".into()), Part::Unknown(Arc::new(unknown()))].into())),
        proptest::sample::select(PATHS).prop_map(Value::path),
    ];
    let symbol = |symbol: Symbol| Value::Symbol(Arc::new(symbol));
    leaf.prop_recursive(6, 60, 6, move |inner| {
        let args = proptest::collection::vec((proptest::option::of(proptest::sample::select(NAMES)), inner.clone()), 0..5);
        let callee = prop_oneof![proptest::sample::select(PATHS).prop_map(Value::path), inner.clone()];
        let call = (callee, args, proptest::bool::weighted(0.1)).prop_map(move |(callee, args, open)| {
            let list = args
                .into_iter()
                .map(|(name, value)| Arg { name: name.map(fact::name), value, place: place() })
                .collect();
            let open = open.then(|| Arc::new(unknown()));
            symbol(Symbol::Call(Call { callee, args: Args { list, open, discarded: false }, place: place() }))
        });
        let attribute = (inner.clone(), proptest::sample::select(NAMES)).prop_map(move |(of, name)| {
            symbol(Symbol::Attribute { of, name: fact::name(name), place: place() })
        });
        prop_oneof![
            4 => call,
            2 => attribute,
            1 => proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::list),
            1 => proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::tuple),
            1 => proptest::collection::vec((inner.clone(), inner.clone()), 0..3).prop_map(|e| Value::Dict(e.into())),
            1 => (inner.clone(), inner.clone()).prop_map(move |(of, index)| symbol(Symbol::Item { of, index })),
            1 => (inner.clone(), inner.clone())
                .prop_map(move |(left, right)| symbol(Symbol::Compare { op: CompareOp::Eq, left, right })),
            1 => (inner.clone(), inner.clone())
                .prop_map(move |(left, right)| symbol(Symbol::Binary { op: BinaryOp::BitOr, left, right })),
            1 => inner.prop_map(move |operand| symbol(Symbol::Unary { op: UnaryOp::Invert, operand })),
        ]
    })
}

/// Everything that can be read out of a value.
fn read_all(interp: &mut Interp<'_, ModelHost>, value: &Value) -> String {
    let scope = Scope::default();
    let args = Args::values([value.clone(), value.clone()], place());
    format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
        crate::read_type(interp, value, place()),
        crate::column(interp, value, place()),
        crate::table_of_call(interp, value),
        crate::create_table(interp, &args, place()),
        crate::table_ref(interp, value),
        crate::statement(interp, value, place()),
        crate::dml::bulk_insert(interp, value, Some(value)),
        crate::default::server_default(interp, value, place()),
        crate::constraint::constraint(interp, &scope, value),
        crate::index::index(interp, &scope, value),
        crate::sql::expr_sql(interp, &scope, value),
        crate::constraint_name(Some(value), place()),
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn anything_is_read_without_a_panic(value in value()) {
        let modules = Modules::default();
        let mut interp = Interp::new(ModelHost::default(), &modules, Budget::default());
        let once = read_all(&mut interp, &value);
        prop_assert_eq!(once, read_all(&mut interp, &value));
        let _ = crate::metadata(&mut interp, &value);
        for attribute in NAMES {
            let _ = crate::hooks::getattr(&mut interp, &value, fact::name(attribute), place());
            let callee = Value::Symbol(Arc::new(Symbol::Attribute {
                of: value.clone(),
                name: fact::name(attribute),
                place: place(),
            }));
            let _ = crate::hooks::call(&mut interp, &callee, &Args::values([value.clone()], place()), place());
        }
        let _ = crate::hooks::truth(&mut interp, &value);
        let _ = crate::hooks::iterate(&mut interp, &value, place());
        let _ = crate::hooks::isinstance(&mut interp, &value, &value);
    }
}
