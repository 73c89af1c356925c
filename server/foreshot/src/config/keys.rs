//! The names of all settings.

/// What a setting takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Texts,
    TextOrTexts,
    Flag,
    OneOf(&'static [&'static str]),
    /// Names to strings.
    TextTable,
    /// Names to lists of strings.
    TextsTable,
    /// A table with keys of its own.
    Table,
}

/// Every setting, without the `tool.foreshot.` prefix.
pub(super) const KEYS: &[(&str, Kind)] = &[
    ("backfill", Kind::OneOf(&["three-step", "server-default"])),
    ("base-branch", Kind::Text),
    ("branches.contract", Kind::Text),
    ("branches.expand", Kind::Text),
    ("check-from", Kind::Text),
    ("compare-server-defaults", Kind::Flag),
    ("default-schema", Kind::Text),
    ("dialects", Kind::Texts),
    ("discouraged-types", Kind::TextTable),
    ("downgrade", Kind::OneOf(&["required", "optional", "forbidden"])),
    ("entities", Kind::Table),
    ("file-name", Kind::Text),
    ("ignore", Kind::Texts),
    ("large-tables", Kind::Texts),
    ("lock-timeout", Kind::Text),
    ("model-imports", Kind::TextOrTexts),
    ("naming", Kind::TextTable),
    ("naming-convention", Kind::TextTable),
    ("offline", Kind::Flag),
    ("paths.python", Kind::Text),
    ("paths.source-roots", Kind::Texts),
    ("paths.versions", Kind::Texts),
    ("per-file-ignores", Kind::TextsTable),
    ("policy.delete-data", Kind::OneOf(&["warn", "deny"])),
    ("recursive", Kind::Flag),
    ("required-columns", Kind::Texts),
    ("select", Kind::Texts),
    ("severity", Kind::TextTable),
    ("small-tables", Kind::Texts),
    ("sqlite-foreign-keys", Kind::OneOf(&["on", "off"])),
    ("statement-timeout", Kind::Text),
    ("types", Kind::TextTable),
];

impl Kind {
    /// What to write.
    pub(super) fn describe(self) -> String {
        match self {
            Kind::Text => "write a string".to_owned(),
            Kind::Texts => "write a list of strings".to_owned(),
            Kind::TextOrTexts => "write a string or a list of strings".to_owned(),
            Kind::Flag => "write true or false".to_owned(),
            Kind::OneOf(words) => {
                let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
                match quoted.split_last() {
                    Some((last, rest)) if !rest.is_empty() => format!("write {} or {last}", rest.join(", ")),
                    _ => format!("write {}", quoted.concat()),
                }
            }
            Kind::TextTable => "write a table of strings".to_owned(),
            Kind::TextsTable => "write a table of lists of strings".to_owned(),
            Kind::Table => "write a table".to_owned(),
        }
    }
}

/// ` (did you mean 'x'?)` for the nearest of `known`, if one is near.
pub(super) fn meant<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let scored = known.into_iter().map(|known| (strsim::normalized_damerau_levenshtein(word, known), known));
    match scored.max_by(|a, b| a.0.total_cmp(&b.0)) {
        Some((score, known)) if score > 0.6 => format!(" (did you mean '{known}'?)"),
        _ => String::new(),
    }
}
