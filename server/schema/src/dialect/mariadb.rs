//! MariaDB, where it differs from MySQL.

use super::mysql::{self, Mysql};
use super::text::{bare, truth};
use super::{Change, Kind, Rules, Unnamed, name, quote};
use crate::{ServerDefault, Type};
use fact::{Fact, Name};

pub(super) struct Mariadb;

impl Rules for Mariadb {
    fn ddl_type(&self, ty: &Type) -> Fact<String> {
        mysql::ddl_type(ty, Kind::Mariadb)
    }

    fn catalogue_type(&self, declared: &str) -> Fact<String> {
        mysql::column_type(declared, Kind::Mariadb)
    }

    fn catalogue_default(&self, default: &ServerDefault, _: &Fact<Type>) -> Fact<String> {
        Fact::Known(match default {
            ServerDefault::Literal(value) if value.parse::<f64>().is_ok() => value.to_string(),
            ServerDefault::Literal(value) => quote::literal(value),
            ServerDefault::Sql(sql) => match (bare(sql), truth(bare(sql))) {
                (_, Some(truth)) => u8::from(truth).to_string(),
                (now, None)
                    if ["CURRENT_TIMESTAMP", "now()"].iter().any(|name| now.eq_ignore_ascii_case(name)) =>
                {
                    "current_timestamp()".to_owned()
                }
                (sql, None) => sql.to_owned(),
            },
            ServerDefault::Sequence(name) => format!("nextval({name})"),
            ServerDefault::Now => "current_timestamp()".to_owned(),
            ServerDefault::True => "1".to_owned(),
            ServerDefault::False => "0".to_owned(),
        })
    }

    fn quote(&self, identifier: &str) -> String {
        quote::identifier(identifier, Kind::Mariadb)
    }

    fn identifier_limit(&self) -> usize {
        Mysql.identifier_limit()
    }

    fn implicit_name(&self, made: &Unnamed<'_>) -> Fact<Option<Name>> {
        name::mysql(made, name::first_free_constraint)
    }

    fn named_enums(&self) -> bool {
        Mysql.named_enums()
    }

    fn native_enums(&self) -> bool {
        Mysql.native_enums()
    }

    fn native_boolean(&self) -> bool {
        Mysql.native_boolean()
    }

    fn identity(&self) -> bool {
        Mysql.identity()
    }

    fn comments(&self) -> bool {
        Mysql.comments()
    }

    fn alters(&self, _: Change) -> bool {
        true
    }

    fn transactional_ddl(&self) -> bool {
        Mysql.transactional_ddl()
    }

    fn indexes_share_a_namespace(&self) -> bool {
        Mysql.indexes_share_a_namespace()
    }

    fn default_schema(&self) -> Option<&'static str> {
        Mysql.default_schema()
    }
}
