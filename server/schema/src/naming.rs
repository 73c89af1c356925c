//! SQLAlchemy's naming conventions and the names that they make.

use crate::TableName;
use crate::dialect::Kind;
use fact::{Fact, Name, Reason, Unknown};
use md5::{Digest, Md5};
use std::sync::Arc;

/// `MetaData(naming_convention=...)`: templates by kind. The default is SQLAlchemy's own, which names indexes only.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NamingConvention {
    pub ix: Option<Arc<str>>,
    pub uq: Option<Arc<str>>,
    pub ck: Option<Arc<str>>,
    pub fk: Option<Arc<str>>,
    pub pk: Option<Arc<str>>,
    /// Tokens of the project's own: what the function returns is not known without running it.
    pub custom: Vec<Name>,
}

/// The five keys that a convention has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key {
    Index,
    Unique,
    Check,
    ForeignKey,
    PrimaryKey,
}

/// What a template may ask for.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    pub table: TableName,
    /// The columns of the constraint; a CHECK given as text has none.
    pub columns: &'a [Name],
    pub referred: Option<(TableName, &'a [Name])>,
}

/// The outcome of asking a convention for a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// This name and no other, already cut to the dialect's limit where SQLAlchemy cuts it.
    As(Fact<Name>),
    /// Neither the caller nor the convention has a name: the server makes one, or none.
    Not,
    /// The template wraps a name that was not given: SQLAlchemy raises.
    Refused,
}

impl Default for NamingConvention {
    fn default() -> NamingConvention {
        NamingConvention { ix: Some("ix_%(column_0_label)s".into()), ..NamingConvention::empty() }
    }
}

impl NamingConvention {
    /// A convention that names nothing.
    pub fn empty() -> NamingConvention {
        NamingConvention { ix: None, uq: None, ck: None, fk: None, pk: None, custom: Vec::new() }
    }

    pub fn template(&self, key: Key) -> Option<&Arc<str>> {
        match key {
            Key::Index => self.ix.as_ref(),
            Key::Unique => self.uq.as_ref(),
            Key::Check => self.ck.as_ref(),
            Key::ForeignKey => self.fk.as_ref(),
            Key::PrimaryKey => self.pk.as_ref(),
        }
    }

    /// The name of a constraint or index that was given as `given`. `final_name`: through `op.f` or `conv`.
    pub fn name(
        &self,
        key: Key,
        given: Option<Name>,
        final_name: bool,
        subject: &Subject<'_>,
        kind: Option<Kind>,
    ) -> Named {
        if let (Some(name), true) = (given, final_name) {
            return Named::As(Fact::Known(cut(name, kind)));
        }
        let Some(template) = self.template(key) else { return given.map_or(Named::Not, known) };
        if let Some(name) = given
            && !template.contains("constraint_name")
        {
            return known(name);
        }
        match self.fill(template, given, subject) {
            Ok(text) => Named::As(Fact::Known(cut(fact::name(&text), kind))),
            Err(Trouble::NeedsName) => Named::Refused,
            Err(Trouble::Unreadable(token)) => {
                let what = format!("the token {token} of the naming convention");
                Named::As(Fact::Unknown(Unknown::nowhere(Reason::UnreadableArgument(what.into()))))
            }
        }
    }

    fn fill(&self, template: &str, given: Option<Name>, subject: &Subject<'_>) -> Result<String, Trouble> {
        let mut out = String::new();
        let mut rest = template;
        while let Some(at) = rest.find('%') {
            out.push_str(rest.get(..at).unwrap_or_default());
            let after = rest.get(at + 1..).unwrap_or_default();
            if let Some(tail) = after.strip_prefix('%') {
                out.push('%');
                rest = tail;
                continue;
            }
            let token = after.strip_prefix('(').and_then(|inner| inner.split_once(")s"));
            let Some((token, tail)) = token else { return Err(Trouble::Unreadable(template.into())) };
            out.push_str(&self.token(token, given, subject)?);
            rest = tail;
        }
        out.push_str(rest);
        Ok(out)
    }

    fn token(&self, token: &str, given: Option<Name>, subject: &Subject<'_>) -> Result<String, Trouble> {
        if self.custom.iter().any(|custom| custom == token) {
            return Err(Trouble::Unreadable(token.into()));
        }
        match token {
            "table_name" => Ok(subject.table.name.to_string()),
            "constraint_name" => given.map(|name| name.to_string()).ok_or(Trouble::NeedsName),
            "referred_table_name" => subject
                .referred
                .map(|(table, _)| table.name.to_string())
                .ok_or_else(|| Trouble::Unreadable(token.into())),
            _ => columns(token, subject).ok_or_else(|| Trouble::Unreadable(token.into())),
        }
    }
}

enum Trouble {
    NeedsName,
    Unreadable(Arc<str>),
}

fn known(name: Name) -> Named {
    Named::As(Fact::Known(name))
}

/// `column_0_name`, `column_0N_label`, `column_1_N_key`, `referred_column_0_name` and so on.
fn columns(token: &str, subject: &Subject<'_>) -> Option<String> {
    let (referred, token) = match token.strip_prefix("referred_") {
        Some(rest) => (true, rest),
        None => (false, token),
    };
    let rest = token.strip_prefix("column_")?;
    let digits = rest.find(|c: char| !c.is_ascii_digit())?;
    let (number, rest) = rest.split_at_checked(digits)?;
    let number: usize = number.parse().ok()?;
    let (separator, what) = if let Some(what) = rest.strip_prefix("N_") {
        (Some(""), what)
    } else if let Some(what) = rest.strip_prefix("_N_") {
        (Some("_"), what)
    } else {
        (None, rest.strip_prefix('_')?)
    };
    let (table, names) = if referred { subject.referred? } else { (subject.table, subject.columns) };
    let text = |name: &Name| match what {
        "name" | "key" if !referred || what == "name" => Some(name.to_string()),
        "label" if !referred => Some(label(table, *name)),
        _ => None,
    };
    match separator {
        // A column that is not there is nothing.
        None => {
            names.get(number).map_or_else(|| matches!(what, "name" | "key" | "label").then(String::new), text)
        }
        Some(separator) => {
            let parts: Option<Vec<String>> = names.iter().map(text).collect();
            Some(parts?.join(separator))
        }
    }
}

fn label(table: TableName, column: Name) -> String {
    match table.schema {
        Some(schema) => format!("{}_{}_{column}", schema.replace('.', "_"), table.name),
        None => format!("{}_{column}", table.name),
    }
}

/// Names that come from a convention are cut to the limit, with four digits of their hash to keep them apart.
fn cut(name: Name, kind: Option<Kind>) -> Name {
    let Some(limit) = kind.map(|kind| kind.rules().identifier_limit()) else { return name };
    if name.chars().count() <= limit {
        return name;
    }
    let head: String = name.chars().take(limit.saturating_sub(8)).collect();
    let hash = Md5::digest(name.as_bytes());
    let tail: String = hash.iter().skip(14).map(|byte| format!("{byte:02x}")).collect();
    fact::name(&format!("{head}_{tail}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use fact::name;

    const COMMON: [(Key, &str); 5] = [
        (Key::Index, "ix_%(column_0_label)s"),
        (Key::Unique, "uq_%(table_name)s_%(column_0_N_name)s"),
        (Key::Check, "ck_%(table_name)s_%(constraint_name)s"),
        (Key::ForeignKey, "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s"),
        (Key::PrimaryKey, "pk_%(table_name)s"),
    ];

    fn convention(templates: &[(Key, &str)]) -> NamingConvention {
        let mut convention = NamingConvention::empty();
        for (key, template) in templates {
            let place = match key {
                Key::Index => &mut convention.ix,
                Key::Unique => &mut convention.uq,
                Key::Check => &mut convention.ck,
                Key::ForeignKey => &mut convention.fk,
                Key::PrimaryKey => &mut convention.pk,
            };
            *place = Some((*template).into());
        }
        convention
    }

    fn show(named: Named) -> String {
        match named {
            Named::As(Fact::Known(name)) => name.to_string(),
            Named::As(Fact::Unknown(_)) => "?".to_owned(),
            Named::Not => "-".to_owned(),
            Named::Refused => "!".to_owned(),
        }
    }

    #[track_caller]
    fn check(convention: &NamingConvention, key: Key, given: Option<&str>, columns: &[&str], expected: &str) {
        let columns: Vec<Name> = columns.iter().map(|column| name(column)).collect();
        let referred = [name("id"), name("no")];
        let subject = Subject {
            table: TableName::new(Some("a.b"), "t"),
            columns: &columns,
            referred: Some((TableName::plain("users"), &referred)),
        };
        let found = convention.name(key, given.map(name), false, &subject, Some(Kind::Postgresql));
        assert_eq!(show(found), expected);
    }

    #[test]
    fn templates_of_every_kind() {
        let common = convention(&COMMON);
        check(&common, Key::Index, None, &["x", "y"], "ix_a_b_t_x");
        check(&common, Key::Unique, None, &["x", "y"], "uq_t_x_y");
        check(&common, Key::ForeignKey, None, &["x"], "fk_t_x_users");
        check(&common, Key::PrimaryKey, None, &["x"], "pk_t");
        check(&common, Key::Check, Some("positive"), &[], "ck_t_positive");
        check(&common, Key::Check, None, &[], "!");
        check(&common, Key::Unique, Some("mine"), &["x"], "mine");
    }

    #[test]
    fn only_indexes_are_named_by_default() {
        let plain = NamingConvention::default();
        check(&plain, Key::Index, None, &["x"], "ix_a_b_t_x");
        check(&plain, Key::Unique, None, &["x"], "-");
        check(&plain, Key::Check, Some("mine"), &[], "mine");
    }

    #[test]
    fn every_token() {
        for (template, expected) in [
            ("%(column_0_key)s", "x"),
            ("%(column_1_name)s", "y"),
            ("<%(column_7_name)s>", "<>"),
            ("%(column_0N_name)s", "xy"),
            ("%(column_0_N_name)s", "x_y"),
            ("%(column_0_N_label)s", "a_b_t_x_a_b_t_y"),
            ("%(column_0N_key)s", "xy"),
            ("%(referred_column_0_name)s", "id"),
            ("%(referred_column_0N_name)s", "idno"),
            ("%(referred_column_0_N_name)s", "id_no"),
            ("%(referred_table_name)s", "users"),
            ("100%% %(table_name)s", "100% t"),
            ("%(surprise)s", "?"),
            ("%(column_0_surprise)s", "?"),
            ("%(column_name)s", "?"),
            ("%s", "?"),
            ("%(open", "?"),
        ] {
            check(&convention(&[(Key::Unique, template)]), Key::Unique, None, &["x", "y"], expected);
        }
    }

    #[test]
    fn functions_of_the_project_make_unknown_names() {
        let mut own = convention(&[(Key::ForeignKey, "fk_%(column_0_name)s_%(hash)s")]);
        own.custom.push(name("hash"));
        check(&own, Key::ForeignKey, None, &["x"], "?");
        check(&own, Key::ForeignKey, Some("mine"), &["x"], "mine");
    }

    #[test]
    fn final_names_are_not_wrapped() {
        let subject = Subject { table: TableName::plain("t"), columns: &[], referred: None };
        let named = convention(&COMMON).name(Key::Check, Some(name("ck_x")), true, &subject, None);
        assert_eq!(show(named), "ck_x");
    }

    #[test]
    fn long_names_are_cut_as_sqlalchemy_does() {
        let columns = [name("a_rather_long_column_name_that_goes_on_and_on")];
        let subject = Subject {
            table: TableName::plain("a_rather_long_table_name"),
            columns: &columns,
            referred: None,
        };
        let common = convention(&COMMON);
        for (kind, expected) in [
            (Kind::Postgresql, "uq_a_rather_long_table_name_a_rather_long_column_name_t_584e"),
            (Kind::Mysql, "uq_a_rather_long_table_name_a_rather_long_column_name_th_584e"),
            (Kind::Sqlite, "uq_a_rather_long_table_name_a_rather_long_column_name_that_goes_on_and_on"),
        ] {
            assert_eq!(show(common.name(Key::Unique, None, false, &subject, Some(kind))), expected);
        }
    }
}
