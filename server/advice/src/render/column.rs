//! Columns and what the server fills into them.

use super::Style;
use super::literal::{flag, option};
use super::types::spelled;
use fact::Fact;
use schema::column::Autoincrement;
use schema::{Column, Computed, Generated, Identity, ServerDefault};

/// The value of `server_default=`; `Some("None")` for a column without default.
pub(crate) fn server_default(default: &Option<ServerDefault>, style: &Style) -> Option<String> {
    let sa = &style.sa;
    Some(match default {
        None => "None".to_owned(),
        Some(ServerDefault::Literal(text)) => style.string(text),
        Some(ServerDefault::Sql(text)) => format!("{sa}.text({})", style.string(text)),
        Some(ServerDefault::Now) => format!("{sa}.func.now()"),
        Some(ServerDefault::True) => format!("{sa}.true()"),
        Some(ServerDefault::False) => format!("{sa}.false()"),
        // The numbering of a primary key comes with the column itself.
        Some(ServerDefault::Sequence(_)) => return None,
    })
}

pub(super) fn generated(generated: &Generated, style: &Style) -> String {
    match generated {
        Generated::Computed(computed) => computed_text(computed, style),
        Generated::Identity(identity) => identity_text(identity, style),
    }
}

pub(super) fn computed_text(computed: &Computed, style: &Style) -> String {
    let persisted = computed.persisted.map(|on| format!(", persisted={}", flag(on)));
    format!("{}.Computed({}{})", style.sa, style.string(&computed.sql), persisted.unwrap_or_default())
}

pub(super) fn identity_text(identity: &Identity, style: &Style) -> String {
    let mut args = Vec::new();
    if identity.always || style.autogenerates() {
        args.push(format!("always={}", flag(identity.always)));
    }
    if identity.on_null {
        args.push("on_null=True".to_owned());
    }
    let mut number = |name: &str, value: Option<i64>| {
        args.extend(value.map(|value| format!("{name}={value}")));
    };
    number("start", identity.start);
    number("increment", identity.increment);
    number("minvalue", identity.min_value);
    number("maxvalue", identity.max_value);
    if identity.no_min_value {
        args.push("nominvalue=True".to_owned());
    }
    if identity.no_max_value {
        args.push("nomaxvalue=True".to_owned());
    }
    args.extend(identity.cycle.map(|on| format!("cycle={}", flag(on))));
    args.extend(identity.cache.map(|size| format!("cache={size}")));
    args.extend(identity.order.map(|on| format!("order={}", flag(on))));
    format!("{}.Identity({})", style.sa, args.join(", "))
}

/// `sa.Column('priority', sa.String(length=10), nullable=True)`
pub(super) fn column(column: &Column, primary: bool, style: &Style) -> Option<String> {
    let Fact::Known(ty) = &column.ty else { return None };
    let Fact::Known(nullable) = &column.nullable else { return None };
    let Fact::Known(default) = &column.default else { return None };
    let mut args = vec![style.string(&column.name), spelled(ty, &column.spelling, style)?];
    args.extend(column.computed.iter().map(|computed| computed_text(computed, style)));
    args.extend(column.identity.iter().map(|identity| identity_text(identity, style)));
    args.extend(sequence(column, style));
    let counts = column.autoincrement == Autoincrement::On;
    match default {
        Some(ServerDefault::Sequence(_)) if primary || counts => {}
        Some(default) => {
            let default = Some(with_on_update(default, column));
            args.push(format!("server_default={}", server_default(&default, style)?));
        }
        None => {}
    }
    match column.autoincrement {
        Autoincrement::On if !primary || style.autogenerates() => args.push("autoincrement=True".to_owned()),
        Autoincrement::Off if style.autogenerates() && sequence(column, style).is_none() => {
            args.push("autoincrement=False".to_owned());
        }
        _ => {}
    }
    args.push(format!("nullable={}", flag(*nullable)));
    let mut system = None;
    let mut options = Vec::new();
    for (keyword, text) in &column.options {
        match keyword.as_str() {
            "sequence" | "mysql_on_update" => {}
            "system" => system = (&**text == "True").then(|| "system=True".to_owned()),
            // What raw SQL said of the column has no keyword.
            _ if !keyword.contains('_') => return None,
            _ => options.push(format!("{keyword}={}", option(text, style))),
        }
    }
    args.extend(system);
    args.extend(column.comment.iter().map(|comment| format!("comment={}", style.string(comment))));
    args.extend(options);
    Some(format!("{}.Column({})", style.sa, args.join(", ")))
}

/// The sequence that the column takes its values from.
fn sequence(column: &Column, style: &Style) -> Option<String> {
    let (_, name) = column.options.iter().find(|(keyword, _)| *keyword == "sequence")?;
    let args = match name.rsplit_once('.') {
        Some((schema, name)) => format!("{}, schema={}", style.string(name), style.string(schema)),
        None => style.string(name),
    };
    Some(format!("{}.Sequence({args})", style.sa))
}

/// MySQL's `ON UPDATE` is written behind the default.
fn with_on_update(default: &ServerDefault, column: &Column) -> ServerDefault {
    let on_update = column.options.iter().find(|(keyword, _)| *keyword == "mysql_on_update");
    match (default, on_update) {
        (ServerDefault::Sql(sql), Some((_, value))) => {
            ServerDefault::Sql(format!("{sql} ON UPDATE {value}").into())
        }
        _ => default.clone(),
    }
}
