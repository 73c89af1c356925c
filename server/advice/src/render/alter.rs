//! The arguments of `alter_column`.

use super::Style;
use super::column::{computed_text, generated, identity_text, server_default};
use super::literal::flag;
use super::types::spelled;
use schema::ColumnChange;
use std::sync::Arc;

/// The keywords in the order in which Alembic writes them; `None` if a part has no certain text.
pub(super) fn alterations(change: &ColumnChange, style: &Style) -> Option<Vec<(&'static str, String)>> {
    if change.restates || matches!(change.computed, Some(None)) {
        return None;
    }
    let mut out = Vec::new();
    if let Some(existing) = &change.existing_ty {
        out.push(("existing_type", spelled(existing.known()?, &change.existing_spelling, style)?));
    }
    let default = default(change, style)?;
    let keeps_default = default.is_none();
    out.extend(default.map(|text| ("server_default", text)));
    if let Some(name) = &change.new_name {
        out.push(("new_column_name", style.string(name.known()?)));
    }
    if let Some(ty) = &change.ty {
        out.push(("type_", spelled(ty.known()?, &change.spelling, style)?));
    }
    if let Some(nullable) = &change.nullable {
        out.push(("nullable", flag(*nullable.known()?)));
    }
    out.extend(change.comment.as_ref().map(|text| ("comment", comment(text, style))));
    out.extend(change.existing_comment.as_ref().map(|text| ("existing_comment", comment(text, style))));
    if let (None, Some(existing)) = (&change.nullable, &change.existing_nullable) {
        out.push(("existing_nullable", flag(*existing.known()?)));
    }
    match (change.autoincrement, change.existing_autoincrement) {
        (Some(on), _) => out.push(("autoincrement", flag(on))),
        (None, Some(on)) => out.push(("existing_autoincrement", flag(on))),
        (None, None) => {}
    }
    out.extend(existing_default(change, keeps_default, style).map(|text| ("existing_server_default", text)));
    out.extend(change.using.as_ref().map(|using| ("postgresql_using", style.string(using))));
    Some(out)
}

/// `Some(None)`: the default stays.
fn default(change: &ColumnChange, style: &Style) -> Option<Option<String>> {
    Some(match (&change.default, &change.identity, &change.computed) {
        (_, Some(Some(identity)), _) => Some(identity_text(identity, style)),
        (_, Some(None), _) => Some("None".to_owned()),
        (_, _, Some(Some(computed))) => Some(computed_text(computed, style)),
        (Some(default), ..) => Some(server_default(default.known()?, style)?),
        (None, None, _) => None,
    })
}

fn existing_default(change: &ColumnChange, keeps_default: bool, style: &Style) -> Option<String> {
    // The database is told to drop the identity only where the call says that there is one.
    let drops_identity = change.identity == Some(None);
    if !keeps_default && (style.autogenerates() || !drops_identity) {
        return None;
    }
    if let Some(existing) = &change.existing_generated {
        return Some(generated(existing, style));
    }
    if drops_identity {
        return Some(format!("{}.Identity()", style.sa));
    }
    let existing = change.existing_default.as_ref()?.known()?.clone();
    existing.is_some().then(|| server_default(&existing, style)).flatten()
}

fn comment(comment: &Option<Arc<str>>, style: &Style) -> String {
    match comment {
        Some(text) => style.string(text),
        None => "None".to_owned(),
    }
}
